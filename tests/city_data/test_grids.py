"""Grids are whole, connected, even and compact, keep to their areas, and are the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from city_data.built_in import built_in_city
from city_data.cells import CellPlan, make_cells
from city_data.city import City, with_layers
from city_data.city_layers import NO_LAYERS
from city_data.grid_quality import compactness, ground_m2, quality
from city_data.grids import Ground, ground_of, make_overlay, undivided
from city_data.lay_grids import GridOrder, lay_grids
from city_data.loads import Balance, loads
from tests.city_data.streets_apart import streets_of
from tests.roads.streets import town
from twin.domain.grid import Cells, Grid, Overlay
from twin.errors import CityError


@pytest.fixture(scope="module")
def city() -> City:
    return with_layers(built_in_city(), NO_LAYERS)


@pytest.fixture(scope="module")
def cells(city: City) -> Cells:
    return make_cells(city.roads, CellPlan())[0]


def overlay_of(cells: Cells, n_grids: int, ground: Ground | None = None) -> Overlay:
    load = cells.street_mm / 1000
    return make_overlay(
        "base", cells, ground=ground or undivided(cells), load=load, balanced_by="street_length", n_grids=n_grids
    )


def assert_connected_along_streets(cells: Cells, overlay: Overlay) -> None:
    inside = cells.links[overlay.of_cell[cells.links[:, 0]] == overlay.of_cell[cells.links[:, 1]]]
    graph = coo_array((np.ones(len(inside)), (inside[:, 0], inside[:, 1])), shape=(cells.n, cells.n))
    n_parts, _ = connected_components(graph, directed=False)
    assert n_parts == len(overlay.grids)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    n_rows=st.integers(2, 9),
    n_columns=st.integers(2, 9),
    size_m=st.floats(40, 200),
    share=st.floats(0, 1),
)
def test_every_cell_is_in_one_grid_and_every_grid_is_connected(
    seed: int, n_rows: int, n_columns: int, size_m: float, share: float
) -> None:
    cells, _ = make_cells(town(n_rows, n_columns, seed=seed), CellPlan(size_m=size_m))
    n_grids = 1 + round(share * (cells.n - 1))
    overlay = overlay_of(cells, n_grids)
    assert len(overlay.grids) == n_grids
    assert overlay.of_cell.shape == (cells.n,)
    assert np.bincount(overlay.of_cell, minlength=n_grids).all()
    assert len({grid.ref for grid in overlay.grids}) == n_grids
    assert_connected_along_streets(cells, overlay)


def test_the_streets_of_a_grid_can_be_walked_without_leaving_it(city: City, cells: Cells) -> None:
    roads, overlay = city.roads, overlay_of(cells, 30)
    pieces: nx.Graph = nx.Graph()
    for edge in np.flatnonzero((roads.twin < 0) | (roads.twin > np.arange(roads.n_edges))).tolist():
        own = range(int(cells.edge_start[edge]), int(cells.edge_start[edge + 1]))
        borders = [("cut", edge, int(cells.piece_start_mm[piece])) for piece in own[1:]]
        ends = [("node", int(roads.tail[edge])), *borders, ("node", int(roads.head[edge]))]
        for piece, (start, end) in zip(own, pairwise(ends), strict=True):
            grid = int(overlay.of_cell[cells.piece_cell[piece]])
            pieces.add_edge((grid, start), (grid, end))
    assert nx.number_connected_components(pieces) == len(overlay.grids)


def least_max_over_mean(area_loads: NDArray[np.float64], n_grids: int) -> float:
    """What areas that no grid may cross leave possible: the least limit for which `n_grids` grids are enough."""
    limits = np.sort(np.concatenate([load / np.arange(1, n_grids + 1) for load in area_loads]))
    enough = next(limit for limit in limits if np.ceil(area_loads / limit - 1e-9).sum() <= n_grids)
    return float(enough * n_grids / area_loads.sum())


@pytest.mark.parametrize(("n_grids", "most"), [(30, 1.1), (100, 1.25)])
@pytest.mark.parametrize("areas", [None, "own"])
def test_grids_of_the_built_in_city_are_compact_and_about_as_even_as_its_areas_allow(
    city: City, n_grids: int, most: float, areas: str | None
) -> None:
    laid, report = lay_grids(city, GridOrder(n_grids=n_grids, areas=areas))
    assert report.quality is not None
    cells = laid.layers.cells
    assert cells is not None
    of_area = np.bincount(cells.area, cells.street_mm / 1000).astype(np.float64)
    assert report.quality.max_over_mean <= most * least_max_over_mean(of_area, n_grids)
    assert report.quality.connected
    assert report.quality.compactness > 0.7


def test_no_grid_reaches_over_the_border_of_an_area(city: City) -> None:
    laid, _ = lay_grids(city, GridOrder(n_grids=40, areas="own"))
    cells, (overlay,) = laid.layers.cells, laid.layers.overlays
    assert cells is not None
    for grid in range(len(overlay.grids)):
        names = {cells.areas[area] for area in cells.area[overlay.of_cell == grid]}
        assert names == {overlay.grids[grid].area}


def test_areas_alone_give_one_grid_each_with_its_name(city: City) -> None:
    laid, report = lay_grids(city, GridOrder(areas="own"))
    (overlay,) = laid.layers.overlays
    assert sorted(grid.name for grid in overlay.grids) == sorted(city.areas)
    assert report.quality is not None
    assert report.quality.n_grids == len(city.areas)


def test_areas_that_come_after_the_cells_take_them_whole_and_that_is_said(city: City) -> None:
    laid, _ = lay_grids(city, GridOrder(n_grids=20))
    again, report = lay_grids(laid, GridOrder(overlay="fire", areas="own"))
    assert [overlay.name for overlay in again.layers.overlays] == ["base", "fire"]
    assert any("lie in another area than their cell" in line for line in report.said)
    assert report.others["base"] >= 20


def test_the_same_order_gives_the_same_grids_in_every_process() -> None:
    script = (
        "from city_data.built_in import built_in_city; from city_data.lay_grids import GridOrder, lay_grids; "
        "print(lay_grids(built_in_city(), GridOrder(n_grids=30, anew=True))[0].checksum)"
    )
    sums = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(sums) == 1


def test_grids_are_numbered_from_north_to_south(cells: Cells) -> None:
    overlay = overlay_of(cells, 30)
    north = np.bincount(overlay.of_cell, cells.y) / np.bincount(overlay.of_cell)
    assert north[:5].min() > north[-5:].max()
    assert [grid.ref for grid in overlay.grids[:2]] == ["base-001", "base-002"]


@pytest.mark.parametrize(
    ("n_grids", "says"), [(100_000, "cannot be made of"), (0, "at least one grid"), (3, "cannot keep to 15 areas")]
)
def test_a_number_of_grids_that_cannot_be_is_refused(city: City, n_grids: int, says: str) -> None:
    with pytest.raises(CityError, match=says):
        lay_grids(city, GridOrder(n_grids=n_grids, areas="own"))


def test_an_island_of_an_area_joins_its_nearest_grid_and_that_is_said() -> None:
    line = streets_of([((50, 50), (1950, 50))])
    cells, _ = make_cells(line, CellPlan())
    middle = (cells.x > cells.x.min() + 600) & (cells.x < cells.x.min() + 1500)
    area = np.where(middle, 1, 0).astype(np.int32)
    overlay = make_overlay(
        "base", cells, ground=Ground(("ends", "middle"), area), load=cells.street_mm / 1000, balanced_by=""
    )
    found = quality(cells, overlay, load=cells.street_mm / 1000)
    assert len(overlay.grids) == 2
    assert (found.connected, found.in_pieces) == (False, ("ends",))


def test_a_large_island_gets_grids_of_its_own() -> None:
    line = streets_of([((50, 50), (1950, 50))])
    cells, _ = make_cells(line, CellPlan())
    area = (np.abs(cells.x - cells.x.mean()) < 250).astype(np.int32)
    overlay = overlay_of(cells, 6, Ground(("ends", "middle"), area))
    assert quality(cells, overlay, load=cells.street_mm / 1000).connected


def test_cells_go_to_the_area_with_most_of_their_streets(city: City, cells: Cells) -> None:
    ground = ground_of(cells, city.roads, names=city.areas, areas=city.edge_area)
    assert ground.names == city.areas
    assert 0 < ground.across_m < 0.1 * cells.street_mm.sum() / 1000


def test_compactness_is_one_square_for_a_square_and_less_for_a_strip() -> None:
    street = streets_of([((50, 50), (950, 50))])
    cells, _ = make_cells(street, CellPlan())
    whole = Overlay("base", "", (Grid("base-1", "1"),), np.zeros(cells.n, np.int32))
    each = Overlay(
        "base", "", tuple(Grid(f"base-{n}", str(n)) for n in range(cells.n)), np.arange(cells.n, dtype=np.int32)
    )
    assert compactness(cells, each) == pytest.approx(3 / np.pi)
    n = cells.n
    assert compactness(cells, whole) == pytest.approx([n**2 / (2 * np.pi * (n * (n**2 - 1) / 12 + n / 6))])
    assert ground_m2(cells).sum() == pytest.approx(n * 100**2)


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_cases_are_counted_where_they_lie(city: City, cells: Cells, tmp_path: Path) -> None:
    lon, lat = city.roads.lonlat_of(np.arange(40), city.roads.length_mm[:40] // 2)
    rows = "\n".join(f"{x},{y}" for x, y in zip(lon, lat, strict=True))
    path = table(tmp_path, f"lon,lat\n{rows}\n0,0\n,\n")
    found = loads(cells, city.roads, balance=Balance.CASES, table=path)
    assert found.of_cell.sum() == 40
    assert any("2 of 42 rows have no place in the city" in line for line in found.said)


def test_residents_are_read_by_code_of_cell(city: City, cells: Cells, tmp_path: Path) -> None:
    path = table(tmp_path, f"单元网格,人口\n{cells.codes[3]},120\n{cells.codes[7]},80\n")
    found = loads(cells, city.roads, balance=Balance.RESIDENTS, table=path)
    assert found.of_cell[[3, 7]].tolist() == [120, 80]
    assert found.of_cell.sum() == 200


def test_grids_by_cases_share_the_cases_evenly_and_stay_connected(city: City, tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    edges = random.integers(0, city.roads.n_edges // 3, 3_000)  # crowded in one part of the town
    lon, lat = city.roads.lonlat_of(edges, city.roads.length_mm[edges] // 2)
    path = table(tmp_path, "lon,lat\n" + "\n".join(f"{x},{y}" for x, y in zip(lon, lat, strict=True)))
    laid, report = lay_grids(city, GridOrder(n_grids=15, balance=Balance.CASES, table=path))
    assert report.quality is not None
    assert report.quality.max_over_mean < 1.25
    assert laid.layers.cells is not None
    assert_connected_along_streets(laid.layers.cells, laid.layers.overlays[0])


def test_a_cell_that_outweighs_a_grid_is_pointed_out(city: City, cells: Cells, tmp_path: Path) -> None:
    path = table(tmp_path, f"cell,n\n{cells.codes[3]},900\n{cells.codes[200]},10\n")
    _, report = lay_grids(city, GridOrder(n_grids=10, balance=Balance.CASES, table=path))
    assert any("one cell alone has 9.89 of a mean grid" in line for line in report.said)


def test_without_a_table_cases_cannot_be_balanced_and_that_is_said(city: City) -> None:
    with pytest.raises(CityError, match="balance by cases a table is needed"):
        lay_grids(city, GridOrder(n_grids=10, balance=Balance.CASES))


def test_cells_are_not_made_twice_by_mistake(city: City) -> None:
    laid, _ = lay_grids(city, GridOrder(n_grids=10))
    with pytest.raises(CityError, match="--anew"):
        lay_grids(laid, GridOrder(size_m=50, n_grids=10))
    again, _ = lay_grids(laid, GridOrder(overlay="fire", size_m=50, n_grids=10, anew=True))
    assert [overlay.name for overlay in again.layers.overlays] == ["fire"]


def test_more_grids_than_a_tiny_town_has_cells_is_refused() -> None:
    cells, _ = make_cells(town(2, 2, seed=1), CellPlan())
    with pytest.raises(CityError, match="fewer grids or smaller cells"):
        overlay_of(cells, cells.n + 1)
