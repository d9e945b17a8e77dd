"""`gridtwin size`: how many grids should our street have?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from scenarios.cli_output import table, ticking
from twin.errors import GridtwinError

MOST_RUNS = 1_000

SHOWN: Mapping[str, Mapping[str, tuple[str, float, int]]] = {
    "problems": {
        "discovered, %": ("discovered_share", 100, 1),
        "never, %": ("never_discovered_share", 100, 1),
        "by patrol, %": ("by_patrol_share", 100, 1),
        "discovery, min": ("discovery_mean_s", 1 / 60, 1),
        "P50": ("discovery_p50_s", 1 / 60, 1),
        "P90": ("discovery_p90_s", 1 / 60, 0),
    },
    "cases": {
        "response, min": ("response_mean_s", 1 / 60, 1),
        "P90": ("response_p90_s", 1 / 60, 1),
        "verify, min": ("verify_mean_s", 1 / 60, 1),
        "handle, min": ("handle_mean_s", 1 / 60, 1),
        "way told, m": ("travel_told_mean_m", 1, 0),
        "way all, m": ("travel_mean_m", 1, 0),
    },
    "work": {
        "workers": ("n_workers", 1, 0),
        "busy, %": ("busy_share", 100, 1),
        "away, %": ("away_share", 100, 1),
        "Gini of busy": ("busy_gini", 1, 3),
        "m walked a grid and h": ("walked_m_per_grid_h", 1, 0),
        "lap, m": ("lap_m", 1, 0),
        "lap / bound": ("lap_over_bound", 1, 3),
    },
}
"""Tables that are printed: title of a column, figure, factor, digits."""


def size(
    scenario: Annotated[str, typer.Argument(help="A scenario file or a shipped name.")],
    grids: Annotated[str, typer.Option("--grids", help="Numbers of grids: 50,100,200.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the answer.")],
    overlay: Annotated[str, typer.Option("--overlay", help="The overlay that is laid anew.")] = "base",
    runs: Annotated[int, typer.Option("--runs", min=1, max=MOST_RUNS, help="Seeds a number of grids.")] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The first seed.")] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Workers in all, however many grids; by default one a grid.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="How long: 3d, 12h.")] = None,
    lasts: Annotated[float, typer.Option("--lasts", help="Problems last so many times as long.")] = 1.0,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="Of this machine; by default one a core.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """How many grids? The same days with the same problems, in the same city with more and fewer grids."""
    from scenarios.grid_sizing import Sizing, size_grids
    from scenarios.load import check, made_up, overlaid, read_scenario, telling_where

    document = read_scenario(scenario)
    if until is not None:
        document = overlaid(document, [made_up({"lasting": until})])
    asked = Sizing(numbers_of(grids), tuple(range(seed, seed + runs)), overlay, workers, lasts)
    with ticking("sizing") as tick, telling_where(document):
        found = size_grids(check(document), asked, out=out, n_processes=processes, progress=tick)
    report = found if as_json else in_words(found)
    table(report, title=f"{found['scenario']}: how many grids? {found['question']}", as_json=as_json)


def numbers_of(text: str) -> tuple[int, ...]:
    """Numbers of grids, ascending, from "50,100,200".

    Raises
    ------
    GridtwinError : something in it is no whole number.
    """
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and len(word) < 8 for word in words):
        raise GridtwinError(f"{text[:60]!r} is not a list of numbers such as 50,100,200", key="grids")
    return tuple(sorted(int(word) for word in words))


def in_words(found: Mapping[str, object]) -> dict[str, object]:
    """The answer as tables a person can read: mean ± half the interval."""
    rows, steps, seeds = _rows(found["table"]), _rows(found["differences"]), found["seeds"]
    assert isinstance(seeds, list)
    report: dict[str, object] = {
        "runs a number": len(seeds),
        "first digest": str(found["first_digest"])[:16],
        **{
            title: [{"grids": row["n_grids"], **dict(_cells(row, columns))} for row in rows]
            for title, columns in SHOWN.items()
        },
    }
    for title in ("problems", "cases"):
        more = [{"grids": f"{row['from']} → {row['to']}", **dict(_cells(row, SHOWN[title], sign="+"))} for row in steps]
        if more:
            report[f"{title}, difference seed by seed"] = more
    law = found["square_root_law"]
    assert isinstance(law, Mapping)
    report[f"square-root law, c = {_plain(law['c'], 1, 3)} (theory {_plain(law['c_of_theory'], 1, 3)})"] = [
        {
            "grids": row["n_grids"],
            "free workers": _plain(row["n_free"], 1, 1),
            "way told, m": _spread(row["simulated_m"], 1, 0),
            "c √(A / free), m": _plain(row["fitted_m"], 1, 0),
            "law from the first, m": _plain(row["law_m"], 1, 0),
            "beyond it, m": _spread(row["beyond_law_m"], 1, 0, sign="+"),
        }
        for row in _rows(law["numbers"])
    ]
    report["patrol law, problems that arose while their grid was on duty"] = [
        {
            "grids": row["n_grids"],
            "lap, m": _plain(row["lap_m"], 1, 0),
            "1/N, m": _plain(row["lap_law_m"], 1, 0),
            "half a lap, min": _spread(row["half_lap_s"], 1 / 60, 1),
            "wait, min": _spread(row["wait_s"], 1 / 60, 1),
            "its law": _plain(row["wait_law_s"], 1 / 60, 1),
            "found, %": _spread(row["found_share"], 100, 1),
            "its law, %": _plain(row["found_law_share"], 100, 1),
        }
        for row in _rows(found["patrol_law"])
    ]
    report["what theory says"] = found["sentences"]
    report["assumed"] = found["assumptions"]
    return report


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    assert isinstance(value, list)
    return value


def _cells(
    row: Mapping[str, object], columns: Mapping[str, tuple[str, float, int]], *, sign: str = ""
) -> Iterator[tuple[str, str]]:
    for title, (name, factor, digits) in columns.items():
        yield title, _spread(row[name], factor, digits, sign=sign)


def _spread(figure: object, factor: float, digits: int, *, sign: str = "") -> str:
    assert isinstance(figure, Mapping)
    mean, high = figure["mean"], figure["high"]
    if mean is None:
        return "–"
    text = f"{mean * factor:{sign},.{digits}f}"
    return text if high is None or high == mean else f"{text} ± {(high - mean) * factor:,.{digits}f}"


def _plain(value: object, factor: float, digits: int) -> str:
    return f"{value * factor:,.{digits}f}" if isinstance(value, int | float) else "–"
