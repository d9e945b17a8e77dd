"""What the map needs of a journal: the stays of every unit, so that its place at any instant is a look-up, and cases.

In: facts, once, in order. Out: a `Scene`; `stays_at` then answers for any instant without reading the facts again. The
facts are folded by the reducer itself, so that the map shows what the world held to be true, odd histories included.
Problems nobody has reported are never part of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.domain import facts as f
from twin.domain.mode import Mode
from twin.domain.route import Leg, Spot
from twin.domain.unit import PATROLLING, UnitStatus
from twin.roads.laps import Phase
from twin.world.state import State
from twin.world.world import fold_one

_ASIDE = (f.LookoutSet, f.ReportMade)
_OF_UNITS = frozenset(kind for kind in f.FACTS if "unit" in kind.__struct_fields__ and kind not in _ASIDE)
_OF_ROSTERS = (f.ShiftBegan, f.ShiftEnded)
OUT = (UnitStatus.TURNOUT, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE)
"""The statuses of a unit with a job."""


class Stay(NamedTuple):
    """A span of a unit's life in which nothing was recorded about it.

    It stands at `spot`, goes along `leg`, or patrols, having been in `phase` at the instant `since`.
    """

    status: UnitStatus
    spot: Spot
    leg: Leg | None
    inferred: bool
    case: int | None
    phase: Phase | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class Trail:
    """A unit and its stays: stay `i` begins at `since[i]` and lasts until the next one."""

    name: str
    kind: str
    mode: Mode
    since: tuple[int, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a journal shows.

    Parameters
    ----------
    trails : units by number.
    cases : where each case is.
    focuses : which patrols were told to go where more often, in order.
    statuses : every status that some unit is in at some time.
    has_inferred : whether some unit goes a way that was worked out from two recorded stamps.
    """

    trails: tuple[Trail, ...] = ()
    cases: Mapping[int, Spot] = field(default_factory=dict)
    focuses: tuple[f.FocusSet, ...] = ()
    statuses: frozenset[UnitStatus] = frozenset()
    has_inferred: bool = False


def scene_of(facts: Iterable[f.Fact]) -> Scene:
    """Read a journal once."""
    state = State()
    since: list[list[int]] = []
    stays: list[list[Stay]] = []
    places: dict[int, Spot] = {}
    focuses: list[f.FocusSet] = []

    def look_at(unit: int) -> None:
        while unit >= len(stays):
            since.append([])
            stays.append([])
        stay = _stay(state, unit)
        if not stays[unit] or stays[unit][-1] != stay:
            since[unit].append(state.at)
            stays[unit].append(stay)

    for fact in facts:
        fold_one(state, fact)
        if type(fact) in _OF_UNITS:
            look_at(fact.unit)  # type: ignore[attr-defined]
        elif isinstance(fact, _OF_ROSTERS):
            for unit in state.fleet.rosters.get(fact.roster, ()):
                look_at(unit)
        elif isinstance(fact, f.CaseReported):
            places[fact.case] = Spot(fact.edge, fact.offset_mm)
        if isinstance(fact, f.FocusSet):
            focuses.append(fact)
    trails = tuple(
        Trail(unit.name, unit.kind, unit.mode, tuple(since[number]), tuple(stays[number]))
        for number, unit in enumerate(state.fleet.units)
    )
    seen = [stay for trail in trails for stay in trail.stays]
    statuses = frozenset(stay.status for stay in seen)
    return Scene(trails, places, tuple(focuses), statuses, any(stay.inferred for stay in seen))


def _stay(state: State, unit: int) -> Stay:
    fleet, movement, job = state.fleet, state.movements.get(unit), state.jobs.get(unit)
    status = fleet.status_of(unit)
    patrols = status is PATROLLING
    return Stay(
        status=status,
        spot=fleet.spot(unit),
        leg=None if movement is None else movement.leg,
        inferred=movement is not None and movement.inferred,
        case=None if job is None else job.case,
        phase=Phase(int(fleet.lap[unit]), int(fleet.into_us[unit])) if patrols else None,
        since=int(fleet.since[unit]) if patrols else 0,
    )


def stays_at(scene: Scene, at: int) -> list[tuple[int, Stay]]:
    """Every enrolled unit and the stay it is in at an instant, by number.

    Parameters
    ----------
    at : microseconds since the run's epoch; a fact recorded at that very instant has happened.
    """
    found = []
    for number, trail in enumerate(scene.trails):
        index = bisect_right(trail.since, at) - 1
        if index >= 0:
            found.append((number, trail.stays[index]))
    return found


def n_out_at(scene: Scene, instants: Sequence[int]) -> NDArray[np.int64]:
    """How many units have a job at each of the instants, shape (n_instants,)."""
    asked = np.asarray(instants, np.int64)
    n_out = np.zeros(asked.size, np.int64)
    for trail in scene.trails:
        out = np.array([False, *(stay.status in OUT for stay in trail.stays)])
        n_out += out[np.searchsorted(np.asarray(trail.since, np.int64), asked, side="right")]
    return n_out
