"""Which homes a tree of travel times is worth growing for: those that searches towards them have cost as much before.

A tree towards a home answers every later way there, but costs a search of the whole network and the room to keep it. A
unit that is never far from home finds its way sooner without; homes that few units return to are not worth the room.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from twin.domain.route import Spot
from twin.roads.network import LongArray

Home = tuple[Spot, int, frozenset[int]]
"""A place, a time band and the edges that are closed."""

_MOST_KNOWN = 100_000


class Trees:
    """Times towards homes, int64 (n_nodes,) each, grown when they pay; those used last are kept.

    Parameters
    ----------
    grow : measures the times from every node to a home.
    n_nodes : nodes of the network: what a tree costs, in nodes come by.
    room : trees to keep.
    """

    def __init__(self, grow: Callable[[Home], LongArray], *, n_nodes: int, room: int) -> None:
        self._grow, self._n_nodes, self._room = grow, n_nodes, room
        self._kept: OrderedDict[Home, LongArray] = OrderedDict()
        self._spent: dict[Home, int] = {}

    def towards(self, home: Home) -> LongArray | None:
        """The tree towards a home, if it pays."""
        tree = self._kept.get(home)
        if tree is not None:
            self._kept.move_to_end(home)
        elif self._spent.get(home, 0) >= self._n_nodes:
            del self._spent[home]
            tree = self._kept[home] = self._grow(home)
            if len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return tree

    def spend(self, home: Home, *, n_nodes: int) -> None:
        """A search without a tree came by so many nodes."""
        if len(self._spent) >= _MOST_KNOWN:
            self._spent.clear()
        self._spent[home] = self._spent.get(home, 0) + n_nodes
