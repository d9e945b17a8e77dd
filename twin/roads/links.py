"""Shortest walks between the corners of a beat, for laps that go from street to street in an order of chance.

In: the streets open to a mode, and a beat's. Out: `Links`: a legal walk between any two nodes of the beat, and the
streets that such walks can lead along. Memory grows with the nodes of the beat times those round it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from twin.roads.network import IdArray, LongArray
from twin.roads.open_streets import NOWHERE, OpenStreets, entry, shortest_links, surroundings

FIRST_REACH_MM = 250_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Walks between the nodes of a beat.

    Parameters
    ----------
    row : which row of `before` a node of the network has.
    nodes : int64 (n,), the network's numbers of the surroundings' nodes.
    before : int32 (n_beat_nodes, n), the node before each on the way from the row's.
    graph : who neighbours whom, (n, n); its data only mark where an edge stands in `edge`.
    edge : int64, the shortest open edge between two neighbours.
    streets : int64, ascending: those the walks can lead along.
    """

    row: dict[int, int]
    nodes: LongArray
    before: IdArray
    graph: csr_array
    edge: LongArray
    streets: LongArray
    _walks: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def walk(self, origin: int, goal: int) -> tuple[int, ...]:
        """Edges of the shortest walk between two nodes of the beat; none where they are the same."""
        found = self._walks.get((origin, goal))
        if found is None:
            row = self.before[self.row[origin]]
            along = [int(np.searchsorted(self.nodes, goal))]
            while row[along[-1]] != NOWHERE:
                along.append(int(row[along[-1]]))
            steps = zip(along[1:], along, strict=False)
            found = tuple(int(self.edge[entry(self.graph, u, v)]) for u, v in steps)[::-1]
            self._walks[origin, goal] = found
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
    used = np.unique(streets.street[edge[_used(graph, before, corners)]])
    return Links(row, around.nodes, before, graph, edge, used)


def _used(graph: csr_array, before: IdArray, corners: LongArray) -> LongArray:
    """Entries of the graph on the ways from all corners to all corners, ascending."""
    n = graph.shape[0]
    steps: list[LongArray] = [np.zeros(0, np.int64)]
    rows = np.repeat(np.arange(corners.size), corners.size)
    at = np.tile(corners, corners.size)
    while rows.size:
        prior = before[rows, at].astype(np.int64)
        on = prior != NOWHERE
        rows, head, at = rows[on], at[on], prior[on]
        steps.append(np.unique(at * n + head))
    pairs = np.unique(np.concatenate(steps))
    keys = np.repeat(np.arange(n), np.diff(graph.indptr)) * n + graph.indices
    return np.searchsorted(keys, pairs)
