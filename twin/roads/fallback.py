"""The same searches with scipy and numpy alone, for machines that numba does not run on.

It measures the whole tree towards the goal and looks at every unit, so it is slower, and simple enough to check the
compiled search by: both give the same units, times and routes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from twin.domain.route import Route, Spot
from twin.roads.network import LongArray
from twin.roads.tables import HEAD, LEAVING, LENGTH, NEVER, OUT_OF, SHUT, TAIL, TWIN, US, Costs, Streets
from twin.roads.travel import with_ramp
from twin.roads.ways import FlagArray, Reached


class ScipySearch:
    """Searches that measure everything, then choose."""

    def __init__(self, streets: Streets) -> None:
        self._streets = streets
        self._graph = lru_cache(maxsize=8)(self._reversed_graph)

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
        edges, offsets, delays, able = units
        who = np.flatnonzero(able & (edges >= 0))
        times = self.times_to(costs, goal)
        travel = self._by_way(costs, times, edges[who], offsets[who], goal).min(axis=0)
        who, travel = who[travel < NEVER], travel[travel < NEVER].tolist()
        arrivals = [
            delay + with_ramp(us, ramp_us=ramp_us) for delay, us in zip(delays[who].tolist(), travel, strict=True)
        ]
        found = []
        for arrival, unit in sorted(zip(arrivals, who.tolist(), strict=True))[:k]:
            route = self.route_by(costs, times, Spot(int(edges[unit]), int(offsets[unit])), goal, band=band)
            if route is not None:
                found.append(Reached(unit, arrival, route))
        return found

    def route(self, costs: Costs, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """See `Search.route`."""
        return self.route_by(costs, self.times_to(costs, goal), origin, goal, band=band)

    @property
    def n_come_by(self) -> int:
        """See `Search.n_come_by`: all of them, always."""
        return self._streets.n_nodes

    def times_to(self, costs: Costs, goal: Spot) -> LongArray:
        """See `Search.times_to`."""
        times = np.full(self._streets.n_nodes, NEVER)
        for edge, mm in self._entrances(costs, goal):
            node, part = int(self._streets.ground[TAIL, edge]), self._part(costs, edge, mm)
            distance = dijkstra(self._graph(costs), indices=node)
            reached = np.isfinite(distance)
            times[reached] = np.minimum(times[reached], distance[reached].astype(np.int64) + part)
        return times

    def route_by(self, costs: Costs, times: LongArray, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """See `Search.route_by`."""
        by_way = self._by_way(costs, times, np.array([origin.edge]), np.array([origin.offset_mm]), goal)[:, 0]
        way = int(by_way.argmin())
        if by_way[way] >= NEVER:
            return None
        edge, start_mm = (origin.edge, origin.offset_mm) if way % 2 == 0 else self._turned(origin)
        onward = self._walk(costs, times, int(self._streets.ground[HEAD, edge]), goal) if way >= 2 else ()
        edges = (edge, *onward)
        end_mm = goal.offset_mm if edges[-1] == goal.edge else self._turned(goal)[1]
        return Route(edges, start_mm, end_mm, int(by_way[way]), band)

    def _turned(self, spot: Spot) -> tuple[int, int]:
        """The same place on the opposite direction of its street; edge -1 where that does not exist."""
        ground = self._streets.ground
        return int(ground[TWIN, spot.edge]), int(ground[LENGTH, spot.edge]) - spot.offset_mm

    def _part(self, costs: Costs, edge: int, mm: int) -> int:
        return int(costs.table[US, edge]) * mm // int(self._streets.ground[LENGTH, edge])

    def _entrances(self, costs: Costs, goal: Spot) -> list[tuple[int, int]]:
        """The open directions of the goal's street, each with the goal's offset along it."""
        both = ((goal.edge, goal.offset_mm), self._turned(goal))
        return [(edge, mm) for edge, mm in both if edge >= 0 and not costs.table[SHUT, edge]]

    def _by_way(self, costs: Costs, times: LongArray, edges: LongArray, offsets: LongArray, goal: Spot) -> LongArray:
        """Travel time by each way of setting out, int64 (4, n_units), NEVER where it does not lead to the goal.

        The ways are those of `twin.roads.kernels`, in the same order.
        """
        ground, us, shut = self._streets.ground, costs.table[US], costs.table[SHUT]
        twin = ground[TWIN, edges]
        turns = (twin >= 0) & ((shut[twin] == 0) | (shut[edges] == 1))
        by_way = np.full((4, edges.size), NEVER)
        for turned, (edge, mm) in enumerate(((edges, offsets), (twin, ground[LENGTH, edges] - offsets))):
            may = turns if turned else np.ones_like(turns)
            part = us[edge] * mm // ground[LENGTH, edge]
            for goal_edge, goal_mm in ((goal.edge, goal.offset_mm), self._turned(goal)):
                ahead = may & (edge == goal_edge) & (goal_edge >= 0) & (mm <= goal_mm)
                goal_part = self._part(costs, goal_edge, goal_mm)
                by_way[turned] = np.where(ahead, np.minimum(by_way[turned], goal_part - part), by_way[turned])
            by_way[2 + turned] = np.where(may, np.minimum(times[ground[HEAD, edge]] + us[edge] - part, NEVER), NEVER)
        return by_way

    def _walk(self, costs: Costs, times: LongArray, node: int, goal: Spot) -> tuple[int, ...]:
        """The edges from a node to the goal: of equally fast ones the goal's own edge, else the lowest."""
        ground, nodes, arms = self._streets.ground, self._streets.nodes, self._streets.arms
        edges: list[int] = []
        while True:
            left = int(times[node])
            for edge, mm in self._entrances(costs, goal):
                if ground[TAIL, edge] == node and self._part(costs, edge, mm) == left:
                    return (*edges, edge)
            for edge in arms[LEAVING, nodes[OUT_OF, node] : nodes[OUT_OF, node + 1]].tolist():
                ahead = int(ground[HEAD, edge])
                if not costs.table[SHUT, edge] and costs.table[US, edge] + times[ahead] == left:
                    edges.append(edge)
                    node = ahead
                    break
            else:
                raise AssertionError(f"no edge of node {node} leads on towards {goal}")

    def _reversed_graph(self, costs: Costs) -> csr_array:
        """Open edges from head to tail, the fastest of parallel ones; floats hold these whole numbers exactly."""
        is_open = np.flatnonzero(costs.table[SHUT] == 0)
        head, tail = self._streets.ground[HEAD, is_open], self._streets.ground[TAIL, is_open]
        us = costs.table[US, is_open]
        order = np.lexsort((us, tail, head))
        head, tail, us = head[order], tail[order], us[order]
        fastest = np.ones(order.size, np.bool_)
        fastest[1:] = (head[1:] != head[:-1]) | (tail[1:] != tail[:-1])
        n_nodes = self._streets.n_nodes
        return csr_array((us[fastest].astype(np.float64), (head[fastest], tail[fastest])), shape=(n_nodes, n_nodes))
