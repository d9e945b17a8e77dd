"""From the plan of the invented town to a road network: numbers, lines, lengths, directions, who may use what.

In: streets with junctions. Out: a `RoadNetwork`, and for each of its edges what stands there. All of it is arrays, as a
city has half a million edges. Each street has both directions: a one-way's other direction is for walkers only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from city_data.made.bend import CRS, bent
from city_data.street_classes import CLASS_OF_HIGHWAY, DEFAULT_KMH, KMH
from city_data.street_plan import Street
from twin.domain.mode import CAR_BIT, WALK_BIT
from twin.roads.build import RawEdges, RawNodes, RoadReport, build_network
from twin.roads.network import CLASSES, RoadNetwork, to_lonlat

HIGHWAYS: Final = (
    *("trunk", "primary", "secondary", "tertiary", "residential", "living_street", "service", "path", "steps"),
)
_FOOT_KMH: Final = {"path": 4.5, "steps": 2.2}
_STEP_M = 35.0
"""Streets are drawn by points about this far apart."""
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Pieces of streets between two junctions, and the junctions, on the flat plan.

    Parameters
    ----------
    points : float64 (n_points, 2).
    start, end : int64 (n,), indices of points; the legal direction of a one-way is from start to end.
    highway, fabric, street, quarter : int64 (n,); `street` indexes `names`.
    modes : uint8 (n,).
    one_way : bool (n,).
    """

    points: FloatArray
    start: IntArray
    end: IntArray
    highway: IntArray
    fabric: IntArray
    street: IntArray
    quarter: IntArray
    modes: NDArray[np.uint8]
    one_way: NDArray[np.bool_]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """The network, and for each directed edge its fabric, quarter (-1 for none) and middle on the plan.

    `fabric`, `quarter`: int64 (n_edges,); `middle`: float64 (n_edges, 2), metres.
    """

    network: RoadNetwork
    report: RoadReport
    fabric: IntArray
    quarter: IntArray
    middle: FloatArray


def stretches_of(streets: Sequence[Street]) -> Stretches:
    """All stretches of some streets, street by street."""
    number: dict[tuple[float, float], int] = {}
    names: dict[str, int] = {"": 0}
    rows: list[tuple[int, int, int, int, int, int, int, bool]] = []
    for street in streets:
        known = [number.setdefault(point, len(number)) for point in street.ordered()]
        if street.one_way < 0:
            known.reverse()
        name = names.setdefault(street.name, len(names))
        highway, one_way = HIGHWAYS.index(street.highway), street.one_way != 0
        for start, end in pairwise(known):
            rows.append((start, end, highway, street.fabric, name, street.quarter, street.modes, one_way))
    table = np.array(rows, np.int64)
    return Stretches(
        points=np.array(list(number), np.float64),
        start=table[:, 0],
        end=table[:, 1],
        highway=table[:, 2],
        fabric=table[:, 3],
        street=table[:, 4],
        quarter=table[:, 5],
        modes=table[:, 6].astype(np.uint8),
        one_way=table[:, 7].astype(np.bool_),
        names=tuple(names),
    )


def lay_streets(stretches: Stretches) -> Laid:
    """The network of all stretches."""
    found = stretches
    one_way = _without_traps(found)
    n = len(found.start)
    tail, head = np.concatenate([found.start, found.end]), np.concatenate([found.end, found.start])
    stretch = np.tile(np.arange(n), 2)
    is_back = np.repeat([False, True], n)
    order = np.lexsort((is_back, stretch, head, tail))
    place = np.empty(2 * n, np.int64)
    place[order] = np.arange(2 * n)
    twin = place[(order + n) % (2 * n)]
    stretch, is_back = stretch[order], is_back[order]
    line_start, x, y = _lines(found)
    chord = np.sqrt(np.diff(x) ** 2 + np.diff(y) ** 2)
    chord_mm = np.append(np.round(1000 * chord), 0).astype(np.int64)
    chord_mm[line_start[1:] - 1] = 0
    length_mm = np.maximum(np.add.reduceat(chord_mm, line_start[:-1]), 1)
    shape_start, at = _both_ways(line_start, stretch, is_back)
    node_x, node_y = bent(found.points[:, 0], found.points[:, 1])
    lon, lat = (np.round(axis, 7) for axis in to_lonlat(CRS, node_x, node_y))
    speed = np.array([(_FOOT_KMH | dict(DEFAULT_KMH))[name] * KMH for name in HIGHWAYS])
    speed[[HIGHWAYS.index(name) for name in _FOOT_KMH]] = [kmh * KMH for kmh in _FOOT_KMH.values()]
    of_class = np.array([CLASSES.index(CLASS_OF_HIGHWAY.get(name, name)) for name in HIGHWAYS], np.uint8)
    modes = np.where(is_back & one_way[stretch], WALK_BIT, found.modes[stretch]).astype(np.uint8)
    network, report = build_network(
        RawNodes(lon, lat, node_x, node_y),
        RawEdges(
            tail=tail[order].astype(np.int32),
            head=head[order].astype(np.int32),
            length_mm=length_mm[stretch],
            road_class=of_class[found.highway[stretch]],
            speed_mps=speed[found.highway[stretch]],
            twin=twin.astype(np.int32),
            street=found.street[stretch].astype(np.int32),
            modes=modes,
            shape_start=shape_start,
            shape_x=x[at],
            shape_y=y[at],
        ),
        names=found.names,
        crs=CRS,
    )
    if report.n_nodes_dropped or report.n_edges_dropped:
        raise AssertionError(f"the plan of the built-in city hangs together, yet {report.n_nodes_dropped} nodes do not")
    middle = (found.points[found.start] + found.points[found.end]) / 2
    return Laid(network, report, found.fabric[stretch], found.quarter[stretch], middle[stretch])


def _without_traps(found: Stretches) -> NDArray[np.bool_]:
    """Which stretches stay one-way: those at junctions a car could not get to, or not away from, become two-way."""
    one_way, drivable, n_points = found.one_way.copy(), (found.modes & CAR_BIT) > 0, len(found.points)
    while True:
        back = drivable & ~one_way
        tail = np.concatenate([found.start[drivable], found.end[back]])
        head = np.concatenate([found.end[drivable], found.start[back]])
        graph = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(n_points, n_points))
        _, part = connected_components(graph, directed=True, connection="strong")
        main = np.bincount(part).argmax()
        trapped = one_way & drivable & ((part[found.start] != main) | (part[found.end] != main))
        if not trapped.any():
            return one_way
        one_way[trapped] = False


def _lines(found: Stretches) -> tuple[IntArray, FloatArray, FloatArray]:
    """Lines of all stretches, one after the other: where each starts, and x, y in metres."""
    start, end = found.points[found.start], found.points[found.end]
    metres = np.sqrt(((end - start) ** 2).sum(axis=1))
    n_steps = np.maximum(1, np.round(metres / _STEP_M)).astype(np.int64)
    line_start = np.concatenate([[0], np.cumsum(n_steps + 1)])
    of_point = np.repeat(np.arange(len(n_steps)), n_steps + 1)
    step = np.arange(line_start[-1]) - line_start[of_point]
    share = (step / n_steps[of_point])[:, None]
    flat = np.where(share < 1, start[of_point] + share * (end - start)[of_point], end[of_point])
    return line_start, *bent(flat[:, 0], flat[:, 1])


def _both_ways(line_start: IntArray, stretch: IntArray, is_back: NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """Where the line of each directed edge starts, and for each of its points which point of the lines it is."""
    n_points = np.diff(line_start)[stretch]
    shape_start = np.concatenate([[0], np.cumsum(n_points)])
    of_point = np.repeat(np.arange(len(stretch)), n_points)
    rank = np.arange(shape_start[-1]) - shape_start[of_point]
    first, last = line_start[stretch], line_start[stretch + 1] - 1
    return shape_start, np.where(is_back[of_point], last[of_point] - rank, first[of_point] + rank)
