"""The sizes the built-in city comes in: how far it reaches, and how many people, communities and grids it has.

Street, town and city are sized after figures that offices have published about places of their kind; the district lies
between. The ground is the same at every size: more of it, not other streets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class MadeSize:
    """One size.

    Parameters
    ----------
    title : name of the city.
    n_west, n_east, n_south, n_north : big blocks on each side of the middle; the river runs between west and east.
    river_m : from bank road to bank road.
    n_areas : communities.
    n_grids : by overlay.
    n_people : residents.
    cell_m : side of the unit cells' squares.
    districts : names put before those of the communities, west of the river first; none in a single district.
    has_components : whether manhole covers, lamps and the like are made.
    """

    title: str
    n_west: int
    n_east: int
    n_south: int
    n_north: int
    river_m: float
    n_areas: int
    n_grids: Mapping[str, int]
    n_people: int
    cell_m: float = 100.0
    districts: tuple[str, ...] = ()
    has_components: bool = True


def _grids(base: int) -> Mapping[str, int]:
    """Overlays in the proportions of a street with 197 base, 65 security, 110 sanitation and 197 fire grids."""
    return MappingProxyType(
        {"base": base, "fire": base, "sanitation": round(base * 110 / 197), "security": round(base * 65 / 197)}
    )


SIZES: Final[Mapping[str, MadeSize]] = MappingProxyType(
    {
        "street": MadeSize("车陂街（虚构）", 2, 3, 2, 3, 110.0, 15, _grids(197), 100_000, cell_m=50.0),
        "town": MadeSize("永和镇（虚构）", 4, 5, 4, 5, 130.0, 19, _grids(22), 258_000),
        "district": MadeSize("临江区（虚构）", 13, 15, 14, 14, 180.0, 60, _grids(300), 400_000),
        "city": MadeSize(
            "云洲市（虚构）",
            *(27, 29, 28, 28),
            river_m=260.0,
            n_areas=150,
            n_grids=_grids(1_130),
            n_people=560_000,
            districts=("河西区", "河东区", "北岭区"),
            has_components=False,
        ),
    }
)
"""Base grids and communities: a street of Guangzhou, a town of Beijing, and a city of Inner Mongolia (560,000 people,
1,130 grids); people of the town: a county seat's 258,000 on 20 km². The district's figures are this program's own."""
