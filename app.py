"""The page's server: joins what `gridtwin serve` was told to show with the one page that shows it.

Streamlit loads this file in two ways: once as the module `app`, whose `app` is the server with its own routes, and once
as a script for every visitor and every touch of a control. All of them share one desk, which is read once.
"""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from city_data.check import describe
from city_data.city import City
from city_data.folder import ABOUT, load_city
from city_data.grounds import ground_features
from city_data.named import city_called
from scenarios.run_folder import CASES, KPI, facts_of, read_manifest
from scenarios.run_terrain import terrain_of_run
from twin.console.desk import Desk, Finished
from twin.console.launch import SERVE_VARIABLE, as_typed
from twin.console.page import show
from twin.console.routes import city_routes
from twin.domain.unit import UnitStatus
from twin.errors import CityError, GridtwinError
from twin.views.city import CityShown
from twin.views.crew import streets_of
from twin.views.result import result_of
from twin.views.scene import scene_of


@st.cache_resource(show_spinner=False)
def open_desk() -> Desk:
    """Read the run folder or the city folder that is to be shown."""
    asked = os.environ.get(SERVE_VARIABLE)
    if not asked:
        raise GridtwinError("nothing to show: start the page with `gridtwin serve RUN` or `gridtwin demo`")
    path = Path(asked)
    return Finished(city_shown(load_city(path))) if (path / ABOUT).exists() else open_run(path)


def open_run(run: Path) -> Desk:
    """A desk for a run folder."""
    manifest, scene = read_manifest(run), scene_of(facts_of(run))
    result = result_of(manifest, scene, figures=run / KPI, cases=run / CASES, folder=as_typed(run))
    named = result.about.city
    if named.folder is None:
        return Finished(None, result, scene)
    city = city_called(named.folder)
    if city.checksum != named.checksum:
        raise CityError("this is not the city the run took place in: run it again", file=named.folder)
    terrain = terrain_of_run(run, manifest, city) if UnitStatus.PATROLLING in scene.statuses else None
    return Finished(city_shown(city), result, scene, streets_of(scene, city.roads, terrain))


def city_shown(city: City) -> CityShown:
    """A city as pages know it."""
    about, credit, layers = describe(city), city.origin.provenance.licence, city.layers
    parts = (city.name, city.roads, city.stations, city.areas, credit, city.checksum, city.edge_area)
    grounds = ground_features(layers.grounds)
    return CityShown(*parts, about.facts, about.warnings, layers.cells, layers.overlays, layers.facilities, grounds)


if __name__ == "__main__":
    from app import open_desk as open_shared_desk

    show(open_shared_desk)
else:
    app = st.App(__file__, routes=city_routes(open_desk))
