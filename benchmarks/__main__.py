"""Everything that is timed, one after the other: `python -m benchmarks`, or some of it by name.

Names: month (T1, beside the floor), fork (T4), routing, journal, feed. `--small` runs each on a village and in this
process, to see that it works.
"""

from __future__ import annotations

import argparse
import os
import platform
from dataclasses import replace

from benchmarks import feed_stream, fork, journal_store, month, routing
from benchmarks.wuhai import Size

NAMES = ("month", "fork", "routing", "journal", "feed")
VILLAGE = Size(n_nodes=100, n_units=12, cases_a_day=40, days=0.5, n_crews=2)
CITIES = [Size(), Size(n_nodes=50_000), Size(n_crews=6)]


def main(arguments: list[str] | None = None) -> None:
    """Print one block a benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which; all of them unless named")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the median counts")
    parser.add_argument("--days", type=float, default=30.0, help="days of the month")
    parser.add_argument("--small", action="store_true", help="on a village, once")
    asked = parser.parse_args(arguments)
    load = ", ".join(f"{share:.1f}" for share in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}")
    for name in asked.names or NAMES:
        print(f"\n{name}")
        if name == "month":
            sizes = [VILLAGE] if asked.small else [_lasting(size, asked.days) for size in CITIES]
            month.report(sizes, n_runs=asked.runs, alone=not asked.small)
        elif name == "fork":
            fork.report(VILLAGE if asked.small else CITIES[0], alone=not asked.small)
        elif name == "routing":
            routing.report(((6, 12),) if asked.small else routing.TOWNS)
        elif name == "journal":
            journal_store.report(100 if asked.small else 50_000)
        else:
            feed_stream.report([1_000] if asked.small else [1_000_000])


def _lasting(size: Size, days: float) -> Size:
    return replace(size, days=days)


if __name__ == "__main__":
    main()
