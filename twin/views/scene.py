"""What the map needs of a journal: the stays of every unit, so that its place at any instant is a look-up, and cases.

In: facts, once, in order. Out: a `Scene`; `units_at` then answers for any instant without reading the facts again. The
facts are folded by the reducer itself, so that the map shows what the world held to be true, odd histories included.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.domain.facts import FACTS, CaseReported, Fact
from twin.domain.route import Leg, Spot
from twin.domain.unit import UnitStatus
from twin.roads.network import RoadNetwork
from twin.views.lines import where_on
from twin.world.state import State
from twin.world.world import fold_one

_OF_UNITS = frozenset(kind for kind in FACTS if "unit" in kind.__struct_fields__)
OUT = (UnitStatus.TURNOUT, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE)
"""The statuses of a unit with a job."""


class Stay(NamedTuple):
    """A span of a unit's life in which nothing was recorded about it: it stands at `spot` or drives along `leg`."""

    status: UnitStatus
    spot: Spot
    leg: Leg | None
    inferred: bool
    case: int | None


@dataclass(frozen=True, slots=True)
class Trail:
    """A unit and its stays: stay `i` begins at `since[i]` and lasts until the next one."""

    name: str
    kind: str
    since: tuple[int, ...]
    stays: tuple[Stay, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Units by number, and where each case is."""

    trails: tuple[Trail, ...] = ()
    cases: Mapping[int, Spot] = field(default_factory=dict)


class UnitShown(NamedTuple):
    """A unit at one instant. `inferred`: its way was worked out from two recorded stamps."""

    unit: int
    name: str
    kind: str
    status: UnitStatus
    spot: Spot
    leg: Leg | None
    inferred: bool
    case: int | None


def scene_of(facts: Iterable[Fact]) -> Scene:
    """Read a journal once."""
    state = State()
    since: list[list[int]] = []
    stays: list[list[Stay]] = []
    places: dict[int, Spot] = {}
    for fact in facts:
        fold_one(state, fact)
        kind = type(fact)
        if kind in _OF_UNITS:
            unit: int = fact.unit  # type: ignore[attr-defined]
            while unit >= len(stays):
                since.append([])
                stays.append([])
            stay = _stay(state, unit)
            if not stays[unit] or stays[unit][-1] != stay:
                since[unit].append(fact.at)
                stays[unit].append(stay)
        elif isinstance(fact, CaseReported):
            places[fact.case] = Spot(fact.edge, fact.offset_mm)
    trails = tuple(
        Trail(unit.name, unit.kind, tuple(since[number]), tuple(stays[number]))
        for number, unit in enumerate(state.fleet.units)
    )
    return Scene(trails, places)


def _stay(state: State, unit: int) -> Stay:
    movement, job = state.movements.get(unit), state.jobs.get(unit)
    return Stay(
        status=UnitStatus(int(state.fleet.status[unit])),
        spot=state.fleet.spot(unit),
        leg=None if movement is None else movement.leg,
        inferred=movement is not None and movement.inferred,
        case=None if job is None else job.case,
    )


def units_at(scene: Scene, at: int, *, roads: RoadNetwork) -> list[UnitShown]:
    """Every enrolled unit at an instant, by number; those that are away are included.

    Parameters
    ----------
    at : microseconds since the run's epoch; a fact recorded at that very instant has happened.
    """
    shown = []
    for number, trail in enumerate(scene.trails):
        index = bisect_right(trail.since, at) - 1
        if index >= 0:
            stay = trail.stays[index]
            spot = stay.spot if stay.leg is None else where_on(roads, stay.leg, at)[1]
            shown.append(
                UnitShown(number, trail.name, trail.kind, stay.status, spot, stay.leg, stay.inferred, stay.case)
            )
    return shown


def n_out_at(scene: Scene, instants: Sequence[int]) -> NDArray[np.int64]:
    """How many units have a job at each of the instants, shape (n_instants,)."""
    asked = np.asarray(instants, np.int64)
    n_out = np.zeros(asked.size, np.int64)
    for trail in scene.trails:
        out = np.array([False, *(stay.status in OUT for stay in trail.stays)])
        n_out += out[np.searchsorted(np.asarray(trail.since, np.int64), asked, side="right")]
    return n_out
