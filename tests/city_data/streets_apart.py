"""A few straight streets drawn in metres, for tests about squares and borders."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from city_data.edge_list import Edge, network_of
from twin.roads.network import RoadNetwork, to_lonlat

CRS, EAST, NORTH = "EPSG:32649", 700_000.0, 2_550_000.0
"""Corner of a square in the UTM zone that `streets_of` ends up in."""
Place = tuple[float, float]


def degrees(places: Sequence[Place]) -> list[Place]:
    x, y = np.array(places).T
    lon, lat = to_lonlat(CRS, x + EAST, y + NORTH)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def streets_of(streets: Sequence[tuple[Place, Place]]) -> RoadNetwork:
    """Two-way streets between places, metres east and north of the corner of a square."""
    places = sorted({place for street in streets for place in street})
    lonlat = dict(zip(places, degrees(places), strict=True))
    edges = [
        Edge(
            tail=places.index(start),
            head=places.index(end),
            line=(lonlat[start], lonlat[end]),
            road_class="residential",
            street="",
            length_m=float(np.hypot(end[0] - start[0], end[1] - start[1])),
            speed_mps=8.0,
        )
        for one, other in streets
        for start, end in ((one, other), (other, one))
    ]
    lon, lat = np.array([lonlat[place] for place in places]).T
    network, _ = network_of(lon, lat, edges=edges)
    assert network.crs == CRS
    return network


def box(network: RoadNetwork, west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle in the same metres, as a polygon in degrees."""
    assert network.crs == CRS
    return shapely.Polygon(degrees([(west, south), (east, south), (east, north), (west, north)]))
