"""How fast does `feed check` read, and does its memory stay flat? A made-up history of any length, a fixed few columns.

Run: `python -m benchmarks.feed_stream --rows 1000000 10000000`. Each length is read in a fresh process, whose peak
memory is its own. The file goes to a temporary folder (about 190 bytes a row) and is removed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from city_data.feeds.mapping import FeedMapping
from city_data.feeds.quality import check_feed

COLUMNS = ("call", "unit", "kind", "type", "priority", "received", "sent", "rolled", "there", "free", "lat", "lon")
MAPPING = {
    "name": "made_up",
    "id": {"case": "call", "unit": "unit"},
    "stamps": {
        "zone": "America/Los_Angeles",
        "marked": "UTC",
        "trust_mark": False,
        "columns": {
            "reported": "received",
            "dispatched": "sent",
            "rolled": "rolled",
            "arrived": "there",
            "freed": "free",
        },
    },
    "category": {"column": "type", "matters": {"Medical Incident": "medical", "Alarms": "alarm"}},
    "priority": {"column": "priority", "levels": {"3": 1, "2": 2}, "default": 2},
    "place": {"lon": "lon", "lat": "lat"},
    "unit": {"kind": "kind", "skills": {"ENGINE": "engine"}, "default_skill": "ambulance", "station": "^E0*(\\d+)$"},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading: seconds by the wall and of the CPU, and megabytes of peak memory before reading and after."""

    n_rows: int
    read_s: float
    cpu_s: float
    before_mb: float
    peak_mb: float


def write_history(path: Path, n_rows: int) -> None:
    """Write a history of `n_rows` responses, three to a call, a call every 20 seconds."""
    begin = datetime(2010, 1, 1)  # noqa: DTZ001 - a clock on the wall, as the real file has it
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(COLUMNS) + "\n")
        for number in range(n_rows):
            call = number // 3
            at = begin + timedelta(seconds=20 * call)
            if at.month == 3 and at.hour == 2:  # the hour that is skipped in spring would be quarantined
                at += timedelta(hours=1)
            stamps = (f"{at + timedelta(seconds=late)}.000000 UTC" for late in (0, 75, 130, 400, 2_000))
            kind = ("ENGINE", "MEDIC")[number % 2]
            category = ("Medical Incident", "Alarms")[call % 2]
            place = f"{37.7 + call % 997 / 9_970:.10f},{-122.5 + call % 991 / 9_910:.10f}"
            file.write(f"{call},E{number % 60:02},{kind},{category},{2 + call % 2},{','.join(stamps)},{place}\n")


def measure(path: Path, n_rows: int) -> Measured:
    """Check the file in this process."""
    before = _peak_mb()
    begin, cpu_begin = time.perf_counter(), time.process_time()
    report = check_feed(path, FeedMapping.model_validate(MAPPING))
    read_s, cpu_s = time.perf_counter() - begin, time.process_time() - cpu_begin
    if report.n_rows != n_rows:
        raise SystemExit(f"read {report.n_rows} of {n_rows} rows")
    return Measured(n_rows, read_s, cpu_s, before, _peak_mb())


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def report(lengths: list[int]) -> None:
    """Measure each length and print a table."""
    print(f"{'rows':>12} {'seconds':>9} {'rows/s':>9} {'rows/CPU s':>11} {'MB before':>10} {'MB peak':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for n_rows in lengths:
            path = Path(folder) / "history.csv"
            write_history(path, n_rows)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                result = pool.apply(measure, (path, n_rows))
            print(
                f"{result.n_rows:>12,} {result.read_s:>9.1f} {result.n_rows / result.read_s:>9,.0f}"
                f" {result.n_rows / result.cpu_s:>11,.0f} {result.before_mb:>10,.0f} {result.peak_mb:>9,.0f}"
            )


def main() -> None:
    """Measure the lengths asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    report(parser.parse_args().rows)


if __name__ == "__main__":
    main()
