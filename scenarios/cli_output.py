"""What commands print: tables for people, JSON for programs, progress to the error stream after two seconds."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twin.domain.quantities import DAY, HOUR
from twin.errors import GridtwinError

SHORT = 32
QUIET_S = 2.0
"""Nothing is said about work that takes less."""
LINE_EVERY_S = 10.0
"""How often a line is written where there is no terminal to draw on."""

Tick = Callable[[object], None]


def problem(error: GridtwinError) -> None:
    """One sentence on the error stream."""
    Console(stderr=True, soft_wrap=True).print(f"[bold red]error:[/] {escape(str(error))}")


@contextmanager
def ticking(what: str) -> Iterator[Tick]:
    """Progress on the error stream: sim time for whole numbers of microseconds, or a short line.

    On a terminal one line that changes; elsewhere a new line every so often.
    """
    console = Console(stderr=True)
    status = console.status(what)
    latest, told_at = what, time.monotonic()

    def tick(news: object) -> None:
        nonlocal latest, told_at
        text = f"day {news // DAY + 1}, {news % DAY // HOUR:02d} h" if isinstance(news, int) else str(news)
        latest = f"{what}: {text}"
        status.update(escape(latest))
        if not console.is_terminal and time.monotonic() - told_at >= LINE_EVERY_S:
            told_at = time.monotonic()
            console.print(escape(latest), highlight=False)

    def begin() -> None:
        if console.is_terminal:
            status.start()
        else:
            console.print(escape(latest), highlight=False)

    alarm = threading.Timer(QUIET_S, begin)
    alarm.daemon = True
    alarm.start()
    try:
        yield tick
    finally:
        alarm.cancel()
        status.stop()


def any_text_can_be_printed() -> None:
    """Characters that a terminal's encoding lacks come out as question marks, not as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_json(report: Mapping[str, object]) -> None:
    """JSON for programs, in any locale."""
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(report, ensure_ascii=not is_unicode, indent=2))


def table(report: Mapping[str, object], *, title: str, as_json: bool) -> None:
    """A report: plain entries as rows, lists of mappings as tables."""
    if as_json:
        print_json(report)
        return
    console = _console()
    console.print(f"[bold]{escape(title)}[/]")
    plain = {key: value for key, value in report.items() if not isinstance(value, list | tuple | dict)}
    grid = Table(show_header=False, box=None)
    for key, value in plain.items():
        grid.add_row(escape(key), escape(_text(value)))
    console.print(grid)
    for key, value in report.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            console.print(rows(value, title=key))
        elif isinstance(value, Mapping) and value:
            console.print(rows([{"": name, "value": entry} for name, entry in value.items()], title=key))
        elif isinstance(value, list | tuple) and value:
            _list(console, key, [_exact(entry) for entry in value])


def _list(console: Console, key: str, entries: Sequence[str]) -> None:
    """Short entries side by side, sentences one below the other."""
    if max(map(len, entries)) <= SHORT:
        console.print(f"{escape(key)}: {escape(', '.join(entries))}", soft_wrap=False, highlight=False)
        return
    console.print(f"{escape(key)}:")
    for entry in entries:
        console.print(f"  {escape(entry)}", highlight=False)


def rows(entries: Sequence[Mapping[str, object]], *, title: str) -> Table:
    """A table of entries with the same keys."""
    found = Table(title=escape(title), title_justify="left")
    for name in entries[0]:
        numeric = all(isinstance(entry.get(name), int | float | None) for entry in entries)
        found.add_column(escape(str(name)), justify="right" if numeric else "left")
    for entry in entries:
        found.add_row(*(escape(_text(entry.get(name))) for name in entries[0]))
    return found


def emit(
    manifest: Mapping[str, object],
    kpi: Mapping[str, object],
    *,
    out: Path,
    as_json: bool,
    warnings: Sequence[str],
) -> None:
    """What a run says when it is done."""
    if as_json:
        print_json({"out": str(out), "manifest": manifest, "kpi": kpi, "warnings": list(warnings)})
        return
    console = _console()
    for warning in warnings:
        console.print(f"[yellow]warning:[/] {escape(warning)}")
    console.print(f"[bold]{escape(str(manifest['name']))}[/]  policy {escape(str(manifest['policy']))}")
    for line in _preface(manifest):
        console.print(escape(line), highlight=False)
    for found in summary_tables(kpi):
        console.print(found)
    console.print(
        f"{manifest['n_facts']:,} facts, {_text(manifest['facts_per_case'])} a case, "
        f"{_text(manifest['us_per_fact'])} µs a fact · digest {str(manifest['journal_digest'])[:16]} · "
        f"{escape(str(out))}"
    )


def _preface(manifest: Mapping[str, object]) -> Iterator[str]:
    """What a result must not be read without: what the scenario is about, and what it assumes."""
    scenario = _mapping(manifest.get("scenario"))
    if about := scenario.get("about"):
        yield str(about)
    assumptions = scenario.get("assumptions")
    if isinstance(assumptions, Sequence) and assumptions:
        yield "Assumed, not measured:"
        yield from (f"  {assumption}" for assumption in assumptions)


def summary_tables(kpi: Mapping[str, object]) -> Iterator[Table]:
    """The figures a person looks at first."""
    yield rows(
        [
            {"totals": key, "value": value}
            for key, value in _mapping(kpi.get("totals")).items()
            if isinstance(value, int | float)
        ],
        title="Cases and units",
    )
    intervals = _mapping(kpi.get("intervals"))
    lines = []
    for name, groups in intervals.items():
        overall = _mapping(_mapping(groups).get("all"))
        if overall.get("n"):
            lines.append({"interval": name, **{key: overall.get(key) for key in ("n", "mean", "p50", "p90", "max")}})
    if lines:
        yield rows(lines, title="Seconds")
    if "centre" in kpi:
        yield _centre_table(_mapping(kpi["centre"]))


def _centre_table(centre: Mapping[str, object]) -> Table:
    """What a centre is asked about first."""
    indicators = _mapping(centre.get("indicators"))
    response, visits = _mapping(centre.get("response_s")), _mapping(centre.get("visits"))
    answers = _mapping(centre.get("answers"))
    told = {
        "closed of those due": _mapping(indicators.get("closing")).get("value"),
        "closed in time": _mapping(indicators.get("on_time_closing")).get("value"),
        "handled properly of those closed": _mapping(centre.get("cases")).get("effective_share"),
        "response p50, s": response.get("p50"),
        "response p90, s": response.get("p90"),
        "answer p90, s": _mapping(answers.get("answer_s")).get("p90"),
        f"answered within {answers.get('answer_within_s'):g} s": answers.get("within_share"),
        "rework": _mapping(indicators.get("rework")).get("value"),
        "resolved of those asked": visits.get("resolved_share"),
        "satisfied of those asked": visits.get("satisfied_share"),
    }
    return rows([{"centre": name, "value": value} for name, value in told.items()], title="Centre")


def _console() -> Console:
    """Wide enough for a table when the output is not a terminal."""
    console = Console(soft_wrap=True)
    return console if console.is_terminal else Console(soft_wrap=True, width=132)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _exact(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3g}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
