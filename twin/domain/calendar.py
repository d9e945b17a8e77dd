"""Calendars: how much working time lies between two instants, and when so much of it has passed.

In: working hours by weekday, holidays, and days off that are worked after all, by the clocks on the wall. Out: exact
microseconds. Working time is time that passes while the clocks show working hours, so a night on which they are changed
is shorter or longer. Both questions are asked of one count of working time since far back, so they always agree.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from twin.domain.quantities import DAY, MINUTE, WEEK, CivilTime

Hours = tuple[tuple[int, int], ...]
"""Working turns of a day in order: (from, to), minutes after midnight, up to 1440."""
WEEKDAYS = 7
ALL_WEEK: tuple[Hours, ...] = (((0, DAY // MINUTE),),) * WEEKDAYS

_STRETCH = 52 * WEEK
"""Turns are laid out, and their sums kept, for so long at a time."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When work is done. By default always: a clock that never stops.

    Parameters
    ----------
    week : the hours of each weekday, Monday first; at least one of them has some.
    holidays : civil dates on which nobody works.
    workdays : (civil date, weekday): dates that are worked with the hours of that weekday, whatever else they are.
    """

    week: tuple[Hours, ...] = ALL_WEEK
    holidays: frozenset[date] = frozenset()
    workdays: tuple[tuple[date, int], ...] = ()

    @property
    def never_rests(self) -> bool:
        """Whether all time is working time."""
        return not self.holidays and self.week == ALL_WEEK

    @property
    def week_us(self) -> int:
        """Working time of a week without holidays."""
        return MINUTE * sum(end - begin for hours in self.week for begin, end in hours)

    def hours_of(self, day: date) -> Hours:
        """The working hours of a civil date."""
        for worked, weekday in self.workdays:
            if worked == day:
                return self.week[weekday]
        return () if day in self.holidays else self.week[day.weekday()]

    def add(self, at: int, us: int, *, civil: CivilTime) -> int:
        """The first instant by which so much working time has passed after `at`; `at` itself where it is none.

        >>> CLOCK.add(5, 7, civil=CivilTime.utc())
        12
        """
        if us < 0:
            raise ValueError(f"{us} µs is less than no working time")
        if us == 0 or self.never_rests:
            return at + us
        number = at // _STRETCH
        stretch = _stretch(self, civil, number)
        us += stretch.worked_us(at)
        while us > stretch.all_us:
            us -= stretch.all_us
            number += 1
            stretch = _stretch(self, civil, number)
        turn = bisect_left(stretch.before_us, us) - 1
        return stretch.begins[turn] + us - stretch.before_us[turn]

    def between(self, start: int, end: int, *, civil: CivilTime) -> int:
        """Working time from one instant to another, microseconds; none where `end` is not later."""
        if end <= start or self.never_rests:
            return max(0, end - start)
        first, last = start // _STRETCH, end // _STRETCH
        whole_us = sum(_stretch(self, civil, number).all_us for number in range(first, last))
        return whole_us + _stretch(self, civil, last).worked_us(end) - _stretch(self, civil, first).worked_us(start)


CLOCK = Calendar()
"""Around the clock, every day."""


class _Stretch(NamedTuple):
    """The turns of a stretch of time, in order: where each begins and ends, and the working time before it."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]
    before_us: tuple[int, ...]
    all_us: int

    def worked_us(self, at: int) -> int:
        """Working time of the stretch up to an instant of it."""
        turn = bisect_right(self.begins, at) - 1
        return 0 if turn < 0 else self.before_us[turn] + min(at, self.ends[turn]) - self.begins[turn]


@lru_cache(maxsize=1_024)
def _stretch(calendar: Calendar, civil: CivilTime, number: int) -> _Stretch:
    """The `number`-th stretch since the epoch; negative ones lie before it."""
    turns = list(_turns(calendar, civil, number * _STRETCH, (number + 1) * _STRETCH))
    before_us, all_us = [], 0
    for begin, end in turns:
        before_us.append(all_us)
        all_us += end - begin
    begins, ends = tuple(begin for begin, _ in turns), tuple(end for _, end in turns)
    return _Stretch(begins, ends, tuple(before_us), all_us)


def _turns(calendar: Calendar, civil: CivilTime, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Turns within [begin, end), cut where the clocks are changed."""
    for (since, ahead_us), (until, _) in pairwise([*_changes(civil, begin, end), (end, 0)]):
        for day in range((since + ahead_us) // DAY, (until + ahead_us - 1) // DAY + 1):
            midnight = day * DAY - ahead_us
            for first, last in calendar.hours_of(date.fromordinal(day)):
                turn = max(since, midnight + first * MINUTE), min(until, midnight + last * MINUTE)
                if turn[0] < turn[1]:
                    yield turn


def _changes(civil: CivilTime, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """(since, how far the clocks on the wall are ahead of sim time), from `begin` on; no two changes within a day."""
    ahead_us = civil.wall_us(begin) - begin
    yield begin, ahead_us
    for day in range(begin, end, DAY):
        early, late = day, min(day + DAY, end)
        then_us = civil.wall_us(late) - late
        if then_us == ahead_us:
            continue
        while late - early > 1:
            middle = (early + late) // 2
            if civil.wall_us(middle) - middle == ahead_us:
                early = middle
            else:
                late = middle
        ahead_us = then_us
        yield late, ahead_us
