"""T2: does a fact cost the same in a large city as in a small one, and does memory follow the city and not its past?

Three fleets, each with the cases that keep it about as busy as published figures say, on three sizes of street network:
from 200 units, 100 cases a day and 5,000 junctions to 20,000 units, 57,500 cases a day and 200,000 junctions. The city,
its scenario and what is counted are those of `benchmarks.month`: journal to Parquet and digest on, CPU of one core.

How far apart the cheapest and the dearest row are is printed under the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.month import Month, measure
from benchmarks.pinned import pinned
from benchmarks.wuhai import Size

NODES = (5_000, 50_000, 200_000)
FLEETS = ((200, 100, 30.0), (1_605, 1_150, 5.0), (20_000, 57_500, 1.0))
"""Units, cases a day, and days: long enough that beginning the run does not count."""
SIZES = tuple(Size(nodes, units, cases, days) for units, cases, days in FLEETS for nodes in NODES)
FLAT = 2.0
"""The target: the dearest fact at most twice the cheapest."""


@dataclass(frozen=True, slots=True)
class Row:
    """One size and its run: CPU seconds are the median of some runs, everything else is the same in each."""

    size: Size
    cpu_s: float
    run: Month

    @property
    def us_a_fact(self) -> float:
        """Microseconds of CPU a fact."""
        return self.cpu_s / self.run.n_facts * 1e6

    @property
    def us_a_case(self) -> float:
        """Microseconds of CPU a case."""
        return self.cpu_s / max(1, self.run.n_cases) * 1e6

    def __str__(self) -> str:
        size, run = self.size, self.run
        return (
            f"{size.n_nodes:>9,} {size.n_units:>8,} {size.cases_a_day:>10,} {size.days:>5g} {run.n_facts:>11,}"
            f" {run.n_facts / max(1, run.n_cases):>8.1f} {self.us_a_fact:>8.1f} {self.us_a_case:>8.0f}"
            f" {run.before_mb:>8.0f} {run.peak_mb - run.before_mb:>8.0f}"
        )


def row(size: Size, *, n_runs: int, alone: bool) -> Row:
    """Run a size a few times; `alone`: each time in a process of its own."""
    runs = [pinned(measure, size) if alone else measure(size) for _ in range(n_runs)]
    return Row(size, median(run.cpu_s for run in runs), runs[0])


def report(sizes: Sequence[Size] = SIZES, *, n_runs: int, alone: bool) -> None:
    """Print a row a size, and how far apart they are."""
    print(f"{'':>9} {'':>8} {'cases':>10} {'':>5} {'':>11} {'facts':>8} {'µs a':>8} {'µs a':>8} {'MB':>8} {'MB':>8}")
    print(
        f"{'nodes':>9} {'units':>8} {'a day':>10} {'days':>5} {'facts':>11} {'a case':>8} {'fact':>8} {'case':>8}"
        f" {'before':>8} {'in run':>8}"
    )
    rows = []
    for size in sizes:
        rows.append(row(size, n_runs=n_runs, alone=alone))
        print(rows[-1], flush=True)
    least, most = min(rows, key=lambda one: one.us_a_fact), max(rows, key=lambda one: one.us_a_fact)
    ratio = most.us_a_fact / least.us_a_fact
    verdict = "flat" if ratio <= FLAT else "not flat"
    print(f"dearest over cheapest: {ratio:.1f} (target: at most {FLAT:g}): {verdict}")
