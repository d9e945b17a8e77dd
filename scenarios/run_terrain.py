"""The ground of a run that is over, put together again from its manifest: what a map needs to place its patrols.

In: a manifest and the city it names. Out: the `Terrain` the run took place on. No history is read and nothing is run:
tours follow from scenario, city and seed alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from city_data.city import City
from city_data.yaml_file import YamlDocument
from scenarios.build import build_habits
from scenarios.fleet import build_units
from scenarios.load import check
from scenarios.run_folder import MANIFEST, said
from scenarios.terrain import build_terrain
from twin.errors import JournalError
from twin.roads.terrain import Terrain


def terrain_of_run(run: Path, manifest: Mapping[str, object], city: City) -> Terrain:
    """The terrain of a run whose units its scenario names.

    Parameters
    ----------
    run : its folder, for errors.
    city : the one it took place in.

    Raises
    ------
    JournalError : the manifest lacks something, or its units come from a history, which nobody patrols in.
    ScenarioError : what it says of units does not fit the city.
    """
    scenario = check(YamlDocument(run / MANIFEST, dict(said(manifest, "scenario", dict, out=run)), {}))
    if scenario.units == "history":
        raise JournalError("units of a history do not patrol: run it again", file=run / MANIFEST, key="scenario.units")
    force = build_units(scenario, city, build_habits(scenario))
    seed = said(manifest, "seed", int, out=run)
    return build_terrain(scenario, city, force.units, force.patrols, seed=seed)
