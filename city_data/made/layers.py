"""The layers of the invented town: cells, overlays, facilities, components, residents, grounds.

In: the plan and the laid streets. Out: `CityLayers`. Grids keep to communities wherever there are as many as those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from city_data.cells import CellPlan, make_cells
from city_data.city_layers import CityLayers
from city_data.grids import ground_of_cells, make_overlay, undivided
from city_data.grounds import Ground, GroundKind
from city_data.loads import Balance, loads
from city_data.made.bend import CRS, bent
from city_data.made.communities import Communities
from city_data.made.furniture import make_components
from city_data.made.ground import FlatGround
from city_data.made.people import make_residents
from city_data.made.sizes import MadeSize
from city_data.made.streets import Laid
from city_data.street_plan import Point, between
from twin.domain.facility import Facility
from twin.domain.grid import Cells, Overlay
from twin.roads.network import to_lonlat

_BALANCE = {
    "base": Balance.STREET_LENGTH,
    "fire": Balance.RESIDENTS,
    "sanitation": Balance.STREET_LENGTH,
    "security": Balance.RESIDENTS,
}
_N_STARTS = 1
_STEP_M = 40.0
"""Outlines are drawn by points at most so far apart, as the map is bent."""


def make_layers(
    size: MadeSize,
    laid: Laid,
    communities: Communities,
    *,
    facilities: tuple[Facility, ...],
    grounds: Sequence[FlatGround],
) -> CityLayers:
    """All layers of a size."""
    plan = CellPlan(size_m=size.cell_m, areas=communities.names, edge_area=communities.of_edge)
    cells, _ = make_cells(laid.network, plan)
    residents = make_residents(laid, cells, n_people=size.n_people, facilities=facilities)
    overlays = tuple(
        _overlay(name, laid, cells, n_grids=n_grids, residents=residents) for name, n_grids in size.n_grids.items()
    )
    return CityLayers(
        cells=cells,
        overlays=overlays,
        facilities=facilities,
        components=make_components(laid) if size.has_components else None,
        residents=residents,
        grounds=make_grounds(grounds),
    )


def _overlay(name: str, laid: Laid, cells: Cells, *, n_grids: int, residents: NDArray[np.int32]) -> Overlay:
    balance = _BALANCE[name]
    return make_overlay(
        name,
        cells,
        ground=ground_of_cells(cells) if n_grids >= len(cells.areas) else undivided(cells),
        load=loads(cells, laid.network, balance=balance, residents=residents).of_cell,
        balanced_by=balance,
        n_grids=n_grids,
        n_starts=_N_STARTS,
    )


def make_grounds(grounds: Sequence[FlatGround]) -> tuple[Ground, ...]:
    """Grounds of the plan on the map."""
    rings = [_dense(ground.outline) for ground in grounds]
    points = np.array([point for ring in rings for point in ring])
    lon, lat = (np.round(axis, 6).tolist() for axis in to_lonlat(CRS, *bent(points[:, 0], points[:, 1])))
    ends = np.cumsum([0, *(len(ring) for ring in rings)]).tolist()
    return tuple(
        Ground(GroundKind(ground.kind), ground.name, tuple(zip(lon[low:high], lat[low:high], strict=True)))
        for ground, (low, high) in zip(grounds, pairwise(ends), strict=True)
    )


def _dense(outline: Sequence[Point]) -> list[Point]:
    found: list[Point] = []
    for start, end in pairwise([*outline, outline[0]]):
        n_steps = max(1, math.ceil(math.dist(start, end) / _STEP_M))
        found += [between(start, end, step / n_steps) for step in range(n_steps)]
    return found
