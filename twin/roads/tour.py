"""A closed walk in time: where one is so far into it, and when it comes by a place.

In: a walk of directed edges and the pace of patrol. Out: a `Tour`. Everything is arithmetic on whole microseconds of
*patrol time*, which runs while the patrol walks and stands while it does not.

One pass of a place is one step along its street, in either direction. A place at the far end of an edge counts as one
millimetre before it, so that a pass always falls within its step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.errors import RoadError
from twin.roads.network import LongArray, RoadNetwork

FASTEST_MPS = 100.0
"""A millimetre takes whole microseconds at such a pace, so that a pass is told to the millimetre."""


@dataclass(frozen=True, eq=False)
class Tour:
    """One lap.

    Parameters
    ----------
    edges : int64 (n_steps,), directed; each ends where the next begins, the last where the first begins.
    steps_mm : int64 (n_steps,), their lengths.
    start_us : int64 (n_steps + 1,), patrol time into the lap at which each step begins, and that at which all end.
    street : int64 (n_edges,), the street of every edge there is, as from `open_streets.street_of`.
    bound_mm : no closed walk over the streets to be walked is shorter; 0 where nobody knows.
    """

    edges: LongArray
    steps_mm: LongArray
    start_us: LongArray
    street: LongArray
    bound_mm: int = 0

    @cached_property
    def by_street(self) -> LongArray:
        """The steps ordered by street, then time: int64 (n_steps,)."""
        return np.argsort(self.street[self.edges], kind="stable")

    @cached_property
    def streets(self) -> LongArray:
        """The street of each step in that order: int64 (n_steps,), ascending."""
        streets: LongArray = self.street[self.edges[self.by_street]]
        return streets

    @cached_property
    def period_us(self) -> int:
        """Patrol time of a lap."""
        return int(self.start_us[-1])

    @property
    def length_mm(self) -> int:
        """Way of a lap."""
        return int(self.steps_mm.sum())

    def spot_at(self, into_us: int) -> Spot:
        """Where one is so far into the lap; what goes beyond it is taken as far into a next lap that is the same."""
        into = into_us % self.period_us
        step = int(self.start_us.searchsorted(into, "right")) - 1
        begin, end = int(self.start_us[step]), int(self.start_us[step + 1])
        return Spot(int(self.edges[step]), (into - begin) * int(self.steps_mm[step]) // (end - begin))

    def steps_along(self, street: int) -> LongArray:
        """The steps that lead along a street (the lower of its edges), in the order they are made."""
        first, last = np.searchsorted(self.streets, [street, street + 1])
        return self.by_street[first:last]

    def passes(self, network: RoadNetwork, spot: Spot) -> LongArray:
        """Patrol time into the lap at each pass of a place: int64 (n_passes,), ascending; empty where there is none."""
        twin = int(network.twin[spot.edge])
        steps = self.steps_along(min(spot.edge, twin) if twin >= 0 else spot.edge)
        length = int(network.length_mm[spot.edge])
        offset = np.where(self.edges[steps] == spot.edge, spot.offset_mm, length - spot.offset_mm)
        begin = self.start_us[steps]
        takes = self.start_us[steps + 1] - begin
        into: LongArray = begin - (-np.clip(offset, 0, length - 1) * takes // length)
        return into

    def next_pass(self, network: RoadNetwork, spot: Spot, *, after_us: int) -> int | None:
        """The first pass of a place at `after_us` or later, both counted from the start of lap 0 through equal laps.

        Returns
        -------
        Microseconds of patrol time; None where the tour never comes by.
        """
        passes = self.passes(network, spot)
        if not passes.size:
            return None
        lap, into = divmod(after_us, self.period_us)
        number = int(np.searchsorted(passes, into))
        if number == passes.size:
            lap, number = lap + 1, 0
        return lap * self.period_us + int(passes[number])


def make_tour(network: RoadNetwork, edges: LongArray, *, street: LongArray, mps: float, bound_mm: int = 0) -> Tour:
    """A walk at a pace.

    Parameters
    ----------
    edges : int64 (n_steps,), a closed walk of directed edges, at least one.
    street : int64 (n_edges,), as from `open_streets.street_of`.
    mps : pace of patrol, metres a second.

    Raises
    ------
    RoadError : the pace is not above 0 m/s, or above 100 m/s.
    """
    if not 0 < mps <= FASTEST_MPS:
        raise RoadError(f"the pace of a patrol must be above 0 and at most {FASTEST_MPS:g} m/s, not {mps:g}", key="mps")
    steps_mm = network.length_mm[edges]
    start_us = np.zeros(edges.size + 1, np.int64)
    np.cumsum(pace_us(steps_mm, mps=mps), out=start_us[1:])
    return Tour(edges, steps_mm, start_us, street, bound_mm)


def pace_us(length_mm: LongArray, *, mps: float) -> LongArray:
    """How long steps take at a pace of metres a second: int64 microseconds, at least 1, of the same shape."""
    found: LongArray = np.maximum(1, np.rint(length_mm / mps * (SECOND / 1000)).astype(np.int64))
    return found
