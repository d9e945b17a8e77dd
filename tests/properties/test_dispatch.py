"""Dispatch finds the free capable unit that is there first, from where every unit truly is at that instant."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from city_data.built_in import built_in_city
from scenarios.build import build
from scenarios.load import library, load_scenario
from scenarios.spec import Travel
from scenarios.spread import Spread
from tests.builders import ground
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.route import Spot
from twin.domain.unit import RETURNING
from twin.errors import NoRouteError
from twin.roads.fallback import ScipySearch
from twin.roads.router import Router
from twin.roads.search import CompiledSearch
from twin.world.view import Candidate, Need
from twin.world.world_view import WorldView

DEMO = load_scenario(library()["vehicles"])
DRIVING = DEMO.model_copy(
    update={
        "demand": (DEMO.demand[0].model_copy(update={"per_day": 350.0}),),
        "on_scene": {"*": Spread.model_validate("1m")},
        "travel": Travel.model_validate({"speed": {"*": 0.14}, "ramp": "8s"}),
    }
)
BUILT = build(DRIVING)
ROADS = built_in_city().roads


def brute_force(city: CityModel, need: Need, k: int) -> list[Candidate]:
    """Every free capable unit's way by road, from its own spot at this instant; no search is shared."""
    state, ways, found = city.state, city.terrain.ways[0], []
    for number, unit in enumerate(city.setting.units):
        if not state.fleet.free[number] or need.skill not in unit.skills:
            continue
        try:
            route = ways.route(city.spot(number), need.spot, band=city.band, closed=state.closed)
        except NoRouteError:
            continue
        turnout_us = 0 if int(state.fleet.status[number]) == RETURNING else unit.turnout_us
        found.append(Candidate(number, turnout_us + ways.driving_us(route.travel_us)))
    return sorted(found, key=lambda candidate: (candidate.expected_us, candidate.unit))[:k]


@settings(max_examples=60)
@given(
    minute=st.integers(5, 23 * 60),
    skill=st.sampled_from(["patrol", "rescue", "order", "sanitation"]),
    edge=st.integers(0, ROADS.n_edges - 1),
    along=st.floats(0, 1),
    k=st.integers(1, 4),
    search=st.sampled_from([CompiledSearch, ScipySearch]),
)
def test_the_nearest_free_unit_is_nearest_from_where_units_are(
    minute: int, skill: str, edge: int, along: float, k: int, search: type
) -> None:
    city = running_to(minute * MINUTE)
    spot_mm = int(along * ROADS.length_mm[edge])
    need = Need(0, 0, skill, 1, "", "", 0, Spot(edge, spot_mm))
    travel = city.terrain.ways[0].travel  # type: ignore[attr-defined]
    ways = Router(ROADS, travel, search=search)
    view = WorldView(city.state, ground(ways), city.streams, now=city.now, band=city.band)
    assert list(view.nearest(need, k=k)) == brute_force(city, need, k)


def running_to(at: int) -> CityModel:
    """A day of much driving and little work, at this instant; each hour is computed once."""
    hour = at // HOUR
    if hour not in SNAPSHOTS:
        city = CityModel.begin(BUILT.setting)
        for fact in BUILT.inputs:
            if fact.at < hour * HOUR:
                city.receive(fact)
        city.advance_to(hour * HOUR)
        SNAPSHOTS[hour] = city.snapshot()
    city = CityModel.from_snapshot(BUILT.setting, SNAPSHOTS[hour])
    city.advance_to(at)
    return city


SNAPSHOTS: dict[int, bytes] = {}


def test_units_are_on_the_move_in_what_is_tested() -> None:
    cities = [running_to(hour * HOUR) for hour in range(8, 20)]
    assert sum(int((city.state.fleet.status == RETURNING).sum()) for city in cities) >= 10
