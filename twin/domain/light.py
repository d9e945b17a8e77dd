"""Limits and lights: by when a case should be closed, and how urgent that has become.

Green, yellow when little is left, red past the limit; a closed case is green. A limit counts from the report on a
calendar of its own: around the clock, or in working time only, and what is left is counted on the same one. While a
case is suspended its clock stands still. Figures are defaults of a scenario, never "the standard says"
(docs/scenarios.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from twin.domain.calendar import CLOCK, Calendar
from twin.domain.case import Case
from twin.domain.quantities import HOUR, CivilTime


class Light(StrEnum):
    """How urgent a case is."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


GREEN, YELLOW, RED = Light
ANY = "*"
"""All matters that are not named."""
AROUND_THE_CLOCK = "clock"
"""The calendar that is always there and never stops."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take.

    Parameters
    ----------
    within_us : microseconds of its calendar's time.
    on : the name of its calendar.
    yellow_us, yellow_share : when it turns yellow, where it has a rule of its own; see `Limits`.
    """

    within_us: int
    on: str = AROUND_THE_CLOCK
    yellow_us: int | None = None
    yellow_share: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long cases may take.

    Parameters
    ----------
    by_matter : from report to close, by matter; `ANY` for all others. Without it a matter has no limit. A plain number
        is microseconds around the clock.
    yellow_us, yellow_share : yellow when less than this is left, or less than this share of the limit: the smaller.
    upstream : the limits of those who pass cases down, by channel, likewise from the report. They are shown beside the
        centre's own; whatever pushes that out leaves them alone.
    calendars : by name, but for the clock.
    civil : the clocks on the wall that calendars go by.
    """

    by_matter: Mapping[str, int | Limit] = field(default_factory=dict)
    yellow_us: int = 5 * HOUR
    yellow_share: float = 1 / 3
    upstream: Mapping[str, int | Limit] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    civil: CivilTime = field(default_factory=CivilTime.utc)

    def of(self, matter: str) -> Limit | None:
        """The limit of a matter; None where it has none."""
        return _limit(self.by_matter.get(matter, self.by_matter.get(ANY)))

    def deadline_at(self, matter: str, reported_at: int, *, extra_us: int = 0) -> int | None:
        """By when a case should be closed, if it was pushed out by `extra_us` of its calendar's time."""
        limit = self.of(matter)
        return None if limit is None else self._add(limit, reported_at, limit.within_us + extra_us)

    def upstream_at(self, channel: str, reported_at: int) -> int | None:
        """By when those who passed a case down want it closed; None where they said nothing."""
        limit = _limit(self.upstream.get(channel))
        return None if limit is None else self._add(limit, reported_at, limit.within_us)

    def light_at(
        self, matter: str, reported_at: int, at: int, *, extra_us: int = 0, held_since: int | None = None
    ) -> Light:
        """The light of an open case at an instant; suspended, it keeps the one it had when it was.

        >>> Limits({"*": 9 * HOUR}).light_at("fire", 0, 6 * HOUR + 1), Limits().light_at("fire", 0, 99 * HOUR)
        (<Light.YELLOW: 'yellow'>, <Light.GREEN: 'green'>)
        """
        limit = self.of(matter)
        if limit is None:
            return GREEN
        at = at if held_since is None else min(at, held_since)
        deadline_at = self._add(limit, reported_at, limit.within_us + extra_us)
        if at > deadline_at:
            return RED
        left_us = self._calendar(limit).between(at, deadline_at, civil=self.civil)
        return YELLOW if left_us < self._margin_us(limit) else GREEN

    def yellow_at(self, matter: str, reported_at: int, *, extra_us: int = 0) -> int | None:
        """From when on an open case is near its limit; None where it has none."""
        limit = self.of(matter)
        if limit is None:
            return None
        return self._add(limit, reported_at, max(0, limit.within_us + extra_us - round(self._margin_us(limit))))

    def _margin_us(self, limit: Limit) -> float:
        below_us = self.yellow_us if limit.yellow_us is None else limit.yellow_us
        share = self.yellow_share if limit.yellow_share is None else limit.yellow_share
        return min(below_us, share * limit.within_us)

    def passed_us(self, matter: str, start: int, end: int) -> int:
        """Time between two instants as the limit of a matter counts it; a matter without one has none to count."""
        limit = self.of(matter)
        return 0 if limit is None else self._calendar(limit).between(start, end, civil=self.civil)

    def deadline_of(self, case: Case, at: int) -> int | None:
        """By when a case should be closed as things stand; while it is suspended: if it went on at this instant."""
        held_us = 0 if case.held_since is None else self.passed_us(case.matter, case.held_since, at)
        return self.deadline_at(case.matter, case.reported_at, extra_us=case.extra_us + held_us)

    def light_of(self, case: Case, at: int) -> Light:
        """The light of an open case at an instant."""
        return self.light_at(case.matter, case.reported_at, at, extra_us=case.extra_us, held_since=case.held_since)

    def _add(self, limit: Limit, at: int, us: int) -> int:
        return self._calendar(limit).add(at, us, civil=self.civil)

    def _calendar(self, limit: Limit) -> Calendar:
        return CLOCK if limit.on == AROUND_THE_CLOCK else self.calendars[limit.on]


def _limit(given: int | Limit | None) -> Limit | None:
    return Limit(given) if isinstance(given, int) else given
