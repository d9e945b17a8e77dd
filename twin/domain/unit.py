"""Units: who can be sent, and in which status a unit may be."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from twin.domain.mode import CAR, Mode
from twin.domain.route import Leg, Route, Spot


class UnitStatus(IntEnum):
    """A small number, because every decision scans the column of it."""

    PARKED = 0
    RETURNING = 1
    TURNOUT = 2
    EN_ROUTE = 3
    ON_SCENE = 4
    AWAY = 5
    PATROLLING = 6
    OFF_DUTY = 7


PARKED, RETURNING, TURNOUT, EN_ROUTE, ON_SCENE, AWAY, PATROLLING, OFF_DUTY = UnitStatus
"""The members by themselves: looking one up in its class is slow on Python 3.11, and every fact does."""

FREE = (PARKED, RETURNING, PATROLLING)
MOVING = (RETURNING, EN_ROUTE, PATROLLING)
"""Statuses from which a unit needs no turnout."""
RECALLABLE = (TURNOUT, EN_ROUTE)


class Placed(StrEnum):
    """How a unit came by the place it starts from."""

    STATION = "station"
    BORDER = "border"
    """Based off the map: enters at the edge nearest its station."""
    INFERRED = "inferred"
    """No station known: guessed from where it has worked."""


class Freed(StrEnum):
    """Why a unit's job ended."""

    DONE = "done"
    CANCELLED = "cancelled"
    """Sent back before it arrived, and nobody is sent in its place."""
    RECALLED = "recalled"
    DIVERTED = "diverted"
    CUT_OFF = "cut off"
    """A closure left it no way to the case."""


DONE, CANCELLED, RECALLED, DIVERTED, CUT_OFF = Freed
BACK_TO_QUEUE = (RECALLED, DIVERTED, CUT_OFF)


class AwayReason(StrEnum):
    """Why a unit cannot be sent."""

    OUTSIDE = "outside"
    """On a recorded job off the map."""
    SPELL = "spell"
    """Out of service: refuelling, repair, paperwork."""
    COMMAND = "command"
    DUTY = "other duty"
    """At work that is no case: a home visit, paperwork, a meeting."""


OUTSIDE, SPELL, COMMAND, DUTY = AwayReason


class Unit(msgspec.Struct, frozen=True, array_like=True):
    """What does not change about a unit during a run."""

    name: str
    kind: str
    skills: tuple[str, ...]
    home: Spot
    turnout_us: int
    """Expected dispatched → wheels rolling."""
    placed: Placed
    mode: Mode = CAR
    beat: int | None = None
    """The grid it looks after: a number among those of all overlays of the city."""
    patrols: bool = False
    """Whether it walks or drives the streets of its beat when it has no case."""
    roster: int | None = None
    """Its hours, by number; None is on duty always."""


class Job(msgspec.Struct, frozen=True, array_like=True):
    """What a unit that is not free is doing for a case.

    `covers`: other needs of the case that it does as well. `begun_at`: when all were there whom it waited for on scene.
    """

    case: int
    need: int
    route: Route | None
    assigned_at: int
    rolled_at: int | None = None
    arrived_at: int | None = None
    covers: tuple[int, ...] = ()
    begun_at: int | None = None


class Absence(msgspec.Struct, frozen=True, array_like=True):
    """An absence a unit owes or is on: until an instant or, where that is None, for about so long from its leaving."""

    until_at: int | None
    lasting_us: int
    back: Spot
    reason: AwayReason


class Movement(msgspec.Struct, frozen=True, array_like=True):
    """A leg under way and whether it was worked out by us from two recorded stamps.

    `begun`: where it goes on by its old way under other luck, when it began and how long it was expected to take then.
    """

    leg: Leg
    inferred: bool = False
    begun: tuple[int, int] | None = None


class Focus(msgspec.Struct, frozen=True, array_like=True):
    """From lap `from_lap` on a patrol goes to `streets` (edges) `factor` times as often; `before` it, to those."""

    from_lap: int
    streets: tuple[int, ...]
    factor: int
    before: tuple[tuple[int, ...], int] = ((), 1)
