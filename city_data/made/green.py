"""Parks with a pond and paths, the river with promenades on its banks, and what is drawn of them on the map.

In: a block for a park; the frame for the river. Out: paths and steps for walkers, grounds, places. A park's paths lead
from the streets on its four sides to a walk round the pond; a promenade is reached by steps from the bank road.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from city_data.made.frame import EMBANKMENT_M, SHORE_M, Frame, river_rows
from city_data.made.ground import FlatGround, FlatPlace, Plan
from city_data.street_plan import Block, Fabric, Point, Street, chance, junction, road
from twin.domain.facility import FacilityKind
from twin.domain.mode import E_BIKE_BIT, WALK_BIT

_FENCE_M = 9.0
_SNAP_M = 25.0
_RING: Final = (
    (0.5, 0.2),
    (0.71, 0.29),
    (0.8, 0.5),
    (0.71, 0.71),
    (0.5, 0.8),
    (0.29, 0.71),
    (0.2, 0.5),
    (0.29, 0.29),
)
"""The walk round the pond, in shares of the park, from the middle of the first side on."""
_POND_SHARE = 0.62
"""Radius of the pond to that of the walk."""
_BEYOND_M = 420.0
"""How far the river is drawn beyond the last streets."""
_BANK_STEP_M = 40.0


def lay_park(plan: Plan, block: Block, *, name: str, number: int) -> None:
    """Paths, a pond, toilets and a shelter."""
    ring = [block.at(*place) for place in _RING]
    for start, end in pairwise([*ring, ring[0]]):
        _path(plan, name, start, end, number=number)
    a, b, c, d = block.corners
    for side, (start, end) in enumerate(((a, b), (b, c), (d, c), (a, d))):
        street = block.sides[side]
        share = 0.4 + 0.2 * chance("gate", block.key, side)
        gate = junction(street, start, end, share=share, snap_m=_SNAP_M)
        street.meet(gate)
        _path(plan, name, gate, ring[2 * side], number=number)
    plan.grounds.append(FlatGround("park", name, block.inset(_FENCE_M)))
    plan.grounds.append(FlatGround("water", f"{name}湖", tuple(_pond(block, name))))
    plan.places.append(FlatPlace(FacilityKind.PARK, name, block.at(0.5, 0.14)))
    plan.places.append(FlatPlace(FacilityKind.TOILETS, f"{name}公厕", block.at(0.3, 0.15)))
    plan.places.append(FlatPlace(FacilityKind.SHELTER, f"{name}应急避难场所", block.at(0.85, 0.15)))


def _pond(block: Block, name: str) -> list[Point]:
    """A lobed outline between the ring's corners."""
    outline: list[Point] = []
    for (east, north), (east_on, north_on) in pairwise([*_RING, _RING[0]]):
        for share in (0.0, 0.5):
            at = east + share * (east_on - east), north + share * (north_on - north)
            reach = _POND_SHARE + 0.24 * (chance("shore", name, len(outline)) - 0.5)
            outline.append(block.at(0.5 + reach * (at[0] - 0.5), 0.5 + reach * (at[1] - 0.5)))
    return outline


def _path(plan: Plan, name: str, start: Point, end: Point, *, number: int = -1, highway: str = "path") -> Street:
    street = road(name, highway, start=start, end=end, fabric=Fabric.GREEN)
    street.modes, street.quarter = WALK_BIT, number
    plan.streets.append(street)
    return street


def lay_river(plan: Plan, frame: Frame) -> None:
    """The river, its promenades, bridges and footbridges. Junctions of bank roads with side streets must be known."""
    river = "车陂涌" if frame.size.river_m < 120 else "云溪河"
    for bank, inland in zip(frame.banks, (-1, 1), strict=True):
        _promenade(plan, frame, bank=bank, towards=-inland, name=f"{river}{'西' if inland < 0 else '东'}岸步道")
    for row in sorted(frame.footbridges.keys() | frame.bridges.keys()):
        street = frame.bridges.get(row) or frame.footbridges[row]
        if row in frame.footbridges:
            street.modes = WALK_BIT | E_BIKE_BIT
        plan.streets.append(street)
    plan.grounds.append(FlatGround("water", river, tuple(_river_outline(frame))))


def _promenade(plan: Plan, frame: Frame, *, bank: int, towards: int, name: str) -> None:
    """One promenade: a path beside the bank road, with steps to every other junction of it, level with the bridges."""
    for row in river_rows(frame):
        key = "column", bank, row
        if key not in frame.stretches:
            continue
        street = frame.stretches[key]
        low, high = frame.corner(bank, row), frame.corner(bank, row + 1)
        stops = [low, *_every_other(street, low, high), high]
        beside = [_beside(point, towards) for point in stops]
        walk = road(name, "path", start=beside[0], end=beside[-1], fabric=Fabric.GREEN)
        walk.modes = WALK_BIT
        for point in beside:
            walk.meet(point)
        plan.streets.append(walk)
        for point, goal in zip(stops, beside, strict=True):
            at_row = row if point == low else row + 1
            bridge = frame.bridges.get(at_row) or frame.footbridges.get(at_row) if point in (low, high) else None
            if bridge is not None:
                bridge.meet(goal)
            elif point != high or ("column", bank, row + 1) not in frame.stretches:
                _path(plan, f"{name}梯级", point, goal, highway="steps")


def _every_other(street: Street, low: Point, high: Point) -> list[Point]:
    inner = [point for point in street.ordered() if point not in (low, high)]
    return [point for point in inner[::2] if min(math.dist(point, low), math.dist(point, high)) > EMBANKMENT_M]


def _beside(point: Point, towards: int) -> Point:
    return round(point[0] + towards * EMBANKMENT_M, 3), point[1]


def _river_outline(frame: Frame) -> list[Point]:
    """Up the west bank and down the east, from beyond the southern edge of the town to beyond the northern."""
    rows = list(river_rows(frame))
    south, north = frame.rows[rows[0]].at_m - _BEYOND_M, frame.rows[rows[-1] + 1].at_m + _BEYOND_M
    n_steps = math.ceil((north - south) / _BANK_STEP_M)
    heights = [round(south + (north - south) * step / n_steps, 3) for step in range(n_steps + 1)]
    west, east = (frame.columns[bank].at_m for bank in frame.banks)
    off = EMBANKMENT_M + SHORE_M
    return [(west + off, height) for height in heights] + [(east - off, height) for height in reversed(heights)]
