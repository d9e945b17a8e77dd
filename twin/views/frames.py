"""Tidy tables of a result: headings in words with their units, cells that keep their numbers, so that a page can sort.

In: a `Result`. Out: a `Frame`: columns that say what kind of cell they hold; how that is written is up to the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from twin.domain.quantities import MINUTE
from twin.views import moment
from twin.views.centre import CentreShown, TaskShown
from twin.views.result import Result
from twin.views.stands import holder, stand_said
from twin.views.words import Words


class Cell(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    MINUTES = "minutes"
    WHOLE = "whole"
    """Minutes, shown without a fraction."""
    PERCENT = "percent"
    """From 0 to 100."""
    INSTANT = "instant"
    """Naive civil time of the run's zone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and its cells, None where there is nothing to say."""

    heading: str
    cell: Cell
    values: Sequence[object]


Frame = tuple[Column, ...]


def group_frame(result: Result, group: str, words: Words) -> Frame:
    """Response by priority, area or matter."""
    rows = result.groups[group]
    within = words("column.within", limit=words.limit(result.limit_s))
    return (
        Column(words(f"column.{group}"), Cell.TEXT, [row.label for row in rows]),
        Column(words("column.reached"), Cell.COUNT, [row.n for row in rows]),
        Column(words("column.p50"), Cell.MINUTES, _minutes(row.p50_s for row in rows)),
        Column(words("column.p90"), Cell.MINUTES, _minutes(row.p90_s for row in rows)),
        Column(words("column.max"), Cell.MINUTES, _minutes(row.max_s for row in rows)),
        Column(within, Cell.PERCENT, _percent(row.within_share for row in rows)),
    )


def unit_frame(result: Result, words: Words) -> Frame:
    """Work by unit."""
    rows = result.workload.by_unit
    return (
        Column(words("column.unit"), Cell.TEXT, [row.name for row in rows]),
        Column(words("column.kind"), Cell.TEXT, [words.named("kind", row.unit_kind) for row in rows]),
        Column(words("column.jobs"), Cell.COUNT, [row.n_jobs for row in rows]),
        Column(words("column.busy"), Cell.PERCENT, _percent(row.busy_share for row in rows)),
        Column(words("column.away"), Cell.PERCENT, _percent(row.away_share for row in rows)),
    )


def case_frame(result: Result, words: Words, *, most: int) -> Frame:
    """The latest `most` cases, in the order they were reported."""
    cases = result.cases[-most:]
    outcomes = [words("outcome.open" if case.closed_at is None else "outcome.closed") for case in cases]
    reported = [result.civil.civil(case.reported_at).replace(tzinfo=None) for case in cases]
    return (
        Column(words("column.reported"), Cell.INSTANT, reported),
        Column(words("column.ref"), Cell.TEXT, [case.ref for case in cases]),
        Column(words("column.matter"), Cell.TEXT, [case.matter for case in cases]),
        Column(words("column.priority"), Cell.COUNT, [case.priority for case in cases]),
        Column(words("column.area"), Cell.TEXT, [case.area for case in cases]),
        Column(words("column.response"), Cell.MINUTES, _minutes(case.response_s for case in cases)),
        Column(words("column.units"), Cell.COUNT, [case.n_units for case in cases]),
        Column(words("column.outcome"), Cell.TEXT, outcomes),
    )


def open_case_frame(
    cases: Sequence[moment.CaseShown],
    at: int,
    words: Words,
    *,
    names: Sequence[str],
    chosen: int | None,
    centre: CentreShown | None = None,
) -> Frame:
    """Open cases in the order given.

    Parameters
    ----------
    at : now, microseconds since the epoch.
    names : of the units, by number.
    chosen : the case that is selected: it is marked.
    centre : its desks, where there are any: who has a case may be one of them, or a department.
    """
    left = [None if case.left_us is None else case.left_us / MINUTE for case in cases]
    who = Column(
        words("column.who" if centre is None else "column.holder"),
        Cell.TEXT,
        [holder(case, centre, words, names=names) for case in cases],
    )
    of_centre = () if centre is None else _of_centre(cases, words)
    return (
        Column(words("column.light"), Cell.TEXT, [_light(case, words, chosen) for case in cases]),
        Column(words("column.matter"), Cell.TEXT, [words.named("matter", case.matter) for case in cases]),
        Column(words("column.left"), Cell.WHOLE, left),
        Column(words("column.stage"), Cell.TEXT, [stand_said(case, centre, words) for case in cases]),
        who,
        Column(words("column.priority"), Cell.COUNT, [case.priority for case in cases]),
        Column(words("column.open"), Cell.WHOLE, [(at - case.reported_at) / MINUTE for case in cases]),
        *of_centre,
        Column(words("column.area"), Cell.TEXT, [case.area for case in cases]),
        Column(words("column.ref"), Cell.TEXT, [case.ref for case in cases]),
    )


def _of_centre(cases: Sequence[moment.CaseShown], words: Words) -> Frame:
    late = [words("card.escalated") if case.is_late else "" for case in cases]
    return (
        Column(words("column.department"), Cell.TEXT, [words.named("department", case.department) for case in cases]),
        Column(words("column.channel"), Cell.TEXT, [words.named("channel", case.channel.value) for case in cases]),
        Column(words("column.late"), Cell.TEXT, late),
    )


def line_frame(line: Sequence[TaskShown], at: int, words: Words) -> Frame:
    """What waits at a desk, in the order it will be taken up."""
    return (
        Column(words("column.step"), Cell.TEXT, [words.named("step", task.step.value) for task in line]),
        Column(words("column.matter"), Cell.TEXT, [words.named("matter", task.matter) for task in line]),
        Column(words("column.since"), Cell.WHOLE, [(at - task.since) / MINUTE for task in line]),
        Column(words("column.ref"), Cell.TEXT, [task.ref for task in line]),
    )


def _light(case: moment.CaseShown, words: Words, chosen: int | None) -> str:
    light = words(f"light.{case.light.value}")
    return f"▶{light[1:]}" if case.case == chosen else light


def _minutes(seconds: Iterable[float | None]) -> list[float | None]:
    return [None if value is None else value / 60 for value in seconds]


def _percent(shares: Iterable[float | None]) -> list[float | None]:
    return [None if value is None else value * 100 for value in shares]
