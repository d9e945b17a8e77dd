"""Beats: the streets that are patrolled together, each with its tour, and the tables to look tours up in at once.

In: the streets of each beat (`streets_of_grids` takes them from an overlay's cells), who walks them and how fast. Out:
`Beats`, which depend on nothing that happens in a run: forks and replications share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.domain.grid import Cells, Overlay
from twin.errors import RoadError
from twin.roads.inspection import inspect
from twin.roads.links import Links, links_of
from twin.roads.network import LongArray, RoadNetwork
from twin.roads.open_streets import OpenStreets, open_streets, street_of
from twin.roads.tour import Tour, make_tour


@dataclass(frozen=True, slots=True, eq=False)
class BeatPlan:
    """What a beat is made of: edges of its streets, the bit of the mode that patrols them, and its pace."""

    streets: LongArray
    bit: int
    mps: float


@dataclass(frozen=True, slots=True, eq=False)
class Beat:
    """One beat.

    Parameters
    ----------
    open : the streets open to those who patrol it.
    streets : int64, one open edge for each of its streets, ascending by street.
    tour : a regular lap over them.
    mps : pace of patrol, metres a second.
    left_out : int64, planned edges that are not open, or that cannot be reached from the rest.
    """

    open: OpenStreets
    streets: LongArray
    tour: Tour
    mps: float
    left_out: LongArray

    @property
    def home(self) -> int:
        """The node where every lap starts and ends."""
        return int(self.open.network.tail[self.tour.edges[0]])


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """All beats of a run, and their tours laid end to end on one line of patrol time.

    Parameters
    ----------
    network : theirs.
    all : the beats by number.
    edges, steps_mm : int64 (n_steps,), of all tours' steps.
    start_us : int64 (n_steps + 1,), where each step begins on the line, and where the last ends.
    base_us, period_us : int64 (n_beats,), where each tour begins on the line and how long it is.
    """

    network: RoadNetwork
    all: tuple[Beat, ...]
    edges: LongArray
    steps_mm: LongArray
    start_us: LongArray
    base_us: LongArray
    period_us: LongArray
    _links: dict[int, Links] = field(default_factory=dict)

    def links(self, beat: int) -> Links:
        """Shortest walks between the corners of a beat; made when first asked for."""
        found = self._links.get(beat)
        if found is None:
            own = self.all[beat]
            found = self._links[beat] = links_of(own.open, own.streets, mps=own.mps)
        return found

    def places(self, beats: LongArray, into_us: LongArray) -> tuple[LongArray, LongArray]:
        """Where those are who are so far into the regular laps of their beats.

        Parameters
        ----------
        beats, into_us : int64 (n,).

        Returns
        -------
        (edges, offsets_mm), each int64 (n,).
        """
        at = self.base_us[beats] + into_us % self.period_us[beats]
        step = np.searchsorted(self.start_us, at, side="right") - 1
        begin = self.start_us[step]
        return self.edges[step], (at - begin) * self.steps_mm[step] // (self.start_us[step + 1] - begin)


def make_beats(network: RoadNetwork, plans: Sequence[BeatPlan]) -> Beats:
    """Beats with their tours.

    Raises
    ------
    RoadError : no street of a beat is open to its mode, or the pace is no pace; `key` says which beat.
    """
    street = street_of(network)
    open_to = {bit: open_streets(network, bit) for bit in sorted({plan.bit for plan in plans})}
    beats = []
    for number, plan in enumerate(plans):
        try:
            walk = inspect(open_to[plan.bit], plan.streets)
            tour = make_tour(network, walk.edges, street=street, mps=plan.mps, bound_mm=walk.bound_mm)
        except RoadError as problem:
            raise RoadError(problem.message, key=f"beat {number}") from None
        beats.append(Beat(open_to[plan.bit], walk.streets, tour, plan.mps, walk.left_out))
    tours = [beat.tour for beat in beats]
    period = np.array([tour.period_us for tour in tours], np.int64)
    base = np.cumsum(period) - period
    nothing = [np.zeros(0, np.int64)]
    return Beats(
        network=network,
        all=tuple(beats),
        edges=np.concatenate([tour.edges for tour in tours] or nothing),
        steps_mm=np.concatenate([tour.steps_mm for tour in tours] or nothing),
        start_us=np.concatenate(
            [tour.start_us[:-1] + begin for tour, begin in zip(tours, base, strict=True)] + [[period.sum()]]
        ).astype(np.int64),
        base_us=base,
        period_us=period,
    )


def streets_of_grids(cells: Cells, overlay: Overlay, network: RoadNetwork) -> list[LongArray]:
    """The streets of each grid: those that have most of their length in it, of equals the grid with the lower number.

    A grid that has most of no street shares those that run through it, so no grid is without streets.

    Returns
    -------
    One array a grid: int64, an edge for each street (the lower of its two), ascending.
    """
    edge = np.repeat(np.arange(network.n_edges), np.diff(cells.edge_start))
    lower = street_of(network)[edge] == edge
    n_grids = len(overlay.grids)
    pairs, which = np.unique(edge[lower] * n_grids + overlay.of_cell[cells.piece_cell[lower]], return_inverse=True)
    street, grid = np.divmod(pairs, n_grids)
    length = np.bincount(which, cells.piece_mm[lower], pairs.size)
    order = np.lexsort((grid, -length, street))
    most = order[np.append(True, np.diff(street[order]) != 0)]
    found = [street[most[grid[most] == number]] for number in range(n_grids)]
    return [streets if streets.size else street[grid == number] for number, streets in enumerate(found)]
