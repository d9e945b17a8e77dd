"""How good is an overlay? Balance, connection and compactness of its grids, in plain figures.

In: cells, an overlay and the load it should balance. Out: a `GridQuality`. Compactness compares how far a grid's ground
lies from its middle with a disc of the same area: 1 is a disc, 0.95 a square, 0.6 a strip of 3 to 1.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from city_data.cells import islands
from twin.domain.grid import Cells, Overlay


@dataclass(frozen=True, slots=True)
class GridQuality:
    """Figures of one overlay.

    Parameters
    ----------
    max_over_mean, min_over_mean, cv : of the load per grid; cv is standard deviation over mean.
    n_connected : grids whose streets hang together inside them.
    in_pieces : names of the others: the streets of their area do not connect inside it.
    compactness, least_compact : mean over grids, and the least.
    """

    overlay: str
    n_grids: int
    n_cells: int
    balanced_by: str
    mean_load: float
    max_over_mean: float
    min_over_mean: float
    cv: float
    n_connected: int
    connected: bool
    in_pieces: tuple[str, ...]
    compactness: float
    least_compact: float

    def as_dict(self) -> dict[str, object]:
        """The figures as a program would read them."""
        return asdict(self)


def quality(cells: Cells, overlay: Overlay, *, load: NDArray[np.float64]) -> GridQuality:
    """Figures of an overlay whose grids should have equal shares of `load`, float64 (n_cells,)."""
    of_grid = overlay.sums(load)
    mean = float(of_grid.mean())
    broken = sorted({int(overlay.of_cell[members[0]]) for members in islands(overlay.of_cell, cells.links)})
    compact = compactness(cells, overlay)
    return GridQuality(
        overlay=overlay.name,
        n_grids=len(overlay.grids),
        n_cells=cells.n,
        balanced_by=overlay.balanced_by,
        mean_load=round(mean, 3),
        max_over_mean=round(float(of_grid.max()) / mean, 4),
        min_over_mean=round(float(of_grid.min()) / mean, 4),
        cv=round(float(of_grid.std()) / mean, 4),
        n_connected=len(overlay.grids) - len(broken),
        connected=not broken,
        in_pieces=tuple(overlay.grids[grid].name for grid in broken),
        compactness=round(float(compact.mean()), 4),
        least_compact=round(float(compact.min()), 4),
    )


def compactness(cells: Cells, overlay: Overlay) -> NDArray[np.float64]:
    """Area² / (2π × second moment of area) of each grid, float64 (n_grids,): 1 for a disc; its ground is squares."""
    ground = ground_m2(cells)
    side2 = ground / 6  # a square's own second moment, over its area
    x, y = ((cells.square[:, axis] + 0.5) * cells.size_m for axis in (0, 1))
    area = overlay.sums(ground)
    off = (x - (overlay.sums(ground * x) / area)[overlay.of_cell]) ** 2
    off += (y - (overlay.sums(ground * y) / area)[overlay.of_cell]) ** 2
    return area**2 / (2 * math.pi * overlay.sums(ground * (off + side2)))


def ground_m2(cells: Cells) -> NDArray[np.float64]:
    """Ground of each cell, square metres: its square, shared by length of street where several cells have it."""
    _, number = np.unique(cells.square, axis=0, return_inverse=True)
    street = cells.street_mm.astype(np.float64)
    return cells.size_m**2 * street / np.bincount(number, street)[number]
