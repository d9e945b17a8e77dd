"""The streets open to one mode, whole and in the neighbourhood of a beat.

In: a network and a mode's bit. Out: `OpenStreets`, and from it a `Surroundings`: everything within some metres of a
beat, with its own small numbers of nodes and streets, so that finding ways costs what a beat is large, not what the
city is large.

A *street* here is an edge with its twin, if it has one, and goes by the lower of their two numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from twin.roads.build import BoolArray
from twin.roads.network import FloatArray, IdArray, LongArray, RoadNetwork

NOWHERE = -9999
"""What scipy writes for "no predecessor"."""


def street_of(network: RoadNetwork) -> LongArray:
    """The street of every edge: int64 (n_edges,), the lower number of an edge and its twin."""
    twin = network.twin.astype(np.int64)
    own = np.arange(network.n_edges)
    return np.where((twin >= 0) & (twin < own), twin, own)


@dataclass(frozen=True, slots=True, eq=False)
class OpenStreets:
    """What of a network is open to a mode.

    Parameters
    ----------
    network : the whole.
    bit : of the mode, see `twin.domain.mode`.
    open : bool (n_edges,), whether an edge may be entered in its own direction.
    part : int32 (n_nodes,), nodes with the same number can all reach each other.
    street : int64 (n_edges,), see `street_of`.
    links : shortest open street between neighbouring nodes, whatever its direction: (n_nodes, n_nodes), millimetres.
    leaving : int64 (n_open,), open edges by the node they leave.
    leaving_start : int64 (n_nodes + 1,), where those of each node start.
    """

    network: RoadNetwork
    bit: int
    open: BoolArray
    part: IdArray
    street: LongArray
    links: csr_array
    leaving: LongArray
    leaving_start: LongArray

    def edges_of(self, streets: LongArray) -> LongArray:
        """One open edge for each street that is open at all: int64, ascending by street, each once.

        Parameters
        ----------
        streets : edges, either direction, in any order.
        """
        lower = np.unique(self.street[streets])
        upper = self.network.twin[lower].astype(np.int64)
        edge = np.where(self.open[lower], lower, upper)
        found: LongArray = edge[(edge >= 0) & self.open[edge]]
        return found

    def usable(self, streets: LongArray) -> LongArray:
        """Of `edges_of` those that can be walked in one tour: in the part of the network that has most of them."""
        edges = self.edges_of(streets)
        tail, head = self.part[self.network.tail[edges]], self.part[self.network.head[edges]]
        whole = tail == head
        if not whole.any():
            return edges[:0]
        length = np.bincount(tail[whole], self.network.length_mm[edges[whole]])
        found: LongArray = edges[whole & (tail == length.argmax())]
        return found


def open_streets(network: RoadNetwork, bit: int) -> OpenStreets:
    """The streets open to the mode with a bit."""
    is_open = (network.modes & bit) != 0
    edges = np.flatnonzero(is_open)
    tail, head = network.tail[edges], network.head[edges]
    shape = (network.n_nodes, network.n_nodes)
    _, part = connected_components(csr_array((np.ones(edges.size), (tail, head)), shape=shape), connection="strong")
    length = network.length_mm[edges].astype(np.float64)
    links, _ = shortest_links(
        np.append(tail, head), np.append(head, tail), np.append(length, length), n=network.n_nodes
    )
    return OpenStreets(
        network,
        bit,
        is_open,
        part.astype(np.int32),
        street_of(network),
        links,
        leaving=edges[np.argsort(tail, kind="stable")],
        leaving_start=np.searchsorted(np.sort(tail), np.arange(network.n_nodes + 1)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """A beat and what lies within `reach_mm` of it; nodes and streets have small numbers of their own.

    Parameters
    ----------
    nodes : int64 (n,), the network's numbers, ascending.
    reach_mm : a way between two places of the beat that leaves these surroundings is longer than twice this; infinite
        where there is nothing else to leave to.
    edge : int64 (n_streets,), one open edge of each street.
    a, b : int64 (n_streets,), its tail and head.
    length_mm : int64 (n_streets,).
    two_way : bool (n_streets,), open in the other direction as well.
    beat : int64, the beat's streets.
    links : symmetric, length of the shortest street between neighbouring nodes.
    link_street : int64, in the order of `links.data`: that street.
    """

    nodes: LongArray
    reach_mm: float
    edge: LongArray
    a: LongArray
    b: LongArray
    length_mm: LongArray
    two_way: BoolArray
    beat: LongArray
    links: csr_array
    link_street: LongArray

    @property
    def beat_nodes(self) -> LongArray:
        """Nodes at the ends of the beat's streets, ascending."""
        return np.unique(np.append(self.a[self.beat], self.b[self.beat]))

    def pieces(self, walked: BoolArray) -> list[LongArray]:
        """Nodes of each part of some streets that hangs together; `walked` has shape (n_streets,)."""
        a, b, n = self.a[walked], self.b[walked], self.nodes.size
        _, label = connected_components(coo_array((np.ones(a.size), (a, b)), shape=(n, n)), directed=False)
        met = np.unique(np.append(a, b))
        return [met[label[met] == piece] for piece in np.unique(label[met])]

    def distances(self, sources: LongArray) -> FloatArray:
        """Shortest ways from some nodes to all, directions ignored: float64 (n_sources, n), millimetres."""
        found: FloatArray = dijkstra(self.links, indices=sources)
        return found

    def ways(self, pairs: LongArray) -> list[LongArray]:
        """Streets of the shortest way between the nodes of each pair, shape (n_pairs, 2); directions ignored."""
        if not pairs.size:
            return []
        _, before = dijkstra(self.links, indices=pairs[:, 0], return_predecessors=True)
        return [self.streets_along(row, int(goal)) for row, goal in zip(before, pairs[:, 1], strict=True)]

    def streets_along(self, before: IdArray, goal: int) -> LongArray:
        """Streets of the way that a row of predecessors leads, from its source to a goal."""
        along = [goal]
        while before[along[-1]] != NOWHERE:
            along.append(int(before[along[-1]]))
        return self.link_street[[entry(self.links, v, u) for u, v in pairwise(along)]]


def surroundings(streets: OpenStreets, beat: LongArray, *, reach_mm: float) -> Surroundings:
    """What lies round a beat.

    Parameters
    ----------
    beat : edges of the beat, as from `OpenStreets.usable`.
    reach_mm : how far from its nodes.
    """
    network = streets.network
    ends = np.unique(np.append(network.tail[beat], network.head[beat]))
    away = dijkstra(streets.links, indices=ends, limit=reach_mm, min_only=True)
    part = streets.part[ends[0]]
    nodes = np.flatnonzero(np.isfinite(away) & (streets.part == part))
    edge, tail, head = _between(streets, nodes)
    lower, first = np.unique(streets.street[edge], return_index=True)
    two_way = np.bincount(np.searchsorted(lower, streets.street[edge])) > 1
    a, b, length = tail[first], head[first], network.length_mm[edge[first]]
    own = np.arange(lower.size)
    links, which = shortest_links(
        np.append(a, b), np.append(b, a), np.append(length, length).astype(np.float64), n=nodes.size
    )
    return Surroundings(
        nodes=nodes,
        reach_mm=np.inf if nodes.size == np.count_nonzero(streets.part == part) else reach_mm,
        edge=edge[first],
        a=a,
        b=b,
        length_mm=length,
        two_way=two_way,
        beat=np.searchsorted(lower, streets.street[beat]),
        links=links,
        link_street=np.append(own, own)[which],
    )


def _between(streets: OpenStreets, nodes: LongArray) -> tuple[LongArray, LongArray, LongArray]:
    """Open edges between some nodes, and their tails and heads as positions in `nodes`, which ascends."""
    begin, end = streets.leaving_start[nodes], streets.leaving_start[nodes + 1]
    n_leaving = end - begin
    place = np.repeat(end - np.cumsum(n_leaving), n_leaving) + np.arange(n_leaving.sum())
    edge = streets.leaving[place]
    tail = np.repeat(np.arange(nodes.size), n_leaving)
    goal = streets.network.head[edge]
    head = np.minimum(np.searchsorted(nodes, goal), nodes.size - 1)
    inside = nodes[head] == goal
    return edge[inside], tail[inside], head[inside]


def entry(links: csr_array, row: int, column: int) -> int:
    """Where the link between two neighbouring nodes stands in `links.data`."""
    begin, end = links.indptr[row], links.indptr[row + 1]
    return int(begin + np.searchsorted(links.indices[begin:end], column))


def shortest_links(tail: LongArray, head: LongArray, length: FloatArray, *, n: int) -> tuple[csr_array, LongArray]:
    """Links as a sparse matrix of the shortest between each two nodes, and which one that is, in the matrix's order."""
    order = np.lexsort((length, head, tail))
    order = order[tail[order] != head[order]]
    first = np.append(True, (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0))[: order.size]
    order = order[first]
    start = np.searchsorted(tail[order], np.arange(n + 1)).astype(np.int32)
    return csr_array((length[order], head[order].astype(np.int32), start), shape=(n, n)), order
