"""Gates: where units leave their vehicles when they are needed where those may not go, and the walk from there.

A place in a lane, on steps or on any other street that a mode may not use has one gate: the junction of the mode's own
streets that is nearest to it on foot. Gates are found once per network and mode, by one search from all junctions of
the mode's streets, over the streets that are closed to it and walked both ways. The gate is a function of the place
alone, so a unit that stands in a lane says by that where its vehicle is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from twin.domain.mode import WALK_BIT
from twin.domain.route import Spot
from twin.roads.network import LongArray, RoadNetwork
from twin.roads.tables import EDGE, INTO, LEAVING, NEVER, OUT_OF, FlagArray, Streets

_N_WALKS = 100_000


@dataclass(frozen=True, slots=True)
class Walk:
    """The way on foot between a gate and a place, there and back.

    Parameters
    ----------
    gate : node where the vehicle stands.
    there : edges from the gate to the place, which lies `there_mm` along the last.
    back : the other directions of the same streets: from the place, `back_mm` along the first, to the gate.
    """

    gate: int
    there: tuple[int, ...]
    there_mm: int
    back: tuple[int, ...]
    back_mm: int


class Entry(NamedTuple):
    """A street by which a gate is driven to, and one by which it is left; neither is closed."""

    into: int
    out_of: int


class Gates:
    """The gates of one mode on one network.

    Parameters
    ----------
    network, streets : the network, and its tables for the mode.
    foot_us : int64 (n_edges,), time to walk each edge, microseconds; it chooses the gates.
    """

    def __init__(self, network: RoadNetwork, streets: Streets, foot_us: LongArray) -> None:
        self._twin, self._length_mm, self._tail = network.twin, network.length_mm, network.tail
        self._streets, self._foot_us = streets, foot_us
        self._lanes = lanes_of(network, streets.may_use)
        self._node_us, self._last_edge = _nearest(network, streets, self._lanes, foot_us)
        self.apart: FlagArray = np.append(~streets.may_use, False)
        """bool (n_edges + 1,): edges the mode may not use; the last entry, which -1 reads, stands for nowhere."""
        self.walk_to = lru_cache(maxsize=_N_WALKS)(self._walk_to)

    def on_own(self, spot: Spot) -> Spot | None:
        """A place as the mode's own streets name it, if need be by their other direction; None in lanes."""
        if self._streets.may_use[spot.edge]:
            return spot
        twin = int(self._twin[spot.edge])
        if twin < 0 or not self._streets.may_use[twin]:
            return None
        return Spot(twin, int(self._length_mm[twin]) - spot.offset_mm)

    def entry(self, gate: int, closed: frozenset[int]) -> Entry | None:
        """How to come and go; None where a closure takes every street that leads in, or every one that leads out."""
        nodes, arms, may_use = self._streets.nodes, self._streets.arms, self._streets.may_use
        into = arms[EDGE, nodes[INTO, gate] : nodes[INTO, gate + 1]].tolist()
        out_of = arms[LEAVING, nodes[OUT_OF, gate] : nodes[OUT_OF, gate + 1]].tolist()
        first, last = (
            next((edge for edge in edges if may_use[edge] and edge not in closed), None) for edges in (into, out_of)
        )
        return None if first is None or last is None else Entry(first, last)

    def _walk_to(self, spot: Spot) -> Walk | None:
        """The walk to a place in a lane; None where it is not walked both ways, or leads to no street of the mode.

        From both ends equally near, the lower edge of the two directions is walked.
        """
        edge, mm = spot.edge, spot.offset_mm
        if not self._lanes[edge]:
            return None
        twin, length_mm = int(self._twin[edge]), int(self._length_mm[edge])
        ways = sorted([(edge, mm), (twin, length_mm - mm)])
        us = [int(self._node_us[self._tail[e]]) + int(self._foot_us[e]) * m // length_mm for e, m in ways]
        last, there_mm = ways[us.index(min(us))]
        if min(us) >= NEVER:
            return None
        edges, node = [last], int(self._tail[last])
        while (before := int(self._last_edge[node])) >= 0:
            edges.append(before)
            node = int(self._tail[before])
        back = tuple(int(self._twin[e]) for e in edges)
        return Walk(node, tuple(reversed(edges)), there_mm, back, length_mm - there_mm)


def lanes_of(network: RoadNetwork, may_use: FlagArray) -> FlagArray:
    """Edges that are walked both ways and that the mode may use in neither direction, bool (n_edges,)."""
    twin = network.twin
    walked = (network.modes & WALK_BIT) > 0
    lanes: FlagArray = (twin >= 0) & walked & walked[twin] & ~may_use & ~may_use[twin]
    return lanes


def _nearest(
    network: RoadNetwork, streets: Streets, lanes: FlagArray, foot_us: LongArray
) -> tuple[LongArray, LongArray]:
    """The way on foot to every node from the mode's streets.

    Returns
    -------
    us : int64 (n_nodes,), time from the gate; 0 at junctions of the mode's streets, NEVER where there is no way.
    last_edge : int64 (n_nodes,), the edge the walk arrives by, of equally fast ones the lowest; -1 where there is none.
    """
    n_nodes = network.n_nodes
    us, last_edge = np.full(n_nodes, NEVER), np.full(n_nodes, -1)
    own = np.zeros(n_nodes, np.bool_)
    own[network.tail[streets.may_use]] = own[network.head[streets.may_use]] = True
    us[own] = 0
    edge = np.flatnonzero(lanes)
    if not own.any() or not edge.size:
        return us, last_edge
    edge = edge[np.lexsort((edge, foot_us[edge], network.head[edge], network.tail[edge]))]
    ends = np.stack([network.tail[edge], network.head[edge]])
    fastest = np.append(True, (np.diff(ends) != 0).any(axis=0))
    graph = csr_array((foot_us[edge[fastest]].astype(np.float64), ends[:, fastest]), shape=(n_nodes, n_nodes))
    far = dijkstra(graph, indices=np.flatnonzero(own), min_only=True)
    reached = np.isfinite(far)
    us[reached] = far[reached].astype(np.int64)
    tail, head = network.tail[edge], network.head[edge]
    arrives = reached[tail] & ~own[head] & (us[tail] + foot_us[edge] == us[head])
    by_id = np.sort(edge[arrives])[::-1]
    last_edge[network.head[by_id]] = by_id
    return us, last_edge
