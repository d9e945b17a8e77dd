"""A heap of streets turned into a walk that is legal where there are one-ways: as many ways in as out everywhere.

In: streets with how often each is to be walked, an even number of ends at every node. Out: how often each edge is
walked in each direction, with the detours that takes; and a lower bound on any such walk. All three questions are
flows of least cost, whose corners are whole numbers, solved as linear programmes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from twin.roads.build import BoolArray
from twin.roads.network import FloatArray, LongArray
from twin.roads.open_streets import Surroundings

NEAREST = 1e-6
"""Relative trust in a computed optimum: bounds are lowered by as much."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """How often each street is walked from `a` to `b`, and back: whole numbers, shape (n_streets,)."""

    forth: LongArray
    back: LongArray

    def length_mm(self, around: Surroundings) -> int:
        """Of the whole walk."""
        return int(((self.forth + self.back) * around.length_mm).sum())


def balanced(around: Surroundings, counts: LongArray) -> tuple[Flow, int] | None:
    """A short legal walk over the beat, and a length that none can be below.

    The direction in which each street is served is settled twice: by turning the copies of an even heap at least cost
    (exact for that heap: Ford and Fulkerson's mixed Euler graphs), and as the bound has it. Given directions, the
    shortest walk is a flow; the shorter of the two is taken.

    Parameters
    ----------
    counts : int64 (n_streets,), an even heap of streets that holds the beat and hangs together.

    Returns
    -------
    None where these surroundings have no legal way for it, or a shorter one could lead beyond them.
    """
    turned, relaxed = _turned(around, counts), _relaxed(around)
    if turned is None or relaxed is None:
        return None
    forth, back, bound = relaxed
    walks = [
        _served(around, turned.back > turned.forth, joined=turned),
        _served(around, (back > forth) & around.two_way, joined=turned),
    ]
    found = [walk for walk in walks if walk is not None]
    return (min(found, key=lambda walk: walk.length_mm(around)), bound) if found else None


def _served(around: Surroundings, against: BoolArray, *, joined: Flow) -> Flow | None:
    """The shortest walk that serves the beat's streets from b to a where `against` says so, and hangs together.

    Where it does not by itself, all that `joined` walks is walked as well.
    """
    own = np.zeros(around.edge.size, np.bool_)
    own[around.beat] = True
    flow = _settled(around, forth=own & ~against, back=own & against)
    if flow is None or len(around.pieces((flow.forth + flow.back) > 0)) == 1:
        return flow
    other = (joined.forth + joined.back > 0) & ~own
    return _settled(
        around,
        forth=(own & ~against) | (other & (joined.forth >= joined.back)),
        back=(own & against) | (other & (joined.forth < joined.back)),
    )


def _relaxed(around: Surroundings) -> tuple[FloatArray, FloatArray, int] | None:
    """The least flow that serves every street of the beat in some direction, wherever it leads and however it hangs.

    Ways beyond these surroundings are let in at the least they can cost; None where some serve, so that the bound holds
    for the whole network. Flows forth and back may be fractions.
    """
    n, n_streets, reach = around.nodes.size, around.edge.size, around.reach_mm
    outside = around.beat_nodes if math.isfinite(reach) else around.nodes[:0]
    tail, head, street = _directed(around)
    cost = np.concatenate([around.length_mm[street], np.full(2 * outside.size, reach)])
    far = np.full(outside.size, n)
    rank = np.full(n_streets, -1)
    rank[around.beat] = np.arange(around.beat.size)
    serving = np.flatnonzero(rank[street] >= 0)
    service = coo_array(
        (np.full(serving.size, -1.0), (rank[street[serving]], serving)), shape=(around.beat.size, cost.size)
    )
    found = linprog(
        cost,
        A_ub=service.tocsr(),
        b_ub=np.full(around.beat.size, -1.0),
        A_eq=_net(np.concatenate([tail, outside, far]), np.concatenate([head, far, outside]), n=n + 1),
        b_eq=np.zeros(n + 1),
        method="highs-ds",
    )
    if found.status != 0 or found.x[tail.size :].any():
        return None
    back = np.zeros(n_streets)
    back[around.two_way] = found.x[n_streets : tail.size]
    return found.x[:n_streets], back, math.ceil(found.fun * (1 - NEAREST))


def _turned(around: Surroundings, counts: LongArray) -> Flow | None:
    """Copies laid from a to b, then turned for nothing, and detours added, in pairs, at least cost."""
    n = around.nodes.size
    tail, head, street = _directed(around)
    free = np.flatnonzero(around.two_way & (counts > 0))
    surplus = np.bincount(around.a, counts, n) - np.bincount(around.b, counts, n)
    found = linprog(
        np.append(around.length_mm[street], np.zeros(free.size)),
        A_eq=_net(np.append(tail, around.b[free]), np.append(head, around.a[free]), n=n),
        b_eq=-surplus / 2,
        bounds=np.column_stack(
            [np.zeros(tail.size + free.size), np.append(np.full(tail.size, np.inf), counts[free].astype(np.float64))]
        ),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    flow = np.rint(found.x).astype(np.int64)
    n_streets = around.edge.size
    forth, back = counts + 2 * flow[:n_streets], np.zeros(n_streets, np.int64)
    back[street[n_streets:]] = 2 * flow[n_streets : tail.size]
    forth[free] -= flow[tail.size :]
    back[free] += flow[tail.size :]
    return Flow(forth, back)


def _settled(around: Surroundings, *, forth: BoolArray, back: BoolArray) -> Flow | None:
    """The shortest balanced walk that has every street of two sets at least once, in the direction of its set."""
    tail, head, street = _directed(around)
    least = np.append(forth, back[around.two_way]).astype(np.float64)
    found = linprog(
        around.length_mm[street].astype(np.float64),
        A_eq=_net(tail, head, n=around.nodes.size),
        b_eq=np.zeros(around.nodes.size),
        bounds=np.column_stack([least, np.full(least.size, np.inf)]),
        method="highs-ds",
    )
    if found.status != 0:
        return None
    flow = np.rint(found.x).astype(np.int64)
    n_streets = around.edge.size
    against = np.zeros(n_streets, np.int64)
    against[around.two_way] = flow[n_streets:]
    return Flow(flow[:n_streets], against)


def _directed(around: Surroundings) -> tuple[LongArray, LongArray, LongArray]:
    """Tail, head and street of every legal direction: all streets from a to b, then the two-way ones from b to a."""
    other = np.flatnonzero(around.two_way)
    return (
        np.append(around.a, around.b[other]),
        np.append(around.b, around.a[other]),
        np.append(np.arange(around.edge.size), other),
    )


def _net(tail: LongArray, head: LongArray, *, n: int) -> csr_array:
    """Out minus in at each node: sparse (n, n_arcs)."""
    arcs = np.arange(tail.size)
    sign: FloatArray = np.repeat([1.0, -1.0], tail.size)
    return coo_array((sign, (np.append(tail, head), np.append(arcs, arcs))), shape=(n, tail.size)).tocsr()
