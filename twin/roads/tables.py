"""The arrays that searches read: streets once per router, costs once per time band and set of closures.

Streets are those of one mode: an edge that is not open to it is shut for good and nobody's twin, so no search enters
it or turns round onto it, and none has to know about modes. Searches walk the roads backwards, from the goal towards
the units, so the lists of edges are kept both by head and by tail. Row numbers are constants here because the compiled
search reads the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from twin.domain.mode import BIT, Mode
from twin.roads.network import LongArray, RoadNetwork

FlagArray = npt.NDArray[np.bool_]

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
    """The shape of a network as one mode may use it, for searches.

    Parameters
    ----------
    ground : int64 (4, n_edges), see `TAIL` and the others.
    nodes : int64 (2, n_nodes + 1), see `INTO`.
    arms : int64 (4, n_edges), see `ORIGIN`. A street is named by the lower edge of its two directions.
    may_use : bool (n_edges,), which edges are open to the mode.
    """

    ground: LongArray
    nodes: LongArray
    arms: LongArray
    may_use: FlagArray

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
    """Times of one time band under one set of closures.

    Parameters
    ----------
    table : int64 (3, n_edges), see `US`.
    closed : edges that may not be entered for now.
    """

    table: LongArray
    closed: frozenset[int]


def lay_out(network: RoadNetwork, *, mode: Mode) -> Streets:
    """The tables of a network for one mode; edges at a node stand in the order of their ids."""
    tail, head, twin = (array.astype(np.int64) for array in (network.tail, network.head, network.twin))
    ids = np.arange(network.n_edges)
    may_use = (network.modes & BIT[mode]) > 0
    twin = np.where(may_use & may_use[twin], twin, -1)
    street = np.where(twin >= 0, np.minimum(ids, twin), ids)
    into, out_of = np.argsort(head, kind="stable"), np.argsort(tail, kind="stable")
    node = np.arange(network.n_nodes + 1)
    return Streets(
        ground=np.stack([tail, head, network.length_mm, twin]),
        nodes=np.stack([np.searchsorted(head[into], node), np.searchsorted(tail[out_of], node)]),
        arms=np.stack([tail[into], into, street[into], out_of]),
        may_use=may_use,
    )


def price(streets: Streets, us: LongArray, *, closed: frozenset[int]) -> Costs:
    """Costs of all edges.

    Parameters
    ----------
    us : int64 (n_edges,), time along each edge, microseconds.
    closed : edges that may not be entered.
    """
    shut = ~streets.may_use
    shut[sorted(closed)] = True
    edge = streets.arms[EDGE]
    return Costs(np.stack([us, shut, np.where(shut[edge], -1, us[edge])]).astype(np.int64), closed)
