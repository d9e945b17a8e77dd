"""The bound on what any sending of units could have reached, against trying everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from tests.metrics.brute_force import One, brute_force, by_permutations, by_sets
from twin.metrics.offline_bound import NEVER, Calls, Crew, offline_bound, worth_until

LIMIT = 12
N_INSTANCES = 200


def instance(rng: Generator, *, waits_near: bool) -> tuple[Calls, list[Crew]]:
    """Up to 8 calls and 3 units on a lattice; some units go home after a call, some stay where they are."""
    n, m = int(rng.integers(2, 9)), int(rng.integers(1, 4))
    span = (70 if n > 6 else 40) * n // m if n > 5 else 12 * n
    ready, places = np.sort(rng.integers(0, span, n)), rng.integers(0, 15, (n, 2))
    leg = np.abs(places[:, None] - places[None]).sum(-1)
    crews = []
    for _ in range(m):
        away = np.abs(places - rng.integers(0, 15, 2)).sum(-1)
        near = np.broadcast_to(away // 2 if waits_near else away + 2, (n, n)).copy()
        home = np.full(n, NEVER) if rng.random() < 0.3 else away
        out = np.full(n, NEVER >> 2)
        crews.append(Crew(1, away + 2, rng.integers(1, 30, n), home, leg, near, out))
    return Calls(np.arange(n), ready, np.full(n, NEVER)), crews


def as_ones(crews: list[Crew]) -> list[One]:
    return [
        One(*(part.tolist() for part in (crew.first_us, crew.work_us, crew.home_us, crew.leg_us, crew.near_us)))
        for crew in crews
    ]


def waited(calls: Calls) -> tuple[list[int], object]:
    ready = calls.ready_at.tolist()
    return ready, lambda call, at: float(at - ready[call])


def test_the_least_mean_response_is_that_of_trying_everything() -> None:
    rng, n_tight = default_rng(1), 0
    for number in range(N_INSTANCES):
        calls, crews = instance(rng, waits_near=number % 2 == 0)
        ready = calls.ready_at.tolist()

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call])

        best = brute_force(as_ones(crews), ready=ready, cost=cost)
        worth = replace(calls, give_up_at=worth_until(calls, crews, cost=cost))
        assert offline_bound(worth, crews, cost=cost, is_metric=True, exact=True).total == pytest.approx(best)
        relaxed = offline_bound(worth, crews, cost=cost, is_metric=True).total
        assert relaxed <= best + 1e-6
        n_tight += relaxed == pytest.approx(best)
    assert n_tight > 0.8 * N_INSTANCES


def test_the_fewest_late_cases_are_those_of_trying_everything() -> None:
    rng, n_tight = default_rng(2), 0
    for _ in range(N_INSTANCES):
        calls, crews = instance(rng, waits_near=False)
        ready = calls.ready_at.tolist()

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call] > LIMIT)

        best = brute_force(as_ones(crews), ready=ready, cost=cost, unserved=1.0)
        worth = replace(calls, give_up_at=calls.ready_at + LIMIT + 1)
        assert offline_bound(worth, crews, cost=cost, is_metric=True, exact=True).total == pytest.approx(best)
        relaxed = offline_bound(worth, crews, cost=cost, is_metric=True).total
        assert relaxed <= best + 1e-6
        n_tight += relaxed == pytest.approx(best)
    assert n_tight > 0.8 * N_INSTANCES
