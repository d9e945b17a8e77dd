"""What lies within a radius of a place: measured on the streets against distances worked out point by point."""

from __future__ import annotations

import numpy as np
import pytest

from tests.roads.streets import town
from twin.domain.route import Spot
from twin.roads.coverage import cover
from twin.roads.network import to_xy


@pytest.mark.parametrize("radius_m", [5.0, 60.0, 200.0, 5_000.0])
def test_a_spot_is_covered_from_all_places_within_the_radius_and_from_no_other(radius_m: float) -> None:
    network, random = town(), np.random.default_rng(3)
    edge = random.integers(0, network.n_edges, 400)
    offset_mm = (random.random(400) * network.length_mm[edge]).astype(np.int64)
    x, y = to_xy(network.crs, *network.lonlat_of(edge, offset_mm))
    place_x, place_y = x[:12] + 3.0, y[:12] - 2.0
    coverage = cover(network, place_x, place_y, radius_m=radius_m)
    apart_m = np.hypot(x[:, None] - place_x, y[:, None] - place_y)
    for spot, away_m in zip(map(Spot, edge.tolist(), offset_mm.tolist()), apart_m, strict=True):
        found = coverage.at(spot)
        assert found == sorted(set(found))
        assert set(found) >= set(np.flatnonzero(away_m < radius_m - 0.01).tolist())
        assert set(found) <= set(np.flatnonzero(away_m < radius_m + 0.01).tolist())


def test_both_directions_of_a_street_are_covered_alike() -> None:
    network = town()
    both = np.flatnonzero(network.twin >= 0)[:20]
    coverage = cover(network, network.node_x[:6], network.node_y[:6], radius_m=150.0)
    for edge in both.tolist():
        length_mm = int(network.length_mm[edge])
        there = Spot(int(network.twin[edge]), length_mm - length_mm // 3)
        assert coverage.at(Spot(edge, length_mm // 3)) == coverage.at(there)


def test_where_nothing_looks_nothing_is_covered() -> None:
    network = town()
    coverage = cover(network, np.zeros(0), np.zeros(0), radius_m=100.0)
    assert coverage.at(Spot(0, 0)) == []
