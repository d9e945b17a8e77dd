"""A city as the rest of the program knows it: streets, a study area, stations, named areas, and layers on top of them.

In: the parts, already checked. Out: a `City` with a checksum over everything in it that a simulation can see.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from city_data.city_layers import NO_LAYERS, CityLayers, require_fitting
from city_data.osm import Bounds
from city_data.sources import Provenance
from city_data.stations import Station
from twin.errors import CityError
from twin.roads.build import RoadReport
from twin.roads.network import RoadNetwork

ONE_AREA: tuple[str, ...] = ("all",)


@dataclass(frozen=True, slots=True)
class Origin:
    """How a city came to be: where from, what was read and dropped, and streets cut for lack of a node."""

    provenance: Provenance
    report: RoadReport
    n_ways_cut: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Everything about a place that does not change while it is simulated.

    Parameters
    ----------
    name : for titles.
    roads : the streets a car can reach and come back from.
    bounds : west, south, east, north of the study area, degrees; both ends belong to it.
    stations : bases of units, by name.
    areas : names of the parts of the city.
    edge_area : int32 (n_edges,), index into `areas`.
    origin : source, licence, and what was dropped when the roads were built.
    checksum : blake2b of name, roads, bounds, stations, areas and layers, as hex.
    layers : unit cells, overlays, facilities, components, residents and grounds, where the city has them.
    """

    name: str
    roads: RoadNetwork
    bounds: Bounds
    stations: tuple[Station, ...]
    areas: tuple[str, ...]
    edge_area: NDArray[np.int32]
    origin: Origin
    checksum: str
    layers: CityLayers = NO_LAYERS

    def contains(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which places lie in the study area, shape (n,); a place without coordinates (NaN) does not."""
        west, south, east, north = self.bounds
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    def station(self, name: str) -> Station:
        """The station called `name`.

        Raises
        ------
        CityError : there is none.
        """
        for station in self.stations:
            if station.name == name:
                return station
        known = ", ".join(station.name for station in self.stations[:8]) or "none at all"
        raise CityError(f"no station of {self.name} has this name; there is {known}", key=name)


def make_city(
    name: str,
    roads: RoadNetwork,
    *,
    bounds: Bounds,
    origin: Origin,
    stations: tuple[Station, ...] = (),
    areas: tuple[str, ...] = ONE_AREA,
    edge_area: NDArray[np.int32] | None = None,
    layers: CityLayers = NO_LAYERS,
) -> City:
    """A city from its parts; without `edge_area` every edge is in the first area.

    Raises
    ------
    CityError : an area without a street, an edge in no area, two stations of one name, or layers of another city.
    """
    of_edge = np.zeros(roads.n_edges, np.int32) if edge_area is None else np.array(edge_area, np.int32)
    if of_edge.shape != (roads.n_edges,) or of_edge.min() < 0 or of_edge.max() >= len(areas):
        raise CityError(f"every edge needs one of the {len(areas)} areas", key="edge_area")
    if len(set(areas)) != len(areas):
        raise CityError("two areas have the same name", key="areas")
    streets_in = np.bincount(of_edge, minlength=len(areas))
    if not streets_in.all():
        empty = areas[int(streets_in.argmin())]
        raise CityError("no street lies in this area: leave it out or correct its outline", key=empty)
    if len({station.name for station in stations}) != len(stations):
        raise CityError("two stations have the same name", key="stations")
    of_edge.setflags(write=False)
    content = msgspec.json.encode([name, roads.checksum, bounds, [_row(station) for station in stations], areas])
    require_fitting(layers, n_edges=roads.n_edges)
    content += of_edge.astype("<i4").tobytes() + layers.checksum().encode()
    checksum = blake2b(content, digest_size=32).hexdigest()
    return City(name, roads, bounds, stations, areas, of_edge, origin, checksum, layers)


def with_layers(city: City, layers: CityLayers) -> City:
    """The same city with other layers.

    Raises
    ------
    CityError : the layers do not fit the city.
    """
    return make_city(
        city.name,
        city.roads,
        bounds=city.bounds,
        origin=city.origin,
        stations=city.stations,
        areas=city.areas,
        edge_area=city.edge_area,
        layers=layers,
    )


def _row(station: Station) -> tuple[object, ...]:
    spot = station.spot
    return station.name, station.lon, station.lat, spot.edge, spot.offset_mm, station.distance_m, station.on_map
