"""Working time between two instants, against a count minute by minute by the clocks on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.domain.calendar import ALL_WEEK, CLOCK, Calendar, Hours
from twin.domain.quantities import DAY, HOUR, MINUTE, WEEK, CivilTime

SHANGHAI, BERLIN = (
    CivilTime(datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai")), ZoneInfo(zone))
    for zone in ("Asia/Shanghai", "Europe/Berlin")
)
OFFICE: tuple[Hours, ...] = (((510, 720), (840, 1080)),) * 5 + ((),) * 2
WORKING = Calendar(OFFICE, frozenset({date(2026, 5, 1), date(2026, 5, 4)}), ((date(2026, 5, 9), 4),))
SHIFTS = Calendar((((0, 360), (1320, 1440)),) * 7, frozenset({date(2026, 3, 29)}), ((date(2026, 10, 25), 0),))
CHANGES = (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC))
"""When clocks in Berlin are put forward, and back."""


def works(calendar: Calendar, moment: datetime) -> bool:
    """Whether an instant is working time, by its date and minute on the wall."""
    made_up = dict(calendar.workdays)
    day = moment.date()
    if day in made_up:
        hours = calendar.week[made_up[day]]
    elif day in calendar.holidays:
        return False
    else:
        hours = calendar.week[day.weekday()]
    minute = moment.hour * 60 + moment.minute
    return any(begin <= minute < end for begin, end in hours)


def counted_us(calendar: Calendar, start: int, end: int, *, civil: CivilTime) -> int:
    """Working time, minute by minute: the slow way. Both instants are whole minutes."""
    at, zone = civil.civil(start).astimezone(UTC), civil.zone
    minutes = (end - start) // MINUTE
    return MINUTE * sum(works(calendar, (at + timedelta(minutes=n)).astimezone(zone)) for n in range(minutes))


def sim(civil: CivilTime, *moment: int) -> int:
    return civil.at(datetime(*moment, tzinfo=civil.zone))  # type: ignore[arg-type, misc]


zones = st.sampled_from([SHANGHAI, BERLIN])
calendars = st.builds(
    Calendar,
    st.tuples(*[st.sampled_from([(), ((0, 1440),), ((510, 1080),), ((0, 150), (165, 480)), ((539, 540),)])] * 6).map(
        lambda six: (((480, 1020),), *six)
    ),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 6, 30)), max_size=30),
    st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 6, 30)), st.integers(0, 6)), max_size=5).map(
        lambda pairs: tuple(dict(pairs).items())
    ),
)
instants = st.integers(-400 * DAY, 800 * DAY)
spans = st.integers(1, 3_000 * HOUR) | st.integers(1, 20 * HOUR)


@settings(max_examples=60)
@given(calendar=calendars, civil=zones, change=st.sampled_from(CHANGES), start=st.integers(-1_500, 1_500))
def test_around_a_change_of_clocks_it_is_what_one_counts_by_the_minute(
    calendar: Calendar, civil: CivilTime, change: datetime, start: int
) -> None:
    begin = civil.at(change) + start * MINUTE
    end = begin + 1_700 * MINUTE
    assert calendar.between(begin, end, civil=civil) == counted_us(calendar, begin, end, civil=civil)


@settings(max_examples=100)
@given(calendar=calendars, civil=zones, at=instants, us=spans)
def test_what_was_added_lies_between(calendar: Calendar, civil: CivilTime, at: int, us: int) -> None:
    due_at = calendar.add(at, us, civil=civil)
    assert calendar.between(at, due_at, civil=civil) == us
    assert calendar.between(at, due_at - 1, civil=civil) == us - 1, "the first such instant"


@settings(max_examples=100)
@given(calendar=calendars, civil=zones, at=instants, us=spans, more_us=spans, later_us=st.integers(0, 30 * DAY))
def test_later_or_longer_is_never_due_earlier_and_parts_add_up(
    calendar: Calendar, civil: CivilTime, at: int, us: int, more_us: int, later_us: int
) -> None:
    due_at = calendar.add(at, us, civil=civil)
    assert calendar.add(at + later_us, us, civil=civil) >= due_at
    assert calendar.add(at, us + more_us, civil=civil) == calendar.add(due_at, more_us, civil=civil) > due_at
    middle = at + later_us
    whole_us = calendar.between(at, middle + 40 * DAY, civil=civil)
    assert whole_us == sum(
        calendar.between(start, end, civil=civil) for start, end in ((at, middle), (middle, middle + 40 * DAY))
    )


@pytest.mark.parametrize("civil", [SHANGHAI, BERLIN], ids=["Shanghai", "Berlin"])
@pytest.mark.parametrize("calendar", [WORKING, SHIFTS], ids=["working", "shifts"])
def test_a_month_with_holidays_and_made_up_days_is_what_one_counts_by_the_minute(
    calendar: Calendar, civil: CivilTime
) -> None:
    begin, end = sim(civil, 2026, 4, 20, 9, 17), sim(civil, 2026, 5, 20, 16, 1)
    assert calendar.between(begin, end, civil=civil) == counted_us(calendar, begin, end, civil=civil)


def test_a_break_a_weekend_a_holiday_and_a_saturday_worked_for_it() -> None:
    def due(*at: int, hours: int) -> str:
        return f"{SHANGHAI.civil(WORKING.add(sim(SHANGHAI, *at), hours * HOUR, civil=SHANGHAI)):%a %d %b %H:%M}"

    assert due(2026, 3, 2, 11, hours=2) == "Mon 02 Mar 15:00", "over lunch"
    assert due(2026, 3, 6, 17, hours=2) == "Mon 09 Mar 09:30", "over a weekend"
    assert due(2026, 3, 7, 23, hours=1) == "Mon 09 Mar 09:30", "reported on one"
    assert due(2026, 4, 30, 18, hours=1) == "Tue 05 May 09:30", "over a bridge of holidays"
    assert due(2026, 5, 8, 17, hours=2) == "Sat 09 May 09:30", "on a Saturday that makes up"
    assert due(2026, 3, 2, 17, hours=1) == "Mon 02 Mar 18:00", "the evening, not the morning after"


def test_a_night_shift_is_as_long_as_the_clocks_make_it() -> None:
    night = Calendar((((60, 300),),) * 7)
    for (month, day), hours in {(3, 28): 4, (3, 29): 3, (10, 25): 5}.items():
        begin = sim(BERLIN, 2026, month, day)
        assert night.between(begin, begin + 12 * HOUR, civil=BERLIN) == hours * HOUR


def test_an_hour_that_is_shown_twice_is_worked_twice_and_one_that_is_skipped_not_at_all() -> None:
    small = Calendar((((135, 165),),) * 7)
    for (month, day), minutes in {(3, 29): 0, (10, 25): 60, (10, 26): 30}.items():
        begin = sim(BERLIN, 2026, month, day)
        assert small.between(begin, begin + 12 * HOUR, civil=BERLIN) == minutes * MINUTE


def test_a_date_that_never_was_is_not_worked() -> None:
    apia = CivilTime(datetime(2011, 12, 1, tzinfo=UTC), ZoneInfo("Pacific/Apia"))
    begin, end = sim(apia, 2011, 12, 29), sim(apia, 2012, 1, 1)
    assert Calendar(OFFICE).between(begin, end, civil=apia) == 7.5 * HOUR, "Thursday; the Friday was skipped"


@given(at=instants, us=spans)
def test_the_clock_never_stops_whatever_the_wall_shows(at: int, us: int) -> None:
    assert CLOCK.add(at, us, civil=BERLIN) == at + us
    assert CLOCK.between(at, at + us, civil=BERLIN) == us
    busy = Calendar(ALL_WEEK, frozenset({date(1999, 1, 1)}))
    assert not busy.never_rests
    assert busy.add(at, us, civil=BERLIN) == at + us


@pytest.mark.parametrize("calendar", [CLOCK, WORKING], ids=["clock", "working"])
def test_nothing_lies_between_an_instant_and_an_earlier_one_and_nothing_is_taken_away(calendar: Calendar) -> None:
    assert calendar.between(9 * HOUR, 9 * HOUR, civil=SHANGHAI) == 0
    assert calendar.between(10 * HOUR, 9 * HOUR, civil=SHANGHAI) == 0
    assert calendar.add(3 * HOUR, 0, civil=SHANGHAI) == 3 * HOUR
    with pytest.raises(ValueError, match="no working time"):
        calendar.add(0, -1, civil=SHANGHAI)


def test_a_week_and_its_year() -> None:
    assert WORKING.week_us == 37.5 * HOUR
    assert Calendar(OFFICE).between(0, 52 * WEEK, civil=SHANGHAI) == 52 * WORKING.week_us
