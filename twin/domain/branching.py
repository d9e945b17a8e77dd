"""Asking "what if, from now": what would be different, how far ahead, and over how many futures."""

from __future__ import annotations

from typing import Annotated

import msgspec

from twin.domain.commands import Command, Name

N_FUTURES = 30
"""As many as are asked for unless somebody says otherwise."""
MOST_FUTURES = 200
MOST_COMMANDS = 200
SHORTEST_S, LONGEST_S = 600.0, 7 * 86_400.0
"""How far ahead one may look."""


class Branching(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is different from now on, and how it is to be tried.

    `commands`: given at once, in this order. `more`: kind of unit → so many more of them, who wait at the bases of
    those there are and walk no tour. `horizon_s`: how far to look ahead. `n`: futures, in each of which both lines meet
    the same luck.
    """

    commands: Annotated[tuple[Command, ...], msgspec.Meta(max_length=MOST_COMMANDS)] = ()
    more: dict[Name, Annotated[int, msgspec.Meta(ge=1, le=100)]] = {}
    horizon_s: Annotated[float, msgspec.Meta(ge=SHORTEST_S, le=LONGEST_S)] = 7_200.0
    n: Annotated[int, msgspec.Meta(ge=2, le=MOST_FUTURES)] = N_FUTURES
