"""Road files of the formats read, small enough to check by eye."""

from __future__ import annotations

import bz2
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import osmnx
import pytest

from city_data.roads import read_place, read_roads
from tests.bad_input.roads import SQUARE_OSM
from twin.errors import CityError
from twin.roads.network import CLASSES, RoadNetwork


def written(folder: Path, content: str | bytes, *, name: str = "map.osm") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def osm(*ways: str, nodes: int = 6) -> str:
    """Nodes 1..n about 100 m apart on a bent line, and some ways."""
    points = "".join(
        f'<node id="{n}" lat="{23 + 0.0002 * n * n}" lon="{113 + 0.001 * n}"/>' for n in range(1, nodes + 1)
    )
    return f'<osm version="0.6">{points}{"".join(ways)}</osm>'


def way(number: int, *nodes: int, **tags: str) -> str:
    named = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in ({"highway": "residential"} | tags).items())
    return f'<way id="{number}">{"".join(f"""<nd ref="{n}"/>""" for n in nodes)}{named}</way>'


def ends(network: RoadNetwork) -> set[tuple[int, int]]:
    return set(zip(network.tail.tolist(), network.head.tolist(), strict=True))


def test_two_way_streets_become_two_edges_that_are_twins(tmp_path: Path) -> None:
    network = read_roads(written(tmp_path, SQUARE_OSM)).network
    assert network.n_nodes == 2
    assert network.n_edges == 6
    assert (network.twin[network.twin] == np.arange(6)).all()
    for edge in range(6):
        np.testing.assert_array_equal(network.shape_lonlat(edge), network.shape_lonlat(network.twin[edge])[::-1])


def test_the_study_area_is_the_bounds_element_or_else_the_extent_of_the_junctions(tmp_path: Path) -> None:
    assert read_roads(written(tmp_path, SQUARE_OSM)).bounds == (113.0, 23.0, 113.1, 23.1)
    without = SQUARE_OSM.replace("<bounds", "<!-- <bounds").replace('113.1"/>', '113.1"/> -->')
    assert read_roads(written(tmp_path, without)).bounds == (113.001, 23.001, 113.011, 23.011)


@pytest.mark.parametrize("packed", [gzip.compress, bz2.compress], ids=["gzip", "bzip2"])
def test_compression_is_told_by_content_not_by_name(tmp_path: Path, packed) -> None:
    plain = read_roads(written(tmp_path, SQUARE_OSM)).network
    assert read_roads(written(tmp_path, packed(SQUARE_OSM.encode()), name="map.txt")).network.checksum == plain.checksum


def test_overpass_and_graphml_give_the_same_streets_as_osm_xml(tmp_path: Path) -> None:
    path = written(tmp_path, SQUARE_OSM)
    xml = read_roads(path).network
    corners = [(23.001, 113.001), (23.001, 113.011), (23.011, 113.011), (23.011, 113.001)]
    answer = {
        "elements": [
            *({"type": "node", "id": n, "lat": lat, "lon": lon} for n, (lat, lon) in enumerate(corners, start=1)),
            {"type": "way", "id": 10, "nodes": [1, 2, 3, 4, 1], "tags": {"highway": "primary"}},
            {"type": "way", "id": 11, "nodes": [1, 3], "tags": {"highway": "residential", "name": "斜街"}},
            {"type": "relation", "id": 12, "members": [{"type": "way", "ref": 10, "role": ""}]},
        ]
    }
    overpass = read_roads(written(tmp_path, json.dumps(answer), name="answer"))
    assert overpass.format_name == "Overpass JSON"
    assert overpass.network.checksum == xml.checksum
    osmnx.save_graphml(osmnx.graph_from_xml(path), tmp_path / "map.graphml")
    graphml = read_roads(tmp_path / "map.graphml")
    assert graphml.format_name == "GraphML"
    assert ends(graphml.network) == ends(xml)
    for array in (
        "node_lon",
        "node_lat",
        "length_mm",
        "road_class",
        "twin",
        "street",
        "shape_x",
        "shape_y",
        "speed_mps",
    ):
        np.testing.assert_allclose(getattr(graphml.network, array), getattr(xml, array), rtol=1e-12)
    assert graphml.network.names == xml.names


def test_one_ways_reversed_one_ways_and_roundabouts_go_one_way(tmp_path: Path) -> None:
    spurs = [way(number, number, number + 3) for number in (1, 2, 3)]
    triangle = [way(4, 1, 2), way(5, 3, 1), *spurs]
    there = read_roads(written(tmp_path, osm(way(6, 2, 3, oneway="yes"), *triangle))).network
    back = read_roads(written(tmp_path, osm(way(6, 2, 3, oneway="-1"), *triangle))).network
    assert (1, 2) in ends(there)
    assert (2, 1) not in ends(there)
    assert ends(back) == ends(there) - {(1, 2)} | {(2, 1)}
    ring = read_roads(written(tmp_path, osm(way(6, 1, 2, 3, 1, junction="roundabout"), *spurs))).network
    assert {(0, 1), (1, 2), (2, 0)} < ends(ring)
    assert int((ring.twin < 0).sum()) == 3


def test_only_streets_for_cars_are_kept_and_links_fold_into_their_class(tmp_path: Path) -> None:
    text = osm(
        way(1, 1, 2, highway="motorway_link"),
        way(2, 2, 3, highway="living_street"),
        way(3, 2, 4, highway="service"),
        way(4, 1, 5, highway="footway"),
        way(5, 1, 6, highway="construction"),
    )
    network = read_roads(written(tmp_path, text)).network
    assert {CLASSES[number] for number in network.road_class} == {"motorway", "residential", "service"}
    assert network.n_nodes == 4


def test_an_edge_of_several_speeds_takes_the_time_they_take_together(tmp_path: Path) -> None:
    text = osm(way(1, 1, 2, maxspeed="60"), way(2, 2, 3, maxspeed="30 mph"), nodes=3)
    network = read_roads(written(tmp_path, text)).network
    slow, fast = 30 * 0.44704, 60 / 3.6
    assert network.n_edges == 2
    assert slow < network.speed_mps[0] < fast


def test_a_way_that_leaves_the_extract_is_cut_and_counted(tmp_path: Path) -> None:
    whole = [way(number, number, number + 1) for number in range(1, 6)]
    roads = read_roads(written(tmp_path, osm(*whole, way(9, 6, 99))))
    assert roads.n_ways_cut == 1
    assert roads.network.n_edges == 2


def test_the_same_file_gives_the_same_network_however_its_ways_are_ordered(tmp_path: Path) -> None:
    ways = [
        way(1, 1, 2, name="甲路"),
        way(2, 2, 3, name="乙路"),
        way(3, 2, 4),
        way(4, 4, 5, 6, oneway="yes"),
        way(5, 6, 2),
    ]
    forward = read_roads(written(tmp_path, osm(*ways))).network
    backward = read_roads(written(tmp_path, osm(*reversed(ways)))).network
    assert forward.checksum == backward.checksum


def modes(network: RoadNetwork) -> dict[tuple[int, int], int]:
    """Who may use each direction, by the ends of the edge."""
    ends_of = zip(network.tail.tolist(), network.head.tolist(), strict=True)
    return dict(zip(ends_of, network.modes.tolist(), strict=True))


TOWN_WITH_LANES = osm(
    way(1, 1, 2, 3, oneway="yes", name="甲路"),
    way(2, 3, 1),
    way(3, 3, 4, highway="footway"),
    way(4, 4, 5, highway="steps"),
    way(5, 5, 6, highway="path", access="private"),
)
"""Nodes 1, 3, 4 and 5 are junctions or ends, by number 0, 1, 2 and 3."""


def test_on_foot_a_city_has_lanes_and_steps_and_walkers_go_both_ways(tmp_path: Path) -> None:
    roads = read_roads(written(tmp_path, TOWN_WITH_LANES), on_foot=True)
    network = roads.network
    assert sorted(zip(network.tail.tolist(), network.head.tolist(), network.modes.tolist(), strict=True)) == [
        *((0, 1, 7), (0, 1, 7), (1, 0, 4), (1, 0, 7)),
        *((1, 2, 4), (2, 1, 4), (2, 3, 4), (3, 2, 4)),
    ]
    assert (network.twin[network.twin] == np.arange(network.n_edges)).all()
    steps = network.road_class == CLASSES.index("steps")
    assert network.tail[steps].tolist() == [2, 3]
    assert roads.report.n_edges_by_mode == (3, 3, 8)


def test_without_walkers_the_network_is_that_of_the_cars(tmp_path: Path) -> None:
    network = read_roads(written(tmp_path, TOWN_WITH_LANES)).network
    assert set(network.modes.tolist()) == {7}
    assert network.n_edges == 3


def test_a_street_is_cut_in_edges_where_who_may_use_it_changes_and_nowhere_else(tmp_path: Path) -> None:
    spurs = [way(8, 1, 7), way(9, 6, 8)]
    parts = [way(1, 1, 2), way(2, 2, 3, name="甲路"), way(3, 3, 4, oneway="yes"), way(4, 4, 5), way(5, 5, 6)]
    back = way(6, 6, 9, 1, oneway="yes")
    network = read_roads(written(tmp_path, osm(*parts, back, *spurs, nodes=9)), on_foot=True).network
    walked_back = {(0, 1): 7, (1, 0): 7, (1, 2): 7, (2, 1): 4, (2, 3): 7, (3, 2): 7, (3, 0): 7, (0, 3): 4}
    known = modes(network)
    assert {ends: known[ends] for ends in walked_back} == walked_back
    without = read_roads(written(tmp_path, osm(*parts, back, *spurs, nodes=9))).network
    cars = (network.modes & 1) > 0
    assert without.length_mm.sum() == pytest.approx(network.length_mm[cars].sum(), abs=20)


def test_a_contraflow_for_bicycles_is_open_to_e_bikes(tmp_path: Path) -> None:
    ring = [way(1, 1, 2, 3, oneway="yes", **{"oneway:bicycle": "no"}), way(2, 3, 4, 1, oneway="yes")]
    network = read_roads(written(tmp_path, osm(*ring, way(3, 1, 3))), on_foot=True).network
    assert sorted(network.modes.tolist()) == [4, 6, 7, 7, 7, 7]


def test_on_foot_overpass_and_graphml_say_the_same_as_osm_xml(tmp_path: Path) -> None:
    path = written(tmp_path, TOWN_WITH_LANES)
    xml = read_roads(path, on_foot=True).network
    points = [{"type": "node", "id": n, "lat": 23 + 0.0002 * n * n, "lon": 113 + 0.001 * n} for n in range(1, 7)]
    ways = [
        ([1, 2, 3], {"highway": "residential", "oneway": "yes", "name": "甲路"}),
        ([3, 1], {"highway": "residential"}),
        ([3, 4], {"highway": "footway"}),
        ([4, 5], {"highway": "steps"}),
        ([1, 2, 3, 1], {"highway": "pedestrian", "area": "yes"}),
    ]
    elements = [
        *points,
        *({"type": "way", "id": n, "nodes": nodes, "tags": tags} for n, (nodes, tags) in enumerate(ways)),
    ]
    overpass = read_roads(written(tmp_path, json.dumps({"elements": elements}), name="answer"), on_foot=True)
    assert overpass.network.checksum == xml.checksum
    osmnx.save_graphml(osmnx.graph_from_xml(path, simplify=False, retain_all=True), tmp_path / "map.graphml")
    graphml = read_roads(tmp_path / "map.graphml", on_foot=True).network
    for array in ("tail", "head", "modes", "twin", "length_mm", "road_class"):
        np.testing.assert_array_equal(getattr(graphml, array), getattr(xml, array))


def test_of_graphml_that_osmnx_has_simplified_the_walkers_get_the_other_way_of_one_ways(tmp_path: Path) -> None:
    osmnx.save_graphml(osmnx.graph_from_xml(written(tmp_path, TOWN_WITH_LANES)), tmp_path / "map.graphml")
    network = read_roads(tmp_path / "map.graphml", on_foot=True).network
    one_way = (network.modes == 4) & (network.modes[network.twin] == 7)
    assert one_way.sum() == 1
    edge = int(one_way.argmax())
    np.testing.assert_array_equal(network.shape_lonlat(edge), network.shape_lonlat(network.twin[edge])[::-1])


def test_on_foot_the_same_file_gives_the_same_network_however_its_ways_are_ordered(tmp_path: Path) -> None:
    ways = [
        way(1, 1, 2, name="甲路"),
        way(2, 2, 3, name="乙路", oneway="yes"),
        way(3, 3, 4, 1, oneway="yes"),
        way(4, 4, 5, highway="footway"),
        way(5, 5, 6, highway="path"),
        way(6, 6, 2, highway="cycleway", foot="no"),
    ]
    forward = read_roads(written(tmp_path, osm(*ways)), on_foot=True).network
    backward = read_roads(written(tmp_path, osm(*reversed(ways))), on_foot=True).network
    assert forward.checksum == backward.checksum


def test_a_map_of_what_nobody_may_use_is_refused_on_foot_too(tmp_path: Path) -> None:
    text = osm(way(1, 1, 2, access="private"), way(2, 2, 3, highway="corridor"))
    with pytest.raises(CityError, match="no street anybody may use: none of 2 ways"):
        read_roads(written(tmp_path, text), on_foot=True)


def test_osmnx_is_left_as_it_was_found(tmp_path: Path) -> None:
    before = osmnx.settings.all_oneway, list(osmnx.settings.useful_tags_way)
    read_roads(written(tmp_path, TOWN_WITH_LANES), on_foot=True)
    assert (osmnx.settings.all_oneway, list(osmnx.settings.useful_tags_way)) == before


def test_a_place_by_name_is_asked_for_with_all_its_ways_and_their_access_tags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, asked = written(tmp_path, TOWN_WITH_LANES), []

    def from_place(name: str, *, network_type: str, **kept: Any) -> object:
        asked.append((name, network_type))
        return osmnx.graph_from_xml(path, **kept)

    monkeypatch.setattr(osmnx, "graph_from_place", from_place)
    by_name = read_place("Longgang", on_foot=True).network
    assert asked == [("Longgang", "all")]
    assert by_name.checksum == read_roads(path, on_foot=True).network.checksum


def test_a_place_by_name_that_fails_says_so_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError("no network\nwith much more text")

    monkeypatch.setattr(osmnx, "graph_from_place", unreachable)
    cache_before = osmnx.settings.use_cache
    with pytest.raises(CityError, match=r"'Longgang'.*needs the network.*cannot be reached.*--from FILE") as refusal:
        read_place("Longgang")
    assert "\n" not in str(refusal.value)
    assert osmnx.settings.use_cache == cache_before
