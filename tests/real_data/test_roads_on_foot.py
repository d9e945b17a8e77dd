"""Real maps with all their modes: cars keep their streets, and crews reach the lanes from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from city_data.build import build_city
from city_data.check import describe
from city_data.city import City
from city_data.roads import read_roads
from twin.domain.mode import BIT, CAR, WALK, WALK_BIT
from twin.domain.route import Spot
from twin.roads.network import CLASSES
from twin.roads.router import Router
from twin.roads.travel import ON_FOOT, TravelModel

LONGGANG, BOSTON = "shenzhen_longgang/map.osm.gz", "boston/overpass_all_2022-04-27.json.gz"


@pytest.fixture(scope="module")
def longgang(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return build_city(shared_data / LONGGANG, tmp_path_factory.mktemp("cities") / "longgang", on_foot=True)


@pytest.fixture(scope="module")
def boston(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return build_city(shared_data / BOSTON, tmp_path_factory.mktemp("cities") / "boston", on_foot=True)


def test_with_walkers_longgang_has_the_same_streets_for_cars_and_lanes_besides(
    shared_data: Path, longgang: City
) -> None:
    without = read_roads(shared_data / LONGGANG).network
    once = (without.twin < 0) | (without.twin > np.arange(without.n_edges))
    km = describe(longgang).mode_km
    assert km["car"] == pytest.approx(without.length_mm[once].sum() / 1e6, abs=0.001)
    assert (km["walk"], km["e_bike"], km["foot_only"]) == (156.833, 111.086, 38.835)
    assert longgang.origin.report.n_edges_by_mode == (911, 983, 1_720)


def test_boston_has_more_lanes_than_streets(boston: City) -> None:
    report = boston.origin.report
    assert (report.n_nodes, report.n_edges, report.n_edges_by_mode) == (5_703, 17_511, (4_147, 4_260, 17_206))
    assert describe(boston).mode_km == {"car": 109.888, "e_bike": 110.355, "walk": 292.692, "foot_only": 183.867}
    assert describe(boston).class_km["steps"] == pytest.approx(1.182)


def test_in_boston_walkers_go_both_ways_and_cars_can_leave_every_street_they_may_enter(boston: City) -> None:
    roads = boston.roads
    walked = (roads.modes & WALK_BIT) > 0
    assert (roads.twin[walked] >= 0).all()
    assert walked[roads.twin[walked]].all()
    for mode, bit in BIT.items():
        used = (roads.modes & bit) > 0
        assert np.isin(roads.head[used], roads.tail[used]).all(), mode


def test_a_crew_reaches_every_lane_of_boston_and_comes_back(boston: City) -> None:
    roads = boston.roads
    cars = Router(roads, TravelModel.free_flow())
    by_car = (roads.modes & BIT[CAR]) > 0
    home = Spot(int(by_car.argmax()), 0)
    lanes = np.flatnonzero(~by_car & ((roads.modes & WALK_BIT) > 0))
    foot_us = ON_FOOT.edge_us(roads)[0]
    for edge in lanes[:: lanes.size // 200].tolist():
        goal = Spot(edge, int(roads.length_mm[edge]) // 2)
        there = cars.route(home, goal, band=0, closed=frozenset())
        back = cars.route(there.goal, home, band=0, closed=frozenset())
        for route in (there, back):
            walks = [number for number, at in enumerate(route.edges) if not by_car[at]]
            ends = {*range(len(walks)), *range(len(route.edges) - len(walks), len(route.edges))}
            assert set(walks) <= ends
        walked = [at for at in there.edges if not by_car[at]]
        assert there.travel_us > foot_us[walked[:-1]].sum()


def test_steps_are_slower_than_streets_and_are_for_walkers_alone(boston: City) -> None:
    roads = boston.roads
    steps = roads.road_class == CLASSES.index("steps")
    assert set(roads.modes[steps].tolist()) == {BIT[WALK]}
    mps = roads.length_mm[steps] * 1_000 / ON_FOOT.edge_us(roads)[0][steps]
    np.testing.assert_allclose(mps, 0.6, rtol=0.01)


def test_the_lanes_of_guanggu_are_as_published_and_walked_both_ways(shared_data: Path) -> None:
    lanes = shared_data / "wuhan_guanggu" / "road_net_lanes.geojson"
    report = read_roads(lanes).report
    assert (report.n_nodes_read, report.n_edges_read, report.n_nodes) == (160, 205, 69)
    on_foot = read_roads(lanes, on_foot=True)
    assert on_foot.report.n_edges_by_mode[0] == report.n_edges == 109
    assert on_foot.network.n_nodes > 69
    assert (on_foot.network.twin >= 0).all()
