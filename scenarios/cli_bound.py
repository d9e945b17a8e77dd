"""`gridtwin bound`: how far a run was from the best that any policy could have done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli_output import table, ticking

if TYPE_CHECKING:
    from scenarios.bound import Gap

LUCK = (
    "the luck of the run. Every unit turns out and drives as fast as in the best of the first 2 n draws of its kind, n "
    "being the calls for it: a policy that sends one unit more than 2 n times is not covered"
)
OF_A_HISTORY = (
    "this is what happened, held against our roads at our speeds: where crews drove faster than those, it can lie "
    "below the bound"
)


def bound(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
    late_after: Annotated[str, typer.Option("--late-after", help="A first arrival later than this is late.")] = "15m",
    city: Annotated[Path | None, typer.Option("--city", help="The city folder, if it has moved.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Set a run beside a lower bound over all policies, also those that know the future."""
    from scenarios.bound import bound_run
    from twin.domain.quantities import parse_span
    from twin.errors import ScenarioError

    try:
        late_after_us = parse_span(late_after)
    except ValueError as error:
        raise ScenarioError(str(error), key="--late-after") from error
    with ticking("bounding") as tick:
        found = bound_run(run, late_after_us=late_after_us, city=city, progress=tick)
    report: dict[str, object] = {
        "policy": found.policy,
        "interval": "response_s: reported → first arrived",
        "late_after": late_after,
        "n_cases": found.n_cases,
        "n_reached": found.n_reached,
        "bounds": [_line(gap) for gap in found.gaps],
    }
    if found.why_not_stationed is not None:
        report["no stationed bound"] = found.why_not_stationed
    report["assumes"] = OF_A_HISTORY if found.is_recorded else LUCK
    table(report, title=f"{run} against the best possible", as_json=as_json)


def _line(gap: Gap) -> dict[str, object]:
    return {
        "units stand": str(gap.standing),
        "measure": gap.measure,
        "run": gap.run,
        "bound": gap.bound,
        "gap": gap.run - gap.bound,
        "gap_share": (gap.run - gap.bound) / gap.run if gap.run else None,
        "in whole units": gap.is_whole,
    }
