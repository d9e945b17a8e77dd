"""Times from anywhere to a few places that stay the same: the table that coverage is read from.

A table is grown once per set of places and time band, by one search from each place over the whole network, with all
roads open. Times from a spot follow by arithmetic from those of the two ends of its street.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.roads.gates import Gates
from twin.roads.network import LongArray
from twin.roads.tables import HEAD, LENGTH, NEVER, TWIN, Streets

_KEPT = 8
"""Tables kept, one a time band: 60 places and 30,000 nodes take 7 MB each."""

_UNIT_US = SECOND // 1_000
_NO_WAY = np.iinfo(np.int32).max

Table = npt.NDArray[np.int32]
Grow = Callable[[Spot, int], LongArray]
"""(goal, band) → time from every node to it, int64 (n_nodes,), microseconds; NEVER where there is no way."""


class Reach:
    """Times of one mode.

    Parameters
    ----------
    us : int64 (n_bands, n_edges), time along each edge, microseconds.
    gates : where lanes of the mode are left, or None where it may go everywhere.
    """

    def __init__(self, streets: Streets, us: LongArray, *, gates: Gates | None, grow: Grow) -> None:
        self._ground, self._us, self._gates, self._grow = streets.ground, us, gates, grow
        self._table = lru_cache(maxsize=_KEPT)(self._grown)

    def times_us(self, goals: tuple[Spot, ...], *, edges: LongArray, offsets_mm: LongArray, band: int) -> LongArray:
        """Time from each place to each goal, int64 (n_places, n_goals), to a millisecond; NEVER where there is no way.

        It is the way by one end of the street a place is on or the other: between places on one street it is too long.
        """
        table, ground = self._table(goals, band), self._ground
        edges, offsets_mm, walks_us = self._at_gates(edges, offsets_mm, band=band)
        twin, us = ground[TWIN, edges], self._us[band, edges]
        ahead_us = us - us * offsets_mm // ground[LENGTH, edges]
        onward = self._by(table, edges, ahead_us)
        back = self._by(table, np.where(twin >= 0, twin, edges), us * offsets_mm // ground[LENGTH, edges])
        times = np.where((twin >= 0)[:, None], np.minimum(onward, back), onward)
        return np.where(times < NEVER, times + walks_us[:, None], NEVER)

    def _by(self, table: Table, edges: LongArray, before_us: LongArray) -> LongArray:
        """Times by the head of each edge, which is reached after so long."""
        from_head = table[:, self._ground[HEAD, edges]].T
        times = from_head.astype(np.int64) * _UNIT_US + before_us[:, None]
        return np.where(from_head < _NO_WAY, times, NEVER)

    def _at_gates(
        self, edges: LongArray, offsets_mm: LongArray, *, band: int
    ) -> tuple[LongArray, LongArray, LongArray]:
        """Places on the mode's own streets, and the walk to each from where it was."""
        walks_us = np.zeros(edges.size, np.int64)
        apart = np.flatnonzero(self._gates.apart[edges]) if self._gates is not None else edges[:0]
        if self._gates is None or not apart.size:
            return edges, offsets_mm, walks_us
        edges, offsets_mm = edges.copy(), offsets_mm.copy()
        for row in apart.tolist():
            place = Spot(int(edges[row]), int(offsets_mm[row]))
            own, walk = self._gates.on_own(place), self._gates.walk_to(place)
            entry = None if walk is None else self._gates.entry(walk.gate, frozenset())
            if own is not None:
                edges[row], offsets_mm[row] = own.edge, own.offset_mm
            elif walk is not None and entry is not None:
                edges[row], offsets_mm[row] = entry.into, self._ground[LENGTH, entry.into]
                first_us = int(self._us[band, walk.back[0]])
                not_walked_us = first_us * walk.back_mm // int(self._ground[LENGTH, walk.back[0]])
                walks_us[row] = int(self._us[band, list(walk.back)].sum()) - not_walked_us
        return edges, offsets_mm, walks_us

    def _grown(self, goals: tuple[Spot, ...], band: int) -> Table:
        times = np.stack([self._grow(goal, band) for goal in goals])
        return np.where(times < NEVER, np.minimum(times // _UNIT_US, _NO_WAY - 1), _NO_WAY).astype(np.int32)
