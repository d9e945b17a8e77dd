"""What becomes of a big block: housing, gated estates, an urban village; and in them parks, schools, a hospital.

In: big blocks of the frame. Out: side streets, quarters, grounds and places on the plan. A big block is cut into four
quarters, a quarter into two lots, and a lot until its blocks are small; what stands on each is decided by chance.
"""

from __future__ import annotations

from typing import Final

from city_data.made.frame import BigBlock
from city_data.made.green import lay_park
from city_data.made.ground import FlatGround, FlatPlace, Plan, Quarter
from city_data.made.names import word
from city_data.made.village import lay_lanes
from city_data.street_plan import Block, Fabric, Style, chance, cut
from twin.domain.facility import FacilityKind

VILLAGE_SHARE = 0.17
"""Of big blocks; the other shares are of quarters and of lots."""
_PARK_SHARE, _ESTATE_SHARE = 0.05, 0.22
_SCHOOL_SHARE, _GARDEN_SHARE, _HOSPITAL_SHARE = 0.055, 0.025, 0.008
_REBUILT_SHARE = 0.24
_LOT_M2: Final = (16_000.0, 42_000.0)
_HOUSING = Style(17_000.0, Fabric.HOUSING)
_ESTATE = Style(30_000.0, Fabric.ESTATE, blind_share=0.25, one_way_share=0.0)
_VILLAGE = Style(50_000.0, Fabric.VILLAGE, blind_share=0.0)
_SCHOOLS: Final = ("小学", "幼儿园", "中学", "实验小学")
_FENCE_M = 9.0


def fill(plan: Plan, big: BigBlock, *, is_west: bool) -> None:
    """Lay out a big block."""
    if chance("village", big.block.key) < VILLAGE_SHARE:
        _fill_village(plan, big.block, is_west=is_west)
        return
    for half in _halves(plan, big.block, _HOUSING, level=1):
        for quarter in _halves(plan, half, _HOUSING, level=2):
            _fill_quarter(plan, quarter, number=_new_quarter(plan, quarter, is_west=is_west))


def _fill_village(plan: Plan, block: Block, *, is_west: bool) -> None:
    """Most lots of a village are old and dense; on the others the houses were pulled down and built anew."""
    name = f"{word(plan.number('village') * 7 + 3)}村"
    plan.places.append(FlatPlace(FacilityKind.TOILETS, f"{name}公厕", block.at(0.5, 0.5)))
    n_lanes = 0
    for half in _halves(plan, block, _VILLAGE, level=1):
        for quarter in _halves(plan, half, _VILLAGE, level=2):
            number = _new_quarter(plan, quarter, is_west=is_west)
            for lot in _halves(plan, quarter, _VILLAGE, level=3):
                if chance("rebuilt", lot.key) < _REBUILT_SHARE:
                    _cut_up(plan, lot, _HOUSING, level=4, number=number)
                else:
                    plan.grounds.append(FlatGround("village", name, lot.inset(_FENCE_M)))
                    n_lanes = lay_lanes(plan, lot, village=name, number=number, n_before=n_lanes)


def _new_quarter(plan: Plan, block: Block, *, is_west: bool) -> int:
    plan.quarters.append(Quarter(block.at(0.5, 0.5), is_west))
    return len(plan.quarters) - 1


def _halves(plan: Plan, block: Block, style: Style, *, level: int) -> tuple[Block, ...]:
    """The parts of a block after a street has been cut through it."""
    made = cut(block, style=style, level=level)
    plan.named(made.street, _highway(level, style.fabric, block.key))
    return made.halves


def _fill_quarter(plan: Plan, quarter: Block, *, number: int) -> None:
    if chance("park", quarter.key) < _PARK_SHARE:
        lay_park(plan, quarter, name=f"{word(plan.number('park') * 3 + 1)}公园", number=number)
        return
    style = _ESTATE if chance("estate", quarter.key) < _ESTATE_SHARE else _HOUSING
    _cut_up(plan, quarter, style, level=3, number=number)


def _cut_up(plan: Plan, whole: Block, style: Style, *, level: int, number: int) -> None:
    """Cut until blocks are small, and give some of the lots that appear on the way to schools and the like."""
    queue = [(whole, level)]
    while queue:
        block, level = queue.pop()
        if block.area_m2 < style.least_m2 or _is_lot_taken(plan, block, number=number):
            continue
        made = cut(block, style=style, level=level)
        street = plan.named(made.street, _highway(level, style.fabric, block.key))
        street.quarter = number
        queue += [(half, level + 1) for half in made.halves]


def _is_lot_taken(plan: Plan, block: Block, *, number: int) -> bool:
    """Whether a lot becomes a school, a hospital or a garden, and is laid out as such."""
    low, high = _LOT_M2
    if not low < block.area_m2 < high:
        return False
    draw = chance("lot", block.key)
    if draw < _SCHOOL_SHARE:
        n_before = plan.number("school")
        name = word(n_before * 2) + _SCHOOLS[n_before % len(_SCHOOLS)]
        plan.grounds.append(FlatGround("school", name, block.inset(_FENCE_M)))
        plan.places.append(FlatPlace(FacilityKind.SCHOOL, name, block.at(0.5, 0.5)))
        plan.places.append(FlatPlace(FacilityKind.SHELTER, f"{name}操场", block.at(0.35, 0.4)))
        return True
    if draw < _SCHOOL_SHARE + _HOSPITAL_SHARE:
        name = f"{word(plan.number('hospital') * 5 + 9)}医院"
        plan.places.append(FlatPlace(FacilityKind.HOSPITAL, name, block.at(0.5, 0.5)))
        return True
    if draw < _SCHOOL_SHARE + _HOSPITAL_SHARE + _GARDEN_SHARE:
        lay_park(plan, block, name=f"{word(plan.number('garden') * 3 + 2)}花园", number=number)
        return True
    return False


def _highway(level: int, fabric: Fabric, key: str) -> str:
    if fabric is Fabric.VILLAGE:
        return "residential" if level == 1 else "living_street"
    if level == 1:
        return "tertiary" if chance("class", key) < 0.55 else "residential"
    if fabric is Fabric.ESTATE:
        return "service"
    return "living_street" if level >= 4 and chance("class", key) < 0.4 else "residential"
