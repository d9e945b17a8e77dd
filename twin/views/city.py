"""A city as pages show it: its streets as a base map, its stations, and what is said about it in words.

In: a road network and what the city's folder says about it. Out: a `CityShown`, the streets as GeoJSON, and a MapLibre
style that draws them. Both are served by the page's own server, once, so that a moving map never sends them again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.roads.network import CLASSES, RoadNetwork, to_lonlat
from twin.views.palette import Palette, css

_DEGREE_DIGITS = 6
"""A millionth of a degree is 11 cm."""
_WIDTH_PX = (3.4, 3.0, 2.6, 2.1, 1.6, 1.1, 0.7, 0.7)
"""Line width of each road class at zoom 14."""
_TILE_PX = 512
_MARGIN = 1.06


class StationShown(Protocol):
    """A base of units, degrees."""

    @property
    def name(self) -> str:
        """Unique in its city."""

    @property
    def lon(self) -> float:
        """Longitude."""

    @property
    def lat(self) -> float:
        """Latitude."""

    @property
    def on_map(self) -> bool:
        """Whether it stands among the streets."""


@dataclass(frozen=True, slots=True, eq=False)
class CityShown:
    """What a page needs to know of a city.

    Parameters
    ----------
    name : for titles.
    roads : the streets.
    stations : bases of units, by name.
    areas : names of the parts of the city.
    credit : whom the map must be credited to, and under what licence.
    checksum : blake2b, as hex.
    facts, warnings : sentences of the city's own check.
    """

    name: str
    roads: RoadNetwork
    stations: Sequence[StationShown]
    areas: tuple[str, ...]
    credit: str
    checksum: str
    facts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the map looks at first: degrees and zoom level."""

    lon: float
    lat: float
    zoom: float


def shown_once(roads: RoadNetwork) -> NDArray[np.bool_]:
    """Edges to draw or count so that a two-way street counts once, shape (n_edges,)."""
    return (roads.twin < 0) | (roads.twin > np.arange(roads.n_edges))


def street_km(roads: RoadNetwork) -> float:
    """Length of all streets, two-way streets once, kilometres."""
    return float(roads.length_mm[shown_once(roads)].sum()) / 1e6


def camera_on(roads: RoadNetwork, *, width_px: int, height_px: int) -> Camera:
    """A camera that sees all streets in a map of at least this size."""
    west, east = float(roads.node_lon.min()), float(roads.node_lon.max())
    south, north = float(roads.node_lat.min()), float(roads.node_lat.max())
    lat = (south + north) / 2
    degrees_wide = max(east - west, 1e-4) * _MARGIN
    degrees_high = max(north - south, 1e-4) * _MARGIN / math.cos(math.radians(lat))
    fits = min(width_px / degrees_wide, height_px / degrees_high) * 360 / _TILE_PX
    return Camera(round((west + east) / 2, 6), round(lat, 6), round(math.log2(fits), 2))


def roads_geojson(roads: RoadNetwork) -> bytes:
    """The streets as GeoJSON: one MultiLineString a road class, property `road_class` its number."""
    lon, lat = to_lonlat(roads.crs, roads.shape_x, roads.shape_y)
    points = np.round(np.column_stack([lon, lat]), _DEGREE_DIGITS).tolist()
    start = roads.shape_start.tolist()
    drawn = shown_once(roads)
    features = []
    for number in range(len(CLASSES)):
        edges = np.flatnonzero(drawn & (roads.road_class == number)).tolist()
        if edges:
            lines = [points[start[edge] : start[edge + 1]] for edge in edges]
            features.append(
                {
                    "type": "Feature",
                    "properties": {"road_class": number},
                    "geometry": {"type": "MultiLineString", "coordinates": lines},
                }
            )
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def map_style(palette: Palette, *, roads_url: str) -> bytes:
    """A MapLibre style: quiet streets on the ground colour, minor ones below. `roads_url` answers `roads_geojson`."""
    layers: list[object] = [{"id": "ground", "type": "background", "paint": {"background-color": css(palette.ground)}}]
    for number in reversed(range(len(CLASSES))):
        width = _WIDTH_PX[number]
        layers.append(
            {
                "id": f"roads-{CLASSES[number]}",
                "type": "line",
                "source": "roads",
                "filter": ["==", ["get", "road_class"], number],
                "layout": {"line-cap": "round", "line-join": "round"},
                "paint": {
                    "line-color": css(palette.roads[number]),
                    "line-width": [
                        "interpolate",
                        ["exponential", 1.5],
                        ["zoom"],
                        11,
                        width / 2,
                        14,
                        width,
                        18,
                        width * 5,
                    ],
                },
            }
        )
    sources = {"roads": {"type": "geojson", "data": roads_url}}
    return json.dumps({"version": 8, "name": "streets", "sources": sources, "layers": layers}).encode()
