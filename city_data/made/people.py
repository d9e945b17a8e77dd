"""Where the people of the invented town are, hour by hour of a working day: a layer of the city, never persons.

In: what stands along the streets, and unit cells. Out: people present in each cell at each hour. At night all are at
home; by day some are at school, at work in town, in a park or on a main street, and the commuters are out of town.
Nobody is lost: at each hour those present are all residents but the commuters who have left. All shares are assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from city_data.made.streets import Laid
from city_data.street_plan import Fabric
from twin.domain.facility import Facility, FacilityKind
from twin.domain.grid import Cells

HOURS = 24
_HOME: Final = {Fabric.MAIN: 0.5, Fabric.HOUSING: 1.0, Fabric.ESTATE: 2.6, Fabric.VILLAGE: 1.5}
_WORK: Final = {Fabric.MAIN: 3.0, Fabric.HOUSING: 0.7, Fabric.ESTATE: 0.5, Fabric.VILLAGE: 0.6}
_ABOUT: Final = {Fabric.MAIN: 1.0, Fabric.HOUSING: 0.2, Fabric.VILLAGE: 0.4, Fabric.GREEN: 2.5}
"""People at home, at work and about per metre of street, in proportion; nothing where there is no entry."""
SCHOOL_SHARE: Final = (0,) * 7 + (0.04, 0.12, 0.12, 0.12, 0.12, 0.06, 0.06, 0.12, 0.12, 0.1, 0.04) + (0,) * 6
WORK_SHARE: Final = (
    *(0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.05, 0.1, 0.22, 0.3, 0.31, 0.31),
    *(0.27, 0.27, 0.3, 0.31, 0.3, 0.26, 0.17, 0.1, 0.07, 0.05, 0.03, 0.02),
)
AWAY_SHARE: Final = (
    *(0, 0, 0, 0, 0, 0.01, 0.03, 0.1, 0.15, 0.17, 0.17, 0.17),
    *(0.17, 0.17, 0.17, 0.17, 0.17, 0.15, 0.11, 0.06, 0.03, 0.02, 0.01, 0),
)
ABOUT_SHARE: Final = (
    *(0.01, 0, 0, 0, 0, 0.02, 0.06, 0.08, 0.07, 0.05, 0.05, 0.06),
    *(0.08, 0.06, 0.05, 0.05, 0.06, 0.08, 0.09, 0.11, 0.1, 0.07, 0.04, 0.02),
)
"""Shares of all residents by hour; the rest are at home."""


def make_residents(laid: Laid, cells: Cells, *, n_people: int, facilities: Sequence[Facility]) -> NDArray[np.int32]:
    """People present, int32 (n_cells, 24)."""
    edge = np.repeat(np.arange(laid.network.n_edges), np.diff(cells.edge_start))
    once = laid.network.twin[edge] > edge
    edge, mm, cell = edge[once], cells.piece_mm[once], cells.piece_cell[once]

    def spread(weights: dict[Fabric, float]) -> NDArray[np.float64]:
        per_metre = np.array([weights.get(fabric, 0.0) for fabric in Fabric])
        amount = np.bincount(cell, mm * per_metre[laid.fabric[edge]], cells.n).astype(np.float64)
        share: NDArray[np.float64] = amount / amount.sum()
        return share

    home, work, about = spread(_HOME), spread(_WORK), spread(_ABOUT)
    schools = [facility.spot for facility in facilities if facility.kind is FacilityKind.SCHOOL]
    at_school = np.bincount(
        cells.at_spots([spot.edge for spot in schools], [spot.offset_mm for spot in schools]), minlength=cells.n
    ) / len(schools)
    present = np.empty((cells.n, HOURS), np.int32)
    for hour in range(HOURS):
        school, working, outside = SCHOOL_SHARE[hour], WORK_SHARE[hour], ABOUT_SHARE[hour]
        there = 1 - AWAY_SHARE[hour]
        share = (there - school - working - outside) * home + school * at_school + working * work + outside * about
        present[:, hour] = in_whole(share, total=round(n_people * there))
    present.setflags(write=False)
    return present


def in_whole(share: NDArray[np.float64], *, total: int) -> NDArray[np.int32]:
    """Whole numbers in proportion to shares that add up to the total, int32 (n,); nothing where the share is nothing.

    >>> in_whole(np.array([0.4, 0.0, 0.4, 0.2]), total=4).tolist()
    [2, 0, 1, 1]
    """
    done = np.cumsum(share)
    upto = np.floor(done * (total / done[-1]) + 0.5).astype(np.int64)
    whole: NDArray[np.int32] = np.diff(upto, prepend=0).astype(np.int32)
    return whole
