"""Grids, overlays and facilities on real streets: Boston, San Francisco and Longgang in Shenzhen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from city_data.areas import Outline, read_areas
from city_data.build import build_city
from city_data.cell_index import CellIndex
from city_data.city import City
from city_data.facilities import read_facilities
from city_data.lay_grids import GridOrder, lay_grids
from city_data.loads import Balance
from city_data.overlays import grids_at, shared_street_m
from city_data.street_pieces import in_metres
from twin.domain.facility import FacilityKind
from twin.roads.network import to_xy

BOSTON = "boston/overpass_drive_2022-05-04.json.gz"
SAN_FRANCISCO = "san_francisco/osm_north_sf_2020-01.osm.gz"
LONGGANG = "shenzhen_longgang/map.osm.gz"


def city_of(roads: Path, out: Path) -> City:
    return build_city(roads, out)


@pytest.fixture(scope="module")
def boston(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> City:
    return city_of(shared_data / BOSTON, tmp_path_factory.mktemp("cities") / "boston")


@pytest.fixture(scope="module")
def two_overlays(shared_data: Path, boston: City) -> City:
    """Boston by neighbourhood and, on the same cells, by police district."""
    base = GridOrder(areas=shared_data / "boston" / "neighborhoods.geojson.gz", n_grids=60)
    laid, _ = lay_grids(boston, base)
    police = GridOrder(overlay="police", areas=shared_data / "boston" / "police_districts.geojson.gz")
    return lay_grids(laid, police)[0]


@pytest.mark.parametrize(("roads", "n_grids"), [(SAN_FRANCISCO, 100), (LONGGANG, 30), (BOSTON, 40)])
def test_grids_of_real_streets_are_connected_and_even(
    shared_data: Path, tmp_path: Path, roads: str, n_grids: int
) -> None:
    _, report = lay_grids(city_of(shared_data / roads, tmp_path / "city"), GridOrder(n_grids=n_grids))
    assert report.quality is not None
    assert report.quality.connected
    assert report.quality.max_over_mean < 1.3


def inside(outline: Outline, city: City, *, wider_m: float) -> np.ndarray:
    """Which pieces of street have their middle in an outline, widened by so much: bool (n_pieces,)."""
    cells = city.layers.cells
    assert cells is not None
    edge = np.repeat(np.arange(city.roads.n_edges), np.diff(cells.edge_start))
    lonlat = city.roads.lonlat_of(edge, cells.piece_start_mm + cells.piece_mm // 2)
    (shape,) = in_metres([outline], city.roads.crs)
    points = shapely.points(*to_xy(city.roads.crs, *lonlat))
    return np.asarray(shapely.contains(shapely.buffer(shape, wider_m), points))


def test_no_grid_reaches_over_the_border_of_a_neighbourhood(shared_data: Path, two_overlays: City) -> None:
    outlines = read_areas(shared_data / "boston" / "neighborhoods.geojson.gz")
    cells, overlay = two_overlays.layers.cells, two_overlays.layers.overlays[0]
    assert cells is not None
    of_piece = np.array([grid.area for grid in overlay.grids])[overlay.of_cell[cells.piece_cell]]
    anywhere = np.any([inside(outline, two_overlays, wider_m=0) for outline in outlines], axis=0)
    across_mm = 0
    for outline in outlines:
        own = of_piece == outline.name
        across_mm += int(cells.piece_mm[own & anywhere & ~inside(outline, two_overlays, wider_m=60)].sum())
    assert across_mm < 0.01 * cells.piece_mm.sum()


def test_a_point_lies_in_one_neighbourhood_grid_and_one_police_district(two_overlays: City) -> None:
    cells = two_overlays.layers.cells
    assert cells is not None
    copley_square = (-71.0763, 42.3499)
    found = grids_at(
        CellIndex(cells, two_overlays.roads),
        two_overlays.layers.overlays,
        lon=[copley_square[0]],
        lat=[copley_square[1]],
    )
    base, police = two_overlays.layers.overlays
    assert base.grids[found[0, 0]].area == "Back Bay"
    assert police.grids[found[0, 1]].name == "D4"
    shared = shared_street_m(cells, base, police)
    assert shared.amount.sum() == pytest.approx(cells.street_mm.sum() / 1000)
    assert len(shared.amount) > len(base.grids)


def test_grids_share_out_the_cases_of_bostons_citizens(shared_data: Path, boston: City) -> None:
    table = shared_data / "boston" / "open311_cases_district_2008_2018H1.csv.gz"
    _, report = lay_grids(boston, GridOrder(n_grids=20, balance=Balance.CASES, table=table))
    assert report.quality is not None
    assert report.quality.connected
    assert report.quality.max_over_mean < 1.35  # one crossing alone has 0.93 of a grid's cases
    assert "3,057 of 50,428 rows have no place in the city and do not count" in report.said


def test_the_open_spaces_of_boston_are_parks_on_its_streets(shared_data: Path, boston: City) -> None:
    found, report = read_facilities(
        shared_data / "boston" / "open_space.geojson.gz", boston.roads, kind=FacilityKind.PARK
    )
    assert report.n_read + report.n_far == 1_011
    assert any(park.name == "Boston Common" and park.distance_m < 300 for park in found)


def test_the_map_of_longgang_names_its_own_facilities(shared_data: Path, tmp_path: Path) -> None:
    city = city_of(shared_data / LONGGANG, tmp_path / "city")
    found, _ = read_facilities(shared_data / LONGGANG, city.roads)
    assert Counter(facility.kind for facility in found) == {
        FacilityKind.SCHOOL: 9,
        FacilityKind.TOILETS: 5,
        FacilityKind.PARK: 4,
        FacilityKind.POLICE: 1,
    }
