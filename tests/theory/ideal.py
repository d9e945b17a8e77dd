"""What the same input would come to in queues that are solved exactly: it steadies estimates, whatever the engine does.

In: cases, their classes and work. Out: measures batch by batch, and their exact expectations: work left as each class
finds it where only the more urgent ones count (Pollaczek and Khinchine; the order within them changes no work), and
how many would be present if nobody ever waited (a Poisson number).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tests.theory.running import Cases
from tests.theory.steps import Steps, counted

Floats = NDArray[np.float64]


def work_left(cases: Cases, *, matters: tuple[str, ...]) -> Floats:
    """Work of some matters that one unit would still have before it as each case comes; seconds, shape (n_cases,)."""
    brought = np.where(np.isin(cases.matter, matters), np.nan_to_num(cases.service_s), 0.0)
    done = np.diff(cases.reported_s, prepend=0.0)
    left = np.empty(brought.size)
    level = before = 0.0
    for i, (work, passed) in enumerate(zip(brought.tolist(), done.tolist(), strict=True)):
        left[i] = level = max(0.0, level + before - passed)
        before = work
    return left


def expected_work_left(rate: float, moments: tuple[float, float, float]) -> float:
    """That in a steady state, seconds: λ E[S²] / 2 (1 − ρ)."""
    return rate * moments[1] / (2 * (1 - rate * moments[0]))


def up_to_each(rates: Mapping[str, float]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Each class with all that are more urgent, and their common rate; `rates` begins with the most urgent one."""
    for n in range(1, len(rates) + 1):
        yield tuple(rates)[:n], sum(list(rates.values())[:n])


def nobody_waits(cases: Cases) -> Steps:
    """How many would be present if there were always a unit to spare."""
    return counted(cases.reported_s, cases.reported_s + np.nan_to_num(cases.service_s))


def poisson(mean: float, n: int) -> float:
    """Chance of n."""
    return math.exp(-mean) * mean**n / math.factorial(n)


def expected_beyond(mean: float, most: int) -> float:
    """E[(N − most)⁺] of a Poisson number."""
    return mean - most + sum((most - n) * poisson(mean, n) for n in range(most))
