"""`gridtwin appraise`: who did better in a run, week by week or month by month, by the indicators of the trade."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scenarios.cli_output import table, ticking

if TYPE_CHECKING:
    from twin.metrics.ranking import Ranked

SHOWN = {
    "disposal": "disposal",
    "on_time_disposal": "in time",
    "closing": "closing",
    "on_time_closing": "closed in time",
    "rework": "rework",
    "overdue_pending": "overdue",
    "satisfaction": "satisfied",
}
"""Indicators that a person is shown, and what they are called there; programs have them all."""

Group = Literal["department", "grid", "area", "matter", "person"]
Length = Literal["week", "month", "quarter", "year"]
Named = Literal["jinniu", "jinhua", "jungar"]
Rule = Literal["due_to", "reported_in", "completed_in"]


def appraise(
    run: Annotated[Path, typer.Argument(help="A run folder of a scenario with a centre.")],
    by: Annotated[Group, typer.Option("--by", help="Who is set side by side.")] = "department",
    period: Annotated[Length, typer.Option("--period", help="By the calendar on the wall.")] = "month",
    composite: Annotated[
        Named | None, typer.Option("--composite", help="One place's score; without, nobody is scored.")
    ] = None,
    window_rule: Annotated[Rule, typer.Option("--window-rule", help="Which cases a period counts.")] = "due_to",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Indicators, scores and ranks by department, grid, area, matter or person."""
    from scenarios.appraise import appraise_run
    from twin.metrics.composite import COMPOSITES
    from twin.metrics.due import WindowRule
    from twin.metrics.ranking import By, Period

    chosen = None if composite is None else COMPOSITES[composite]
    with ticking("appraising"):
        found = appraise_run(run, chosen, by=By(by), period=Period(period), rule=WindowRule(window_rule))
    report: dict[str, object] = {
        "by": by,
        "period": period,
        "window_rule": window_rule,
        "composite": None if chosen is None else chosen.name,
        "ranking": [_all(row) if as_json else _line(row) for row in found.ranked],
        "roles": found.roles if as_json else _counters(found.roles),
    }
    table(report, title=f"{run} by {by}", as_json=as_json)


def _all(row: Ranked) -> dict[str, object]:
    from twin.metrics.appraisal import indicator_figures

    return {
        "period": row.period.name,
        "is_whole": row.period.is_whole,
        "group": row.group,
        "rank": row.rank,
        "score": row.score,
        "indicators": indicator_figures(row.indicators),
    }


def _counters(roles: Mapping[str, object]) -> list[dict[str, object]]:
    return [
        {"role": role, "counter": counter, "n": n}
        for role, counters in roles.items()
        if isinstance(counters, Mapping)
        for counter, n in counters.items()
        if isinstance(n, int)
    ]


def _line(row: Ranked) -> dict[str, object]:
    return {
        "period": row.period.name if row.period.is_whole else f"{row.period.name} (part)",
        "group": row.group,
        "rank": row.rank,
        "score": row.score,
        **{title: row.indicators[name].value for name, title in SHOWN.items()},
    }
