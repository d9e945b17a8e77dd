"""The bound on what any sending of units could have reached, against trying everything."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from tests.metrics.brute_force import One, brute_force, by_permutations, by_sets
from twin.metrics.offline_bound import NEVER, Calls, Crew, offline_bound, worth_until

LIMIT = 12
approx = partial(pytest.approx, rel=1e-5, abs=1e-5)
"""As near as the solver gets, whose tolerance is taken off the bound."""
N_INSTANCES = 200


def instance(rng: Generator, *, waits_near: bool) -> tuple[Calls, list[Crew]]:
    """Up to 8 calls and 3 units on a lattice; some units go home after a call, some stay where they are."""
    n, m = int(rng.choice([2, 3, 4, 5, 6, 7, 8], p=[0.15, 0.25, 0.25, 0.2, 0.08, 0.04, 0.03])), int(rng.integers(1, 4))
    span = [20, 90, 140][(n > 4) + (n > 6)] * n // m
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


def test_the_least_mean_response_is_that_of_trying_everything() -> None:
    rng, n_tight = default_rng(1), 0
    for number in range(N_INSTANCES):
        calls, crews = instance(rng, waits_near=number % 2 == 0)
        ready = calls.ready_at.tolist()

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call])

        best = brute_force(as_ones(crews), ready=ready, cost=cost)
        worth = replace(calls, give_up_at=worth_until(calls, crews, cost=cost))
        assert offline_bound(worth, crews, cost=cost, is_metric=True, exact=True).total == approx(best), number
        relaxed = offline_bound(worth, crews, cost=cost, is_metric=True).total
        assert relaxed <= best
        n_tight += relaxed == approx(best)
    assert n_tight > 0.8 * N_INSTANCES


def test_the_fewest_late_cases_are_those_of_trying_everything() -> None:
    """Where a detour never brings a unit nearer: whoever is late anyway is then best left out, as the exact bound does.

    Where it does, going to a call too late can help at the next one, and the bound may lie lower.
    """
    rng, n_tight = default_rng(2), 0
    for number in range(N_INSTANCES):
        calls, crews = instance(rng, waits_near=False)
        ready = calls.ready_at.tolist()

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call] > LIMIT)

        best = brute_force(as_ones(crews), ready=ready, cost=cost, unserved=1.0)
        worth = replace(calls, give_up_at=calls.ready_at + LIMIT + 1)
        assert offline_bound(worth, crews, cost=cost, is_metric=True, exact=True).total == approx(best), number
        relaxed = offline_bound(worth, crews, cost=cost, is_metric=True).total
        assert relaxed <= best
        n_tight += relaxed == approx(best)
    assert n_tight > 0.8 * N_INSTANCES


def test_a_detour_that_brings_units_nearer_leaves_a_bound_on_late_cases() -> None:
    rng = default_rng(5)
    for _ in range(20):
        calls, crews = instance(rng, waits_near=True)
        ready = calls.ready_at.tolist()

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call] > LIMIT)

        best = brute_force(as_ones(crews), ready=ready, cost=cost, unserved=1.0)
        worth = replace(calls, give_up_at=calls.ready_at + LIMIT + 1)
        assert offline_bound(worth, crews, cost=cost).total <= best


def test_trying_sets_is_trying_every_order() -> None:
    rng = default_rng(3)
    for _ in range(10):
        calls, crews = instance(rng, waits_near=True)
        ready, (unit, *_) = calls.ready_at.tolist()[:5], as_ones(crews)

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call])

        everything = range(len(ready))
        assert by_sets(unit, ready=ready, cost=cost)[-1] == by_permutations(unit, everything, ready=ready, cost=cost)


def test_one_more_unit_never_makes_it_worse() -> None:
    rng = default_rng(4)
    for _ in range(20):
        calls, crews = instance(rng, waits_near=True)
        calls = replace(calls, give_up_at=calls.ready_at + 60)
        ready = calls.ready_at.tolist()

        def cost(call: int, at: int, ready: list[int] = ready) -> float:
            return float(at - ready[call])

        alone = offline_bound(calls, crews, cost=cost, step_us=4).total
        helped = offline_bound(calls, [replace(crews[0], n=2), *crews[1:]], cost=cost, step_us=4).total
        assert helped <= alone + 1e-6


def two_calls(*, out_us: int) -> tuple[Calls, Crew]:
    """At 0 and 30, each 10 from the station and 2 from the other; 5 of work, and 10 home."""
    ready = np.array([0, 30])
    leg = np.array([[0, 2], [2, 0]])
    crew = Crew(1, np.array([10, 10]), np.array([5, 5]), np.array([10, 10]), leg, leg, np.array([out_us, out_us]))
    return Calls(np.arange(2), ready, ready + 100), crew


def test_a_unit_that_may_linger_is_near_the_next_call() -> None:
    calls, crew = two_calls(out_us=50)
    assert offline_bound(calls, [crew], cost=lambda call, at: at - 30 * call).total == approx(10 + 2)


def test_to_be_still_out_it_has_to_reach_the_first_call_later() -> None:
    calls, crew = two_calls(out_us=10)  # home at 25; out at 30 only if it reaches the first at 15 or later
    assert offline_bound(calls, [crew], cost=lambda call, at: at - 30 * call).total == approx(15 + 2)


def test_of_two_needs_of_a_case_the_first_arrival_counts() -> None:
    _, crew = two_calls(out_us=10)
    far = replace(crew, first_us=np.array([NEVER, 40]))
    both = Calls(np.zeros(2, np.int64), np.zeros(2, np.int64), np.full(2, 100))
    assert offline_bound(
        both, [replace(crew, first_us=np.array([10, NEVER])), far], cost=lambda _, at: at
    ).total == approx(10)


def test_nobody_is_ever_sent_where_there_is_nobody() -> None:
    calls, _ = two_calls(out_us=0)
    assert offline_bound(calls, [], cost=lambda call, at: at - 30 * call).total == approx(200)
