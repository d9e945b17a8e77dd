"""Two run folders side by side, as rows a person can read out in a meeting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from twin.metrics.compare import compare_runs

INTERVALS = ("travel_s", "unit_response_s", "response_s")
Figures = dict[str, Any]


def compare_folders(
    first: Path, second: Path, *, headline: tuple[str, ...], say: Callable[[object], None] = lambda _: None
) -> list[Figures]:
    """How travel and response differ between two runs, second against first: one entry an interval.

    Parameters
    ----------
    headline : kinds of unit told first, together and one by one; the rest apart.

    Raises
    ------
    JournalError : a run folder cannot be read.
    """
    found = []
    for interval in INTERVALS:
        say(interval)
        found.append(compare_runs(first, second, interval=interval, headline=headline))
    return found


def in_words(comparisons: list[Figures]) -> list[dict[str, object]]:
    """Rows of seconds: first → second, the difference with its interval, and the KS distance."""
    return [
        {
            "interval": comparison["interval"],
            "units": group,
            "n": f"{figures['n_a']} → {figures['n_b']}",
            "P50": _change(figures["p50"]),
            "P90": _change(figures["p90"]),
            "KS distance": _distance(figures["ks"]),
        }
        for comparison in comparisons
        for group, figures in comparison["groups"].items()
    ]


def _change(figure: Figures) -> str:
    if figure["difference"] is None:
        return "–"
    return (
        f"{figure['a']:.0f} → {figure['b']:.0f}: {figure['difference']:+.0f} "
        f"({figure['low']:+.0f} to {figure['high']:+.0f})"
    )


def _distance(figure: Figures) -> str:
    if figure["distance"] is None:
        return "–"
    return f"{figure['distance']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"
