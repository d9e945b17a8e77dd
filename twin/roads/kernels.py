"""Compiled steps of a search on the reversed roads: from a goal outwards, and back along the fastest way.

Plain loops over the tables of `twin.roads.tables`; times are whole microseconds, so every result equals that of the
scipy search to the last digit. `twin.roads.compiled` puts the steps together into searches.

A *way* is one of up to four ways a unit can set out. Of equally fast ones the first of this list is taken:
0 straight to the goal on the street it stands on, 1 the same after turning round, 2 on to the end of its edge,
3 turning round and on to the other end.
"""

from __future__ import annotations

import math

from numba import njit

from twin.roads.network import LongArray
from twin.roads.tables import (
    ARM_US,
    HEAD,
    INTO,
    LEAVING,
    LENGTH,
    NEVER,
    ORIGIN,
    OUT_OF,
    SHUT,
    TAIL,
    TWIN,
    US,
)

KEY, NODE, TOUCHED = 0, 1, 2
"""Rows of `heap`: time, node; and, apart from the heap, how many nodes have been given a time, and which."""

Roads = tuple[LongArray, LongArray, LongArray, LongArray]
"""ground, nodes and arms of `Streets`, table of `Costs`."""

Place = tuple[int, int]
"""An edge, and millimetres from its tail."""

compiled = njit(error_model="numpy")


@compiled
def with_ramp(travel: int, ramp: int) -> int:
    """Do as `twin.roads.travel.with_ramp` does."""
    if travel >= ramp:
        return travel + ramp
    square = 4 * travel * ramp
    root = int(math.sqrt(square))
    while root * root > square:
        root -= 1
    while (root + 1) * (root + 1) <= square:
        root += 1
    return root


@compiled
def part(ground: LongArray, table: LongArray, edge: int, mm: int) -> int:
    """Time to drive the first `mm` of an edge."""
    return int(table[US, edge] * mm // ground[LENGTH, edge])


@compiled
def may_turn(ground: LongArray, table: LongArray, edge: int) -> bool:
    """Whether one may turn round: onto an open edge, or off a closed one."""
    twin = ground[TWIN, edge]
    return bool(twin >= 0 and (table[SHUT, twin] == 0 or table[SHUT, edge] == 1))


@compiled
def push(heap: LongArray, size: int, key: int, node: int) -> int:
    """Put a node on the heap; gives the new size."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if heap[KEY, above] <= key:
            break
        heap[KEY, at], heap[NODE, at] = heap[KEY, above], heap[NODE, above]
        at = above
    heap[KEY, at], heap[NODE, at] = key, node
    return size + 1


@compiled
def pop(heap: LongArray, size: int) -> int:
    """Take the root off: the last entry fills the hole and sinks."""
    size -= 1
    key, node, at = heap[KEY, size], heap[NODE, size], 0
    while True:
        child = (at << 2) + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[KEY, other] < heap[KEY, least]:
                least = other
        if heap[KEY, least] >= key:
            break
        heap[KEY, at], heap[NODE, at] = heap[KEY, least], heap[NODE, least]
        at = least
    heap[KEY, at], heap[NODE, at] = key, node
    return size


@compiled
def reach(times: LongArray, heap: LongArray, size: int, node: int, time: int) -> int:
    """Note that a node can be reached in `time`, when that is better than before; gives the new size of the heap."""
    if time >= times[node]:
        return size
    if times[node] == NEVER:
        heap[TOUCHED, 0] += 1
        heap[TOUCHED, heap[TOUCHED, 0]] = node
    times[node] = time
    return push(heap, size, time, node)


@compiled
def enter(roads: Roads, times: LongArray, heap: LongArray, goal: Place) -> int:
    """Begin a search: reach the nodes from which the goal's street is entered; gives the size of the heap."""
    ground, _, _, table = roads
    edge, mm = goal
    heap[TOUCHED, 0] = 0
    size = 0
    if table[SHUT, edge] == 0:
        size = reach(times, heap, size, ground[TAIL, edge], part(ground, table, edge, mm))
    twin = ground[TWIN, edge]
    if twin >= 0 and table[SHUT, twin] == 0:
        time = part(ground, table, twin, ground[LENGTH, twin] - mm)
        size = reach(times, heap, size, ground[TAIL, twin], time)
    return size


@compiled
def spread(
    nodes: LongArray,
    arms: LongArray,
    table: LongArray,
    times: LongArray,
    heap: LongArray,
    size: int,
    node: int,
    time: int,
) -> int:
    """Reach the neighbours of a node that is `time` from the goal; gives the new size of the heap."""
    for arm in range(nodes[INTO, node], nodes[INTO, node + 1]):
        if table[ARM_US, arm] >= 0:
            size = reach(times, heap, size, arms[ORIGIN, arm], time + table[ARM_US, arm])
    return size


@compiled
def straight(roads: Roads, edge: int, mm: int, goal: Place) -> int:
    """Time to a goal ahead on the street one drives on; NEVER when it is elsewhere or behind."""
    ground, _, _, table = roads
    goal_edge, goal_mm = goal
    if edge != goal_edge:
        if edge < 0 or edge != ground[TWIN, goal_edge]:
            return NEVER
        goal_mm = ground[LENGTH, edge] - goal_mm
    return part(ground, table, edge, goal_mm) - part(ground, table, edge, mm) if mm <= goal_mm else NEVER


@compiled
def last_edge(roads: Roads, node: int, left: int, goal: Place) -> int:
    """The edge by which the goal is reached from a node in exactly `left`; -1 when there is none."""
    ground, _, _, table = roads
    edge, mm = goal
    if ground[TAIL, edge] == node and table[SHUT, edge] == 0 and part(ground, table, edge, mm) == left:
        return edge
    twin, mm = ground[TWIN, edge], ground[LENGTH, edge] - mm
    if twin >= 0 and ground[TAIL, twin] == node and table[SHUT, twin] == 0 and part(ground, table, twin, mm) == left:
        return int(twin)
    return -1


@compiled
def walk(roads: Roads, times: LongArray, node: int, goal: Place, out: LongArray, at: int) -> int:
    """Write the edges from a node to the goal into `out` from `at`; gives the end, or -1 when `out` is too short."""
    ground, nodes, arms, table = roads
    while at < out.size:
        left = times[node]
        last = last_edge(roads, node, left, goal)
        if last >= 0:
            out[at] = last
            return at + 1
        for arm in range(nodes[OUT_OF, node], nodes[OUT_OF, node + 1]):
            edge = arms[LEAVING, arm]
            if table[SHUT, edge] == 0 and table[US, edge] + times[ground[HEAD, edge]] == left:
                out[at] = edge
                at += 1
                node = ground[HEAD, edge]
                break
    return -1


@compiled
def write_route(roads: Roads, times: LongArray, start: Place, way: int, goal: Place, out: LongArray, at: int) -> int:
    """Write start, end, number of edges and the edges; gives the end, or -1 when `out` is too short."""
    if at + 4 > out.size:
        return -1
    ground, (edge, mm) = roads[0], start
    if way % 2 == 1:
        edge, mm = ground[TWIN, edge], ground[LENGTH, edge] - mm
    out[at], out[at + 3] = mm, edge
    end = at + 4
    if way >= 2:
        end = walk(roads, times, ground[HEAD, edge], goal, out, end)
        if end < 0:
            return -1
    out[at + 1] = goal[1] if out[end - 1] == goal[0] else ground[LENGTH, goal[0]] - goal[1]
    out[at + 2] = end - at - 3
    return end
