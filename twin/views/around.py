"""Around a place: who and what is there, who could be there first, and how many people are present at that hour.

In: a moment, a city, and a circle or some cells. Out: an `Around`, nearest first. Residents are a sum over cells, never
anything about one person; a cell counts where the middle of its streets is inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.domain.facility import Facility, FacilityKind
from twin.domain.grid import Cells, IntArray
from twin.domain.quantities import CivilTime
from twin.domain.route import Spot
from twin.domain.unit import AWAY, OFF_DUTY
from twin.roads.network import to_lonlat
from twin.roads.terrain import M_PER_DEGREE
from twin.views.city import CityShown
from twin.views.moment import Moment, UnitShown
from twin.views.placing import spot_of_cell

FloatArray = NDArray[np.float64]
FlagArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Circle:
    """All within `radius_m` of a place, degrees; `spot` is that place on the roads, where units would go to."""

    lon: float
    lat: float
    radius_m: float
    spot: Spot


@dataclass(frozen=True, slots=True)
class OverCells:
    """All in some unit cells, by number; there has to be at least one. Distances are from the middle of them."""

    cells: tuple[int, ...]


Where = Circle | OverCells


class Coming(Protocol):
    """A unit that could come, and the microseconds expected until it is there."""

    @property
    def unit(self) -> int:
        """Its number."""

    @property
    def expected_us(self) -> int:
        """From now until it is there."""


class UnitNear(NamedTuple):
    """A unit that is inside, or that could be there among the first (`expected_us`, None for all others)."""

    unit: UnitShown
    lon: float
    lat: float
    distance_m: float
    expected_us: int | None
    is_inside: bool


class FacilityNear(NamedTuple):
    """A facility inside."""

    facility: Facility
    distance_m: float


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a place.

    Parameters
    ----------
    units : those that could be there first, soonest first; then the others inside, nearest first.
    facilities : nearest first.
    residents : people present at that hour of a working day; None where nobody has counted.
    hour : of the civil day, 0 to 23.
    """

    units: tuple[UnitNear, ...]
    facilities: tuple[FacilityNear, ...]
    residents: int | None
    hour: int

    @property
    def n_inside(self) -> int:
        """How many units are inside."""
        return sum(near.is_inside for near in self.units)

    def by_kind(self) -> dict[FacilityKind, tuple[FacilityNear, ...]]:
        """Facilities of each kind there is, in the order of kinds."""
        kinds = {kind: tuple(near for near in self.facilities if near.facility.kind is kind) for kind in FacilityKind}
        return {kind: found for kind, found in kinds.items() if found}


def around(
    moment: Moment, city: CityShown, where: Where, *, reach: Callable[[Spot], Sequence[Coming]], civil: CivilTime
) -> Around:
    """What is inside a circle or some cells, and who could be there first.

    Parameters
    ----------
    reach : who could be at a spot, soonest first.
    civil : the clock that tells the hour.
    """
    ground, hour = _ground(city, where), civil.civil(moment.at).hour
    return Around(
        units=tuple(_units(moment, city, ground, coming=reach(ground.spot))),
        facilities=tuple(_facilities(city, ground)),
        residents=_residents(city, ground, hour=hour),
        hour=hour,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Inside:
    """The middle, degrees and on the roads; and either how far from it is inside, or which cells: bool (n_cells,)."""

    lon: float
    lat: float
    spot: Spot
    radius_m: float
    chosen: FlagArray | None = None

    def apart_m(self, lon: FloatArray, lat: FloatArray) -> FloatArray:
        """Metres from the middle, as the crow flies, shape (n,)."""
        east = (lon - self.lon) * math.cos(math.radians(self.lat))
        apart: FloatArray = np.hypot(east, lat - self.lat) * M_PER_DEGREE
        return apart

    def inside(self, apart_m: FloatArray, cells: Callable[[], IntArray]) -> FlagArray:
        """Which places are inside, by how far off they are or else by their cells, shape (n,)."""
        return apart_m <= self.radius_m if self.chosen is None else self.chosen[cells()]


def _ground(city: CityShown, where: Where) -> _Inside:
    if isinstance(where, Circle):
        return _Inside(where.lon, where.lat, where.spot, where.radius_m)
    assert city.cells is not None
    cells = np.asarray(where.cells, np.int64)
    chosen = np.zeros(city.cells.n, np.bool_)
    chosen[cells] = True
    lon, lat = (axis[cells] for axis in _still(city).cell_places)
    middle_lon, middle_lat = float(lon.mean()), float(lat.mean())
    central = int(cells[np.argmin(np.hypot(lon - middle_lon, lat - middle_lat))])
    return _Inside(middle_lon, middle_lat, spot_of_cell(city.cells, central), 0.0, chosen)


class _Still(NamedTuple):
    """Longitudes and latitudes of facilities and of cells, and the cell of each facility's spot."""

    facility_places: tuple[FloatArray, FloatArray]
    facility_cells: IntArray
    cell_places: tuple[FloatArray, FloatArray]


@lru_cache(maxsize=4)
def _still(city: CityShown) -> _Still:
    """What does not move, as columns; worked out once a city."""
    lon = np.array([facility.lon for facility in city.facilities], np.float64)
    lat = np.array([facility.lat for facility in city.facilities], np.float64)
    cells = city.cells
    if cells is None:
        nowhere = np.empty(0)
        return _Still((lon, lat), np.empty(0, np.int32), (nowhere, nowhere))
    spots = [facility.spot for facility in city.facilities]
    return _Still((lon, lat), _cells_of(cells, spots), to_lonlat(city.roads.crs, cells.x, cells.y))


def _cells_of(cells: Cells, spots: Sequence[Spot]) -> IntArray:
    return cells.at_spots([spot.edge for spot in spots], [spot.offset_mm for spot in spots])


def _units(moment: Moment, city: CityShown, ground: _Inside, *, coming: Sequence[Coming]) -> list[UnitNear]:
    """Those that could come, soonest first, then the others inside, nearest first."""
    present = [place for place, unit in enumerate(moment.units) if unit.status not in (AWAY, OFF_DUTY)]
    units, places = [moment.units[place] for place in present], moment.places[present]

    def cells() -> IntArray:
        assert city.cells is not None
        return _cells_of(city.cells, [unit.spot for unit in units])

    apart_m = ground.apart_m(places[:, 0], places[:, 1])
    inside = ground.inside(apart_m, cells)
    expected = {each.unit: each.expected_us for each in coming}
    near = [
        UnitNear(unit, lon, lat, metres, expected.get(unit.unit), is_inside)
        for unit, (lon, lat), metres, is_inside in zip(
            units, places.tolist(), apart_m.tolist(), inside.tolist(), strict=True
        )
        if is_inside or unit.unit in expected
    ]
    return sorted(near, key=lambda each: (math.inf if each.expected_us is None else each.expected_us, each.distance_m))


def _facilities(city: CityShown, ground: _Inside) -> list[FacilityNear]:
    still = _still(city)
    apart_m = ground.apart_m(*still.facility_places)
    inside = np.flatnonzero(ground.inside(apart_m, lambda: still.facility_cells))
    order = inside[np.argsort(apart_m[inside], kind="stable")]
    return [FacilityNear(city.facilities[place], float(apart_m[place])) for place in order.tolist()]


def _residents(city: CityShown, ground: _Inside, *, hour: int) -> int | None:
    if city.residents is None or city.cells is None:
        return None
    apart_m = ground.apart_m(*_still(city).cell_places)
    inside = ground.inside(apart_m, lambda: np.arange(apart_m.size, dtype=np.int32))
    return int(city.residents[inside, hour % city.residents.shape[1]].sum())
