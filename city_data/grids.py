"""Responsibility grids: how the cells of a city are shared out among grids that are connected, balanced and compact.

In: cells, a load for each, areas that no grid may cross, a number of grids. Out: an `Overlay`. Grids are given to areas
so that the load of the most loaded one is least; within an area `partition` divides. Streets that do not connect inside
their area leave no choice: such an island is a grid of its own if it is large enough, else it goes to the nearest grid.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from city_data.areas import Outline
from city_data.cells import islands
from city_data.partition import N_STARTS, CellGraph, divide
from city_data.street_pieces import areas_of, in_metres
from twin.domain.grid import Cells, Grid, Overlay
from twin.errors import CityError
from twin.roads.network import RoadNetwork, to_xy

ISLAND_SHARE = 0.5
"""An island with less than this share of a mean grid's load is not worth a grid."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The areas that the grids of an overlay keep to.

    Parameters
    ----------
    names : of the areas; ("",) where there is only one.
    of_cell : int32 (n_cells,), index into `names`; every area has a cell.
    across_m : length of the streets that lie in another area than their cell.
    """

    names: tuple[str, ...]
    of_cell: NDArray[np.int32]
    across_m: float = 0.0


@dataclass(slots=True)
class _Patch:
    """Cells of one area that hang together, and how many grids they get."""

    area: int
    cells: NDArray[np.int64]
    load: float
    n_grids: int = 0

    def claim(self) -> float:
        """Load a grid would have left to it: whoever claims most gets the next grid."""
        return self.load / self.n_grids if self.n_grids else self.load * ISLAND_SHARE


def undivided(cells: Cells) -> Ground:
    """A ground without areas."""
    return Ground(("",), np.zeros(cells.n, np.int32))


def ground_of_cells(cells: Cells) -> Ground:
    """The areas that the cells themselves were cut by."""
    return Ground(cells.areas, cells.area)


def ground_of(
    cells: Cells, network: RoadNetwork, *, names: Sequence[str], areas: NDArray[np.int32] | Sequence[Outline]
) -> Ground:
    """Other areas for cells that exist already: each whole cell belongs to the area with most of its streets.

    Parameters
    ----------
    names : of the areas.
    areas : the area of each edge, int32 (n_edges,), or outlines, one for each name.
    """
    edge = np.repeat(np.arange(network.n_edges), np.diff(cells.edge_start))
    once = (network.twin[edge] < 0) | (network.twin[edge] > edge)
    edge, mm, cell = edge[once], cells.piece_mm[once], cells.piece_cell[once]
    if isinstance(areas, np.ndarray):
        area = areas[edge]
    else:
        middle = cells.piece_start_mm[once] + mm // 2
        x, y = to_xy(network.crs, *network.lonlat_of(edge, middle))
        area, _ = areas_of(in_metres(areas, network.crs), x, y)
    length = np.zeros((cells.n, len(names)))
    np.add.at(length, (cell, area), mm / 1000)
    of_cell = length.argmax(axis=1)
    across_m = float(length.sum() - length.max(axis=1).sum())
    used = np.unique(of_cell)
    return Ground(tuple(names[index] for index in used), np.searchsorted(used, of_cell).astype(np.int32), across_m)


def make_overlay(
    name: str,
    cells: Cells,
    *,
    ground: Ground,
    load: NDArray[np.float64],
    balanced_by: str,
    n_grids: int | None = None,
    n_starts: int = N_STARTS,
) -> Overlay:
    """An overlay of connected grids, each within one area.

    Parameters
    ----------
    load : float64 (n_cells,), zero or more, not all zero.
    balanced_by : what the load is, for the record.
    n_grids : by default one for each area.
    n_starts : at most so many divisions are tried, and the best is taken.

    Raises
    ------
    CityError : more grids than cells, or fewer than areas.
    """
    patches = _patches(cells, ground, load)
    wanted = len(ground.names) if n_grids is None else n_grids
    if wanted > cells.n:
        raise CityError(
            f"{wanted:,} grids cannot be made of {cells.n:,} cells: ask for fewer grids or smaller cells", key="grids"
        )
    if wanted < len(ground.names):
        raise CityError(
            f"{wanted:,} grids cannot keep to {len(ground.names):,} areas: ask for one for each at least", key="grids"
        )
    _apportion(patches, wanted, one_each=n_grids is None)
    of_cell = np.full(cells.n, -1, np.int64)
    area_of_grid: list[int] = []
    for patch in patches:
        if patch.n_grids:
            of_cell[patch.cells] = len(area_of_grid) + _divided(cells, patch, load, n_starts=n_starts)
            area_of_grid += [patch.area] * patch.n_grids
    for patch in patches:
        if not patch.n_grids:
            of_cell[patch.cells] = _nearest_grid(cells, ground, of_cell, patch=patch)
    return _named(name, cells, ground, of_cell, area_of_grid=np.array(area_of_grid), balanced_by=balanced_by)


def _patches(cells: Cells, ground: Ground, load: NDArray[np.float64]) -> list[_Patch]:
    """The main part of each area, then its islands."""
    inland = np.ones(cells.n, np.bool_)
    apart = list(islands(ground.of_cell, cells.links))
    for members in apart:
        inland[members] = False
    mains = [np.flatnonzero(inland & (ground.of_cell == area)) for area in range(len(ground.names))]
    return [
        _Patch(int(ground.of_cell[members[0]]), members, float(load[members].sum())) for members in (*mains, *apart)
    ]


def _apportion(patches: Sequence[_Patch], n_grids: int, *, one_each: bool) -> None:
    """Give grids to patches, the next always to the one that claims most; the main part of each area has one."""
    n_areas = max(patch.area for patch in patches) + 1
    for patch in patches[:n_areas]:
        patch.n_grids = 1
    if one_each:
        return
    heap = [(-patch.claim(), number) for number, patch in enumerate(patches) if len(patch.cells) > patch.n_grids]
    heapq.heapify(heap)
    for _ in range(n_grids - n_areas):
        _, number = heapq.heappop(heap)
        patch = patches[number]
        patch.n_grids += 1
        if len(patch.cells) > patch.n_grids:
            heapq.heappush(heap, (-patch.claim(), number))


def _divided(cells: Cells, patch: _Patch, load: NDArray[np.float64], *, n_starts: int) -> NDArray[np.int64]:
    inside = np.isin(cells.links, patch.cells).all(axis=1)
    mass = np.maximum(cells.street_mm[patch.cells] / 1000, 1.0)
    amount = load[patch.cells]
    # A little street in every load, so that cells without any case are shared out sensibly too.
    amount = amount + 1e-3 * mass * max(float(amount.sum()), 1e-9) / float(mass.sum())
    graph = CellGraph(
        cells.x[patch.cells], cells.y[patch.cells], np.searchsorted(patch.cells, cells.links[inside]), amount, mass
    )
    return divide(graph, patch.n_grids, n_starts=n_starts)


def _nearest_grid(cells: Cells, ground: Ground, of_cell: NDArray[np.int64], *, patch: _Patch) -> int:
    """The grid of the same area with the cell that is nearest to any of the patch."""
    settled = np.flatnonzero((of_cell >= 0) & (ground.of_cell == patch.area))
    off = np.hypot(
        cells.x[settled][:, None] - cells.x[patch.cells], cells.y[settled][:, None] - cells.y[patch.cells]
    ).min(axis=1)
    return int(of_cell[settled[int(off.argmin())]])


def _named(
    name: str,
    cells: Cells,
    ground: Ground,
    of_cell: NDArray[np.int64],
    *,
    area_of_grid: NDArray[np.int64],
    balanced_by: str,
) -> Overlay:
    """Grids numbered area by area, in rows from north to south and within a row from west to east."""
    n_grids = len(area_of_grid)
    size = np.bincount(of_cell, minlength=n_grids)
    x, y = (np.bincount(of_cell, along, n_grids) / size for along in (cells.x, cells.y))
    row_m = cells.size_m * np.sqrt(cells.n / n_grids)
    order = np.lexsort((x, -np.floor(y / row_m), area_of_grid))
    width = max(3, len(str(n_grids)))
    grids = []
    for number, grid in enumerate(order, start=1):
        area = ground.names[area_of_grid[grid]]
        n_before = int((area_of_grid[order[:number]] == area_of_grid[grid]).sum())
        is_only = int((area_of_grid == area_of_grid[grid]).sum()) == 1
        label = f"{area or name} {n_before}" if not (area and is_only) else area
        grids.append(Grid(f"{name}-{number:0{width}d}", label, area))
    return Overlay(name, balanced_by, tuple(grids), np.argsort(order)[of_cell].astype(np.int32))
