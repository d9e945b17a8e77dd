"""A square city of n × n equal blocks, as a city folder that scenarios can name; and places on it in blocks.

In: how many blocks, whether streets are one-way by turns, and how wide a rim is set apart. Out: a folder, the same
whenever it is made, with the area `middle` and, where there is a rim, `rim`; positions and ways from edges and offsets.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from city_data.city import City, Origin, make_city
from city_data.edge_list import Edge, extent, network_of
from city_data.folder import save_city
from city_data.sources import Provenance
from tests.theory.geometry import one_way_blocks
from twin.roads.network import RoadNetwork

BLOCK_M = 100.0
AREAS = ("middle", "rim")

_LON, _LAT, _DEGREES = 113.0, 23.0, 0.001

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """n × n blocks; `rim` is how many of them, from each side, are set apart; every street is driven at `speed_mps`."""

    n: int
    one_way: bool = False
    rim: int = 0
    speed_mps: float = 10.0

    @property
    def blocks_of_street(self) -> int:
        """Total length of the streets, in blocks."""
        return 2 * self.n * (self.n + 1)


@dataclass(frozen=True, eq=False)
class Places:
    """Places on the streets, in blocks east and north of the corner; `runs_east`: along a row. All of one shape."""

    x: Floats
    y: Floats
    runs_east: NDArray[np.bool_]

    def chosen(self, which: Ints) -> Places:
        """Some of the places."""
        return Places(self.x[which], self.y[which], self.runs_east[which])

    def down(self) -> Places:
        """The same as a column, shape (n, 1): its way to others, shape (m,), is a table of shape (n, m)."""
        return Places(self.x[:, None], self.y[:, None], self.runs_east[:, None])

    def way_to(self, other: Places) -> Floats:
        """Blocks by two-way streets: |Δx| + |Δy|, and round the block where no street joins the two within it."""
        dx, dy = np.abs(self.x - other.x), np.abs(self.y - other.y)
        round_it = np.zeros_like(dx)
        for both, across, here, there in (
            (self.runs_east & other.runs_east, dy, self.x, other.x),
            (~self.runs_east & ~other.runs_east, dx, self.y, other.y),
        ):
            within = both & (across > 0) & (np.floor(here) == np.floor(there))
            low, high = np.minimum(here % 1, there % 1), np.maximum(here % 1, there % 1)
            round_it += np.where(within, 2 * np.minimum(low, 1 - high), 0)
        ways: Floats = dx + dy + round_it
        return ways


def city_of(grid: Grid) -> City:
    """The city itself."""
    lines = np.arange(grid.n + 1)
    column, row = np.tile(lines, lines.size), np.repeat(lines, lines.size)
    lon: Floats = _LON + _DEGREES * column.astype(np.float64)
    lat: Floats = _LAT + _DEGREES * row.astype(np.float64)
    tail, head = one_way_blocks(grid.n)
    if not grid.one_way:
        tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
    edges = [
        Edge(start, end, ((lon[start], lat[start]), (lon[end], lat[end])), "residential", "", BLOCK_M, grid.speed_mps)
        for start, end in zip(tail.tolist(), head.tolist(), strict=True)
    ]
    network, report = network_of(lon, lat, edges=edges)
    inner = (column >= grid.rim) & (column <= grid.n - grid.rim) & (row >= grid.rim) & (row <= grid.n - grid.rim)
    return make_city(
        f"{grid.n} by {grid.n} blocks",
        network,
        bounds=extent(lon, lat),
        origin=Origin(Provenance("street grid", "made by code", "", "none", "tests"), report),
        areas=AREAS if grid.rim else AREAS[:1],
        edge_area=np.where(inner[network.tail] & inner[network.head], 0, 1).astype(np.int32),
    )


def folder_of(grid: Grid, *, under: Path) -> Path:
    """Its city folder, made if it is not there yet."""
    folder = under / f"{grid.n}-{grid.rim}-{grid.speed_mps:g}{'-one-way' * grid.one_way}"
    if not folder.exists():
        save_city(city_of(grid), folder)
    return folder


def places(roads: RoadNetwork, edge: Ints, offset_mm: Ints) -> Places:
    """Where on the grid some places on the roads are."""
    column, row = _crossings(roads)
    tail, head = roads.tail[edge], roads.head[edge]
    share = offset_mm / roads.length_mm[edge]
    x = column[tail] + share * (column[head] - column[tail])
    y = row[tail] + share * (row[head] - row[tail])
    return Places(np.asarray(x, np.float64), np.asarray(y, np.float64), row[tail] == row[head])


def middles(roads: RoadNetwork, edge: Ints) -> Places:
    """The middles of blocks."""
    return places(roads, edge, roads.length_mm[edge] // 2)


def _crossings(roads: RoadNetwork) -> tuple[Ints, Ints]:
    """East and north number of each crossing, shape (n_nodes,)."""
    column = np.round((roads.node_lon - _LON) / _DEGREES).astype(np.int64)
    row = np.round((roads.node_lat - _LAT) / _DEGREES).astype(np.int64)
    return column, row
