"""Modes on a block one can count on one's fingers: lanes, gates, walking in, and turning round.

Four corners, 100 m apart: 0 → 1 → 2 → 3 → 0 for cars at 10 m/s (10 s a side), each side walked both ways. A lane of
100 m leads from corner 2 on to the yard 4, and one of 40 m from there to the dead end 5; walkers do 1 m/s.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.roads.streets import CRS, EAST_M, NORTH_M
from twin.domain.mode import ALL_BITS, CAR, CAR_BIT, E_BIKE, WALK, WALK_BIT
from twin.domain.quantities import SECOND
from twin.domain.route import Leg, Route, Spot
from twin.errors import NoRouteError, RoadError
from twin.roads.build import RawEdges, RawNodes, build_network
from twin.roads.fallback import ScipySearch
from twin.roads.network import CLASSES, RoadNetwork
from twin.roads.router import Router
from twin.roads.search import CompiledSearch
from twin.roads.travel import HOURS_A_WEEK, TravelModel

OPEN: frozenset[int] = frozenset()
LANE_IN, LANE_OUT, YARD_IN, YARD_OUT = 8, 9, 10, 11
FOOT = TravelModel.steady(1.0)
NOWHERE = 999 * SECOND

Street = tuple[int, int, float, int, int]
"""From, to, metres, who may use it there, and back; 0: there is no such direction."""

SIDES: list[Street] = [(corner, (corner + 1) % 4, 100.0, ALL_BITS, WALK_BIT) for corner in range(4)]
LANES: list[Street] = [(2, 4, 100.0, WALK_BIT, WALK_BIT), (4, 5, 40.0, WALK_BIT, WALK_BIT)]


def network_of(streets: list[Street], *, n_nodes: int = 6) -> RoadNetwork:
    return built(streets, n_nodes=n_nodes)[0]


def built(streets: list[Street], *, n_nodes: int):
    """Streets in the order given, each direction after the other."""
    tail: list[int] = []
    head, metres, modes, twin = [], [], [], []
    for start, end, length, there, back in streets:
        number = len(tail)
        for a, b, bits in ((start, end, there), (end, start, back)):
            if bits:
                tail.append(a)
                head.append(b)
                metres.append(length)
                modes.append(bits)
        twin += [number + 1, number] if there and back else [-1] * (len(tail) - number)
    node = np.arange(n_nodes, dtype=np.float64)
    x, y = EAST_M + 100.0 * node, NORTH_M + 100.0 * (node % 2)
    n_edges = len(tail)
    return build_network(
        RawNodes(lon=x / 1e5, lat=y / 1e6, x=x, y=y),
        RawEdges(
            tail=np.array(tail, np.int32),
            head=np.array(head, np.int32),
            length_mm=np.array([round(1_000 * m) for m in metres], np.int64),
            road_class=np.zeros(n_edges, np.uint8),
            speed_mps=np.full(n_edges, 10.0),
            twin=np.array(twin, np.int32),
            street=np.zeros(n_edges, np.int32),
            modes=np.array(modes, np.int64),
            shape_start=2 * np.arange(n_edges + 1),
            shape_x=np.column_stack([x[tail], x[head]]).ravel(),
            shape_y=np.column_stack([y[tail], y[head]]).ravel(),
        ),
        crs=CRS,
    )


BLOCK = network_of([*SIDES, *LANES])


@pytest.fixture(scope="module", params=[CompiledSearch, ScipySearch])
def cars(request):
    return Router(BLOCK, TravelModel.free_flow(), foot=FOOT, search=request.param)


@pytest.fixture(scope="module", params=[CompiledSearch, ScipySearch])
def walkers(request):
    return Router(BLOCK, FOOT, mode=WALK, foot=FOOT, search=request.param)


def first(router, goal, spots, *, delays_s=None, closed=OPEN, k=9):
    found = router.first_reached(
        goal,
        edges=np.array([spot.edge for spot in spots], np.int64),
        offsets_mm=np.array([spot.offset_mm for spot in spots], np.int64),
        delays_us=np.array(delays_s or [0] * len(spots), np.int64) * SECOND,
        able=np.ones(len(spots), np.bool_),
        band=0,
        closed=closed,
        k=k,
    )
    return [(reached.unit, reached.arrival_us // SECOND) for reached in found]


def test_the_crew_of_a_car_parks_where_the_lane_begins_and_walks_in(cars):
    route = cars.route(Spot(0, 50_000), Spot(YARD_IN, 30_000), band=0, closed=OPEN)
    assert route == Route((0, 2, LANE_IN, YARD_IN), 50_000, 30_000, (5 + 10 + 100 + 30) * SECOND, 0)


def test_it_walks_back_to_the_car_before_it_drives_on(cars):
    route = cars.route(Spot(YARD_IN, 30_000), Spot(4, 50_000), band=0, closed=OPEN)
    assert route == Route((YARD_OUT, LANE_OUT, 4), 10_000, 50_000, (30 + 100 + 5) * SECOND, 0)


def test_between_two_places_with_one_gate_it_walks(cars):
    assert cars.route(Spot(LANE_IN, 50_000), Spot(YARD_OUT, 10_000), band=0, closed=OPEN) == Route(
        (LANE_IN, YARD_IN), 50_000, 30_000, 80 * SECOND, 0
    )
    assert cars.route(Spot(YARD_IN, 30_000), Spot(LANE_IN, 50_000), band=0, closed=OPEN) == Route(
        (YARD_OUT, LANE_OUT), 10_000, 50_000, 80 * SECOND, 0
    )
    assert cars.route(Spot(LANE_IN, 70_000), Spot(LANE_IN, 20_000), band=0, closed=OPEN).edges == (LANE_OUT,)
    assert cars.route(Spot(LANE_IN, 20_000), Spot(LANE_OUT, 30_000), band=0, closed=OPEN) == Route(
        (LANE_IN,), 20_000, 70_000, 50 * SECOND, 0
    )


def test_a_car_at_the_gate_need_not_drive(cars):
    route = cars.route(Spot(4, 0), Spot(LANE_IN, 60_000), band=0, closed=OPEN)
    assert route == Route((LANE_IN,), 0, 60_000, 60 * SECOND, 0)
    assert cars.route(Spot(LANE_IN, 60_000), Spot(2, 100_000), band=0, closed=OPEN).travel_us == 60 * SECOND


def test_a_car_does_not_turn_round_in_a_one_way_street_that_walkers_use_both_ways(cars, walkers):
    assert cars.route(Spot(0, 70_000), Spot(0, 20_000), band=0, closed=OPEN).edges == (0, 2, 4, 6, 0)
    assert walkers.route(Spot(0, 70_000), Spot(0, 20_000), band=0, closed=OPEN) == Route(
        (1,), 30_000, 80_000, 50 * SECOND, 0
    )


def test_a_place_named_by_the_direction_that_is_closed_to_cars_is_on_the_other(cars):
    assert cars.route(Spot(1, 30_000), Spot(3, 40_000), band=0, closed=OPEN) == Route(
        (0, 2), 70_000, 60_000, 9 * SECOND, 0
    )
    assert first(cars, Spot(3, 40_000), [Spot(1, 30_000), Spot(0, 0)]) == [(0, 9), (1, 16)]


def test_the_walk_to_the_car_counts_and_so_does_the_walk_from_it(cars):
    spots = [Spot(LANE_IN, 40_000), Spot(0, 0), Spot(-1, 0)]
    assert first(cars, Spot(4, 50_000), spots) == [(1, 25), (0, 45)]
    assert first(cars, Spot(4, 50_000), spots, delays_s=[0, 30, 0]) == [(0, 45), (1, 55)]
    assert first(cars, Spot(YARD_IN, 40_000), spots) == [(0, 100), (1, 160)]
    assert first(cars, Spot(YARD_IN, 40_000), spots, k=1) == [(0, 100)]


def test_getting_up_to_speed_is_part_of_the_whole_trip():
    router = Router(BLOCK, TravelModel.free_flow(ramp_s=4.0), foot=FOOT)
    assert first(router, Spot(LANE_IN, 10_000), [Spot(0, 0), Spot(LANE_IN, 9_000)]) == [(1, 4), (0, 34)]
    assert router.driving_us(30 * SECOND) == 34 * SECOND


def test_who_is_first_once_up_to_speed_is_found_behind_many_who_are_first_without_it():
    router = Router(BLOCK, TravelModel.free_flow(ramp_s=30.0), foot=FOOT)
    far, near = [Spot(6, 0)] * 9, Spot(4, 0)
    assert first(router, Spot(LANE_IN, 1_000), [*far, near], delays_s=[0] * 9 + [32], k=2) == [(9, 42), (0, 61)]


def test_with_a_lane_closed_nobody_is_sent_in_but_who_is_there_may_leave(cars):
    closed = frozenset({LANE_IN, LANE_OUT})
    with pytest.raises(NoRouteError):
        cars.route(Spot(0, 0), Spot(YARD_IN, 0), band=0, closed=closed)
    assert first(cars, Spot(YARD_IN, 0), [Spot(0, 0)], closed=closed) == []
    assert cars.route(Spot(LANE_IN, 10_000), Spot(4, 0), band=0, closed=closed).travel_us == 10 * SECOND
    with pytest.raises(NoRouteError):
        cars.route(Spot(YARD_IN, 10_000), Spot(4, 0), band=0, closed=closed)


def test_a_gate_that_a_closure_shuts_in_lets_nobody_through(cars):
    with pytest.raises(NoRouteError):
        cars.route(Spot(0, 0), Spot(LANE_IN, 50_000), band=0, closed=frozenset({4, 5}))
    assert first(cars, Spot(0, 0), [Spot(LANE_IN, 50_000), Spot(6, 0)], closed=frozenset({4, 5})) == [(1, 10)]
    assert first(cars, Spot(LANE_IN, 0), [Spot(LANE_IN, 50_000), Spot(6, 0)], closed=frozenset({4, 5})) == [(0, 50)]


def test_a_gate_is_open_while_one_street_leads_in_and_one_leads_out():
    network = network_of([*SIDES, *LANES, (2, 0, 100.0, ALL_BITS, ALL_BITS)])
    router, closed = Router(network, TravelModel.free_flow(), foot=FOOT), frozenset({2, 3, 4, 5})
    assert router.route(Spot(6, 50_000), Spot(LANE_IN, 0), band=0, closed=closed).edges == (6, 13, LANE_IN)
    assert router.route(Spot(LANE_IN, 0), Spot(0, 50_000), band=0, closed=closed).edges == (LANE_OUT, 12, 0)
    assert first(router, Spot(0, 50_000), [Spot(LANE_IN, 10_000)], closed=closed) == [(0, 25)]


def test_the_way_home_into_a_lane_is_the_way_also_when_a_tree_is_grown_for_it(cars):
    home = Spot(LANE_IN, 30_000)
    for _ in range(8):
        for origin in (Spot(0, 10_000), Spot(YARD_IN, 20_000), Spot(5, 10_000)):
            assert cars.route_home(origin, home, band=0, closed=OPEN) == cars.route(origin, home, band=0, closed=OPEN)


def test_under_way_a_unit_drives_then_walks(cars):
    route = cars.route(Spot(0, 0), Spot(LANE_IN, 60_000), band=0, closed=OPEN)
    leg = Leg(route, 0, 80 * SECOND)
    assert cars.spot_at(leg, 15 * SECOND) == Spot(2, 50_000)
    assert cars.spot_at(leg, 50 * SECOND) == Spot(LANE_IN, 30_000)
    assert cars.rest_of(leg, 50 * SECOND) == Route((LANE_IN,), 30_000, 60_000, 30 * SECOND, 0)


def test_of_two_gates_equally_near_the_one_by_the_lower_edge_is_taken_from_wherever_one_asks(cars):
    network = network_of([*SIDES, (0, 2, 100.0, WALK_BIT, WALK_BIT)], n_nodes=4)
    router = Router(network, TravelModel.free_flow(), foot=FOOT)
    for middle in (Spot(8, 50_000), Spot(9, 50_000)):
        assert router.route(Spot(2, 0), middle, band=0, closed=OPEN).edges == (2, 4, 6, 8)


def test_nobody_walks_where_walking_is_not_allowed():
    bypass = [(0, 1, 300.0, CAR_BIT, CAR_BIT)]
    network = network_of([*SIDES, *bypass], n_nodes=4)
    walkers = Router(network, FOOT, mode=WALK)
    with pytest.raises(NoRouteError):
        walkers.route(Spot(0, 0), Spot(8, 100_000), band=0, closed=OPEN)
    assert first(walkers, Spot(8, 100_000), [Spot(0, 0)]) == []
    assert walkers.route_home(Spot(0, 0), Spot(2, 0), band=0, closed=OPEN).edges == (0, 2)
    with pytest.raises(NoRouteError):
        walkers.route_home(Spot(0, 0), Spot(8, 100_000), band=0, closed=OPEN)


def test_where_everybody_may_go_everywhere_nothing_stands_between_router_and_search():
    network = network_of([(corner, (corner + 1) % 4, 100.0, ALL_BITS, 0) for corner in range(4)], n_nodes=4)
    for mode in (CAR, E_BIKE, WALK):
        router = Router(network, TravelModel.free_flow(), mode=mode, search=CompiledSearch)
        assert isinstance(router._search, CompiledSearch)


def test_in_a_city_of_lanes_alone_cars_get_nowhere():
    router = Router(network_of(LANES[1:], n_nodes=6), TravelModel.free_flow())
    with pytest.raises(NoRouteError):
        router.route(Spot(0, 0), Spot(1, 0), band=0, closed=OPEN)


def test_those_on_foot_have_the_bands_of_the_others_or_one():
    bands = TravelModel((0, 1) * (HOURS_A_WEEK // 2), np.array([[1.0], [0.5]]) * np.ones(len(CLASSES)), mps=1.0)
    with pytest.raises(RoadError, match="2 time bands on foot, and 1"):
        Router(BLOCK, TravelModel.free_flow(), foot=bands)
    slow = Router(BLOCK, bands, mode=E_BIKE, foot=bands)
    goal = Spot(LANE_IN, 10_000)
    assert [slow.route(Spot(4, 0), goal, band=band, closed=OPEN).travel_us // SECOND for band in (0, 1)] == [10, 20]


# ----------------------------------------------------------------------------------------------- what a network keeps


def test_cars_keep_the_streets_from_which_they_come_back_and_walkers_all():
    trap = (2, 4, 100.0, ALL_BITS, WALK_BIT)
    network, report = built([*SIDES, trap], n_nodes=5)
    assert (network.n_nodes, network.n_edges) == (5, 10)
    assert network.modes[8:].tolist() == [WALK_BIT, WALK_BIT]
    assert report.n_edges_by_mode == (4, 4, 10)
    assert "4 edges are open to cars, 4 to e-bikes and 10 to walkers" in report.lines()


def test_a_direction_open_to_nobody_is_dropped_and_its_twin_is_alone():
    dead_end = (2, 4, 100.0, CAR_BIT, 0)
    one_way_home = (4, 0, 100.0, CAR_BIT, WALK_BIT)
    network, report = built([*SIDES, dead_end, one_way_home], n_nodes=5)
    assert network.n_nodes == 5
    assert network.modes[8:].tolist() == [CAR_BIT, CAR_BIT]
    assert network.twin[8:].tolist() == [-1, -1]
    assert (report.n_edges_read, report.n_edges, report.n_edges_dropped) == (11, 10, 1)


def test_what_is_held_together_only_by_changing_modes_falls_apart_until_each_mode_comes_back():
    there_on_foot, back_by_car = (2, 4, 100.0, WALK_BIT, 0), (4, 0, 100.0, CAR_BIT, 0)
    network, report = built([*SIDES, there_on_foot, back_by_car], n_nodes=5)
    assert (network.n_nodes, network.n_edges) == (4, 8)
    assert (report.n_nodes_read, report.n_nodes_apart) == (5, 1)
    assert (report.n_nodes_no_return, report.n_nodes_no_access) == (0, 0)


@pytest.mark.parametrize("modes", [8, -1, 255])
def test_an_edge_open_to_nobody_known_is_refused(modes):
    with pytest.raises(RoadError, match=r"edge 0.*modes must be 1 to 7"):
        built([(0, 1, 100.0, modes, ALL_BITS)], n_nodes=2)
