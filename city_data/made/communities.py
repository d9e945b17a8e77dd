"""The communities (社区) of the invented town: quarters that lie together, about equally built up, on one bank each.

In: the streets and the quarters they are in. Out: a name for each community, and the community of each edge. Quarters
are shared out by halving the town again and again across its longer side. Streets that would hang only on another
community's are given to it, so that the streets of a community hang together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from city_data.made.ground import Quarter
from city_data.made.names import word
from city_data.made.sizes import MadeSize
from city_data.made.streets import Laid
from city_data.street_plan import Point

_ANCHORS: Final = (
    ("涌西", (-185.0, -250.0)),
    ("东圃", (1185.0, 330.0)),
    ("车陂北", (300.0, 620.0)),
    ("车陂南", (300.0, -620.0)),
    ("广氮", (1300.0, 950.0)),
    ("临江", (800.0, -900.0)),
)
"""Names that belong to a place; a community has the first of those that lie in it."""
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Communities:
    """Names, the middle of each on the plan, and which one each quarter and each edge belongs to.

    `middles`: float64 (n, 2), metres; `of_quarter`: int64 (n_quarters,); `of_edge`: int32 (n_edges,).
    """

    names: tuple[str, ...]
    middles: FloatArray
    of_quarter: IntArray
    of_edge: NDArray[np.int32]


def make_communities(size: MadeSize, laid: Laid, quarters: Sequence[Quarter]) -> Communities:
    """The communities of a size."""
    places = np.array([quarter.middle for quarter in quarters])
    is_west = np.array([quarter.is_west for quarter in quarters])
    quarter = _quarter_of_edge(laid, places, is_west)
    metres = np.maximum(np.bincount(quarter, laid.network.length_mm / 1000, len(quarters)), 1.0)
    n_west = min(max(1, round(size.n_areas * metres[is_west].sum() / metres.sum())), size.n_areas - 1)
    of_quarter = np.zeros(len(quarters), np.int64)
    for bank, first, n_here in ((is_west, 0, n_west), (~is_west, n_west, size.n_areas - n_west)):
        _halve(np.flatnonzero(bank), places, metres, first=first, n_parts=n_here, into=of_quarter)
    of_edge = _joined(laid, of_quarter[quarter])
    weight = np.bincount(of_quarter, metres)
    middles = np.column_stack([np.bincount(of_quarter, metres * places[:, axis]) / weight for axis in (0, 1)])
    return Communities(_names(size, places, of_quarter, middles), middles, of_quarter, of_edge.astype(np.int32))


def quarter_at(quarters: Sequence[Quarter], place: Point) -> int:
    """The quarter whose middle is nearest to a place of the plan."""
    middles = np.array([quarter.middle for quarter in quarters])
    return int(((middles - np.array(place)) ** 2).sum(axis=1).argmin())


def _quarter_of_edge(laid: Laid, places: FloatArray, is_west: NDArray[np.bool_]) -> IntArray:
    """The quarter an edge is inside; for main roads that with the nearest middle on the same bank."""
    quarter = laid.quarter.copy()
    for bank in (True, False):
        open_edges = np.flatnonzero((quarter < 0) & ((laid.middle[:, 0] < 0) == bank))
        here = np.flatnonzero(is_west == bank)
        quarter[open_edges] = here[KDTree(places[here]).query(laid.middle[open_edges])[1]]
    return quarter


def _halve(
    members: IntArray, places: FloatArray, metres: FloatArray, *, first: int, n_parts: int, into: IntArray
) -> None:
    """Number the parts of a set of quarters from `first` on."""
    if n_parts == 1:
        into[members] = first
        return
    axis = int(np.ptp(places[members], axis=0).argmax())
    members = members[np.lexsort((members, places[members, axis]))]
    n_low = n_parts // 2
    done = np.cumsum(metres[members]) / metres[members].sum()
    at = int(np.clip(np.searchsorted(done, n_low / n_parts), n_low, len(members) - (n_parts - n_low)))
    _halve(members[:at], places, metres, first=first, n_parts=n_low, into=into)
    _halve(members[at:], places, metres, first=first + n_low, n_parts=n_parts - n_low, into=into)


def _joined(laid: Laid, of_edge: IntArray) -> IntArray:
    """Communities of edges after those cut off from the rest of theirs went over to a neighbour."""
    roads, found = laid.network, of_edge.copy()
    n_nodes = roads.n_nodes
    while True:
        ends = np.concatenate([found * n_nodes + roads.tail, found * n_nodes + roads.head])
        keys, at = np.unique(ends, return_inverse=True)
        n = roads.n_edges
        graph = coo_array((np.ones(n, np.int8), (at[:n], at[n:])), shape=(len(keys), len(keys)))
        n_groups, group = connected_components(graph, directed=False)
        of_group = np.zeros(n_groups, np.int64)
        of_group[group] = keys // n_nodes
        metres = np.bincount(group[at[:n]], roads.length_mm, n_groups)
        order = np.lexsort((-metres, of_group))
        is_main = np.zeros(n_groups, np.bool_)
        is_main[order[np.unique(of_group[order], return_index=True)[1]]] = True
        if is_main.all():
            return found
        _go_over(keys, group, is_main, n_nodes=n_nodes, edge_group=group[at[:n]], found=found)


def _go_over(
    keys: IntArray,
    group: NDArray[np.int32],
    is_main: NDArray[np.bool_],
    *,
    n_nodes: int,
    edge_group: NDArray[np.int32],
    found: IntArray,
) -> None:
    """Give each island to the community whose main part it touches at most junctions, else to any it touches."""
    node, community = keys % n_nodes, keys // n_nodes
    by_node = np.argsort(node, kind="stable")
    first = np.searchsorted(node[by_node], np.arange(n_nodes + 1))
    for island in np.flatnonzero(~is_main).tolist():
        members = np.flatnonzero(group == island)
        beside = np.concatenate([by_node[first[n] : first[n + 1]] for n in node[members].tolist()])
        beside = beside[group[beside] != island]
        preferred = beside[is_main[group[beside]]]
        goals = community[preferred if len(preferred) else beside]
        found[edge_group == island] = np.bincount(goals).argmax()


def _names(size: MadeSize, places: FloatArray, of_quarter: IntArray, middles: FloatArray) -> tuple[str, ...]:
    own: dict[int, str] = {}
    for name, place in _ANCHORS:
        community = int(of_quarter[((places - np.array(place)) ** 2).sum(axis=1).argmin()])
        own.setdefault(community, name)
    kept = {name for name, _ in _ANCHORS}
    unused = (name for name in map(word, count()) if name not in kept)
    names = []
    for community, (east, north) in enumerate(middles.tolist()):
        district = ""
        if size.districts:
            district = size.districts[0 if east < 0 else 1 if north < 0 else 2]
        name = own[community] if community in own else next(unused)
        names.append(f"{district}{name}社区")
    return tuple(names)
