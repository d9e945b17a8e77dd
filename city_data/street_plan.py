"""Laying out an invented town: big blocks between main roads, cut again and again by side streets.

In: the corners of big blocks and the main roads around them, on a flat plan in metres. Out: straight streets with the
junctions on each. Where a new street nearly meets one on the other side it is moved to cross it, as towns do; some
streets end blind, some blocks stay whole (a school, a park). All "chance" is a hash of names: no generator, no seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise

Point = tuple[float, float]
"""East and north on the plan, metres."""

BLOCK_M2 = 19_500.0
"""Blocks smaller than this are not cut any further."""
WHOLE_BLOCK_M2 = 52_000.0
SNAP_M = 38.0


@dataclass(slots=True)
class Street:
    """A straight street on the plan, with the junctions on it.

    Parameters
    ----------
    highway : OSM class.
    start, end : its two ends.
    level : 0 for main roads, then how many cuts deep.
    one_way : 0 both ways, 1 from start to end, -1 from end to start.
    junctions : points on it, each with the metres from its start; both ends are among them.
    """

    name: str
    highway: str
    start: Point
    end: Point
    level: int = 0
    one_way: int = 0
    junctions: dict[Point, float] = field(default_factory=dict)

    def meet(self, point: Point) -> None:
        """Note a junction on this street."""
        self.junctions[point] = math.dist(self.start, point)

    def ordered(self) -> list[Point]:
        """Its junctions from start to end."""
        return sorted(self.junctions, key=self.junctions.__getitem__)


@dataclass(frozen=True, slots=True)
class Block:
    """Four corners in order round it, and the streets along its sides (side i from corner i to the next)."""

    corners: tuple[Point, Point, Point, Point]
    sides: tuple[Street, Street, Street, Street]
    key: str

    @property
    def area_m2(self) -> float:
        """Area by the shoelace formula."""
        ring = [*self.corners, self.corners[0]]
        return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def chance(*key: object) -> float:
    """A number in [0, 1) that looks random and is always the same for the same key."""
    digest = blake2b("/".join(str(part) for part in key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def road(name: str, highway: str, *, start: Point, end: Point) -> Street:
    """A main road between two points."""
    street = Street(name, highway, start, end)
    street.meet(start)
    street.meet(end)
    return street


def side_streets(blocks: Sequence[Block], *, names: Sequence[str]) -> list[Street]:
    """All side streets that cutting the blocks gives, largest cuts first within a block; junctions are noted on both.

    Parameters
    ----------
    names : taken in order, with 路, 街 or 巷 added by how deep the cut is; numbered when they run out.
    """
    streets: list[Street] = []
    queue = [(block, 1) for block in blocks]
    while queue:
        block, level = queue.pop(0)
        if not _is_cut(block, level):
            continue
        blind = block.area_m2 < 1.9 * BLOCK_M2 and chance("blind", block.key) < 0.14
        street, halves = _cut(block, level=level, blind=blind)
        street.name = _name(names, len(streets), highway=street.highway)
        streets.append(street)
        if not blind:
            queue += [(half, level + 1) for half in halves]
    return streets


def _is_cut(block: Block, level: int) -> bool:
    if block.area_m2 < BLOCK_M2:
        return False
    return level < 3 or block.area_m2 > WHOLE_BLOCK_M2 or chance("whole", block.key) > 0.1


def _cut(block: Block, *, level: int, blind: bool) -> tuple[Street, tuple[Block, Block]]:
    """A street across the block, between the middles (more or less) of its two longer sides."""
    a, b, c, d = block.corners
    first, second, third, fourth = block.sides
    if math.dist(a, b) + math.dist(c, d) < math.dist(b, c) + math.dist(d, a):
        a, b, c, d = b, c, d, a
        first, second, third, fourth = second, third, fourth, first
    middle = 0.42 + 0.16 * chance("middle", block.key)
    start = _junction(first, a, b, share=middle + 0.1 * (chance("skew", block.key) - 0.5))
    goal = _junction(third, d, c, share=middle + 0.1 * (chance("turn", block.key) - 0.5))
    street = Street("", _highway(level, block.key), start, goal, level=level)
    if level > 1 and not blind and chance("one way", block.key) < 0.4:
        street.one_way = 1 if chance("which way", block.key) < 0.5 else -1
    first.meet(start)
    if blind:
        street.end = (start[0] + 0.62 * (goal[0] - start[0]), start[1] + 0.62 * (goal[1] - start[1]))
    else:
        third.meet(goal)
    street.meet(street.start)
    street.meet(street.end)
    halves = (
        Block((a, start, goal, d), (first, street, third, fourth), block.key + "0"),
        Block((start, b, c, goal), (first, second, third, street), block.key + "1"),
    )
    return street, halves


def _junction(street: Street, start: Point, end: Point, *, share: float) -> Point:
    """A point on a side: a junction that is already near there (not a corner), else a new one."""
    wanted = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
    near = [
        point
        for point in street.junctions
        if math.dist(point, wanted) < SNAP_M and math.dist(point, start) > SNAP_M and math.dist(point, end) > SNAP_M
    ]
    inside = [point for point in near if math.dist(start, point) + math.dist(point, end) < math.dist(start, end) + 0.01]
    if inside:
        return min(inside, key=lambda point: (math.dist(point, wanted), point))
    return round(wanted[0], 3), round(wanted[1], 3)


def _highway(level: int, key: str) -> str:
    if level == 1:
        return "tertiary"
    return "residential" if level < 5 or chance("class", key) < 0.6 else "living_street"


def _name(names: Sequence[str], number: int, *, highway: str) -> str:
    ending = {"tertiary": "路", "residential": "街"}.get(highway, "巷")
    again = number // len(names)
    return names[number % len(names)] + ("", "东", "西", "南", "北", "中", "新", "上", "下")[again % 9] + ending
