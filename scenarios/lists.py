"""Default preference lists: per area, all units by expected time from their station to the middle of the area."""

from __future__ import annotations

import numpy as np

from city_data.city import City
from city_data.past import Past
from scenarios.spec import PolicySpec
from twin.domain.route import Spot
from twin.domain.unit import Unit
from twin.roads.network import RoadNetwork
from twin.roads.ways import Ways


def needs_lists(policy: PolicySpec) -> bool:
    """Whether a policy goes by lists and was given none."""
    return policy.use == "preference_list" and "lists" not in policy.parameters


def preference_lists(
    units: tuple[Unit, ...], *, city: City | None, past: Past | None, ways: Ways
) -> dict[str, tuple[str, ...]]:
    """Area → names of units, soonest first; by free flow of band 0, all roads open."""
    if city is None or not units:
        return {}
    edges = np.array([unit.home.edge for unit in units])
    offsets_mm = np.array([unit.home.offset_mm for unit in units])
    delays_us = np.array([unit.turnout_us for unit in units])
    middles = area_middles(city) | ({} if past is None else dict(past.area_middles))
    lists = {}
    for area, middle in sorted(middles.items()):
        reached = ways.first_reached(
            middle,
            edges=edges,
            offsets_mm=offsets_mm,
            delays_us=delays_us,
            able=np.ones(len(units), np.bool_),
            band=0,
            closed=frozenset(),
            k=len(units),
        )
        lists[area] = tuple(units[unit].name for unit, _, _ in reached)
    return lists


def area_middles(city: City) -> dict[str, Spot]:
    """The middle of the street nearest the mean of each area's streets."""
    roads: RoadNetwork = city.roads
    x = (roads.node_x[roads.tail] + roads.node_x[roads.head]) / 2
    y = (roads.node_y[roads.tail] + roads.node_y[roads.head]) / 2
    middles = {}
    for number, area in enumerate(city.areas):
        here = np.flatnonzero(city.edge_area == number)
        weights = roads.length_mm[here]
        away = np.hypot(x[here] - np.average(x[here], weights=weights), y[here] - np.average(y[here], weights=weights))
        edge = int(here[away.argmin()])
        middles[area] = Spot(edge, int(roads.length_mm[edge]) // 2)
    return middles
