"""Lane maps: carriageways that junctions join, walkers both ways, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from city_data.roads import read_roads
from twin.domain.mode import CAR_BIT, WALK_BIT
from twin.errors import CityError

CORNERS = [(113.0, 23.0), (113.001, 23.0), (113.001, 23.001)]


def way(number: int, *points: tuple[float, float], **said: object) -> dict[str, Any]:
    properties = {"id": number, "highway": "residential", "max_speed": 8.33} | said
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "LineString", "coordinates": [[*point, 12.5] for point in points]},
    }


def junction(number: int, into: list[int], out_of: list[int], *points: tuple[float, float]) -> dict[str, Any]:
    properties = {"id": number, "in_ways": into, "out_ways": out_of}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "MultiPoint", "coordinates": points}}


def triangle(**said: object) -> list[dict[str, Any]]:
    """Three carriageways round a block; the first is a little short of its junctions."""
    a, b, c = CORNERS
    return [
        way(1, (113.0001, 23.0), (113.0009, 23.0), name="光谷六路", **said),
        way(2, b, c, highway="trunk"),
        way(3, c, a),
        *(junction(number, [number], [number % 3 + 1], at) for number, at in ((1, b), (2, c), (3, a))),
    ]


def written(folder: Path, features: list[dict[str, object]]) -> Path:
    path = folder / "lanes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path


def test_carriageways_are_one_way_and_drawn_on_to_their_junctions(tmp_path: Path) -> None:
    roads = read_roads(written(tmp_path, triangle()))
    network = roads.network
    assert roads.format_name == "lane map"
    assert (network.n_nodes, network.n_edges) == (3, 3)
    assert (network.twin == -1).all()
    for edge in range(3):
        np.testing.assert_allclose(
            network.shape_lonlat(edge)[[0, -1]],
            np.column_stack([network.node_lon, network.node_lat])[[network.tail[edge], network.head[edge]]],
            atol=1e-9,
        )
    named = int(network.street.argmax())
    assert network.names[network.street[named]] == "光谷六路"
    assert network.length_mm[named] == pytest.approx(102_360, rel=0.001)
    assert network.speed_mps[named] == pytest.approx(8.33)


def test_on_foot_walkers_go_against_the_carriageway_and_along_trunk_roads_where_there_is_a_pavement(
    tmp_path: Path,
) -> None:
    network = read_roads(written(tmp_path, triangle()), on_foot=True).network
    assert sorted(network.modes.tolist()) == [CAR_BIT, WALK_BIT, WALK_BIT, *(CAR_BIT | WALK_BIT,) * 2]
    paved = [feature | {"properties": feature["properties"] | {"walk_lane_width": 2.0}} for feature in triangle()[:3]]
    network = read_roads(written(tmp_path, [*paved, *triangle()[3:]]), on_foot=True).network
    assert sorted(network.modes.tolist()) == [*(WALK_BIT,) * 3, *(CAR_BIT | WALK_BIT,) * 3]


def test_a_junction_of_several_points_lies_in_their_middle_and_loose_ends_are_dropped(tmp_path: Path) -> None:
    features = triangle()
    features[3] = junction(1, [1], [2, 9], (113.0008, 23.0), (113.0012, 23.0))
    roads = read_roads(written(tmp_path, [*features, way(9, CORNERS[1], (113.002, 23.0))]))
    assert roads.network.node_lon.max() == pytest.approx(113.001)
    assert (roads.report.n_nodes_read, roads.report.n_nodes_no_return) == (4, 1)


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ([*triangle(), junction(7, [99], [1], CORNERS[0])], r"features\[6\].*junction 7 names way 99"),
        ([way(1, (500.0, 23.0), CORNERS[1]), *triangle()[1:]], r"features\[0\].*not a longitude"),
        ([way(1, CORNERS[0]), *triangle()[1:]], "not a lane map"),
        (triangle(max_speed="fast"), "not a lane map.*float"),
        (triangle()[3:], "names way 1"),
        ([way(1, *CORNERS, highway="canal"), junction(1, [1], [1], CORNERS[0])], "no street a car may use: none of 1"),
        (triangle()[:4], "leads back"),
    ],
)
def test_what_is_wrong_is_said_by_name(features: list[dict[str, object]], says: str, tmp_path: Path) -> None:
    with pytest.raises(CityError, match=says) as refusal:
        read_roads(written(tmp_path, features))
    assert "lanes.geojson" in str(refusal.value)


def test_other_geojson_is_no_map(tmp_path: Path) -> None:
    with pytest.raises(CityError, match="does not say how streets connect"):
        read_roads(written(tmp_path, [way(1, *CORNERS)]))


def test_a_lane_map_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, triangle())
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CityError, match="not valid JSON"):
        read_roads(path)
