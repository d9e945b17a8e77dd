"""Every check of the suite, in one place, so that comparisons can be counted: all of them share one confidence.

A check is a scenario file, what theory assumes of it, and the exact value of each result. Run lengths are chosen so
that intervals are narrow enough; seeds stand in the scenario files and are not chosen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tests.theory import closed_forms
from tests.theory.measures import Queue

Moments = tuple[float, float, float]

_EXPONENTIAL, _DETERMINISTIC, _GAMMA = (1.0, 2.0, 6.0), (1.0, 1.0, 1.0), (1.0, 1.25, 1.25 * 1.5)
_LOGNORMAL_HALF, _LOGNORMAL_ONE = (1.0, 1.5, 1.5**3), (1.0, 2.0, 2.0**3)
"""E[S], E[S²], E[S³] for a mean of 1 s: E[Sⁿ] of a lognormal is (1 + cv²)^(n (n − 1) / 2)."""

CONDITIONS = 3
"""Compared in every check beside its results: gap between cases, service time, and what arrivals see (PASTA)."""

OF_ARRIVALS = 6
"""Comparisons of `arrivals.py`."""


@dataclass(frozen=True, slots=True)
class Check:
    """One scenario against theory.

    `results`: measure → exact value, the telling one first. `all_busy`: exact share of time with all units busy.
    `quick_runs`, `precise_runs`: replications in `make test` and in `make theory`; 0 where it is not part of them.
    """

    scenario: str
    queue: Queue
    results: Mapping[str, float]
    all_busy: float
    quick_runs: int
    precise_runs: int

    @property
    def telling(self) -> str:
        """The result that the check is about."""
        return next(iter(self.results))

    @property
    def n_comparisons(self) -> int:
        """Each result is compared twice, as counted and steadied by controls."""
        return 2 * len(self.results) + CONDITIONS

    def n_runs(self, *, precise: bool) -> int:
        """How many replications it takes."""
        return self.precise_runs if precise else self.quick_runs


def _one_server(scenario: str, rho: float, moments: Moments, *, runs: tuple[int, int]) -> Check:
    """M/G/1 with a mean service of 1 s."""
    wait = closed_forms.wait_mg1(rho, mean=1, cv=math.sqrt(moments[1] - 1))
    return Check(scenario, Queue(1, rho, moments, memory_s=_memory_s(rho)), {"wait": wait}, rho, *runs)


def _classes(scenario: str, rates: tuple[float, float, float], *, runs: tuple[int, int]) -> Check:
    """One server, exponential service of 1 s; the least urgent wait longest and tell most."""
    rho, waits = sum(rates), closed_forms.cobham(rates, means=(1,) * 3, cvs=(1,) * 3)
    results = dict(zip(("wait of the third", "wait of the second", "wait of the first"), reversed(waits), strict=True))
    classes = dict(zip(("first", "second", "third"), rates, strict=True))
    return Check(scenario, Queue(1, rho, _EXPONENTIAL, memory_s=_memory_s(rho), classes=classes), results, rho, *runs)


def _loss(scenario: str, c: int, a: float, moments: Moments, *, runs: tuple[int, int]) -> Check:
    """M/G/c without a waiting room."""
    lost = closed_forms.erlang_b(c, a)
    return Check(scenario, Queue(c, a, moments), {"lost": lost}, lost, *runs)


def _delay(scenario: str, c: int, a: float, *, runs: tuple[int, int]) -> Check:
    """M/M/c."""
    delayed = closed_forms.erlang_c(c, a)
    results = {"wait": closed_forms.wait_mmc(c, a), "delayed": delayed}
    return Check(scenario, Queue(c, a, _EXPONENTIAL, memory_s=(1, 4), n_present=c + 2), results, delayed, *runs)


def _preference(scenario: str, *, runs: tuple[int, int]) -> Check:
    """Larson and Odoni's three units; the last digit of a state stands for unit 1."""
    solved = closed_forms.hypercube((0.5, 0.25, 0.35, 0.4), ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)), n_units=3)
    own = {"area 1a": 0, "area 1b": 0, "area 2": 1, "area 3": 2}
    results = {f"workload of unit {unit}": float(share) for unit, share in enumerate(solved.workloads, start=1)}
    results |= {f"state {state:03b}": float(share) for state, share in enumerate(solved.states[:-1])}
    results |= {"state 111, nobody waits": float(solved.states[-1]), "someone waits": solved.queue}
    results |= {"served by own unit": solved.own, "served by another": solved.other, "delayed": solved.delayed}
    queue = Queue(3, 1.5, _EXPONENTIAL, memory_s=(1, 4), own=own)
    return Check(scenario, queue, results, solved.delayed, *runs)


def _memory_s(rho: float) -> tuple[float, float]:
    """Time constants on the scale of a busy period and of its relaxation, for a mean service of 1 s."""
    return 1 / (1 - rho), 2 / (1 - rho) ** 2


CHECKS = (
    _classes("cobham_busy", (0.2, 0.3, 0.3), runs=(0, 80)),
    _preference("hypercube", runs=(1, 31)),
    _delay("erlang_c", 3, 1.5, runs=(1, 45)),
    _one_server("mg1_lognormal_busy", 0.8, _LOGNORMAL_HALF, runs=(0, 28)),
    _one_server("mg1_deterministic", 0.8, _DETERMINISTIC, runs=(1, 21)),
    _classes("cobham", (0.15, 0.175, 0.175), runs=(1, 0)),
    _one_server("mg1_lognormal", 0.5, _LOGNORMAL_HALF, runs=(1, 0)),
    _one_server("mg1_gamma", 0.5, _GAMMA, runs=(1, 18)),
    _loss("erlang_b", 3, 1.5, _EXPONENTIAL, runs=(1, 26)),
    _loss("erlang_b_lognormal", 10, 8.0, _LOGNORMAL_ONE, runs=(1, 0)),
)

N_COMPARISONS = sum(check.n_comparisons for check in CHECKS) + OF_ARRIVALS
