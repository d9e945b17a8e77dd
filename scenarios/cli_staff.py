"""`gridtwin staff`: how many people, what each next one buys, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scenarios.cli_lab import MOST_REPLICATIONS
from scenarios.cli_output import print_json, table, ticking


def staff(
    scenario: Annotated[str, typer.Argument(help="A scenario file or a shipped name.")],
    levels: Annotated[
        str, typer.Option("--levels", help="Everybody so many times: 0.6:1.6:0.1 (first, last, step) or 0.8,1,1.2.")
    ] = "0.6:1.6:0.1",
    target: Annotated[
        list[str] | None, typer.Option("--target", help='"p90 response_s <= 900 priority 1"; repeat for more.')
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A kind of unit, group or desk that changes; repeat for more.")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=2, max=MOST_REPLICATIONS, help="Seeds a level.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The first seed.")] = 1,
    until: Annotated[str | None, typer.Option("--until", help="How long each run lasts: 3d, 12h.")] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Of this machine; by default one a core.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for runs and answer; the same one goes on where it stopped.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """How many people? The same days with more and fewer of them, what each next one buys, and the cheapest enough."""
    from scenarios.cli_staff_words import tables
    from scenarios.lab.staff import Question, levels_of
    from scenarios.lab.staff import staff as answer
    from twin.views.staff_verdict import staff_sentences
    from twin.views.words import Language, Words

    asked = Question(levels_of(levels), tuple(target or ()), tuple(only or ()), runs, seed, until)
    with ticking("staffing") as tick:
        found = answer(scenario, asked, out=out, n_processes=processes, progress=tick)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    title, *others = staff_sentences(found, Words(Language.ENGLISH))
    report: dict[str, object] = {"also": others} | dict(_entries(tables(found)))
    table(report, title=f"{found.scenario}: how many people? {title}", as_json=False)


def _entries(told: Iterator[tuple[str, list[dict[str, object]]]]) -> Iterator[tuple[str, object]]:
    return ((name, rows) for name, rows in told if rows)
