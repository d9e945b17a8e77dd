"""The compiled searches: the first units to reach a goal, the times to a goal from everywhere, the way from a place.

Compiled by numba when this file is first imported and kept on disk after that; numba looks at this file only to tell
whether what it kept is still good, so `STAMP` has to change with the files this one is compiled from (a test says so).

Units are listed by street. The lists are kept from call to call and only corrected for units that have moved, and only
units on streets the search comes by are looked at: a decision costs what lies near the goal, not the size of the fleet.
"""

from __future__ import annotations

import numpy as np
from numba import boolean, int64, njit, types

from twin.roads.kernels import (
    KEY,
    NODE,
    TOUCHED,
    Place,
    Roads,
    compiled,
    enter,
    may_turn,
    part,
    pop,
    spread,
    straight,
    with_ramp,
    write_route,
)
from twin.roads.network import LongArray
from twin.roads.tables import EDGE, HEAD, INTO, LENGTH, NEVER, STREET, TWIN, US
from twin.roads.ways import FlagArray

STAMP = "2945f8e347f1fabc"
"""Digest of the source of `kernels` and `tables`."""

LAID, NEXT, PREVIOUS = 0, 1, 2
"""Rows of `links`: the edge a unit is listed at (-1 at none), the units after and before it in its street's list."""

ARRIVAL, UNIT, TRAVEL, WAY = 0, 1, 2, 3
"""Columns of `best`, which is ordered by arrival, then unit."""

Lists = tuple[LongArray, LongArray]
"""first, links: the first unit of each street's list, the links between units."""

Units = tuple[LongArray, LongArray, LongArray, FlagArray]
"""edges, offsets, delays, able."""

_BLOCK = 256
_LINE = int64[::1]
_TABLE = int64[:, ::1]
_COLUMN = types.Array(int64, 1, "C", readonly=True)
_FLAGS = types.Array(boolean, 1, "C", readonly=True)
_ROADS = (_TABLE, _TABLE, _TABLE, _TABLE)


@compiled
def _lay(ground: LongArray, lists: Lists, edges: LongArray) -> None:
    """Bring the lists of units by street up to date: only units that changed their edge since the last call move."""
    laid = lists[1][LAID]
    for start in range(0, edges.size, _BLOCK):
        before, now = laid[start : start + _BLOCK], edges[start : start + _BLOCK]
        moved = 0
        for row in range(now.size):  # vectorised as it stands: no branch, no index but the counter
            moved |= before[row] ^ now[row]
        if moved != 0:
            for row in range(now.size):
                if before[row] != now[row]:
                    _move(ground, lists, start + row, now[row])


@compiled
def _move(ground: LongArray, lists: Lists, unit: int, edge: int) -> None:
    """List a unit at the street of another edge (-1: nowhere)."""
    first, links = lists
    if edge >= first.size:
        raise IndexError("a unit stands on an edge that the network does not have")
    laid = links[LAID, unit]
    if laid >= 0:
        before, after = links[PREVIOUS, unit], links[NEXT, unit]
        if before >= 0:
            links[NEXT, before] = after
        else:
            twin = ground[TWIN, laid]
            first[twin if 0 <= twin < laid else laid] = after
        if after >= 0:
            links[PREVIOUS, after] = before
    links[LAID, unit] = edge
    if edge >= 0:
        twin = ground[TWIN, edge]
        street = twin if 0 <= twin < edge else edge
        after = first[street]
        links[NEXT, unit], links[PREVIOUS, unit], first[street] = after, -1, unit
        if after >= 0:
            links[PREVIOUS, after] = unit


@compiled
def _note(best: LongArray, n_best: int, arrival: int, unit: int, travel: int, way: int) -> int:
    """Put a unit in its place among the best, at most one way a unit; gives how many there are."""
    k = best.shape[0]
    if n_best == k and (arrival, unit) > (best[k - 1, ARRIVAL], best[k - 1, UNIT]):
        return n_best
    hole = n_best
    for row in range(n_best):
        if best[row, UNIT] == unit:
            if (travel, way) >= (best[row, TRAVEL], best[row, WAY]):
                return n_best
            hole = row
            break
    if hole == n_best:
        if n_best == k:
            hole = k - 1
        else:
            n_best += 1
    while hole > 0 and (arrival, unit) < (best[hole - 1, ARRIVAL], best[hole - 1, UNIT]):
        for column in range(4):
            best[hole, column] = best[hole - 1, column]
        hole -= 1
    best[hole, ARRIVAL], best[hole, UNIT], best[hole, TRAVEL], best[hole, WAY] = arrival, unit, travel, way
    return n_best


@compiled
def _note_straight(roads: Roads, goal: Place, lists: Lists, units: Units, ramp: int, best: LongArray) -> int:
    """Note the units that stand on the goal's own street and need not leave it."""
    ground, _, _, table = roads
    edges, offsets, delays, able = units
    first, links = lists
    twin = ground[TWIN, goal[0]]
    unit, n_best = first[twin if 0 <= twin < goal[0] else goal[0]], 0
    while unit >= 0:
        if able[unit]:
            edge, mm = edges[unit], offsets[unit]
            travel = straight(roads, edge, mm, goal)
            if travel != NEVER:
                n_best = _note(best, n_best, delays[unit] + with_ramp(travel, ramp), unit, travel, 0)
            if may_turn(ground, table, edge):
                travel = straight(roads, ground[TWIN, edge], ground[LENGTH, edge] - mm, goal)
                if travel != NEVER:
                    n_best = _note(best, n_best, delays[unit] + with_ramp(travel, ramp), unit, travel, 1)
        unit = links[NEXT, unit]
    return n_best


@compiled
def _note_through(
    roads: Roads, settled: Place, lists: Lists, units: Units, ramp: int, best: LongArray, n_best: int
) -> int:
    """Note the units whose way leads through a settled node; `settled` is the node and its time to the goal."""
    ground, nodes, arms, table = roads
    edges, offsets, delays, able = units
    first, links = lists
    node, time = settled
    for arm in range(nodes[INTO, node], nodes[INTO, node + 1]):
        unit = first[arms[STREET, arm]]
        while unit >= 0:
            if able[unit]:
                edge, mm, way = arms[EDGE, arm], offsets[unit], 2
                if edges[unit] != edge:
                    mm, way = ground[LENGTH, edge] - mm, 3
                if way == 2 or may_turn(ground, table, edges[unit]):
                    travel = time + table[US, edge] - part(ground, table, edge, mm)
                    n_best = _note(best, n_best, delays[unit] + with_ramp(travel, ramp), unit, travel, way)
            unit = links[NEXT, unit]
    return n_best


@compiled
def _soonest(delays: LongArray, able: FlagArray) -> tuple[int, int]:
    """How many units are able, and the least delay among them."""
    n_able, least = 0, NEVER
    for unit in range(able.size):
        n_able += able[unit]
        least = min(least, delays[unit] if able[unit] else NEVER)
    return n_able, least


@njit(
    int64(*_ROADS, _LINE, _TABLE, _LINE, _TABLE, _COLUMN, _COLUMN, _COLUMN, _FLAGS, *(int64,) * 4, _LINE),
    cache=True,
    error_model="numpy",
)
def first_reached(  # noqa: PLR0913 - a compiled function is called fastest with flat arguments
    ground: LongArray,
    nodes: LongArray,
    arms: LongArray,
    table: LongArray,
    times: LongArray,
    heap: LongArray,
    first: LongArray,
    links: LongArray,
    edges: LongArray,
    offsets: LongArray,
    delays: LongArray,
    able: FlagArray,
    goal_edge: int,
    goal_mm: int,
    ramp: int,
    k: int,
    out: LongArray,
) -> int:
    """Write the first k able units to reach a goal: unit, arrival, travel, start mm, end mm, number of edges, edges.

    Parameters
    ----------
    ground, nodes, arms, table : see `twin.roads.tables`.
    times, heap : scratch; (n_nodes,), all NEVER before and after, and (3, n_edges + 8).
    first, links : the units by street, (n_edges,) and (3, n_units), all -1 at first and then kept from call to call.
    edges, offsets, delays, able : one row a unit; an edge of -1 is nowhere.
    out : where the result goes, one unit after the other.

    Returns
    -------
    How much of `out` is filled; -1 when it is too short.
    """
    if not edges.size == offsets.size == delays.size == able.size == links.shape[1]:
        raise ValueError("the columns of units are not equally long")
    roads, units, lists = (ground, nodes, arms, table), (edges, offsets, delays, able), (first, links)
    goal = (goal_edge, goal_mm)
    n_able, least = _soonest(delays, able)
    k = min(k, n_able)
    if k <= 0:
        return 0
    best = np.empty((k, 4), np.int64)
    _lay(ground, lists, edges)
    n_best = _note_straight(roads, goal, lists, units, ramp, best)
    size = enter(roads, times, heap, goal)
    while size > 0:
        time, node = heap[KEY, 0], heap[NODE, 0]
        if n_best == k and least + with_ramp(time, ramp) > best[k - 1, ARRIVAL]:
            break
        size = pop(heap, size)
        if time == times[node]:
            size = spread(nodes, arms, table, times, heap, size, node, time)
            n_best = _note_through(roads, (node, time), lists, units, ramp, best, n_best)
    end = 0
    for row in range(n_best):
        if end < 0 or end + 3 > out.size:
            end = -1
            break
        unit = best[row, UNIT]
        out[end], out[end + 1], out[end + 2] = unit, best[row, ARRIVAL], best[row, TRAVEL]
        end = write_route(roads, times, (edges[unit], offsets[unit]), best[row, WAY], goal, out, end + 3)
    for row in range(1, heap[TOUCHED, 0] + 1):
        times[heap[TOUCHED, row]] = NEVER
    return end


@njit(types.void(*_ROADS, _LINE, _TABLE, int64, int64), cache=True, error_model="numpy")
def times_to(
    ground: LongArray,
    nodes: LongArray,
    arms: LongArray,
    table: LongArray,
    times: LongArray,
    heap: LongArray,
    goal_edge: int,
    goal_mm: int,
) -> None:
    """Fill `times`, all NEVER before, with the time from every node to the goal."""
    size = enter((ground, nodes, arms, table), times, heap, (goal_edge, goal_mm))
    while size > 0:
        time, node = heap[KEY, 0], heap[NODE, 0]
        size = pop(heap, size)
        if time == times[node]:
            size = spread(nodes, arms, table, times, heap, size, node, time)


@njit(int64(*_ROADS, _LINE, *(int64,) * 4, _LINE), cache=True, error_model="numpy")
def way_by(  # noqa: PLR0913 - as above
    ground: LongArray,
    nodes: LongArray,
    arms: LongArray,
    table: LongArray,
    times: LongArray,
    edge: int,
    mm: int,
    goal_edge: int,
    goal_mm: int,
    out: LongArray,
) -> int:
    """Write the fastest way from a place, by the times to the goal: travel, start mm, end mm, number of edges, edges.

    Returns
    -------
    How much of `out` is filled; 0 when there is no way, -1 when `out` is too short.
    """
    roads, goal = (ground, nodes, arms, table), (goal_edge, goal_mm)
    twin, back_mm, turns = ground[TWIN, edge], ground[LENGTH, edge] - mm, may_turn(ground, table, edge)
    travel, way = straight(roads, edge, mm, goal), 0
    if turns and straight(roads, twin, back_mm, goal) < travel:
        travel, way = straight(roads, twin, back_mm, goal), 1
    onward = times[ground[HEAD, edge]] + table[US, edge] - part(ground, table, edge, mm)
    if onward < travel:
        travel, way = onward, 2
    if turns:
        back = times[ground[HEAD, twin]] + table[US, twin] - part(ground, table, twin, back_mm)
        if back < travel:
            travel, way = back, 3
    if travel >= NEVER:
        return 0
    out[0] = travel
    return write_route(roads, times, (edge, mm), way, goal, out, 1)
