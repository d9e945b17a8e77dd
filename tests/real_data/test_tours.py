"""Tours on the real lanes of two Chinese quarters: Longgang in Shenzhen and Guanggu in Wuhan, on foot and by car."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from city_data.build import build_city
from city_data.lay_grids import GridOrder, lay_grids
from twin.domain.mode import CAR_BIT, WALK_BIT
from twin.roads.beats import streets_of_grids
from twin.roads.inspection import Inspection, inspect
from twin.roads.network import RoadNetwork
from twin.roads.open_streets import open_streets

LONGGANG = "shenzhen_longgang/map.osm.gz"
GUANGGU = "wuhan_guanggu/road_net_lanes.geojson"


def tours(roads: Path, out: Path, *, n_grids: int, on_foot: bool) -> tuple[RoadNetwork, list[Inspection]]:
    """A tour for every grid that has streets open to walkers or, where the city is for cars only, to cars."""
    city, _ = lay_grids(build_city(roads, out, on_foot=on_foot), GridOrder(n_grids=n_grids))
    assert city.layers.cells is not None
    beats = streets_of_grids(city.layers.cells, city.layers.overlays[0], city.roads)
    streets = open_streets(city.roads, WALK_BIT if on_foot else CAR_BIT)
    return city.roads, [inspect(streets, beat) for beat in beats if streets.usable(beat).size]


@pytest.mark.parametrize(("roads", "n_grids"), [(LONGGANG, 30), (LONGGANG, 60), (GUANGGU, 10)])
@pytest.mark.parametrize("on_foot", [True, False])
def test_19_of_20_tours_take_at_most_1_3_of_the_matching_bound(
    shared_data: Path, tmp_path: Path, roads: str, n_grids: int, on_foot: bool
) -> None:
    _, walks = tours(shared_data / roads, tmp_path / "city", n_grids=n_grids, on_foot=on_foot)
    assert len(walks) > 0.8 * n_grids
    assert np.percentile([walk.ratio for walk in walks], 95) <= 1.3


def test_lanes_on_foot_are_walked_in_the_bound_itself_or_next_to_it(shared_data: Path, tmp_path: Path) -> None:
    _, walks = tours(shared_data / LONGGANG, tmp_path / "city", n_grids=30, on_foot=True)
    ratios = np.array([walk.ratio for walk in walks])
    assert np.median(ratios) == 1
    assert np.percentile(ratios, 95) < 1.05


def test_tours_on_foot_are_closed_and_open_to_walkers(shared_data: Path, tmp_path: Path) -> None:
    network, walks = tours(shared_data / LONGGANG, tmp_path / "city", n_grids=30, on_foot=True)
    for walk in walks:
        assert (network.head[walk.edges] == network.tail[np.roll(walk.edges, -1)]).all()
        assert (network.modes[walk.edges] & WALK_BIT != 0).all()
