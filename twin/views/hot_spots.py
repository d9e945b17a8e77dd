"""Hot spots: where cases were reported in the last weeks, by squares of the ground.

In: how many cases were reported on each street. Out: GeoJSON squares, the more cases the less clear.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from twin.roads.network import RoadNetwork, to_lonlat
from twin.world.state import State

SQUARE_M = 100.0
LEAST_ALPHA, MOST_ALPHA = 22, 100
"""Of 255: how clear the squares are; the streets under them must be seen, and what is not selected is dimmed to 102."""
_DEGREE_DIGITS = 5
_CORNERS = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])


def told_of(state: State) -> dict[int, int]:
    """Cases reported in the last weeks by edge."""
    told: dict[int, int] = {}
    for week in sorted(state.told):
        for edge, n in state.told[week].items():
            told[edge] = told.get(edge, 0) + n
    return told


def hot_spots_geojson(roads: RoadNetwork, told: Mapping[int, int]) -> bytes:
    """A square for each `SQUARE_M` of ground with cases on its streets, with `n` (how many) and `alpha`.

    A street's cases count where its middle is.
    """
    edges = np.fromiter(told.keys(), np.int64, len(told))
    n_cases = np.fromiter(told.values(), np.int64, len(told))
    middle = (roads.shape_start[edges] + roads.shape_start[edges + 1] - 1) // 2
    ends = np.column_stack(
        [roads.shape_x[middle], roads.shape_y[middle], roads.shape_x[middle + 1], roads.shape_y[middle + 1]]
    )
    x, y = (ends[:, :2] + ends[:, 2:]).T / 2
    squares, which = np.unique(np.column_stack([x, y]) // SQUARE_M, axis=0, return_inverse=True)
    n = np.bincount(which.ravel(), n_cases, len(squares)).astype(np.int64)
    corners = (squares[:, None, :] + _CORNERS) * SQUARE_M
    lon, lat = to_lonlat(roads.crs, corners[..., 0], corners[..., 1])
    rings = np.round(np.stack([lon, lat], axis=2), _DEGREE_DIGITS).tolist()
    alpha = LEAST_ALPHA + (MOST_ALPHA - LEAST_ALPHA) * np.sqrt(n / max(1, int(n.max(initial=1))))
    features = [
        {
            "type": "Feature",
            "properties": {"n": count, "alpha": round(clear)},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for count, clear, ring in zip(n.tolist(), alpha.tolist(), rings, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()
