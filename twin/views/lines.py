"""Walks along the streets as the map draws them: the part of a leg still ahead, and lines in degrees.

In: legs and walks over edges. Out: places on the roads, and longitudes and latitudes. Where a run's own speeds are not
at hand, a leg's time is shared out over its streets by their free-flow speeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.domain.route import Leg, Spot
from twin.roads.network import LongArray, RoadNetwork, to_lonlat

Line = list[list[float]]
"""Points from one end to the other, [longitude, latitude] in degrees; at least two."""


_DEGREE_DIGITS = 5
"""A hundred-thousandth of a degree is about a metre."""


class Walk(NamedTuple):
    """One edge after the other, from `start_mm` along the first to `end_mm` along the last."""

    edges: Sequence[int]
    start_mm: int
    end_mm: int

    @property
    def start(self) -> Spot:
        """Where it begins."""
        return Spot(self.edges[0], self.start_mm)


def walk_ahead(roads: RoadNetwork, leg: Leg, at: int) -> Walk:
    """What is left of a leg; it begins where the unit is.

    Parameters
    ----------
    at : microseconds since the run's epoch; before the departure that is the whole way, after the arrival its goal.
    """
    route, last = leg.route, len(leg.route.edges) - 1
    if at >= leg.arrives_at:
        return Walk(route.edges[last:], route.end_mm, route.end_mm)
    if at <= leg.departed_at:
        return Walk(route.edges, route.start_mm, route.end_mm)
    edges = np.array(route.edges)
    begin_mm, end_mm = np.zeros(edges.size), roads.length_mm[edges].astype(np.float64)
    begin_mm[0], end_mm[-1] = route.start_mm, route.end_mm
    weight = np.maximum(end_mm - begin_mm, 0.0) / roads.speed_mps[edges]
    ends = np.cumsum(weight)
    done = ends[-1] * (at - leg.departed_at) / (leg.arrives_at - leg.departed_at)
    place = min(int(np.searchsorted(ends, done)), last)
    into_mm = (done - (ends[place] - weight[place])) * roads.speed_mps[edges[place]]
    offset_mm = min(max(begin_mm[place] + into_mm, begin_mm[place]), end_mm[place])
    return Walk(route.edges[place:], int(offset_mm), route.end_mm)


class Walks(NamedTuple):
    """Many walks as columns: int64 arrays.

    `edges`: of all walks, one after the other; `n_edges` (n_walks,): how many of them each has; `start_mm`, `end_mm`
    (n_walks,): where along its first edge each begins, along its last each ends.
    """

    edges: LongArray
    n_edges: LongArray
    start_mm: LongArray
    end_mm: LongArray


def in_columns(walks: Sequence[Walk]) -> Walks:
    """Walks as columns."""
    n_edges = np.array([len(walk.edges) for walk in walks], np.int64)
    edges = np.fromiter(chain.from_iterable(walk.edges for walk in walks), np.int64, int(n_edges.sum()))
    start_mm = np.array([walk.start_mm for walk in walks], np.int64)
    return Walks(edges, n_edges, start_mm, np.array([walk.end_mm for walk in walks], np.int64))


def lines_of(roads: RoadNetwork, walks: Sequence[Walk]) -> list[Line]:
    """Each walk as a line."""
    if not walks:
        return []
    points, start = points_of(roads, in_columns(walks))
    rounded: Line = np.round(points, _DEGREE_DIGITS).tolist()
    return [rounded[first:end] for first, end in pairwise(start.tolist())]


def points_of(roads: RoadNetwork, walks: Walks) -> tuple[NDArray[np.float64], LongArray]:
    """All points of all walks, one walk after the other; there must be a walk.

    Returns
    -------
    (points, start) : float64 (n_points, 2), longitudes and latitudes in degrees; int64 (n_walks + 1,), where the points
    of each walk start. A walk has at least two: where it begins and where it ends.
    """
    edges, each = walks.edges, np.arange(walks.n_edges.size)
    last = np.cumsum(walks.n_edges) - 1
    first = last - walks.n_edges + 1
    from_mm, until_mm = np.zeros(edges.size, np.int64), roads.length_mm[edges].astype(np.int64)
    from_mm[first], until_mm[last] = walks.start_mm, walks.end_mm
    inner, of_edge = _inside(roads, edges, from_mm=from_mm, until_mm=until_mm)
    of_walk = np.repeat(each, walks.n_edges)[of_edge]
    starts = np.column_stack(roads.lonlat_of(edges[first], walks.start_mm))
    goals = np.column_stack(roads.lonlat_of(edges[last], walks.end_mm))
    order = np.argsort(np.concatenate([3 * each, 3 * of_walk + 1, 3 * each + 2]), kind="stable")
    n_points = np.bincount(of_walk, minlength=each.size) + 2
    return np.concatenate([starts, _points(roads)[inner], goals])[order], np.append(0, np.cumsum(n_points))


def _inside(
    roads: RoadNetwork, edges: LongArray, *, from_mm: LongArray, until_mm: LongArray
) -> tuple[LongArray, LongArray]:
    """Points of the lines of edges between two offsets each, where each begins included, and whose edge each is."""
    n_points = roads.shape_start[edges + 1] - roads.shape_start[edges]
    of_step = np.repeat(np.arange(edges.size), n_points)
    before = np.cumsum(n_points) - n_points
    point = np.arange(of_step.size) + (roads.shape_start[edges] - before)[of_step]
    share, length_mm = roads.shape_share[point], roads.length_mm[edges]
    inside = (share >= (from_mm / length_mm)[of_step]) & (share < (until_mm / length_mm)[of_step])
    return point[inside], of_step[inside]


@lru_cache(maxsize=2)
def _points(roads: RoadNetwork) -> NDArray[np.float64]:
    """Every point of every line, shape (n_points, 2), degrees."""
    return np.column_stack(to_lonlat(roads.crs, roads.shape_x, roads.shape_y))
