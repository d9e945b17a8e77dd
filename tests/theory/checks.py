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
from tests.theory.comparison import Finding, Floats, controls_of, find
from tests.theory.identities import violations
from tests.theory.measures import Queue, expected_controls, measured
from tests.theory.running import Change, replications

QUICK, PRECISE = 0.05, 0.01
"""Largest half-width, relative to the exact value."""

BATCHES = 80
"""Batches of a whole check, at least."""

Moments = tuple[float, float, float]

UNSTEADIED = ("gap", "service")
"""What went in is compared as it is: no control may explain it away."""


_EXPONENTIAL, _DETERMINISTIC = (1.0, 2.0, 6.0), (1.0, 1.0, 1.0)
_GAMMA = (1.0, 1.25, 1.25 * 1.5)
_LOGNORMAL_HALF, _LOGNORMAL_ONE = (1.0, 1.5, 1.5**3), (1.0, 2.0, 2.0**3)
"""E[S], E[S²], E[S³] for a mean of 1 s: E[Sⁿ] of a lognormal is (1 + cv²)^(n (n − 1) / 2)."""


@dataclass(frozen=True, slots=True)
class Check:
    """`exact`: what theory says of each measure, the telling one first. Runs in `make test` and `make theory`; 0 is none."""

    scenario: str
    queue: Queue
    exact: Mapping[str, float]
    quick_runs: int
    precise_runs: int

    @property
    def telling(self) -> str:
        """The measure that the check is about."""
        return next(iter(self.exact))

    def n_runs(self, *, precise: bool) -> int:
        """How many replications it takes."""
        return self.precise_runs if precise else self.quick_runs


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check: its comparisons, and the identities that some run broke."""

    findings: tuple[Finding, ...]
    violations: tuple[str, ...]

    @property
    def disagreeing(self) -> list[str]:
        """Comparisons whose exact value lies outside the interval."""
        return [str(finding) for finding in self.findings if not finding.agrees]

    def blunt(self, *, precise: bool) -> list[str]:
        """Comparisons whose interval is too wide to mean anything."""
        most = PRECISE if precise else QUICK
        return [f"{finding} ({finding.precision:.2%})" for finding in self.findings if finding.precision > most]


def _about(queue: Queue, *, all_busy: float, **exact: float) -> dict[str, float]:
    """What is compared: the result, whether arrivals see time averages (PASTA), and what went in."""
    result = {name.replace("_", " "): value for name, value in exact.items()}
    return result | {"all busy seen": all_busy, "gap": 1 / queue.rate, "service": queue.moments[0]}


def _one_server(scenario: str, rho: float, moments: Moments, *, runs: tuple[int, int]) -> Check:
    """M/G/1 with a mean service of 1 s."""
    queue = Queue(1, rho, moments, memory_s=(1 / (1 - rho), 2 / (1 - rho) ** 2))
    wait = closed_forms.wait_mg1(rho, mean=1, cv=math.sqrt(moments[1] - 1))
    return Check(scenario, queue, _about(queue, all_busy=rho, wait=wait), *runs)


def _classes(scenario: str, rates: tuple[float, ...], *, runs: tuple[int, int]) -> Check:
    """One server, exponential service, the first class most urgent; the last class waits longest and tells most."""
    rho, waits = sum(rates), closed_forms.cobham(rates, means=(1,) * len(rates), cvs=(1,) * len(rates))
    queue = Queue(1, rho, _EXPONENTIAL, memory_s=(1 / (1 - rho), 2 / (1 - rho) ** 2))
    of_class = {f"wait_of_class_{number}": wait for number, wait in enumerate(waits, start=1)}
    return Check(scenario, queue, _about(queue, all_busy=rho, **dict(reversed(of_class.items()))), *runs)


def _loss(scenario: str, c: int, a: float, moments: Moments, *, runs: tuple[int, int]) -> Check:
    queue, lost = Queue(c, a, moments), closed_forms.erlang_b(c, a)
    return Check(scenario, queue, _about(queue, all_busy=lost, lost=lost), *runs)


def _delay(scenario: str, c: int, a: float, *, runs: tuple[int, int]) -> Check:
    queue, delayed = Queue(c, a, _EXPONENTIAL, memory_s=(1, 4)), closed_forms.erlang_c(c, a)
    return Check(scenario, queue, _about(queue, all_busy=delayed, wait=closed_forms.wait_mmc(c, a), delayed=delayed), *runs)


def _preference(scenario: str, *, runs: tuple[int, int]) -> Check:
    """Larson and Odoni's three units; bit n of a state stands for unit n + 1."""
    solved = closed_forms.hypercube((0.5, 0.25, 0.35, 0.4), ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)), n_units=3)
    own = {"area 1a": 0, "area 1b": 0, "area 2": 1, "area 3": 2}
    queue = Queue(3, 1.5, _EXPONENTIAL, memory_s=(1, 4), own=own)
    exact = {f"workload of unit {unit}": float(share) for unit, share in enumerate(solved.workloads, start=1)}
    exact |= {f"state {state:03b}": float(share) for state, share in enumerate(solved.states[:-1])}
    exact |= {"state 111, nobody waits": float(solved.states[-1]), "someone waits": solved.queue}
    exact |= {"served by own unit": solved.own, "served by another": solved.other, "delayed": solved.delayed}
    return Check(scenario, queue, exact | _about(queue, all_busy=solved.delayed), *runs)


CHECKS = (
    _classes("cobham_busy", (0.2, 0.3, 0.3), runs=(0, 85)),
    _preference("hypercube", runs=(1, 24)),
    _delay("erlang_c", 3, 1.5, runs=(1, 22)),
    _one_server("mg1_lognormal_busy", 0.8, _LOGNORMAL_HALF, runs=(0, 34)),
    _one_server("mg1_deterministic", 0.8, _DETERMINISTIC, runs=(1, 17)),
    _classes("cobham", (0.125, 0.1875, 0.1875), runs=(1, 0)),
    _one_server("mg1_lognormal", 0.5, _LOGNORMAL_HALF, runs=(1, 0)),
    _one_server("mg1_gamma", 0.5, _GAMMA, runs=(1, 14)),
    _loss("erlang_b", 3, 1.5, _EXPONENTIAL, runs=(1, 20)),
    _loss("erlang_b_lognormal", 10, 8.0, _LOGNORMAL_ONE, runs=(1, 20)),
)

OF_ARRIVALS = 6
"""Comparisons of `arrivals.py`."""

N_COMPARISONS = sum(len(check.exact) for check in CHECKS) + OF_ARRIVALS


def outcome(check: Check, *, n_runs: int, changed: Change = lambda scenario: scenario) -> Outcome:
    """Run a check and compare all it compares."""
    parts: list[dict[str, Floats]] = []
    broken: list[str] = []
    for ran in replications(check.scenario, n=n_runs, changed=changed):
        parts.append(measured(ran, check.queue, n_batches=math.ceil(BATCHES / n_runs)))
        broken += violations(ran)
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    steady = controls_of(values, expected_controls(check.queue))
    found = []
    for name, exact in check.exact.items():
        # What arrivals see beyond what there is has expectation 0: it is told around the exact value.
        of_name = values[name] + exact if name == "all busy seen" else values[name]
        controls = steady[:, :0] if name in UNSTEADIED else steady
        found.append(find(name, exact, values=of_name, controls=controls, n_comparisons=N_COMPARISONS))
    return Outcome(tuple(found), tuple(broken))
