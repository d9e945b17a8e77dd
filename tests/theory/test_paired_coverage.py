"""Intervals of paired differences cover the truth as often as they say: of means, of percentiles and of shares.

Two single servers, one a little faster, meet the same customers (Lindley's recursion on common random numbers), twenty
replications at a time; the truth is that of a great many replications. And through the engine: the same demand with a
fifth more of it, whose true difference is known exactly, for arrivals are Poisson.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios.lab.outcome import Lens
from scenarios.lab.trial import Trial, as_task, try_out
from scenarios.spec import Scenario
from twin.domain.quantities import MINUTE
from twin.metrics.paired import LEVEL, bca_interval, difference, t_interval

Floats = NDArray[np.float64]
N_PAIRS, N_CUSTOMERS, N_TRUTH = 20, 40, 200_000
REPEATS = {False: 150, True: 1_000}
"""How often, by whether it is to be precise."""
FIGURES = {
    "mean": lambda waits: waits.mean(axis=0),
    "p90": lambda waits: np.quantile(waits, 0.9, axis=0),
    "late share": lambda waits: (waits > 2.0).mean(axis=0),
}


def waits_of(n: int, seed: int) -> tuple[Floats, Floats]:
    """Waits of the customers of n replications at both servers; shapes (N_CUSTOMERS, n)."""
    rng = np.random.default_rng(seed)
    gaps, services = rng.exponential(1.0, (N_CUSTOMERS, n)), rng.exponential(1.0, (N_CUSTOMERS, n))
    found = []
    for mean_service in (0.9, 0.8):
        waits = np.zeros((N_CUSTOMERS, n))
        for k in range(1, N_CUSTOMERS):
            waits[k] = np.maximum(0.0, waits[k - 1] + mean_service * services[k - 1] - gaps[k])
        found.append(waits)
    return found[0], found[1]


@pytest.mark.parametrize("figure", FIGURES)
def test_intervals_cover_the_truth_as_often_as_they_say(figure: str, precise: bool) -> None:
    told, repeats = FIGURES[figure], REPEATS[precise]
    slow, fast = (told(waits) for waits in waits_of(N_TRUTH, 1))
    truth = float((slow - fast).mean())
    slow, fast = (told(waits).reshape(repeats, N_PAIRS) for waits in waits_of(repeats * N_PAIRS, 2))
    by_t = by_bca = 0
    for gaps in slow - fast:
        t, bca = t_interval(gaps), bca_interval(gaps, seed=1, n_boot=1_000)
        assert t is not None
        assert bca is not None
        by_t += t.low <= truth <= t.high
        by_bca += bca.low <= truth <= bca.high
    # Chance alone moves a share of so many by three of these; twenty skewed values cost t some, and BCa a little more.
    slack = 3 * np.sqrt(LEVEL * (1 - LEVEL) / repeats)
    assert LEVEL - 0.02 - slack <= by_t / repeats <= LEVEL + slack
    assert LEVEL - 0.045 - slack <= by_bca / repeats <= LEVEL + slack


DESK = {
    "name": "a desk",
    "lasting": "2h",
    "city": "none",
    "travel": "none",
    "units": [{"name": "Clerk {n}", "kind": "clerk", "count": 3, "skills": ["order"]}],
    "on_scene": {"*": {"dist": "exponential", "mean": "10m"}},
}
PER_DAY = (120.0, 144.0)
TRUE_DIFFERENCE = (PER_DAY[1] - PER_DAY[0]) / 12
"""Cases more, in two hours."""


def test_differences_between_runs_of_the_engine_cover_the_truth(precise: bool) -> None:
    repeats = 1_000 if precise else 3
    few, many = (_n_cases(per_day, n=repeats * N_PAIRS).reshape(repeats, N_PAIRS) for per_day in PER_DAY)
    found = [difference(b, a, seed=1, n_boot=500).t for a, b in zip(few, many, strict=True)]
    share = sum(t is not None and t.low <= TRUE_DIFFERENCE <= t.high for t in found) / repeats
    if precise:
        assert abs(share - LEVEL) <= 3 * np.sqrt(LEVEL * (1 - LEVEL) / repeats)
    overall = difference(many.ravel(), few.ravel(), n_boot=500)
    assert overall.t is not None
    assert overall.mean is not None
    assert abs(overall.mean - TRUE_DIFFERENCE) <= 2 * overall.t.half_width


def _n_cases(per_day: float, *, n: int) -> Floats:
    demand = [{"name": "calls", "per_day": per_day, "matters": {"plain": {"needs": ["order"]}}}]
    task = as_task(Scenario.model_validate(DESK | {"demand": demand}))
    rows = [try_out(Trial(task, seed, Lens(15 * MINUTE))).row for seed in range(n)]
    return np.array([row["n_cases"] for row in rows], np.float64)
