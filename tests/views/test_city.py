"""The streets as a base map."""

from __future__ import annotations

import json

import numpy as np

from city_data.built_in import built_in_city
from city_data.grounds import ground_features
from tests.roads.streets import town
from twin.views.base_map import grounds_geojson, map_style, roads_geojson
from twin.views.city import camera_on, shown_once, street_km
from twin.views.palette import Theme, palette

ROADS = town(6, 6)
COLOURS = palette(Theme.LIGHT)


def test_every_street_is_drawn_once() -> None:
    features = json.loads(roads_geojson(ROADS))["features"]
    n_lines = sum(len(feature["geometry"]["coordinates"]) for feature in features)
    assert n_lines == int(shown_once(ROADS).sum())
    assert n_lines == ROADS.n_edges - int((ROADS.twin >= 0).sum()) // 2


def test_streets_are_where_the_network_says() -> None:
    shapes = [feature["geometry"]["coordinates"] for feature in json.loads(roads_geojson(ROADS))["features"]]
    points = np.concatenate([np.array(line) for lines in shapes for line in lines])
    assert abs(points[:, 0].min() - ROADS.node_lon.min()) < 1e-5
    assert abs(points[:, 1].max() - ROADS.node_lat.max()) < 1e-5


def test_the_style_asks_nobody_else_for_anything() -> None:
    for theme in Theme:
        style = map_style(palette(theme), roads_url="/roads", grounds_url="/grounds")
        assert b"http" not in style
        assert {name: source["data"] for name, source in json.loads(style)["sources"].items()} == {
            "grounds": "/grounds",
            "roads": "/roads",
        }


def test_the_ground_lies_under_lanes_and_lanes_under_streets() -> None:
    layers = [layer["id"] for layer in json.loads(map_style(COLOURS, roads_url="/r", grounds_url="/g"))["layers"]]
    order = ["ground", "grounds-park", "grounds-water", "roads-path", "roads-residential", "roads-trunk"]
    assert [layer for layer in layers if layer in order] == order


def test_lanes_are_dashed_and_thinner_than_streets() -> None:
    layers = {
        layer["id"]: layer["paint"] for layer in json.loads(map_style(COLOURS, roads_url="", grounds_url=""))["layers"]
    }
    assert "line-dasharray" in layers["roads-path"]
    assert "line-dasharray" in layers["roads-steps"]
    assert "line-dasharray" not in layers["roads-residential"]
    assert layers["roads-path"]["line-width"][-1] < layers["roads-residential"]["line-width"][-1]


def test_waters_parks_and_villages_of_the_built_in_city_all_have_a_colour() -> None:
    features = json.loads(grounds_geojson(ground_features(built_in_city().layers.grounds)))["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert set(kinds) == set(COLOURS.grounds)
    assert kinds.index("park") < kinds.index("water")


def test_the_camera_sees_the_whole_city() -> None:
    roads = built_in_city().roads
    camera = camera_on(roads, width_px=700, height_px=500)
    pixels_a_degree = 512 * 2**camera.zoom / 360
    assert np.ptp(roads.node_lon) * pixels_a_degree <= 700
    assert np.ptp(roads.node_lat) * pixels_a_degree / np.cos(np.radians(camera.lat)) <= 500
    assert roads.node_lon.min() < camera.lon < roads.node_lon.max()


def test_a_two_way_street_is_measured_once() -> None:
    once = ROADS.length_mm[shown_once(ROADS)].sum()
    assert street_km(ROADS) == once / 1e6


def test_borders_of_grids_are_drawn_above_the_streets_if_they_are_wanted() -> None:
    plain, bordered = (
        json.loads(map_style(COLOURS, roads_url="/r", grounds_url="/g", grids_url=url)) for url in (None, "/b")
    )
    assert "grids" not in plain["sources"]
    assert bordered["sources"]["grids"]["data"] == "/b"
    assert bordered["layers"][:-1] == plain["layers"]
    assert bordered["layers"][-1]["id"] == "grids"
