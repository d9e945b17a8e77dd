"""Facilities and stations of the invented town: what the plan has places for, and what stands along the streets.

In: the plan, the laid streets, communities. Out: facilities by reference (hydrants about every 120 m, cameras where
main roads meet and where lanes of a village begin), and a station for each community, police and fire brigades besides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from city_data.facilities import put_on_streets
from city_data.made.bend import CRS, bent
from city_data.made.communities import Communities
from city_data.made.ground import Plan
from city_data.made.streets import Laid, Stretches
from city_data.osm_facilities import FacilityPlace
from city_data.stations import Station
from city_data.street_plan import Fabric, Point
from twin.domain.facility import Facility, FacilityKind
from twin.domain.mode import CAR_BIT
from twin.domain.route import Spot
from twin.roads.network import CLASSES, RoadNetwork, to_lonlat

HYDRANT_M = 120.0
_MAIN: Final = tuple(CLASSES.index(name) for name in ("trunk", "primary", "secondary", "tertiary"))
_OWN_STATIONS: Final = (
    ("东圃消防救援站", (1185.0, 470.0)),
    ("车陂派出所", (475.0, -70.0)),
    ("涌西网格站", (-185.0, -250.0)),
)
_PER_POLICE, _PER_FIRE = 8, 12
"""Communities to a police station and to a fire station."""
FloatArray = NDArray[np.float64]


def make_stations(laid: Laid, communities: Communities) -> tuple[Station, ...]:
    """Fire, police and grid stations, each beside a street that cars use."""
    wanted: list[tuple[str, Point]] = list(_OWN_STATIONS)
    taken = {name for name, _ in wanted}
    middles = communities.middles.tolist()
    for number, (community, middle) in enumerate(zip(communities.names, middles, strict=True)):
        name, place = community.removesuffix("社区"), (middle[0], middle[1])
        wanted.append((f"{name}网格站", place))
        if number % _PER_POLICE == _PER_POLICE - 1:
            wanted.append((f"{name}派出所", (place[0] + 90, place[1] - 90)))
        if number % _PER_FIRE == _PER_FIRE - 1:
            wanted.append((f"{name}消防救援站", (place[0] - 90, place[1] + 90)))
    names = [name for name, _ in wanted]
    kept = [entry for index, entry in enumerate(wanted) if index < len(taken) or names[index] not in taken]
    return tuple(_stations(laid, kept))


def _stations(laid: Laid, wanted: Sequence[tuple[str, Point]]) -> Iterator[Station]:
    roads = laid.network
    edges = np.flatnonzero((roads.twin > np.arange(roads.n_edges)) & ((roads.modes & CAR_BIT) > 0))
    edges = edges[laid.fabric[edges] != Fabric.BRIDGE]
    near = edges[KDTree(laid.middle[edges]).query(np.array([place for _, place in wanted]))[1]]
    offset_mm = roads.length_mm[near] // 2
    lon, lat = roads.lonlat_of(near, offset_mm)
    for number, (name, _) in enumerate(wanted):
        spot = Spot(int(near[number]), int(offset_mm[number]))
        yield Station(name, round(float(lon[number]), 7), round(float(lat[number]), 7), spot, 0.0, True)


def make_facilities(
    plan: Plan, stretches: Stretches, laid: Laid, *, stations: Sequence[Station]
) -> tuple[Facility, ...]:
    """All facilities, by reference."""
    found = [
        *put_on_streets(_planned(plan), laid.network),
        *_of_stations(stations),
        *_along(laid),
        *_cameras(plan, stretches, laid.network),
    ]
    return tuple(sorted(found, key=lambda facility: facility.ref))


def _planned(plan: Plan) -> list[FacilityPlace]:
    at = np.array([place.at for place in plan.places])
    lon, lat = (np.round(axis, 7).tolist() for axis in to_lonlat(CRS, *bent(at[:, 0], at[:, 1])))
    return [
        FacilityPlace(f"made/{place.kind.value}/{number:05d}", place.kind, place.name, lon[number], lat[number])
        for number, place in enumerate(plan.places)
    ]


def _of_stations(stations: Sequence[Station]) -> Iterator[Facility]:
    for number, station in enumerate(stations):
        for ending, kind in (("派出所", FacilityKind.POLICE), ("消防救援站", FacilityKind.FIRE_STATION)):
            if station.name.endswith(ending):
                ref = f"made/{kind.value}/{number:05d}"
                yield Facility(ref, kind, station.name, station.lon, station.lat, station.spot, 0.0)


def _along(laid: Laid) -> Iterator[Facility]:
    """Hydrants, as if all streets that cars use were one long street."""
    roads = laid.network
    edges = np.flatnonzero((roads.twin > np.arange(roads.n_edges)) & ((roads.modes & CAR_BIT) > 0))
    edges = edges[laid.fabric[edges] != Fabric.BRIDGE]
    edge, offset_mm = every(roads, edges, metres=HYDRANT_M)
    return _standing(roads, edge, offset_mm, kind=FacilityKind.HYDRANT, name="消火栓")


def every(
    roads: RoadNetwork, edges: NDArray[np.int64], *, metres: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places so many metres apart along edges laid end to end: edges and offsets (mm), both int64 (n,)."""
    done = np.cumsum(roads.length_mm[edges])
    at = np.arange(round(500 * metres), int(done[-1]), round(1000 * metres))
    which = np.searchsorted(done, at, side="right")
    return edges[which], at - (done - roads.length_mm[edges])[which]


def _cameras(plan: Plan, stretches: Stretches, roads: RoadNetwork) -> Iterator[Facility]:
    """One at each junction of two main roads, and at each mouth of a village."""
    is_main = np.isin(roads.road_class, _MAIN)
    arms = np.bincount(roads.tail[is_main], minlength=roads.n_nodes)
    pairs = np.unique(np.column_stack([roads.tail[is_main], roads.street[is_main]]), axis=0)
    n_names = np.bincount(pairs[:, 0], minlength=roads.n_nodes)
    number = {point: node for node, point in enumerate(map(tuple, stretches.points.tolist()))}
    mouths = [number[point] for point in plan.mouths]
    nodes = np.union1d(np.flatnonzero((arms >= 3) & (n_names >= 2)), mouths).astype(np.int64)
    first = np.searchsorted(roads.tail, nodes)
    back = roads.twin[first]
    edge = np.minimum(first, back).astype(np.int64)
    offset_mm = np.where(back < first, roads.length_mm[edge], 0)
    return _standing(roads, edge, offset_mm, kind=FacilityKind.CAMERA, name="摄像头")


def _standing(
    roads: RoadNetwork, edge: NDArray[np.int64], offset_mm: NDArray[np.int64], *, kind: FacilityKind, name: str
) -> Iterator[Facility]:
    lon, lat = (np.round(axis, 7).tolist() for axis in roads.lonlat_of(edge, offset_mm))
    for number, (on, at) in enumerate(zip(edge.tolist(), offset_mm.tolist(), strict=True)):
        ref = f"made/{kind.value}/{number:06d}"
        yield Facility(ref, kind, f"{name}{number + 1}", lon[number], lat[number], Spot(on, at), 0.0)
