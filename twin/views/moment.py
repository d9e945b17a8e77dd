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

from twin.domain.case import QUEUED, REPORTED, Case, CaseStatus, Stage
from twin.domain.desk import BESIDE, Step
from twin.domain.light import AROUND_THE_CLOCK, GREEN, Light, Limits
from twin.domain.mode import Mode
from twin.domain.problem import UNKNOWN, Channel
from twin.domain.route import Leg, Spot
from twin.domain.unit import PARKED, RETURNING, UnitStatus
from twin.metrics.tally import Reading
from twin.roads.laps import Phase
from twin.views.centre import CentreShown
from twin.world.state import Fleet, State


class UnitShown(NamedTuple):
    """A unit at one instant.

    `skills`: what it can be sent for; `since`: when it took up its status; `case`: what it is on. `leg`: the way it is
    going, if it is; `phase`: how far it is with its patrol, if it is on one. `inferred`: the way was worked out from
    two recorded stamps. `delay_us`: expected time before it rolls. `is_posted`: waits elsewhere than at its station.
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
    is_posted: bool = False

    @property
    def doing(self) -> str:
        """Key of what is said of its status: `status.` and more."""
        if self.is_posted and self.status in (PARKED, RETURNING):
            return "status.posted" if self.status is PARKED else "status.to_posting"
        return f"status.{self.status.name.lower()}"


class AtDesk(NamedTuple):
    """What is done about a case at a desk, by its number. `since`: when that began; or, if it `waits`, since when."""

    desk: int
    step: Step
    since: int
    waits: bool


class CaseShown(NamedTuple):
    """An open case at one instant, or one that is closed and still to be followed up.

    `ref` is free text from a feed: shown in tables only, never as part of a page's markup. `waiting`: (need, skill) of
    those no unit has been sent for; `units`: who is on it. `deadline_at`: by when it should be closed;
    while it is suspended, if it went on now. `upstream_at`: by when those who passed it down want it closed.
    `left_us` is what is left of its limit, as that counts time (`on_calendar`: not around the clock); negative past it.

    `department` has it; `channel` is the way it came in; `desks`: where something is done about it, or waits to be.
    `is_late`: it was escalated.
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
    left_us: int | None = None
    on_calendar: bool = False
    status: CaseStatus = REPORTED
    department: str = ""
    channel: Channel = UNKNOWN
    desks: tuple[AtDesk, ...] = ()
    is_suspended: bool = False
    is_late: bool = False


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
    centre : its desks and channels; None where cases go through none. followed : closed cases still to be followed up.
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
    centre: CentreShown | None = None
    followed: tuple[CaseShown, ...] = ()


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
    desks = _desks_of_cases(state)
    return tuple(
        _case(state, number, case, at=at, limits=limits)._replace(
            units=tuple(on_it.get(number, ())), desks=tuple(desks.get(number, ()))
        )
        for number, case in sorted(state.cases.items(), key=lambda item: (item[1].reported_at, item[0]))
    )


def followed_of(state: State, at: int, *, limits: Limits) -> tuple[CaseShown, ...]:
    """Closed cases that are still to be followed up, those closed first in front; no limit binds them."""
    if not state.after:
        return ()
    desks = _desks_of_cases(state)
    return tuple(
        _case(state, number, case, at=at, limits=limits)._replace(
            light=GREEN, deadline_at=None, left_us=None, desks=tuple(desks.get(number, ()))
        )
        for number, case in sorted(state.after.items(), key=lambda item: (item[1].since, item[0]))
    )


def _desks_of_cases(state: State) -> dict[int, list[AtDesk]]:
    """Where cases are at desks, what moves them on before what goes on beside it."""
    found: dict[int, list[AtDesk]] = {}
    for (step, about), task in state.desks.tasks.items():
        if step is not Step.ANSWER:
            since, waits = (task.queued_at, True) if task.begun_at is None else (task.begun_at, False)
            found.setdefault(about, []).append(AtDesk(task.desk, step, since, waits))
    for each in found.values():
        each.sort(key=lambda at: (at.step in BESIDE, at.since))
    return found


def _case(state: State, number: int, case: Case, *, at: int, limits: Limits) -> CaseShown:
    waiting = (need for need in range(len(case.needs)) if (number, need) in state.queue) if case.n_waiting else ()
    deadline_at, limit = limits.deadline_of(case, at), limits.of(case.matter)
    return CaseShown(
        number,
        case.ref,
        case.area,
        case.matter,
        case.priority,
        case.stage,
        limits.light_of(case, at),
        case.reported_at,
        deadline_at,
        case.spot,
        tuple((need, case.needs[need]) for need in waiting),
        (),
        case.status is QUEUED,
        limits.upstream_at(case.channel, case.reported_at),
        None if deadline_at is None else _left_us(case.matter, at, deadline_at, limits),
        limit is not None and limit.on != AROUND_THE_CLOCK,
        case.status,
        case.department,
        case.channel,
        is_suspended=case.held_since is not None,
        is_late=case.is_late,
    )


def _left_us(matter: str, at: int, deadline_at: int, limits: Limits) -> int:
    """What is left of a limit, as it counts time; negative past the deadline."""
    if at > deadline_at:
        return -limits.passed_us(matter, deadline_at, at)
    return limits.passed_us(matter, at, deadline_at)
