"""How far something long is: what a command line prints, and what a page draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """`n` of `of`; `what` is done: "check", "before", "warm_up", "runs", "flip" or "theory"."""

    what: str
    n: int
    of: int

    def __str__(self) -> str:
        """As a command line prints it."""
        return _SAID[self.what].format(n=self.n, of=self.of)


Tick = Callable[[object], None]

_SAID = {
    "check": "checked {n} of {of} alternatives",
    "before": "{n} of {of} runs were made before",
    "warm_up": "warm-up: {n} of {of} runs",
    "runs": "{n} of {of} runs",
    "flip": "{n} of {of} tries with other assumptions, so far",
    "theory": "theory of {n} of {of} levels",
}
