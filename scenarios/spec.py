"""What a scenario file may say: frozen models, unknown keys refused.

The model is the contract between people and the engine; `scenarios.build` turns it into a city. Every default is a
default, never "the standard says".
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from scenarios.spec_centre import CentreSpec
from scenarios.spec_demand import WEEKDAYS, Demand
from scenarios.spec_limits import CalendarSpec, LightSpec, Limited, PassedDown, limits_of
from scenarios.spec_problems import MergeSpec, Problems, Recorded
from scenarios.spec_roster import PatrolSpec, RosterSpec
from scenarios.spec_staffing import CostsSpec, StaffingSpec
from scenarios.spread import TEXT_OR_OTHER, Model, Seconds, Span, Spread, wrong
from twin.domain.light import AROUND_THE_CLOCK
from twin.domain.mode import CAR, Mode
from twin.domain.quantities import parse_span
from twin.roads.travel import E_BIKE_MPS, STEPS_FACTOR, WALK_MPS

YEARS = range(1900, 2200)
BUILT_IN, NO_CITY = "built-in", "none"
"""Cities that are no folder."""


class LonLat(Model):
    """A point, WGS-84 degrees."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class UnitGroup(Model):
    """Units alike: `count` of them called `name` (with {n}, counting from 1), at a station of the city or a point.

    Without `at` they are spread over the city's stations in turn or, where it has none, stand at its middle. With
    `beat`, an overlay of the city, each looks after a grid of it, in turn, and stands in its middle: one a grid, where
    no `count` is given; `evenly`: the grids are taken in an order that is spread out at any number. `patrol` has them
    walk or drive its streets; `roster` names their hours, of which they come to the share `attends`. `body` is whom
    they belong to: those of one body do not check each other's work.
    """

    name: str
    kind: str
    count: Annotated[int, Field(ge=0, le=100_000)] | None = None
    skills: tuple[str, ...] = ()
    mode: Mode = CAR
    beat: str | None = None
    patrol: PatrolSpec | None = None
    roster: str | None = None
    attends: Annotated[float, Field(ge=0, le=1)] = 1.0
    evenly: bool = False
    body: str | None = None
    at: Annotated[Annotated[str, Tag("text")] | Annotated[LonLat, Tag("other")], TEXT_OR_OTHER] | None = None

    @model_validator(mode="after")
    def _numbered(self) -> UnitGroup:
        several = self.beat is not None if self.count is None else self.count > 1
        if several and "{n}" not in self.name:
            raise wrong("name", "several units need {n} in their name")
        if self.patrol is not None and self.beat is None:
            raise wrong("patrol", "who patrols needs a beat: name an overlay of the city")
        if self.evenly and self.beat is None:
            raise wrong("evenly", "goes with a beat: name an overlay of the city")
        if self.attends < 1 and self.roster is None:
            raise wrong("attends", "who is absent now and then needs a roster")
        return self


Factor = Annotated[float, Field(gt=0, le=10)]
Mps = Annotated[float, Field(gt=0, le=20)]


class Band(Model):
    """Hours of the day [from, to) on these weekdays (0 Monday … 6), and speed factors by road class ("*": others).

    `speed` is for cars; `walk` and `e_bike` are the factors of the others on all streets.
    """

    name: str
    hours: tuple[Annotated[int, Field(ge=0, le=23)], Annotated[int, Field(ge=1, le=24)]]
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = tuple(range(WEEKDAYS))
    speed: dict[str, Factor] = Field(default_factory=dict)
    walk: Factor = 1.0
    e_bike: Factor = 1.0


class Walking(Model):
    """Speed on foot, m/s, and that on steps as a share of it."""

    mps: Mps = WALK_MPS
    steps: Factor = STEPS_FACTOR


class EBike(Model):
    """Speed by e-bike, m/s."""

    mps: Mps = E_BIKE_MPS


class Travel(Model):
    """How units get about. Cars: free-flow speeds times `speed` by road class; `bands` override it for some hours.

    `ramp` is cruising speed over acceleration, the time a car takes to get up to speed (0: at once). `walk` and
    `e_bike` are the others' speeds. `noise` is a factor on each trip's expected time.
    """

    speed: dict[str, Factor] = Field(default_factory=dict)
    bands: tuple[Band, ...] = ()
    ramp: Annotated[Seconds, Field(le=1_000)] = 0.0
    walk: Walking = Walking()
    e_bike: EBike = EBike()
    noise: Spread | None = None


class SpellSpec(Model):
    """Out of service every so often, for so long; or on another duty that is no case (home visits, meetings)."""

    every: Spread
    lasting: Spread
    reason: Literal["spell", "other duty"] = "spell"

    @model_validator(mode="after")
    def _some_time_passes(self) -> SpellSpec:
        if self.every.distribution().mean_s < 1:
            raise wrong("every", "a spell every so many seconds: less than one on average cannot be")
        return self


class PolicySpec(Model):
    """A policy by short name or module:Class, and its parameters. A plain name stands for itself."""

    use: str
    parameters: dict[str, object] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"use": value} if isinstance(value, str) else value


class History(Model):
    """A recorded history as demand: a file, its mapping, and the period to take (local where no offset is given).

    `as_problems` takes its cases for problems that arose before they were reported.
    """

    file: Path
    mapping: str
    start: str | None = Field(default=None, alias="from")
    end: str | None = Field(default=None, alias="to")
    as_problems: Recorded | None = None


class RoadInject(Model):
    """A street closed at a time, given by a point on it, and opened again after a while."""

    at: Span
    close: LonLat
    lasting: Span | None = None


class UnitInject(Model):
    """A unit taken off duty at a time."""

    at: Span
    withdraw: str
    lasting: Span


class ModeInject(Model):
    """The centre works in another mode from a time on, for a while or to the end."""

    at: Span
    mode: str
    lasting: Span | None = None


def _inject(value: object) -> str:
    if isinstance(value, UnitInject) or (isinstance(value, dict) and "withdraw" in value):
        return "unit"
    return "mode" if isinstance(value, ModeInject) or (isinstance(value, dict) and "mode" in value) else "road"


Inject = Annotated[
    Annotated[RoadInject, Tag("road")] | Annotated[UnitInject, Tag("unit")] | Annotated[ModeInject, Tag("mode")],
    Discriminator(_inject),
]


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs an offset from UTC, such as 2026-03-02T00:00:00+08:00")
    if value.year not in YEARS:
        raise ValueError(f"lies outside the years {YEARS.start} to {YEARS.stop - 1}")
    return value


def _known_zone(value: object) -> str:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone (Asia/Shanghai is one)") from error
    return str(value)


class Scenario(Model):
    """One question: a city, who is on duty, what happens, how long things take, and by which policy they are sent.

    `assumptions` are sentences on what nobody has measured; they are printed beside the result and change nothing.
    `waiting_room` is how many needs may wait for a unit: whatever is not served at once and finds it full is lost.
    `found_gone` is how long a unit stays where the problem is over when it comes; `merge` says when a report counts as
    a second one of a case; `patrol_policy` says which streets patrols of order focus go to more often, and
    `reposition_policy` where free units wait. `limits` say within how long after its report a case of a matter ("*":
    the others) should be closed, around the clock or on one of the `calendars`, `upstream` the same of those that came
    in by a channel, and `light` how urgent that looks; none of them changes anything that happens. `staffing` is laid
    over units, desks, rosters and sensors; `costs` are what they cost.
    """

    name: str
    about: str = ""
    assumptions: tuple[str, ...] = ()
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    epoch: Annotated[datetime, AfterValidator(_aware)] = datetime.fromisoformat("2026-03-02T00:00:00+08:00")
    zone: Annotated[str, BeforeValidator(_known_zone)] = "Asia/Shanghai"
    lasting: Annotated[Span, Field(gt=0)] = parse_span("1d")
    city: str = BUILT_IN
    travel: Annotated[Annotated[Literal["none"], Tag("text")] | Annotated[Travel, Tag("other")], TEXT_OR_OTHER] = (
        Travel()
    )
    policy: PolicySpec = PolicySpec(use="nearest")
    units: Annotated[
        Annotated[Literal["history"], Tag("text")] | Annotated[tuple[UnitGroup, ...], Tag("other")], TEXT_OR_OTHER
    ] = ()
    intake: Spread | None = None
    processing: Spread | None = None
    waiting_room: Annotated[
        Annotated[Literal["unlimited"], Tag("text")] | Annotated[int, Field(ge=0), Tag("other")], TEXT_OR_OTHER
    ] = "unlimited"
    turnout: dict[str, Spread] = Field(default_factory=dict)
    on_scene: dict[str, Spread] = Field(default_factory=dict)
    spells: dict[str, SpellSpec] = Field(default_factory=dict)
    found_gone: Spread | None = None
    demand: tuple[Demand, ...] = ()
    problems: tuple[Problems, ...] = ()
    merge: MergeSpec | None = None
    rosters: dict[str, RosterSpec] = Field(default_factory=dict)
    patrol_policy: PolicySpec | None = None
    reposition_policy: PolicySpec | None = None
    history: History | None = None
    centre: CentreSpec | None = None
    staffing: StaffingSpec | None = None
    costs: CostsSpec | None = None
    injects: tuple[Inject, ...] = ()
    response_limits: tuple[Seconds, ...] = (240.0, 480.0, 600.0, 900.0)
    calendars: dict[str, CalendarSpec] = Field(default_factory=dict)
    limits: dict[str, Limited] = Field(default_factory=dict)
    upstream: dict[str, PassedDown] = Field(default_factory=dict)
    light: LightSpec = LightSpec()

    @model_validator(mode="after")
    def _whole(self) -> Scenario:
        if self.units == "history" and self.history is None:
            raise wrong("units", "units: history needs a history")
        if self.travel == "none":
            if self.history is not None:
                raise wrong("history", "travel: none has no roads for a history to be on")
            for number, inject in enumerate(self.injects):
                if isinstance(inject, RoadInject):
                    raise wrong(f"injects.{number}", "travel: none has no road to close")
            for number, group in enumerate(() if self.units == "history" else self.units):
                if group.at is not None:
                    raise wrong(f"units.{number}.at", "travel: none has no places: leave it out")
        elif self.city == NO_CITY:
            raise wrong("city", "a scenario without a city needs travel: none")
        return self

    @model_validator(mode="after")
    def _limited(self) -> Scenario:
        if AROUND_THE_CLOCK in self.calendars:
            raise wrong(f"calendars.{AROUND_THE_CLOCK}", "is the one around the clock: give yours another name")
        limits_of(self.limits, self.calendars, key="limits")
        limits_of(self.upstream, self.calendars, key="upstream")
        return self

    @model_validator(mode="after")
    def _told_apart(self) -> Scenario:
        names = [*(demand.name for demand in self.demand), *(source.name for source in self.problems)]
        for number, name in enumerate(names):
            if name in names[:number]:
                key = f"demand.{number}" if number < len(self.demand) else f"problems.{number - len(self.demand)}"
                raise wrong(f"{key}.name", f"two sources of demand are called {name!r}")
        for number, group in enumerate(() if self.units == "history" else self.units):
            if group.roster is not None and group.roster not in self.rosters:
                raise wrong(f"units.{number}.roster", f"there is no roster {group.roster!r}")
            if self.travel == "none" and group.beat is not None:
                raise wrong(f"units.{number}.beat", "travel: none has no grids: leave it out")
        return self
