"""What experiments cost beside their runs, what a second process is worth, and how long the question of a week takes.

- *layer*: CPU of an experiment in one process, less what building, running and reading the journals took (by the same
  `intervals` as every run is read by), over the whole.
- *efficiency*: wall time of the same runs in one process against two, over two. Both are warm: they have built the
  scenarios before the clock starts.
- *week*: 2 policies × so many replications × 7 days of Chebei street on 2 processes, start included.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar
from unittest.mock import patch

from scenarios.build import build
from scenarios.lab import outcome, trial
from scenarios.lab.design import Plan, planned
from scenarios.lab.executor import Workers, required
from scenarios.lab.experiment import run_experiment
from scenarios.lab.outcome import Lens
from scenarios.lab.trial import Trial, as_task, check_build, try_out
from scenarios.load import made_up
from scenarios.run import run
from twin.domain.quantities import MINUTE
from twin.metrics.intervals import intervals

P = ParamSpec("P")
R = TypeVar("R")

TARGET_SHARE, TARGET_EFFICIENCY = 0.05, 0.9
LENS = Lens(15 * MINUTE)


@dataclass(frozen=True, slots=True)
class Asked:
    """How much to measure: a scenario, replications a policy, how long each runs; without a week, the layer alone."""

    scenario: str = "chebei_street"
    n: int = 4
    lasting: str = "1d"
    week: str | None = "7d"
    n_week: int = 2


SMALL = Asked("demo", 2, "2h", None)


def plan_of(asked: Asked, *, n: int, lasting: str) -> Plan:
    """Two policies, so many replications."""
    two = [{"name": policy, "set": {"policy": policy}} for policy in ("own_grid_first", "nearest")]
    return planned(
        made_up(
            {
                "name": "bench",
                "scenario": asked.scenario,
                "alternatives": two,
                "lasting": lasting,
                "replications": {"at_least": n},
            }
        )
    )


@dataclass(frozen=True, slots=True)
class Share:
    """CPU seconds of an experiment in one process, and of that in building, in running, and in reading journals."""

    all_s: float
    built_s: float
    ran_s: float
    read_s: float

    @property
    def share(self) -> float:
        """What is neither, over the whole."""
        return 1 - (self.built_s + self.ran_s + self.read_s) / self.all_s


def measure_share(asked: Asked) -> Share:
    """Run an experiment, and hold a stopwatch to its runs."""
    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[P, R]) -> Callable[P, R]:
        def call(*args: P.args, **options: P.kwargs) -> R:
            began = time.process_time()
            try:
                return function(*args, **options)
            finally:
                spent[name] = spent.get(name, 0.0) + time.process_time() - began

        return call

    plan = plan_of(asked, n=asked.n, lasting=asked.lasting)
    reading = patch.object(outcome, "intervals", timed("read", intervals))
    running = patch.multiple(trial, build=timed("build", build), run=timed("run", run))
    with TemporaryDirectory() as folder, reading, running:
        began = time.process_time()
        run_experiment(plan, out=Path(folder) / "out", n_processes=1)
        return Share(time.process_time() - began, spent["build"], spent["run"], spent["read"])


def measure_workers(asked: Asked, *, n_processes: int) -> float:
    """Wall seconds of the same runs in so many warm processes."""
    tasks = [as_task(each.scenario) for each in plan_of(asked, n=2, lasting=asked.lasting).alternatives]
    trials = [Trial(task, seed, LENS) for task in tasks for seed in range(1, 2 * asked.n + 1)]
    with Workers(n_processes) as workers:
        # More at once than there are processes, one scenario after the other, so that each process has built both.
        for task in tasks:
            for checked in workers.results(check_build, [task] * (4 * n_processes)):
                required(checked)
        began = time.monotonic()
        for tried in workers.results(try_out, trials):
            required(tried)
        return time.monotonic() - began


def report(asked: Asked) -> None:
    """Print all of it."""
    share = measure_share(asked)
    print(
        f"{asked.scenario}, 2 policies × {asked.n} × {asked.lasting}: CPU {share.all_s:.1f} s, of that built"
        f" {share.built_s:.1f}, ran {share.ran_s:.1f}, read {share.read_s:.1f};"
        f" the layer {share.share:.1%} (target < {TARGET_SHARE:.0%})"
    )
    if asked.week is None:
        return
    one, two = (measure_workers(asked, n_processes=n) for n in (1, 2))
    print(
        f"{4 * asked.n} runs in 1 process {one:.1f} s, in 2 {two:.1f} s: efficiency {one / two / 2:.2f}"
        f" (target {TARGET_EFFICIENCY})"
    )
    with TemporaryDirectory() as folder:
        began = time.monotonic()
        run_experiment(plan_of(asked, n=asked.n_week, lasting=asked.week), out=Path(folder) / "out", n_processes=2)
        took = time.monotonic() - began
    print(f"{asked.scenario}: 2 policies × {asked.n_week} × {asked.week} on 2 processes: {took:.1f} s")
