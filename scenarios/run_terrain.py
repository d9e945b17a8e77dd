"""The ground of a run that is over, put together again from its scenario: what a map needs to place its patrols.

In: a scenario, the city and the seed it was run with. Out: the `Terrain` the run took place on. No history is read and
nothing is run: tours follow from scenario, city and seed alone. Units of a history patrol nowhere.
"""

from __future__ import annotations

from city_data.city import City
from scenarios.build import build_habits
from scenarios.fleet import build_units
from scenarios.spec import Scenario
from scenarios.terrain import build_terrain
from twin.roads.terrain import Terrain


def terrain_of_run(scenario: Scenario, city: City, *, seed: int) -> Terrain:
    """The terrain of a run.

    Raises
    ------
    ScenarioError : what it says of units does not fit the city.
    """
    if scenario.units == "history":
        return build_terrain(scenario, city, (), (), seed=seed)
    force = build_units(scenario, city, build_habits(scenario))
    return build_terrain(scenario, city, force.units, force.patrols, seed=seed)
