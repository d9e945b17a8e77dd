"""The ground by squares: unit cells, responsibility grids made of them, and overlays: partitions side by side.

In: arrays that `city_data` has made and checked. Out: which cell a place on the roads lies in, which grid of each
overlay that is, and how much two overlays have in common. Overlays are many-to-many: none is above another.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Unit cells (单元网格): squares that streets touch, cut where an area ends or where streets within do not meet.

    The streets of a cell hang together; that is what lets a grid of linked cells be walked without leaving it.

    Parameters
    ----------
    size_m : side of a square.
    codes : unit-grid code of each cell, unique.
    codes_assumed : whether the community part of the codes was made up.
    square : int32 (n, 2), column and row of the square, counted from the origin of the roads' projection.
    x, y : float64 (n,), middle of the cell's streets, metres in the roads' projection.
    areas : names of the areas (communities) that cells do not cross.
    area : int32 (n,), index into `areas`.
    links : int32 (n_links, 2), pairs of cells joined by a street, lower first, each once, in order.
    edge_start : int64 (n_edges + 1,), where the pieces of each directed edge start in the three arrays below.
    piece_start_mm : int64 (n_pieces,), where a piece starts along its edge; 0 for the first of each edge.
    piece_mm : int64 (n_pieces,), its length.
    piece_cell : int32 (n_pieces,), the cell it runs through.
    street_mm : int64 (n,), length of the streets in each cell, two-way streets counted once.
    """

    size_m: float
    codes: tuple[str, ...]
    codes_assumed: bool
    square: IntArray
    x: FloatArray
    y: FloatArray
    areas: tuple[str, ...]
    area: IntArray
    links: IntArray
    edge_start: LongArray
    piece_start_mm: LongArray
    piece_mm: LongArray
    piece_cell: IntArray
    street_mm: LongArray

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.codes)

    def at_spots(self, edges: ArrayLike, offsets_mm: ArrayLike) -> IntArray:
        """The cell of each of many places on the roads.

        Parameters
        ----------
        edges, offsets_mm : whole numbers, shape (n_spots,).

        Returns
        -------
        int32 (n_spots,).
        """
        edges, offsets = np.asarray(edges, np.int64), np.asarray(offsets_mm, np.int64)
        low, high = self.edge_start[edges], self.edge_start[edges + 1] - 1
        while (low < high).any():
            middle = (low + high + 1) // 2
            before = self.piece_start_mm[middle] <= offsets
            low, high = np.where(before, middle, low), np.where(before, high, np.maximum(middle - 1, low))
        cells: IntArray = self.piece_cell[low]
        return cells


class Grid(msgspec.Struct, frozen=True, gc=False):
    """A responsibility grid (责任网格): `ref` is unique in its city, `area` the area it keeps to ("" for none)."""

    ref: str
    name: str
    area: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One partition of the cells into grids (base, security, sanitation, fire …).

    Parameters
    ----------
    name : unique in its city.
    balanced_by : what its grids have about equal amounts of: "street_length", "cases", "residents", or "" (areas).
    grids : in the order of their numbers.
    of_cell : int32 (n_cells,), index into `grids`.
    """

    name: str
    balanced_by: str
    grids: tuple[Grid, ...]
    of_cell: IntArray

    def sums(self, amounts: ArrayLike) -> FloatArray:
        """Sum over the cells of each grid: float64 (n_grids,) from amounts of shape (n_cells,)."""
        return np.bincount(self.of_cell, np.asarray(amounts, np.float64), len(self.grids)).astype(np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """What two overlays have in common: one entry for each pair of grids with cells of both, in order.

    Parameters
    ----------
    first, second : int32 (n_pairs,), grid of the first overlay and of the second.
    amount : float64 (n_pairs,), in the unit of the amounts that were shared out (street metres, square metres …).
    share_of_first, share_of_second : float64 (n_pairs,), part of the grid's whole amount, 0–1.
    """

    first: IntArray
    second: IntArray
    amount: FloatArray
    share_of_first: FloatArray
    share_of_second: FloatArray


def shared(first: Overlay, second: Overlay, *, amounts: ArrayLike) -> Shared:
    """How the grids of two overlays of the same cells lie over each other.

    Parameters
    ----------
    amounts : zero or more for each cell, shape (n_cells,): street metres, square metres, residents …

    >>> cells = np.array([0, 0, 1], np.int32)
    >>> a = Overlay("base", "", (Grid("a-1", "1"), Grid("a-2", "2")), cells)
    >>> b = Overlay("fire", "", (Grid("b-1", "1"), Grid("b-2", "2")), np.array([0, 1, 1], np.int32))
    >>> shared(a, b, amounts=[100, 300, 500]).share_of_second.tolist()
    [1.0, 0.375, 0.625]
    """
    values = np.asarray(amounts, np.float64)
    pairs, pair_of_cell = np.unique(
        first.of_cell.astype(np.int64) * len(second.grids) + second.of_cell, return_inverse=True
    )
    amount = np.bincount(pair_of_cell, values, len(pairs)).astype(np.float64)
    of_first, of_second = np.divmod(pairs, len(second.grids))
    return Shared(
        of_first.astype(np.int32),
        of_second.astype(np.int32),
        amount,
        _part(amount, first.sums(values)[of_first]),
        _part(amount, second.sums(values)[of_second]),
    )


def _part(amount: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(amount, whole, out=np.zeros_like(amount), where=whole > 0)
