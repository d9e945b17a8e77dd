"""City components (部件) of the invented town: covers, lamps, bins and the like, in rows along the streets.

In: laid streets. Out: `Components` with ids in the older form of the standard (16 digits), made up. Classes are those
of common code tables; how far apart things stand is assumed.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from city_data.codes import MADE_UP_COUNTY, component_id
from city_data.made.places import every
from city_data.made.streets import Laid
from city_data.street_plan import Fabric
from twin.domain.facility import Components
from twin.domain.mode import CAR_BIT

_KERB_M = 3.5
_M_PER_DEGREE, _LON_PER_LAT = 110_900.0, 0.92
"""Metres to a degree of latitude, and what a degree of longitude has of that, about the middle of the town."""


class _Kind(NamedTuple):
    """A kind of component: code, name, who looks after it, metres between two, whether it stands in lanes as well."""

    code: str
    name: str
    department: str
    every_m: float
    in_lanes: bool


_KINDS: Final = (
    _Kind("0101", "上水井盖", "供水公司", 55.0, True),
    _Kind("0102", "污水井盖", "排水公司", 40.0, True),
    _Kind("0103", "雨水井盖", "排水公司", 60.0, False),
    _Kind("0104", "雨水箅子", "排水公司", 28.0, False),
    _Kind("0105", "电力井盖", "供电局", 75.0, False),
    _Kind("0107", "电信井盖", "通信公司", 55.0, True),
    _Kind("0113", "消防设施", "消防救援大队", 120.0, False),
    _Kind("0117", "电杆", "供电局", 70.0, True),
    _Kind("0118", "路灯", "路灯管理所", 30.0, True),
    _Kind("0209", "交通标志牌", "交警大队", 150.0, False),
    _Kind("0213", "路名牌", "民政局", 220.0, False),
    _Kind("0305", "垃圾箱", "环卫所", 80.0, True),
    _Kind("0402", "行道树", "园林所", 25.0, False),
)


def make_components(laid: Laid) -> Components:
    """All components, kind by kind."""
    roads = laid.network
    once = (roads.twin > np.arange(roads.n_edges)) & (laid.fabric != Fabric.BRIDGE)
    streets, lanes = np.flatnonzero(once & ((roads.modes & CAR_BIT) > 0)), np.flatnonzero(once)
    found = [every(roads, lanes if kind.in_lanes else streets, metres=kind.every_m) for kind in _KINDS]
    counts = [len(edge) for edge, _ in found]
    edge, offset_mm = (np.concatenate(parts) for parts in zip(*found, strict=True))
    number = np.concatenate([np.arange(count) for count in counts])
    ahead_mm = np.minimum(offset_mm + 2000, roads.length_mm[edge])
    lon, lat = roads.lonlat_of(edge, offset_mm)
    lon_from, lat_from = roads.lonlat_of(edge, ahead_mm - 2000)
    lon_to, lat_to = roads.lonlat_of(edge, ahead_mm)
    east, north = (lon_to - lon_from) * _LON_PER_LAT, lat_to - lat_from
    length = np.maximum(np.sqrt(east**2 + north**2), 1e-9)
    side = np.where(number % 2 == 0, 1.0, -1.0) * _KERB_M / _M_PER_DEGREE
    departments = sorted({kind.department for kind in _KINDS})
    of_kind = np.repeat(np.arange(len(_KINDS)), counts).astype(np.int32)
    names = sorted(kind.name for kind in _KINDS)
    return Components(
        ids=np.array(
            [
                component_id(MADE_UP_COUNTY, kind.code, number=one + 1)
                for kind, count in zip(_KINDS, counts, strict=True)
                for one in range(count)
            ],
            dtype="S17",
        ),
        ids_assumed=True,
        kinds=tuple(kind.code for kind in _KINDS),
        kind=of_kind,
        names=tuple(names),
        name=np.array([names.index(kind.name) for kind in _KINDS], np.int32)[of_kind],
        departments=tuple(departments),
        department=np.array([departments.index(kind.department) for kind in _KINDS], np.int32)[of_kind],
        status=np.zeros(len(of_kind), np.uint8),
        lon=np.round(lon - side * north / length / _LON_PER_LAT, 7),
        lat=np.round(lat + side * east / length, 7),
    )
