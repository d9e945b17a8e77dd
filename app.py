"""The page's server: joins what `gridtwin serve` was told to show with the one page that shows it.

Streamlit starts this file twice over: once as the module `app`, whose `app` is the server with its own routes, and once
as a script for every visitor and every touch of a control. Both open the same desk, which is read once.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq
import streamlit as st

from city_data.built_in import built_in_city
from city_data.check import describe
from city_data.city import City
from city_data.folder import load_city
from scenarios.build import BUILT_IN
from scenarios.run_folder import CASES, KPI, MANIFEST, facts_of, read_manifest
from twin.console.desk import Desk, Finished
from twin.console.launch import SERVE_VARIABLE
from twin.console.page import show
from twin.console.routes import city_routes
from twin.errors import CityError, GridtwinError
from twin.views.city import CityShown, StationShown
from twin.views.result import result_of
from twin.views.scene import scene_of


@st.cache_resource(show_spinner=False)
def open_desk() -> Desk:
    """Read the run folder or the city folder that is to be shown."""
    asked = os.environ.get(SERVE_VARIABLE)
    if not asked:
        raise GridtwinError("nothing to show: start the page with `gridtwin serve RUN` or `gridtwin demo`")
    path = Path(asked)
    return open_run(path) if (path / MANIFEST).exists() else Finished(city_shown(load_city(path)))


def open_run(folder: Path) -> Desk:
    """A desk for a run folder."""
    manifest = read_manifest(folder)
    scene = scene_of(facts_of(folder))
    figures = (folder / KPI).read_bytes()
    result = result_of(manifest, figures, cases=pq.read_table(folder / CASES), scene=scene, folder=folder.name)
    return Finished(city_of(manifest, folder), result, scene)


def city_of(manifest: dict[str, object], run: Path) -> CityShown | None:
    """The city a run took place in; it must still be the same."""
    named = manifest.get("city")
    if not isinstance(named, dict) or not named.get("folder"):
        return None
    folder = str(named["folder"])
    city = built_in_city() if folder == BUILT_IN else load_city(run / folder)
    if city.checksum != named.get("checksum"):
        raise CityError("this city is not the one the run took place in: run it again", file=folder)
    return city_shown(city)


def city_shown(city: City) -> CityShown:
    """A city as pages know it."""
    about = describe(city)
    stations = tuple(StationShown(place.name, place.lon, place.lat, place.on_map) for place in city.stations)
    credit = city.origin.provenance.licence
    return CityShown(city.name, city.roads, stations, city.areas, credit, city.checksum, about.facts, about.warnings)


if __name__ == "__main__":
    from app import open_desk as open_shared_desk

    show(open_shared_desk)
else:
    app = st.App(__file__, routes=city_routes(open_desk))
