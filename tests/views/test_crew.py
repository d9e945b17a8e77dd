"""Everybody is shown where the engine has them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.views.shown_moment import BUSY_AT, town, town_moment, town_streets
from twin.domain.quantities import MINUTE, SECOND
from twin.domain.route import Leg, Spot
from twin.domain.unit import EN_ROUTE, PARKED, PATROLLING
from twin.roads.laps import Patrols
from twin.roads.terrain import Terrain
from twin.views.crew import BEHIND_US, Streets, crew_of, places_of, trail_of, walked
from twin.views.lines import Walk
from twin.views.moment import UnitShown
from twin.world.whereabouts import patrolled, spot_of

STREETS = town_streets()
ROADS = STREETS.roads
INSTANTS = [30 * MINUTE, 50 * MINUTE, BUSY_AT]


def terrain_of(streets: Streets) -> Terrain:
    assert streets.terrain is not None
    return streets.terrain


def patrols_of(streets: Streets) -> Patrols:
    assert streets.patrols is not None
    return streets.patrols


def length_mm(walk: Walk) -> int:
    return sum(int(ROADS.length_mm[edge]) for edge in walk.edges[:-1]) - walk.start_mm + walk.end_mm


def a_patrol() -> UnitShown:
    units, _ = crew_of(town(), STREETS, BUSY_AT)
    return next(unit for unit in units if unit.phase is not None)


@pytest.mark.parametrize("at", INSTANTS)
def test_everybody_is_where_the_engine_has_them(at: int) -> None:
    state = town(at)
    units, places = crew_of(state, STREETS, at)
    assert [unit.spot for unit in units] == [spot_of(state, terrain_of(STREETS), unit.unit, at=at) for unit in units]
    assert places.shape == (len(state.fleet.units), 2)
    assert places[:, 0] == pytest.approx([ROADS.lonlat(*_pair(unit.spot))[0] for unit in units], abs=1e-9)


@pytest.mark.parametrize("at", INSTANTS)
def test_patrols_have_come_as_far_as_the_engine_says(at: int) -> None:
    state = town(at)
    patrols = patrols_of(STREETS)
    on_patrol = [unit for unit in crew_of(state, STREETS, at)[0] if unit.phase is not None]
    assert on_patrol
    assert all(unit.status is PATROLLING for unit in on_patrol)
    assert [unit.phase for unit in on_patrol] == [patrolled(state, patrols, unit.unit, at=at) for unit in on_patrol]


def test_units_are_shown_by_number_with_their_jobs_and_legs() -> None:
    state = town()
    units, _ = crew_of(state, STREETS, BUSY_AT)
    assert [unit.unit for unit in units] == list(range(len(state.fleet.units)))
    assert {unit.unit: unit.case for unit in units if unit.case is not None} == {
        number: job.case for number, job in state.jobs.items()
    }
    assert {unit.unit for unit in units if unit.leg is not None} == set(state.movements)
    assert [unit.status for unit in units] == state.fleet.status.tolist()


def test_showing_a_state_does_not_change_it() -> None:
    state = town()
    before = state.dump()
    crew_of(state, STREETS, BUSY_AT)
    assert state.dump() == before


def test_without_streets_nobody_has_a_place() -> None:
    units, places = crew_of(town(), None, BUSY_AT)
    assert len(units) == len(places)
    assert np.isnan(places).all()
    assert places_of([], None).shape == (0, 2)


def test_places_of_spots_are_those_of_the_network() -> None:
    spots = [Spot(0, 0), Spot(5, 1_000)]
    assert places_of(spots, STREETS) == pytest.approx(np.array([ROADS.lonlat(*_pair(spot)) for spot in spots]))
    assert places_of([], STREETS).shape == (0, 2)


def test_the_way_ahead_and_the_way_behind_meet_at_the_unit() -> None:
    unit = moving()
    behind, ahead = trail_of(unit, BUSY_AT, STREETS)
    assert behind is not None
    assert ahead is not None
    assert Spot(behind.edges[-1], behind.end_mm) == ahead.start == unit.spot
    assert unit.leg is not None
    assert Spot(ahead.edges[-1], ahead.end_mm) == unit.leg.route.goal


def test_what_is_behind_and_ahead_together_is_the_way() -> None:
    unit = moving()
    assert unit.leg is not None
    route = unit.leg.route
    behind = walked(unit, BUSY_AT, since=unit.leg.departed_at, until=BUSY_AT, streets=STREETS)
    ahead = trail_of(unit, BUSY_AT, STREETS)[1]
    assert behind is not None
    assert ahead is not None
    assert length_mm(behind) + length_mm(ahead) == length_mm(Walk(route.edges, route.start_mm, route.end_mm))


def test_behind_a_patrol_lies_what_it_walked_in_the_last_minutes() -> None:
    unit = a_patrol()
    patrols = patrols_of(STREETS)
    behind, ahead = trail_of(unit, BUSY_AT, STREETS)
    assert ahead is None
    assert behind is not None
    assert Spot(behind.edges[-1], behind.end_mm) == unit.spot
    beat = patrols.beat_of(unit.unit)
    assert beat is not None
    lasting_s = min(BEHIND_US, BUSY_AT - unit.since) / SECOND
    assert length_mm(behind) / 1_000 == pytest.approx(lasting_s * beat.mps, rel=0.05, abs=5.0)


def test_a_patrol_is_followed_back_over_the_end_of_a_lap() -> None:
    unit = a_patrol()
    patrols = patrols_of(STREETS)
    assert unit.phase is not None
    later = unit._replace(phase=patrols.advance(unit.unit, unit.phase, patrols.lap(unit.unit, 0).period_us), since=0)
    earlier = walked(later, BUSY_AT, since=BUSY_AT - 2 * MINUTE, until=BUSY_AT, streets=STREETS)
    assert earlier is not None
    assert later.phase is not None
    assert Spot(earlier.edges[-1], earlier.end_mm) == patrols.spot_at(unit.unit, later.phase)


def test_nothing_lies_behind_and_ahead_of_who_stands() -> None:
    unit = next(unit for unit in town_moment().units if unit.status is PARKED)
    assert trail_of(unit, BUSY_AT, STREETS) == (None, None)


def moving() -> UnitShown:
    """Somebody half way to a case."""
    state = town()
    router = terrain_of(STREETS).of(state.fleet.units[12].mode)
    home, goal = state.fleet.spot(12), Spot(ROADS.n_edges // 2, 0)
    route = router.route(home, goal, band=0, closed=frozenset())
    departed_at = BUSY_AT - route.travel_us // 2
    leg = Leg(route, departed_at, departed_at + route.travel_us)
    unit = crew_of(state, STREETS, BUSY_AT)[0][12]
    return unit._replace(status=EN_ROUTE, leg=leg, phase=None, spot=STREETS.spot_at(leg, unit.mode, BUSY_AT))


def _pair(spot: Spot) -> tuple[int, int]:
    return spot.edge, spot.offset_mm
