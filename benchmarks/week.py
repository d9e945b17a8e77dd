"""What a week of a library scenario costs an experiment: built once, then one replication after the other.

People on patrol, a centre with its loop, sensors: Chebei street as `gridtwin run` runs it, journal kept in memory. CPU
time of building, of the first replication, which fills what is remembered about the ground, and of the others, the
median; the bare floor of as many units and cases stands beside them. "Beginning" is a new city at its epoch: everybody
enrolled, the first day drawn.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

from agents.city import CityModel
from benchmarks import floor
from benchmarks.month import peak_mb
from benchmarks.pinned import pinned
from benchmarks.wuhai import Size
from scenarios.build import build
from scenarios.lab.trial import reseeded
from scenarios.load import load_scenario
from scenarios.run import run
from twin.domain.facts import CaseReported
from twin.domain.quantities import DAY
from twin.journal.journal import Memory, Nowhere


@dataclass(frozen=True, slots=True)
class Asked:
    """A scenario of the library, and for how many days."""

    scenario: str = "chebei_street"
    days: float = 7.0


CHEBEI = Asked()
DEMO = Asked("demo", 0.1)


@dataclass(frozen=True, slots=True)
class Weeks:
    """CPU seconds of building, of beginning, and of each replication; what happened in all of these; megabytes."""

    build_s: float
    begin_s: float
    cpu_s: tuple[float, ...]
    n_facts: int
    n_cases: int
    n_units: int
    peak_mb: float


def measure(asked: Asked, *, n_runs: int) -> Weeks:
    """Build once and run several replications in this process, at least two."""
    scenario = load_scenario(asked.scenario).model_copy(update={"lasting": int(asked.days * DAY)})
    begun = time.process_time()
    ready = build(scenario)
    build_s = time.process_time() - begun
    spent, n_facts, n_cases = [], 0, 0
    for number in range(max(2, n_runs)):
        store = Memory()
        finished = run(reseeded(ready, 1 + number), store=store)
        spent.append(finished.cpu_s)
        n_facts += finished.n_facts
        n_cases += sum(isinstance(fact, CaseReported) for fact in store.facts)
    begun = time.process_time()
    CityModel.begin(ready.setting, store=Nowhere())
    begin_s = time.process_time() - begun
    return Weeks(build_s, begin_s, tuple(spent), n_facts, n_cases, len(ready.setting.units), peak_mb())


def report(asked: Asked, *, n_runs: int, alone: bool) -> None:
    """Print the block."""
    weeks = pinned(measure, asked, n_runs=n_runs) if alone else measure(asked, n_runs=n_runs)
    n = len(weeks.cpu_s)
    size = Size(n_units=weeks.n_units, cases_a_day=round(weeks.n_cases / n / asked.days), days=asked.days)
    bare = pinned(floor.measure, size) if alone else floor.measure(size)
    cpu_s = median(weeks.cpu_s[1:])
    us_per_case = cpu_s / (weeks.n_cases / n) * 1e6
    facts = f"{weeks.n_facts / n:,.0f} facts, {weeks.n_facts / weeks.n_cases:.0f} a case"
    print(f"{asked.scenario}, {asked.days:g} days, {weeks.n_units} units, {n} replications: {facts}")
    print(f"  floor   {bare.us_per_case:8.1f} µs a case")
    print(f"  engine  {us_per_case:8.1f} µs a case, {us_per_case / bare.us_per_case:.1f} × the floor")
    print(f"          {cpu_s / (weeks.n_facts / n) * 1e6:8.1f} µs a fact")
    print(f"  a run   {cpu_s:8.2f} s CPU, {weeks.begin_s:.2f} of it beginning; the first {weeks.cpu_s[0]:.2f} s")
    print(f"  build   {weeks.build_s:8.2f} s CPU, once; memory at most {weeks.peak_mb:.0f} MB", flush=True)
