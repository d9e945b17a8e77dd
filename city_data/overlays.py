"""Several partitions of the same ground side by side: base, security, sanitation, fire.

In: cells, overlays, points. Out: overlays checked against their cells, the grid of every overlay that a point lies in,
and how two overlays lie over each other by length of street and by ground.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from city_data.cell_index import OFF_CELLS, CellIndex
from city_data.grid_quality import ground_m2
from twin.domain.grid import Cells, Overlay, Shared, shared
from twin.errors import CityError

OFF_GRID = -1
"""Stands for a grid in arrays where a point lies in no cell."""


def require_sound(cells: Cells | None, overlays: Sequence[Overlay]) -> None:
    """Refuse overlays that are no partitions of the cells.

    Raises
    ------
    CityError : overlays without cells, a cell in no grid, a grid without a cell, a name or reference used twice.
    """
    if overlays and cells is None:
        raise CityError("there are overlays, but no cells", key="overlays")
    if len({overlay.name for overlay in overlays}) != len(overlays):
        raise CityError("two overlays have the same name", key="overlays")
    refs = [grid.ref for overlay in overlays for grid in overlay.grids]
    if len(set(refs)) != len(refs):
        raise CityError("two grids have the same reference", key="overlays")
    for overlay in overlays:
        n_grids = len(overlay.grids)
        if cells is not None and overlay.of_cell.shape != (cells.n,):
            raise CityError("this overlay does not have a grid for every cell", key=overlay.name)
        if overlay.of_cell.min(initial=0) < 0 or overlay.of_cell.max(initial=-1) >= n_grids:
            raise CityError("a cell of this overlay is in a grid that does not exist", key=overlay.name)
        if not np.bincount(overlay.of_cell, minlength=n_grids).all():
            raise CityError("a grid of this overlay has no cell", key=overlay.name)


def put_overlay(overlays: Sequence[Overlay], overlay: Overlay) -> tuple[Overlay, ...]:
    """The overlays with another one, in place of that of the same name if there is one; by name."""
    others = [other for other in overlays if other.name != overlay.name]
    return tuple(sorted([*others, overlay], key=lambda one: one.name))


def grids_at(index: CellIndex, overlays: Sequence[Overlay], *, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int32]:
    """The grid of each overlay that each point lies in: int32 (n_points, n_overlays), `OFF_GRID` where in none.

    Parameters
    ----------
    lon, lat : degrees, shape (n_points,).
    """
    cell = index.cells_at(lon, lat)
    known = cell != OFF_CELLS
    found = np.full((len(cell), len(overlays)), OFF_GRID, np.int32)
    for column, overlay in enumerate(overlays):
        found[known, column] = overlay.of_cell[cell[known]]
    return found


def shared_street_m(cells: Cells, first: Overlay, second: Overlay) -> Shared:
    """How two overlays lie over each other, by metres of street."""
    return shared(first, second, amounts=cells.street_mm / 1000)


def shared_ground_m2(cells: Cells, first: Overlay, second: Overlay) -> Shared:
    """How two overlays lie over each other, by square metres of ground."""
    return shared(first, second, amounts=ground_m2(cells))
