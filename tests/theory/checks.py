"""All comparisons of the suite, in one place, so that they can be counted: joint confidence is shared by all of them.

A check is a scenario file, what theory assumes of it, and the exact value of each measure. Run lengths are chosen, and
seeds are not: every interval must be at most 5 % of the exact value wide to either side (1 % with `--precise`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tests.theory import closed_forms
from tests.theory.comparison import Finding, controls_of, find
from tests.theory.measures import Queue, expected_controls, measured
from tests.theory.running import Change, replications

BATCHES = 60
"""Batches of a whole check, at least."""

UNSTEADIED = ("gap", "service")
"""What went in is compared as it is: no control may explain it away."""


@dataclass(frozen=True, slots=True)
class Check:
    """`n_runs`: replications of the scenario, in `make test` and in `make theory`."""

    scenario: str
    queue: Queue
    exact: Mapping[str, float]
    n_runs: tuple[int, int]


def _queue_check(
    scenario: str, queue: Queue, exact: Mapping[str, float], *, all_busy: float, n_runs: tuple[int, int]
) -> Check:
    """What went in, and whether arrivals see time averages, is compared in every check."""
    inputs = {"gap": 1 / queue.rate, "service": queue.mean_s}
    return Check(scenario, queue, inputs | {"all busy seen": all_busy} | dict(exact), n_runs)


_SOLVED = closed_forms.hypercube((0.5, 0.25, 0.35, 0.4), ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)), n_units=3)
_STATES = {f"state {state:03b}": float(share) for state, share in enumerate(_SOLVED.states[:-1])}
_CLASSES = closed_forms.cobham((0.2, 0.3, 0.3), means=(1, 1, 1), cvs=(1, 1, 1))

CHECKS = (
    _queue_check(
        "cobham",
        Queue(1, 0.8, memory_s=(5, 50)),
        {f"wait of class {number}": wait for number, wait in enumerate(_CLASSES, start=1)},
        all_busy=0.8,
        n_runs=(3, 60),
    ),
    _queue_check(
        "mg1_lognormal",
        Queue(1, 0.8, cv=math.sqrt(0.5), memory_s=(5, 50)),
        {"wait": closed_forms.wait_mg1(0.8, mean=1, cv=math.sqrt(0.5))},
        all_busy=0.8,
        n_runs=(2, 40),
    ),
    _queue_check(
        "mg1_deterministic",
        Queue(1, 0.8, cv=0, memory_s=(5, 50)),
        {"wait": closed_forms.wait_mg1(0.8, mean=1, cv=0)},
        all_busy=0.8,
        n_runs=(1, 20),
    ),
    _queue_check(
        "mg1_gamma",
        Queue(1, 0.5, cv=0.5, memory_s=(2, 8)),
        {"wait": closed_forms.wait_mg1(0.5, mean=1, cv=0.5)},
        all_busy=0.5,
        n_runs=(1, 10),
    ),
    _queue_check(
        "erlang_c",
        Queue(3, 1.5, memory_s=(1, 4)),
        {"wait": closed_forms.wait_mmc(3, 1.5), "delayed": closed_forms.erlang_c(3, 1.5)},
        all_busy=closed_forms.erlang_c(3, 1.5),
        n_runs=(1, 20),
    ),
    _queue_check(
        "hypercube",
        Queue(3, 1.5, memory_s=(1, 4), own={"area 1a": 0, "area 1b": 0, "area 2": 1, "area 3": 2}),
        {f"workload of unit {unit + 1}": float(share) for unit, share in enumerate(_SOLVED.workloads)}
        | _STATES
        | {
            "state 111, nobody waits": float(_SOLVED.states[-1]),
            "someone waits": _SOLVED.queue,
            "served by own unit": _SOLVED.own,
            "served by another": _SOLVED.other,
            "delayed": _SOLVED.delayed,
        },
        all_busy=_SOLVED.delayed,
        n_runs=(1, 25),
    ),
    _queue_check(
        "erlang_b",
        Queue(3, 1.5, memory_s=()),
        {"lost": closed_forms.erlang_b(3, 1.5)},
        all_busy=closed_forms.erlang_b(3, 1.5),
        n_runs=(1, 20),
    ),
    _queue_check(
        "erlang_b_lognormal",
        Queue(10, 8.0, memory_s=()),
        {"lost": closed_forms.erlang_b(10, 8.0)},
        all_busy=closed_forms.erlang_b(10, 8.0),
        n_runs=(1, 20),
    ),
)

OF_ARRIVALS = 6
"""Comparisons of `test_arrivals.py`."""

N_COMPARISONS = sum(len(check.exact) for check in CHECKS) + OF_ARRIVALS


def findings(check: Check, *, n_runs: int, changed: Change = lambda scenario: scenario) -> list[Finding]:
    """Run a check and compare all it compares."""
    n_batches = math.ceil(BATCHES / n_runs)
    parts = [
        measured(ran, check.queue, n_batches=n_batches)
        for ran in replications(check.scenario, n=n_runs, changed=changed)
    ]
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    steady = controls_of(values, expected_controls(check.queue))
    found = []
    for name, exact in check.exact.items():
        # The difference between what arrivals see and what there is has expectation 0: it is told around the exact value.
        of_name = values[name] + exact if name == "all busy seen" else values[name]
        controls = steady[:, :0] if name in UNSTEADIED else steady
        found.append(find(name, exact, values=of_name, controls=controls, n_comparisons=N_COMPARISONS))
    return found
