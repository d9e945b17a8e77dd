"""From longitudes and latitudes to places on the roads: the true nearest point on any street's line.

In: coordinates of cases, stations, units. Out: edge, offset and distance, for all of them at once. Distances are in the
network's projection; on a two-way street the lower edge is given, so that one place has one name.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from twin.domain.mode import CAR_BIT, WALK_BIT
from twin.roads.network import FloatArray, LongArray, RoadNetwork, to_xy

OFF_MAP = -1
"""Stands for an edge in arrays where no street is near enough."""


class NearestEdge:
    """An index of the streets that somebody drives or walks on: nothing is put on a way for bicycles alone."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        twin, ids = network.twin, np.arange(network.n_edges)
        both = network.modes | np.where(twin >= 0, network.modes[twin], 0)
        self._edges = ids[((twin < 0) | (ids < twin)) & ((both & (CAR_BIT | WALK_BIT)) > 0)]
        points = np.column_stack([network.shape_x, network.shape_y])
        edge_of_point = np.repeat(ids, np.diff(network.shape_start))
        self._lines = np.asarray(shapely.linestrings(points, indices=edge_of_point))[self._edges]
        self._tree = shapely.STRtree(self._lines)

    def snap(
        self, lon: npt.ArrayLike, lat: npt.ArrayLike, *, within_m: float | None = None
    ) -> tuple[LongArray, LongArray, FloatArray]:
        """The nearest place on the roads to each of many coordinates.

        Parameters
        ----------
        lon, lat : degrees (WGS 84), shape (n,).
        within_m : how far a street may be, metres; None for any distance.

        Returns
        -------
        edge : int64 (n,), `OFF_MAP` where no street is near enough or the coordinate is not a place on earth.
        offset_mm : int64 (n,), 0 where off the map.
        distance_m : float64 (n,), infinite where off the map.
        """
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        edge, offset_mm = np.full(lon.shape, OFF_MAP, np.int64), np.zeros(lon.shape, np.int64)
        distance_m = np.full(lon.shape, np.inf)
        on_earth = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
        x, y = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
        x[on_earth], y[on_earth] = to_xy(self._network.crs, lon[on_earth], lat[on_earth])
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        points = np.asarray(shapely.points(x[known], y[known]))
        (place, line), distance = self._tree.query_nearest(points, return_distance=True, all_matches=True)
        order = np.lexsort((line, place))
        first = order[np.unique(place[order], return_index=True)[1]]
        if within_m is not None:
            first = first[distance[first] <= within_m]
        place, line, distance = place[first], line[first], distance[first]
        found = known[place]
        edge[found], distance_m[found] = self._edges[line], distance
        share = np.nan_to_num(shapely.line_locate_point(self._lines[line], points[place], normalized=True))
        length_mm = self._network.length_mm[edge[found]]
        offset_mm[found] = np.clip(np.round(share * length_mm), 0, length_mm).astype(np.int64)
        return edge, offset_mm, distance_m
