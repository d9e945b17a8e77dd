"""Unit cells share out every metre of street, hang together, and can be found from any point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city_data.areas import Outline
from city_data.built_in import built_in_city
from city_data.cell_index import OFF_CELLS, CellIndex
from city_data.cells import CellPlan, make_cells, parse_metres
from city_data.codes import CodeForm, cell_codes
from tests.city_data.streets_apart import box, streets_of
from twin.domain.grid import Cells
from twin.errors import CityError
from twin.roads.network import RoadNetwork, to_lonlat


@pytest.fixture(scope="module")
def roads() -> RoadNetwork:
    return built_in_city().roads


@pytest.fixture(scope="module")
def cells(roads: RoadNetwork) -> Cells:
    return make_cells(roads, CellPlan())[0]


def edges_of_pieces(cells: Cells) -> np.ndarray:
    return np.repeat(np.arange(len(cells.edge_start) - 1), np.diff(cells.edge_start))


@settings(max_examples=15)
@given(size_m=st.floats(20, 700))
def test_every_edge_is_divided_over_the_cells_it_runs_through(size_m: float) -> None:
    roads = built_in_city().roads
    cells, _ = make_cells(roads, CellPlan(size_m=size_m))
    edge = edges_of_pieces(cells)
    assert np.bincount(edge, cells.piece_mm).tolist() == roads.length_mm.tolist()
    assert (cells.piece_mm > 0).all()
    once = (roads.twin < 0) | (roads.twin > np.arange(roads.n_edges))
    assert cells.street_mm.sum() == roads.length_mm[once].sum()
    assert (cells.street_mm > 0).all()
    assert len(set(cells.codes)) == cells.n


def test_both_directions_of_a_street_lie_in_the_same_cells(roads: RoadNetwork, cells: Cells) -> None:
    two_way = np.flatnonzero(roads.twin >= 0)
    for share in (0.1, 0.37, 0.8):
        offset_mm = np.round(share * roads.length_mm[two_way]).astype(np.int64)
        there = cells.at_spots(two_way, offset_mm)
        back = cells.at_spots(roads.twin[two_way], roads.length_mm[two_way] - offset_mm)
        assert (there == back).mean() > 0.99  # a spot exactly on a border has a cell on either side


def test_a_spot_lies_in_the_piece_that_holds_it(cells: Cells) -> None:
    edge = edges_of_pieces(cells)
    middle = cells.piece_start_mm + cells.piece_mm // 2
    assert cells.at_spots(edge, middle).tolist() == cells.piece_cell.tolist()
    assert cells.at_spots(edge, cells.piece_start_mm).tolist() == cells.piece_cell.tolist()


def test_cells_are_about_as_large_as_asked(cells: Cells) -> None:
    assert 0.9 < cells.n / len(np.unique(cells.square, axis=0)) < 1.15
    assert cells.street_mm.min() >= 50_000


def test_the_banks_of_a_creek_are_two_cells_where_no_bridge_joins_them() -> None:
    banks = streets_of([((10, 10), (10, 390)), ((90, 10), (90, 390)), ((10, 390), (90, 390))])
    cells, _ = make_cells(banks, CellPlan())
    _, n_cells = np.unique(cells.square, axis=0, return_counts=True)
    assert sorted(n_cells.tolist()) == [1, 2, 2, 2]


def test_a_corner_that_a_street_clips_is_no_cell() -> None:
    clipping = streets_of([((120, 5), (205, 90)), ((120, 5), (20, 5)), ((205, 90), (290, 190))])
    cells, report = make_cells(clipping, CellPlan())
    assert cells.n < report.n_squares
    assert report.n_clipped >= 1
    assert any("clipped" in line for line in report.lines())


def test_no_cell_reaches_over_the_border_of_an_area() -> None:
    city = built_in_city()
    cells, _ = make_cells(city.roads, CellPlan(areas=city.areas, edge_area=city.edge_area))
    wrong = cells.area[cells.piece_cell] != np.searchsorted(
        [city.areas.index(name) for name in cells.areas], city.edge_area[edges_of_pieces(cells)]
    )
    assert cells.areas == city.areas
    assert cells.piece_mm[wrong].sum() < 0.005 * cells.piece_mm.sum()


def test_a_long_street_is_cut_where_an_outline_crosses_it() -> None:
    road = streets_of([((0, 0), (1000, 0))])
    border = 420.0
    west, east = (
        box(road, -500, -500, border, 500),
        box(road, border, -500, 1500, 500),
    )
    plan = CellPlan(areas=("west", "east"), outlines=(Outline("west", west), Outline("east", east)))
    cells, report = make_cells(road, plan)
    mm = np.bincount(cells.area, cells.street_mm)
    assert mm[0] / mm.sum() == pytest.approx(border / 1000, abs=0.002)
    assert report.outside_m == 0


def test_streets_outside_all_areas_go_to_the_nearest_and_that_is_said() -> None:
    road = streets_of([((0, 0), (1000, 0))])
    cells, report = make_cells(road, CellPlan(areas=("a",), outlines=(Outline("a", box(road, -10, -50, 300, 50)),)))
    assert cells.areas == ("a",)
    assert report.outside_m == pytest.approx(700, rel=0.02)
    assert any("in no area" in line for line in report.lines())


def test_a_point_lies_in_the_cell_of_its_square(roads: RoadNetwork, cells: Cells) -> None:
    squares, counts = np.unique(cells.square, axis=0, return_counts=True)
    single = {tuple(square) for square, count in zip(squares.tolist(), counts, strict=True) if count == 1}
    chosen = [cell for cell in range(cells.n) if tuple(cells.square[cell].tolist()) in single]
    inside = ((cells.square[chosen] + 0.7) * cells.size_m).astype(np.float64)
    lon, lat = to_lonlat(roads.crs, inside[:, 0], inside[:, 1])
    assert CellIndex(cells, roads).cells_at(lon, lat).tolist() == chosen


def test_a_point_in_an_empty_square_belongs_to_the_nearest_street_and_a_far_one_to_none(
    roads: RoadNetwork, cells: Cells
) -> None:
    west = roads.node_lon.min()
    lat = float(roads.node_lat[roads.node_lon.argmin()])
    found = CellIndex(cells, roads).cells_at([west - 0.002, west - 0.1, np.nan, 400.0], [lat] * 4)
    assert found[0] != OFF_CELLS
    assert found[1:].tolist() == [OFF_CELLS] * 3


def test_spots_and_points_on_streets_agree(roads: RoadNetwork, cells: Cells) -> None:
    edges = np.arange(roads.n_edges)
    middle = roads.length_mm // 2
    by_point = CellIndex(cells, roads).cells_at(*roads.lonlat_of(edges, middle))
    assert (by_point == cells.at_spots(edges, middle)).mean() > 0.9  # clipped corners lie in another square


@pytest.mark.parametrize(("form", "most"), [(CodeForm.OLD, 99), (CodeForm.NEW, 999)])
def test_codes_have_the_form_of_the_standard_and_more_communities_where_one_is_full(form: CodeForm, most: int) -> None:
    area = np.zeros(most + 1, np.int32)
    codes, assumed = cell_codes(area, areas=("a",), form=form, communities={})
    assert assumed
    assert {len(code) for code in codes} == {form}
    assert codes[0] == "990001001001" + "1".zfill(form - 12)
    assert codes[most] == "990001001002" + "1".zfill(form - 12)


def test_given_community_codes_are_kept_and_not_called_assumed() -> None:
    codes, assumed = cell_codes(
        np.zeros(2, np.int32), areas=("a",), form=CodeForm.NEW, communities={"a": "440106011001"}
    )
    assert codes == ("440106011001001", "440106011001002")
    assert not assumed


def test_a_community_that_cannot_number_its_cells_is_refused_by_name() -> None:
    with pytest.raises(CityError, match=r"'a'.*100 cells.*99"):
        cell_codes(np.zeros(100, np.int32), areas=("a",), form=CodeForm.OLD, communities={"a": "440106011001"})


@pytest.mark.parametrize("text", ["", "100", "0m", "19m", "6km", "9999m", "m", "１００m?"])
def test_a_side_that_is_no_side_of_a_cell_is_refused(text: str) -> None:
    with pytest.raises(CityError, match="write 100m"):
        parse_metres(text)
