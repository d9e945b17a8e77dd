"""The gazetteer: everything in a city that has a name, and where it is.

In: a city and a language. Out: entries for the search box. Where something is gets worked out when it is asked for: a
city has tens of thousands of names, and a search shows twenty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from twin.domain.facility import Facility
from twin.domain.grid import Cells, Overlay
from twin.domain.route import Spot
from twin.roads.nearest import NearestEdge
from twin.roads.network import RoadNetwork, to_lonlat
from twin.views.city import CityShown, StationShown, shown_once
from twin.views.placing import spot_of_cell, spot_of_street
from twin.views.words import Words


class FoundKind(StrEnum):
    """What has a name, in the order in which equally good finds are listed."""

    AREA = "area"
    STREET = "street"
    FACILITY = "facility"
    STATION = "station"
    GROUND = "ground"
    GRID = "grid"
    CELL = "cell"
    EDGE = "edge"


class Place(NamedTuple):
    """Where something is: degrees and on the roads, and the cells it covers, if it covers any."""

    lon: float
    lat: float
    spot: Spot
    cells: tuple[int, ...] = ()


class Entry(NamedTuple):
    """Something with a name. `label`: what it is and its name; `place`: finds out where it is."""

    kind: FoundKind
    name: str
    label: str
    place: Callable[[], Place]


def entries(city: CityShown, words: Words) -> Iterator[Entry]:
    """Everything that has a name. A street has an entry in each part of the city it runs through."""
    yield from _areas(city, words)
    yield from _streets(city, words)
    for facility in city.facilities:
        called = words(f"facility.{facility.kind.value}")
        label = words("tip.facility", kind=called, name=facility.name) if facility.name else called
        yield Entry(FoundKind.FACILITY, facility.name or called, label, partial(_at_facility, facility))
    for station in city.stations:
        if station.on_map:
            label = words("tip.facility", kind=words("find.station"), name=station.name)
            yield Entry(FoundKind.STATION, station.name, label, partial(_at_station, city, station))
    yield from _grounds(city, words)
    if city.cells is not None:
        yield from _grids(city, city.cells, words)
        for cell, code in enumerate(city.cells.codes):
            label = words("tip.facility", kind=words("find.cell"), name=code)
            yield Entry(FoundKind.CELL, code, label, partial(_over_cell, city.roads, city.cells, cell))


def _areas(city: CityShown, words: Words) -> Iterator[Entry]:
    if len(city.areas) < 2:
        return
    for number, name in enumerate(city.areas):
        label = words("tip.facility", kind=words("find.area"), name=name)
        yield Entry(FoundKind.AREA, name, label, partial(_over_area, city, number))


def _streets(city: CityShown, words: Words) -> Iterator[Entry]:
    roads = city.roads
    n_areas = max(len(city.areas), 1)
    drawn = np.flatnonzero(shown_once(roads) & (np.array([bool(name) for name in roads.names])[roads.street]))
    pairs = roads.street[drawn].astype(np.int64) * n_areas + city.edge_area[drawn]
    order = np.argsort(pairs, kind="stable")
    named, first = np.unique(pairs[order], return_index=True)
    for pair, edges in zip(named.tolist(), np.split(drawn[order], first[1:]), strict=True):
        name = roads.names[pair // n_areas]
        label = words("tip.facility", kind=words("find.street"), name=name)
        yield Entry(FoundKind.STREET, name, label, partial(_along, roads, edges))


def _grounds(city: CityShown, words: Words) -> Iterator[Entry]:
    """Named pieces of ground; of several with one name the largest."""
    largest: dict[tuple[str, str], BaseGeometry] = {}
    for ground in city.grounds:
        about, geometry = ground["properties"], ground["geometry"]
        assert isinstance(about, dict)
        assert isinstance(geometry, dict)
        key, outline = (about["kind"], about["name"]), shape(geometry)
        if about["name"] and (key not in largest or outline.area > largest[key].area):
            largest[key] = outline
    for (kind, name), outline in largest.items():
        label = words("tip.facility", kind=words(f"ground.{kind}"), name=name)
        yield Entry(FoundKind.GROUND, name, label, partial(_on_ground, city, outline))


def _grids(city: CityShown, cells: Cells, words: Words) -> Iterator[Entry]:
    for overlay in city.overlays:
        called = words("find.grid", overlay=words.named("overlay", overlay.name))
        for number, grid in enumerate(overlay.grids):
            name = f"{grid.name} {grid.ref}"
            label = words("tip.facility", kind=called, name=name)
            yield Entry(FoundKind.GRID, name, label, partial(_over_grid, city.roads, cells, overlay, number))


def _at_facility(facility: Facility) -> Place:
    return Place(facility.lon, facility.lat, facility.spot)


def _at_station(city: CityShown, station: StationShown) -> Place:
    return Place(station.lon, station.lat, _nearest_spot(city.roads, station.lon, station.lat))


def _on_ground(city: CityShown, outline: BaseGeometry) -> Place:
    middle = shapely.point_on_surface(shapely.make_valid(outline))
    assert isinstance(middle, shapely.Point)
    return Place(middle.x, middle.y, _nearest_spot(city.roads, middle.x, middle.y))


def _along(roads: RoadNetwork, edges: NDArray[np.int64]) -> Place:
    """The middle of the piece of street that is nearest to the middle of them all."""
    x = (roads.node_x[roads.tail[edges]] + roads.node_x[roads.head[edges]]) / 2
    y = (roads.node_y[roads.tail[edges]] + roads.node_y[roads.head[edges]]) / 2
    weight = roads.length_mm[edges]
    apart = np.hypot(x - np.average(x, weights=weight), y - np.average(y, weights=weight))
    spot = spot_of_street(roads, int(edges[np.argmin(apart)]))
    return Place(*roads.lonlat(spot.edge, spot.offset_mm), spot)


def _over_area(city: CityShown, area: int) -> Place:
    """A part of the city: the middle of its streets, and its cells, if cells keep to such parts."""
    lon, lat, spot, _ = _along(city.roads, np.flatnonzero(city.edge_area == area))
    cells, name = city.cells, city.areas[area]
    if cells is None or name not in cells.areas:
        return Place(lon, lat, spot)
    return Place(lon, lat, spot, tuple(np.flatnonzero(cells.area == cells.areas.index(name)).tolist()))


def _over_grid(roads: RoadNetwork, cells: Cells, overlay: Overlay, grid: int) -> Place:
    """A grid: the cell nearest to the middle of its cells, and all of them."""
    inside = np.flatnonzero(overlay.of_cell == grid)
    x, y = cells.x[inside], cells.y[inside]
    central = int(inside[np.argmin(np.hypot(x - x.mean(), y - y.mean()))])
    return _over_cell(roads, cells, central)._replace(cells=tuple(inside.tolist()))


def _over_cell(roads: RoadNetwork, cells: Cells, cell: int) -> Place:
    lon, lat = to_lonlat(roads.crs, cells.x[cell : cell + 1], cells.y[cell : cell + 1])
    return Place(float(lon[0]), float(lat[0]), spot_of_cell(cells, cell), (cell,))


def _nearest_spot(roads: RoadNetwork, lon: float, lat: float) -> Spot:
    edge, offset_mm, _ = _streets_by_place(roads).snap([lon], [lat])
    return Spot(int(edge[0]), int(offset_mm[0]))


@lru_cache(maxsize=2)
def _streets_by_place(roads: RoadNetwork) -> NearestEdge:
    return NearestEdge(roads)
