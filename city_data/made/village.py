"""The lanes of an urban village (城中村): a dense mesh that people on foot and on e-bikes use, and no car.

In: a lot of a village between drivable streets. Out: lanes, some of them blind, a few steps, and the mouths where
they meet the streets round about. Lanes that come near the edge end there between houses; the main ones go on.
"""

from __future__ import annotations

import math
from typing import Final

from city_data.made.ground import Plan
from city_data.made.names import ordinal
from city_data.street_plan import Block, Cut, Fabric, Point, Street, Style, chance, cut, junction
from twin.domain.mode import E_BIKE_BIT, WALK_BIT

_LANES = Style(1_350.0, Fabric.VILLAGE, snap_m=11.0, skew=0.26, blind_share=0.22, one_way_share=0.0)
_FRONT_M = 9.0
"""Depth of the houses that stand along the streets round the village."""
_MOUTH_LEVEL, _MOUTH_SHARE = 2, 0.2
_STEPS_SHARE, _NARROW_SHARE = 0.1, 0.3
_WIDE_LEVEL = 4
_LONGEST_STEPS_M = 45.0
_SNAP_M: Final = 15.0


def lay_lanes(plan: Plan, lot: Block, *, village: str, number: int, n_before: int) -> int:
    """Lay out the lanes of a lot; how many lanes the village has then.

    Parameters
    ----------
    number : of the quarter the lot is in.
    n_before : lanes the village has already.
    """
    corners = lot.inset(_FRONT_M)
    a, b, c, d = corners
    rims = tuple(Street("", "", start, end) for start, end in ((a, b), (b, c), (d, c), (a, d)))
    inner = Block(corners, (rims[0], rims[1], rims[2], rims[3]), lot.key + "v")
    queue = [(inner, 1)]
    while queue:
        block, level = queue.pop(0)
        if block.area_m2 < _LANES.least_m2:
            continue
        made = cut(block, style=_LANES, level=level)
        n_before += 1
        _settle(made, block, level=level, name=f"{village}{ordinal(n_before)}巷")
        made.street.quarter = number
        for point in _mouths(made, lot, rims=rims, level=level, key=block.key):
            plan.mouths.append(point)
        plan.streets.append(made.street)
        queue += [(half, level + 1) for half in made.halves]
    return n_before


def _settle(made: Cut, block: Block, *, level: int, name: str) -> None:
    """Give a lane its class, name and users."""
    lane = made.street
    lane.name, lane.highway = name, "path"
    lane.modes = WALK_BIT | E_BIKE_BIT
    if level > _WIDE_LEVEL and chance("narrow", block.key) < _NARROW_SHARE:
        lane.modes = WALK_BIT
    is_short = math.dist(lane.start, lane.end) < _LONGEST_STEPS_M
    if level > _WIDE_LEVEL and is_short and chance("steps", block.key) < _STEPS_SHARE:
        lane.highway, lane.modes = "steps", WALK_BIT


def _mouths(made: Cut, lot: Block, *, rims: tuple[Street, ...], level: int, key: str) -> list[Point]:
    """Take a lane on to the streets beyond the rim where it is a main one, or would else hang on nothing."""
    lane = made.street
    ends = [(rim, lane.start, -1) for rim in rims if rim is made.first]
    if made.halves:
        ends += [(rim, lane.end, 1) for rim in rims if rim is made.third]
    elif not ends:
        return []
    hangs_on_nothing = made.first in rims and (not made.halves or made.third in rims)
    goes_on = level <= _MOUTH_LEVEL or chance("mouth", key) < _MOUTH_SHARE
    if not (goes_on or hangs_on_nothing):
        return []
    found = []
    length = math.dist(lane.start, lane.end)
    for rim, point, way in ends:
        share = math.dist(rim.start, point) / math.dist(rim.start, rim.end)
        side = rims.index(rim)
        start, end = _side(lot, side)
        outer = lot.sides[side]
        mouth = junction(outer, start, end, share=share, snap_m=_SNAP_M)
        outer.meet(mouth)
        del lane.junctions[point]
        lane.junctions[mouth] = -math.dist(mouth, point) if way < 0 else length + math.dist(mouth, point)
        found.append(mouth)
    return found


def _side(lot: Block, side: int) -> tuple[Point, Point]:
    a, b, c, d = lot.corners
    return ((a, b), (b, c), (d, c), (a, d))[side]
