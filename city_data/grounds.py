"""Pieces of ground that a map draws under the streets: water, parks, villages, schools. Nothing moves on them.

In: outlines in degrees. Out: `Ground` records of a city, and GeoJSON features in the order they are to be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec


class GroundKind(StrEnum):
    """What lies there, in the order of drawing: water lies over parks."""

    VILLAGE = "village"
    SCHOOL = "school"
    PARK = "park"
    WATER = "water"


class Ground(msgspec.Struct, frozen=True, gc=False):
    """A piece of ground; `outline` is a ring of longitudes and latitudes, degrees, its first corner not repeated."""

    kind: GroundKind
    name: str
    outline: tuple[tuple[float, float], ...]


def ground_features(grounds: Sequence[Ground]) -> list[dict[str, object]]:
    """GeoJSON features (polygons with the properties `kind` and `name`), those to be drawn first first.

    >>> pond = Ground(GroundKind.WATER, "湖", ((113.0, 23.0), (113.1, 23.0), (113.0, 23.1)))
    >>> feature = ground_features([pond])[0]
    >>> feature["properties"], feature["geometry"]["coordinates"][0][-1]
    ({'kind': 'water', 'name': '湖'}, [113.0, 23.0])
    """
    order = {kind: number for number, kind in enumerate(GroundKind)}
    return [
        {
            "type": "Feature",
            "properties": {"kind": ground.kind.value, "name": ground.name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[list(corner) for corner in (*ground.outline, ground.outline[0])]],
            },
        }
        for ground in sorted(grounds, key=lambda ground: order[ground.kind])
    ]
