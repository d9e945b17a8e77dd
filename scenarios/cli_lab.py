"""`gridtwin experiment`: which alternative is better, by how much, and how sure that is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scenarios.cli_output import print_json, table, ticking

MOST_REPLICATIONS = 10_000


def experiment(
    file: Annotated[Path, typer.Argument(help="An experiment file (YAML) or a shipped name.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the results; the same one goes on where it stopped.")],
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Of this machine; by default one a core.")
    ] = None,
    replications: Annotated[
        int | None,
        typer.Option("--replications", min=2, max=MOST_REPLICATIONS, help="Exactly so many, whatever the file says."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Try alternatives on the same days, over and over, until the difference between them is known."""
    from scenarios.cli_lab_words import how_sure, tables, warnings
    from scenarios.lab.design import load_experiment
    from scenarios.lab.experiment import run_experiment
    from scenarios.lab.results import FAILURES
    from scenarios.run_folder import read_manifest
    from twin.views.verdict import sentences
    from twin.views.words import Language, Words

    plan = load_experiment(file, n_replications=replications)
    with ticking("experimenting") as tick:
        found = run_experiment(plan, out=out, n_processes=processes, progress=tick)
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    title, *others = sentences(found, Words(Language.ENGLISH))
    report: dict[str, object] = {"question": found.question} if found.question else {}
    report["also"] = others
    report |= dict(tables(found))
    report["how sure"] = list(how_sure(found, failures=out / FAILURES))
    report["assumed, not measured"] = list(plan.alternatives[0].scenario.assumptions)
    report["warnings"] = list(warnings(read_manifest(out)))
    table({name: entry for name, entry in report.items() if entry}, title=title, as_json=False)
