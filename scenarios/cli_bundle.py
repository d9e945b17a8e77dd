"""`gridtwin bundle`: results that somebody else can check, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli_output import table


def bundle(
    folder: Annotated[Path, typer.Argument(help="The folder of an experiment, or of a run.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write: results.zip.")],
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Put city folders and histories in too; mind their licences.")
    ] = False,
    author: Annotated[list[str] | None, typer.Option("--author", help="For the citation; repeat for more.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Put results, scenarios, lock, checksums and a citation into one file, which `gridtwin verify` makes again."""
    from scenarios.lab.bundle import make_bundle

    made = make_bundle(folder, out=out, with_data=with_data, authors=author or ())
    report: dict[str, object] = {"files": made.n_files, "made from": list(made.inside + made.outside) or "built-in"}
    if made.outside:
        report["not inside"] = [f"{path}: whoever verifies needs it (--data)" for path in made.outside]
    report["verify with"] = f"gridtwin verify {made.file}"
    table(report, title=f"Bundle written to {made.file}", as_json=as_json)
