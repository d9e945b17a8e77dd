"""Stations and areas as cities publish them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from city_data.areas import edge_areas, read_areas
from city_data.built_in import built_in_city
from city_data.stations import Place, on_streets, read_stations
from twin.errors import CityError


def written(folder: Path, content: object, *, name: str = "places") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def collection(*features: tuple[dict[str, object], dict[str, object]]) -> dict[str, object]:
    return {"features": [{"properties": properties, "geometry": geometry} for properties, geometry in features]}


def point(lon: float, lat: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


def box(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_stations_are_read_from_geojson_and_from_tables_alike(tmp_path: Path) -> None:
    geojson = collection(({"common_name": "Fire Station #15"}, point(113.39, 23.12)), ({}, point(113.4, 23.1)))
    table = "Name,Latitude,Longitude\nFire Station #15,23.12,113.39\nnan,23.1,113.4\n"
    stations = read_stations(written(tmp_path, geojson))
    assert stations == read_stations(written(tmp_path, table, name="table.csv"))
    assert [station.name for station in stations] == ["Fire Station #15", "unnamed 2"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name,lat\na,1\n", "line 1.*no column called lon"),
        ("name,lat,lon\na,north,2\n", "line 2.*must be numbers"),
        ("name,lat,lon\na,1\n", "line 2.*must be numbers"),
        ("name,lat,lon\na,91,2\n", "line 2.*outside"),
        ("name,lat,lon\na,1,2\na,1,3\n", "'a'.*more than one station"),
        ("name,lat,lon\n", "no station"),
        ('{"features": [{"geometry": {"type": "Polygon"}}]}', r"features\[0\].*must be a point"),
        ('{"features": [{"geometry": {"type": "Point", "coordinates": [1]}}]}', r"features\[0\].*longitude"),
        ('{"features": [{"geometry": {"type": "Point", "coordinates": [1, "x"]}}]}', r"features\[0\].*numbers"),
        ('{"features": 3}', "features"),
        ('{"features": [', "not valid JSON"),
        ('{"features": ' + "[" * 200_000, "not GeoJSON points|nested too deep"),
    ],
)
def test_a_bad_station_file_is_refused_with_the_place(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(CityError, match=says):
        read_stations(written(tmp_path, content))


def test_a_station_off_the_map_is_kept_at_the_nearest_edge() -> None:
    city = built_in_city()
    (station,) = on_streets([Place("远", 113.5, 23.12)], city.roads)
    assert not station.on_map
    assert station.distance_m > 5_000
    assert 0 <= station.spot.offset_mm <= city.roads.length_mm[station.spot.edge]


def test_streets_fall_into_areas_by_their_middle_and_strays_into_the_nearest(tmp_path: Path) -> None:
    city = built_in_city()
    west, south, east, north = city.bounds
    middle = (west + east) / 2
    halves = collection(
        ({"name": "西半"}, box(west - 1, south - 1, middle, north + 1)),
        ({"name": "东半"}, box(middle, south - 1, (middle + east) / 2, north + 1)),
        ({"name": "远方"}, box(0, 0, 1, 1)),
    )
    names, of_edge = edge_areas(
        read_areas(written(tmp_path, halves)), city.roads, bounds=city.bounds, file=tmp_path / "places"
    )
    assert names == ("东半", "西半")
    lon, _ = city.roads.lonlat_of(np.arange(city.roads.n_edges), city.roads.length_mm // 2)
    clear = np.abs(lon - middle) > 1e-4
    assert (of_edge[clear] == (lon[clear] < middle)).all()
    two_way = np.flatnonzero(city.roads.twin >= 0)
    assert (of_edge[two_way] == of_edge[city.roads.twin[two_way]]).all()


def test_an_area_inside_the_city_with_no_street_is_refused_by_name(tmp_path: Path) -> None:
    city = built_in_city()
    west, south, east, north = city.bounds
    lon, lat = city.roads.lonlat(0, int(city.roads.length_mm[0]) // 2)
    pond = box(lon + 2e-5, lat + 2e-5, lon + 3e-5, lat + 3e-5)
    areas = collection(({"name": "all"}, box(west, south, east, north)), ({"name": "pond"}, pond))
    with pytest.raises(CityError, match=r"'pond'.*no street lies in this area"):
        edge_areas(read_areas(written(tmp_path, areas)), city.roads, bounds=city.bounds, file=tmp_path / "places")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"features": []}, "no area"),
        (collection(({}, box(0, 0, 1, 1))), r"features\[0\].*needs a name"),
        (collection(({"name": "a"}, point(1, 1))), r"features\[0\].*polygon"),
        (collection(({"name": "a"}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]})), r"features\[0\]"),
        (collection(({"name": "a"}, box(0, 0, 1, 100))), r"features\[0\].*degrees"),
        ("[1, 2", "not a GeoJSON"),
        ("once upon a time", "not valid JSON"),
        ({"places": []}, "not a GeoJSON collection of polygons.*features"),
    ],
)
def test_a_bad_area_file_is_refused_with_the_place(tmp_path: Path, content: object, says: str) -> None:
    with pytest.raises(CityError, match=says):
        read_areas(written(tmp_path, content))
