"""The compiled search: `Search` on top of numba, with scratch arrays that are made once.

In: costs, a goal, the columns of units. Out: `Reached` and `Route`. `warm` compiles everything, so that an install can
do it once for all runs.
"""

from __future__ import annotations

import numpy as np

from twin.domain.route import Route, Spot
from twin.roads import compiled
from twin.roads.kernels import TOUCHED
from twin.roads.network import LongArray
from twin.roads.tables import NEVER, Costs, Streets
from twin.roads.ways import FlagArray, Reached

_ROOM = 4_096
"""Numbers a result may take before the array for results has to grow."""


class CompiledSearch:
    """Searches that stop as soon as nothing nearer can come; one thread at a time."""

    def __init__(self, streets: Streets) -> None:
        self._streets = streets
        self._roads = (streets.ground, streets.nodes, streets.arms)
        self._times = np.full(streets.n_nodes, NEVER)
        self._heap = np.empty((3, streets.n_edges + 8), np.int64)
        self._out = np.empty(_ROOM, np.int64)
        self._lists = (np.full(streets.n_edges, -1), np.full((3, 0), -1))
        self._lone_lists = (np.full(streets.n_edges, -1), np.full((3, 1), -1))
        self._lone_edge, self._lone_mm = np.zeros(1, np.int64), np.zeros(1, np.int64)
        self._no_delay, self._yes = np.zeros(1, np.int64), np.ones(1, np.bool_)

    def first_reached(
        self,
        costs: Costs,
        goal: Spot,
        *,
        units: tuple[LongArray, LongArray, LongArray, FlagArray],
        ramp_us: int,
        band: int,
        k: int,
    ) -> list[Reached]:
        """See `Search.first_reached`."""
        if units[0].size != self._lists[1].shape[1]:
            self._lists = (np.full(self._streets.n_edges, -1), np.full((3, units[0].size), -1))
        fixed = (*self._roads, costs.table, self._times, self._heap, *self._lists, *units)
        while (end := compiled.first_reached(*fixed, goal.edge, goal.offset_mm, ramp_us, k, self._out)) < 0:
            self._make_room()
        return _all_reached(self._out[:end].tolist(), band)

    def route(self, costs: Costs, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """See `Search.route`: the first to be reached of one unit, which stands at the origin."""
        self._lone_edge[0], self._lone_mm[0] = origin.edge, origin.offset_mm
        unit = (self._lone_edge, self._lone_mm, self._no_delay, self._yes)
        fixed = (*self._roads, costs.table, self._times, self._heap, *self._lone_lists, *unit)
        while (end := compiled.first_reached(*fixed, goal.edge, goal.offset_mm, 0, 1, self._out)) < 0:
            self._make_room()
        return _route(self._out[2:end].tolist(), band) if end else None

    @property
    def n_come_by(self) -> int:
        """See `Search.n_come_by`."""
        return int(self._heap[TOUCHED, 0])

    def times_to(self, costs: Costs, goal: Spot) -> LongArray:
        """See `Search.times_to`."""
        times = np.full(self._streets.n_nodes, NEVER)
        compiled.times_to(*self._roads, costs.table, times, self._heap, goal.edge, goal.offset_mm)
        return times

    def route_by(self, costs: Costs, times: LongArray, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """See `Search.route_by`."""
        places = (origin.edge, origin.offset_mm, goal.edge, goal.offset_mm)
        while (end := compiled.way_by(*self._roads, costs.table, times, *places, self._out)) < 0:
            self._make_room()
        return _route(self._out[:end].tolist(), band) if end else None

    def _make_room(self) -> None:
        self._out = np.empty(2 * self._out.size, np.int64)


def _route(numbers: list[int], band: int) -> Route:
    """A route from travel, start mm, end mm, number of edges, edges."""
    return Route(tuple(numbers[4:]), numbers[1], numbers[2], numbers[0], band)


def _all_reached(numbers: list[int], band: int) -> list[Reached]:
    """What the compiled search wrote: unit, arrival, then the route as above; one after the other."""
    found, at = [], 0
    while at < len(numbers):
        unit, arrival = numbers[at], numbers[at + 1]
        end = at + 6 + numbers[at + 5]
        found.append(Reached(unit, arrival, _route(numbers[at + 2 : end], band)))
        at = end
    return found


def warm() -> int:
    """Compile the searches, or load them when that has been done before; gives how many there are.

    To import them is enough, because their types are declared; the first time that takes some ten seconds.
    """
    searches = (compiled.first_reached, compiled.times_to, compiled.way_by)
    return sum(len(search.signatures) for search in searches)
