"""From longitudes and latitudes to unit cells, for many points at once.

In: cells and their roads. Out: the cell each point belongs to: that of its square where the square has one; of several,
that of the nearest street; where the square has none, that of the nearest street within reach.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.domain.grid import Cells
from twin.roads.nearest import OFF_MAP, NearestEdge
from twin.roads.network import RoadNetwork, to_xy

OFF_CELLS = -1
"""Stands for a cell in arrays where no street is near enough."""
REACH_M = 500.0
"""A point farther than this from every street lies in no cell."""
_WIDE = 1 << 24


class CellIndex:
    """Looks up cells by square, and by street where squares do not tell."""

    def __init__(self, cells: Cells, roads: RoadNetwork) -> None:
        self._cells, self._roads, self._nearest = cells, roads, NearestEdge(roads)
        keys = _keys(cells.square[:, 0], cells.square[:, 1])
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def cells_at(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
        """The cell of each point, `OFF_CELLS` where there is none.

        Parameters
        ----------
        lon, lat : degrees (WGS 84), shape (n,); NaN lies nowhere.

        Returns
        -------
        int32 (n,).
        """
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        found = np.full(lon.shape, OFF_CELLS, np.int32)
        known = np.flatnonzero((np.abs(lon) <= 180) & (np.abs(lat) <= 90))
        x, y = to_xy(self._roads.crs, lon[known], lat[known])
        near_enough = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e8) & (np.abs(y) < 1e8)
        known, x, y = known[near_enough], x[near_enough], y[near_enough]
        size_m = self._cells.size_m
        keys = _keys(np.floor(x / size_m).astype(np.int64), np.floor(y / size_m).astype(np.int64))
        low, high = np.searchsorted(self._keys, keys, "left"), np.searchsorted(self._keys, keys, "right")
        alone = high - low == 1
        found[known[alone]] = self._order[low[alone]]
        unsure = known[~alone]
        edge, offset_mm, _ = self._nearest.snap(lon[unsure], lat[unsure], within_m=REACH_M)
        by_street = np.full(len(unsure), OFF_CELLS, np.int32)
        on_map = edge != OFF_MAP
        by_street[on_map] = self._cells.at_spots(edge[on_map], offset_mm[on_map])
        found[unsure] = self._kept_to_square(by_street, keys[~alone], x[~alone], y[~alone])
        return found

    def _kept_to_square(
        self, cell: NDArray[np.int32], keys: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        """Cells by street, put right where the point's square has several cells and the street is in none of them."""
        low, high = np.searchsorted(self._keys, keys, "left"), np.searchsorted(self._keys, keys, "right")
        square = self._cells.square[cell]
        strange = (high > low) & (_keys(square[:, 0], square[:, 1]) != keys)
        for place in np.flatnonzero(strange).tolist():
            members = self._order[low[place] : high[place]]
            off = np.hypot(self._cells.x[members] - x[place], self._cells.y[members] - y[place])
            cell[place] = members[int(off.argmin())]
        return cell


def _keys(column: NDArray[np.integer], row: NDArray[np.integer]) -> NDArray[np.int64]:
    return column.astype(np.int64) * _WIDE + row
