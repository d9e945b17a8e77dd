"""Where on its way a unit is, and the line it still has to drive, for the map.

In: a leg (a route with its departure and arrival) and an instant. Out: a place on the roads, or longitudes and
latitudes. A leg's own time is shared out over its streets by their free-flow speeds: the map needs no more than that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.domain.route import Leg, Spot
from twin.roads.network import RoadNetwork


def where_on(roads: RoadNetwork, leg: Leg, at: int) -> tuple[int, Spot]:
    """Which edge of the route the unit is on (its index in `leg.route.edges`), and the place.

    Parameters
    ----------
    at : microseconds since the run's epoch; before the departure that is the start, after the arrival the goal.
    """
    route, last = leg.route, len(leg.route.edges) - 1
    if at >= leg.arrives_at:
        return last, route.goal
    if at <= leg.departed_at:
        return 0, Spot(route.edges[0], route.start_mm)
    edges = np.array(route.edges)
    begin_mm, end_mm = np.zeros(edges.size), roads.length_mm[edges].astype(np.float64)
    begin_mm[0], end_mm[-1] = route.start_mm, route.end_mm
    weight = np.maximum(end_mm - begin_mm, 0.0) / roads.speed_mps[edges]
    ends = np.cumsum(weight)
    done = ends[-1] * (at - leg.departed_at) / (leg.arrives_at - leg.departed_at)
    place = min(int(np.searchsorted(ends, done)), last)
    into_mm = (done - (ends[place] - weight[place])) * roads.speed_mps[edges[place]]
    offset_mm = min(max(begin_mm[place] + into_mm, begin_mm[place]), end_mm[place])
    return place, Spot(route.edges[place], int(offset_mm))


def line_ahead(roads: RoadNetwork, leg: Leg, at: int) -> list[list[float]]:
    """Points from where the unit is to its goal, [longitude, latitude] in degrees; at least two."""
    edges = leg.route.edges
    place, here = where_on(roads, leg, at)
    lines = []
    for number in range(place, len(edges)):
        start_mm = here.offset_mm if number == place else 0
        end_mm = leg.route.end_mm if number == len(edges) - 1 else int(roads.length_mm[edges[number]])
        lines.append(_part(roads, edges[number], start_mm=start_mm, end_mm=max(start_mm, end_mm)))
    points: list[list[float]] = np.round(np.concatenate(lines), 6).tolist()
    return points


def _part(roads: RoadNetwork, edge: int, *, start_mm: int, end_mm: int) -> NDArray[np.float64]:
    """The line of an edge between two offsets, shape (n_points, 2), both ends included."""
    first, last = int(roads.shape_start[edge]), int(roads.shape_start[edge + 1])
    share_mm = roads.shape_share[first:last] * float(roads.length_mm[edge])
    inside = roads.shape_lonlat(edge)[(share_mm > start_mm) & (share_mm < end_mm)]
    ends = np.column_stack(roads.lonlat_of([edge, edge], [start_mm, end_mm]))
    return np.concatenate([ends[:1], inside, ends[1:]])
