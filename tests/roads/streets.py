"""Small towns for tests: a jittered grid of streets, some of them one-way, some missing, the same for the same seed."""

from __future__ import annotations

import numpy as np

from twin.domain.mode import ALL_BITS, CAR_BIT, E_BIKE_BIT, WALK_BIT
from twin.roads.build import RawEdges, RawNodes, build_network
from twin.roads.network import CLASSES, RoadNetwork, to_lonlat

CRS = "EPSG:32610"
EAST_M, NORTH_M = 550_000.0, 4_180_000.0


def town(
    n_rows: int = 5,
    n_columns: int = 5,
    *,
    seed: int = 7,
    block_m: float = 120.0,
    one_way_share: float = 0.25,
    missing_share: float = 0.1,
) -> RoadNetwork:
    """The largest strongly connected part of a jittered grid; straight streets, all classes and speeds mixed."""
    random = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    x = EAST_M + column * block_m + random.normal(0, block_m * 0.15, row.size)
    y = NORTH_M + row * block_m + random.normal(0, block_m * 0.15, row.size)
    node = np.arange(row.size).reshape(n_rows, n_columns)
    start = np.concatenate([node[:, :-1].ravel(), node[:-1, :].ravel()])
    end = np.concatenate([node[:, 1:].ravel(), node[1:, :].ravel()])
    kept = random.random(start.size) >= missing_share
    start, end = start[kept], end[kept]
    flipped = random.random(start.size) < 0.5
    start, end = np.where(flipped, end, start), np.where(flipped, start, end)
    two_way = random.random(start.size) >= one_way_share
    return streets(x, y, start=start, end=end, two_way=two_way, seed=seed)


KINDS_OF_STREET = (
    (ALL_BITS, ALL_BITS),
    (ALL_BITS, WALK_BIT),
    (WALK_BIT, WALK_BIT),
    (WALK_BIT | E_BIKE_BIT, WALK_BIT | E_BIKE_BIT),
    (ALL_BITS, WALK_BIT | E_BIKE_BIT),
    (CAR_BIT, CAR_BIT),
)
"""Who may use a street there and back: street, one-way, footway, path, one-way with bicycles both ways, motorway."""


def quarter(n_rows: int = 5, n_columns: int = 5, *, seed: int = 7, block_m: float = 120.0) -> RoadNetwork:
    """A town in which not everybody may go everywhere: half of its streets are for all, the others of all kinds."""
    random = np.random.default_rng([seed, 2])
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    x = EAST_M + column * block_m + random.normal(0, block_m * 0.15, row.size)
    y = NORTH_M + row * block_m + random.normal(0, block_m * 0.15, row.size)
    node = np.arange(row.size).reshape(n_rows, n_columns)
    start = np.concatenate([node[:, :-1].ravel(), node[:-1, :].ravel()])
    end = np.concatenate([node[:, 1:].ravel(), node[1:, :].ravel()])
    kind = np.where(random.random(start.size) < 0.5, 0, random.integers(0, len(KINDS_OF_STREET), start.size))
    there, back = np.array(KINDS_OF_STREET, np.uint8)[kind].T
    two_way = np.ones(start.size, np.bool_)
    return streets(x, y, start=start, end=end, two_way=two_way, seed=seed, modes=np.concatenate([there, back]))


def streets(
    x: np.ndarray,
    y: np.ndarray,
    *,
    start: np.ndarray,
    end: np.ndarray,
    two_way: np.ndarray,
    seed: int = 0,
    modes: np.ndarray | None = None,
) -> RoadNetwork:
    """Straight streets between points (metres); speeds of 5 to 20 m/s and classes are drawn, twins share both.

    `modes` are those of the streets as drawn, then of the other directions there are; by default all for everybody.
    """
    random = np.random.default_rng([seed, 1])
    n_streets, n_back = start.size, int(two_way.sum())
    back = np.flatnonzero(two_way)
    tail, head = np.concatenate([start, end[back]]), np.concatenate([end, start[back]])
    both = np.concatenate([np.arange(n_streets), back])
    twin = np.full(n_streets + n_back, -1)
    twin[back], twin[n_streets:] = n_streets + np.arange(n_back), back
    length_mm = np.maximum(1, np.round(np.hypot(x[end] - x[start], y[end] - y[start]) * 1_050)).astype(np.int64)
    lon, lat = to_lonlat(CRS, x, y)
    network, _ = build_network(
        RawNodes(lon=lon, lat=lat, x=x, y=y),
        RawEdges(
            tail=tail.astype(np.int32),
            head=head.astype(np.int32),
            length_mm=length_mm[both],
            road_class=random.integers(0, len(CLASSES), n_streets).astype(np.uint8)[both],
            speed_mps=random.uniform(5.0, 20.0, n_streets)[both],
            twin=twin.astype(np.int32),
            street=(both % 3).astype(np.int32),
            modes=np.full(both.size, ALL_BITS, np.uint8) if modes is None else modes,
            shape_start=2 * np.arange(both.size + 1, dtype=np.int64),
            shape_x=np.column_stack([x[tail], x[head]]).ravel(),
            shape_y=np.column_stack([y[tail], y[head]]).ravel(),
        ),
        names=("", "First Street", "第二街"),
        crs=CRS,
    )
    return network
