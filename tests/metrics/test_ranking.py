"""Rankings by period and group."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.metrics.loop_cases import case, table
from twin.domain.quantities import DAY, HOUR, CivilTime
from twin.metrics.appraisal import SECOND_HAND
from twin.metrics.composite import Composite, Gain
from twin.metrics.due import Window
from twin.metrics.ranking import By, Period, Ranked, periods, ranking

SHANGHAI = ZoneInfo("Asia/Shanghai")
CIVIL = CivilTime(datetime(2026, 3, 2, tzinfo=SHANGHAI), SHANGHAI)
"""A Monday."""
CLOSING = Composite("closing only", (Gain("closing", 100, SECOND_HAND),))


def case_of(department: str | None, day: int, *, is_closed: bool, **said: Any) -> dict[str, Any]:
    """A case due on a day (0 is the Monday), closed an hour before or not at all."""
    due_at = day * DAY + 12 * HOUR
    closed_at = due_at - HOUR if is_closed else None
    return case(reported_at=day * DAY, department=department, close_due_at=due_at, closed_at=closed_at, **said)


def ranked(*cases: dict[str, Any], by: By = By.DEPARTMENT, days: int = 14) -> list[Ranked]:
    span = Window(0, days * DAY)
    return ranking(table(*cases), CLOSING, by=by, period=Period.WEEK, civil=CIVIL, span=span)


def told(rows: list[Ranked]) -> list[tuple[str, str, float | None, int | None]]:
    return [(row.period.name, row.group, row.score, row.rank) for row in rows]


def test_groups_are_ranked_anew_in_each_period() -> None:
    rows = ranked(
        case_of("roads", 1, is_closed=True),
        case_of("parks", 1, is_closed=False),
        case_of("roads", 8, is_closed=False),
        case_of("parks", 8, is_closed=True),
        case_of(None, 8, is_closed=True),
    )
    assert told(rows) == [
        ("2026-W10", "roads", 100, 1),
        ("2026-W10", "parks", 0, 2),
        ("2026-W11", "parks", 100, 1),
        ("2026-W11", "roads", 0, 2),
    ]


def test_ties_share_a_rank_and_the_next_is_skipped() -> None:
    rows = ranked(
        *(case_of(name, 1, is_closed=True) for name in ("water", "roads")),
        case_of("parks", 1, is_closed=True),
        case_of("parks", 2, is_closed=False),
        case_of("lamps", 1, is_closed=False),
        days=7,
    )
    assert [(row.group, row.rank) for row in rows] == [("roads", 1), ("water", 1), ("parks", 3), ("lamps", 4)]


def test_a_group_without_a_score_comes_last_and_has_no_rank() -> None:
    nothing_due = case_of("arts", 9, is_closed=False) | {"reported_at": DAY}
    rows = ranked(nothing_due, case_of("parks", 1, is_closed=False), days=7)
    assert [(row.group, row.score, row.rank) for row in rows] == [("parks", 0, 1), ("arts", None, None)]


def test_a_group_of_which_nothing_is_counted_in_a_period_has_no_row() -> None:
    rows = ranked(case_of("parks", 1, is_closed=True), case_of("roads", 8, is_closed=True))
    assert [(row.period.name, row.group) for row in rows] == [("2026-W10", "parks"), ("2026-W11", "roads")]


@pytest.mark.parametrize("by", list(By))
def test_every_kind_of_group_is_a_column(by: By) -> None:
    rows = ranked(case_of(None, 1, is_closed=True) | {by.value: "one"}, by=by, days=7)
    assert [(row.group, row.rank) for row in rows] == [("one", 1)]


def test_a_period_cut_short_does_not_hold_what_is_not_due_yet_against_anybody() -> None:
    (row,) = ranked(case_of("parks", 1, is_closed=True), case_of("parks", 5, is_closed=False), days=3)
    assert (row.score, row.period.is_whole) == (100, False)


def test_midnight_on_the_wall_parts_the_weeks() -> None:
    sunday, monday = case(department="parks", close_due_at=7 * DAY - 1), case(department="parks", close_due_at=7 * DAY)
    rows = ranked(sunday, monday)
    assert [row.indicators["closing"].denominator for row in rows] == [1, 1]


@pytest.mark.parametrize(
    ("period", "names"),
    [
        (Period.WEEK, ["2026-W53", "2027-W01"]),
        (Period.MONTH, ["2026-12", "2027-01"]),
        (Period.QUARTER, ["2026-Q4", "2027-Q1"]),
        (Period.YEAR, ["2026", "2027"]),
    ],
)
def test_periods_are_named_as_the_calendar_names_them(period: Period, names: list[str]) -> None:
    new_year = CivilTime(datetime(2026, 12, 31, tzinfo=SHANGHAI), SHANGHAI)
    found = list(periods(Window(0, 5 * DAY), period, civil=new_year))
    assert [each.name for each in found] == names
    assert [each.is_whole for each in found] == [False, False]
    assert found[0].window.to_at == found[1].window.from_at


def test_a_span_of_whole_months_has_whole_months() -> None:
    civil = CivilTime(datetime(2026, 1, 1, tzinfo=SHANGHAI), SHANGHAI)
    found = list(periods(Window(0, 90 * DAY), Period.MONTH, civil=civil))
    assert [(each.window.to_at - each.window.from_at) // DAY for each in found] == [31, 28, 31]
    assert all(each.is_whole for each in found)


def test_a_week_in_which_the_clocks_change_is_an_hour_shorter() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    civil = CivilTime(datetime(2026, 3, 22, 23, tzinfo=UTC), berlin)
    (week, _) = periods(Window(0, 8 * DAY), Period.WEEK, civil=civil)
    assert week.window == Window(0, 7 * DAY - HOUR)
