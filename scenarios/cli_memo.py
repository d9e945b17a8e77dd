"""`gridtwin memo`: what an experiment found, on one page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.cli_output import table, ticking
from twin.errors import JournalError
from twin.views.words import Language

if TYPE_CHECKING:  # otherwise every command would wait for it
    from twin.metrics.break_even import Flip


def memo(
    folder: Annotated[Path, typer.Argument(help="The folder of a finished experiment.")],
    lang: Annotated[Language, typer.Option("--lang", help="zh or en.")] = Language.ENGLISH,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; default FOLDER/memo.LANG.html.")] = None,
    history: Annotated[
        Path | None, typer.Option("--history", help="What `gridtwin compare RECORDED MODEL --json` printed.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=2, max=1_000, help="Seeds for what would flip it.")] = 10,
    no_flip: Annotated[bool, typer.Option("--no-flip", help="Do not look for what would flip it.")] = False,
    point: Annotated[str | None, typer.Option("--point", help="A point of the factors: surge=x1.5.")] = None,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Of this machine; by default one a core.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """One page for a meeting: the answer, who gains and who loses, what would flip it, how far it can be trusted."""
    from scenarios.lab.memo import Wanted, gather_memo
    from twin.views.memo_page import memo_page

    file = out or folder / f"memo.{lang}.html"
    with ticking("writing a memo") as tick:
        wanted = Wanted(None if no_flip else seeds, history, point)
        found = gather_memo(folder, wanted, n_processes=processes, progress=tick)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(memo_page(found, lang), "utf-8")
        except OSError as error:
            raise JournalError(f"cannot be written: {error.strerror}", file=file) from error
    report: dict[str, object] = {
        "best": found.verdict.best,
        "held against": found.against,
        "would flip it": [] if found.flips is None else _flips(found.flips.flips),
    }
    table({name: entry for name, entry in report.items() if entry}, title=f"Memo written to {file}", as_json=as_json)


def _flips(flips: Iterable[Flip]) -> list[dict[str, object]]:
    """What flips the answer, nearest first."""
    return [
        {
            "assumption": each.assumed.name + (f" {each.assumed.of}" if each.assumed.of else ""),
            "times": round(each.found.factor, 3),
            "sure until": each.found.sure_until,
            "sure from": each.found.sure_from,
        }
        for each in flips
        if each.found.factor is not None
    ]
