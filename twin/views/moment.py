"""A moment: all that everybody in the room sees at one instant. Immutable; made once a heartbeat, read by any number.

In: a state of the world, the streets, limits and running figures. Out: a `Moment`: units in the order of their numbers
(a unit keeps its place in every moment), open cases oldest first, figures, and the pace. Problems nobody has reported
and times only chance knows are never part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.domain.case import QUEUED, Case, Stage
from twin.domain.light import Light, Limits
from twin.domain.mode import Mode
from twin.domain.route import Leg, Spot
from twin.domain.unit import UnitStatus
from twin.metrics.tally import Reading
from twin.roads.laps import Phase
from twin.world.state import Fleet, State


class UnitShown(NamedTuple):
    """A unit at one instant.

    `skills`: what it can be sent for; `since`: when it took up its status; `case`: what it is on. `leg`: the way it is
    going, if it is; `phase`: how far it is with its patrol, if it is on one. `inferred`: the way was worked out from
    two recorded stamps. `delay_us`: expected time before it rolls.
    """

    unit: int
    name: str
    kind: str
    mode: Mode
    status: UnitStatus
    spot: Spot
    skills: tuple[str, ...] = ()
    since: int = 0
    case: int | None = None
    leg: Leg | None = None
    phase: Phase | None = None
    inferred: bool = False
    delay_us: int = 0
    beat: int | None = None


class CaseShown(NamedTuple):
    """An open case at one instant.

    `ref` is free text from a feed: shown in tables only, never as part of a page's markup. `waiting`: (need, skill) of
    those no unit has been sent for; `units`: who is on it. `deadline_at`: by when it should be closed;
    while it is suspended, if it went on now. `upstream_at`: by when those who passed it down want it closed.
    """

    case: int
    ref: str
    area: str
    matter: str
    priority: int
    stage: Stage
    light: Light
    reported_at: int
    deadline_at: int | None
    spot: Spot
    waiting: tuple[tuple[int, str], ...]
    units: tuple[int, ...]
    is_queued: bool
    upstream_at: int | None = None


class Pace(NamedTuple):
    """How the clock goes: `asked` and `achieved` seconds of simulation a second; `asked` None is as fast as it goes."""

    is_playing: bool = False
    asked: float | None = 1.0
    achieved: float = 0.0
    until_red: bool = False
    """Runs on as fast as it goes until another case turns red."""
    red_case: int | None = None
    """The case that ended such a run."""


STANDING = Pace()


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What there is to be seen.

    Parameters
    ----------
    number : counts up; addresses of rows name it.
    at : microseconds since the epoch.
    units : by number. places : their longitudes and latitudes, float64 (n_units, 2); NaN without streets.
    cases : open ones, oldest first. case_places : likewise, float64 (n_cases, 2).
    reading : the running figures. closed : edges that may not be entered.
    policy : the policy of dispatch now. pace : how the clock goes. is_over : nothing more will come.
    n_facts : recorded so far.
    on_duty : numbers of the rosters that somebody is on duty of.
    told : cases reported in the last weeks, by edge.
    """

    number: int
    at: int
    units: tuple[UnitShown, ...]
    places: NDArray[np.float64]
    cases: tuple[CaseShown, ...]
    case_places: NDArray[np.float64]
    reading: Reading
    closed: frozenset[int] = frozenset()
    policy: str = ""
    pace: Pace = STANDING
    is_over: bool = False
    n_facts: int = 0
    on_duty: tuple[int, ...] = ()
    told: Mapping[int, int] = field(default_factory=dict)


SMOOTH = 30.0
"""Up to this speed signs glide along the streets; above it they jump."""
MOST_GLIDING = 500
"""With more units than this signs jump at any speed: a browser without a graphics card could not keep up."""


def is_smooth(pace: Pace, *, n_units: int) -> bool:
    """Whether signs are to glide from moment to moment."""
    return pace.is_playing and pace.asked is not None and pace.asked <= SMOOTH and n_units <= MOST_GLIDING


def tick_s(pace: Pace, *, n_units: int) -> float:
    """How often moments are to come, wall seconds: more often where signs glide fast, so that they keep to the streets.

    >>> tick_s(Pace(True, 1.0), n_units=9), tick_s(Pace(True, 30.0), n_units=9), tick_s(Pace(True, 30.0), n_units=999)
    (1.0, 0.25, 1.0)
    """
    if not is_smooth(pace, n_units=n_units) or pace.asked is None or pace.asked <= 1:
        return 1.0
    return 0.5 if pace.asked <= 5 else 0.25


def on_duty(fleet: Fleet) -> tuple[int, ...]:
    """The rosters that somebody is on duty of, by number."""
    return tuple(roster for roster, units in sorted(fleet.rosters.items()) if fleet.on_duty[units].any())


def cases_of(state: State, at: int, *, limits: Limits) -> tuple[CaseShown, ...]:
    """The open cases of a state at an instant, oldest first."""
    on_it: dict[int, list[int]] = {}
    for unit in sorted(state.jobs):
        on_it.setdefault(state.jobs[unit].case, []).append(unit)
    return tuple(
        _case(state, number, case, units=tuple(on_it.get(number, ())), at=at, limits=limits)
        for number, case in sorted(state.cases.items(), key=lambda item: (item[1].reported_at, item[0]))
    )


def _case(state: State, number: int, case: Case, *, units: tuple[int, ...], at: int, limits: Limits) -> CaseShown:
    waiting = (need for need in range(len(case.needs)) if (number, need) in state.queue) if case.n_waiting else ()
    return CaseShown(
        number,
        case.ref,
        case.area,
        case.matter,
        case.priority,
        case.stage,
        limits.light_of(case, at),
        case.reported_at,
        limits.deadline_of(case, at),
        case.spot,
        tuple((need, case.needs[need]) for need in waiting),
        units,
        case.status is QUEUED,
        limits.upstream_at(case.channel, case.reported_at),
    )
