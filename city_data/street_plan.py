"""Laying out an invented town: blocks between streets, cut again and again by further streets.

In: the corners of a block and the streets along its sides, on a flat plan in metres, and a style. Out: straight streets
with the junctions on each. Where a new street nearly meets one on the other side it is moved to cross it, as towns do;
some streets end blind. All "chance" is a hash of names: no generator, no seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b

from twin.domain.mode import ALL_BITS

Point = tuple[float, float]
"""East and north on the plan, metres, rounded to millimetres."""

BLIND_PART = 0.62
"""How far a street with a blind end reaches into its block."""


class Fabric(IntEnum):
    """What stands along a street."""

    MAIN = 0
    HOUSING = 1
    ESTATE = 2
    VILLAGE = 3
    GREEN = 4
    BRIDGE = 5


@dataclass(slots=True, eq=False)
class Street:
    """A straight street on the plan, with the junctions on it.

    Parameters
    ----------
    highway : OSM class; "path" and "steps" are closed to cars.
    start, end : its two ends.
    fabric : what stands along it.
    one_way : 0 both ways, 1 from start to end, -1 from end to start; walkers go both ways in any case.
    modes : who may use it, as bits.
    quarter : number of the quarter it is inside; -1 for main roads, banks and bridges.
    junctions : points on it, each with the metres from its start.
    """

    name: str
    highway: str
    start: Point
    end: Point
    fabric: Fabric = Fabric.MAIN
    one_way: int = 0
    modes: int = ALL_BITS
    quarter: int = -1
    junctions: dict[Point, float] = field(default_factory=dict)

    def meet(self, point: Point) -> None:
        """Note a junction on this street."""
        self.junctions[point] = math.dist(self.start, point)

    def ordered(self) -> list[Point]:
        """Its junctions from start to end."""
        return sorted(self.junctions, key=self.junctions.__getitem__)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Four corners in order round it, and the streets along its sides (side i from corner i to the next)."""

    corners: tuple[Point, Point, Point, Point]
    sides: tuple[Street, Street, Street, Street]
    key: str

    @property
    def area_m2(self) -> float:
        """Area by the shoelace formula."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.corners
        return abs((cx - ax) * (dy - by) - (dx - bx) * (cy - ay)) / 2

    def at(self, along: float, across: float) -> Point:
        """The point at two shares of the block: along its first side, and away from it."""
        a, b, c, d = self.corners
        low, high = between(a, b, along), between(d, c, along)
        return between(low, high, across)

    def inset(self, metres: float) -> tuple[Point, Point, Point, Point]:
        """Corners moved inwards by about so much, at most by a third of the block."""
        a, b, c, d = self.corners
        along = min(2 * metres / (math.dist(a, b) + math.dist(c, d)), 1 / 3)
        across = min(2 * metres / (math.dist(b, c) + math.dist(d, a)), 1 / 3)
        return (
            self.at(along, across),
            self.at(1 - along, across),
            self.at(1 - along, 1 - across),
            self.at(along, 1 - across),
        )


@dataclass(frozen=True, slots=True)
class Style:
    """How blocks are cut.

    Parameters
    ----------
    least_m2 : smaller blocks are not cut any further.
    snap_m : a junction this near is used rather than a new one.
    skew : how far the two ends of a cut may lie askew, as a share of the side.
    blind_share, one_way_share : of the streets in blocks small enough, and of those beyond the first level.
    """

    least_m2: float
    fabric: Fabric
    snap_m: float = 38.0
    skew: float = 0.1
    blind_share: float = 0.14
    one_way_share: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A new street, the sides its two ends lie on, and the two halves, or none where it ends blind."""

    street: Street
    first: Street
    third: Street
    halves: tuple[Block, ...]


def chance(*key: object) -> float:
    """A number in [0, 1) that looks random and is always the same for the same key."""
    digest = blake2b("/".join([str(part) for part in key]).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def between(start: Point, end: Point, share: float) -> Point:
    """The point at a share of the way, to the millimetre."""
    return round(start[0] + share * (end[0] - start[0]), 3), round(start[1] + share * (end[1] - start[1]), 3)


def road(name: str, highway: str, *, start: Point, end: Point, fabric: Fabric = Fabric.MAIN) -> Street:
    """A street between two points, with junctions at both."""
    street = Street(name, highway, start, end, fabric)
    street.meet(start)
    street.meet(end)
    return street


def cut(block: Block, *, style: Style, level: int) -> Cut:
    """A street across the block, between the middles (more or less) of its two longer sides; its name is left open."""
    a, b, c, d = block.corners
    first, second, third, fourth = block.sides
    if math.dist(a, b) + math.dist(c, d) < math.dist(b, c) + math.dist(d, a):
        a, b, c, d = b, c, d, a
        first, second, third, fourth = second, third, fourth, first
    blind = block.area_m2 < 1.9 * style.least_m2 and chance("blind", block.key) < style.blind_share
    middle = 0.42 + 0.16 * chance("middle", block.key)
    start = junction(first, a, b, share=middle + style.skew * (chance("skew", block.key) - 0.5), snap_m=style.snap_m)
    goal = junction(third, d, c, share=middle + style.skew * (chance("turn", block.key) - 0.5), snap_m=style.snap_m)
    street = Street("", "", start, goal, style.fabric)
    if level > 1 and not blind and chance("one way", block.key) < style.one_way_share:
        street.one_way = 1 if chance("which way", block.key) < 0.5 else -1
    first.meet(start)
    if blind:
        street.end = between(start, goal, BLIND_PART)
    else:
        third.meet(goal)
    street.meet(street.start)
    street.meet(street.end)
    if blind:
        return Cut(street, first, third, ())
    halves = (
        Block((a, start, goal, d), (first, street, third, fourth), block.key + "0"),
        Block((start, b, c, goal), (first, second, third, street), block.key + "1"),
    )
    return Cut(street, first, third, halves)


def junction(street: Street, start: Point, end: Point, *, share: float, snap_m: float) -> Point:
    """A point on a side: a junction that is already near there (not a corner), else a new one; it is not noted yet."""
    wanted = between(start, end, share)
    length = math.dist(start, end) + 0.01
    best, least = wanted, snap_m
    for point in street.junctions:
        if abs(point[0] - wanted[0]) < least and abs(point[1] - wanted[1]) < least:
            to_start, to_end = math.dist(point, start), math.dist(point, end)
            off = math.dist(point, wanted)
            if off < least and to_start > snap_m and to_end > snap_m and to_start + to_end < length:
                best, least = point, off
    return best
