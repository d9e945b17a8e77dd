"""Everything that is timed, one after the other: `python -m benchmarks`, or some of it by name.

Names: month (T1, beside the floor), centre (a month with the full case loop; is its memory flat?), growth (T2), fork
(T4), week (replications of Chebei street), patrol, routing, tours, journal, feed, year (is memory flat?), experiment
(what it costs beside its runs), room (T6 and T7, in a real Chromium), hive (T3).
The last two run only when they are named: the first needs a browser, the second installs a peer from the network and
takes minutes.
`--small` runs each on a village and in this process, to see that it works.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import (
    centre,
    experiment,
    feed_stream,
    fork,
    growth,
    hive,
    journal_store,
    month,
    patrol,
    room,
    routing,
    tours,
    week,
    year,
)
from benchmarks.wuhai import Size

VILLAGE = Size(n_nodes=100, n_units=12, cases_a_day=40, days=0.5, n_crews=2)
CITIES = [Size(), Size(n_nodes=50_000), Size(n_crews=6)]


def _month(asked: argparse.Namespace) -> None:
    sizes = [VILLAGE] if asked.small else [replace(size, days=asked.days) for size in CITIES]
    month.report(sizes, n_runs=asked.runs, alone=not asked.small)


def _centre(asked: argparse.Namespace) -> None:
    sizes = (VILLAGE, VILLAGE) if asked.small else (replace(centre.WUHAI, days=asked.days), centre.TOWN)
    centre.report(*sizes, n_runs=asked.runs, alone=not asked.small)


def _growth(asked: argparse.Namespace) -> None:
    sizes = (VILLAGE, replace(VILLAGE, n_nodes=400)) if asked.small else growth.SIZES
    growth.report(sizes, n_runs=asked.runs, alone=not asked.small)


def _hive(asked: argparse.Namespace) -> None:
    if asked.small:
        hive.report_village()
    else:
        hive.report(asked.hive_env, n_runs=asked.runs)


BENCHMARKS: dict[str, Callable[[argparse.Namespace], None]] = {
    "month": _month,
    "centre": _centre,
    "growth": _growth,
    "fork": lambda asked: fork.report(VILLAGE if asked.small else CITIES[0], alone=not asked.small),
    "week": lambda asked: week.report(
        week.DEMO if asked.small else week.CHEBEI, n_runs=asked.runs, alone=not asked.small
    ),
    "routing": lambda asked: routing.report(((6, 12),) if asked.small else routing.TOWNS),
    "patrol": lambda asked: patrol.report((patrol.VILLAGE,) if asked.small else patrol.CITIES, alone=not asked.small),
    "tours": lambda asked: tours.report(((8, 2),) if asked.small else tours.TOWNS),
    "journal": lambda asked: journal_store.report(100 if asked.small else 50_000),
    "feed": lambda asked: feed_stream.report([1_000] if asked.small else [1_000_000]),
    "year": lambda asked: year.report(VILLAGE if asked.small else year.TOWN, alone=not asked.small),
    "experiment": lambda asked: experiment.report(experiment.SMALL if asked.small else experiment.Asked()),
    "room": lambda asked: room.report_village() if asked.small else room.report(),
    "hive": _hive,
}
NAMES = tuple(BENCHMARKS)
WHEN_NAMED = frozenset({"hive", "room"})
"""Not run unless asked for by name."""


def main(arguments: list[str] | None = None) -> None:
    """Print one block a benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which; unless named, all but room and hive")
    parser.add_argument(
        "--runs", type=int, default=3, help="runs of which the median counts (month, growth, week, hive)"
    )
    parser.add_argument("--days", type=float, default=30.0, help="days of the month")
    parser.add_argument("--hive-env", type=Path, help="folder to keep HIVE's environment in; otherwise it is temporary")
    parser.add_argument("--small", action="store_true", help="on a village, once")
    asked = parser.parse_args(arguments)
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}")
    for name in asked.names or [name for name in NAMES if name not in WHEN_NAMED]:
        print(f"\n{name}", flush=True)
        BENCHMARKS[name](asked)


if __name__ == "__main__":
    main()
