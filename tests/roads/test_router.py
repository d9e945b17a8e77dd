"""The router on a street one can count on one's fingers: turning, closures, ties, going round, and being under way.

Four corners of a block, 100 m apart, 10 m/s (10 s a side): 0 → 1 → 2 → 3 → 0. Sides 0–1 and 2–3 are two-way (edges
0 and 4, 2 and 5), 1 → 2 and 3 → 0 (edges 1 and 3) are one-way.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tests.roads.streets import CRS, EAST_M, NORTH_M
from twin.domain.quantities import SECOND
from twin.domain.route import Leg, Route, Spot
from twin.errors import NoRouteError, RoadError
from twin.roads.build import RawEdges, RawNodes, build_network
from twin.roads.fallback import ScipySearch
from twin.roads.router import NoTravel, Router, default_search
from twin.roads.search import CompiledSearch, warm
from twin.roads.travel import TravelModel

OPEN: frozenset[int] = frozenset()


def block():
    x, y = EAST_M + np.array([0.0, 100, 100, 0]), NORTH_M + np.array([0.0, 0, 100, 100])
    tail, head = np.array([0, 1, 2, 3, 1, 3]), np.array([1, 2, 3, 0, 0, 2])
    network, _ = build_network(
        RawNodes(lon=x / 1e5, lat=y / 1e6, x=x, y=y),
        RawEdges(
            tail=tail,
            head=head,
            length_mm=np.full(6, 100_000),
            road_class=np.zeros(6, np.uint8),
            speed_mps=np.full(6, 10.0),
            twin=np.array([4, -1, 5, -1, 0, 2]),
            street=np.zeros(6, np.int32),
            modes=np.full(6, 7, np.uint8),
            shape_start=np.arange(0, 13, 2),
            shape_x=np.column_stack([x[tail], x[head]]).ravel(),
            shape_y=np.column_stack([y[tail], y[head]]).ravel(),
        ),
        crs=CRS,
    )
    return network


@pytest.fixture(scope="module", params=[CompiledSearch, ScipySearch])
def router(request):
    return Router(block(), TravelModel.free_flow(), search=request.param)


def first(router, goal, spots, *, delays_s=None, able=None, closed=OPEN, k=1):
    return router.first_reached(
        goal,
        edges=np.array([spot.edge for spot in spots], np.int64),
        offsets_mm=np.array([spot.offset_mm for spot in spots], np.int64),
        delays_us=np.array(delays_s or [0] * len(spots), np.int64) * SECOND,
        able=np.array(able or [True] * len(spots), np.bool_),
        band=0,
        closed=closed,
        k=k,
    )


def test_a_unit_goes_on_to_a_goal_ahead(router):
    assert router.route(Spot(0, 20_000), Spot(0, 70_000), band=0, closed=OPEN) == Route(
        (0,), 20_000, 70_000, 5 * SECOND, 0
    )


def test_a_unit_turns_round_to_a_goal_behind(router):
    assert router.route(Spot(0, 70_000), Spot(0, 20_000), band=0, closed=OPEN) == Route(
        (4,), 30_000, 80_000, 5 * SECOND, 0
    )


def test_on_a_one_way_street_a_goal_behind_is_reached_all_the_way_round(router):
    route = router.route(Spot(1, 70_000), Spot(1, 20_000), band=0, closed=OPEN)
    assert route == Route((1, 2, 3, 0, 1), 70_000, 20_000, 35 * SECOND, 0)


def test_where_it_stands_already_a_unit_needs_no_time(router):
    assert router.route(Spot(1, 70_000), Spot(1, 70_000), band=0, closed=OPEN) == Route((1,), 70_000, 70_000, 0, 0)


def test_the_same_place_has_a_name_in_both_directions(router):
    assert router.route(Spot(4, 30_000), Spot(0, 70_000), band=0, closed=OPEN) == Route((4,), 30_000, 30_000, 0, 0)


def test_a_closed_street_is_gone_round(router):
    closed = frozenset({0, 4})
    assert router.route(Spot(5, 50_000), Spot(3, 50_000), band=0, closed=closed).edges == (2, 3)
    with pytest.raises(NoRouteError, match="edge 3 at 50000 mm"):
        router.route(Spot(3, 50_000), Spot(1, 50_000), band=0, closed=closed)


def test_nobody_is_sent_into_a_closed_street_from_outside(router):
    closed = frozenset({1})
    assert first(router, Spot(1, 50_000), [Spot(0, 0), Spot(2, 0)], closed=closed, k=2) == []


def test_a_unit_caught_on_a_closed_street_may_leave_it_either_way(router):
    closed = frozenset({0, 4})
    assert router.route(Spot(0, 60_000), Spot(1, 50_000), band=0, closed=closed).travel_us == 9 * SECOND
    assert router.route(Spot(4, 60_000), Spot(1, 50_000), band=0, closed=closed).edges == (0, 1)


def test_a_unit_on_an_open_lane_does_not_turn_onto_a_closed_one(router):
    assert router.route(Spot(0, 70_000), Spot(0, 20_000), band=0, closed=frozenset({4})).edges == (0, 1, 2, 3, 0)


def test_the_nearest_by_time_comes_first_then_the_lower_number(router):
    spots = [Spot(3, 0), Spot(0, 90_000), Spot(0, 50_000), Spot(4, 50_000)]
    assert [(found.unit, found.arrival_us // SECOND) for found in first(router, Spot(1, 0), spots, k=9)] == [
        (1, 1),
        (2, 5),
        (3, 5),
        (0, 20),
    ]


def test_turnout_counts(router):
    spots = [Spot(0, 90_000), Spot(0, 10_000)]
    assert [found.unit for found in first(router, Spot(1, 0), spots, delays_s=[60, 0])] == [1]
    assert [found.unit for found in first(router, Spot(1, 0), spots, delays_s=[8, 0], k=2)] == [0, 1]


def test_only_able_units_are_chosen_and_units_off_the_roads_are_not(router):
    spots = [Spot(0, 90_000), Spot(0, 10_000), Spot(-1, 0)]
    assert [found.unit for found in first(router, Spot(1, 0), spots, able=[False, True, True], k=3)] == [1]
    assert first(router, Spot(1, 0), spots, able=[False] * 3) == []
    assert first(router, Spot(1, 0), []) == []


def test_units_that_moved_since_the_last_question_are_found_where_they_are(router):
    for edge in (0, 1, 2, 3, 2, 5, 4, 0, -1, 1):
        found = first(router, Spot(1, 50_000), [Spot(edge, 50_000), Spot(3, 0)])
        away = {-1: 99, 0: 10, 1: 0, 2: 30, 3: 20, 4: 10, 5: 30}[edge]
        assert found[0].arrival_us == min(away, 25) * SECOND


def test_the_law_of_acceleration_adds_to_the_arrival_but_not_to_the_route():
    router = Router(block(), TravelModel.free_flow(ramp_s=4.0))
    near, far = first(router, Spot(0, 50_000), [Spot(0, 40_000), Spot(3, 50_000)], k=2)
    assert (near.route.travel_us, near.arrival_us) == (SECOND, 4 * SECOND)
    assert (far.route.travel_us, far.arrival_us) == (10 * SECOND, 14 * SECOND)


def test_the_way_home_is_the_way(router):
    for edge in range(6):
        origin, home = Spot(edge, 30_000), Spot(2, 80_000)
        assert router.route_home(origin, home, band=0, closed=OPEN) == router.route(origin, home, band=0, closed=OPEN)
    with pytest.raises(NoRouteError):
        router.route_home(Spot(3, 0), Spot(2, 0), band=0, closed=frozenset({1, 2, 5}))


def test_a_unit_under_way_is_where_its_share_of_time_has_brought_it(router):
    leg = Leg(router.route(Spot(0, 50_000), Spot(2, 50_000), band=0, closed=OPEN), 100 * SECOND, 140 * SECOND)
    assert router.spot_at(leg, 0) == Spot(0, 50_000)
    assert router.spot_at(leg, 100 * SECOND) == Spot(0, 50_000)
    assert router.spot_at(leg, 110 * SECOND) == Spot(0, 100_000)
    assert router.spot_at(leg, 115 * SECOND) == Spot(1, 25_000)
    assert router.spot_at(leg, 140 * SECOND) == router.spot_at(leg, 999 * SECOND) == Spot(2, 50_000)


def test_a_leg_that_takes_no_time_ends_at_its_goal(router):
    stay = router.route(Spot(1, 5), Spot(1, 5), band=0, closed=OPEN)
    assert router.spot_at(Leg(stay, 7, 7), 7) == Spot(1, 5)
    assert router.spot_at(Leg(stay, 7, 9), 8) == Spot(1, 5)


def test_results_longer_than_the_room_for_them_are_still_whole():
    x = EAST_M + np.arange(6_000.0)
    tail = np.arange(6_000, dtype=np.int32)
    network, _ = build_network(
        RawNodes(lon=x / 1e5, lat=x / 1e5, x=x, y=x),
        RawEdges(
            tail=tail,
            head=np.roll(tail, -1),
            length_mm=np.full(6_000, 1_000),
            road_class=np.zeros(6_000, np.uint8),
            speed_mps=np.full(6_000, 1.0),
            twin=np.full(6_000, -1),
            street=np.zeros(6_000, np.int32),
            modes=np.full(6_000, 7, np.uint8),
            shape_start=2 * np.arange(6_001),
            shape_x=np.repeat(x, 2),
            shape_y=np.repeat(x, 2),
        ),
        crs=CRS,
    )
    router = Router(network, TravelModel.free_flow(), search=CompiledSearch)
    around = router.route(Spot(0, 500), Spot(0, 0), band=0, closed=OPEN)
    assert (len(around.edges), around.travel_us) == (6_001, 5_999_500_000)
    assert router.route_home(Spot(0, 500), Spot(0, 0), band=0, closed=OPEN) == around
    assert first(router, Spot(0, 0), [Spot(0, 500), Spot(1, 0)], k=2)[1].route == around


def test_columns_that_do_not_fit_are_refused_before_they_are_read():
    router = Router(block(), TravelModel.free_flow(), search=CompiledSearch)
    with pytest.raises(IndexError, match="edge that the network does not have"):
        first(router, Spot(0, 0), [Spot(6, 0)])
    with pytest.raises(ValueError, match="not equally long"):
        first(router, Spot(0, 0), [Spot(1, 0)], able=[True, True])


def test_a_time_band_nobody_knows_is_refused(router):
    with pytest.raises(RoadError, match="no time band 7"):
        router.route(Spot(0, 0), Spot(1, 0), band=7, closed=OPEN)


def test_without_numba_the_roads_are_searched_with_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "twin.roads.search", None)
    assert default_search() is ScipySearch


def test_with_numba_the_compiled_search_is_used_and_each_part_is_compiled_for_one_set_of_types():
    assert default_search() is CompiledSearch
    assert warm() == 3


def test_where_there_is_no_travel_the_soonest_ready_come_by_number():
    none, goal, zeros = NoTravel(), Spot(0, 0), np.zeros(4, np.int64)
    found = none.first_reached(
        goal,
        edges=zeros,
        offsets_mm=zeros,
        delays_us=np.array([5, 0, 5, 0]),
        able=np.array([True, False, True, True]),
        band=0,
        closed=OPEN,
        k=2,
    )
    assert [(reached.unit, reached.arrival_us) for reached in found] == [(3, 0), (0, 5)]
    stay = none.route(goal, goal, band=0, closed=OPEN)
    assert stay == none.route_home(goal, goal, band=0, closed=OPEN) == found[0].route == Route((0,), 0, 0, 0, 0)
    assert none.spot_at(Leg(stay, 0, 0), 0) == goal
