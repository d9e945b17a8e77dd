"""What metrics know of the ground beside the journal: streets cut by cells, tours, grids, the clocks on the wall.

A `Terrain` and civil time flow in (the same for all runs of a scenario). Out: `Pieces`, the stretches of street
that are counted one by one, and which pieces a walk comes by, and when.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.domain.facts import FocusSet
from twin.domain.grid import Overlay
from twin.domain.quantities import CivilTime
from twin.roads.drawn_lap import Focus
from twin.roads.laps import Patrols
from twin.roads.network import RoadNetwork
from twin.roads.open_streets import street_of
from twin.roads.terrain import Terrain

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The terrain of a run, and what the clocks there show."""

    terrain: Terrain
    civil: CivilTime


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Streets, both directions as one, cut where they lead from one cell into another; whole where there are no cells.

    Parameters
    ----------
    street : int64 (n_edges,), the street of every edge, see `street_of`.
    first : int64 (n_edges + 1,), where the pieces of each street begin below; streets go by the lower of their edges.
    of_street : int64 (n_pieces,), the street of each piece.
    start_mm, length_mm : int64 (n_pieces,), in the direction of that edge.
    cell : int64 (n_pieces,), 0 where there are no cells.
    n_cells : number of cells.
    edge_mm : int64 (n_edges,), lengths of edges.
    """

    street: Ints
    first: Ints
    of_street: Ints
    start_mm: Ints
    length_mm: Ints
    cell: Ints
    n_cells: int
    edge_mm: Ints

    @property
    def n(self) -> int:
        """Number of pieces."""
        return self.of_street.size


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Walks cut at the borders of pieces, one walk after the other on one line of patrol time.

    Parameters
    ----------
    piece : int64 (n,), where it leads along.
    begin_us : int64 (n + 1,), when it comes into each piece, and when the last ends.
    middle_us : int64 (n,), when it comes by the middle of each.
    """

    piece: Ints
    begin_us: Ints
    middle_us: Ints


def pieces_of(terrain: Terrain, network: RoadNetwork) -> Pieces:
    """All pieces of a terrain's streets."""
    street, edges = street_of(network), np.arange(network.n_edges)
    own = street == edges
    cells = terrain.cells
    if cells is None:
        n_pieces = own.astype(np.int64)
        of_street, start = edges[own], np.zeros(int(own.sum()), np.int64)
        length, cell, n_cells = network.length_mm[own], np.zeros(of_street.size, np.int64), 1
    else:
        n_pieces = np.where(own, np.diff(cells.edge_start), 0)
        kept = np.repeat(own, np.diff(cells.edge_start))
        of_street = np.repeat(edges, n_pieces)
        start, length = cells.piece_start_mm[kept], cells.piece_mm[kept]
        cell, n_cells = cells.piece_cell[kept].astype(np.int64), cells.n
    first = np.concatenate([[0], np.cumsum(n_pieces)])
    return Pieces(street, first, of_street, start, length, cell, n_cells, network.length_mm)


def line_of(pieces: Pieces, edges: Ints, start_us: Ints) -> Line:
    """A walk by pieces.

    Parameters
    ----------
    edges : int64 (n_steps,), directed.
    start_us : int64 (n_steps + 1,), when each step begins, and when the last ends.
    """
    own = pieces.street[edges]
    n = pieces.first[own + 1] - pieces.first[own]
    step = np.repeat(np.arange(edges.size), n)
    rank = np.arange(step.size) - np.repeat(np.cumsum(n) - n, n)
    onward = (edges == own)[step]
    piece = np.where(onward, pieces.first[own[step]] + rank, pieces.first[own[step] + 1] - 1 - rank)
    whole, length = pieces.edge_mm[edges][step], pieces.length_mm[piece]
    ahead = pieces.start_mm[piece]
    ahead = np.where(onward, ahead, whole - ahead - length)
    begin, takes = start_us[:-1][step], np.diff(start_us)[step]
    ends = start_us[-1:] if start_us.size else np.zeros(1, np.int64)
    return Line(
        piece,
        np.concatenate([begin + ahead * takes // whole, ends]),
        begin + (2 * ahead + length) * takes // (2 * whole),
    )


def grid_of_pieces(pieces: Pieces, overlay: Overlay) -> Ints:
    """The grid of each piece in an overlay: int64 (n_pieces,)."""
    return overlay.of_cell[pieces.cell].astype(np.int64)


def with_focuses(patrols: Patrols, focuses: Sequence[FocusSet]) -> Patrols:
    """Patrols that go more often where a journal says so; of several that hold from one lap on, the last counts."""
    by_unit: dict[int, list[FocusSet]] = {}
    for fact in focuses:
        by_unit.setdefault(fact.unit, []).append(fact)

    def focus_of(unit: int, lap: int) -> Focus | None:
        known = by_unit.get(unit, [])
        place = bisect_right(known, lap, key=lambda fact: fact.from_lap)
        if not place or not known[place - 1].streets:
            return None
        fact = known[place - 1]
        return Focus(fact.streets, (float(fact.factor),) * len(fact.streets))

    return replace(patrols, focus_of=focus_of)
