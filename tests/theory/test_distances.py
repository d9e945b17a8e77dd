"""Trips on a grid of streets: between random points, by one-ways, from rest to rest, and of the nearest unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.theory.geometry import nearest_manhattan, trip_time
from tests.theory.street_checks import NEAREST, ONE_WAYS, TWO_POINTS, StreetCheck, rejects, street_outcome
from tests.theory.street_grid import BLOCK_M, Grid
from tests.theory.trips import Rewire, Trips, replications
from tests.theory.wrong_ways import as_the_crow_flies, at_full_speed_at_once, second_nearest, unchanged

V, A = 30 / 3.6, 1.0
"""Cruising speed (m/s) and acceleration (m/s²) of `starting_and_stopping`."""

EXACT_S = 2e-6
"""Times are whole microseconds, rounded once for the way and once for the trip."""


@pytest.mark.parametrize("check", [TWO_POINTS, ONE_WAYS, NEAREST], ids=lambda check: check.scenario)
def test_ways_are_as_long_as_geometry_says(check: StreetCheck, precise: bool) -> None:
    found = street_outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []


def test_every_trip_from_rest_to_rest_takes_as_long_as_the_law_says() -> None:
    trips = _run("starting_and_stopping", Grid(20, speed_mps=V))
    assert np.abs(trips.travel_s - _law_s(trips)).max() < EXACT_S


def test_the_plane_is_near_enough_for_the_nearest_unit() -> None:
    per_block = NEAREST.n_free / NEAREST.grid.blocks_of_street
    assert NEAREST.results[NEAREST.telling].exact == pytest.approx(nearest_manhattan(2 * per_block), rel=0.02)


# ---------------------------------------------------------------------- engines that are wrong on purpose


@pytest.mark.parametrize(
    ("check", "wrong", "n_runs"),
    [(TWO_POINTS, as_the_crow_flies, 1), (NEAREST, as_the_crow_flies, 6), (NEAREST, second_nearest, 6)],
    ids=["two points, straight lines", "nearest, straight lines", "second nearest"],
)
def test_wrong_ways_and_wrong_units_are_noticed(check: StreetCheck, wrong: Rewire, n_runs: int) -> None:
    assert rejects(check, wrong, n_runs=n_runs)


def test_streets_that_are_two_way_after_all_are_noticed() -> None:
    assert rejects(replace(ONE_WAYS, grid=Grid(21)), unchanged, n_runs=1)


def test_starting_at_full_speed_is_noticed() -> None:
    trips = _run("starting_and_stopping", Grid(20, speed_mps=V), rewired=at_full_speed_at_once)
    assert np.abs(trips.travel_s - _law_s(trips)).max() > 1


def _run(scenario: str, grid: Grid, *, rewired: Rewire = unchanged) -> Trips:
    (trips,) = replications(scenario, grid=grid, homes=None, n=1, rewired=rewired)
    return trips


def _law_s(trips: Trips) -> np.ndarray:
    return trip_time(BLOCK_M * trips.start.way_to(trips.goal), v=V, a=A)
