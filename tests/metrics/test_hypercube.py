"""Larson's hypercube as it answers staffing questions: published numbers, and the test's own solution beside it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory import closed_forms as oracle
from twin.metrics.hypercube import MOST_EXACT, approximate, correction, exact, hypercube
from twin.metrics.queueing import erlang_c

RATES = np.array([0.5, 0.25, 0.35, 0.40])
LISTS = np.array([(0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1)])


def test_three_units_are_as_busy_as_published() -> None:
    assert exact(RATES, LISTS).workloads == pytest.approx([0.5574, 0.4734, 0.4693], abs=5e-5)
    assert exact(RATES, LISTS).workloads == pytest.approx([0.55736, 0.47337, 0.46926], abs=5e-6)


def test_the_states_are_as_published() -> None:
    states = exact(RATES, LISTS).states
    assert states is not None
    assert states == pytest.approx([0.21053, 0.13669, 0.08863, 0.09489, 0.09047, 0.08894, 0.05301, 0.11842], abs=5e-6)


def test_the_third_round_of_the_approximation_is_as_published_and_so_is_its_limit() -> None:
    third = approximate(RATES, LISTS, n_rounds=3).workloads
    assert third == pytest.approx([0.5628, 0.4716, 0.4657], abs=5e-5)
    assert third == pytest.approx([0.5627, 0.4716, 0.4657], abs=1.5e-4)
    assert approximate(RATES, LISTS).workloads == pytest.approx([0.5626, 0.4717, 0.4657], abs=5e-5)


def test_the_correction_factor_has_the_published_values() -> None:
    assert correction(3, 0.5) == pytest.approx([1, 14 / 19, 12 / 19], rel=1e-12)


def random_crew(n_units: int, *, n_areas: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rates = rng.random(n_areas)
    rates *= 0.6 * n_units / rates.sum()
    return rates, np.array([rng.permutation(n_units) for _ in range(n_areas)])


@pytest.mark.parametrize("n_units", [1, 2, 5, 7])
def test_a_crew_is_what_the_tests_own_solution_says(n_units: int) -> None:
    rates, lists = random_crew(n_units, n_areas=6, seed=n_units)
    found, expected = exact(rates, lists), oracle.hypercube(rates.tolist(), lists.tolist(), n_units=n_units)
    assert found.workloads == pytest.approx(expected.workloads, rel=1e-6)
    assert found.states == pytest.approx(expected.states, rel=1e-6, abs=1e-12)
    assert found.waits == pytest.approx(expected.delayed, rel=1e-6)


def test_up_to_twelve_units_are_solved_exactly_and_more_approximately() -> None:
    assert hypercube(*random_crew(MOST_EXACT, n_areas=8, seed=1)).is_exact
    assert not hypercube(*random_crew(MOST_EXACT + 1, n_areas=8, seed=1)).is_exact


@pytest.mark.parametrize("n_units", [MOST_EXACT, 200])
def test_whatever_the_crew_work_is_conserved(n_units: int) -> None:
    rates, lists = random_crew(n_units, n_areas=8, seed=2)
    found = hypercube(rates, lists)
    assert found.workloads.sum() == pytest.approx(rates.sum(), rel=1e-9)
    assert found.sent.sum() == pytest.approx(1, rel=1e-9)
    assert found.sent.sum(axis=1) == pytest.approx(rates / rates.sum(), rel=1e-9)
    assert found.waits == pytest.approx(erlang_c(n_units, rates.sum()), rel=1e-9)


def test_the_approximation_is_within_two_points_of_the_exact_workloads() -> None:
    rates, lists = random_crew(9, n_areas=12, seed=3)
    assert approximate(rates, lists).workloads == pytest.approx(exact(rates, lists).workloads, abs=0.02)
