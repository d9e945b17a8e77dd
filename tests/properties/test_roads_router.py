"""Routing against brute force and an independent oracle, on random towns with one-ways, closures, ties and turnout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.roads.streets import town
from twin.domain.route import Leg, Spot
from twin.errors import NoRouteError
from twin.roads.fallback import ScipySearch
from twin.roads.network import CLASSES, RoadNetwork
from twin.roads.router import Router
from twin.roads.search import CompiledSearch
from twin.roads.travel import MAX_RAMP_S, TravelModel, with_ramp

SEARCHES = (CompiledSearch, ScipySearch)
RAMPS_S = (0.0, 8.333, 60.0)


@cache
def roads(seed: int) -> RoadNetwork:
    return town(2 + seed % 4, 2 + seed // 4 % 4, seed=seed, one_way_share=0.15 * (seed % 5))


@cache
def router(seed: int, search, ramp_s: float) -> Router:
    factor = np.array([np.ones(len(CLASSES)), np.linspace(0.5, 1.4, len(CLASSES))])
    return Router(roads(seed), TravelModel((0, 1) * 84, factor, ramp_s), search=search)


@dataclass(frozen=True)
class Question:
    """A town, a goal, closures, and units; several units may stand on one spot, so that there are ties."""

    seed: int
    ramp_s: float
    band: int
    closed: frozenset[int]
    goal: Spot
    spots: tuple[Spot, ...]
    delays_us: tuple[int, ...]
    able: tuple[bool, ...]

    def router(self, search) -> Router:
        return router(self.seed, search, self.ramp_s)

    def way(self, search, unit: int):
        return self.router(search).route(self.spots[unit], self.goal, band=self.band, closed=self.closed)

    def first(self, search, k: int):
        return self.first_by(self.router(search), k)

    def first_by(self, router: Router, k: int):
        return router.first_reached(
            self.goal,
            edges=np.array([spot.edge for spot in self.spots], np.int64),
            offsets_mm=np.array([spot.offset_mm for spot in self.spots], np.int64),
            delays_us=np.array(self.delays_us, np.int64),
            able=np.array(self.able, np.bool_),
            band=self.band,
            closed=self.closed,
            k=k,
        )


@st.composite
def spots(draw, network: RoadNetwork) -> Spot:
    edge = draw(st.integers(0, network.n_edges - 1))
    length = int(network.length_mm[edge])
    return Spot(edge, draw(st.sampled_from((0, length, length // 2)) | st.integers(0, length)))


@st.composite
def closures(draw, network: RoadNetwork) -> frozenset[int]:
    """Some streets closed both ways, some only one way."""
    edges = draw(st.sets(st.integers(0, network.n_edges - 1), max_size=4))
    both_ways = draw(st.booleans())
    twins = {int(network.twin[edge]) for edge in sorted(edges)} - {-1}
    return frozenset(edges | twins if both_ways else edges)


@st.composite
def questions(draw, max_units: int = 12) -> Question:
    seed = draw(st.integers(0, 39))
    network = roads(seed)
    stands = draw(st.lists(spots(network), min_size=1, max_size=max_units))
    units = draw(st.lists(st.sampled_from(stands), min_size=1, max_size=max_units))
    n_units = len(units)
    return Question(
        seed=seed,
        ramp_s=draw(st.sampled_from(RAMPS_S)),
        band=draw(st.integers(0, 1)),
        closed=draw(closures(network)),
        goal=draw(spots(network)),
        spots=tuple(units),
        delays_us=tuple(draw(st.lists(st.sampled_from((0, 0, 1, 5_000_000)), min_size=n_units, max_size=n_units))),
        able=tuple(draw(st.lists(st.booleans(), min_size=n_units, max_size=n_units))),
    )


def fastest_us(question: Question, unit: int) -> int | None:
    """The oracle: a graph of its own, in which every street is cut where the unit stands and where the goal lies."""
    network, goal, origin = roads(question.seed), question.goal, question.spots[unit]
    us = question.router(CompiledSearch).travel.edge_us(network)[question.band]
    goals = {(goal.edge, goal.offset_mm)}
    if (twin := int(network.twin[goal.edge])) >= 0:
        goals.add((twin, int(network.length_mm[twin]) - goal.offset_mm))
    starts = {(origin.edge, origin.offset_mm)}
    if (twin := int(network.twin[origin.edge])) >= 0 and (
        twin not in question.closed or origin.edge in question.closed
    ):
        starts.add((twin, int(network.length_mm[twin]) - origin.offset_mm))
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))

    def part(edge: int, mm: int) -> int:
        return int(us[edge]) * mm // int(network.length_mm[edge])

    for edge in range(network.n_edges):
        tail, head, whole = int(network.tail[edge]), int(network.head[edge]), int(us[edge])
        goals_here = [mm for other, mm in sorted(goals) if other == edge]
        starts_here = [mm for other, mm in sorted(starts) if other == edge]
        if edge not in question.closed:
            graph.add_edge(tail, head, us=whole)
            for mm in goals_here:
                graph.add_edge(tail, "goal", us=part(edge, mm))
        for mm in starts_here:
            graph.add_edge("start", head, us=whole - part(edge, mm))
            for goal_mm in goals_here:
                if mm <= goal_mm:
                    graph.add_edge("start", "goal", us=part(edge, goal_mm) - part(edge, mm))
    try:
        return int(nx.shortest_path_length(graph, "start", "goal", weight="us"))
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return None


def check_way(question: Question, unit: int, route) -> None:
    """The edges of a route follow each other, are open, and take exactly the time the route names."""
    network, origin, goal = roads(question.seed), question.spots[unit], question.goal
    us = question.router(CompiledSearch).travel.edge_us(network)[question.band]
    edges = list(route.edges)
    assert edges[0] in (origin.edge, int(network.twin[origin.edge]))
    assert route.start_mm == (
        origin.offset_mm if edges[0] == origin.edge else int(network.length_mm[origin.edge]) - origin.offset_mm
    )
    assert edges[-1] in (goal.edge, int(network.twin[goal.edge]))
    assert route.end_mm == (
        goal.offset_mm if edges[-1] == goal.edge else int(network.length_mm[goal.edge]) - goal.offset_mm
    )
    assert all(network.head[one] == network.tail[next_] for one, next_ in pairwise(edges))
    assert not question.closed & frozenset(edges[1:])
    start = int(us[edges[0]]) * route.start_mm // int(network.length_mm[edges[0]])
    end = int(us[edges[-1]]) * route.end_mm // int(network.length_mm[edges[-1]])
    assert route.travel_us == sum(int(us[edge]) for edge in edges[:-1]) + end - start


@given(questions(max_units=3))
def test_a_route_is_as_fast_as_the_shortest_path_of_an_independent_graph(question):
    expected = fastest_us(question, 0)
    for search in SEARCHES:
        if expected is None:
            with pytest.raises(NoRouteError):
                question.way(search, 0)
        else:
            route = question.way(search, 0)
            assert route.travel_us == expected
            check_way(question, 0, route)


@given(questions(max_units=3))
def test_both_searches_take_the_same_way_and_so_does_a_unit_that_returns_there_often(question):
    origin, goal, band, closed = question.spots[0], question.goal, question.band, question.closed
    ways = set()
    for search in SEARCHES:
        for ask in (question.router(search).route, question.router(search).route_home):
            try:
                ways.add(ask(origin, goal, band=band, closed=closed))
            except NoRouteError:
                ways.add(None)
    assert len(ways) == 1


@given(questions(), st.integers(1, 4))
def test_the_first_units_reached_are_those_that_trying_all_of_them_finds(question, k):
    arrivals = []
    for unit in range(len(question.spots)):
        travel_us = fastest_us(question, unit)
        if question.able[unit] and travel_us is not None:
            ramp_us = question.router(CompiledSearch).travel.ramp_us
            arrivals.append((question.delays_us[unit] + with_ramp(travel_us, ramp_us=ramp_us), unit))
    for search in SEARCHES:
        found = question.first(search, k)
        assert [(reached.arrival_us, reached.unit) for reached in found] == sorted(arrivals)[:k]
        for reached in found:
            assert reached.route == question.way(search, reached.unit)


@given(questions(), questions(), st.integers(1, 3))
def test_an_answer_does_not_depend_on_what_was_asked_before(one, other, k):
    fresh = Router(roads(one.seed), router(one.seed, CompiledSearch, one.ramp_s).travel, search=CompiledSearch)
    other.first(CompiledSearch, k)
    assert one.first_by(fresh, k) == one.first(CompiledSearch, k)


@given(questions(), st.data())
def test_units_are_found_where_they_are_while_all_of_them_move(question, data):
    """The lists of units by street are kept between calls; they must follow every move, also onto and off the roads."""
    lasting = question.router(CompiledSearch)
    check = question.router(ScipySearch)
    network, n_units = roads(question.seed), len(question.spots)
    edges = np.array([spot.edge for spot in question.spots], np.int64)
    offsets = np.array([spot.offset_mm for spot in question.spots], np.int64)
    able, delays = np.ones(n_units, np.bool_), np.array(question.delays_us, np.int64)
    for _ in range(5):
        unit = data.draw(st.integers(0, n_units - 1))
        edges[unit] = data.draw(st.integers(-1, network.n_edges - 1))
        offsets[unit] = 0 if edges[unit] < 0 else data.draw(st.integers(0, int(network.length_mm[edges[unit]])))
        answers = [
            which.first_reached(
                question.goal,
                edges=edges,
                offsets_mm=offsets,
                delays_us=delays,
                able=able,
                band=question.band,
                closed=question.closed,
                k=3,
            )
            for which in (lasting, check)
        ]
        assert answers[0] == answers[1]


def done_us(question: Question, route, spot: Spot, *, place: int) -> int:
    """Expected time from the route's start to a spot on its edge number `place`."""
    network = roads(question.seed)
    us = question.router(CompiledSearch).travel.edge_us(network)[question.band]
    start = int(us[route.edges[0]]) * route.start_mm // int(network.length_mm[route.edges[0]])
    here = int(us[spot.edge]) * spot.offset_mm // int(network.length_mm[spot.edge])
    return sum(int(us[edge]) for edge in route.edges[:place]) + here - start


@given(questions(max_units=1), st.integers(1, 10_000_000_000), st.lists(st.floats(-0.1, 1.1), max_size=6))
def test_a_unit_under_way_is_on_its_route_moves_forward_and_arrives(question, lasts_us, shares):
    expected = fastest_us(question, 0)
    assume(expected is not None)
    route = question.way(CompiledSearch, 0)
    leg = Leg(route, 1_000, 1_000 + lasts_us)
    ways = question.router(CompiledSearch)
    assert ways.spot_at(leg, leg.departed_at) == Spot(route.edges[0], route.start_mm)
    assert ways.spot_at(leg, leg.arrives_at) == route.goal
    place, before = 0, -1
    for share in sorted(shares):
        at = 1_000 + round(share * lasts_us)
        spot = ways.spot_at(leg, at)
        place = route.edges.index(spot.edge, 0 if len(route.edges) == 1 or share <= 0 else place)
        if place == 0 and (share >= 1 or (spot.edge == route.edges[-1] and spot.offset_mm < route.start_mm)):
            place = len(route.edges) - 1
        done = done_us(question, route, spot, place=place)
        assert done >= before
        due = min(max(at - 1_000, 0), lasts_us) * route.travel_us // lasts_us
        slowest = max(us_a_millimetre(question, edge) for edge in route.edges)
        assert abs(done - due) <= slowest + 1
        before = done


def us_a_millimetre(question: Question, edge: int) -> int:
    network = roads(question.seed)
    us = question.router(CompiledSearch).travel.edge_us(network)[question.band]
    return int(us[edge]) // int(network.length_mm[edge]) + 1


@given(st.integers(0, 10**10), st.integers(0, 10**10), st.integers(0, round(MAX_RAMP_S * 1e6)))
@example(10**9 - 1, 10**9, 10**9)
def test_the_law_of_acceleration_is_monotone_and_compiled_to_the_same_microsecond(one_us, other_us, ramp_us):
    from twin.roads.kernels import with_ramp as compiled_with_ramp

    shorter, longer = sorted((one_us, other_us))
    assert with_ramp(shorter, ramp_us=ramp_us) <= with_ramp(longer, ramp_us=ramp_us)
    assert with_ramp(shorter, ramp_us=ramp_us) == compiled_with_ramp(shorter, ramp_us)
    assert shorter <= with_ramp(shorter, ramp_us=ramp_us) <= shorter + ramp_us
