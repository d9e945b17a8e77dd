"""The published counts of the real road files: asserted before any figure is built on them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from city_data.build import build_city
from city_data.city import City
from city_data.roads import read_roads

PUBLISHED = [
    ("san_francisco/osm_north_sf_2020-01.osm.gz", (1_983, 5_307, 1_897)),
    ("boston/overpass_drive_2022-05-04.json.gz", (583, 1_126, 488)),
    ("shenzhen_longgang/map.osm.gz", (458, 901, 385)),
]


@pytest.fixture(scope="module")
def san_francisco(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = shared_data / "san_francisco"
    return build_city(
        folder / "osm_north_sf_2020-01.osm.gz",
        tmp_path_factory.mktemp("cities") / "sf",
        stations=folder / "fire_stations.geojson",
    )


@pytest.mark.parametrize(("name", "counts"), PUBLISHED)
def test_nodes_edges_and_largest_part_are_as_published(
    shared_data: Path, name: str, counts: tuple[int, int, int]
) -> None:
    report = read_roads(shared_data / name).report
    assert (report.n_nodes_read, report.n_edges_read, report.n_nodes) == counts


def test_the_study_area_of_san_francisco_holds_the_published_calls(shared_data: Path, san_francisco: City) -> None:
    table = shared_data / "san_francisco" / "sffd_dispatch_2018-01-13_20.csv.gz"
    with gzip.open(table) as file:
        rows = pd.read_csv(file, usecols=["call_number", "latitude", "longitude"])
    inside = rows[san_francisco.contains(rows["longitude"].to_numpy(), rows["latitude"].to_numpy())]
    assert (len(rows), rows["call_number"].nunique()) == (6_709, 3_210)
    assert (len(inside), inside["call_number"].nunique()) == (2_715, 1_257)


def test_the_published_stations_of_san_francisco_are_on_the_map(san_francisco: City) -> None:
    on_map = {int(station.name.split("#")[1].split()[0]) for station in san_francisco.stations if station.on_map}
    assert len(san_francisco.stations) == 42
    assert on_map == {1, 2, 3, 5, 10, 13, 16, 28, 31, 38, 41}


def test_streets_are_longer_than_nothing_and_their_lines_as_long_as_they_say(san_francisco: City) -> None:
    roads = san_francisco.roads
    drawn_m = np.array(
        [
            np.hypot(np.diff(roads.shape_x[start:stop]), np.diff(roads.shape_y[start:stop])).sum()
            for start, stop in zip(roads.shape_start[:-1], roads.shape_start[1:], strict=True)
        ]
    )
    assert (roads.length_mm > 0).all()
    np.testing.assert_allclose(drawn_m, roads.length_mm / 1000, rtol=0.004)


def test_buildings_are_not_streets(shared_data: Path) -> None:
    with pytest.raises(Exception, match="no street a car may use"):
        read_roads(shared_data / "boston" / "overpass_buildings_2022-04-27.json.gz")
