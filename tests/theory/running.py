"""From a scenario file to what theory speaks about: run it as users do, read the journal through the metrics.

In: the name of a file in `scenarios/`. Out, for each replication: the case and job tables of `twin.metrics`, and the
journal's own facts for the identities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.build import build
from scenarios.load import load_scenario
from scenarios.run import run
from scenarios.spec import Scenario
from twin.domain.facts import Fact
from twin.domain.quantities import SECOND
from twin.journal.journal import Memory
from twin.metrics.intervals import Intervals, intervals

SCENARIOS = Path(__file__).parent / "scenarios"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Change = Callable[[Scenario], Scenario]


@dataclass(frozen=True, eq=False)
class Ran:
    """One replication; `promised` is the scenario of the file, `until` in microseconds."""

    promised: Scenario
    facts: list[Fact]
    read: Intervals
    until: int


@dataclass(frozen=True, eq=False)
class Cases:
    """What happened to each case, in the order of reports; instants and spans in seconds, arrays of shape (n_cases,).

    `wait_s` is NaN where no unit was ever sent, `service_s` where the work never ended; `unit` is −1 where none was.
    """

    reported_s: Floats
    wait_s: Floats
    service_s: Floats
    unit: Ints
    area: NDArray[np.str_]
    matter: NDArray[np.str_]
    is_lost: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Jobs:
    """When each job began and ended; a job under way ends with the run. Seconds, shape (n_jobs,)."""

    unit: Ints
    begun_s: Floats
    ended_s: Floats


def replications(name: str, *, n: int, changed: Change = lambda scenario: scenario) -> Iterator[Ran]:
    """Run a scenario `n` times, its own seed first; `changed` makes it wrong on purpose."""
    promised = load_scenario(SCENARIOS / f"{name}.yaml")
    scenario = changed(promised)
    for replication in range(n):
        store = Memory()
        built = build(scenario, seed=scenario.seed + 1_000 * replication)
        finished = run(built, store=store)
        yield Ran(promised, store.facts, intervals(store.facts, until=finished.until), finished.until)


def cases_of(ran: Ran) -> Cases:
    """Cases and what was done about them; each wants one unit at most."""
    cases, jobs = ran.read.cases, ran.read.jobs
    of_job = jobs["case"].to_numpy()
    order = np.argsort(of_job)
    numbers = cases["case"].to_numpy()
    place = np.searchsorted(of_job[order], numbers)
    has_job = np.isin(numbers, of_job)
    job = order[place[has_job]]
    unit = np.full(numbers.size, -1, np.int64)
    unit[has_job] = jobs["unit"].to_numpy()[job]
    service_s = np.full(numbers.size, np.nan)
    service_s[has_job] = jobs["on_scene_s"].to_numpy()[job]
    return Cases(
        reported_s=cases["reported_at"].to_numpy() / SECOND,
        wait_s=cases["wait_s"].to_numpy(),
        service_s=service_s,
        unit=unit,
        area=np.array(cases["area"].to_pylist(), dtype=np.str_),
        matter=np.array(cases["matter"].to_pylist(), dtype=np.str_),
        is_lost=cases["n_given_up"].to_numpy() > 0,
    )


def jobs_of(ran: Ran) -> Jobs:
    """Who was busy when."""
    jobs = ran.read.jobs
    ended_at = jobs["freed_at"].fill_null(ran.until).to_numpy()
    return Jobs(jobs["unit"].to_numpy(), jobs["assigned_at"].to_numpy() / SECOND, ended_at / SECOND)
