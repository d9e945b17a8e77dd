"""A town made by code, so that the first run needs no network and no file.

In: nothing but a size. Out: a `City` of one street (街道), loosely after Chebei in Guangzhou: a creek with two bridges,
main roads, side streets with one-ways and dead ends, six communities and three stations. The streets are invented; it
is not a map of anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from city_data.city import City, Origin, make_city
from city_data.edge_list import Edge, extent, network_of
from city_data.sources import BUILT_IN_LICENCE, Provenance, built_by
from city_data.stations import Place, on_streets
from city_data.street_classes import CLASS_OF_HIGHWAY, DEFAULT_KMH, KMH
from city_data.street_plan import Block, Point, Street, road, side_streets
from twin.errors import CityError
from twin.roads.network import RoadNetwork

SIZES = ("street",)
_LON, _LAT = 113.39, 23.12
_M_PER_LAT = 110_750.0
_M_PER_LON = 111_320.0 * math.cos(math.radians(_LAT))
_TILT = math.radians(-6.0)
_BEND_M = 35.0

_COLUMNS: Final = (
    (-1000.0, "棠下涌西路", "tertiary"),
    (-700.0, "车陂涌西路", "residential"),
    (-630.0, "车陂涌东路", "tertiary"),
    (-130.0, "车陂路", "primary"),
    (450.0, "东圃大马路", "secondary"),
    (1000.0, "天府路", "secondary"),
)
_ROWS: Final = (
    (-1000.0, "临江大道", "secondary"),
    (-420.0, "黄埔大道", "trunk"),
    (90.0, "大岗路", "tertiary"),
    (540.0, "中山大道", "primary"),
    (1000.0, "广园东路", "secondary"),
)
_CREEK: Final = (1, 2)
"""The creek runs between these two columns; only the roads in `_BRIDGES` cross it."""
_BRIDGES: Final = ("黄埔大道", "中山大道")

_NAMES: Final = (
    *("永泰", "沙美", "龙舟", "荔枝", "涌尾", "仁厚", "祠堂", "榕树", "东岸", "西华", "隆兴", "宁安", "石塘", "旧圩"),
    *("莲塘", "晴波", "和睦", "德星", "三多", "广氮", "新涌", "江边", "米市", "竹园", "长堤", "清溪", "美好", "丰乐"),
    *("文昌", "聚贤", "双桥", "塘口", "南溪", "北帝", "麦园", "梅林", "福寿", "朝阳", "五福", "兰亭"),
)
_COMMUNITIES: Final = (
    ("涌西社区", tuple((-760.0, north) for north in range(-900, 1000, 200))),
    ("车陂北社区", (*((-570.0, north) for north in range(300, 1000, 200)), (-150.0, 650.0))),
    ("车陂南社区", (*((-570.0, north) for north in range(-900, 300, 200)), (-200.0, -250.0))),
    ("东圃社区", ((390.0, 220.0),)),
    ("广氮社区", ((640.0, 820.0),)),
    ("临江社区", ((480.0, -700.0), (60.0, -800.0))),
)
"""Communities and the places whose surroundings belong to them; a row of places on each bank keeps to that bank."""
_STATIONS: Final = (
    ("东圃消防救援站", (520.0, 470.0)),
    ("车陂派出所", (-190.0, -70.0)),
    ("涌西网格站", (-850.0, -250.0)),
)


def built_in_city(size: str = "street") -> City:
    """The built-in city; the same at every call and on every machine.

    Parameters
    ----------
    size : "street", about 2 km by 2 km.

    Raises
    ------
    CityError : there is no built-in city of that size.
    """
    if size not in SIZES:
        raise CityError(f"there is no built-in city of this size; there is {', '.join(SIZES)}", key=size)
    streets = _streets()
    points = sorted({point for street in streets for point in street.junctions})
    number = {point: index for index, point in enumerate(points)}
    places = [_lonlat(point) for point in points]
    lon, lat = np.array([place[0] for place in places]), np.array([place[1] for place in places])
    network, report = network_of(lon, lat, edges=[edge for street in streets for edge in _edges(street, number)])
    stations = [Place(name, *_lonlat(point)) for name, point in _STATIONS]
    return make_city(
        "车陂街（虚构）",
        network,
        bounds=extent(lon, lat),
        origin=Origin(Provenance(f"built-in {size}", "made by code", "", BUILT_IN_LICENCE, built_by()), report),
        stations=on_streets(stations, network),
        areas=tuple(name for name, _ in _COMMUNITIES),
        edge_area=_communities(network),
    )


def _streets() -> list[Street]:
    """Main roads and side streets of the plan."""
    xs, ys = [column[0] for column in _COLUMNS], [row[0] for row in _ROWS]
    columns = [road(name, highway, start=(x, ys[0]), end=(x, ys[-1])) for x, name, highway in _COLUMNS]
    west, east = xs[: _CREEK[1]], xs[_CREEK[1] :]
    rows_west = [road(name, highway, start=(west[0], y), end=(west[-1], y)) for y, name, highway in _ROWS]
    rows_east = [road(name, highway, start=(east[0], y), end=(east[-1], y)) for y, name, highway in _ROWS]
    bridges = [
        road(name, highway, start=(west[-1], y), end=(east[0], y)) for y, name, highway in _ROWS if name in _BRIDGES
    ]
    for y, row_west, row_east in zip(ys, rows_west, rows_east, strict=True):
        for x, column in zip(xs, columns, strict=True):
            column.meet((x, y))
            (row_west if x in west else row_east).meet((x, y))
    blocks = [
        *_blocks(columns[: _CREEK[1]], rows_west, xs=west, ys=ys),
        *_blocks(columns[_CREEK[1] :], rows_east, xs=east, ys=ys),
    ]
    return [*columns, *rows_west, *rows_east, *bridges, *side_streets(blocks, names=_NAMES)]


def _blocks(
    columns: Sequence[Street], rows: Sequence[Street], *, xs: Sequence[float], ys: Sequence[float]
) -> Iterator[Block]:
    for i, (left, right) in enumerate(pairwise(xs)):
        for j, (low, high) in enumerate(pairwise(ys)):
            corners = ((left, low), (right, low), (right, high), (left, high))
            yield Block(corners, (rows[j], columns[i + 1], rows[j + 1], columns[i]), f"{left:.0f},{low:.0f}:")


def _edges(street: Street, number: dict[Point, int]) -> Iterator[Edge]:
    """Both directions, or the one, of each stretch of a street between two junctions."""
    for start, end in pairwise(street.ordered()):
        line = _drawn(start, end)
        length_m = sum(math.dist(a, b) for a, b in pairwise([_warped(point) for point in _steps(start, end)]))
        for tail, head, drawn, way in ((start, end, line, 1), (end, start, line[::-1], -1)):
            if street.one_way in (0, way):
                yield Edge(
                    tail=number[tail],
                    head=number[head],
                    line=drawn,
                    road_class=CLASS_OF_HIGHWAY[street.highway],
                    street=street.name,
                    length_m=round(length_m, 2),
                    speed_mps=DEFAULT_KMH[street.highway] * KMH,
                )


def _steps(start: Point, end: Point) -> list[Point]:
    n_steps = max(1, round(math.dist(start, end) / _BEND_M))
    share = [step / n_steps for step in range(n_steps + 1)]
    return [(start[0] + s * (end[0] - start[0]), start[1] + s * (end[1] - start[1])) for s in share[:-1]] + [end]


def _drawn(start: Point, end: Point) -> tuple[tuple[float, float], ...]:
    return tuple(_lonlat(point) for point in _steps(start, end))


def _warped(point: Point) -> Point:
    """The flat plan bent as if by creeks, hills and history; smooth, and nowhere folded."""
    east, north = point
    bent_east = east + 62 * math.sin(north / 430 + 0.6) + 24 * math.sin(east / 270 + north / 610)
    bent_north = north + 46 * math.sin(east / 520 + 1.1) + 20 * math.sin(north / 300 - east / 400)
    return (
        bent_east * math.cos(_TILT) - bent_north * math.sin(_TILT),
        bent_east * math.sin(_TILT) + bent_north * math.cos(_TILT),
    )


def _lonlat(point: Point) -> tuple[float, float]:
    """Degrees, rounded to about a centimetre so that no platform's last bit of a sine shows."""
    east, north = _warped(point)
    return round(_LON + east / _M_PER_LON, 7), round(_LAT + north / _M_PER_LAT, 7)


def _communities(network: RoadNetwork) -> NDArray[np.int32]:
    """The community with the centre nearest to the middle of each edge, shape (n_edges,)."""
    lon, lat = network.lonlat_of(np.arange(network.n_edges), network.length_mm // 2)
    centres = [(_lonlat(centre), index) for index, (_, places) in enumerate(_COMMUNITIES) for centre in places]
    east = (lon[:, None] - np.array([place[0] for place, _ in centres])) * _M_PER_LON
    north = (lat[:, None] - np.array([place[1] for place, _ in centres])) * _M_PER_LAT
    of_centre = np.array([index for _, index in centres], dtype=np.int32)
    nearest: NDArray[np.int32] = of_centre[np.argmin(np.hypot(east, north), axis=1)]
    return nearest
