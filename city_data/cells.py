"""Unit cells from streets: squares of about 100 m that streets touch, whose streets hang together.

In: a road network, the side of a square, and areas that cells must not cross. Out: `Cells` with codes, and a report of
what was decided on the way. A square whose streets do not meet within it gives several cells; a corner that a street
only clips goes to the cell it hangs on, as unit grids in the field follow streets rather than the ruler.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from city_data.areas import Outline
from city_data.codes import CodeForm, cell_codes
from city_data.street_pieces import Pieces, cut_streets, in_metres
from twin.domain.grid import Cells
from twin.errors import CityError
from twin.roads.network import IdArray, LongArray, RoadNetwork

CELL_M = 100.0
MIN_CELL_M, MAX_CELL_M = 20.0, 5_000.0
LEAST_SHARE = 0.5
"""Streets in a square that are shorter than this share of its side are no cell of their own."""
STRAY_CELLS = 3
"""So few cells of an area that hang only on another area's streets go over to it."""
MOST_CELLS = 2_000_000
_METRES = re.compile(r"(\d+(?:\.\d+)?)\s*m")


@dataclass(frozen=True, slots=True)
class CellPlan:
    """What cells are made by.

    Parameters
    ----------
    size_m : side of a square.
    areas : names of the areas; one for a city that is not divided.
    edge_area : int32 (n_edges,), the area of each edge, or None.
    outlines : polygons of the areas, or None; at most one of the two is given.
    form : of the codes.
    communities : 12-digit codes by area name, where they are known.
    """

    size_m: float = CELL_M
    areas: tuple[str, ...] = ("all",)
    edge_area: IdArray | None = None
    outlines: tuple[Outline, ...] | None = None
    form: CodeForm = CodeForm.NEW
    communities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellReport:
    """What making the cells decided: lengths in metres."""

    n_squares: int
    n_clipped: int
    clipped_m: float
    n_strays: int
    stray_m: float
    outside_m: float

    def lines(self) -> tuple[str, ...]:
        """The report in sentences; what did not happen is not mentioned."""
        said = [f"streets touch {self.n_squares:,} squares"]
        if self.n_clipped:
            said.append(f"{self.n_clipped:,} clipped corners ({self.clipped_m / 1000:,.1f} km) went to the next cell")
        if self.n_strays:
            said.append(
                f"{self.n_strays:,} cells ({self.stray_m / 1000:,.1f} km) hang only on the streets of another area and "
                "went over to it"
            )
        if self.outside_m:
            said.append(f"{self.outside_m / 1000:,.1f} km of streets lie in no area and were given to the nearest")
        return tuple(said)


def parse_metres(text: str) -> float:
    """Side of a square from text such as "100m".

    Raises
    ------
    CityError : not a length, or not between 20 m and 5 km.

    >>> parse_metres("100m"), parse_metres("62.5 m")
    (100.0, 62.5)
    """
    found = _METRES.fullmatch(text.strip())
    if found is None or not MIN_CELL_M <= float(found[1]) <= MAX_CELL_M:
        raise CityError(f"{text[:40]!r} is not a side of {MIN_CELL_M:g}m to {MAX_CELL_M:g}m: write 100m", key="cell")
    return float(found[1])


def make_cells(network: RoadNetwork, plan: CellPlan) -> tuple[Cells, CellReport]:
    """Unit cells of a network; the same input gives the same cells.

    Raises
    ------
    CityError : squares so small that there would be too many, or a community that cannot number its cells.
    """
    n_likely = int(network.length_mm.sum()) / 1000 / plan.size_m
    if n_likely > MOST_CELLS:
        raise CityError(f"about {n_likely:,.0f} cells are too many: take larger squares", key="cell")
    areas = plan.edge_area if plan.outlines is None else in_metres(plan.outlines, network.crs)
    pieces = cut_streets(network, plan.size_m, areas=areas)
    part = _joined_parts(pieces, pieces.square, pieces.area)
    touching = _touching(pieces.ends, part)
    length = np.bincount(part, pieces.length_mm).astype(np.int64)
    area = np.zeros(len(length), np.int32)
    area[part] = pieces.area
    into = _absorbed(length, area, touching=touching, least_mm=round(1000 * LEAST_SHARE * plan.size_m))
    is_clipped = into != np.arange(len(into))
    kept, cell = np.unique(into[part], return_inverse=True)
    links = _touching(pieces.ends, cell)
    street = np.bincount(cell, pieces.length_mm).astype(np.int64)
    area, strays = _without_strays(area[kept], links, street_mm=street)
    cells = _numbered(network, pieces, plan, cell=cell, area=area, main=kept[cell] == part, links=links)
    report = CellReport(
        n_squares=len(np.unique(pieces.square, axis=0)),
        n_clipped=int(is_clipped.sum()),
        clipped_m=float(length[is_clipped].sum()) / 1000,
        n_strays=len(strays),
        stray_m=float(street[strays].sum()) / 1000,
        outside_m=pieces.outside_mm / 1000,
    )
    return cells, report


def _joined_parts(pieces: Pieces, square: LongArray, area: IdArray) -> NDArray[np.int64]:
    """Number of the part of a square, within one area, whose streets hang together: int64 (n_pieces,)."""
    n = len(area)
    _, label = np.unique(np.column_stack([square, area]), axis=0, return_inverse=True)
    ends = np.column_stack([pieces.ends.ravel(), np.repeat(label, 2)])
    _, at = np.unique(ends, axis=0, return_inverse=True)
    graph = coo_array((np.ones(2 * n), (np.repeat(np.arange(n), 2), n + at)), shape=(n + at.max() + 1,) * 2)
    _, found = connected_components(graph, directed=False)
    _, part = np.unique(found[:n], return_inverse=True)
    return part.astype(np.int64)


def _touching(ends: LongArray, of_piece: NDArray[np.int64]) -> NDArray[np.int32]:
    """Pairs of groups of pieces with a point in common, lower first, each once, in order: int32 (n_pairs, 2)."""
    meets = np.unique(np.column_stack([ends.ravel(), np.repeat(of_piece, 2)]), axis=0)
    at = np.flatnonzero(np.diff(meets[:, 0], prepend=-1))
    pairs: set[tuple[int, int]] = set()
    for begin, end in zip(at.tolist(), [*at[1:].tolist(), len(meets)], strict=True):
        if end - begin > 1:
            pairs.update(combinations(meets[begin:end, 1].tolist(), 2))
    return np.array(sorted(pairs), np.int32).reshape(-1, 2)


def _absorbed(length: LongArray, area: IdArray, *, touching: NDArray[np.int32], least_mm: int) -> NDArray[np.int64]:
    """For each part the part it is a corner of, itself where it is none; shortest corners first, area by area."""
    into = np.arange(len(length))
    near: list[set[int]] = [set() for _ in length]
    for one, other in touching.tolist():
        if area[one] == area[other]:
            near[one].add(other)
            near[other].add(one)
    whole = length.tolist()
    heap = [(mm, part) for part, mm in enumerate(whole) if mm < least_mm]
    heapq.heapify(heap)
    while heap:
        mm, part = heapq.heappop(heap)
        if into[part] != part or mm != whole[part] or not near[part]:
            continue
        goal = min(near[part], key=lambda other: (whole[other] < least_mm, whole[other], other))
        into[part] = goal
        whole[goal] += mm
        for other in sorted(near[part]):
            near[other].discard(part)
            if other != goal:
                near[other].add(goal)
                near[goal].add(other)
        if whole[goal] < least_mm:
            heapq.heappush(heap, (whole[goal], goal))
    while (into != into[into]).any():
        into = into[into]
    return into


def _without_strays(
    area: IdArray, links: NDArray[np.int32], *, street_mm: LongArray
) -> tuple[IdArray, NDArray[np.int64]]:
    """Areas of cells after strays went over, and the strays: few cells cut off from the rest of their area."""
    settled, strays = area.copy(), []
    for members in islands(area, links):
        if len(members) > STRAY_CELLS:
            continue
        inside = np.isin(links, members)
        across = links[inside.any(axis=1) & ~inside.all(axis=1)]
        beyond = settled[np.setdiff1d(across, members)]
        if len(beyond):
            settled[members] = np.bincount(beyond).argmax()
            strays.append(members)
    return settled, np.concatenate(strays) if strays else np.zeros(0, np.int64)


def islands(label: NDArray[np.int32], links: NDArray[np.int32]) -> Iterator[NDArray[np.int64]]:
    """Groups of cells of one label that hang together but not with the largest such group: indices, smallest first."""
    n = len(label)
    same = links[label[links[:, 0]] == label[links[:, 1]]]
    graph = coo_array((np.ones(len(same)), (same[:, 0], same[:, 1])), shape=(n, n))
    n_groups, group = connected_components(graph, directed=False)
    size = np.bincount(group, minlength=n_groups)
    of_group = np.zeros(n_groups, np.int64)
    of_group[group] = label
    largest = {int(of_group[number]): int(number) for number in np.lexsort((-np.arange(n_groups), size))}
    for number in np.lexsort((np.arange(n_groups), size)).tolist():
        if largest[int(of_group[number])] != number:
            yield np.flatnonzero(group == number)


def _numbered(
    network: RoadNetwork,
    pieces: Pieces,
    plan: CellPlan,
    *,
    cell: NDArray[np.int64],
    area: IdArray,
    main: NDArray[np.bool_],
    links: NDArray[np.int32],
) -> Cells:
    """Cells in their final order: area by area, from north to south and west to east."""
    weight = np.where(main, pieces.length_mm, 0)
    total = np.maximum(np.bincount(cell, weight), 1)
    x, y = (np.bincount(cell, weight * along) / total for along in (pieces.x, pieces.y))
    square = np.zeros((len(area), 2), np.int64)
    square[cell[main]] = pieces.square[main]
    order = np.lexsort((y, x, square[:, 0], -square[:, 1], area))
    number = np.argsort(order)
    used = np.unique(area)
    names = tuple(plan.areas[index] for index in used)
    area = np.searchsorted(used, area[order]).astype(np.int32)
    codes, assumed = cell_codes(area, areas=names, form=plan.form, communities=plan.communities)
    edge_start, start, length, of_piece = _both_ways(network, pieces, number[cell])
    return Cells(
        size_m=plan.size_m,
        codes=codes,
        codes_assumed=assumed,
        square=square[order].astype(np.int32),
        x=x[order],
        y=y[order],
        areas=names,
        area=area,
        links=_sorted_pairs(number[links]),
        edge_start=edge_start,
        piece_start_mm=start,
        piece_mm=length,
        piece_cell=of_piece,
        street_mm=np.bincount(number[cell], pieces.length_mm, len(area)).astype(np.int64),
    )


def _both_ways(
    network: RoadNetwork, pieces: Pieces, cell: NDArray[np.int64]
) -> tuple[LongArray, LongArray, LongArray, IdArray]:
    """`edge_start`, `piece_start_mm`, `piece_mm` and `piece_cell` of all directed edges; pieces of one cell joined."""
    back = network.twin[pieces.edge]
    two_way = back >= 0
    edge = np.concatenate([pieces.edge, back[two_way]]).astype(np.int64)
    mirrored = network.length_mm[back[two_way]] - pieces.end_mm[two_way]
    start = np.concatenate([pieces.start_mm, mirrored])
    cell = np.concatenate([cell, cell[two_way]])
    order = np.lexsort((start, edge))
    edge, start, cell = edge[order], start[order], cell[order]
    begins = np.append(True, (edge[1:] != edge[:-1]) | (cell[1:] != cell[:-1]))
    edge, start, cell = edge[begins], start[begins], cell[begins]
    edge_start = np.searchsorted(edge, np.arange(network.n_edges + 1))
    is_last = np.append(edge[1:] != edge[:-1], True)
    end = np.where(is_last, network.length_mm[edge], np.append(start[1:], 0))
    return edge_start.astype(np.int64), start, end - start, cell.astype(np.int32)


def _sorted_pairs(pairs: NDArray[np.int64] | Sequence[Sequence[int]]) -> NDArray[np.int32]:
    ordered = np.sort(np.asarray(pairs, np.int64).reshape(-1, 2), axis=1)
    return np.unique(ordered, axis=0).astype(np.int32)
