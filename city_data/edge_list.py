"""From a list of street edges to a road network: projection, twins, street names.

In: junctions in degrees and one `Edge` per direction of travel. Out: what `twin.roads` builds from them. Edges are put
in the order of their ends, so the same streets always give the same network. x, y are metres in the local UTM zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyproj
from numpy.typing import NDArray

from city_data.osm import Bounds
from twin.domain.mode import ALL_BITS
from twin.roads.build import RawEdges, RawNodes, RoadReport, build_network
from twin.roads.network import CLASSES, RoadNetwork

Line = tuple[tuple[float, float], ...]
"""Longitude and latitude of each point of an edge, from tail to head, degrees."""


class Edge(NamedTuple):
    """One direction of one street between two junctions."""

    tail: int
    head: int
    line: Line
    road_class: str
    street: str
    length_m: float
    speed_mps: float
    modes: int = ALL_BITS


def network_of(
    lon: NDArray[np.float64], lat: NDArray[np.float64], *, edges: Sequence[Edge]
) -> tuple[RoadNetwork, RoadReport]:
    """The road network of some junctions and edges.

    Parameters
    ----------
    lon, lat : degrees, shape (n_nodes,).
    edges : in any order; an edge shorter than a millimetre counts as one.

    Raises
    ------
    RoadError : there is nothing to drive on, or no way back from anywhere.
    """
    rows = sorted(edges)
    crs = utm_crs(float(np.median(lon)), float(np.median(lat))) if len(lon) else "EPSG:32601"
    project = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    points = np.array([point for row in rows for point in row.line], dtype=np.float64).reshape(-1, 2)
    node_x, node_y = project.transform(lon, lat)
    shape_x, shape_y = project.transform(points[:, 0], points[:, 1])
    twin = twins(rows)
    length_mm = np.array([max(1, round(1000 * row.length_m)) for row in rows], dtype=np.int64)
    later = np.flatnonzero((twin >= 0) & (twin < np.arange(len(rows))))
    length_mm[later] = length_mm[twin[later]]
    names = ("", *sorted({row.street for row in rows} - {""}))
    number = {name: index for index, name in enumerate(names)}
    return build_network(
        RawNodes(lon, lat, np.asarray(node_x, np.float64), np.asarray(node_y, np.float64)),
        RawEdges(
            tail=np.array([row.tail for row in rows], np.int32),
            head=np.array([row.head for row in rows], np.int32),
            length_mm=length_mm,
            road_class=np.array([CLASSES.index(row.road_class) for row in rows], np.uint8),
            speed_mps=np.array([row.speed_mps for row in rows], np.float64),
            twin=twin,
            street=np.array([number[row.street] for row in rows], np.int32),
            modes=np.array([row.modes for row in rows], np.uint8),
            shape_start=np.cumsum([0, *(len(row.line) for row in rows)], dtype=np.int64),
            shape_x=np.asarray(shape_x, np.float64),
            shape_y=np.asarray(shape_y, np.float64),
        ),
        names=names,
        crs=crs,
    )


def twins(edges: Sequence[Edge]) -> NDArray[np.int32]:
    """The opposite direction of each edge, shape (n_edges,): same points, other way round; -1 where there is none.

    Streets drawn twice over are paired in their order. An edge is never its own twin.
    """
    waiting: dict[tuple[int, int, Line], list[int]] = defaultdict(list)
    twin = np.full(len(edges), -1, dtype=np.int32)
    for index, edge in enumerate(edges):
        opposite = waiting[edge.head, edge.tail, edge.line[::-1]]
        if opposite:
            twin[index] = opposite.pop(0)
            twin[twin[index]] = index
        else:
            waiting[edge.tail, edge.head, edge.line].append(index)
    return twin


def utm_crs(lon: float, lat: float) -> str:
    """Code of the UTM zone a place lies in.

    >>> utm_crs(-122.44, 37.79), utm_crs(151.2, -33.9)
    ('EPSG:32610', 'EPSG:32756')
    """
    zone = min(60, int((lon + 180) // 6) + 1)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def extent(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Bounds:
    """West, south, east, north of some places, degrees."""
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
