"""Which function takes which kind of fact when a journal is read; several readings share one pass.

A reading asks for the kinds of fact it needs when it first needs them, so that a journal without patrols or problems
costs nothing for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.domain.facts import Fact

Handler = Callable[[Any], None]
Handlers = dict[type[Fact], Handler]
Listen = Callable[[Handlers], None]
"""Asks to be told of these kinds of fact from now on."""


def in_turn(first: Handler, second: Handler) -> Handler:
    """One after the other."""

    def both(fact: Fact) -> None:
        first(fact)
        second(fact)

    return both
