"""The nearest of those that are free: as far as the square-root law says, where its assumptions hold, and where not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.theory.rules import WORK
from tests.theory.street_checks import FAST, MOSTLY_BUSY, QUARTER_BUSY, StreetCheck, rejects, street_outcome
from tests.theory.trips import Homes, Rewire, Trips, replications
from tests.theory.wrong_ways import nobody_is_ever_busy, second_nearest, unchanged

ROUNDING = 0.005
"""Blocks: a microsecond is a thousandth of one here, and times along a way are rounded up street by street."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The checks that belong to this mode."""
    if "check" in metafunc.fixturenames:
        precise = metafunc.config.getoption("--precise")
        chosen = [check for check in (QUARTER_BUSY, MOSTLY_BUSY) if check.n_runs(precise=precise)]
        metafunc.parametrize("check", chosen, ids=[check.scenario for check in chosen])


def test_the_nearest_free_unit_is_as_far_as_theory_says(check: StreetCheck, precise: bool) -> None:
    found = street_outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []


def test_where_all_are_sent_by_distance_nobody_nearer_stands_idle() -> None:
    trips = _sent_by_distance()
    nearer = _nearest_idle(trips) - trips.blocks
    assert nearer.min() > -ROUNDING
    assert nearer.mean() < ROUNDING


# ---------------------------------------------------------------------- engines that are wrong on purpose


def test_a_nearer_unit_that_stands_idle_is_noticed() -> None:
    trips = _sent_by_distance(rewired=second_nearest)
    assert (_nearest_idle(trips) - trips.blocks).min() < -1


@pytest.mark.parametrize("wrong", [nobody_is_ever_busy, second_nearest], ids=["nobody busy", "second nearest"])
def test_wrong_engines_are_noticed(wrong: Rewire) -> None:
    assert rejects(MOSTLY_BUSY, wrong, n_runs=5)


def _sent_by_distance(*, rewired: Rewire = unchanged) -> Trips:
    """Half of the units are busy, and where they are busy depends on where others are."""
    (trips,) = replications("square_root_nearest", grid=FAST, homes=Homes(256), n=1, rewired=rewired)
    return trips


def _nearest_idle(trips: Trips) -> np.ndarray:
    """Way from each case to the nearest home of a unit that is not at work, blocks, shape (n_trips,)."""
    idle = np.array([trips.free_when(at_s, without=WORK) for at_s in trips.assigned_s])
    return np.where(idle, trips.goal.down().way_to(trips.homes), np.inf).min(axis=1)
