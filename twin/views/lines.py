"""Walks along the streets as the map draws them: the part of a leg still ahead, and lines in degrees.

In: legs and walks over edges. Out: places on the roads, and longitudes and latitudes. Where a run's own speeds are not
at hand, a leg's time is shared out over its streets by their free-flow speeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.domain.route import Leg, Spot
from twin.roads.network import RoadNetwork, to_lonlat

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


def lines_of(roads: RoadNetwork, walks: Sequence[Walk]) -> list[Line]:
    """Each walk as a line."""
    if not walks:
        return []
    ends = [(walk.edges[0], walk.start_mm, walk.edges[-1], walk.end_mm) for walk in walks]
    first, start_mm, last, end_mm = np.array(ends, np.int64).T
    starts = np.column_stack(roads.lonlat_of(first, start_mm))
    goals = np.column_stack(roads.lonlat_of(last, end_mm))
    points, lines = _points(roads), []
    for walk, start, goal in zip(walks, starts, goals, strict=True):
        parts = [start[None]]
        for number, edge in enumerate(walk.edges):
            begin_mm = walk.start_mm if number == 0 else 0
            until_mm = walk.end_mm if number == len(walk.edges) - 1 else int(roads.length_mm[edge])
            parts.append(points[_inside(roads, edge, start_mm=begin_mm, end_mm=until_mm)])
        line: Line = np.round(np.concatenate([*parts, goal[None]]), _DEGREE_DIGITS).tolist()
        lines.append(line)
    return lines


def _inside(roads: RoadNetwork, edge: int, *, start_mm: int, end_mm: int) -> slice:
    """Points of an edge's line between two offsets, its own ends included where they are passed."""
    first, end = int(roads.shape_start[edge]), int(roads.shape_start[edge + 1])
    share, length_mm = roads.shape_share[first:end], float(roads.length_mm[edge])
    low, high = np.searchsorted(share, [start_mm / length_mm, end_mm / length_mm])
    return slice(first + int(low), max(first + int(low), first + int(high)))


@lru_cache(maxsize=2)
def _points(roads: RoadNetwork) -> NDArray[np.float64]:
    """Every point of every line, shape (n_points, 2), degrees."""
    return np.column_stack(to_lonlat(roads.crs, roads.shape_x, roads.shape_y))
