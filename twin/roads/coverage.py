"""Coverage: which stretches of which streets lie within a radius of places that something looks out from.

In: a network, places and a radius. Out: for a spot on the roads, the places it can be seen from, by arithmetic on the
stretches of its edge: nothing is measured when it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from twin.domain.route import Spot
from twin.roads.network import FloatArray, IdArray, LongArray, RoadNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Stretches by edge; a place may have several on one edge.

    Parameters
    ----------
    first : int64 (n_edges + 1,), where the stretches of each edge start in the arrays below.
    place : int32 (n,), number of the place that a stretch lies within the radius of; ascending on each edge.
    start_mm, end_mm : int64 (n,), from and to where along the edge, both ends included.
    """

    first: LongArray
    place: IdArray
    start_mm: LongArray
    end_mm: LongArray

    def at(self, spot: Spot) -> list[int]:
        """The places that a spot lies within the radius of, ascending."""
        low, high = int(self.first[spot.edge]), int(self.first[spot.edge + 1])
        if low == high:
            return []
        here = (self.start_mm[low:high] <= spot.offset_mm) & (spot.offset_mm <= self.end_mm[low:high])
        return list(dict.fromkeys(self.place[low:high][here].tolist()))


def cover(network: RoadNetwork, x: FloatArray, y: FloatArray, *, radius_m: float) -> Coverage:
    """What lies within `radius_m` metres, as the crow flies, of each place.

    Parameters
    ----------
    x, y : metres in the network's projection, shape (n_places,).
    """
    edge_of_point = np.repeat(np.arange(network.n_edges), np.diff(network.shape_start))
    begin = np.flatnonzero(edge_of_point[:-1] == edge_of_point[1:])
    from_x, from_y = network.shape_x[begin], network.shape_y[begin]
    along_x, along_y = network.shape_x[begin + 1] - from_x, network.shape_y[begin + 1] - from_y
    ends = np.stack([np.column_stack([from_x, from_y]), np.column_stack([from_x + along_x, from_y + along_y])], axis=1)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends)))
    place, piece = tree.query(shapely.points(x, y), predicate="dwithin", distance=radius_m)
    low, high = _within(
        from_x[piece] - x[place], from_y[piece] - y[place], along_x[piece], along_y[piece], radius_m=radius_m
    )
    edge, share = edge_of_point[begin[piece]], network.shape_share
    before, part = share[begin[piece]], share[begin[piece] + 1] - share[begin[piece]]
    length_mm = network.length_mm[edge]
    start_mm = np.floor((before + low * part) * length_mm).astype(np.int64)
    end_mm = np.ceil((before + high * part) * length_mm).astype(np.int64)
    order = np.lexsort((start_mm, place, edge))
    return Coverage(
        np.searchsorted(edge[order], np.arange(network.n_edges + 1)),
        place[order].astype(np.int32),
        start_mm[order],
        end_mm[order],
    )


def _within(
    from_x: FloatArray, from_y: FloatArray, along_x: FloatArray, along_y: FloatArray, *, radius_m: float
) -> tuple[FloatArray, FloatArray]:
    """From and to which share of each piece it lies in a circle about the origin that it is known to meet."""
    square = along_x**2 + along_y**2
    middle = -np.divide(from_x * along_x + from_y * along_y, square, out=np.zeros_like(square), where=square > 0)
    away = (from_x + middle * along_x) ** 2 + (from_y + middle * along_y) ** 2
    half = np.sqrt(
        np.divide(np.maximum(radius_m**2 - away, 0.0), square, out=np.full_like(square, np.inf), where=square > 0)
    )
    return np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)
