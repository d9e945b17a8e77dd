"""Divides a connected graph of cells into connected parts of about equal load that are compact.

In: places, links, loads, a number of parts. Out: the part of each cell. Seeds are spread over the graph (k-means++ by
distance along the links), parts grow from them along links with a handicap for heavy ones, and cells on the borders
change sides as long as balance and shape gain and no part falls apart. The same input gives the same parts.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

N_STARTS, EFFORT = 8, 4_000_000
"""Sets of seeds that are tried, fewer where cells times parts are many; the best division of all is taken."""
N_GROWTHS = 12
SHAPE_WEIGHTS = (1.0, 0.3, 0.1, 0.03)
"""What a compact shape is worth against balance, from the first round of exchanges to the last."""
HEAVY = 1.1
"""At last, parts with more than this share of the mean load give cells away at little regard to their shape."""
MOST_PASSES = 40
SEED = 20_260_701


@dataclass(frozen=True, slots=True, eq=False)
class CellGraph:
    """Cells to divide.

    Parameters
    ----------
    x, y : float64 (n,), metres.
    links : int (n_links, 2), pairs of cells joined by a street.
    load : float64 (n,), what is to be balanced; at least one is more than 0.
    mass : float64 (n,), more than 0: what counts for the shape (metres of street).
    """

    x: FloatArray
    y: FloatArray
    links: NDArray[np.integer]
    load: FloatArray
    mass: FloatArray

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.x)


def divide(graph: CellGraph, n_parts: int, *, n_starts: int = N_STARTS) -> LongArray:
    """The part of each cell, int64 (n,), 0 to `n_parts` - 1; every part is connected and has a cell.

    The graph must be connected and have at least `n_parts` cells. At most `n_starts` sets of seeds are tried.
    """
    if n_parts == 1:
        return np.zeros(graph.n, np.int64)
    if n_parts == graph.n:
        return np.arange(graph.n)
    near = neighbours(graph)
    best, best_cost = np.zeros(graph.n, np.int64), math.inf
    for start in range(max(1, min(n_starts, EFFORT // (graph.n * n_parts)))):
        seeds = _seeds(graph, n_parts, start=start)
        division = _Division(graph, near, _grown(graph, near, seeds=seeds), n_parts)
        for weight in SHAPE_WEIGHTS:
            division.exchange(weight)
        division.exchange(SHAPE_WEIGHTS[-1] / 10, above=HEAVY)
        if (cost := division.cost(SHAPE_WEIGHTS[-1])) < best_cost:
            best, best_cost = np.array(division.part), cost
    return best


def neighbours(graph: CellGraph) -> list[list[tuple[int, float]]]:
    """For each cell the cells linked to it and how far they are, metres, in order."""
    near: list[list[tuple[int, float]]] = [[] for _ in range(graph.n)]
    one, other = graph.links[:, 0], graph.links[:, 1]
    metres = np.hypot(graph.x[one] - graph.x[other], graph.y[one] - graph.y[other])
    for a, b, far in zip(one.tolist(), other.tolist(), metres.tolist(), strict=True):
        near[a].append((b, far))
        near[b].append((a, far))
    return [sorted(cells) for cells in near]


def _seeds(graph: CellGraph, n_parts: int, *, start: int) -> list[int]:
    """Cells spread over the graph: each next one with a chance by load and squared distance to those before."""
    chance = np.random.Generator(np.random.Philox(key=[SEED, start]))
    one, other = graph.links[:, 0], graph.links[:, 1]
    metres = np.maximum(np.hypot(graph.x[one] - graph.x[other], graph.y[one] - graph.y[other]), 1e-3)
    roads = csr_array((metres, (one, other)), shape=(graph.n, graph.n))
    weight = graph.load + 0.05 * graph.mass * graph.load.sum() / graph.mass.sum()
    seeds = [_drawn(weight, float(chance.random()))]
    far: FloatArray = dijkstra(roads, directed=False, indices=seeds[0])
    while len(seeds) < n_parts:
        seed = _drawn(weight * far**2, float(chance.random()))
        seeds.append(seed)
        far = np.minimum(far, dijkstra(roads, directed=False, indices=seed, limit=float(far.max())))
    return seeds


def _drawn(weight: FloatArray, share: float) -> int:
    total = np.cumsum(weight)
    return int(np.searchsorted(total, share * total[-1], side="right").clip(0, len(weight) - 1))


def _grown(graph: CellGraph, near: Sequence[Sequence[tuple[int, float]]], *, seeds: Sequence[int]) -> LongArray:
    """The best of several growths: after each, heavy parts get a handicap and seeds move to the middle of theirs."""
    n_parts, target = len(seeds), graph.load.sum() / len(seeds)
    reach = math.sqrt(float(np.ptp(graph.x) * np.ptp(graph.y)) / n_parts / math.pi) + 1.0
    seeds, handicap = list(seeds), np.zeros(n_parts)
    best, least = np.zeros(graph.n, np.int64), math.inf
    for _ in range(N_GROWTHS):
        part = _growth(near, seeds, handicap=handicap.tolist())
        load = np.bincount(part, graph.load, n_parts)
        if (spread := float(((load / target - 1) ** 2).sum())) < least:
            best, least = part, spread
        handicap += 0.5 * reach * np.clip(load / target - 1, -1, 1)
        handicap -= handicap.min()
        seeds = _middles(graph, part, n_parts=n_parts)
    return best


def _growth(
    near: Sequence[Sequence[tuple[int, float]]], seeds: Sequence[int], *, handicap: Sequence[float]
) -> LongArray:
    """Parts that grow from all seeds at once along links; each keeps its own seed whatever its handicap."""
    part = [-1] * len(near)
    heap: list[tuple[float, int, int]] = []
    for number, seed in enumerate(seeds):
        part[seed] = number
    for number, seed in enumerate(seeds):
        for cell, far in near[seed]:
            heapq.heappush(heap, (handicap[number] + far, number, cell))
    while heap:
        gone, number, cell = heapq.heappop(heap)
        if part[cell] < 0:
            part[cell] = number
            for following, far in near[cell]:
                if part[following] < 0:
                    heapq.heappush(heap, (gone + far, number, following))
    return np.array(part, np.int64)


def _middles(graph: CellGraph, part: LongArray, *, n_parts: int) -> list[int]:
    """The cell of each part that is nearest to its middle."""
    mass = np.bincount(part, graph.mass, n_parts)
    x = np.bincount(part, graph.mass * graph.x, n_parts) / mass
    y = np.bincount(part, graph.mass * graph.y, n_parts) / mass
    off = np.hypot(graph.x - x[part], graph.y - y[part])
    order = np.lexsort((np.arange(graph.n), off, part))
    first: list[int] = order[np.unique(part[order], return_index=True)[1]].tolist()
    return first


class _Division:
    """A division under improvement: it lives while cells change sides, and keeps sums so that a change costs little."""

    def __init__(
        self, graph: CellGraph, near: Sequence[Sequence[tuple[int, float]]], part: LongArray, n_parts: int
    ) -> None:
        self.part: list[int] = part.tolist()
        self._load_of: list[float]
        self._mass_of: list[float]
        self._mx: list[float]
        self._my: list[float]
        self._near = [[cell for cell, _ in cells] for cells in near]
        self._x: list[float] = graph.x.tolist()
        self._y: list[float] = graph.y.tolist()
        self._mass: list[float] = (graph.mass * (n_parts / graph.mass.sum())).tolist()
        self._load: list[float] = (graph.load * (n_parts / graph.load.sum())).tolist()
        mass = np.array(self._mass)
        self._size = np.bincount(part, minlength=n_parts).tolist()
        self._load_of = np.bincount(part, self._load, n_parts).tolist()
        self._mass_of = np.bincount(part, mass, n_parts).tolist()
        self._mx = np.bincount(part, mass * graph.x, n_parts).tolist()
        self._my = np.bincount(part, mass * graph.y, n_parts).tolist()
        self._area = _ground(graph) / n_parts

    def cost(self, shape: float) -> float:
        """Unbalance, where the heaviest part counts for all, and `shape` times the spread of the parts, 1 for discs."""
        unbalance = sum((load - 1) ** 2 for load in self._load_of)
        unbalance += len(self._load_of) * max(max(self._load_of) - HEAVY, 0.0) ** 2
        spread = sum(
            mass * ((x - self._mx[part] / self._mass_of[part]) ** 2 + (y - self._my[part] / self._mass_of[part]) ** 2)
            for part, mass, x, y in zip(self.part, self._mass, self._x, self._y, strict=True)
        )
        return unbalance + shape * spread * 2 * math.pi / self._area

    def exchange(self, shape: float, *, above: float = 0.0) -> None:
        """Let cells change sides until nothing is gained any more; only cells of parts with a load `above`."""
        for _ in range(MOST_PASSES):
            n_moved = 0
            for cell in range(len(self.part)):
                if self._load_of[self.part[cell]] > above:
                    n_moved += self._try(cell, shape)
            if not n_moved:
                return

    def _try(self, cell: int, shape: float) -> bool:
        own = self.part[cell]
        others = {self.part[other] for other in self._near[cell]} - {own}
        if not others or self._size[own] == 1:
            return False
        gain, goal = min((self._change(cell, own, other, shape), other) for other in others)
        if gain >= -1e-9 or not self._may_leave(cell, own):
            return False
        self._move(cell, own, goal)
        return True

    def _change(self, cell: int, own: int, other: int, shape: float) -> float:
        """What the cost changes by when `cell` goes from `own` to `other`; less is better."""
        load, mass = self._load[cell], self._mass[cell]
        here, there = self._load_of[own], self._load_of[other]
        unbalance = (here - load - 1) ** 2 - (here - 1) ** 2 + (there + load - 1) ** 2 - (there - 1) ** 2
        mass_here, mass_there = self._mass_of[own], self._mass_of[other]
        x, y = self._x[cell], self._y[cell]
        off_here = (x - self._mx[own] / mass_here) ** 2 + (y - self._my[own] / mass_here) ** 2
        off_there = (x - self._mx[other] / mass_there) ** 2 + (y - self._my[other] / mass_there) ** 2
        left = max(mass_here - mass, 1e-12)
        spread = mass * (mass_there / (mass_there + mass) * off_there - mass_here / left * off_here)
        return unbalance + shape * spread * 2 * math.pi / self._area

    def _may_leave(self, cell: int, own: int) -> bool:
        """Whether the part stays connected without the cell."""
        beside = [other for other in self._near[cell] if self.part[other] == own]
        if len(beside) < 2:
            return True
        wanted, met, todo = set(beside[1:]), {cell, beside[0]}, [beside[0]]
        while todo and wanted:
            for other in self._near[todo.pop()]:
                if other not in met and self.part[other] == own:
                    met.add(other)
                    wanted.discard(other)
                    todo.append(other)
        return not wanted

    def _move(self, cell: int, own: int, goal: int) -> None:
        self.part[cell] = goal
        for number, sign in ((own, -1), (goal, 1)):
            self._size[number] += sign
            self._load_of[number] += sign * self._load[cell]
            self._mass_of[number] += sign * self._mass[cell]
            self._mx[number] += sign * self._mass[cell] * self._x[cell]
            self._my[number] += sign * self._mass[cell] * self._y[cell]


def _ground(graph: CellGraph) -> float:
    """About the ground the cells cover, square metres: the squared typical link length for each cell."""
    one, other = graph.links[:, 0], graph.links[:, 1]
    metres = np.hypot(graph.x[one] - graph.x[other], graph.y[one] - graph.y[other])
    return float(graph.n * max(np.median(metres), 1.0) ** 2)
