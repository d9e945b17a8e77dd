"""Borders of grids run where one grid meets another."""

from __future__ import annotations

import json

import numpy as np
import pytest

from city_data.built_in import built_in_city
from city_data.city import City
from twin.domain.grid import Cells
from twin.roads.network import to_xy
from twin.views.grid_borders import borders_geojson, grid_of_squares

CITY = built_in_city()
OVERLAY = CITY.layers.overlays[0]


def cells_of(city: City) -> Cells:
    assert city.layers.cells is not None
    return city.layers.cells


CELLS = cells_of(CITY)


def test_a_square_with_streets_belongs_to_a_grid_that_has_some_of_them() -> None:
    grids, (column, row) = grid_of_squares(CELLS, OVERLAY)
    drawn = grids[CELLS.square[:, 1] - row, CELLS.square[:, 0] - column]
    assert (drawn == OVERLAY.of_cell).mean() > 0.8
    claimed = {(*square, grid) for square, grid in zip(CELLS.square.tolist(), OVERLAY.of_cell.tolist(), strict=False)}
    assert {(*square, grid) for square, grid in zip(CELLS.square.tolist(), drawn.tolist(), strict=True)} <= claimed


def test_every_grid_is_drawn_and_far_ground_is_nobodys() -> None:
    grids, _ = grid_of_squares(CELLS, OVERLAY)
    assert set(np.unique(grids).tolist()) == {-1, *range(len(OVERLAY.grids))}
    assert (grids[[0, -1]] == -1).mean() > 0.5


def test_borders_are_as_long_as_there_are_sides_between_grids() -> None:
    grids, _ = grid_of_squares(CELLS, OVERLAY)
    n_sides = int((grids[1:] != grids[:-1]).sum() + (grids[:, 1:] != grids[:, :-1]).sum())
    (feature,) = json.loads(borders_geojson(CELLS, OVERLAY, crs=CITY.roads.crs))["features"]
    lines = np.array(feature["geometry"]["coordinates"])
    x, y = to_xy(CITY.roads.crs, lines[..., 0], lines[..., 1])
    length_m = np.hypot(np.diff(x, axis=1), np.diff(y, axis=1)).sum()
    assert length_m == pytest.approx(n_sides * CELLS.size_m, rel=1e-3)
    assert len(lines) < n_sides
