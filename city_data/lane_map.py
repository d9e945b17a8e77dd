"""A lane map, as traffic simulators draw them: GeoJSON of carriageways, and of junctions that say how these connect.

In: lines with `id` and `highway`, perhaps `name`, `max_speed` (m/s) and `walk_lane_width` (m; more than 0: there is a
pavement), each driven the way it is drawn; points with the ids of the lines that lead in (`in_ways`) and out
(`out_ways`). Out: junctions in degrees and directed edges. A line is drawn on to the middle of its junctions; where it
has none, it ends in a dead end of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from city_data.edge_list import Edge, Line
from city_data.map_json import decoded
from city_data.street_classes import ALL_CLASSES, free_flow_mps
from city_data.street_graph import line_m
from city_data.street_modes import modes_of
from twin.errors import CityError

Point = tuple[float, float]


class _LineShape(msgspec.Struct, tag="LineString"):
    coordinates: Annotated[list[list[float]], Meta(min_length=2)]


class _PointShape(msgspec.Struct, tag="MultiPoint"):
    coordinates: Annotated[list[list[float]], Meta(min_length=1)]


class _Said(msgspec.Struct):
    """Properties of a line or of a junction."""

    id: int
    highway: str = ""
    name: str = ""
    max_speed: Annotated[float, Meta(ge=0)] | None = None
    walk_lane_width: float = 0.0
    in_ways: list[int] = []
    out_ways: list[int] = []


class _Feature(msgspec.Struct):
    properties: _Said
    geometry: _LineShape | _PointShape


class _Collection(msgspec.Struct):
    type: Literal["FeatureCollection"]
    features: list[_Feature]


@dataclass(frozen=True, slots=True)
class LaneMap:
    """Junctions and dead ends in degrees, shape (n_nodes,), and the edges between them."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    edges: list[Edge]


def read_lane_map(data: bytes, file: Path, *, on_foot: bool = False) -> LaneMap:
    """The carriageways of a lane map; on foot with the other direction of each for walkers.

    Raises
    ------
    CityError : not such a map, a place that is none, a junction of ways the file lacks, nothing to drive on.
    """
    features = decoded(data, _Collection, file=file, what="a lane map").features
    places = [_places(feature, number, file) for number, feature in enumerate(features)]
    ways = {
        feature.properties.id: (feature.properties, line)
        for feature, line in zip(features, places, strict=True)
        if isinstance(feature.geometry, _LineShape)
    }
    nodes: list[Point] = []
    tails: dict[int, int] = {}
    heads: dict[int, int] = {}
    for number, feature in enumerate(features):
        if isinstance(feature.geometry, _PointShape):
            _require_ways(feature.properties, ways, file=file, key=f"features[{number}]")
            heads |= dict.fromkeys(feature.properties.in_ways, len(nodes))
            tails |= dict.fromkeys(feature.properties.out_ways, len(nodes))
            nodes.append(_middle(places[number]))
    edges: list[Edge] = []
    for way, (said, line) in sorted(ways.items()):
        there, back = _modes(said)
        if not there:
            continue
        for ends, end in ((tails, 0), (heads, -1)):
            if way not in ends:
                ends[way] = len(nodes)
                nodes.append(line[end])
        edge = _edge(said, line, nodes=nodes, ends=(tails[way], heads[way]))
        edges.append(edge._replace(modes=there) if on_foot else edge)
        if on_foot and back:
            edges.append(edge._replace(tail=edge.head, head=edge.tail, line=edge.line[::-1], modes=back))
    if not edges:
        raise CityError(f"no street a car may use: none of {len(ways):,} lines has a usable `highway`", file=file)
    lon, lat = np.array(nodes, np.float64).T
    return LaneMap(lon, lat, edges)


def _modes(said: _Said) -> tuple[int, int]:
    pavement = {"foot": "yes"} if said.walk_lane_width > 0 else {}
    return modes_of({"highway": said.highway, "oneway": "yes"} | pavement)


def _require_ways(junction: _Said, ways: Mapping[int, object], *, file: Path, key: str) -> None:
    missing = next((way for way in (*junction.in_ways, *junction.out_ways) if way not in ways), None)
    if missing is not None:
        raise CityError(
            f"junction {junction.id} names way {missing}, which the file does not hold: export again with all ways",
            file=file,
            key=key,
        )


def _places(feature: _Feature, number: int, file: Path) -> tuple[Point, ...]:
    """Longitudes and latitudes of a feature; heights are left out."""
    places = []
    for place in feature.geometry.coordinates:
        if len(place) < 2 or not (abs(place[0]) <= 180 and abs(place[1]) <= 90):
            raise CityError(f"{place} is not a longitude and latitude", file=file, key=f"features[{number}]")
        places.append((place[0], place[1]))
    return tuple(places)


def _middle(points: tuple[Point, ...]) -> Point:
    lon, lat = np.array(points).mean(axis=0).tolist()
    return lon, lat


def _edge(said: _Said, line: tuple[Point, ...], *, nodes: list[Point], ends: tuple[int, int]) -> Edge:
    tail, head = ends
    drawn: Line = (nodes[tail], *(place for place in line if place not in (nodes[tail], nodes[head])), nodes[head])
    return Edge(
        tail=tail,
        head=head,
        line=drawn,
        road_class=ALL_CLASSES[said.highway],
        street=said.name,
        length_m=line_m(drawn),
        speed_mps=said.max_speed or free_flow_mps(said.highway, None),
    )
