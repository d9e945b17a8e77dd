"""Who is on duty: from groups of units in a scenario to a roster with places on the roads."""

from __future__ import annotations

from collections import Counter

import numpy as np

from agents.habits import Habits
from city_data.city import City
from city_data.stations import Station
from scenarios.spec import LonLat, Scenario, UnitGroup
from twin.domain.quantities import to_us
from twin.domain.route import Spot
from twin.domain.unit import Placed, Unit
from twin.errors import CityError, ScenarioError
from twin.roads.nearest import NearestEdge

NOWHERE = Spot(0, 0)


def build_units(scenario: Scenario, city: City | None, habits: Habits) -> tuple[Unit, ...]:
    """The roster, in the order of the scenario.

    Raises
    ------
    ScenarioError : a station nobody knows, a point off the map, or two units of the same name.
    """
    if scenario.units == "history":
        raise ScenarioError("units: history needs a city and a history", key="units")
    units: list[Unit] = []
    for place, group in enumerate(scenario.units):
        turnout = habits.turnout_of(group.kind)
        for n in range(1, group.count + 1):
            home, placed = _home(group, n, city, key=f"units.{place}.at")
            units.append(
                Unit(
                    group.name.replace("{n}", str(n)),
                    group.kind,
                    group.skills or (group.kind,),
                    home,
                    0 if turnout is None else to_us(turnout.mean_s),
                    placed,
                )
            )
    for name, count in Counter(unit.name for unit in units).items():
        if count > 1:
            raise ScenarioError(f"{count} units are called {name!r}", key="units")
    return tuple(units)


def _home(group: UnitGroup, n: int, city: City | None, *, key: str) -> tuple[Spot, Placed]:
    if city is None:
        return NOWHERE, Placed.STATION
    if isinstance(group.at, str):
        station = _station(city, group.at, key=key)
        return station.spot, Placed.STATION if station.on_map else Placed.BORDER
    if isinstance(group.at, LonLat):
        edge, offset_mm, _ = NearestEdge(city.roads).snap(
            np.array([group.at.lon]), np.array([group.at.lat]), within_m=500.0
        )
        if edge[0] < 0:
            raise ScenarioError("this point is more than 500 m from any street of the city", key=key)
        return Spot(int(edge[0]), int(offset_mm[0])), Placed.STATION
    on_map = [station for station in city.stations if station.on_map]
    if on_map:
        return on_map[(n - 1) % len(on_map)].spot, Placed.STATION
    return middle_of(city), Placed.INFERRED


def _station(city: City, name: str, *, key: str) -> Station:
    try:
        return city.station(name)
    except CityError as error:
        raise ScenarioError(f"{name!r}: {error.message}", key=key) from error


def middle_of(city: City) -> Spot:
    """A spot on the street nearest the middle of the city's study area."""
    west, south, east, north = city.bounds
    edge, offset_mm, _ = NearestEdge(city.roads).snap(
        np.array([(west + east) / 2]), np.array([(south + north) / 2]), within_m=None
    )
    return Spot(int(edge[0]), int(offset_mm[0]))
