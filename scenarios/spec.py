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

from scenarios.spread import TEXT_OR_OTHER, Model, Seconds, Span, Spread, wrong
from twin.domain.quantities import parse_span

HOURS, WEEKDAYS = 24, 7
YEARS = range(1900, 2200)
BUILT_IN, NO_CITY = "built-in", "none"
"""Cities that are no folder."""


class LonLat(Model):
    """A point, WGS-84 degrees."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class UnitGroup(Model):
    """Units alike: `count` of them called `name` (with {n}, counting from 1), at a station of the city or a point.

    Without `at` they are spread over the city's stations in turn or, where it has none, stand at its middle.
    """

    name: str
    kind: str
    count: Annotated[int, Field(ge=0, le=100_000)] = 1
    skills: tuple[str, ...] = ()
    at: Annotated[Annotated[str, Tag("text")] | Annotated[LonLat, Tag("other")], TEXT_OR_OTHER] | None = None

    @model_validator(mode="after")
    def _numbered(self) -> UnitGroup:
        if self.count > 1 and "{n}" not in self.name:
            raise wrong("name", "several units need {n} in their name")
        return self


class MatterSpec(Model):
    """A kind of case: its share among the demand's cases, its priority (1 most urgent), what it needs (skills)."""

    priority: Annotated[int, Field(ge=1, le=9)] = 1
    needs: Annotated[tuple[str, ...], Field(max_length=64)]
    share: Annotated[float, Field(ge=0)] = 1.0


Weight = Annotated[float, Field(ge=0)]


class Rhythm(Model):
    """Relative demand by hour of day (24 numbers) and by weekday (7 numbers, Monday first)."""

    hours: Annotated[tuple[Weight, ...], Field(min_length=HOURS, max_length=HOURS)] = (1.0,) * HOURS
    weekdays: Annotated[tuple[Weight, ...], Field(min_length=WEEKDAYS, max_length=WEEKDAYS)] = (1.0,) * WEEKDAYS

    @model_validator(mode="after")
    def _some(self) -> Rhythm:
        if not sum(self.hours) or not sum(self.weekdays):
            raise ValueError("some hour and some weekday must have demand")
        return self


class Demand(Model):
    """A Poisson source: `per_day` cases on average, split over `matters` by share and over `areas` by share.

    Without `areas` the city's own are used, by length of street.
    """

    name: str
    per_day: Annotated[float, Field(ge=0, le=10_000_000)]
    matters: Annotated[dict[str, MatterSpec], Field(min_length=1)]
    areas: dict[str, Annotated[float, Field(ge=0)]] | None = None
    rhythm: Rhythm = Rhythm()


class Band(Model):
    """Hours of the day [from, to) on these weekdays (0 Monday … 6), and speed factors by road class ("*": others)."""

    name: str
    hours: tuple[Annotated[int, Field(ge=0, le=23)], Annotated[int, Field(ge=1, le=24)]]
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = tuple(range(WEEKDAYS))
    speed: dict[str, Annotated[float, Field(gt=0, le=10)]]


class Travel(Model):
    """How units drive: free-flow speeds times `speed` by road class; `bands` override it for some hours.

    `ramp` is cruising speed over acceleration, the time it takes to get up to speed (0: at once). `noise` is a factor
    on each trip's expected time.
    """

    speed: dict[str, Annotated[float, Field(gt=0, le=10)]] = Field(default_factory=dict)
    bands: tuple[Band, ...] = ()
    ramp: Annotated[Seconds, Field(le=1_000)] = 0.0
    noise: Spread | None = None


class SpellSpec(Model):
    """Out of service every so often, for so long."""

    every: Spread
    lasting: Spread

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
    """A recorded history as demand: a file, its mapping, and the period to take (local where no offset is given)."""

    file: Path
    mapping: str
    start: str | None = Field(default=None, alias="from")
    end: str | None = Field(default=None, alias="to")


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


def _inject(value: object) -> str:
    return "unit" if isinstance(value, UnitInject) or (isinstance(value, dict) and "withdraw" in value) else "road"


Inject = Annotated[Annotated[RoadInject, Tag("road")] | Annotated[UnitInject, Tag("unit")], Discriminator(_inject)]


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

    `waiting_room` is how many needs may wait for a unit: whatever is not served at once and finds it full is lost.
    """

    name: str
    about: str = ""
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
    demand: tuple[Demand, ...] = ()
    history: History | None = None
    injects: tuple[Inject, ...] = ()
    response_limits: tuple[Seconds, ...] = (240.0, 480.0, 600.0, 900.0)

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
        names = [demand.name for demand in self.demand]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise wrong(f"demand.{number}.name", f"two demands are called {name!r}")
        return self
