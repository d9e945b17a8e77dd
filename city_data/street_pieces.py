"""Cuts every street where it leaves a square or an area, so that each piece lies in one square of one area.

In: a road network, the side of the squares, and the area of each edge or the outlines of areas. Out: `Pieces`, one
direction of each street only, with the points where they touch. A block shorter than a square is never cut by an
outline: it belongs to the area with its middle, for outlines run along streets and would cut those to shreds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from city_data.areas import Outline
from twin.roads.network import FloatArray, IdArray, LongArray, RoadNetwork, to_xy


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Pieces of streets, by edge and then along it.

    Parameters
    ----------
    edge : int32 (n,), of a two-way street the lower edge.
    start_mm, end_mm : int64 (n,), along that edge.
    square : int64 (n, 2), column and row.
    area : int32 (n,).
    x, y : float64 (n,), their middles, metres in the network's projection.
    ends : int64 (n, 2), the points at both ends: a node of the network, or `n_nodes` + number of the cut.
    outside_mm : length of the streets that lie in no outline; they were given to the nearest.
    """

    edge: IdArray
    start_mm: LongArray
    end_mm: LongArray
    square: LongArray
    area: IdArray
    x: FloatArray
    y: FloatArray
    ends: LongArray
    outside_mm: int

    @property
    def length_mm(self) -> LongArray:
        """Lengths, int64 (n,)."""
        return self.end_mm - self.start_mm


def cut_streets(
    network: RoadNetwork, size_m: float, *, areas: IdArray | Sequence[shapely.Geometry] | None = None
) -> Pieces:
    """Pieces of all streets.

    Parameters
    ----------
    size_m : side of the squares.
    areas : the area of each edge, int32 (n_edges,), or polygons in metres of the network's projection; None for one.
    """
    streets = np.flatnonzero((network.twin < 0) | (network.twin > np.arange(network.n_edges)))
    edges, cuts = _crossings(network, size_m, streets=streets)
    polygons = None if areas is None or isinstance(areas, np.ndarray) else list(areas)
    if polygons is not None:
        more = _outline_crossings(network, polygons, streets=streets[network.length_mm[streets] > 1000 * size_m])
        edges, cuts = np.concatenate([edges, more[0]]), np.concatenate([cuts, more[1]])
    inner = np.unique(np.column_stack([edges, cuts])[(cuts > 0) & (cuts < network.length_mm[edges])], axis=0)
    cut_edge, cut_mm = inner[:, 0], inner[:, 1]
    edge = np.concatenate([streets, cut_edge])
    start = np.concatenate([np.zeros_like(streets), cut_mm])
    first_end = np.concatenate([network.tail[streets].astype(np.int64), network.n_nodes + np.arange(len(cut_edge))])
    order = np.lexsort((start, edge))
    edge, start, first_end = edge[order], start[order], first_end[order]
    is_last = np.append(edge[1:] != edge[:-1], True)
    end = np.where(is_last, network.length_mm[edge], np.append(start[1:], 0))
    last_end = np.where(is_last, network.head[edge], np.append(first_end[1:], 0))
    x, y = _middles(network, edge, (start + end) // 2)
    area, outside_mm = np.zeros(len(edge), np.int32), 0
    if isinstance(areas, np.ndarray):
        area = areas[edge].astype(np.int32)
    elif polygons is not None:
        area, outside_mm = _areas(network, polygons, edge=edge, x=x, y=y, length_mm=end - start, size_m=size_m)
    return Pieces(
        edge=edge.astype(np.int32),
        start_mm=start,
        end_mm=end,
        square=np.column_stack([np.floor(x / size_m), np.floor(y / size_m)]).astype(np.int64),
        area=area,
        x=x,
        y=y,
        ends=np.column_stack([first_end, last_end]),
        outside_mm=outside_mm,
    )


def in_metres(outlines: Sequence[Outline], crs: str) -> list[shapely.Geometry]:
    """Outlines of areas, from degrees to metres of a projection."""

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_xy(crs, points[:, 0], points[:, 1]))

    return [shapely.make_valid(shapely.transform(outline.shape, project)) for outline in outlines]


def areas_of(polygons: Sequence[shapely.Geometry], x: FloatArray, y: FloatArray) -> tuple[IdArray, NDArray[np.bool_]]:
    """The polygon each point lies in or nearest to, int32 (n,), the lowest where several do; and which lie in one."""
    points = np.asarray(shapely.points(x, y))
    tree = shapely.STRtree(polygons)
    (place, found), distance = tree.query_nearest(points, return_distance=True, all_matches=True)
    area = np.full(len(points), len(polygons), np.int64)
    np.minimum.at(area, place, found)
    inside = np.zeros(len(points), np.bool_)
    inside[place[distance == 0]] = True
    return area.astype(np.int32), inside


def _crossings(network: RoadNetwork, size_m: float, *, streets: LongArray) -> tuple[LongArray, LongArray]:
    """Edges and offsets (mm) where streets cross a side of a square; both int64 (n_crossings,)."""
    n_points = np.diff(network.shape_start)
    edge_of_point = np.repeat(np.arange(network.n_edges), n_points)
    wanted = np.zeros(network.n_edges, np.bool_)
    wanted[streets] = True
    first = np.flatnonzero((edge_of_point[:-1] == edge_of_point[1:]) & wanted[edge_of_point[:-1]])
    found_edges, found_mm = [], []
    for along in (network.shape_x, network.shape_y):
        begin, goal = along[first] / size_m, along[first + 1] / size_m
        low, high = np.floor(np.minimum(begin, goal)), np.floor(np.maximum(begin, goal))
        n_lines = (high - low).astype(np.int64)
        segment = np.repeat(np.arange(len(first)), n_lines)
        rank = np.arange(len(segment)) - np.repeat(np.cumsum(n_lines) - n_lines, n_lines)
        part = (low[segment] + 1 + rank - begin[segment]) / (goal - begin)[segment]
        point = first[segment]
        share = network.shape_share[point] + part * (network.shape_share[point + 1] - network.shape_share[point])
        edge = edge_of_point[point]
        found_edges.append(edge)
        found_mm.append(np.round(share * network.length_mm[edge]).astype(np.int64))
    return np.concatenate(found_edges).astype(np.int64), np.concatenate(found_mm)


def _outline_crossings(
    network: RoadNetwork, polygons: Sequence[shapely.Geometry], *, streets: LongArray
) -> tuple[LongArray, LongArray]:
    """Edges and offsets (mm) where streets cross an outline; both int64 (n_crossings,)."""
    lines = [_line(network, int(edge)) for edge in streets]
    borders = shapely.boundary(np.array(polygons, dtype=object))
    street, border = shapely.STRtree(borders).query(lines, predicate="intersects")
    edges: list[int] = []
    offsets: list[int] = []
    for number, other in zip(street.tolist(), border.tolist(), strict=True):
        edge, line = int(streets[number]), lines[number]
        points = shapely.points(shapely.get_coordinates(shapely.intersection(line, borders[other])))
        for share in shapely.line_locate_point(line, points, normalized=True).tolist():
            edges.append(edge)
            offsets.append(round(share * int(network.length_mm[edge])))
    return np.array(edges, np.int64), np.array(offsets, np.int64)


def _areas(
    network: RoadNetwork,
    polygons: Sequence[shapely.Geometry],
    *,
    edge: LongArray,
    x: FloatArray,
    y: FloatArray,
    length_mm: LongArray,
    size_m: float,
) -> tuple[IdArray, int]:
    """Area of each piece by its middle, or by the middle of its block where that is short; length outside all."""
    area, inside = areas_of(polygons, x, y)
    blocks, block_of_piece = np.unique(edge, return_inverse=True)
    whole_mm = network.length_mm[blocks]
    of_block, _ = areas_of(polygons, *_middles(network, blocks, whole_mm // 2))
    is_short = whole_mm <= 1000 * size_m
    area = np.where(is_short[block_of_piece], of_block[block_of_piece], area).astype(np.int32)
    return area, int(length_mm[~inside].sum())


def _line(network: RoadNetwork, edge: int) -> shapely.LineString:
    points = slice(int(network.shape_start[edge]), int(network.shape_start[edge + 1]))
    return shapely.LineString(np.column_stack([network.shape_x[points], network.shape_y[points]]))


def _middles(network: RoadNetwork, edges: LongArray, offsets_mm: LongArray) -> tuple[FloatArray, FloatArray]:
    return to_xy(network.crs, *network.lonlat_of(edges, offsets_mm))
