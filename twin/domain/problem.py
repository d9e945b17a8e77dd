"""Problems: what is wrong on the ground, seen or not. World and metrics know them; views and policies never do."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from twin.domain.route import Spot


class Ended(StrEnum):
    """Why a problem is no longer there."""

    BY_ITSELF = "by itself"
    SETTLED = "settled"


BY_ITSELF, SETTLED = Ended


class Channel(StrEnum):
    """By which way the centre was told."""

    CITIZEN = "citizen"
    PATROL = "patrol"


CITIZEN, PATROL = Channel


class Problem(msgspec.Struct, frozen=True, array_like=True):
    """A problem that is there. `case`: the open case about it, None while nobody at the centre knows of it.

    `n_cited` of its `n_reports` came from citizens, the last of them at `since`.
    """

    source: int
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    spot: Spot
    arose_at: int
    n_reports: int = 0
    n_cited: int = 0
    since: int = 0
    case: int | None = None


class Offspring(msgspec.Struct, frozen=True, array_like=True):
    """A problem that an earlier one will bring about: the same broken out again, or another `like` it."""

    parent: int
    like: Problem
