"""Every check of patrols, in one place, so that comparisons can be counted: all of them share one confidence.

A check is a scenario in `scenarios/on_patrol/`, its city, and the exact value of each result: the share of the problems
of a matter that is found, or the mean time until they are. It is run as users do and read through the metrics.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.build import Built, build
from scenarios.load import load_scenario
from scenarios.run import run
from scenarios.spec import Scenario
from tests.theory import patrol_forms
from tests.theory.comparison import Finding, find
from tests.theory.patrol_city import N_LOOPS, patrol_folder
from tests.theory.street_grid import BLOCK_M
from twin.domain.quantities import HOUR, SECOND
from twin.journal.journal import Memory
from twin.metrics.coverage import swept_rates
from twin.metrics.ground import Ground
from twin.metrics.intervals import Intervals, intervals

SCENARIOS = Path(__file__).parent / "scenarios" / "on_patrol"

Floats = NDArray[np.float64]
Change = Callable[[Scenario], Scenario]

N_BATCHES = 40
MPS = 1.25
WAIT = "wait for "
"""Results that begin so are mean times, seconds; the others are shares that are found."""


@dataclass(frozen=True, slots=True)
class PatrolCheck:
    """One scenario of patrols against theory.

    `results`: what is compared → exact value; each is named after a matter of the scenario.
    `settled_s`: how long before the end of a run problems must have arisen to count, so that all is known about them.
    """

    scenario: str
    city: str
    results: Mapping[str, float]
    settled_s: float
    quick_runs: int
    precise_runs: int

    def n_runs(self, *, precise: bool) -> int:
        """How many replications it takes."""
        return self.precise_runs if precise else self.quick_runs


@dataclass(frozen=True, eq=False)
class Patrolled:
    """One replication: what became of problems, arrays of shape (n_problems,).

    `found_s` is the time from arising to the first report, NaN where there was none; `edge`: of the street it lies on.
    """

    matter: NDArray[np.str_]
    arose_s: Floats
    found_s: Floats
    edge: NDArray[np.int64]
    read: Intervals
    built: Built

    @property
    def until_s(self) -> float:
        """When the run ended."""
        return self.read.until / SECOND

    @cached_property
    def swept_per_s(self) -> Floats:
        """Effective swept rate of the street of each edge, as the journal has it: float64 (n_edges,), a second."""
        setting = self.built.setting
        rates: Floats = swept_rates(self.read, Ground(setting.terrain, setting.civil)) * SECOND / HOUR
        return rates


def patrolled(check: PatrolCheck, *, n: int, changed: Change = lambda scenario: scenario) -> Iterator[Patrolled]:
    """Run a scenario `n` times, its own seed first; `changed` makes it wrong on purpose."""
    folder = patrol_folder(check.city, under=Path(_folder().name))
    promised = load_scenario(SCENARIOS / f"{check.scenario}.yaml").model_copy(update={"city": str(folder)})
    scenario = changed(promised)
    for replication in range(n):
        built = build(scenario, seed=scenario.seed + 1_000 * replication)
        store = Memory()
        finished = run(built, store=store)
        yield _read(intervals(store.facts, until=finished.until), built)


def patrol_findings(
    check: PatrolCheck, *, n_runs: int, changed: Change = lambda scenario: scenario
) -> tuple[Finding, ...]:
    """Run a check and compare all it compares."""
    values: dict[str, list[Floats]] = {name: [] for name in check.results}
    for one in patrolled(check, n=n_runs, changed=changed):
        for name in check.results:
            values[name].append(_batches(one, name, until_s=one.until_s - check.settled_s, n=N_BATCHES))
    return tuple(
        find(name, exact, values=np.concatenate(values[name]), n_comparisons=N_COMPARISONS)
        for name, exact in check.results.items()
    )


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where the cities of this process lie; gone when it ends."""
    return tempfile.TemporaryDirectory(prefix="gridtwin-patrols-")


def _read(read: Intervals, built: Built) -> Patrolled:
    problems = read.problems
    return Patrolled(
        matter=np.array(problems["matter"].to_pylist(), dtype=np.str_),
        arose_s=problems["arose_at"].to_numpy() / SECOND,
        found_s=problems["discovery_s"].to_numpy(),
        edge=problems["edge"].to_numpy(),
        read=read,
        built=built,
    )


def _batches(one: Patrolled, name: str, *, until_s: float, n: int) -> Floats:
    """The result in `n` equal stretches of so many problems, shape (n,)."""
    of_matter = (one.matter == name.removeprefix(WAIT)) & (one.arose_s < until_s)
    found_s = one.found_s[of_matter]
    column = found_s if name.startswith(WAIT) else (~np.isnan(found_s)).astype(np.float64)
    size = column.size // n
    return column[: n * size].reshape(n, size).mean(axis=1)


# ---------------------------------------------------------------------- the checks


ROUND_S, LOOP_S = 4 * BLOCK_M / MPS, BLOCK_M / MPS
"""A tour round the block; a loop of the flower."""

ONE = 1 / N_LOOPS
"""Chance that a loop is the next that a walker draws."""


def _of_three(chance: float) -> float:
    """That one of three walkers, whose loops begin and end together."""
    return patrol_forms.together(chance, n_units=3)


REGULAR = PatrolCheck(
    "regular",
    "block",
    {
        "brief": patrol_forms.found_within(ROUND_S, chance=1, lasts=160),
        "hard to see": patrol_forms.found_within(ROUND_S, chance=0.5, lasts=640),
        "fading": patrol_forms.found_while_fading(ROUND_S, chance=1, mean=320),
        f"{WAIT}lasting": patrol_forms.mean_wait(ROUND_S),
    },
    settled_s=10 * ROUND_S,
    quick_runs=1,
    precise_runs=36,
)
RANDOM = PatrolCheck(
    "random",
    "flower",
    {
        "brief": patrol_forms.found_within(LOOP_S, chance=ONE, lasts=3_200),
        "fading": patrol_forms.found_while_fading(LOOP_S, chance=ONE, mean=3_200),
        f"{WAIT}lasting": patrol_forms.mean_wait(LOOP_S, chance=ONE),
    },
    settled_s=10 * N_LOOPS * LOOP_S,
    quick_runs=1,
    precise_runs=36,
)
THREE_WALKERS = PatrolCheck(
    "three_walkers",
    "flower",
    {
        "brief": patrol_forms.found_within(LOOP_S, chance=_of_three(ONE), lasts=800),
        "hard to see": patrol_forms.found_within(LOOP_S, chance=_of_three(0.5 * ONE), lasts=1_600),
    },
    settled_s=5 * N_LOOPS * LOOP_S,
    quick_runs=1,
    precise_runs=36,
)
UNEQUAL = PatrolCheck("unequal_streets", "squares", {}, settled_s=32_000, quick_runs=1, precise_runs=0)

PATROL_CHECKS = (REGULAR, RANDOM, THREE_WALKERS)

N_COMPARISONS = sum(len(check.results) for check in PATROL_CHECKS)
