"""A town in zones: how many, what belongs to them, and the times to them from wherever one stands."""

from __future__ import annotations

import numpy as np
import pytest

from city_data.built_in import built_in_city
from twin.domain.mode import CAR, WALK, Mode
from twin.domain.route import Spot
from twin.roads.router import Router
from twin.roads.tables import NEVER
from twin.roads.travel import TravelModel
from twin.roads.zones import ONE_PLACE, zones_of

ROADS = built_in_city().roads


@pytest.mark.parametrize("n_most", [1, 7, 60])
def test_zones_are_not_too_many_and_hold_all_streets(n_most: int) -> None:
    zones = zones_of(ROADS, n_most=n_most)
    assert n_most / 2 < zones.n <= n_most
    assert zones.length_mm.sum() == ROADS.length_mm.sum()
    assert (zones.length_mm > 0).all()
    for number, spot in enumerate(zones.spots):
        assert zones.of_edge[spot.edge] == number
        assert 0 < spot.offset_mm < ROADS.length_mm[spot.edge]


def test_neighbours_are_in_one_zone_more_often_than_not() -> None:
    of_edge = zones_of(ROADS, n_most=10).of_edge
    two_way = np.flatnonzero(ROADS.twin >= 0)
    assert (of_edge[two_way] == of_edge[ROADS.twin[two_way]]).all()


def test_without_roads_there_is_one_zone() -> None:
    assert ONE_PLACE.at(np.array([0, 7])).tolist() == [0, 0]


@pytest.mark.parametrize("mode", [CAR, WALK])
def test_times_to_zones_are_those_of_whole_trips_from_lanes_as_well(mode: Mode) -> None:
    """Within the second or so that walks and the beginning of streets are rounded by; along one street it is more."""
    router, zones = Router(ROADS, TravelModel.free_flow(ramp_s=6.0), mode=mode), zones_of(ROADS, n_most=5)
    rng = np.random.default_rng(2)
    edges = rng.integers(ROADS.n_edges, size=60)
    offsets_mm = rng.integers(ROADS.length_mm[edges])
    times = router.times_to(zones.spots, edges=edges, offsets_mm=offsets_mm, band=0)
    assert (times < NEVER).all()
    for row, place in enumerate(map(Spot, edges.tolist(), offsets_mm.tolist())):
        for zone, spot in enumerate(zones.spots):
            way = router.route(place, spot, band=0, closed=frozenset())
            if len(way.edges) > 1:
                assert times[row, zone] == pytest.approx(router.driving_us(way.travel_us), abs=5_000)
