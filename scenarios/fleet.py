"""Who is on duty: from groups of units in a scenario to a roster with places on the roads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agents.habits import Habits
from city_data.city import City
from city_data.stations import Station
from scenarios.spec import LonLat, Scenario, UnitGroup
from scenarios.spec_roster import PatrolSpec
from twin.domain.quantities import to_us
from twin.domain.roster import Roster
from twin.domain.route import Spot
from twin.domain.unit import Placed, Unit
from twin.errors import CityError, ScenarioError
from twin.roads.nearest import NearestEdge

NOWHERE = Spot(0, 0)


@dataclass(frozen=True, eq=False)
class Force:
    """The roster, and of each unit what is not part of it: how it patrols, its share of shifts, and its body."""

    units: tuple[Unit, ...]
    patrols: tuple[PatrolSpec | None, ...]
    attends: Mapping[str, float]
    bodies: Mapping[int, str] = field(default_factory=dict)


def build_rosters(scenario: Scenario) -> tuple[tuple[Roster, ...], dict[str, range]]:
    """All rosters, one a party, and which of them each name stands for."""
    rosters: list[Roster] = []
    parties = {}
    for name, spec in scenario.rosters.items():
        found = spec.rosters(name)
        parties[name] = range(len(rosters), len(rosters) + len(found))
        rosters += found
    return tuple(rosters), parties


def build_units(scenario: Scenario, city: City | None, habits: Habits) -> Force:
    """The roster, in the order of the scenario.

    Raises
    ------
    ScenarioError : a station or an overlay nobody knows, a point off the map, or two units of the same name.
    """
    if scenario.units == "history":
        raise ScenarioError("units: history needs a city and a history", key="units")
    units: list[Unit] = []
    patrols: list[PatrolSpec | None] = []
    attends, bodies = {}, {}
    _, parties = build_rosters(scenario)
    for place, group in enumerate(scenario.units):
        turnout = habits.turnout_of(group.kind)
        beats = None if group.beat is None else grids_of(city, group.beat, key=f"units.{place}.beat")
        count = (1 if beats is None else len(beats)) if group.count is None else group.count
        turns = range(0) if beats is None else spread_out(len(beats)) if group.evenly else range(len(beats))
        for n in range(1, count + 1):
            beat = None if beats is None else beats[turns[(n - 1) % len(beats)]]
            home, placed = _home(group, n, city, key=f"units.{place}.at", beat=beat)
            roster = None if group.roster is None else parties[group.roster]
            unit = Unit(
                group.name.replace("{n}", str(n)),
                group.kind,
                group.skills or (group.kind,),
                home,
                0 if turnout is None else to_us(turnout.mean_s),
                placed,
                group.mode,
                beat,
                group.patrol is not None,
                None if roster is None else roster[(n - 1) % len(roster)],
            )
            if group.body is not None:
                bodies[len(units)] = group.body
            units.append(unit)
            patrols.append(group.patrol)
            if group.attends < 1:
                attends[unit.name] = group.attends
    for name, times in Counter(unit.name for unit in units).items():
        if times > 1:
            raise ScenarioError(f"{times} units are called {name!r}", key="units")
    return Force(tuple(units), tuple(patrols), attends, bodies)


def spread_out(n: int) -> Sequence[int]:
    """0 … n − 1 in an order whose beginning is spread over all of them, however much of it one takes (van der Corput).

    >>> spread_out(8)
    [0, 4, 2, 6, 1, 5, 3, 7]
    """
    n_bits = max(1, (n - 1).bit_length())
    return sorted(range(n), key=lambda number: f"{number:0{n_bits}b}"[::-1])


def grids_of(city: City | None, overlay: str, *, key: str) -> range:
    """The beats of an overlay's grids: their numbers among those of all overlays.

    Raises
    ------
    ScenarioError : the city has no such overlay.
    """
    first = 0
    overlays = () if city is None else city.layers.overlays
    for known in overlays:
        if known.name == overlay:
            return range(first, first + len(known.grids))
        first += len(known.grids)
    names = ", ".join(known.name for known in overlays)
    has = f"it has {names}" if names else "it has none: make one with `gridtwin city grid`"
    raise ScenarioError(f"the city has no overlay {overlay!r}: {has}", key=key)


def _home(group: UnitGroup, n: int, city: City | None, *, key: str, beat: int | None) -> tuple[Spot, Placed]:
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
    if beat is not None:
        return middle_of_beat(city, beat), Placed.STATION
    on_map = [station for station in city.stations if station.on_map]
    if on_map:
        return on_map[(n - 1) % len(on_map)].spot, Placed.STATION
    return middle_of(city), Placed.INFERRED


def middle_of_beat(city: City, beat: int) -> Spot:
    """The middle of the street piece nearest the middle of a grid's streets."""
    cells = city.layers.cells
    assert cells is not None
    for overlay in city.layers.overlays:
        if beat < len(overlay.grids):
            break
        beat -= len(overlay.grids)
    own = np.flatnonzero(overlay.of_cell == beat)
    weights = cells.street_mm[own]
    x, y = np.average(cells.x[own], weights=weights), np.average(cells.y[own], weights=weights)
    cell = own[np.hypot(cells.x[own] - x, cells.y[own] - y).argmin()]
    piece = int(np.flatnonzero(cells.piece_cell == cell)[0])
    edge = int(np.searchsorted(cells.edge_start, piece, side="right")) - 1
    return Spot(edge, int(cells.piece_start_mm[piece] + cells.piece_mm[piece] // 2))


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
