"""Moments of a few grids of the built-in city, with patrols, ways and open cases: made once."""

from __future__ import annotations

from functools import cache

from agents.city import CityModel
from tests.grid_town import grid_town
from twin.domain.light import ANY, Limits
from twin.domain.quantities import MINUTE, SECOND
from twin.metrics.tally import Reading, Sample
from twin.views.crew import Streets, crew_of, places_of
from twin.views.hot_spots import told_of
from twin.views.moment import Moment, cases_of
from twin.world.state import State

LIMITS = Limits({ANY: 12 * MINUTE}, yellow_us=8 * MINUTE)
READING = Reading(Sample(0, 0, 0, 0, 0, 0, 0, 0))
BUSY_AT = 75 * MINUTE


@cache
def town_streets() -> Streets:
    terrain = grid_town().terrain
    assert terrain.network is not None
    return Streets(terrain.network, terrain)


@cache
def town(at: int = BUSY_AT) -> State:
    """What the world holds to be true at an instant."""
    return _city(at).state


def moment_of(state: State, at: int, *, number: int = 1, closed: frozenset[int] = frozenset()) -> Moment:
    units, places = crew_of(state, town_streets(), at)
    cases = cases_of(state, at, limits=LIMITS)
    case_places = places_of([case.spot for case in cases], town_streets())
    told = told_of(state)
    return Moment(number, at, units, places, cases, case_places, READING, closed=closed, told=told)


@cache
def town_moment(at: int = BUSY_AT) -> Moment:
    """With somebody on patrol, somebody on the way and open cases."""
    return moment_of(town(at), at)


@cache
def course(*, every_s: float, n: int = 60) -> tuple[Moment, ...]:
    """Moments at equal distances, as a room publishes them."""
    city, moments = _city(BUSY_AT), []
    for number in range(n):
        at = BUSY_AT + round(number * every_s * SECOND)
        city.advance_to(at)
        moments.append(moment_of(city.state, at, number=number))
    return tuple(moments)


def _city(at: int) -> CityModel:
    city = CityModel.begin(grid_town())
    city.advance_to(at)
    return city
