"""The ground of a run: ways by mode, grids, and the tours of those who patrol."""

from __future__ import annotations

import numpy as np

from city_data.city import City
from city_data.named import city_called
from scenarios.spec import NO_CITY, Scenario
from scenarios.spec_roster import PatrolSpec
from scenarios.travel import build_all_ways
from twin.clock.streams import Streams
from twin.domain.mode import BIT
from twin.domain.unit import Unit
from twin.errors import RoadError, ScenarioError
from twin.roads.beats import BeatPlan, make_beats, streets_of_grids
from twin.roads.laps import Draw, Order, Patrols, patrols_of
from twin.roads.network import LongArray
from twin.roads.terrain import Terrain


def city_of(scenario: Scenario) -> City | None:
    """The city of a scenario; None where there are no places.

    Raises
    ------
    CityError : it cannot be read.
    """
    if scenario.travel == "none" or scenario.city == NO_CITY:
        return None
    return city_called(scenario.city)


def build_terrain(
    scenario: Scenario, city: City | None, units: tuple[Unit, ...], patrols: tuple[PatrolSpec | None, ...], *, seed: int
) -> Terrain:
    """Everything about the ground that does not change in a run.

    Parameters
    ----------
    patrols : how each unit patrols; None for those that do not.

    Raises
    ------
    ScenarioError : a grid whose streets cannot be patrolled in its unit's mode.
    """
    if city is None:
        return Terrain()
    layers = city.layers
    return Terrain(
        ways=build_all_ways(scenario, city),
        network=city.roads,
        cells=layers.cells,
        overlays=layers.overlays,
        patrols=_patrols(city, units, patrols, draw=lap_draw(seed)),
    )


def lap_draw(seed: int) -> Draw:
    """The chance that laps of random and focused patrols depend on."""
    streams = Streams(seed)
    return lambda unit, lap, n: streams.block("lap", unit, block=lap, size=n)


def _patrols(
    city: City, units: tuple[Unit, ...], patrols: tuple[PatrolSpec | None, ...], *, draw: Draw
) -> Patrols | None:
    """Tours of all that patrol; those of one beat, mode and pace share theirs."""
    plans: dict[tuple[int, int, float], int] = {}
    beat_of_unit: list[int | None] = []
    for unit, patrol in zip(units, patrols, strict=True):
        if patrol is None or unit.beat is None:
            beat_of_unit.append(None)
        else:
            key = (unit.beat, BIT[unit.mode], patrol.mps)
            beat_of_unit.append(plans.setdefault(key, len(plans)))
    if not plans:
        return None
    streets = _streets(city, {beat for beat, _, _ in plans})
    try:
        beats = make_beats(city.roads, [BeatPlan(streets[beat], bit, mps) for beat, bit, mps in plans])
    except RoadError as error:
        number = int(str(error.key).removeprefix("beat "))
        overlay, grid = grid_called(city, list(plans)[number][0])
        raise ScenarioError(f"grid {grid} of {overlay!r} cannot be patrolled: {error.message}", key="units") from error

    orders = [Order.REGULAR if patrol is None else patrol.order for patrol in patrols]
    return patrols_of(beats, beat_of_unit, order_of_unit=orders, draw=draw)


def grid_called(city: City, beat: int) -> tuple[str, str]:
    """(overlay, grid) of a beat by their names."""
    return Terrain(overlays=city.layers.overlays).beat_ref(beat)


def _streets(city: City, wanted: set[int]) -> dict[int, LongArray]:
    """The streets of the wanted beats, by number of beat."""
    cells, first = city.layers.cells, 0
    found: dict[int, LongArray] = {}
    assert cells is not None
    for overlay in city.layers.overlays:
        numbers = range(first, first + len(overlay.grids))
        if not wanted.isdisjoint(numbers):
            found.update(zip(numbers, streets_of_grids(cells, overlay, city.roads), strict=True))
        first += len(overlay.grids)
    return {beat: np.asarray(streets, np.int64) for beat, streets in found.items()}
