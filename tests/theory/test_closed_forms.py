"""The formulas against published and independently solved numbers: the engine is held against the right ones."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.closed_forms import (
    agents_needed,
    approximate_workloads,
    cobham,
    correction,
    erlang_b,
    erlang_c,
    hypercube,
    wait_mg1,
    wait_mmc,
    waits_at_most,
)

PUBLISHED = 5e-6  # half of the last digit of a figure given to five or six places, relative to about 0.1
RATES = (0.5, 0.25, 0.35, 0.40)
LISTS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (2, 0, 1))


@pytest.mark.parametrize(("c", "a", "lost"), [(10, 8.0, 0.121661), (5, 3.0, 0.110054), (3, 1.5, 0.134328)])
def test_erlang_b_gives_the_tabulated_loss(c: int, a: float, lost: float) -> None:
    assert erlang_b(c, a) == pytest.approx(lost, rel=PUBLISHED)


def test_erlang_b_equals_its_definition_as_a_truncated_poisson_law() -> None:
    weights = [1.0]
    for k in range(1, 11):
        weights.append(weights[-1] * 8.0 / k)
    assert erlang_b(10, 8.0) == pytest.approx(weights[-1] / sum(weights), rel=1e-12)


@pytest.mark.parametrize(
    ("c", "a", "wait"), [(3, 1.5, 0.157895), (5, 4.0, 0.554113), (10, 9.0, 0.668732), (20, 18.0, 0.275385)]
)
def test_mmc_waits_as_tabulated(c: int, a: float, wait: float) -> None:
    assert wait_mmc(c, a) == pytest.approx(wait, rel=PUBLISHED)


def test_mm3_waits_exactly_three_nineteenths() -> None:
    assert wait_mmc(3, 1.5) == pytest.approx(3 / 19, rel=1e-12)
    assert erlang_c(3, 1.5) == pytest.approx(9 / 38, rel=1e-12)


def test_a_city_desk_with_126_erlangs_needs_143_agents() -> None:
    assert agents_needed(125.7, share=0.95, within_s=15, service_s=360) == 143
    assert waits_at_most(143, 125.7, 15, service_s=360) == pytest.approx(0.9579, abs=5e-5)


@pytest.mark.parametrize(("cv", "wait"), [(0.0, 2.0), (1.0, 4.0), (0.5**0.5, 3.0)])
def test_pollaczek_khinchine_at_load_0_8(cv: float, wait: float) -> None:
    assert wait_mg1(0.8, mean=1, cv=cv) == pytest.approx(wait, rel=1e-12)


@pytest.mark.parametrize(("cv", "waits"), [(1.0, (1.0, 2.0, 8.0)), (0.0, (0.5, 1.0, 4.0))])
def test_cobham_with_three_classes(cv: float, waits: tuple[float, ...]) -> None:
    assert cobham((0.2, 0.3, 0.3), means=(1, 1, 1), cvs=(cv,) * 3) == pytest.approx(waits, rel=1e-12)


def test_cobham_conserves_work() -> None:
    rates = (0.2, 0.3, 0.3)
    waits = cobham(rates, means=(1, 1, 1), cvs=(1, 1, 1))
    assert np.dot(rates, waits) == pytest.approx(0.8 * wait_mg1(0.8, mean=1, cv=1), rel=1e-12)


def test_the_three_unit_hypercube_has_the_published_workloads() -> None:
    workloads = hypercube(RATES, LISTS, n_units=3).workloads
    assert workloads == pytest.approx([0.55736, 0.47337, 0.46926], abs=5e-6)
    assert workloads == pytest.approx([0.5574, 0.4734, 0.4693], abs=5e-5)  # Larson & Odoni, equation 5.30


def test_the_three_unit_hypercube_has_the_expected_states() -> None:
    solved = hypercube(RATES, LISTS, n_units=3)
    expected = [0.21053, 0.13669, 0.08863, 0.09489, 0.09047, 0.08894, 0.05301, 0.11842]
    assert solved.states == pytest.approx(expected, abs=5e-6)
    assert solved.queue == pytest.approx(0.11842, abs=5e-6)
    assert (solved.own, solved.other, solved.delayed) == pytest.approx((0.48573, 0.27743, 0.23684), abs=5e-6)


def test_the_hypercube_holds_the_identities_of_mm3() -> None:
    solved = hypercube(RATES, LISTS, n_units=3)
    assert solved.states.sum() + solved.queue == pytest.approx(1, rel=1e-12)
    assert solved.delayed == pytest.approx(erlang_c(3, 1.5), rel=1e-12)
    assert solved.workloads.sum() == pytest.approx(1.5, rel=1e-12)
    assert solved.own + solved.other + solved.delayed == pytest.approx(1, rel=1e-12)


def test_the_correction_factor_has_the_published_values() -> None:
    assert [correction(3, 0.5, j) for j in range(3)] == pytest.approx([1, 14 / 19, 12 / 19], rel=1e-12)


def test_the_approximation_has_the_published_third_iteration_and_the_expected_limit() -> None:
    third = approximate_workloads(RATES, LISTS, n_units=3, n_rounds=3)
    assert third == pytest.approx([0.5628, 0.4716, 0.4657], abs=5e-5)
    assert third == pytest.approx([0.5627, 0.4716, 0.4657], abs=1.5e-4)  # as published
    assert approximate_workloads(RATES, LISTS, n_units=3) == pytest.approx([0.5626, 0.4717, 0.4657], abs=5e-5)
