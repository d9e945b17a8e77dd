"""The built-in city is one place, the same for everyone, looks like one, and is more of the same at every size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from city_data.built_in import SIZES, built_in_city, lay_out
from city_data.city import City
from city_data.folder import load_city, save_city
from city_data.grid_quality import quality
from city_data.grounds import GroundKind, ground_features
from city_data.lay_grids import GridOrder, lay_grids
from city_data.loads import Balance
from city_data.made.bend import bent, steepest, wave
from city_data.made.people import ABOUT_SHARE, AWAY_SHARE, SCHOOL_SHARE, WORK_SHARE
from city_data.made.sizes import SIZES as MADE
from tests.city_data.test_grids import assert_connected_along_streets
from twin.domain.facility import FacilityKind
from twin.domain.grid import Cells
from twin.domain.mode import ALL_BITS, BIT, CAR, CAR_BIT, E_BIKE, E_BIKE_BIT, MODES, WALK_BIT, Mode
from twin.errors import CityError
from twin.roads.network import CLASSES, RoadNetwork, to_xy

SMALL = ("street", "town")
FOOT = [CLASSES.index(name) for name in ("path", "steps")]


def on_foot(roads: RoadNetwork) -> NDArray[np.bool_]:
    return np.isin(roads.road_class, FOOT)


def one_each(roads: RoadNetwork) -> NDArray[np.bool_]:
    return roads.twin > np.arange(roads.n_edges)


def cells_of(city: City) -> Cells:
    assert city.layers.cells is not None
    return city.layers.cells


def residents_of(city: City) -> NDArray[np.int32]:
    assert city.layers.residents is not None
    return city.layers.residents


def shapes(city: City, kind: GroundKind) -> list[shapely.Polygon]:
    return [
        shapely.Polygon(np.column_stack(to_xy(city.roads.crs, *np.array(ground.outline).T)))
        for ground in city.layers.grounds
        if ground.kind is kind
    ]


def lines_of(roads: RoadNetwork, edges: NDArray[np.int64]) -> NDArray[np.object_]:
    points = np.column_stack([roads.shape_x, roads.shape_y])
    lines = shapely.linestrings(points, indices=np.repeat(np.arange(roads.n_edges), np.diff(roads.shape_start)))
    return np.asarray(lines)[edges]


def test_it_is_the_same_in_every_process_and_for_every_hash_seed() -> None:
    script = "from city_data.built_in import built_in_city; print(built_in_city().checksum)"
    sums = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert sums == {f"{built_in_city().checksum}\n".encode()}


def test_a_city_is_made_once() -> None:
    assert built_in_city() is built_in_city()


def test_the_street_is_an_urban_quarter_of_a_few_thousand_junctions_on_three_kilometres() -> None:
    city = built_in_city()
    roads = city.roads
    assert 1_000 <= roads.n_nodes <= 2_200
    assert 2_000 < np.ptp(roads.node_x) < 3_500
    assert 2_000 < np.ptp(roads.node_y) < 3_500
    assert len(set(roads.road_class.tolist())) >= 8
    assert city.origin.report.n_nodes_dropped == 0


def test_every_street_has_a_name() -> None:
    assert (built_in_city().roads.street > 0).all()


@dataclass(frozen=True)
class Layout:
    """Statistics of a size that should be those of every size."""

    stretch_m: float
    lane_m: float
    dead_end_share: float
    crossing_share: float
    one_way_share: float
    lane_km_per_km2: float
    circuity: float


def layout(city: City) -> Layout:
    roads = city.roads
    metres, once, foot = roads.length_mm / 1000, one_each(roads), on_foot(roads)
    lane = once & foot & np.array(["村" in name for name in roads.names])[roads.street]
    streets = once & ~foot
    degree = np.bincount(roads.tail, minlength=roads.n_nodes)
    one_way = streets & (((roads.modes ^ roads.modes[roads.twin]) & CAR_BIT) > 0)
    origins = np.linspace(0, roads.n_nodes - 1, 40).astype(np.int64)
    ways = csr_array((metres, (roads.tail, roads.head)), shape=(roads.n_nodes,) * 2)
    walked = dijkstra(ways, indices=origins, limit=2_500)
    straight = np.hypot(*(axis[origins][:, None] - axis for axis in (roads.node_x, roads.node_y)))
    near = (straight > 300) & (straight < 1_200) & np.isfinite(walked)
    return Layout(
        stretch_m=float(metres[streets].mean()),
        lane_m=float(metres[lane].mean()),
        dead_end_share=float((degree == 1).mean()),
        crossing_share=float((degree >= 4).mean()),
        one_way_share=float(metres[one_way].sum() / metres[streets].sum()),
        lane_km_per_km2=float(metres[lane].sum() / 1000 / (shapely.area(shapes(city, GroundKind.VILLAGE)).sum() / 1e6)),
        circuity=float(np.median(walked[near] / straight[near])),
    )


@pytest.mark.parametrize("size", [*SMALL, "district"])
def test_the_layout_is_the_same_at_every_size(size: str) -> None:
    found = layout(built_in_city(size))
    assert 80 < found.stretch_m < 105
    assert 25 < found.lane_m < 34
    assert 0.15 < found.dead_end_share < 0.27
    assert 0.28 < found.crossing_share < 0.45
    assert 0.15 < found.one_way_share < 0.27
    assert 48 < found.lane_km_per_km2 < 62
    assert 1.15 < found.circuity < 1.4


def test_the_city_has_two_hundred_thousand_junctions_in_communities_of_three_districts() -> None:
    town = lay_out(MADE["city"])
    assert 150_000 < town.laid.network.n_nodes <= 200_000
    assert town.laid.report.n_nodes_dropped == 0
    assert len(set(town.communities.names)) == 150
    assert {name[:3] for name in town.communities.names} == {"河西区", "河东区", "北岭区"}


@pytest.mark.parametrize("size", SMALL)
def test_walkers_may_use_every_street_both_ways_and_lanes_are_closed_to_cars(size: str) -> None:
    roads = built_in_city(size).roads
    assert (roads.twin >= 0).all()
    assert ((roads.modes & WALK_BIT) > 0).all()
    foot = on_foot(roads)
    assert not (roads.modes[foot] & CAR_BIT).any()
    assert not (roads.modes[roads.road_class == CLASSES.index("steps")] & E_BIKE_BIT).any()
    against = (roads.modes == WALK_BIT) & ~foot
    assert (roads.modes[roads.twin[against]] == ALL_BITS).all()
    assert 0.05 < against.sum() / (~foot).sum() < 0.2


@pytest.mark.parametrize("size", SMALL)
@pytest.mark.parametrize("mode", MODES)
def test_nobody_is_trapped_by_one_ways(size: str, mode: Mode) -> None:
    roads = built_in_city(size).roads
    open_edges = (roads.modes & BIT[mode]) > 0
    graph = csr_array(
        (np.ones(open_edges.sum()), (roads.tail[open_edges], roads.head[open_edges])), shape=(roads.n_nodes,) * 2
    )
    _, part = connected_components(graph, directed=True, connection="strong")
    used = np.unique(roads.tail[open_edges])
    assert len(np.unique(part[used])) == 1
    wanted = {CAR: ~on_foot(roads), E_BIKE: ~on_foot(roads)}.get(mode, np.ones(roads.n_edges, np.bool_))
    assert (open_edges | open_edges[roads.twin])[wanted].all()


@pytest.mark.parametrize("size", SMALL)
def test_only_bridges_cross_the_water(size: str) -> None:
    city = built_in_city(size)
    roads = city.roads
    edges = np.flatnonzero(one_each(roads))
    _, wet = shapely.STRtree(lines_of(roads, edges)).query(shapes(city, GroundKind.WATER), predicate="intersects")
    names = {roads.names[roads.street[edge]] for edge in edges[wet].tolist()}
    assert len(names) >= 3
    assert all(name.endswith("桥") for name in names)


def test_the_street_has_two_bridges_for_cars_and_one_for_walkers() -> None:
    roads = built_in_city().roads
    spans = {roads.names[roads.street[edge]]: int(roads.modes[edge]) for edge in range(roads.n_edges)}
    bridges = {name: modes for name, modes in spans.items() if name.endswith("桥")}
    assert bridges == {
        "黄埔大桥": ALL_BITS,
        "中山大桥": ALL_BITS,
        "大岗步行桥": WALK_BIT | E_BIKE_BIT,
    }


@pytest.mark.parametrize("size", SMALL)
def test_nobody_lives_on_the_water_in_a_park_or_on_a_bridge(size: str) -> None:
    city = built_in_city(size)
    roads, cells = city.roads, cells_of(city)
    at_home = residents_of(city)[:, 3]
    green = np.array([name.endswith(("公园", "花园", "步道", "梯级", "桥")) for name in roads.names])[roads.street]
    edge = np.repeat(np.arange(roads.n_edges), np.diff(cells.edge_start))
    lived_in = np.bincount(cells.piece_cell[~green[edge]], minlength=cells.n) > 0
    assert not lived_in.all()
    assert at_home[~lived_in].sum() == 0


@pytest.mark.parametrize("size", SMALL)
def test_residents_are_conserved_but_for_commuters_out_of_town(size: str) -> None:
    residents, n_people = residents_of(built_in_city(size)), MADE[size].n_people
    assert (residents >= 0).all()
    assert residents.sum(axis=0).tolist() == [round(n_people * (1 - away)) for away in AWAY_SHARE]
    assert residents[:, 3].sum() == n_people
    moved = np.abs(residents[:, 11] - residents[:, 3]).sum()
    assert moved > 0.5 * n_people


def test_shares_of_the_day_leave_somebody_at_home() -> None:
    for shares in zip(SCHOOL_SHARE, WORK_SHARE, AWAY_SHARE, ABOUT_SHARE, strict=True):
        assert 0.2 < 1 - sum(shares) <= 1


def test_the_street_has_the_grids_of_a_street_within_its_communities() -> None:
    city = built_in_city()
    cells = cells_of(city)
    overlays = {overlay.name: overlay for overlay in city.layers.overlays}
    assert len(city.areas) == 15
    assert {name: len(overlay.grids) for name, overlay in overlays.items()} == {
        "base": 197,
        "fire": 197,
        "sanitation": 110,
        "security": 65,
    }
    for overlay in overlays.values():
        assert_connected_along_streets(cells, overlay)
        for grid in range(len(overlay.grids)):
            assert len(set(cells.area[overlay.of_cell == grid].tolist())) == 1


def test_base_grids_have_about_equal_lengths_of_street() -> None:
    city = built_in_city()
    base = next(overlay for overlay in city.layers.overlays if overlay.name == "base")
    found = quality(cells_of(city), base, load=cells_of(city).street_mm / 1000)
    assert found.max_over_mean < 1.3
    assert found.cv < 0.15


@pytest.mark.parametrize("size", SIZES)
def test_overlays_keep_the_proportions_of_the_street(size: str) -> None:
    grids = MADE[size].n_grids
    assert grids["fire"] == grids["base"]
    assert grids["security"] / grids["base"] == pytest.approx(65 / 197, abs=0.02)
    assert grids["sanitation"] / grids["base"] == pytest.approx(110 / 197, abs=0.02)


@pytest.mark.parametrize("size", SMALL)
def test_the_streets_of_a_community_hang_together(size: str) -> None:
    city = built_in_city(size)
    roads = city.roads
    for area in range(len(city.areas)):
        edges = np.flatnonzero(city.edge_area == area)
        _, ends = np.unique([roads.tail[edges], roads.head[edges]], return_inverse=True)
        tail, head = ends.reshape(2, -1)
        n_parts, _ = connected_components(csr_array((np.ones(len(edges)), (tail, head)), shape=(ends.max() + 1,) * 2))
        assert n_parts == 1


def test_there_is_a_grid_station_for_each_community_and_the_three_of_old() -> None:
    city = built_in_city()
    names = {station.name for station in city.stations}
    assert {"东圃消防救援站", "车陂派出所", "涌西网格站"} <= names
    assert {f"{area.removesuffix('社区')}网格站" for area in city.areas} <= names
    cars = city.roads.modes & CAR_BIT
    assert all(station.on_map and cars[station.spot.edge] for station in city.stations)
    assert city.areas[city.edge_area[city.station("涌西网格站").spot.edge]] == "涌西社区"
    lon, lat = (np.array([getattr(station, axis) for station in city.stations]) for axis in ("lon", "lat"))
    assert city.contains(lon, lat).all()


def test_the_street_has_every_kind_of_facility() -> None:
    city = built_in_city()
    count = Counter(facility.kind for facility in city.layers.facilities)
    assert set(count) == set(FacilityKind)
    assert count[FacilityKind.SHELTER] == count[FacilityKind.SCHOOL] + count[FacilityKind.PARK]
    street_m = city.roads.length_mm[one_each(city.roads) & ~on_foot(city.roads)].sum() / 1000
    assert street_m / count[FacilityKind.HYDRANT] == pytest.approx(120, rel=0.2)
    assert all(facility.distance_m < 150 for facility in city.layers.facilities)


def test_the_street_has_about_thirty_thousand_components_with_unique_made_up_ids() -> None:
    components = built_in_city().layers.components
    assert components is not None
    assert 25_000 < components.n < 36_000
    assert components.ids_assumed
    assert len(np.unique(components.ids)) == components.n
    assert {len(one) for one in components.ids.tolist()} == {16}


def test_grounds_can_be_drawn() -> None:
    city = built_in_city()
    count = Counter(ground.kind for ground in city.layers.grounds)
    assert set(count) == set(GroundKind)
    assert 2 <= count[GroundKind.PARK] <= 8
    for kind in GroundKind:
        assert all(shape.is_valid for shape in shapes(city, kind))
    features = ground_features(city.layers.grounds)
    drawn = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    assert all(shape.geom_type == "Polygon" and shape.is_valid for shape in drawn)


def test_grids_can_be_balanced_by_the_residents_the_city_has() -> None:
    city = built_in_city()
    laid, report = lay_grids(city, GridOrder(overlay="posts", n_grids=20, balance=Balance.RESIDENTS))
    assert report.quality is not None
    assert report.quality.max_over_mean < 1.2
    assert any("100,000" in line for line in report.said)
    assert laid.layers.residents is city.layers.residents


def test_residents_move_to_new_cells_and_nobody_is_lost() -> None:
    city = built_in_city()
    laid, _ = lay_grids(city, GridOrder(size_m=100.0, n_grids=20, balance=Balance.RESIDENTS, anew=True))
    assert cells_of(laid).n < cells_of(city).n
    assert (residents_of(laid) >= 0).all()
    assert (residents_of(laid).sum(axis=0) == residents_of(city).sum(axis=0)).all()


def test_residents_and_grounds_are_kept_in_the_city_folder(tmp_path: Path) -> None:
    city = built_in_city()
    save_city(city, tmp_path / "city")
    again = load_city(tmp_path / "city")
    assert again.checksum == city.checksum
    assert again.layers.grounds == city.layers.grounds
    assert (residents_of(again) == residents_of(city)).all()


def test_the_map_is_bent_but_nowhere_folded() -> None:
    assert steepest() < 0.6
    turns = np.linspace(-1, 2, 3_001)
    assert np.abs(wave(turns) - np.sin(2 * np.pi * turns)).max() < 0.06
    east, north = (
        axis.ravel() for axis in np.meshgrid(np.linspace(-14_000, 14_000, 141), np.linspace(-14e3, 14e3, 141))
    )
    x, y = bent(east, north)
    x_east, y_east = bent(east + 1, north)
    x_north, y_north = bent(east, north + 1)
    assert ((x_east - x) * (y_north - y) - (y_east - y) * (x_north - x)).min() > 0.5


def test_there_is_no_other_size() -> None:
    with pytest.raises(CityError, match=r"'galaxy'.*street, town, district, city"):
        built_in_city("galaxy")


def test_an_unknown_station_is_refused_with_those_there_are() -> None:
    with pytest.raises(CityError, match=r"'火星站'.*东圃消防救援站"):
        built_in_city().station("火星站")
