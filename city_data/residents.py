"""Residents by cell and hour, when the cells change under them.

In: people present in old cells, and the old and the new cells of the same streets. Out: the same people in the new
cells: each cell's are spread along its streets. Hour by hour nobody is lost.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from twin.domain.grid import Cells

AT_HOME_HOUR = 3
"""At three at night people are where they live."""


def moved(residents: NDArray[np.int32], old: Cells, new: Cells) -> NDArray[np.int32]:
    """People present in the new cells, int32 (n_new_cells, n_hours)."""
    n_edges = len(old.edge_start) - 1
    edges, starts = [], []
    for cells in (old, new):
        edges.append(np.repeat(np.arange(n_edges), np.diff(cells.edge_start)))
        starts.append(cells.piece_start_mm)
    piece = np.unique(np.column_stack([np.concatenate(edges), np.concatenate(starts)]), axis=0)
    edge, start = piece[:, 0], piece[:, 1]
    last = old.edge_start[1:] - 1
    whole = old.piece_start_mm[last] + old.piece_mm[last]
    is_last = np.append(edge[1:] != edge[:-1], True)
    mm = np.where(is_last, whole[edge], np.append(start[1:], 0)) - start
    of_old, of_new = old.at_spots(edge, start), new.at_spots(edge, start)
    shares = coo_array((mm / np.bincount(of_old, mm, old.n)[of_old], (of_new, of_old)), shape=(new.n, old.n)).tocsr()
    done = np.cumsum(shares @ residents.astype(np.float64), axis=0)
    upto = np.floor(done + 0.5).astype(np.int64)
    upto[-1] = residents.sum(axis=0)
    return np.diff(upto, axis=0, prepend=0).astype(np.int32)
