"""A small desk without an engine: it shows one moment, and does what it is told by whoever has the right.

In: what is to be seen. Out: a `Desk` that answers by the same rule of rights as the room does, and remembers what it
was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from twin.console.desk import About, Answer, Drive, Gear, MatterShown, Reach
from twin.domain.branching import Branching
from twin.domain.case import CLOSED, HANDLE, QUEUED, REGISTERED
from twin.domain.commands import (
    AssignUnit,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    Why,
)
from twin.domain.desk import Step
from twin.domain.facts import Fact
from twin.domain.light import GREEN, RED
from twin.domain.mode import CAR
from twin.domain.problem import Channel
from twin.domain.quantities import HOUR, MINUTE, CivilTime
from twin.domain.route import Spot
from twin.domain.seat import DRIVE, Seat, objection
from twin.domain.unit import EN_ROUTE, FREE, PARKED
from twin.metrics.channels import ChannelDay
from twin.metrics.tally import Reading, Sample
from twin.views.branch import BranchShown, Stage
from twin.views.centre import CallsShown, CentreShown, DeskShown, TaskShown
from twin.views.city import CityShown
from twin.views.crew import Streets
from twin.views.moment import AtDesk, CaseShown, Moment, Pace, UnitShown
from twin.views.result import Result

CIVIL = CivilTime(datetime(2026, 3, 1, 16, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
LARGE = (1 << 62) - 1
"""A number of a case that JavaScript cannot hold."""
ABOUT = About(
    name="A small day",
    scenario="small",
    seed=7,
    civil=CIVIL,
    until=24 * HOUR,
    is_live=True,
    matters=(MatterShown("fire", 1, ("fire", "medic")),),
    policies=("nearest", "random"),
    has_limits=True,
)


def small_moment() -> Moment:
    """Two units, of which one is on its way to the one open case, six hours into the day."""
    at = 6 * HOUR
    units = (
        UnitShown(0, "E1", "engine", CAR, EN_ROUTE, Spot(0, 5_000), ("fire",), at - MINUTE, LARGE),
        UnitShown(1, "M1", "ambulance", CAR, PARKED, Spot(3, 0), ("medic",)),
    )
    case = CaseShown(
        case=LARGE,
        ref="<b>A-1</b>",
        area="North",
        matter="fire",
        priority=1,
        stage=HANDLE,
        light=RED,
        reported_at=at - 10 * MINUTE,
        deadline_at=at - MINUTE,
        spot=Spot(2, 1_000),
        waiting=((1, "medic"),),
        units=(0,),
        is_queued=True,
        left_us=-MINUTE,
        status=QUEUED,
    )
    return Moment(
        number=4,
        at=at,
        units=units,
        places=np.array([[106.8, 39.65], [np.nan, np.nan]]),
        cases=(case,),
        case_places=np.array([[106.81, 39.66]]),
        reading=Reading(Sample(at, 1, 1, 0, 1, 1, 1, 0), n_responses=2, p50_response_s=300.0, p90_response_s=480.0),
        policy="nearest",
        pace=Pace(is_playing=True, asked=60.0, achieved=59.5),
        n_facts=123,
    )


HOSTILE = "<img src=x onerror=alert(1)> **desk**"


def centre_moment() -> Moment:
    """The same with a centre in a mode of its own: the case waits at a desk, two callers before it."""
    moment = small_moment()
    at = moment.at
    line = (TaskShown(Step.DISPATCH, LARGE, "<b>A-1</b>", "fire", at - 5 * MINUTE),)
    case = moment.cases[0]._replace(
        waiting=(),
        units=(),
        is_queued=False,
        status=REGISTERED,
        department="Sanitation",
        channel=Channel.HOTLINE,
        desks=(AtDesk(0, Step.DISPATCH, at - 5 * MINUTE, waits=True),),
        is_late=True,
    )
    followed = case._replace(case=5, status=CLOSED, desks=(), light=GREEN, deadline_at=None, left_us=None)
    centre = CentreShown(
        mode="emergency",
        desks=(
            DeskShown(HOSTILE, False, 2, 2, 3, 2, at - 5 * MINUTE, line),
            DeskShown("Housing office", True, 0, 0, 0, 0, None),
        ),
        calls=(CallsShown(Channel.HOTLINE, 2, 1, at - 2 * MINUTE),),
        channels=(ChannelDay(Channel.HOTLINE, 9, 4, 2, 2, 1),),
    )
    return replace(moment, cases=(case,), centre=centre, followed=(followed,))


class Given(NamedTuple):
    """A command that was carried out."""

    by: str
    command: Command
    token: str


@dataclass
class FakeDesk:
    """See `Desk`. `refuses`: what stands against whatever somebody may do; `areas`: by edge."""

    moment: Moment = field(default_factory=small_moment)
    about: About = ABOUT
    city: CityShown | None = None
    streets: Streets | None = None
    result: Result | None = None
    beside: Moment | None = None
    fault: str | None = None
    facts: Sequence[Fact] = ()
    areas: Mapping[int, str] = field(default_factory=lambda: {0: "North", 1: "North", 2: "North", 3: "South"})
    refuses: Why | None = None
    given: list[Given] = field(default_factory=list)
    driven: list[Drive] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    branch: BranchShown | None = None
    asked: list[Branching] = field(default_factory=list)

    def moment_of(self, number: int, *, beside: bool = False) -> tuple[Moment, Moment | None] | None:
        shown = self.beside if beside else self.moment
        return None if shown is None or shown.number != number else (shown, None)

    def facts_about(self, *, case: int | None = None, unit: int | None = None) -> Sequence[Fact]:
        return self.facts

    def reach(self, spot: Spot, *, skill: str | None = None, most: int = 10) -> tuple[Reach, ...]:
        fit = [u for u in self.moment.units if u.status in FREE and (skill is None or skill in u.skills)]
        return tuple(Reach(unit.unit, (1 + row) * MINUTE) for row, unit in enumerate(fit))[:most]

    def act(self, command: Command, *, seat: Seat, token: str) -> Answer:
        why = objection(seat, command, area_of=self.area_of) or self.refuses
        if why is not None:
            return Answer(self.moment.at, why, "said by a fake")
        if token not in self.answers:
            self.given.append(Given(seat.name, command, token))
            self.answers[token] = Answer(self.moment.at)
        return self.answers[token]

    def drive(self, drive: Drive, *, seat: Seat) -> Why | None:
        if not seat.may(DRIVE):
            return Why.NO_RIGHT
        if drive.gear is Gear.SEEK and self.about.is_live:
            return Why.NOT_LIVE
        self.driven.append(drive)
        pace = self.moment.pace
        if drive.gear is Gear.SPEED:
            pace = pace._replace(asked=drive.speed)
        elif drive.gear is Gear.SEEK:
            self.moment = replace(self.moment, at=drive.at)
        pace = pace._replace(is_playing=drive.gear in (Gear.PLAY, Gear.UNTIL_RED) or drive.gear is Gear.SPEED)
        self.moment = replace(self.moment, number=self.moment.number + 1, pace=pace)
        return None

    def area_of(self, command: Command) -> str | None:
        """The one area a command is about."""
        match command:
            case AssignUnit() | DivertUnit():
                areas = {case.area for case in self.moment.cases if case.case == command.case}
            case RecallUnit() | StandDown():
                edges = [unit.spot.edge for unit in self.moment.units if unit.unit == command.unit]
                areas = {self.areas[edge] for edge in edges}
            case CloseRoad() | ReopenRoad():
                areas = {self.areas.get(edge, "") for edge in command.edges}
            case ReportProblem():
                areas = {self.areas.get(command.edge, "")}
            case _:
                areas = set()
        return areas.pop() if len(areas) == 1 else None

    def branch_off(self, asked: Branching, *, seat: Seat) -> Answer:
        if self.refuses is None:
            self.asked.append(asked)
        return Answer(self.moment.at, self.refuses)

    def stop_branch(self, *, seat: Seat) -> Why | None:
        if self.branch is not None:
            self.branch = replace(self.branch, stage=Stage.STOPPING)
        return self.refuses
