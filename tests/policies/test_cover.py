"""How well zones are covered: by the formula, by brute force over who is busy, and on streets with known times."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import begun, setting, streets
from twin.domain.quantities import MINUTE
from twin.domain.route import Spot
from twin.policies.cover import Busy, covered, covers, gains, look, losses, weights
from twin.world.view import CASE_QUEUED, UNIT_FREE, Trigger

COVERS = st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=5)
THIRDS = np.array([0.5, 0.3, 0.2])


def by_hand(covering: list[list[bool]], busy_share: float) -> float:
    """Over all ways in which units may be busy: the share of zones that has somebody free."""
    total = 0.0
    for free in product([True, False], repeat=len(covering)):
        chance = np.prod([1 - busy_share if is_free else busy_share for is_free in free])
        rows = [row for row, is_free in zip(covering, free, strict=True) if is_free]
        total += float(chance * (THIRDS @ np.any(rows, axis=0) if rows else 0.0))
    return total


@given(covering=COVERS, busy_share=st.sampled_from([0.0, 0.2, 0.7]))
def test_expected_cover_is_the_mean_over_who_is_busy(covering: list[list[bool]], busy_share: float) -> None:
    n = np.sum(covering, axis=0)
    assert covered(n, zone_weights=THIRDS, busy_share=busy_share) == pytest.approx(by_hand(covering, busy_share))


@given(covering=COVERS, busy_share=st.sampled_from([0.0, 0.2, 0.7]))
def test_what_a_unit_adds_is_the_difference_with_and_without_it(covering: list[list[bool]], busy_share: float) -> None:
    rows = np.array(covering)
    lost = losses(rows, zone_weights=THIRDS, busy_share=busy_share)
    for unit in range(len(rows)):
        others = np.delete(rows, unit, axis=0).sum(axis=0)
        whole, left = (covered(n, zone_weights=THIRDS, busy_share=busy_share) for n in (rows.sum(axis=0), others))
        gained = gains(rows[unit : unit + 1], others, zone_weights=THIRDS, busy_share=busy_share)
        assert lost[unit] == gained[0] == pytest.approx(whole - left, abs=1e-9)


def test_times_to_zones_are_those_of_the_ways_there() -> None:
    router, rng = streets(), np.random.default_rng(1)
    zones = begun(setting(), until=MINUTE).view().zones()
    edges = rng.integers(router.network.n_edges, size=40)
    offsets_mm = rng.integers(router.network.length_mm[edges])
    times = router.times_to(zones.spots, edges=edges, offsets_mm=offsets_mm, band=0)
    for row, place in enumerate(map(Spot, edges.tolist(), offsets_mm.tolist())):
        for zone, spot in enumerate(zones.spots):
            way = router.route(place, spot, band=0, closed=frozenset())
            exact = router.driving_us(way.travel_us)
            if len(way.edges) > 1:
                assert times[row, zone] == pytest.approx(exact, abs=2_000)
            else:  # along one street
                assert times[row, zone] >= exact


def test_a_unit_that_is_parked_takes_its_turnout_longer() -> None:
    view = begun(setting(per_hour=0.0), until=MINUTE).view()
    homes = [unit.home for unit in setting().units]
    mode = setting().units[0].mode
    assert (view.reach_us(range(5)) - view.reach_from_us(homes, mode=mode) == MINUTE).all()
    assert covers(view.reach_us([0]), target_us=4 * MINUTE).sum() < view.zones().n


def test_where_nothing_was_reported_zones_count_by_their_streets_and_else_by_reports_too() -> None:
    quiet, busy = begun(setting(per_hour=0.0), until=MINUTE).view(), begun(setting()).view()
    by_length = quiet.zones().length_mm / quiet.zones().length_mm.sum()
    assert weights(quiet, weeks=1) == pytest.approx(by_length)
    told = busy.told_by_zone(1)
    assert told.sum() >= 20
    assert weights(busy, weeks=1, evenly=0.0) == pytest.approx(told / told.sum())
    assert weights(busy, weeks=1).sum() == pytest.approx(1.0)


def test_looks_at_how_busy_units_are_are_taken_when_cases_come_and_average_out() -> None:
    city = begun(setting(per_hour=24.0), until=90 * MINUTE)
    view, case = city.view(), next(number for number, known in city.state.cases.items() if known.n_waiting)
    once = look(view, Trigger(CASE_QUEUED, case=case), Busy())
    (skill, n, share), *_ = once.seen
    assert n == 1
    assert share == 1 - view.n_free(skill) / view.n_on_duty(skill)
    assert look(view, Trigger(UNIT_FREE, unit=0), once) is once
    assert Busy(((skill, 3, 0.25),)).share(skill) == 0.25
    assert Busy().share(skill) == 0.0
