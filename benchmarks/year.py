"""Does a running twin need more memory the longer it has run? A small city, a year, journal to Parquet.

Resident memory is read at the end of every simulated month, after a collection. The first month fills caches, scratch
arrays and buffers, so the slope is that of a line through the months after it. Where the system does not tell resident
memory (anything but Linux), the peak so far is used.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents.city import CityModel
from benchmarks.month import peak_mb
from benchmarks.pinned import pinned
from benchmarks.wuhai import Make, Size, built, scenario
from twin.domain.quantities import DAY
from twin.journal.parquet import ParquetStore

TOWN = Size(n_nodes=1_000, n_units=60, cases_a_day=150, days=365.0)
N_MONTHS = 12
STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Year:
    """Megabytes resident at the beginning and at the end of each month, facts by then, CPU seconds, journal in MB."""

    begin_mb: float
    resident_mb: list[float]
    n_facts: list[int]
    cpu_s: float
    journal_mb: float

    @property
    def slope_mb(self) -> float:
        """Growth in megabytes a month, by least squares over the months after the first."""
        later = self.resident_mb[1:]
        return float(np.polyfit(np.arange(len(later)), later, 1)[0]) if len(later) > 1 else 0.0


def measure(size: Size, make: Make = scenario) -> Year:
    """Run a year in this process."""
    setting = built(size, make).setting
    resident, n_facts = [], []
    gc.collect()
    begin_mb, began = resident_mb(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.parquet"
        with ParquetStore(journal) as store:
            city = CityModel.begin(setting, store=store)
            for month in range(1, N_MONTHS + 1):
                city.advance_to(int(size.days * DAY) * month // N_MONTHS)
                gc.collect()
                resident.append(resident_mb())
                n_facts.append(len(city.world.journal))
            city.world.journal.flush()
        journal_mb = journal.stat().st_size / 1e6
    return Year(begin_mb, resident, n_facts, time.process_time() - began, journal_mb)


def resident_mb() -> float:
    """Memory of this process that is in use now, megabytes; the peak so far where the system does not say."""
    if not STATM.exists():
        return peak_mb()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def report(size: Size = TOWN, *, alone: bool, make: Make = scenario) -> None:
    """Print a row a month, and the slope; `alone`: measured in a process of its own."""
    year = pinned(measure, size, make) if alone else measure(size, make)
    print(f"{size.n_nodes:,} nodes, {size.n_units:,} units, {size.cases_a_day:,} cases/day, {size.days:g} days")
    print(f"{'month':>6} {'facts':>12} {'MB resident':>12}")
    print(f"{'begin':>6} {0:>12,} {year.begin_mb:>12.1f}")
    for month, (n_facts, megabytes) in enumerate(zip(year.n_facts, year.resident_mb, strict=True), start=1):
        print(f"{month:>6} {n_facts:>12,} {megabytes:>12.1f}")
    print(f"slope after the first month: {year.slope_mb:+.2f} MB a month")
    print(f"{year.cpu_s:.1f} s CPU, journal of {year.journal_mb:.1f} MB", flush=True)
