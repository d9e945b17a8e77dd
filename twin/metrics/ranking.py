"""Who did better, week by week or month by month: departments, grids, areas, matters and persons by their score.

A table of cases (`LOOP_COLUMNS`) flows in; out flow rows, one a period and group, with indicators, score and rank.
Periods are those of the calendar on the wall; weeks begin on Monday and are numbered as ISO 8601 has them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import pyarrow as pa

from twin.domain.quantities import CivilTime
from twin.metrics.appraisal import DEFAULT_RULES, AppraisalRules, Indicators, appraise_groups
from twin.metrics.composite import Composite, score
from twin.metrics.due import Window, WindowRule
from twin.metrics.loop import read_loop
from twin.metrics.performance import coded


class By(StrEnum):
    """What is ranked: columns of the case table."""

    DEPARTMENT = "department"
    GRID = "grid"
    AREA = "area"
    MATTER = "matter"
    PERSON = "person"


class Period(StrEnum):
    """How long is looked at."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


@dataclass(frozen=True, slots=True)
class CivilPeriod:
    """A period of the calendar, as far as it was looked at.

    `name`: 2026-W10, 2026-03, 2026-Q1 or 2026. `is_whole`: nothing of it was cut off.
    """

    name: str
    window: Window
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """A group in a period. `rank`: 1 is best, equal scores share one, and as many are then skipped; None: no score."""

    period: CivilPeriod
    group: str
    indicators: Indicators
    score: float | None
    rank: int | None


def ranking(
    table: pa.Table,
    composite: Composite | None,
    *,
    by: By,
    period: Period,
    civil: CivilTime,
    span: Window,
    rule: WindowRule = WindowRule.DUE_TO,
    rules: AppraisalRules = DEFAULT_RULES,
) -> list[Ranked]:
    """Rank the groups in each period, the best first, those without a score last.

    Parameters
    ----------
    table : one row a case, `LOOP_COLUMNS`; cases that belong to no group are left out.
    composite : what is scored; None: nobody is, and groups come by name.
    span : from when to when the table tells; the first and the last period are cut to it.

    Returns
    -------
    One row for each period and group of which anything is counted then.

    Raises
    ------
    GridtwinError : a column is missing or of another type.
    """
    loop = read_loop(table)
    names, codes = coded(table[by.value])
    ranked = []
    for each in periods(span, period, civil=civil):
        found = appraise_groups(loop, codes, n_groups=len(names), window=each.window, rule=rule, rules=rules)
        ranked += _in_order(each, names, found, composite)
    return ranked


def periods(span: Window, period: Period, *, civil: CivilTime) -> Iterator[CivilPeriod]:
    """Periods of the calendar that overlap with a span, cut to it, in their order."""
    first = _first_day(civil.civil(span.from_at).date(), period)
    from_at = _midnight(first, civil)
    while from_at < span.to_at:
        following = _following(first, period)
        to_at = _midnight(following, civil)
        window = Window(max(from_at, span.from_at), min(to_at, span.to_at))
        yield CivilPeriod(_name(first, period), window, is_whole=window == Window(from_at, to_at))
        first, from_at = following, to_at


def ranks(scores: list[float | None]) -> list[int | None]:
    """Rank of each score, the highest first; equal ones share a rank, None has none.

    >>> ranks([80.0, None, 90.0, 80.0, 70.0])
    [2, None, 1, 2, 4]
    """
    known = sorted(value for value in scores if value is not None)
    return [None if value is None else 1 + len(known) - bisect_right(known, value) for value in scores]


def _in_order(
    period: CivilPeriod, names: list[str], found: list[Indicators], composite: Composite | None
) -> list[Ranked]:
    some = [
        (name, indicators)
        for name, indicators in zip(names, found, strict=True)
        if any(indicator.denominator for indicator in indicators.values())
    ]
    scores = [None if composite is None else score(composite, indicators) for _, indicators in some]
    rows = [
        Ranked(period, name, indicators, value, rank)
        for (name, indicators), value, rank in zip(some, scores, ranks(scores), strict=True)
    ]
    return sorted(rows, key=lambda row: (row.rank is None, row.rank, row.group))


def _first_day(day: date, period: Period) -> date:
    """The first day of the period a day lies in."""
    if period is Period.WEEK:
        return day - timedelta(days=day.weekday())
    months = _MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _following(first: date, period: Period) -> date:
    """The first day of the next period."""
    if period is Period.WEEK:
        return first + timedelta(days=7)
    month = first.month - 1 + _MONTHS[period]
    return date(first.year + month // 12, month % 12 + 1, 1)


def _midnight(day: date, civil: CivilTime) -> int:
    """When a day begins."""
    return civil.at(datetime(day.year, day.month, day.day, tzinfo=civil.zone))


def _name(first: date, period: Period) -> str:
    if period is Period.WEEK:
        year, week, _ = first.isocalendar()
        return f"{year}-W{week:02}"
    if period is Period.MONTH:
        return f"{first.year}-{first.month:02}"
    return f"{first.year}-Q{(first.month + 2) // 3}" if period is Period.QUARTER else f"{first.year}"
