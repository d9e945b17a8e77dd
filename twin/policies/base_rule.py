"""The rule that others stand on: whom they send where they have nothing of their own to say."""

from __future__ import annotations

from typing import Literal

from twin.errors import PolicyError
from twin.policies.nearest import Nearest
from twin.policies.own_grid_first import OwnGridFirst

Base = Literal["nearest", "own_grid_first"]
"""Type of the parameter that names it."""


def base_rule(base: Base, *, within_s: float | None, runners_up: int, key: str) -> Nearest | OwnGridFirst:
    """The rule of that name.

    Raises
    ------
    PolicyError : there is a `within_s`, as of `own_grid_first`, with another base. `key` names who asks.
    """
    if base == "own_grid_first":
        return OwnGridFirst(within_s=within_s, runners_up=runners_up)
    if within_s is not None:
        raise PolicyError(f"within_s goes with the base own_grid_first, not with {base}", key=key)
    return Nearest(runners_up=runners_up)
