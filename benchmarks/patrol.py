"""What patrols cost: a made city with grid workers on foot, shifts, breaks, problems nobody has seen yet, verifying.

CPU time of the run as `gridtwin run` counts it, journal to Parquet; beside it what building city and tours took. 1,605
workers as published for Wuhai; all times and shares are assumed. "Cases" are what problems became.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.month import peak_mb
from benchmarks.pinned import pinned
from scenarios.build import build
from scenarios.run import run
from scenarios.spec import Scenario
from twin.domain.facts import CaseReported, ProblemArose
from twin.journal.parquet import ParquetStore, read_journal


@dataclass(frozen=True, slots=True)
class Beats:
    """How much: a built-in city, patrolling workers, problems a day, days."""

    city: str = "built-in-district"
    n_units: int = 1_605
    problems_a_day: int = 1_500
    days: float = 7.0


CITIES = (Beats("built-in-town"), Beats())
VILLAGE = Beats("built-in", n_units=8, problems_a_day=300, days=0.5)


@dataclass(frozen=True, slots=True)
class Patrolled:
    """One run: seconds of CPU to build and to run, what happened, peak memory in megabytes."""

    build_s: float
    cpu_s: float
    n_facts: int
    n_problems: int
    n_cases: int
    n_nodes: int
    peak_mb: float


def spread(mean: str) -> dict[str, str]:
    """An exponential span."""
    return {"dist": "exponential", "mean": mean}


def scenario(beats: Beats) -> Scenario:
    """The scenario, as a file would say it."""
    life = {"lasts": spread("12h"), "told": {"share": 0.6, "after": spread("6h"), "again": spread("8h")}, "seen": 0.8}
    worker = {"kind": "grid_worker", "mode": "walk", "beat": "base", "skills": ["see", "order"], "roster": "day"}
    return Scenario.model_validate(
        {
            "name": "Patrols",
            "city": beats.city,
            "lasting": f"{beats.days}d",
            "policy": "own_grid_first",
            "units": [{"name": "Grid {n}", "count": beats.n_units, "patrol": {"mps": 1.0}, "attends": 0.9, **worker}],
            "rosters": {
                "day": {"from": "07:00", "to": "19:00", "break": {"at": "12:00", "lasting": "30m", "parties": 2}}
            },
            "intake": "60s",
            "on_scene": {"*": {"dist": "lognormal", "mean": "15m", "cv": 0.8}, "verify": "4m", "check": "4m"},
            "found_gone": "3m",
            "merge": {"within": "12h"},
            "problems": [
                {
                    "name": "street",
                    "per_day": beats.problems_a_day,
                    "where": "residents",
                    "matters": {
                        "rubbish": {"needs": ["order"], "verify": "see", "check": "see", "settles": {"*": 0.3}, **life},
                    },
                }
            ],
        }
    )


def measure(beats: Beats) -> Patrolled:
    """Build and run in this process."""
    begun = time.process_time()
    ready = build(scenario(beats))
    build_s = time.process_time() - begun
    assert ready.city is not None
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.parquet"
        with ParquetStore(journal) as store:
            finished = run(ready, store=store)
        run_mb = peak_mb()
        kinds = [type(fact) for facts in read_journal(journal) for fact in facts]
    n_problems, n_cases = kinds.count(ProblemArose), kinds.count(CaseReported)
    return Patrolled(build_s, finished.cpu_s, finished.n_facts, n_problems, n_cases, ready.city.roads.n_nodes, run_mb)


def report(cities: tuple[Beats, ...], *, alone: bool) -> None:
    """Print one block a city."""
    for beats in cities:
        one = pinned(measure, beats) if alone else measure(beats)
        print(f"{beats.city}, {one.n_nodes:,} nodes, {beats.n_units:,} on patrol, {beats.days:g} days")
        print(f"  {one.n_problems:,} problems, {one.n_cases:,} cases, {one.n_facts:,} facts")
        print(f"  run   {one.cpu_s:8.2f} s CPU, {one.cpu_s / one.n_facts * 1e6:.1f} µs a fact, {one.peak_mb:.0f} MB")
        print(f"        {one.cpu_s / one.n_cases * 1e6:8.0f} µs a case")
        print(f"  build {one.build_s:8.2f} s CPU, tours included", flush=True)
