"""From raw arrays to a `RoadNetwork` that routing can trust.

Every reader of road files ends here: lengths and speeds are checked once, only the largest part in which every place
can be reached from every other is kept, cars, e-bikes and walkers each keep the streets from which they can come back,
and a `RoadReport` says what was left out and why.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from twin.domain.mode import ALL_BITS, BIT
from twin.errors import RoadError
from twin.roads.network import (
    CLASSES,
    AnyArray,
    ClassArray,
    FloatArray,
    IdArray,
    LongArray,
    RoadNetwork,
    assemble,
)

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RawNodes:
    """Junctions as read: degrees (WGS 84) and metres in the network's projection, each shape (n_nodes,)."""

    lon: FloatArray
    lat: FloatArray
    x: FloatArray
    y: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class RawEdges:
    """Directed edges as read, each array shape (n_edges,) unless `RoadNetwork` says otherwise for that name."""

    tail: IdArray
    head: IdArray
    length_mm: LongArray
    road_class: ClassArray
    speed_mps: FloatArray
    twin: IdArray
    street: IdArray
    modes: ClassArray
    shape_start: LongArray
    shape_x: FloatArray
    shape_y: FloatArray


@dataclass(frozen=True, slots=True)
class RoadReport:
    """What was read, what was kept, and why the rest was not: n_nodes_read = n_nodes + the three kinds of nodes below.

    Parameters
    ----------
    n_nodes_read, n_edges_read : before.
    n_nodes, n_edges : in the network.
    n_parts : strongly connected parts that were read.
    n_nodes_no_return : can be reached from the kept part, but there is no way back.
    n_nodes_no_access : lead to the kept part, but cannot be reached from it.
    n_nodes_apart : neither, or only by changing from one mode to another on the way.
    n_edges_by_mode : edges of the network open to each of `twin.domain.mode.MODES`; empty where nobody counted.
    """

    n_nodes_read: int
    n_edges_read: int
    n_nodes: int
    n_edges: int
    n_parts: int
    n_nodes_no_return: int
    n_nodes_no_access: int
    n_nodes_apart: int
    n_edges_by_mode: tuple[int, ...] = ()

    @property
    def n_nodes_dropped(self) -> int:
        """Nodes outside the largest strongly connected part."""
        return self.n_nodes_read - self.n_nodes

    @property
    def n_edges_dropped(self) -> int:
        """Edges that touch a dropped node, or from which nobody who may use them could come back."""
        return self.n_edges_read - self.n_edges

    def lines(self) -> tuple[str, ...]:
        """The report as sentences for a reader."""
        sentences = (
            f"{self.n_nodes_read:,} nodes and {self.n_edges_read:,} edges read, in {self.n_parts:,} parts",
            f"{self.n_nodes:,} nodes and {self.n_edges:,} edges kept: the largest part where all can reach all",
            f"{self.n_nodes_no_return:,} nodes dropped because there is no way back from them",
            f"{self.n_nodes_no_access:,} nodes dropped because there is no way to them",
            f"{self.n_nodes_apart:,} nodes dropped because they lie apart",
        )
        if not self.n_edges_by_mode:
            return sentences
        n_car, n_e_bike, n_walk = self.n_edges_by_mode
        return (*sentences, f"{n_car:,} edges are open to cars, {n_e_bike:,} to e-bikes and {n_walk:,} to walkers")


def build_network(
    nodes: RawNodes, edges: RawEdges, *, names: tuple[str, ...] = ("",), crs: str
) -> tuple[RoadNetwork, RoadReport]:
    """Check raw streets and keep their largest strongly connected part, numbered in the order given.

    Within it an edge stays open to a mode where it lies in the largest part that this mode connects strongly by itself,
    so that a car never drives to where it could leave on foot alone; an edge that is then open to nobody is dropped.

    Parameters
    ----------
    nodes, edges : as read.
    names : names of streets; `names[0]` is that of streets without one.
    crs : the projection of x and y, such as "EPSG:32610".

    Raises
    ------
    RoadError : there is no street, or an array breaks a rule; the message names the first bad edge or node.
    """
    n_nodes = nodes.x.size
    _check_nodes(nodes)
    _check_edges(edges, n_nodes=n_nodes, n_names=len(names))
    _check_shapes(edges)
    _check_twins(edges)
    keep, modes = _usable(edges, n_nodes=n_nodes)
    if not modes.any():
        raise RoadError("no street leads back to where it starts: no part of the network can be used")
    network = _kept(nodes, edges, keep=keep, modes=modes, names=names, crs=crs)
    return network, _report(edges, keep=keep, modes=modes)


def _refuse_first(bad: BoolArray, rule: str, *, kind: str = "edge") -> None:
    if bad.any():
        raise RoadError(f"{rule} ({int(bad.sum())} of {bad.size} do not)", key=f"{kind} {int(bad.argmax())}")


def _check_nodes(nodes: RawNodes) -> None:
    sizes = {getattr(nodes, name).shape for name in ("lon", "lat", "x", "y")}
    if len(sizes) != 1 or nodes.x.ndim != 1:
        raise RoadError("lon, lat, x and y must have one value a node")
    for name in ("lon", "lat", "x", "y"):
        _refuse_first(~np.isfinite(getattr(nodes, name)), f"every node's {name} must be a finite number", kind="node")
    on_earth = (np.abs(nodes.lon) <= 180) & (np.abs(nodes.lat) <= 90)
    _refuse_first(~on_earth, "every node must lie within longitudes ±180° and latitudes ±90°", kind="node")


def _check_edges(edges: RawEdges, *, n_nodes: int, n_names: int) -> None:
    n_edges = edges.tail.size
    if n_edges == 0:
        raise RoadError("there is no street: the network has no edge")
    for name in ("head", "length_mm", "road_class", "speed_mps", "twin", "street", "modes"):
        if getattr(edges, name).shape != (n_edges,):
            raise RoadError(f"{name} must have one value an edge: {n_edges}, not {getattr(edges, name).size}")
    for name, end in (("tail", n_nodes), ("head", n_nodes), ("street", n_names), ("road_class", len(CLASSES))):
        value = getattr(edges, name).astype(np.int64)
        _refuse_first((value < 0) | (value >= end), f"every edge's {name} must be 0 to {end - 1}")
    _refuse_first(edges.length_mm <= 0, "every edge must be longer than 0 mm")
    known = (edges.modes >= 1) & (edges.modes <= ALL_BITS)
    _refuse_first(~known, f"every edge's modes must be 1 to {ALL_BITS}: a street open to nobody is no street")
    fast_enough = np.isfinite(edges.speed_mps) & (edges.speed_mps > 0)
    _refuse_first(~fast_enough, "every edge's speed must be a finite number above 0 m/s")


def _check_shapes(edges: RawEdges) -> None:
    start = edges.shape_start
    if start.shape != (edges.tail.size + 1,) or start[0] != 0 or start[-1] != edges.shape_x.size:
        raise RoadError("shape_start must run from 0 to the number of points, one value an edge and one more")
    _refuse_first(np.diff(start) < 2, "every edge's line must have two points or more")
    if edges.shape_x.shape != edges.shape_y.shape:
        raise RoadError("shape_x and shape_y must be equally long")
    unknown = ~(np.isfinite(edges.shape_x) & np.isfinite(edges.shape_y))
    _refuse_first(unknown, "every point of a line must be finite numbers", kind="point")


def _check_twins(edges: RawEdges) -> None:
    twin, ids = edges.twin.astype(np.int64), np.arange(edges.tail.size)
    _refuse_first((twin < -1) | (twin >= ids.size) | (twin == ids), "every edge's twin must be another edge, or -1")
    paired = np.flatnonzero(twin >= 0)
    other, fits = twin[paired], np.ones(ids.size, np.bool_)
    fits[paired] = (
        (twin[other] == paired)
        & (edges.tail[other] == edges.head[paired])
        & (edges.head[other] == edges.tail[paired])
        & (edges.length_mm[other] == edges.length_mm[paired])
    )
    _refuse_first(~fits, "twins must name each other, be equally long, and run between the same nodes both ways")


def _usable(edges: RawEdges, *, n_nodes: int) -> tuple[BoolArray, ClassArray]:
    """Which nodes are kept, shape (n_nodes,), and who may use each edge, shape (n_edges,), 0 where it is dropped.

    Edges that one mode loses may have been what held the whole together, so this goes on until nothing changes. Then
    all edges that are left join the kept nodes strongly, and those of each mode its own nodes.
    """
    tail, head, modes = edges.tail, edges.head, edges.modes.astype(np.uint8)
    while True:
        keep = _largest_part(edges, modes > 0, n_nodes=n_nodes)
        left = np.where(keep[tail] & keep[head], modes, np.uint8(0))
        for bit in BIT.values():
            own = (left & bit) > 0
            part = _largest_part(edges, own, n_nodes=n_nodes)
            left[own & ~(part[tail] & part[head])] -= np.uint8(bit)
        if np.array_equal(left, modes):
            return keep, modes
        modes = left


def _largest_part(edges: RawEdges, used: BoolArray, *, n_nodes: int) -> BoolArray:
    """Nodes of the largest part that the used edges connect strongly; of equals, the one with the lowest node."""
    _, part = connected_components(_graph(edges, used, n_nodes=n_nodes), directed=True, connection="strong")
    sizes = np.bincount(part)
    anchor = int(np.flatnonzero(sizes[part] == sizes.max())[0])
    inside: BoolArray = part == part[anchor]
    return inside


def _graph(edges: RawEdges, used: BoolArray, *, n_nodes: int) -> csr_array:
    tail, head = edges.tail[used], edges.head[used]
    return csr_array((np.ones(tail.size), (tail, head)), shape=(n_nodes, n_nodes))


def _report(edges: RawEdges, *, keep: BoolArray, modes: ClassArray) -> RoadReport:
    """What became of nodes and edges; `keep` and `modes` as `_usable` gives them."""
    graph = _graph(edges, np.ones(edges.tail.size, np.bool_), n_nodes=keep.size)
    n_parts, _ = connected_components(graph, directed=True, connection="strong")
    anchor = int(keep.argmax())
    reached, reaching = np.zeros(keep.size, np.bool_), np.zeros(keep.size, np.bool_)
    reached[breadth_first_order(graph, anchor, return_predecessors=False)] = True
    reaching[breadth_first_order(csr_array(graph.T), anchor, return_predecessors=False)] = True
    return RoadReport(
        n_nodes_read=keep.size,
        n_edges_read=edges.tail.size,
        n_nodes=int(keep.sum()),
        n_edges=int((modes > 0).sum()),
        n_parts=int(n_parts),
        n_nodes_no_return=int((reached & ~reaching).sum()),
        n_nodes_no_access=int((reaching & ~reached).sum()),
        n_nodes_apart=int(((reached == reaching) & ~keep).sum()),
        n_edges_by_mode=tuple(int(((modes & bit) > 0).sum()) for bit in BIT.values()),
    )


def _kept(
    nodes: RawNodes, edges: RawEdges, *, keep: BoolArray, modes: ClassArray, names: tuple[str, ...], crs: str
) -> RoadNetwork:
    """The network of the kept nodes and of the edges that somebody may use."""
    stays = modes > 0
    new_node = np.cumsum(keep) - 1
    new_edge = np.append(np.where(stays, np.cumsum(stays) - 1, -1), -1)
    n_points = np.diff(edges.shape_start)
    points = np.repeat(stays, n_points)
    content: dict[str, AnyArray] = {
        **{f"node_{name}": getattr(nodes, name)[keep] for name in ("lon", "lat", "x", "y")},
        **{name: getattr(edges, name)[stays] for name in ("length_mm", "road_class", "speed_mps", "street")},
        "modes": modes[stays],
        "tail": new_node[edges.tail[stays]],
        "head": new_node[edges.head[stays]],
        "twin": new_edge[edges.twin[stays]],
        "shape_start": np.concatenate([[0], np.cumsum(n_points[stays])]),
        "shape_x": edges.shape_x[points],
        "shape_y": edges.shape_y[points],
    }
    return assemble(content, names=names, crs=crs)
