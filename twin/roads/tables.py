"""The arrays that searches read: streets once per router, costs once per time band and set of closures.

Searches walk the roads backwards, from the goal towards the units, so the lists of edges are kept both by head and by
tail. Row numbers are constants here because the compiled search reads the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.roads.network import LongArray, RoadNetwork

TAIL, HEAD, LENGTH, TWIN = 0, 1, 2, 3
"""Rows of `Streets.ground`: node, node, millimetres, edge or -1."""

INTO, OUT_OF = 0, 1
"""Rows of `Streets.nodes`: where a node's edges begin in `arms`, as their head and as their tail."""

ORIGIN, EDGE, STREET, LEAVING = 0, 1, 2, 3
"""Rows of `Streets.arms`. By head: tail of the edge, the edge, its street. By tail: the edge."""

US, SHUT, ARM_US = 0, 1, 2
"""Rows of `Costs.table`: of edge i its time and 1 if closed; of arm i the time of its edge, -1 if closed."""

NEVER = 1 << 62
"""Microseconds to a goal that cannot be reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """The shape of a network, for searches.

    Parameters
    ----------
    ground : int64 (4, n_edges), see `TAIL` and the others.
    nodes : int64 (2, n_nodes + 1), see `INTO`.
    arms : int64 (4, n_edges), see `ORIGIN`. A street is named by the lower edge of its two directions.
    """

    ground: LongArray
    nodes: LongArray
    arms: LongArray

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return int(self.nodes[INTO].size) - 1

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return int(self.ground[TAIL].size)


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Times of one time band under one set of closures: `table`, int64 (3, n_edges), see `US`."""

    table: LongArray


def lay_out(network: RoadNetwork) -> Streets:
    """The tables of a network; edges at a node stand in the order of their ids."""
    tail, head, twin = (array.astype(np.int64) for array in (network.tail, network.head, network.twin))
    ids = np.arange(network.n_edges)
    street = np.where(twin >= 0, np.minimum(ids, twin), ids)
    into, out_of = np.argsort(head, kind="stable"), np.argsort(tail, kind="stable")
    node = np.arange(network.n_nodes + 1)
    return Streets(
        ground=np.stack([tail, head, network.length_mm, twin]),
        nodes=np.stack([np.searchsorted(head[into], node), np.searchsorted(tail[out_of], node)]),
        arms=np.stack([tail[into], into, street[into], out_of]),
    )


def price(streets: Streets, us: LongArray, *, closed: frozenset[int]) -> Costs:
    """Costs of all edges.

    Parameters
    ----------
    us : int64 (n_edges,), time to drive each edge, microseconds.
    closed : edges that may not be entered.
    """
    shut: npt.NDArray[np.bool_] = np.zeros(streets.n_edges, np.bool_)
    shut[sorted(closed)] = True
    edge = streets.arms[EDGE]
    return Costs(np.stack([us, shut, np.where(shut[edge], -1, us[edge])]).astype(np.int64))
