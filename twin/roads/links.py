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

FIRST_REACH_MM = 250_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Walks between the nodes of a beat.

    Parameters
    ----------
    row : which row of `before` a node of the network has.
    nodes : int64 (n,), the network's numbers of the surroundings' nodes.
    before : int32 (n_beat_nodes, n), the node before each on the way from the row's.
    pairs : int64 (n_links,), neighbours, tail times n plus head; ascending.
    edge : int64 (n_links,), the shortest open edge between them.
    streets : int64, ascending: those the walks can lead along.
    """

    row: dict[int, int]
    nodes: LongArray
    before: IdArray
    pairs: LongArray
    edge: LongArray
    streets: LongArray
    _into: dict[int, IdArray] = field(default_factory=dict)
    _walks: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def walk(self, origin: int, goal: int) -> tuple[int, ...]:
        """Edges of the shortest walk between two nodes of the beat; none where they are the same."""
        found = self._walks.get((origin, goal))
        if found is None:
            row, into = self.before[self.row[origin]], self._into_from(origin)
            at, back = int(self.nodes.searchsorted(goal)), []
            while (prior := int(row[at])) != NOWHERE:
                back.append(int(into[at]))
                at = prior
            found = self._walks[origin, goal] = tuple(reversed(back))
        return found

    def _into_from(self, origin: int) -> IdArray:
        """The edge into each node on the way from a node of the beat, int32 (n,); any where there is no way."""
        found = self._into.get(origin)
        if found is None:
            row, n = self.before[self.row[origin]].astype(np.int64), self.nodes.size
            link = np.searchsorted(self.pairs, row * n + np.arange(n))
            found = self._into[origin] = self.edge[np.minimum(link, self.edge.size - 1)].astype(np.int32)
        return found


def links_of(streets: OpenStreets, beat: LongArray) -> Links:
    """Walks between the nodes of a beat, which can all reach each other.

    Parameters
    ----------
    beat : edges, as from `OpenStreets.usable`.
    """
    reach = FIRST_REACH_MM
    while True:
        around = surroundings(streets, beat, reach_mm=reach)
        back = np.flatnonzero(around.two_way)
        edges = np.append(around.edge, streets.network.twin[around.edge[back]].astype(np.int64))
        tail, head = np.append(around.a, around.b[back]), np.append(around.b, around.a[back])
        length = streets.network.length_mm[edges].astype(np.float64)
        graph, which = shortest_links(tail, head, length, n=around.nodes.size)
        corners = around.beat_nodes
        away, before = dijkstra(graph, indices=corners, return_predecessors=True)
        if np.isfinite(away[:, corners]).all():
            break
        reach *= 2
    edge = edges[which]
    row = {int(node): number for number, node in enumerate(around.nodes[corners])}
    n = around.nodes.size
    pairs = np.repeat(np.arange(n), np.diff(graph.indptr)) * n + graph.indices
    used = np.unique(streets.street[edge[np.searchsorted(pairs, _used(before, corners))]])
    return Links(row, around.nodes, before, pairs, edge, used)


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
