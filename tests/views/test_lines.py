"""Where on its way a unit is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.roads.streets import town
from twin.domain.route import Leg, Route, Spot
from twin.roads.fallback import ScipySearch
from twin.roads.router import Router
from twin.roads.travel import TravelModel
from twin.views.lines import line_ahead, where_on

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
    _, drawn = where_on(ROADS, leg, at)
    exact = ROUTER.spot_at(leg, at)
    apart = [x - y for x, y in zip(ROADS.lonlat(*_plain(drawn)), ROADS.lonlat(*_plain(exact)), strict=True)]
    assert max(map(abs, apart)) < 2e-6


@given(routes(), st.integers(1, 60 * MINUTE))
def test_a_leg_begins_at_its_start_and_ends_at_its_goal(route: Route, lasting: int) -> None:
    leg = Leg(route, 0, lasting)
    assert where_on(ROADS, leg, -1) == (0, Spot(route.edges[0], route.start_mm))
    assert where_on(ROADS, leg, lasting) == (len(route.edges) - 1, route.goal)


@given(routes(), st.integers(1, 60 * MINUTE), st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_a_unit_never_goes_back(route: Route, lasting: int, shares: list[float]) -> None:
    leg = Leg(route, 0, lasting)
    seen = [where_on(ROADS, leg, int(lasting * share)) for share in sorted(shares)]
    assert [(place, spot.offset_mm) for place, spot in seen] == sorted((place, spot.offset_mm) for place, spot in seen)


@given(routes(), st.floats(0, 1))
def test_the_line_ahead_leads_from_the_unit_to_the_goal(route: Route, share: float) -> None:
    leg = Leg(route, 0, MINUTE)
    at = int(MINUTE * share)
    line = line_ahead(ROADS, leg, at)
    here, goal = where_on(ROADS, leg, at)[1], route.goal
    for point, spot in ((line[0], here), (line[-1], goal)):
        lon, lat = ROADS.lonlat(spot.edge, spot.offset_mm)
        assert abs(point[0] - lon) < 2e-6
        assert abs(point[1] - lat) < 2e-6


def _plain(spot: Spot) -> tuple[int, int]:
    return spot.edge, spot.offset_mm
