"""The closed forms of distances agree with published numbers, and those on streets with measuring on streets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.theory.closed_forms import erlang_b
from tests.theory.geometry import (
    free_units,
    mean_extra_of_one_ways,
    nearest_euclidean,
    nearest_manhattan,
    nearest_of_free,
    nearest_on_streets,
    square_root_law,
    street_within,
    trip_time,
    two_points_on_streets,
    two_points_rectangle,
)
from tests.theory.street_grid import Places

PUBLISHED = 1e-5
"""Relative: published and expected values have five or six digits."""


def random_places(n: int, *, blocks: int, seed: int) -> Places:
    """Evenly along the streets of a square of so many blocks."""
    random = np.random.default_rng(seed)
    along, line = random.uniform(0, blocks, n), random.integers(blocks + 1, size=n).astype(np.float64)
    east = random.random(n) < 0.5
    return Places(np.where(east, along, line), np.where(east, line, along), east)


def test_two_random_points_of_a_square() -> None:
    assert two_points_rectangle(1, 1) == pytest.approx(0.666667, rel=PUBLISHED)
    assert two_points_rectangle(2, 4) == pytest.approx(2, rel=PUBLISHED)


def test_the_nearest_of_poisson_units() -> None:
    assert [nearest_manhattan(1, k=k) for k in (1, 2, 3)] == pytest.approx([0.626657, 0.94, 1.175], rel=2e-5)
    assert [nearest_euclidean(1, k=k) for k in (1, 2, 3)] == pytest.approx([0.5, 0.75, 0.9375], rel=PUBLISHED)
    assert nearest_manhattan(0.25) == pytest.approx(2 * nearest_manhattan(1), rel=1e-12)


def test_half_as_many_free_units_are_root_two_as_far() -> None:
    idle, busy = (square_root_law(100, n_units=40, busy=busy) for busy in (0, 20))
    assert busy / idle == pytest.approx(math.sqrt(2), rel=1e-12)
    assert idle == pytest.approx(0.626657 * math.sqrt(100 / 40), rel=PUBLISHED)


def test_trips_from_rest_to_rest_take_the_published_times() -> None:
    times = trip_time(np.array([25.0, 50.0, 100.0, 500.0, 1_000.0]), v=30 / 3.6, a=1.0)
    assert times == pytest.approx([10.0, 14.142, 20.333, 68.333, 128.333], abs=5e-4)
    assert trip_time(30 / 3.6 * 30 / 3.6, v=30 / 3.6, a=1.0) == pytest.approx(2 * 30 / 3.6, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 5, 20, 100])
def test_on_streets_two_points_are_a_third_of_a_block_farther_than_in_the_plane(n: int) -> None:
    assert two_points_on_streets(n) - two_points_rectangle(n, n) == pytest.approx(1 / 3, rel=1e-12)


@pytest.mark.parametrize("n", [1, 3, 8])
def test_two_points_on_streets_are_as_far_as_measured(n: int) -> None:
    here, there = random_places(200_000, blocks=n, seed=n), random_places(200_000, blocks=n, seed=n + 100)
    ways = here.way_to(there)
    assert abs(ways.mean() - two_points_on_streets(n)) < 4 * ways.std() / math.sqrt(ways.size)


@pytest.mark.parametrize(("r", "u"), [(0.2, 0.5), (0.8, 0.3), (1.7, 0.1), (3.0, 0.5), (4.4, 0.75)])
def test_the_street_length_within_a_way_is_as_measured(r: float, u: float) -> None:
    n = 12
    there = random_places(400_000, blocks=n, seed=7)
    share = (Places(np.array([6 + u]), np.array([6.0]), np.array([True])).way_to(there) <= r).mean()
    streets = 2 * n * (n + 1)
    error = streets * math.sqrt(share / there.x.size)
    assert street_within(np.array([r]), u)[0] == pytest.approx(share * streets, abs=4 * error)


def test_on_streets_far_apart_the_nearest_unit_is_as_far_as_in_the_plane() -> None:
    per_block = 1e-3
    for k in (1, 2, 3):
        plane = nearest_manhattan(2 * per_block, k=k)
        assert nearest_on_streets(per_block, k=k) == pytest.approx(plane, rel=1e-3)


@pytest.mark.parametrize("per_block", [1 / 8, 1 / 16, 1 / 64])
def test_the_grid_of_streets_moves_the_nearest_unit_by_at_most_two_percent(per_block: float) -> None:
    assert nearest_on_streets(per_block) == pytest.approx(nearest_manhattan(2 * per_block), rel=0.02)


def test_the_square_root_law_is_within_two_percent_of_the_exact_value() -> None:
    n = 32
    for busy in (0, 64, 128, 160, 192):
        exact = nearest_of_free(free_units(256, busy=busy), streets=2 * n * (n + 1))
        assert square_root_law(n * (n + 1), n_units=256, busy=busy) == pytest.approx(exact, rel=0.02)


def test_all_units_are_busy_as_often_as_erlang_says() -> None:
    assert free_units(10, busy=8)[0] == pytest.approx(erlang_b(10, 8), rel=1e-12)
    assert free_units(3, busy=1.5) @ np.arange(4) == pytest.approx(3 - 1.5 * (1 - erlang_b(3, 1.5)), rel=1e-12)


def test_one_ways_by_turns_cost_two_blocks_and_six_for_one_trip_in_sixteen() -> None:
    solved = mean_extra_of_one_ways(31)
    assert solved.extra == pytest.approx(2.0, abs=0.002)
    assert solved.awkward_share == pytest.approx(1 / 16, abs=0.0025)
    assert solved.mean - two_points_on_streets(31) == pytest.approx(2.0, abs=0.06)
