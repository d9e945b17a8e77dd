"""Pairs of places such that the ways between partners add up to little: what makes a walk along streets come out even.

In: distances between an even number of places. Out: a perfect matching, and a lower bound on the weight of any. Places
are assigned to places at least cost, which bounds any matching from below; the assignment, mended by exchanges, is one
from above. Pairs that cannot be in a matching between the two are struck out, and what is left is solved exactly
(Edmonds), so that bound and weight are equal, for up to `MOST_EXACT` places.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from scipy.optimize import linear_sum_assignment

from twin.roads.build import BoolArray
from twin.roads.network import LongArray

MOST_EXACT = 60
"""Places; the exact algorithm takes about 0.1 s for so many, and grows with their third power."""


def match(distances: LongArray) -> tuple[LongArray, int]:
    """Partners, and a lower bound.

    Parameters
    ----------
    distances : int64 (n, n), symmetric, n even; the diagonal does not count.

    Returns
    -------
    (pairs, bound) : int64 (n / 2, 2), lower first, in order; and a weight no perfect matching can be below.

    >>> match(np.array([[0, 1, 9, 9], [1, 0, 9, 9], [9, 9, 0, 2], [9, 9, 2, 0]]))
    (array([[0, 1],
           [2, 3]]), 3)
    """
    n = len(distances)
    if n == 0:
        return np.zeros((0, 2), np.int64), 0
    cost = distances.astype(np.int64)
    np.fill_diagonal(cost, 4 * (cost.max() + 1) * n)
    _, goal = linear_sum_assignment(cost)
    least = int(cost[np.arange(n), goal].sum())
    pairs = _exchanged(_of_cycles(_cycles(goal.tolist()), cost), cost)
    above = 2 * _weight(pairs, cost) - least
    if above > 0 and n <= MOST_EXACT:
        pairs = _exact(cost, possible=_dear(cost, goal) <= above)
        return pairs, _weight(pairs, cost)
    return pairs, -(-least // 2)


def _weight(pairs: LongArray, cost: LongArray) -> int:
    return int(cost[pairs[:, 0], pairs[:, 1]].sum())


def _cycles(goal: list[int]) -> list[list[int]]:
    """The cycles of a permutation, each from its lowest place on."""
    cycles, seen = [], [False] * len(goal)
    for first in range(len(goal)):
        cycle: list[int] = []
        place = first
        while not seen[place]:
            seen[place] = True
            cycle.append(place)
            place = goal[place]
        if cycle:
            cycles.append(cycle)
    return cycles


def _dear(cost: LongArray, goal: LongArray) -> LongArray:
    """By how much, twice, a matching with a pair in it weighs at least more than half the assignment: int64 (n, n).

    Those are reduced costs. The assignment's dual prices of rows are shortest ways in its residual graph; the mean of a
    place's prices as row and as column is a price for matchings, because costs are symmetric.
    """
    own = cost[np.arange(len(cost)), goal]
    change = cost[:, goal].T - own[:, None]
    row = np.zeros(len(cost), np.int64)
    while True:
        cheaper = np.minimum(row, (row[:, None] + change).min(axis=0))
        if (cheaper == row).all():
            break
        row = cheaper
    column = np.zeros(len(cost), np.int64)
    column[goal] = own - row
    price = row + column
    dear: LongArray = 2 * cost - price[:, None] - price
    return dear


def _exact(cost: LongArray, *, possible: BoolArray) -> LongArray:
    """The perfect matching of least weight among possible pairs, of which at least one can be made."""
    graph: nx.Graph[int] = nx.Graph()
    one, other = np.nonzero(np.triu(possible, 1))
    graph.add_weighted_edges_from(zip(one.tolist(), other.tolist(), cost[one, other].tolist(), strict=True))
    return _in_order(sorted(nx.min_weight_matching(graph)))


def _of_cycles(cycles: list[list[int]], cost: LongArray) -> LongArray:
    """Every other step of each cycle; the places that odd cycles leave over find partners nearest first.

    The two halves of an even cycle of an assignment of least cost weigh the same: twice the lighter one would be less.
    """
    pairs, over = [], []
    for cycle in cycles:
        if len(cycle) % 2:
            over.append(cycle[0])
        rest = cycle[len(cycle) % 2 :]
        pairs += list(zip(rest[::2], rest[1::2], strict=True))
    left = np.array(over, np.int64)
    one, other = np.triu_indices(left.size, 1)
    free = np.ones(left.size, np.bool_)
    for pair in np.argsort(cost[left[one], left[other]], kind="stable").tolist():
        i, j = one[pair], other[pair]
        if free[i] and free[j]:
            free[i] = free[j] = False
            pairs.append((int(left[i]), int(left[j])))
    return _in_order(pairs)


def _exchanged(pairs: LongArray, cost: LongArray) -> LongArray:
    """The matching after two pairs have swapped partners wherever that saves most, until it saves nothing."""
    pairs = pairs.copy()
    saves = True
    while saves:
        saves = False
        for row in range(len(pairs)):
            a, b = pairs[row]
            c, d = pairs[:, 0], pairs[:, 1]
            now = cost[a, b] + cost[c, d]
            gains = np.stack([now - cost[a, c] - cost[b, d], now - cost[a, d] - cost[b, c]])
            gains[:, row] = 0
            way, with_row = divmod(int(gains.argmax()), len(pairs))
            if gains[way, with_row] > 0:
                other = pairs[with_row].copy()
                pairs[row], pairs[with_row] = (a, other[way]), (b, other[1 - way])
                saves = True
    return _in_order(pairs.tolist())


def _in_order(pairs: list[tuple[int, int]]) -> LongArray:
    return np.array(sorted(sorted(pair) for pair in pairs), np.int64).reshape(-1, 2)
