"""Deadlines and lights at their edges, on any calendar, pushed out, suspended, and passed down."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.domain.calendar import Calendar
from twin.domain.case import Case
from twin.domain.light import GREEN, RED, YELLOW, Light, Limit, Limits
from twin.domain.quantities import DAY, HOUR, MINUTE, CivilTime
from twin.domain.route import Spot

ZONE = ZoneInfo("Asia/Shanghai")
CIVIL = CivilTime(datetime(2026, 3, 2, tzinfo=ZONE), ZONE)
OFFICE = Calendar((((480, 1080),),) * 5 + ((),) * 2, frozenset({date(2026, 3, 10)}))
LIMITS = Limits(
    {
        "fire": HOUR,
        "rubbish": Limit(4 * HOUR, "office"),
        "cover": Limit(30 * HOUR, "office"),
        "leak": Limit(4 * HOUR, "office", yellow_us=HOUR, yellow_share=1.0),
        "wall": Limit(100 * HOUR, yellow_share=0.01),
    },
    upstream={"city": Limit(20 * HOUR, "office"), "12345": 2 * DAY},
    calendars={"office": OFFICE},
    civil=CIVIL,
)
FRIDAY_FOUR = 4 * DAY + 16 * HOUR
"""Two hours before the weekend."""
MONDAY_TEN = 7 * DAY + 10 * HOUR


def case(matter: str, reported_at: int, *, extra_us: int = 0, held_since: int | None = None) -> Case:
    return Case("", "", matter, 1, (), Spot(0, 0), reported_at, extra_us=extra_us, held_since=held_since)


@pytest.mark.parametrize(
    ("matter", "turns", "light"),
    [
        ("fire", 40 * MINUTE, YELLOW),  # a third of an hour
        ("fire", HOUR, RED),
        ("rubbish", MONDAY_TEN - 80 * MINUTE - FRIDAY_FOUR, YELLOW),  # a third of four hours
        ("rubbish", MONDAY_TEN - FRIDAY_FOUR, RED),
        ("cover", 10 * DAY + 11 * HOUR - FRIDAY_FOUR, YELLOW),  # five hours; Tuesday is a holiday
        ("cover", 10 * DAY + 16 * HOUR - FRIDAY_FOUR, RED),
        ("leak", MONDAY_TEN - HOUR - FRIDAY_FOUR, YELLOW),
        ("wall", 99 * HOUR, YELLOW),
    ],
)
def test_a_light_turns_a_microsecond_after_its_edge(matter: str, turns: int, light: Light) -> None:
    before, after = (LIMITS.light_at(matter, FRIDAY_FOUR, FRIDAY_FOUR + turns + us) for us in (0, 1))
    assert after is light
    assert before is (GREEN if light is YELLOW else YELLOW)
    if light is RED:
        assert LIMITS.deadline_at(matter, FRIDAY_FOUR) == FRIDAY_FOUR + turns


def test_five_hours_before_the_limit_alone_where_the_share_is_all_of_it() -> None:
    limits = Limits({"*": 9 * HOUR}, yellow_share=1.0)
    assert [limits.light_at("any", 0, at) for at in (4 * HOUR, 4 * HOUR + 1)] == [GREEN, YELLOW]
    assert Limits({"*": 4 * HOUR}, yellow_share=1.0).light_at("any", 0, 1) is YELLOW


def test_overnight_nothing_turns_yellow_that_counts_working_hours() -> None:
    limits = Limits({"*": Limit(10 * HOUR, "office")}, calendars={"office": OFFICE}, civil=CIVIL)
    reported_at = 14 * HOUR  # due on Tuesday at two
    assert limits.deadline_at("any", reported_at) == DAY + 14 * HOUR
    assert limits.light_at("any", reported_at, DAY + 10 * HOUR + 40 * MINUTE) is GREEN
    assert limits.light_at("any", reported_at, DAY + 10 * HOUR + 40 * MINUTE + 1) is YELLOW


def test_a_deadline_is_pushed_out_by_the_time_its_limit_counts() -> None:
    pushed = case("rubbish", FRIDAY_FOUR, extra_us=9 * HOUR)
    deadline_at = LIMITS.deadline_of(pushed, MONDAY_TEN)
    assert deadline_at == 9 * DAY + 9 * HOUR, "eight more on Monday, none on the holiday, one on Wednesday"
    assert [LIMITS.light_of(pushed, deadline_at + us) for us in (0, 1)] == [YELLOW, RED]
    edge_at = 7 * DAY + 17 * HOUR + 40 * MINUTE
    assert [LIMITS.light_of(pushed, edge_at + us) for us in (0, 1)] == [GREEN, YELLOW], "a third of the limit as it was"


@pytest.mark.parametrize(
    ("held_since", "light"),
    [(FRIDAY_FOUR + HOUR, GREEN), (MONDAY_TEN - HOUR, YELLOW), (MONDAY_TEN, YELLOW), (MONDAY_TEN + 1, RED)],
)
def test_the_clock_of_a_suspended_case_stands_still(held_since: int, light: Light) -> None:
    held = case("rubbish", FRIDAY_FOUR, held_since=held_since)
    assert {LIMITS.light_of(held, held_since + us) for us in (0, HOUR, DAY, 50 * DAY)} == {light}
    for at in (held_since, held_since + 50 * DAY):
        deadline_at = LIMITS.deadline_of(held, at)
        assert deadline_at is not None
        assert (at > deadline_at) is (light is RED), "no deadline passes meanwhile"


@given(
    matter=st.sampled_from(["fire", "rubbish", "cover", "leak"]),
    reported_at=st.integers(0, 20 * DAY),
    until_held_us=st.integers(0, 9 * DAY),
    held_us=st.integers(0, 9 * DAY),
    later_us=st.integers(1, 9 * DAY),
)
def test_whoever_goes_on_after_a_while_has_as_much_left_as_before(
    matter: str, reported_at: int, until_held_us: int, held_us: int, later_us: int
) -> None:
    held_since = reported_at + until_held_us
    at = held_since + held_us
    held, light = case(matter, reported_at, held_since=held_since), LIMITS.light_at(matter, reported_at, held_since)
    assert LIMITS.light_of(held, at) is LIMITS.light_of(held, at + later_us) is light
    goes_on = case(matter, reported_at, extra_us=LIMITS.passed_us(matter, held_since, at))
    deadline_at = LIMITS.deadline_of(held, at)
    assert deadline_at is not None
    assert deadline_at == LIMITS.deadline_of(goes_on, at)
    if light is not RED:
        left_us = LIMITS.passed_us(matter, held_since, LIMITS.deadline_at(matter, reported_at) or 0)
        assert LIMITS.passed_us(matter, at, deadline_at) == left_us


def test_without_a_limit_nothing_is_due_whatever_happened() -> None:
    held = case("noise", 0, extra_us=5, held_since=7)
    assert (LIMITS.deadline_of(held, DAY), LIMITS.light_of(held, DAY)) == (None, GREEN)
    assert LIMITS.passed_us("noise", 0, DAY) == 0
    assert LIMITS.of("noise") is None


def test_those_who_pass_a_case_down_have_a_limit_of_their_own() -> None:
    assert LIMITS.upstream_at("city", FRIDAY_FOUR) == 9 * DAY + 16 * HOUR
    assert LIMITS.upstream_at("12345", FRIDAY_FOUR) == FRIDAY_FOUR + 2 * DAY
    assert LIMITS.upstream_at("", FRIDAY_FOUR) is None


def test_a_plain_number_is_a_limit_around_the_clock() -> None:
    assert LIMITS.of("fire") == Limit(HOUR) == Limits({"*": HOUR}).of("fire")
