"""Runs a check and judges it: does every exact value lie in its interval, and is the interval narrow enough to tell?

In: a check, how often to run it, and perhaps a change that makes the engine wrong. Out: comparisons, and the identities
that some run broke.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.theory.checks import N_COMPARISONS, Check
from tests.theory.comparison import Finding, Floats, controls_of, find
from tests.theory.identities import violations
from tests.theory.measures import expected_controls, measured
from tests.theory.running import Change, replications

QUICK, PRECISE = 0.05, 0.01
"""Largest half-width, relative to the exact value."""

BATCHES, BATCHES_A_RUN = 120, 6
"""Batches of a whole check and of each of its runs, at least."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check.

    `counted`: the results as they are. `steadied`: the same by means of controls, with narrower intervals. Both must
    agree with theory: what controls would explain away, the plain count shows. `conditions`: what went in, and PASTA.
    """

    counted: tuple[Finding, ...]
    steadied: tuple[Finding, ...]
    conditions: tuple[Finding, ...]
    violations: tuple[str, ...]

    @property
    def disagreeing(self) -> list[str]:
        """Comparisons whose exact value lies outside the interval."""
        return [str(found) for found in (*self.counted, *self.steadied, *self.conditions) if not found.agrees]

    def blunt(self, *, precise: bool) -> list[str]:
        """Comparisons whose interval is too wide to tell."""
        return blunt((*self.steadied, *self.conditions), precise=precise)


def blunt(findings: tuple[Finding, ...], *, precise: bool) -> list[str]:
    """Those whose interval is wider than `make test` or `make theory` allows."""
    most = PRECISE if precise else QUICK
    return [f"{found} ({found.precision:.2%})" for found in findings if found.precision > most]


def outcome(check: Check, *, n_runs: int, changed: Change = lambda scenario: scenario) -> Outcome:
    """Run a check and compare all it compares."""
    n_batches = max(BATCHES_A_RUN, math.ceil(BATCHES / n_runs))
    parts: list[dict[str, Floats]] = []
    broken: list[str] = []
    for ran in replications(check.scenario, n=n_runs, changed=changed):
        parts.append(measured(ran, check.queue, n_batches=n_batches))
        broken += violations(ran)
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    controls = controls_of(values, expected_controls(check.queue))

    def compared(name: str, exact: float, of_name: Floats, *, steadied: bool = False) -> Finding:
        return find(name, exact, values=of_name, n_comparisons=N_COMPARISONS, controls=controls if steadied else None)

    conditions = (
        compared("gap", 1 / check.queue.rate, values["gap"]),
        compared("service", check.queue.moments[0], values["service"]),
        # What arrivals see beyond what there is has expectation 0: it is told around the exact value.
        compared("all busy, as arrivals see it", check.all_busy, values["all busy seen"] + check.all_busy),
    )
    return Outcome(
        counted=tuple(compared(name, exact, values[name]) for name, exact in check.results.items()),
        steadied=tuple(compared(name, exact, values[name], steadied=True) for name, exact in check.results.items()),
        conditions=conditions,
        violations=tuple(broken),
    )
