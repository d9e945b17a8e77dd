"""Scripted surprises: from places and times in a scenario to input facts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from agents.loop_rules import AS_USUAL
from city_data.city import City
from scenarios.spec import LonLat, ModeInject, RoadInject, Scenario
from twin.domain.facts import Fact, ModeChanged, Origin, RoadClosed, RoadReopened, UnitAway
from twin.domain.unit import AwayReason, Unit
from twin.errors import ScenarioError
from twin.roads.nearest import NearestEdge


def build_injects(scenario: Scenario, city: City | None, units: tuple[Unit, ...]) -> Iterator[Fact]:
    """The facts of a scenario's injects, not yet in order.

    Raises
    ------
    ScenarioError : a place far from any street, or a unit or mode nobody knows.
    """
    numbers = {unit.name: number for number, unit in enumerate(units)}
    for place, inject in enumerate(scenario.injects):
        key = f"injects.{place}"
        if isinstance(inject, RoadInject):
            assert city is not None
            edges = street_at(city, inject.close, key=key)
            yield RoadClosed(inject.at, edges, origin=Origin.INPUT)
            if inject.lasting is not None:
                yield RoadReopened(inject.at + inject.lasting, edges, origin=Origin.INPUT)
        elif isinstance(inject, ModeInject):
            modes = {} if scenario.centre is None else scenario.centre.modes
            if inject.mode not in modes:
                raise ScenarioError(f"the centre has no mode {inject.mode!r}", key=key)
            yield ModeChanged(inject.at, inject.mode, origin=Origin.INPUT)
            if inject.lasting is not None:
                yield ModeChanged(inject.at + inject.lasting, AS_USUAL.name, origin=Origin.INPUT)
        else:
            number = numbers.get(inject.withdraw)
            if number is None:
                raise ScenarioError(f"no unit is called {inject.withdraw!r}", key=key)
            home = units[number].home
            yield UnitAway(
                inject.at,
                number,
                home.edge,
                home.offset_mm,
                inject.at + inject.lasting,
                0,
                AwayReason.COMMAND,
                origin=Origin.INPUT,
            )


def street_at(city: City, point: LonLat, *, key: str) -> tuple[int, ...]:
    """The edges of the street nearest a point: both directions where it has two."""
    edge, _, _ = NearestEdge(city.roads).snap(np.array([point.lon]), np.array([point.lat]), within_m=100.0)
    if edge[0] < 0:
        raise ScenarioError("no street within 100 m of this point", key=key)
    twin = int(city.roads.twin[edge[0]])
    return (int(edge[0]),) if twin < 0 else tuple(sorted((int(edge[0]), twin)))
