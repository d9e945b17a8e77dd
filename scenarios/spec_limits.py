"""What a scenario may say about limits: within how long, on which calendar, and when a light turns yellow.

In: working hours, holidays and limits as written. Out: `Calendar` and `Limit`. On a calendar of working hours a day
(1d, or 1wd to make sure) is as much working time as one of its days has, and an hour (1h, or 1wh) an hour of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, PlainSerializer, Tag, model_validator

from scenarios.spec_demand import WEEKDAYS
from scenarios.spec_roster import Clock, minutes
from scenarios.spread import LONGEST_S, Model, Span, wrong
from twin.domain.calendar import CLOCK, Calendar, Hours
from twin.domain.light import AROUND_THE_CLOCK, Limit
from twin.domain.quantities import DAY, HOUR, MINUTE, WEEK, parse_span, to_s, to_us

_WORKING = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*(wh|wd|d)", re.ASCII)
_DAYS = re.compile("[dw]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
Weekday = Annotated[int, Field(ge=0, le=WEEKDAYS - 1)]


def _date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError(f"{value!r} is not a date: write 2026-05-01")


Day = Annotated[date, BeforeValidator(_date)]
"""A civil date."""


class LightSpec(Model):
    """When an open case turns yellow: less than `yellow_below` is left, or less than this `share` of its limit.

    The smaller of the two counts, so that short limits do not begin yellow. Past the limit it is red.
    """

    yellow_below: Span = parse_span("5h")
    share: Annotated[float, Field(ge=0, le=1)] = 1 / 3


class PauseSpec(Model):
    """A break: from this time of day on, for so long."""

    at: Clock
    lasting: Span


class CalendarSpec(Model):
    """Hours of work on some weekdays (0 Monday … 6), `holidays` on which nobody works, and `workdays` that make up.

    `workdays` are dates that are worked with the hours of a weekday.
    """

    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = tuple(range(5))
    rest: Annotated[PauseSpec | None, Field(alias="break")] = None
    holidays: tuple[Day, ...] = ()
    workdays: dict[Day, Weekday] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> CalendarSpec:
        start, end = minutes(self.start), minutes(self.end)
        if not start < end:
            raise wrong("to", "the hours of work end on the day they begin: write 24:00 for midnight")
        if self.rest is not None:
            begin, lasting = minutes(self.rest.at), self.rest.lasting // MINUTE
            if not start < begin or not begin < begin + lasting < end:
                raise wrong("break", "the break must lie within the hours of work, a minute or more")
        for day, weekday in self.workdays.items():
            if weekday not in self.weekdays:
                raise wrong(f"workdays.{day}", f"nobody works on weekday {weekday}: name one of `weekdays`")
            if day in self.holidays:
                raise wrong(f"workdays.{day}", "is a holiday too")
        return self

    def hours(self) -> Hours:
        """The turns of a working day."""
        start, end = minutes(self.start), minutes(self.end)
        if self.rest is None:
            return ((start, end),)
        begin = minutes(self.rest.at)
        return (start, begin), (begin + self.rest.lasting // MINUTE, end)

    def day_us(self) -> int:
        """Working time of a day."""
        return MINUTE * sum(end - begin for begin, end in self.hours())

    def calendar(self) -> Calendar:
        """The calendar it describes."""
        week = tuple(self.hours() if weekday in self.weekdays else () for weekday in range(WEEKDAYS))
        return Calendar(week, frozenset(self.holidays), tuple(sorted(self.workdays.items())))


def _within(value: object) -> int | str:
    if not isinstance(value, str | int | float):
        raise ValueError("write a span of time: 90s, 4h, 7d, or 4wh and 5wd on a calendar of working hours")
    text = str(value).strip()
    working = _WORKING.fullmatch(text)
    us = parse_span(value) if working is None else round(float(working[1]) * DAY)
    if us <= 0:
        raise ValueError("should be greater than 0")
    if to_s(us) > LONGEST_S:
        raise ValueError(f"{value!r} is longer than 100 years")
    return text if isinstance(value, str) and _DAYS.search(text) else us


Within = Annotated[
    int | str,
    BeforeValidator(_within),
    PlainSerializer(lambda value: to_s(value) if isinstance(value, int) else value),
]
"""Microseconds; days, and working hours, as written: how long they are depends on the calendar."""


class LimitSpec(Model):
    """Within how long, on which calendar, and when it turns yellow, where not as `light` says."""

    within: Within
    on: str = AROUND_THE_CLOCK
    yellow_below: Span | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None


class UpstreamSpec(Model):
    """Within how long those who passed a case down want it closed, and on which calendar."""

    within: Within
    on: str = AROUND_THE_CLOCK


def _plain_or_full(value: object) -> str:
    return "other" if isinstance(value, Mapping | Model) else "plain"


_BY_SHAPE = Discriminator(_plain_or_full)
PlainSpan = Annotated[Span, Field(gt=0)]
Limited = Annotated[Annotated[PlainSpan, Tag("plain")] | Annotated[LimitSpec, Tag("other")], _BY_SHAPE]
"""A limit: a span around the clock, or more about it."""
PassedDown = Annotated[Annotated[PlainSpan, Tag("plain")] | Annotated[UpstreamSpec, Tag("other")], _BY_SHAPE]
Calendars = dict[str, CalendarSpec]


def limits_of(
    said: Mapping[str, int | LimitSpec] | Mapping[str, int | UpstreamSpec], on: Calendars, *, key: str
) -> dict[str, int | Limit]:
    """The limits that are written under `key`, on their calendars.

    Raises
    ------
    PydanticCustomError : no such calendar, working hours around the clock, or longer than 100 years; it names the key.
    """
    return {name: _limit_of(limit, on, key=f"{key}.{name}") for name, limit in said.items()}


def _limit_of(said: int | LimitSpec | UpstreamSpec, on: Calendars, *, key: str) -> int | Limit:
    if isinstance(said, int):
        return said
    spec = on.get(said.on)
    if spec is None and said.on != AROUND_THE_CLOCK:
        raise wrong(f"{key}.on", f"there is no calendar {said.on!r}: known are {', '.join([AROUND_THE_CLOCK, *on])}")
    within_us = _within_us(said.within, spec, key=key)
    week_us = CLOCK.week_us if spec is None else spec.calendar().week_us
    if within_us / week_us * WEEK > to_us(LONGEST_S):
        raise wrong(f"{key}.within", f"is longer than 100 years on the calendar {said.on!r}")
    if isinstance(said, UpstreamSpec):
        return Limit(within_us, said.on)
    return Limit(within_us, said.on, said.yellow_below, said.share)


def _within_us(within: int | str, spec: CalendarSpec | None, *, key: str) -> int:
    if isinstance(within, int):
        return within
    working = _WORKING.fullmatch(within)
    if spec is None:
        if working is None or working[2] == "d":
            return parse_span(within)
        raise wrong(f"{key}.within", "working hours and days need a calendar: say `on`")
    if working is None:
        raise wrong(f"{key}.within", f"{within!r} on a calendar of working hours: write hours alone, or days alone")
    return round(float(working[1]) * (HOUR if working[2] == "wh" else spec.day_us()))
