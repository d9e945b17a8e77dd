"""A town cut into a few dozen squares, each with a street that stands for it: what coverage is measured on.

In: a network. Out: the zone of every edge, and one place a zone that times are measured to. Squares without streets are
no zones; the size of the squares follows from how many zones there may be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.domain.route import Spot
from twin.roads.network import FloatArray, IdArray, LongArray, RoadNetwork

N_MOST = 60
"""Zones of a town, at most: squares of some 1.4 km in a town of 11 km by 11."""

_STEP = 1.02
"""By how much squares grow until there are no more than asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Zones by number, from south to north and from west to east in each row.

    Parameters
    ----------
    spots : one place a zone: on the street nearest to the middle of its streets, of those open to most modes.
    of_edge : int32 (n_edges,), zone of each edge, by its middle.
    length_mm : int64 (n_zones,), length of the streets of each; a street counts in both directions.
    """

    spots: tuple[Spot, ...]
    of_edge: IdArray
    length_mm: LongArray

    @property
    def n(self) -> int:
        """Number of zones."""
        return len(self.spots)

    def at(self, edges: LongArray) -> LongArray:
        """The zone of each of these edges; where there are no roads, all are in one."""
        return np.take(self.of_edge, edges, mode="clip").astype(np.int64)


ONE_PLACE = Zones((Spot(0, 0),), np.zeros(1, np.int32), np.ones(1, np.int64))
"""Where there are no roads."""


def zones_of(network: RoadNetwork, *, n_most: int = N_MOST) -> Zones:
    """Cut a town into at most so many squares of equal size."""
    x = (network.node_x[network.tail] + network.node_x[network.head]) / 2
    y = (network.node_y[network.tail] + network.node_y[network.head]) / 2
    of_edge, n = _squares(x - x.min(), y - y.min(), n_most=n_most)
    lengths = network.length_mm.astype(np.float64)
    metres = np.bincount(of_edge, lengths, n)
    away = np.hypot(*(at - (np.bincount(of_edge, at * lengths, n) / metres)[of_edge] for at in (x, y)))
    order = np.lexsort((away, -np.bitwise_count(network.modes).astype(np.int64), of_edge))
    first = order[np.searchsorted(of_edge[order], np.arange(n))].tolist()
    spots = tuple(Spot(edge, int(network.length_mm[edge]) // 2) for edge in first)
    return Zones(spots, of_edge.astype(np.int32), np.bincount(of_edge, lengths, n).astype(np.int64))


def _squares(east: FloatArray, north: FloatArray, *, n_most: int) -> tuple[LongArray, int]:
    """The square of each point, those with points being numbered through, and how many there are."""
    width, height = float(east.max()), float(north.max())
    side = max(np.sqrt(width * height / n_most), (width + height) / n_most, 1e-3)
    while True:
        square = np.floor(north / side).astype(np.int64) * (1 << 31) + np.floor(east / side).astype(np.int64)
        found, number = np.unique(square, return_inverse=True)
        if found.size <= n_most:
            return number.astype(np.int64), int(found.size)
        side *= _STEP
