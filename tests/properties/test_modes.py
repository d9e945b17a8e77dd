"""Modes against an independent oracle: each keeps to its own streets, and from the gate on the way is walked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.roads.streets import quarter
from twin.domain.mode import BIT, CAR, MODES, WALK, WALK_BIT, Mode
from twin.domain.route import Leg, Route, Spot
from twin.errors import NoRouteError
from twin.roads.fallback import ScipySearch
from twin.roads.network import CLASSES, RoadNetwork
from twin.roads.router import Router
from twin.roads.search import CompiledSearch
from twin.roads.travel import TravelModel, with_ramp

SEARCHES = (CompiledSearch, ScipySearch)
BANDS = (0, 1) * 84
FACTOR = np.array([np.ones(len(CLASSES)), np.linspace(0.5, 1.4, len(CLASSES))])
FOOT = TravelModel(BANDS, FACTOR[:, ::-1].copy(), mps=1.2)
Graph = nx.MultiDiGraph


@cache
def roads(seed: int) -> RoadNetwork:
    return quarter(3 + seed % 3, 3 + seed // 3 % 3, seed=seed)


@cache
def router(seed: int, mode: Mode, search) -> Router:
    travel = TravelModel(BANDS, FACTOR, ramp_s=8.0) if mode is CAR else TravelModel(BANDS, FACTOR, mps=4.2)
    return Router(roads(seed), FOOT if mode is WALK else travel, mode=mode, foot=FOOT, search=search)


@dataclass(frozen=True)
class Question:
    """A town, a mode, places of units and of the goal, and closures."""

    seed: int
    mode: Mode
    band: int
    closed: frozenset[int]
    goal: Spot
    spots: tuple[Spot, ...]
    delays_us: tuple[int, ...]

    @property
    def network(self) -> RoadNetwork:
        return roads(self.seed)

    def may_use(self, edge: int) -> bool:
        return bool(self.network.modes[edge] & BIT[self.mode])

    def route(self, search, unit: int) -> Route | None:
        which, origin = router(self.seed, self.mode, search), self.spots[unit]
        try:
            return which.route(origin, self.goal, band=self.band, closed=self.closed)
        except NoRouteError:
            return None

    def us(self, band: int) -> np.ndarray:
        """Time along each edge: on wheels on the mode's own streets, on foot elsewhere."""
        ways = router(self.seed, self.mode, ScipySearch)
        own = (self.network.modes & BIT[self.mode]) > 0
        return np.where(own, ways.travel.edge_us(self.network)[band], FOOT.edge_us(self.network)[band])


@st.composite
def spots(draw, network: RoadNetwork) -> Spot:
    edge = draw(st.integers(0, network.n_edges - 1))
    length = int(network.length_mm[edge])
    return Spot(edge, draw(st.sampled_from((0, length)) | st.integers(0, length)))


@st.composite
def questions(draw, max_units: int = 8) -> Question:
    seed = draw(st.integers(0, 29))
    network = roads(seed)
    n_units = draw(st.integers(1, max_units))
    closed = draw(st.sets(st.integers(0, network.n_edges - 1), max_size=3))
    both_ways = {int(network.twin[edge]) for edge in sorted(closed)} - {-1}
    return Question(
        seed=seed,
        mode=draw(st.sampled_from(MODES)),
        band=draw(st.integers(0, 1)),
        closed=frozenset(closed | both_ways),
        goal=draw(spots(network)),
        spots=tuple(draw(st.lists(spots(network), min_size=n_units, max_size=n_units))),
        delays_us=tuple(draw(st.lists(st.sampled_from((0, 1, 30_000_000)), min_size=n_units, max_size=n_units))),
    )


def names(network: RoadNetwork, spot: Spot) -> list[Spot]:
    """A place by both directions of its street."""
    twin = int(network.twin[spot.edge])
    other = [] if twin < 0 else [Spot(twin, int(network.length_mm[twin]) - spot.offset_mm)]
    return [spot, *other]


def in_a_lane(question: Question, spot: Spot) -> bool:
    return not any(question.may_use(name.edge) for name in names(question.network, spot))


def lane_graph(question: Question, *places: Spot) -> Graph:
    """Streets that are walked both ways and closed to the mode, from junction to junction, and to places on them."""
    network, us = question.network, question.us(0)
    graph: Graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.n_nodes))
    for edge in range(network.n_edges):
        twin = int(network.twin[edge])
        if twin < 0 or question.may_use(edge) or question.may_use(twin):
            continue
        if not network.modes[edge] & network.modes[twin] & WALK_BIT:
            continue
        graph.add_edge(int(network.tail[edge]), int(network.head[edge]), us=int(us[edge]))
        for place in places:
            for name in names(network, place):
                if name.edge == edge:
                    part = int(us[edge]) * name.offset_mm // int(network.length_mm[edge])
                    graph.add_edge(int(network.tail[edge]), place, us=part)
    return graph


def gate_of(question: Question, spot: Spot) -> int | None:
    """The nearest junction of the mode's own streets on foot; places between two equally near ones are not asked."""
    network = question.network
    own = {int(end) for edge in range(network.n_edges) if question.may_use(edge) for end in ends(network, edge)}
    graph = lane_graph(question, spot)
    if spot not in graph:
        return None
    far = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), spot, weight="us")
    near = sorted((us, node) for node, us in far.items() if node in own)
    if not near:
        return None
    assume(len(near) == 1 or near[0][0] < near[1][0])
    return near[0][1]


def ends(network: RoadNetwork, edge: int) -> tuple[int, int]:
    return int(network.tail[edge]), int(network.head[edge])


def drive_us(question: Question, start: Spot | int, goal: Spot | int) -> int | None:
    """Fastest time on the mode's own open streets between places or junctions, on a graph of its own."""
    network, us = question.network, question.us(question.band)
    starts = names(network, start) if isinstance(start, Spot) else []
    caught = [name for name in starts if name.edge in question.closed]
    goals = names(network, goal) if isinstance(goal, Spot) else []
    graph: Graph = nx.MultiDiGraph()
    graph.add_nodes_from([*range(network.n_nodes), "start", "goal"])
    if isinstance(start, int):
        graph.add_edge("start", start, us=0)
    if isinstance(goal, int):
        graph.add_edge(goal, "goal", us=0)
    for edge in range(network.n_edges):
        if not question.may_use(edge):
            continue
        (tail, head), whole, length = ends(network, edge), int(us[edge]), int(network.length_mm[edge])
        closed = edge in question.closed
        goals_here = [whole * name.offset_mm // length for name in goals if name.edge == edge]
        if not closed:
            graph.add_edge(tail, head, us=whole)
            for part in goals_here:
                graph.add_edge(tail, "goal", us=part)
        for name in starts:
            if name.edge != edge or (closed and not caught):
                continue
            begun = whole * name.offset_mm // length
            graph.add_edge("start", head, us=whole - begun)
            for part, place in zip(goals_here, (n for n in goals if n.edge == edge), strict=True):
                if name.offset_mm <= place.offset_mm:
                    graph.add_edge("start", "goal", us=part - begun)
    try:
        return int(nx.shortest_path_length(graph, "start", "goal", weight="us"))
    except nx.NetworkXNoPath:
        return None


def lane_edges(question: Question, edges: tuple[int, ...]) -> tuple[int, int]:
    """How many edges at the start and at the end of a way are not the mode's own."""
    own = [question.may_use(edge) for edge in edges]
    if not any(own):
        return len(edges), 0
    return own.index(True), own[::-1].index(True)


def us_along(question: Question, edges: tuple[int, ...], start_mm: int, end_mm: int) -> int:
    network, us = question.network, question.us(question.band)
    first = int(us[edges[0]]) * start_mm // int(network.length_mm[edges[0]])
    last = int(us[edges[-1]]) * end_mm // int(network.length_mm[edges[-1]])
    return int(us[list(edges[:-1])].sum()) + last - first


def place_of(question: Question, spot: Spot) -> tuple[float, float]:
    x, y = question.network.lonlat(spot.edge, spot.offset_mm)
    return round(x, 8), round(y, 8)


@given(questions(max_units=1))
def test_both_searches_take_the_same_way_with_every_mode_and_a_unit_that_returns_there_often_takes_it_too(question):
    origin, goal = question.spots[0], question.goal
    ways = {question.route(search, 0) for search in SEARCHES}
    for search in SEARCHES:
        which = router(question.seed, question.mode, search)
        try:
            ways.add(which.route_home(origin, goal, band=question.band, closed=question.closed))
        except NoRouteError:
            ways.add(None)
    assert len(ways) == 1


@given(questions(max_units=1))
def test_a_way_is_one_line_that_takes_the_time_it_names_and_keeps_off_closed_streets(question):
    route = question.route(CompiledSearch, 0)
    assume(route is not None)
    network = question.network
    assert all(network.head[one] == network.tail[after] for one, after in pairwise(route.edges))
    assert place_of(question, Spot(route.edges[0], route.start_mm)) == pytest.approx(
        place_of(question, question.spots[0]), abs=1e-7
    )
    assert place_of(question, route.goal) == pytest.approx(place_of(question, question.goal), abs=1e-7)
    assert not question.closed & frozenset(route.edges[1:])
    assert route.travel_us == us_along(question, route.edges, route.start_mm, route.end_mm)


@given(questions(max_units=1))
def test_a_mode_leaves_its_own_streets_only_to_walk_at_the_start_and_at_the_end(question):
    route = question.route(CompiledSearch, 0)
    assume(route is not None)
    n_out, n_in = lane_edges(question, route.edges)
    driven = route.edges[n_out : len(route.edges) - n_in]
    assert all(question.may_use(edge) for edge in driven)
    walked = route.edges[:n_out] + route.edges[len(route.edges) - n_in :]
    assert all(question.network.modes[edge] & WALK_BIT for edge in walked)
    if not in_a_lane(question, question.spots[0]) and not in_a_lane(question, question.goal):
        assert not walked


@given(questions(max_units=1))
def test_a_trip_is_the_fastest_drive_between_the_gates_and_the_walks_to_them(question):
    origin, goal = question.spots[0], question.goal
    route = question.route(CompiledSearch, 0)
    lanes = [place for place in (origin, goal) if in_a_lane(question, place)]
    gates = {place: gate_of(question, place) for place in lanes}
    if None in gates.values():
        assert route is None
        return
    if len(lanes) == 2 and gates[origin] == gates[goal]:
        assert route is None or not any(question.may_use(edge) for edge in route.edges)
        return
    driven_us = drive_us(question, gates.get(origin, origin), gates.get(goal, goal))
    if route is None:
        return
    n_out, n_in = lane_edges(question, route.edges)
    out, into = route.edges[:n_out], route.edges[len(route.edges) - n_in :]
    network = question.network
    if n_out == len(route.edges):
        out, into = (route.edges, ()) if origin in gates else ((), route.edges)
    walk_us = 0
    if out:
        end_mm = route.end_mm if len(out) == len(route.edges) else int(network.length_mm[out[-1]])
        walk_us += us_along(question, out, route.start_mm, end_mm)
        assert int(network.head[out[-1]]) == gates[origin]
    if into:
        walk_us += us_along(question, into, route.start_mm if len(into) == len(route.edges) else 0, route.end_mm)
        assert int(network.tail[into[0]]) == gates[goal]
    assert bool(out) == (origin in gates)
    assert bool(into) == (goal in gates)
    assert driven_us is not None
    assert route.travel_us == driven_us + walk_us


@given(questions(max_units=1))
def test_where_nothing_is_closed_there_is_a_way_to_wherever_one_can_walk_from_a_gate(question):
    assume(not question.closed)
    places = [place for place in (question.spots[0], question.goal) if in_a_lane(question, place)]
    reachable = all(gate_of(question, place) is not None for place in places)
    assert (question.route(CompiledSearch, 0) is not None) == reachable


@given(questions(), st.integers(1, 4))
def test_the_first_units_reached_are_those_that_trying_all_of_them_finds(question, k):
    n_units = len(question.spots)
    for search in SEARCHES:
        ways = router(question.seed, question.mode, search)
        routes = [question.route(search, unit) for unit in range(n_units)]
        arrivals = sorted(
            (question.delays_us[unit] + with_ramp(route.travel_us, ramp_us=ways.travel.ramp_us), unit)
            for unit, route in enumerate(routes)
            if route is not None
        )
        able = np.ones(n_units + 1, np.bool_)
        found = ways.first_reached(
            question.goal,
            edges=np.array([*(spot.edge for spot in question.spots), -1], np.int64),
            offsets_mm=np.array([*(spot.offset_mm for spot in question.spots), 0], np.int64),
            delays_us=np.array([*question.delays_us, 0], np.int64),
            able=able,
            band=question.band,
            closed=question.closed,
            k=k,
        )
        assert [(reached.arrival_us, reached.unit) for reached in found] == arrivals[:k]
        assert [reached.route for reached in found] == [routes[reached.unit] for reached in found]
        assert able.all()


@given(questions(max_units=1), st.integers(0, 10), st.integers(0, 10))
def test_under_way_a_unit_is_on_its_route_on_wheels_and_on_foot(question, early, late):
    route = question.route(CompiledSearch, 0)
    assume(route is not None and route.travel_us > 0)
    ways = router(question.seed, question.mode, CompiledSearch)
    leg = Leg(route, 0, route.travel_us)
    rests = [ways.rest_of(leg, route.travel_us * share // 10) for share in sorted((early, late))]
    for rest in rests:
        assert route.edges[len(route.edges) - len(rest.edges) :] == rest.edges
        slowest = int((question.us(question.band) // question.network.length_mm).max()) + 1
        assert abs(rest.travel_us - us_along(question, rest.edges, rest.start_mm, rest.end_mm)) <= slowest
    assert len(rests[0].edges) >= len(rests[1].edges)


@given(questions(max_units=1))
def test_a_place_is_reached_at_the_same_time_by_whichever_direction_of_its_street_it_is_named(question):
    times_us = []
    for goal in names(question.network, question.goal):
        route = replace(question, goal=goal).route(CompiledSearch, 0)
        times_us.append(None if route is None else route.travel_us)
    assert times_us[0] == pytest.approx(times_us[-1], abs=2)


@given(st.integers(0, 29))
def test_walkers_may_go_the_other_way_in_every_one_way_street(seed):
    network = roads(seed)
    ways = router(seed, WALK, CompiledSearch)
    one_way = np.flatnonzero((network.modes & BIT[CAR] > 0) & (network.modes & WALK_BIT > 0) & (network.twin >= 0))
    for edge in one_way.tolist():
        twin = int(network.twin[edge])
        if not network.modes[twin] & WALK_BIT:
            continue
        length = int(network.length_mm[edge])
        route = ways.route(Spot(edge, length), Spot(edge, 0), band=0, closed=frozenset())
        assert route.travel_us <= int(FOOT.edge_us(network)[0][twin])
