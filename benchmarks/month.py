"""T1: what a month of a city as large as Wuhai costs by the engine users run, beside the bare floor in the same run.

Journal to Parquet and digest are on. CPU time of the run as `gridtwin run` counts it: from an empty journal to the last
flush, without building the city and without deriving tables. Median of some runs, each in a fresh process, which also
gives its own peak memory.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import floor
from benchmarks.pinned import pinned
from benchmarks.wuhai import Make, Size, built, scenario
from scenarios.run import run
from twin.domain.facts import CaseReported
from twin.journal.parquet import ParquetStore, read_journal


@dataclass(frozen=True, slots=True)
class Month:
    """One run: CPU seconds, facts, cases, the journal's megabytes, and peak memory in megabytes."""

    cpu_s: float
    n_facts: int
    n_cases: int
    journal_mb: float
    before_mb: float
    peak_mb: float


def measure(size: Size, make: Make = scenario) -> Month:
    """Run a month in this process."""
    ready = built(size, make)
    before_mb = peak_mb()
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.parquet"
        with ParquetStore(journal) as store:
            finished = run(ready, store=store)
        run_mb = peak_mb()
        n_cases = sum(isinstance(fact, CaseReported) for facts in read_journal(journal) for fact in facts)
        journal_mb = journal.stat().st_size / 1e6
    return Month(finished.cpu_s, finished.n_facts, n_cases, journal_mb, before_mb, run_mb)


def peak_mb() -> float:
    """Most memory this process has had so far, megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def rows(size: Size, *, n_runs: int, alone: bool, make: Make = scenario) -> list[str]:
    """The table's rows for one size of city; `alone`: every run in a process of its own."""
    floors, months = [], []
    for _ in range(n_runs):
        floors.append(pinned(floor.measure, size) if alone else floor.measure(size))
        months.append(pinned(measure, size, make) if alone else measure(size, make))
    bare_us = median(result.us_per_case for result in floors)
    cpu_s, one = median(month.cpu_s for month in months), months[0]
    us_per_case, us_per_fact = cpu_s / one.n_cases * 1e6, cpu_s / one.n_facts * 1e6
    what = f"{size.n_nodes:,} nodes, {size.n_units:,} units, {size.cases_a_day:,} cases/day, {size.days:g} days"
    return [
        f"{what}{f', {size.n_crews} of them crews' if size.n_crews else ''}; median of {n_runs}",
        f"  floor   {bare_us:8.1f} µs a case  ({floors[0].n_cases:,} cases)",
        f"  engine  {us_per_case:8.1f} µs a case  ({one.n_cases:,} cases), {us_per_case / bare_us:.2f} × the floor",
        f"          {us_per_fact:8.2f} µs a fact  ({one.n_facts:,} facts, {one.n_facts / one.n_cases:.1f} a case)",
        f"          {cpu_s:8.2f} s CPU, memory {one.before_mb:.0f} to {one.peak_mb:.0f} MB",
        f"          {one.journal_mb:8.1f} MB of journal",
    ]


def report(sizes: list[Size], *, n_runs: int, alone: bool) -> None:
    """Print the rows of all sizes."""
    for size in sizes:
        for row in rows(size, n_runs=n_runs, alone=alone):
            print(row, flush=True)
