"""Where on its way a unit is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.roads.streets import town
from twin.domain.route import Leg, Route, Spot
from twin.roads.fallback import ScipySearch
from twin.roads.router import Router
from twin.roads.travel import TravelModel
from twin.views.lines import Walk, lines_of, walk_ahead

ROADS = town(6, 6)
ROUTER = Router(ROADS, TravelModel.free_flow(), search=ScipySearch)
MINUTE = 60_000_000


def routes() -> st.SearchStrategy[Route]:
    def spots() -> st.SearchStrategy[Spot]:
        return st.builds(
            lambda edge, share: Spot(edge, int(ROADS.length_mm[edge] * share)),
            st.integers(0, ROADS.n_edges - 1),
            st.floats(0, 1),
        )

    return st.builds(lambda a, b: ROUTER.route(a, b, band=0, closed=frozenset()), spots(), spots())


@given(routes(), st.integers(1, 60 * MINUTE), st.floats(0, 1))
def test_a_unit_is_where_the_router_says_it_is(route: Route, lasting: int, share: float) -> None:
    leg = Leg(route, 5 * MINUTE, 5 * MINUTE + lasting)
    at = leg.departed_at + int(lasting * share)
    drawn = walk_ahead(ROADS, leg, at).start
    exact = ROUTER.spot_at(leg, at)
    apart = [x - y for x, y in zip(ROADS.lonlat(*_plain(drawn)), ROADS.lonlat(*_plain(exact)), strict=True)]
    assert max(map(abs, apart)) < 2e-6


@given(routes(), st.integers(1, 60 * MINUTE))
def test_a_leg_begins_at_its_start_and_ends_at_its_goal(route: Route, lasting: int) -> None:
    leg = Leg(route, 0, lasting)
    assert walk_ahead(ROADS, leg, -1) == (route.edges, route.start_mm, route.end_mm)
    assert walk_ahead(ROADS, leg, lasting).start == route.goal


@given(routes(), st.integers(1, 60 * MINUTE), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_a_unit_never_goes_back(route: Route, lasting: int, shares: list[float]) -> None:
    leg = Leg(route, 0, lasting)
    ahead = [walk_ahead(ROADS, leg, int(lasting * share)) for share in sorted(shares)]
    seen = [(-len(walk.edges), walk.start_mm) for walk in ahead]
    assert seen == sorted(seen)


@given(routes(), st.floats(0, 1))
def test_the_line_ahead_leads_from_the_unit_to_the_goal(route: Route, share: float) -> None:
    leg = Leg(route, 0, MINUTE)
    walk = walk_ahead(ROADS, leg, int(MINUTE * share))
    (line,) = lines_of(ROADS, [walk])
    for point, spot in ((line[0], walk.start), (line[-1], route.goal)):
        assert point == pytest.approx(ROADS.lonlat(spot.edge, spot.offset_mm), abs=6e-6)


@given(st.lists(routes(), min_size=1, max_size=4))
def test_a_line_follows_its_streets_from_corner_to_corner(ways: list[Route]) -> None:
    for route, line in zip(
        ways, lines_of(ROADS, [Walk(way.edges, way.start_mm, way.end_mm) for way in ways]), strict=True
    ):
        corners = [[ROADS.node_lon[node], ROADS.node_lat[node]] for node in ROADS.head[list(route.edges[:-1])]]
        assert [np.abs(np.array(line) - corner).max(axis=1).min() < 6e-6 for corner in corners] == [True] * len(corners)


def _plain(spot: Spot) -> tuple[int, int]:
    return spot.edge, spot.offset_mm
