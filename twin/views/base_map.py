"""The base map: what lies under the streets, the streets, borders of grids, as GeoJSON, and a MapLibre style for all.

In: a city and a palette. Out: bytes that the page's server gives once, so that a moving map never sends them again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from twin.roads.network import CLASSES, RoadNetwork, to_lonlat
from twin.views.city import shown_once
from twin.views.palette import Palette, css

_DEGREE_DIGITS = 6
"""A millionth of a degree is 11 cm."""
_WIDTH_PX = (3.4, 3.0, 2.6, 2.1, 1.6, 1.1, 0.7, 0.7, 0.7, 1.1)
"""Line width of each road class at zoom 14."""
_DASHES = {"path": [3, 2], "steps": [0.7, 0.7]}
"""Lanes that cars cannot enter, and steps: dashes and gaps in line widths."""


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


def grounds_geojson(grounds: Sequence[Mapping[str, object]]) -> bytes:
    """What lies under the streets as GeoJSON."""
    return json.dumps({"type": "FeatureCollection", "features": list(grounds)}, ensure_ascii=False).encode()


def map_style(palette: Palette, *, roads_url: str, grounds_url: str, grids_url: str | None = None) -> bytes:
    """A MapLibre style: ground, waters and parks, lanes thin and dashed, quiet streets above, minor ones below.

    What is drawn here is drawn anew when the map is moved, not whenever a unit moves.

    Parameters
    ----------
    roads_url, grounds_url, grids_url : what answers `roads_geojson`, `grounds_geojson` and `borders_geojson`.
    """
    layers: list[object] = [{"id": "ground", "type": "background", "paint": {"background-color": css(palette.ground)}}]
    for kind, colour in palette.grounds.items():
        layers.append(
            {
                "id": f"grounds-{kind}",
                "type": "fill",
                "source": "grounds",
                "filter": ["==", ["get", "kind"], kind],
                "paint": {"fill-color": css(colour), "fill-antialias": True},
            }
        )
    layers += [_streets(number, palette) for number in reversed(range(len(CLASSES)))]
    sources = {
        "grounds": {"type": "geojson", "data": grounds_url},
        "roads": {"type": "geojson", "data": roads_url},
    }
    if grids_url is not None:
        sources["grids"] = {"type": "geojson", "data": grids_url}
        layers.append(_borders(palette))
    return json.dumps({"version": 8, "name": "streets", "sources": sources, "layers": layers}).encode()


def _borders(palette: Palette) -> dict[str, object]:
    """How borders of grids are drawn."""
    return {
        "id": "grids",
        "type": "line",
        "source": "grids",
        "layout": {"line-cap": "round", "line-join": "round"},
        "paint": {"line-color": css(palette.grid), "line-width": 1.3, "line-opacity": 0.75},
    }


def _streets(number: int, palette: Palette) -> dict[str, object]:
    """How streets of one class are drawn."""
    width, name = _WIDTH_PX[number], CLASSES[number]
    widths = [11, width / 2, 14, width, 18, width * 5]
    paint: dict[str, object] = {
        "line-color": css(palette.roads[number]),
        "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], *widths],
    }
    if name in _DASHES:
        paint["line-dasharray"] = _DASHES[name]
    return {
        "id": f"roads-{name}",
        "type": "line",
        "source": "roads",
        "filter": ["==", ["get", "road_class"], number],
        "layout": {"line-cap": "butt" if name in _DASHES else "round", "line-join": "round"},
        "paint": paint,
    }
