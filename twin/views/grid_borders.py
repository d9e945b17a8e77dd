"""Borders of responsibility grids, drawn along the sides of their unit cells.

In: cells and an overlay. Out: GeoJSON lines. A square belongs to the grid that has most street in it; a square without
streets (the inside of a block) to the nearest one within reach, as places off the streets do.
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from twin.domain.grid import Cells, Overlay
from twin.roads.network import to_lonlat

REACH_M = 150.0
"""Ground farther than this from every cell belongs to no grid."""
_NOBODY = -1


def grid_of_squares(cells: Cells, overlay: Overlay) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """The grid of each square of a rectangle around all cells.

    Returns
    -------
    grids : int64 (n_rows, n_columns), index into `overlay.grids`, -1 for nobody's ground; row 0 is the southernmost.
    origin : column and row of the first square, counted as in `cells.square`.
    """
    margin = int(REACH_M // cells.size_m) + 1
    low = cells.square.min(axis=0) - margin
    columns, rows = (cells.square - low).T
    shape = (int(rows.max()) + margin + 1, int(columns.max()) + margin + 1)
    grids = np.full(shape, _NOBODY, np.int64)
    order = np.argsort(cells.street_mm, kind="stable")
    grids[rows[order], columns[order]] = overlay.of_cell[order]
    away, nearest = distance_transform_edt(grids == _NOBODY, return_indices=True)
    filled = grids[tuple(nearest)]
    return np.where(away * cells.size_m <= REACH_M, filled, _NOBODY), (int(low[0]), int(low[1]))


def borders_geojson(cells: Cells, overlay: Overlay, *, crs: str) -> bytes:
    """Where one grid meets another or nobody's ground: one MultiLineString, straight stretches in one piece.

    Parameters
    ----------
    crs : the projection that squares are counted in.
    """
    grids, (column, row) = grid_of_squares(cells, overlay)
    across = _stretches(grids[1:] != grids[:-1])
    along = _stretches((grids[:, 1:] != grids[:, :-1]).T)
    x = np.concatenate([across[:, 1:], np.repeat(along[:, :1] + 1, 2, axis=1)]) + column
    y = np.concatenate([np.repeat(across[:, :1] + 1, 2, axis=1), along[:, 1:]]) + row
    lon, lat = to_lonlat(crs, x * cells.size_m, y * cells.size_m)
    lines = np.round(np.stack([lon, lat], axis=2), 6).tolist()
    geometry = {"type": "MultiLineString", "coordinates": lines}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, separators=(",", ":")).encode()


def _stretches(borders: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Runs of borders in each line: int64 (n_runs, 3), the line, where the run begins, and where it has ended."""
    changes = np.diff(np.pad(borders, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    line, begin = np.nonzero(changes == 1)
    _, end = np.nonzero(changes == -1)
    return np.column_stack([line, begin, end])
