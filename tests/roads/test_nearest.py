"""Snapping: the true nearest point, one name for each place, and an honest answer off the map."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.roads.streets import CRS, town
from twin.roads.nearest import OFF_MAP, NearestEdge
from twin.roads.network import to_lonlat, to_xy


def scattered(network, n, *, seed):
    random = np.random.default_rng(seed)
    x = random.uniform(network.node_x.min() - 50, network.node_x.max() + 50, n)
    y = random.uniform(network.node_y.min() - 50, network.node_y.max() + 50, n)
    return to_lonlat(CRS, x, y)


def test_snapping_finds_what_measuring_to_every_street_finds():
    network = town(6, 6, seed=4)
    lon, lat = scattered(network, 300, seed=1)
    edge, offset_mm, distance_m = NearestEdge(network).snap(lon, lat)
    points = np.asarray(shapely.points(*to_xy(CRS, lon, lat)))
    ends = np.stack([network.shape_x, network.shape_y], axis=1).reshape(-1, 2, 2)
    lines = np.asarray(shapely.linestrings(ends))
    everywhere = shapely.distance(points[:, None], lines[None, :])
    assert distance_m == pytest.approx(everywhere.min(axis=1))
    assert distance_m == pytest.approx(everywhere[np.arange(300), edge])
    snapped = shapely.points(*to_xy(CRS, *network.lonlat_of(edge, offset_mm)))
    assert shapely.distance(points, snapped) == pytest.approx(distance_m, abs=0.002)


def test_a_place_on_a_two_way_street_is_named_by_its_lower_edge():
    network = town(6, 6, seed=4)
    edge, _, _ = NearestEdge(network).snap(*scattered(network, 300, seed=2))
    assert ((network.twin[edge] < 0) | (edge < network.twin[edge])).all()


def test_what_is_too_far_or_not_on_earth_is_off_the_map():
    network = town()
    on_street = network.lonlat(3, int(network.length_mm[3]) // 2)
    lon, lat = np.array([on_street[0], on_street[0] + 0.1, np.nan, 500.0]), np.array([on_street[1], on_street[1], 0, 0])
    edge, offset_mm, distance_m = NearestEdge(network).snap(lon, lat, within_m=30)
    assert edge[0] in (3, network.twin[3])
    assert edge[1:].tolist() == [OFF_MAP] * 3
    assert offset_mm[1:].tolist() == [0] * 3
    assert np.isinf(distance_m[1:]).all()


def test_nothing_to_snap_is_no_trouble():
    edge, offset_mm, distance_m = NearestEdge(town()).snap([], [])
    assert edge.size == offset_mm.size == distance_m.size == 0
