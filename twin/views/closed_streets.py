"""Closed streets as GeoJSON lines; a street that is closed both ways once."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet

import numpy as np

from twin.roads.network import RoadNetwork

_DEGREE_DIGITS = 5


def closed_geojson(roads: RoadNetwork, closed: AbstractSet[int]) -> bytes:
    """One MultiLineString of all streets that may not be entered."""
    shown = sorted(edge for edge in closed if int(roads.twin[edge]) not in closed or int(roads.twin[edge]) > edge)
    lines = [np.round(roads.shape_lonlat(edge), _DEGREE_DIGITS).tolist() for edge in shown]
    geometry = {"type": "MultiLineString", "coordinates": lines}
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, separators=(",", ":")).encode()
