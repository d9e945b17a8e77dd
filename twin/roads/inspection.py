"""Route inspection: a short closed walk that comes by every street of a beat (the Chinese and rural postman).

In: the streets open to a mode, and a beat's. Out: an `Inspection`: the walk, and beside its length the *matching lower
bound*: the beat's own length and the least it takes to make the ends of streets even, by ways through the whole
network, whether or not what comes out hangs together. On foot, a beat whose streets connect is walked in exactly that;
with one-ways the bound is the least flow that serves every street (Frederickson 1979, Eiselt, Gendreau, Laporte 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from twin.errors import RoadError
from twin.roads.balance import Flow, balanced
from twin.roads.matching import match
from twin.roads.network import LongArray, RoadNetwork
from twin.roads.open_streets import OpenStreets, Surroundings, open_streets, surroundings
from twin.roads.round_walk import closed_walk

FIRST_REACH_MM = 250_000.0
"""How far round a beat ways are looked for at first; twice as far each time a shorter one could lie beyond."""
AT_ONCE = 256
"""Rows of distances that are held in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """A closed walk.

    Parameters
    ----------
    edges : int64 (n_steps,), directed edges; each ends where the next begins, the last where the first begins.
    streets : int64, one open edge for each street of the beat that is walked.
    left_out : int64, edges of the beat that are not open to the mode, or that it cannot reach from the rest.
    length_mm : of the walk.
    bound_mm : no closed walk over these streets is shorter.
    """

    edges: LongArray
    streets: LongArray
    left_out: LongArray
    length_mm: int
    bound_mm: int

    @property
    def ratio(self) -> float:
        """Length over bound, 1 at best."""
        return self.length_mm / self.bound_mm


def inspect(streets: OpenStreets, beat: LongArray, *, reach_mm: float = FIRST_REACH_MM) -> Inspection:
    """A short closed walk over a beat.

    Parameters
    ----------
    streets : those open to the mode.
    beat : edges, one direction or both of each street.
    reach_mm : how far round the beat ways are looked for at first; the bound does not depend on it.

    Raises
    ------
    RoadError : no street of the beat is open to the mode.
    """
    network = streets.network
    usable = streets.usable(np.asarray(beat, np.int64))
    if not usable.size:
        raise RoadError("no street of the beat is open to those who should patrol it: give them another beat or mode")
    served = np.isin(streets.street[beat], streets.street[usable])
    while True:
        around = surroundings(streets, usable, reach_mm=reach_mm)
        found = _walk(streets, around)
        if found is not None:
            edges, bound = found
            return Inspection(edges, usable, beat[~served], int(network.length_mm[edges].sum()), bound)
        reach_mm *= 2


def inspect_all(network: RoadNetwork, bit: int, beats: Sequence[LongArray]) -> list[Inspection]:
    """A short closed walk over each of many beats of one mode.

    Raises
    ------
    RoadError : no street of some beat is open to the mode.
    """
    streets = open_streets(network, bit)
    walks = []
    for number, beat in enumerate(beats):
        try:
            walks.append(inspect(streets, beat))
        except RoadError as problem:
            raise RoadError(problem.message, key=f"beat {number}") from None
    return walks


def _walk(streets: OpenStreets, around: Surroundings) -> tuple[LongArray, int] | None:
    """The walk as edges, and the bound; None where what lies farther away could serve better."""
    heap = _even_heap(around)
    if heap is None:
        return None
    counts, bound = heap
    one_way = bool((~around.two_way & (counts > 0)).any())
    if one_way:
        legal = balanced(around, counts)
        if legal is None:
            return None
        flow, bound = legal[0], max(bound, legal[1])
    else:
        flow = Flow(counts, np.zeros_like(counts))
    copies = np.append(np.repeat(around.edge, flow.forth), np.repeat(_twins(streets, around), flow.back))
    network, street = streets.network, streets.street
    tail, head = network.tail[copies].astype(np.int64), network.head[copies].astype(np.int64)
    order, backwards = closed_walk(tail, head, street[copies], start=_middle(network, tail), one_way=one_way)
    walked = copies[order]
    edges = np.where(backwards, network.twin[walked].astype(np.int64), walked)
    return edges, bound


def _twins(streets: OpenStreets, around: Surroundings) -> LongArray:
    return streets.network.twin[around.edge].astype(np.int64)


def _middle(network: RoadNetwork, nodes: LongArray) -> int:
    """The node nearest to the middle of some nodes: laps start and end there."""
    own = np.unique(nodes)
    x, y = network.node_x[own], network.node_y[own]
    return int(own[np.hypot(x - x.mean(), y - y.mean()).argmin()])


def _even_heap(around: Surroundings) -> tuple[LongArray, int] | None:
    """How often to walk each street so that all hang together and ends are even, and the matching lower bound.

    Where the beat is in pieces, two ways are tried and the shorter taken: pairs first and what is still apart linked
    there and back, or links first and pairs after.
    """
    counts = np.zeros(around.edge.size, np.int64)
    counts[around.beat] = 1
    evened = _evened(around, counts)
    if evened is None:
        return None
    paired, weight = evened
    bound = int(around.length_mm[around.beat].sum()) + weight
    links = _links(around, paired)
    if links is None:
        return None
    if not links.any():
        return paired, bound
    there_and_back = _pruned(around, paired + 2 * links)
    first = _links(around, counts)
    linked = None if first is None else _evened(around, counts + first)
    if linked is None:
        return None
    once = _pruned(around, linked[0])
    lengths = around.length_mm
    return (once if (once * lengths).sum() < (there_and_back * lengths).sum() else there_and_back), bound


def _evened(around: Surroundings, counts: LongArray) -> tuple[LongArray, int] | None:
    """Counts with the ways between pairs of odd nodes added, and a lower bound on these ways' length."""
    odd = np.flatnonzero(_degrees(around, counts) % 2)
    apart = np.concatenate(
        [np.zeros((0, odd.size))]
        + [around.distances(odd[row : row + AT_ONCE])[:, odd] for row in range(0, odd.size, AT_ONCE)]
    )
    known = np.minimum(apart, 2 * around.reach_mm)
    if not np.isfinite(known).all():
        return None
    pairs, weight = match(np.rint(known).astype(np.int64))
    if (apart[pairs[:, 0], pairs[:, 1]] > 2 * around.reach_mm).any():
        return None
    more = counts.copy()
    for row in range(0, len(pairs), AT_ONCE):
        for way in around.ways(odd[pairs[row : row + AT_ONCE]]):
            np.add.at(more, way, 1)
    return more, weight


def _degrees(around: Surroundings, counts: LongArray) -> LongArray:
    """How many ends of walked streets meet at each node."""
    degrees = np.zeros(around.nodes.size, np.int64)
    np.add.at(degrees, around.a, counts)
    np.add.at(degrees, around.b, counts)
    return degrees


def _links(around: Surroundings, counts: LongArray) -> LongArray | None:
    """Streets that join what is walked into one, once each: a shortest tree of ways between its pieces."""
    links = np.zeros_like(counts)
    pieces = around.pieces(counts > 0)
    if len(pieces) == 1:
        return links
    gap, way_from, goal = np.zeros((len(pieces),) * 2), [], np.zeros((len(pieces),) * 2, np.int64)
    for number, nodes in enumerate(pieces):
        away, before, _ = dijkstra(around.links, indices=nodes, min_only=True, return_predecessors=True)
        way_from.append(before)
        for other, others in enumerate(pieces):
            goal[number, other] = others[away[others].argmin()]
            gap[number, other] = away[goal[number, other]]
    if not np.isfinite(gap).all():
        return None
    tree = minimum_spanning_tree(np.triu(gap, 1)).tocoo()
    if (tree.data > 2 * around.reach_mm).any():
        return None
    for one, other in zip(tree.row, tree.col, strict=True):
        links[around.streets_along(way_from[one], int(goal[one, other]))] = 1
    return links


def _pruned(around: Surroundings, counts: LongArray) -> LongArray:
    """Counts without what the walk does not need: third times, and detours walked twice that join nothing."""
    needed = np.where(counts > 2, 2 - counts % 2, counts)
    own = np.zeros(counts.size, np.bool_)
    own[around.beat] = True
    spare = np.flatnonzero((needed == 2) & ~own)
    for street in spare[np.argsort(-around.length_mm[spare], kind="stable")]:
        without = needed.copy()
        without[street] = 0
        if len(around.pieces(without > 0)) == 1:
            needed = without
    return needed
