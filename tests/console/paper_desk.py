"""A desk on paper: a moment that stands still in the built-in city, and a list of the commands that were given.

In: what a test wants to be different. Out: a `Desk` that carries out whatever the seat may do, unless told to refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from tests.views.shown_city import built_in_shown
from twin.console.desk import About, Answer, Drive, MatterShown, Reach
from twin.domain.branching import Branching
from twin.domain.case import HANDLE
from twin.domain.commands import CloseRoad, Command, ReopenRoad, Why
from twin.domain.facts import Fact
from twin.domain.light import Light
from twin.domain.mode import CAR, E_BIKE, WALK
from twin.domain.quantities import HOUR, MINUTE, CivilTime, to_us
from twin.domain.route import Spot
from twin.domain.seat import Seat
from twin.domain.unit import EN_ROUTE, FREE, OFF_DUTY, ON_SCENE, PARKED, PATROLLING
from twin.metrics.tally import Reading, Sample
from twin.roads.terrain import Terrain
from twin.views.branch import BranchShown, Stage
from twin.views.city import CityShown
from twin.views.crew import Streets
from twin.views.moment import CaseShown, Moment, UnitShown
from twin.views.result import Result

HOSTILE = '=HYPERLINK("http://x")<img src=x onerror=alert(1)> **bold**'
CIVIL = CivilTime(datetime.fromisoformat("2026-03-02T08:00:00+08:00"), ZoneInfo("Asia/Shanghai"))
ABOUT = About(
    name="On paper",
    scenario="paper",
    seed=1,
    civil=CIVIL,
    until=24 * HOUR,
    is_live=True,
    matters=(MatterShown("rubbish", 3, ("order",)), MatterShown("fire", 1, ("fire",))),
    policies=("nearest", "own_grid_first"),
)
LAST_CASE = 2**61 + 5
_MPS = 6.0


def _units() -> tuple[UnitShown, ...]:
    length_mm = built_in_shown().roads.length_mm
    rows = (
        ("car 0", "patrol_vehicle", CAR, PARKED, 2_835, ("order", "patrol"), None),
        ("grid worker 1", "grid_worker", WALK, PATROLLING, 340, ("order",), None),
        (HOSTILE, "grid_worker", E_BIKE, PATROLLING, 1_200, ("order",), None),
        ("car 3", "patrol_vehicle", CAR, EN_ROUTE, 2_000, ("order", "patrol"), LAST_CASE),
        ("engine 4", "engine", CAR, ON_SCENE, 3_230, ("fire",), 1),
        ("grid worker 5", "grid_worker", WALK, OFF_DUTY, 3_230, ("order",), None),
    )
    return tuple(
        UnitShown(number, name, kind, mode, status, Spot(edge, int(length_mm[edge]) // 2), skills, case=case)
        for number, (name, kind, mode, status, edge, skills, case) in enumerate(rows)
    )


def _cases() -> tuple[CaseShown, ...]:
    rows = (
        (1, 3_230, "fire", Light.RED, (), (4,)),
        (2, 350, "rubbish", Light.YELLOW, ("order",), ()),
        (LAST_CASE, 2_010, "dispute", Light.GREEN, (), (3,)),
    )
    city = built_in_shown()
    cases = []
    for number, edge, matter, light, needs, units in rows:
        spot, area = Spot(edge, int(city.roads.length_mm[edge]) // 3), city.areas[city.edge_area[edge]]
        about = (f"{HOSTILE} {number}", area, matter, 3, HANDLE, light, 5 * MINUTE, None, spot)
        cases.append(CaseShown(number, *about, tuple(enumerate(needs)), units, is_queued=bool(needs)))
    return tuple(cases)


def paper_moment() -> Moment:
    """Six units, one of them off duty, and three cases, one of which waits for a unit."""
    roads, units, cases = built_in_shown().roads, _units(), _cases()

    def places(spots: Sequence[Spot]) -> np.ndarray:
        return np.column_stack(roads.lonlat_of([spot.edge for spot in spots], [spot.offset_mm for spot in spots]))

    return Moment(
        number=1,
        at=40 * MINUTE,
        units=units,
        places=places([unit.spot for unit in units]),
        cases=cases,
        case_places=places([case.spot for case in cases]),
        reading=Reading(Sample(40 * MINUTE, 3, 1, 1, 1, 3, 2, 1)),
        policy="nearest",
    )


@dataclass
class PaperDesk:
    """See the module. `given`: commands that were carried out, and who gave them; `refuse`: what it says to all."""

    about: About = ABOUT
    city: CityShown | None = field(default_factory=built_in_shown)
    moment: Moment = field(default_factory=paper_moment)
    refuse: Why | None = None
    given: list[tuple[Command, Seat, str]] = field(default_factory=list)
    asked: list[Branching] = field(default_factory=list)
    branch: BranchShown | None = None
    streets: Streets | None = None
    result: Result | None = None
    beside: Moment | None = None
    fault: str | None = None

    def facts_about(self, *, case: int | None = None, unit: int | None = None) -> Sequence[Fact]:
        return ()

    def moment_of(self, number: int, *, beside: bool = False) -> tuple[Moment, Moment | None] | None:
        return (self.moment, None) if number == self.moment.number and not beside else None

    def reach(self, spot: Spot, *, skill: str | None = None, most: int = 10) -> tuple[Reach, ...]:
        fit = [unit for unit in self.moment.units if unit.status in FREE and (skill is None or skill in unit.skills)]
        assert self.city is not None
        apart_m = Terrain(network=self.city.roads).apart_m(spot, [unit.spot for unit in fit])
        found = [Reach(unit.unit, to_us(metres / _MPS)) for unit, metres in zip(fit, apart_m, strict=True)]
        return tuple(sorted(found, key=lambda each: each.expected_us)[:most])

    def act(self, command: Command, *, seat: Seat, token: str) -> Answer:
        why = self.refuse if seat.may_give(command) else Why.NO_RIGHT
        if why is None:
            self.given.append((command, seat, token))
            self._close(command)
        return Answer(self.moment.at, why)

    def drive(self, drive: Drive, *, seat: Seat) -> Why | None:
        return Why.NO_RIGHT

    def _close(self, command: Command) -> None:
        if isinstance(command, CloseRoad):
            self.moment = replace(self.moment, closed=self.moment.closed | set(command.edges))
        elif isinstance(command, ReopenRoad):
            self.moment = replace(self.moment, closed=self.moment.closed - set(command.edges))

    def branch_off(self, asked: Branching, *, seat: Seat) -> Answer:
        if self.refuse is None:
            self.asked.append(asked)
        return Answer(self.moment.at, self.refuse)

    def stop_branch(self, *, seat: Seat) -> Why | None:
        if self.branch is not None:
            self.branch = replace(self.branch, stage=Stage.STOPPING)
        return self.refuse
