"""Shortest walks between the corners of a beat, for laps that go from street to street in an order of chance.

In: the streets open to a mode, and a beat's. Out: `Links`: a legal walk between any two nodes of the beat, and the
streets that such walks can lead along. Memory grows with the nodes of the beat times those round it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse.csgraph import dijkstra

from twin.roads.network import IdArray, LongArray
from twin.roads.open_streets import NOWHERE, OpenStreets, shortest_links, surroundings
from twin.roads.tour import pace_us

FIRST_REACH_MM = 250_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Walks between the nodes of a beat.

    Parameters
    ----------
    corners : int64 (n_beat_nodes,), the network's numbers of the beat's nodes, ascending.
    nodes : int64 (n,), those of the surroundings' nodes, ascending.
    before, into : int32 (n_beat_nodes, n), on the shortest walk from a corner to a node: the node before it, as a
        position in `nodes`, and the edge that leads from there; `NOWHERE` at the corner itself.
    walk_us : int64 (n_beat_nodes, n_beat_nodes), how long the walks between corners take at the beat's pace.
    ways : int64 (2, n_streets), the edges of the beat's streets, and their other directions; where those are not open,
        the same again.
    tails, heads : int64 (2, n_streets), where they begin and end, as positions in `corners`.
    way_us : int64 (2, n_streets), how long they take.
    streets : int64, ascending: those the walks can lead along.
    """

    corners: LongArray
    nodes: LongArray
    before: IdArray
    into: IdArray
    walk_us: LongArray
    ways: LongArray
    tails: LongArray
    heads: LongArray
    way_us: LongArray
    streets: LongArray
    _walks: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def walk(self, origin: int, goal: int) -> tuple[int, ...]:
        """Edges of the shortest walk between two nodes of the beat; none where they are the same."""
        found = self._walks.get((origin, goal))
        if found is None:
            row = int(self.corners.searchsorted(origin))
            before, into = self.before[row], self.into[row]
            at, back = int(self.nodes.searchsorted(goal)), []
            while (prior := int(before[at])) != NOWHERE:
                back.append(int(into[at]))
                at = prior
            found = self._walks[origin, goal] = tuple(reversed(back))
        return found


def links_of(streets: OpenStreets, beat: LongArray, *, mps: float) -> Links:
    """Walks between the nodes of a beat, which can all reach each other.

    Parameters
    ----------
    beat : edges, as from `OpenStreets.usable`.
    mps : pace of patrol, metres a second.
    """
    network, reach = streets.network, FIRST_REACH_MM
    while True:
        around = surroundings(streets, beat, reach_mm=reach)
        back = np.flatnonzero(around.two_way)
        edges = np.append(around.edge, network.twin[around.edge[back]].astype(np.int64))
        tail, head = np.append(around.a, around.b[back]), np.append(around.b, around.a[back])
        length = network.length_mm[edges].astype(np.float64)
        graph, which = shortest_links(tail, head, length, n=around.nodes.size)
        corners = around.beat_nodes
        away, before = dijkstra(graph, indices=corners, return_predecessors=True)
        if np.isfinite(away[:, corners]).all():
            break
        reach *= 2
    n = around.nodes.size
    pairs = np.repeat(np.arange(n), np.diff(graph.indptr)) * n + graph.indices
    led = before != NOWHERE
    last = edges[which[np.searchsorted(pairs, before[led] * np.int64(n) + np.nonzero(led)[1])]]
    into, step_us = np.full(before.shape, NOWHERE, np.int32), np.zeros(before.shape, np.int64)
    into[led], step_us[led] = last, pace_us(network.length_mm[last], mps=mps)
    walk_us = _along(before, step_us)[:, corners]
    used = edges[which[np.searchsorted(pairs, _used(before, corners))]]
    twin, nodes = network.twin[beat].astype(np.int64), around.nodes[corners]
    ways = np.stack([beat, np.where((twin >= 0) & streets.open[twin], twin, beat)])
    return Links(
        corners=nodes,
        nodes=around.nodes,
        before=before,
        into=into,
        walk_us=walk_us,
        ways=ways,
        tails=nodes.searchsorted(network.tail[ways]),
        heads=nodes.searchsorted(network.head[ways]),
        way_us=pace_us(network.length_mm[ways], mps=mps),
        streets=np.unique(streets.street[used]),
    )


def _along(before: IdArray, last: LongArray) -> LongArray:
    """Sums along the ways to all nodes, each of shape (n_ways, n); `last` has the part of each way's last step.

    Each round doubles how far back the sums reach.
    """
    total, prior = last, np.where(before == NOWHERE, np.arange(before.shape[1]), before)
    while True:
        more = np.take_along_axis(total, prior, axis=1)
        if not more.any():
            return total
        total, prior = total + more, np.take_along_axis(prior, prior, axis=1)


def _used(before: IdArray, corners: LongArray) -> LongArray:
    """Pairs of neighbours on the ways from all corners to all corners, ascending."""
    n = before.shape[1]
    steps: list[LongArray] = [np.zeros(0, np.int64)]
    rows = np.repeat(np.arange(corners.size), corners.size)
    at = np.tile(corners, corners.size)
    while rows.size:
        prior = before[rows, at].astype(np.int64)
        on = prior != NOWHERE
        rows, head, at = rows[on], at[on], prior[on]
        steps.append(np.unique(at * n + head))
    return np.unique(np.concatenate(steps))
