"""Facilities come from the map file of the streets, from other map layers and from tables, and stand on the streets."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from city_data.built_in import built_in_city
from city_data.city import with_layers
from city_data.city_layers import NO_LAYERS
from city_data.facilities import read_facilities
from city_data.furnish import add_facilities
from city_data.roads import read_roads
from tests.bad_input.roads import SQUARE_OSM
from twin.domain.facility import Facility, FacilityKind
from twin.errors import CityError
from twin.roads.network import RoadNetwork

PARK = [(113.391, 23.118), (113.393, 23.118), (113.393, 23.120), (113.391, 23.120), (113.391, 23.118)]
TOWN_OSM = SQUARE_OSM.replace(
    '<node id="2" lat="23.001" lon="113.011"/>',
    '<node id="2" lat="23.001" lon="113.011"><tag k="emergency" v="fire_hydrant"/></node>'
    '<node id="5" lat="23.002" lon="113.002"><tag k="amenity" v="police"/><tag k="name" v="派出所"/></node>'
    '<node id="6" lat="23.003" lon="113.003"><tag k="amenity" v="bench"/></node>',
).replace(
    "</osm>",
    '<way id="20"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>'
    '<tag k="leisure" v="park"/><tag k="name" v="公园"/></way>'
    '<way id="21"><nd ref="1"/><nd ref="2"/><nd ref="3"/></way>'
    '<way id="22"><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>'
    '<relation id="30"><member type="way" ref="21" role="outer"/><member type="way" ref="22" role="outer"/>'
    '<tag k="type" v="multipolygon"/><tag k="amenity" v="school"/></relation>'
    '<way id="23"><nd ref="1"/><nd ref="2"/><tag k="amenity" v="hospital"/></way></osm>',
)


@pytest.fixture(scope="module")
def roads() -> RoadNetwork:
    return built_in_city().roads


def kinds(facilities: tuple[Facility, ...]) -> list[str]:
    return [facility.kind.value for facility in facilities]


def written(folder: Path, content: object, *, name: str) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_the_tags_of_the_streets_own_file_name_facilities(tmp_path: Path) -> None:
    path = written(tmp_path, TOWN_OSM, name="town.osm")
    found, report = read_facilities(path, read_roads(path).network)
    by_ref = {facility.ref: facility for facility in found}
    assert sorted(by_ref) == ["node/2", "node/5", "relation/30", "way/20"]
    assert kinds(found) == ["hydrant", "police", "school", "park"]
    assert (by_ref["way/20"].lon, by_ref["way/20"].lat) == pytest.approx((113.006, 23.006))
    assert (by_ref["relation/30"].lon, by_ref["relation/30"].lat) == pytest.approx((113.006, 23.006))
    assert by_ref["node/5"].name == "派出所"
    assert by_ref["node/2"].distance_m < 1
    assert report.n_open == 1


def test_overpass_json_gives_the_same_as_osm_xml(tmp_path: Path) -> None:
    corners = [(113.001, 23.001), (113.011, 23.001), (113.011, 23.011), (113.001, 23.011)]
    elements: list[dict[str, object]] = [
        {"type": "node", "id": number, "lon": lon, "lat": lat} for number, (lon, lat) in enumerate(corners, start=1)
    ]
    elements[1]["tags"] = {"emergency": "fire_hydrant"}
    elements += [
        {"type": "way", "id": 20, "nodes": [1, 2, 3, 4, 1], "tags": {"leisure": "park", "name": "公园"}},
        {"type": "way", "id": 21, "nodes": [1, 2, 3]},
        {"type": "way", "id": 22, "nodes": [3, 4, 1]},
        {
            "type": "relation",
            "id": 30,
            "members": [{"type": "way", "ref": way, "role": "outer"} for way in (21, 22)],
            "tags": {"amenity": "school"},
        },
    ]
    roads = read_roads(written(tmp_path, SQUARE_OSM, name="town.osm")).network
    found, _ = read_facilities(written(tmp_path, {"elements": elements}, name="town.json"), roads)
    xml, _ = read_facilities(written(tmp_path, TOWN_OSM, name="town.osm"), roads)
    assert [facility for facility in xml if facility.kind is not FacilityKind.POLICE] == list(found)


def collection(kind: str) -> dict[str, object]:
    park = {"type": "Polygon", "coordinates": [PARK]}
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"名称": "人民公园", "类型": kind}, "geometry": park},
            {"type": "Feature", "properties": {"类型": "报刊亭"}, "geometry": None},
        ],
    }


def test_geojson_polygons_stand_at_their_middle_and_unknown_kinds_are_counted(
    roads: RoadNetwork, tmp_path: Path
) -> None:
    (park,), report = read_facilities(written(tmp_path, collection("公园"), name="parks.geojson"), roads)
    assert (park.kind, park.name, park.lon, park.lat) == (FacilityKind.PARK, "人民公园", 113.392, 23.119)
    assert report.unknown == {"报刊亭": 1}
    assert any("报刊亭 1" in line for line in report.lines())


@pytest.mark.parametrize("name", ["parks.shp", "parks.gpkg"])
def test_map_layers_are_read_in_their_own_projection(roads: RoadNetwork, tmp_path: Path, name: str) -> None:
    frame = geopandas.GeoDataFrame({"name": ["one"]}, geometry=[shapely.Polygon(PARK)], crs="EPSG:4326")
    frame.to_crs("EPSG:4547").to_file(tmp_path / name)
    (park,), _ = read_facilities(tmp_path / name, roads, kind=FacilityKind.PARK)
    assert park.name == "one"
    assert (park.lon, park.lat) == pytest.approx((113.392, 23.119))


def test_a_table_of_an_office_is_read_in_its_own_encoding(roads: RoadNetwork, tmp_path: Path) -> None:
    path = tmp_path / "toilets.csv"
    path.write_bytes("名称,类型,经度,纬度\n一号厕所,公厕,113.391,23.119\n远,公厕,0,0\n".encode("gb18030"))
    (toilets,), report = read_facilities(path, roads)
    assert (toilets.kind, toilets.name, toilets.ref) == (FacilityKind.TOILETS, "一号厕所", "toilets/1")
    assert report.n_far == 1


def test_a_facility_stands_at_the_nearest_place_on_the_roads(roads: RoadNetwork, tmp_path: Path) -> None:
    path = written(tmp_path, "kind,lon,lat\nhydrant,113.391,23.119\n", name="hydrants.csv")
    (hydrant,), _ = read_facilities(path, roads)
    lon, lat = roads.lonlat(hydrant.spot.edge, hydrant.spot.offset_mm)
    metres = np.hypot((lon - hydrant.lon) * 102_400, (lat - hydrant.lat) * 110_750)
    assert metres == pytest.approx(hydrant.distance_m, rel=0.02)


def test_facilities_of_several_files_come_together_and_those_known_are_replaced(tmp_path: Path) -> None:
    city = with_layers(built_in_city(), NO_LAYERS)
    hydrants = written(tmp_path, "kind,lon,lat\nhydrant,113.391,23.119\n", name="hydrants.csv")
    police = written(tmp_path, "name,lon,lat\none,113.391,23.119\ntwo,113.392,23.119\n", name="police.csv")
    city, _ = add_facilities(city, hydrants)
    city, _ = add_facilities(city, police, kind="派出所")
    city, report = add_facilities(city, police, kind="police")
    assert report["by kind"] == {"hydrant": 1, "police": 2}
    with pytest.raises(CityError, match="'kiosk' is no kind of facility"):
        add_facilities(city, police, kind="kiosk")
