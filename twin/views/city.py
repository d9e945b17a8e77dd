"""A city as pages show it: its streets, what lies on and between them, and what is said about it in words.

In: a road network and what the city's folder says about it. Out: a `CityShown`, and where the map is to look at first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.domain.facility import Facility
from twin.domain.grid import Cells, Overlay
from twin.roads.network import RoadNetwork

_TILE_PX = 512
_MARGIN = 1.1


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
    edge_area : int32 (n_edges,), index into `areas`.
    cells, overlays : grids, where it has them.
    facilities : hydrants, hospitals and the like.
    grounds : GeoJSON polygons under the streets, with the properties `kind` and `name`; to be drawn in this order.
    residents : int32 (n_cells, n_hours), people present in each cell at each hour of a working day, or None.
    """

    name: str
    roads: RoadNetwork
    stations: Sequence[StationShown]
    areas: tuple[str, ...]
    credit: str
    checksum: str
    edge_area: NDArray[np.int32]
    facts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    cells: Cells | None = None
    overlays: tuple[Overlay, ...] = ()
    facilities: tuple[Facility, ...] = ()
    grounds: Sequence[Mapping[str, object]] = ()
    residents: NDArray[np.int32] | None = None


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
