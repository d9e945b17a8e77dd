"""What a scenario may say about hours of work, and how units get about and patrol."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from scenarios.spread import Model, Span, wrong
from twin.domain.quantities import DAY, MINUTE
from twin.domain.roster import Roster, Turn
from twin.roads.laps import Order

MINUTES_A_DAY = DAY // MINUTE
WEEKDAYS = 7
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is not a time of day: write 08:00 (and quote it)")
    return text


Clock = Annotated[str, AfterValidator(_clock)]


def minutes(clock: str) -> int:
    """Minutes of a day."""
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


class Break(Model):
    """Everybody of a roster rests once a shift for so long, in so many `parties` one after another from `at` on."""

    at: Clock
    lasting: Span
    parties: Annotated[int, Field(ge=1, le=12)] = 1


class RosterSpec(Model):
    """Hours of work on some weekdays (0 Monday … 6); `to` at or before `from` is on the next day."""

    start: Annotated[Clock, Field(alias="from")]
    end: Annotated[Clock, Field(alias="to")]
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)] = tuple(range(WEEKDAYS))
    rest: Annotated[Break | None, Field(alias="break")] = None

    @model_validator(mode="after")
    def _fits(self) -> RosterSpec:
        start, end = self.hours()
        if self.rest is not None:
            begin, lasting = self._break_from(), self.rest.lasting // MINUTE
            if not start < begin or not begin + lasting * self.rest.parties < end or not lasting:
                raise wrong(
                    "break", "the breaks of all parties must lie within the hours of work, a minute or more each"
                )
        return self

    def hours(self) -> tuple[int, int]:
        """(begin, end) in minutes from midnight of the first day."""
        start, end = minutes(self.start), minutes(self.end)
        return start, end if end > start else end + MINUTES_A_DAY

    def rosters(self, name: str) -> tuple[Roster, ...]:
        """One roster a party."""
        start, end = self.hours()
        found = []
        for party in range(1 if self.rest is None else self.rest.parties):
            turns = []
            for weekday in sorted(set(self.weekdays)):
                day = weekday * MINUTES_A_DAY
                if self.rest is None:
                    turns.append(Turn(day + start, day + end))
                    continue
                lasting = self.rest.lasting // MINUTE
                begin = self._break_from() + party * lasting
                turns += [Turn(day + start, day + begin), Turn(day + begin + lasting, day + end)]
            found.append(Roster(name, tuple(turns)))
        return tuple(found)

    def _break_from(self) -> int:
        assert self.rest is not None
        begin = minutes(self.rest.at)
        return begin if begin > minutes(self.start) else begin + MINUTES_A_DAY


class PatrolSpec(Model):
    """Walk or drive the streets of one's beat at `mps` metres a second when there is no case, in this order of laps."""

    mps: Annotated[float, Field(gt=0, le=40)]
    order: Order = Order.REGULAR
