"""Networks: what is refused, what is kept, where places lie, and that files tell when they are damaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.roads.streets import CRS, EAST_M, NORTH_M, streets, town
from twin.errors import CityError, RoadError
from twin.roads.build import RawEdges, RawNodes, build_network
from twin.roads.network import RoadNetwork, to_xy


def square(**changes):
    """Four corners, one-way round, as raw arrays; corner 4 is reached but not left."""
    x, y = EAST_M + np.array([0.0, 100, 100, 0, 200]), NORTH_M + np.array([0.0, 0, 100, 100, 0])
    tail, head = np.array([0, 1, 2, 3, 1]), np.array([1, 2, 3, 0, 4])
    edges = RawEdges(
        tail=tail,
        head=head,
        length_mm=np.full(5, 100_000),
        road_class=np.zeros(5, np.uint8),
        speed_mps=np.full(5, 10.0),
        twin=np.full(5, -1),
        street=np.zeros(5, np.int32),
        modes=np.full(5, 7, np.uint8),
        shape_start=np.arange(0, 11, 2),
        shape_x=np.column_stack([x[tail], x[head]]).ravel(),
        shape_y=np.column_stack([y[tail], y[head]]).ravel(),
    )
    return RawNodes(lon=x / 1e5, lat=y / 1e6, x=x, y=y), replace(edges, **changes)


def changed(array, place, value):
    copy = np.array(array)
    copy[place] = value
    return copy


def test_only_the_largest_part_where_all_can_reach_all_is_kept_and_the_rest_is_reported():
    network, report = build_network(*square(), crs=CRS)
    assert (network.n_nodes, network.n_edges) == (4, 4)
    assert (report.n_nodes_dropped, report.n_edges_dropped, report.n_nodes_no_return) == (1, 1, 1)
    assert "1 nodes dropped because there is no way back from them" in report.lines()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"length_mm": changed(np.full(5, 9), 2, 0)}, "edge 2.*longer than 0 mm"),
        ({"speed_mps": changed(np.full(5, 9.0), 3, np.nan)}, "edge 3.*speed"),
        ({"speed_mps": changed(np.full(5, 9.0), 1, 0)}, "edge 1.*speed"),
        ({"head": changed(np.arange(5), 4, 9)}, "edge 4.*head must be 0 to 4"),
        ({"road_class": np.full(5, 10, np.uint8)}, "edge 0.*road_class"),
        ({"street": np.full(5, 1)}, "edge 0.*street"),
        ({"twin": changed(np.full(5, -1), 0, 2)}, "edge 0.*[Tt]wins"),
        ({"twin": changed(np.full(5, -1), 0, 7)}, "edge 0.*twin"),
        ({"shape_start": np.array([0, 1, 4, 6, 8, 10])}, "edge 0.*two points"),
        ({"shape_x": changed(np.zeros(10), 3, np.inf)}, "point 3.*finite"),
        ({"street": np.zeros(4)}, "street must have one value an edge"),
    ],
)
def test_an_edge_that_breaks_a_rule_is_refused_by_number(change, says):
    with pytest.raises(RoadError, match=says):
        build_network(*square(**change), crs=CRS)


def test_a_network_without_streets_is_refused():
    nodes, edges = square()
    empty = RawEdges(**{name: getattr(edges, name)[:0] for name in edges.__slots__})
    with pytest.raises(RoadError, match="no street"):
        build_network(nodes, empty, crs=CRS)


def test_streets_without_any_way_back_are_refused():
    nodes, edges = square(head=np.array([1, 2, 3, 4, 4]))
    with pytest.raises(RoadError, match="leads back"):
        build_network(nodes, edges, crs=CRS)


def test_a_node_off_the_earth_is_refused():
    nodes, edges = square()
    with pytest.raises(RoadError, match=r"node 1.*latitudes"):
        build_network(replace(nodes, lat=changed(nodes.lat, 1, 91.0)), edges, crs=CRS)


def test_arrays_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        town().length_mm[0] = 1


def test_a_saved_network_is_read_back_and_saving_twice_gives_equal_bytes(tmp_path):
    network = town()
    network.save(tmp_path / "roads.npz")
    network.save(tmp_path / "again.npz")
    back = RoadNetwork.load(tmp_path / "roads.npz")
    assert back.checksum == network.checksum
    assert back.names == network.names
    for name in ("node_lon", "tail", "length_mm", "shape_share", "twin"):
        assert np.array_equal(getattr(back, name), getattr(network, name))
    assert (tmp_path / "roads.npz").read_bytes() == (tmp_path / "again.npz").read_bytes()


def test_other_roads_have_another_checksum():
    assert len({town(seed=seed).checksum for seed in (1, 1, 2)}) == 2


def damaged_in_the_middle(data):
    return data[: len(data) // 2] + b"?????" + data[len(data) // 2 + 5 :]


@pytest.mark.parametrize("damage", [lambda _: b"", lambda data: data[:900], damaged_in_the_middle, lambda _: b"roads"])
def test_a_damaged_file_is_told_by_name(tmp_path, damage):
    file = tmp_path / "roads.npz"
    town().save(file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(CityError, match=r"roads\.npz.*damaged.*build the city again"):
        RoadNetwork.load(file)


def test_a_file_whose_content_was_exchanged_does_not_pass(tmp_path):
    file = tmp_path / "roads.npz"
    town().save(file)
    with np.load(file) as stored:
        content = dict(stored)
    content["speed_mps"] = content["speed_mps"] * 2
    np.savez_compressed(file, **content)
    with pytest.raises(CityError, match="checksum"):
        RoadNetwork.load(file)


def test_a_missing_file_is_told_by_name(tmp_path):
    with pytest.raises(CityError, match=r"nowhere\.npz.*missing"):
        RoadNetwork.load(tmp_path / "nowhere.npz")


def test_an_edge_starts_at_its_tail_and_ends_at_its_head():
    network = town()
    edges = np.arange(network.n_edges)
    lon, lat = network.lonlat_of(np.tile(edges, 2), np.concatenate([np.zeros_like(edges), network.length_mm]))
    ends = np.concatenate([network.tail, network.head])
    assert np.allclose(lon, network.node_lon[ends], atol=1e-9)
    assert np.allclose(lat, network.node_lat[ends], atol=1e-9)


def test_a_place_on_a_bent_street_lies_on_its_line():
    nodes, edges = square(
        shape_start=np.array([0, 4, 6, 8, 10, 12]),
        shape_x=EAST_M + np.array([0.0, 0, 0, 100, 100, 100, 100, 0, 0, 0, 100, 200]),
        shape_y=NORTH_M + np.array([0.0, -50, -50, 0, 0, 100, 100, 100, 100, 0, 0, 0]),
    )
    network, _ = build_network(nodes, edges, crs=CRS)
    x, y = to_xy(CRS, *network.lonlat_of([0, 0], [0, 15_000]))
    whole_m = 50 + np.hypot(100, 50)
    assert x == pytest.approx(EAST_M, abs=1e-3)
    assert y == pytest.approx([NORTH_M, NORTH_M - 0.15 * whole_m], abs=1e-3)
    assert network.shape_lonlat(0).shape == (4, 2)
    assert network.lonlat(0, 100_000) == pytest.approx(tuple(network.shape_lonlat(0)[-1]))


def test_a_street_may_lead_back_to_where_it_starts():
    x, y = EAST_M + np.array([0.0, 100.0]), NORTH_M + np.zeros(2)
    network = streets(x, y, start=np.array([0, 1, 0]), end=np.array([1, 0, 0]), two_way=np.array([False, False, True]))
    assert network.n_edges == 4
    assert network.lonlat(2, 1) == pytest.approx(network.lonlat(0, 0))
