"""Facilities that an OSM file names by tags: nodes, and the middles of closed ways and multipolygons.

In: the bytes of OSM XML or of an Overpass JSON answer, the same file that the streets come from. Out: `FacilityPlace`s
in the order of their ids. A way whose nodes the file lacks is left out and counted; wrong numbers are errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

import msgspec
import shapely

from city_data.facility_tags import KEYS, kind_of_tags
from city_data.guarded_xml import parse_guarded
from city_data.map_json import decoded
from city_data.stations import NAME_KEYS, named
from twin.domain.facility import FacilityKind
from twin.errors import CityError

_WHOLE = re.compile(r"-?[0-9]{1,18}")


class FacilityPlace(msgspec.Struct, frozen=True):
    """A facility as a file gives it, before it is put on the streets; degrees."""

    ref: str
    kind: FacilityKind
    name: str
    lon: float
    lat: float


@dataclass(slots=True)
class _Object:
    """A way or relation under reading: its nodes, or its outer ways."""

    ref: str
    line: int | None
    parts: list[int] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Map:
    """All of a file that a facility can need."""

    file: Path
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, list[int]] = field(default_factory=dict)
    points: list[FacilityPlace] = field(default_factory=list)
    shapes: list[_Object] = field(default_factory=list)

    def add_node(self, node: int, lon: float, lat: float, *, tags: Mapping[str, str], line: int | None) -> None:
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise CityError(
                f"node {node} is at latitude {lat}, longitude {lon}: outside -90..90, -180..180",
                file=self.file,
                line=line,
                key=f"node/{node}",
            )
        self.nodes[node] = (lon, lat)
        if (kind := kind_of_tags(tags)) is not None:
            self.points.append(FacilityPlace(f"node/{node}", kind, _name(tags), lon, lat))

    def add_way(self, way: int, found: _Object) -> None:
        self.ways[way] = found.parts
        self.add_shape(found)

    def add_shape(self, found: _Object) -> None:
        if kind_of_tags(found.tags) is not None:
            self.shapes.append(found)

    def facilities(self) -> tuple[tuple[FacilityPlace, ...], int]:
        places, n_open = list(self.points), 0
        for shape in self.shapes:
            middle = self._middle(shape)
            kind = kind_of_tags(shape.tags)
            if middle is None or kind is None:
                n_open += 1
            else:
                places.append(FacilityPlace(shape.ref, kind, _name(shape.tags), *middle))
        return tuple(sorted(places, key=_order)), n_open

    def _middle(self, shape: _Object) -> tuple[float, float] | None:
        ways = [shape.parts] if shape.ref.startswith("way") else [self.ways.get(way, []) for way in shape.parts]
        lines = [[self.nodes[node] for node in way] for way in ways if all(node in self.nodes for node in way)]
        rings = shapely.get_parts(shapely.polygonize([shapely.LineString(line) for line in lines if len(line) > 1]))
        return middle_of(shapely.union_all(rings)) if len(rings) else None


def middle_of(shape: shapely.Geometry) -> tuple[float, float]:
    """The centroid of a shape, or a point within it where the centroid lies outside; in the shape's own unit."""
    middle = shapely.centroid(shape)
    if not shapely.intersects(shape, middle):
        middle = shapely.point_on_surface(shape)
    return round(float(middle.x), 7), round(float(middle.y), 7)


def facilities_of_osm_xml(data: bytes, file: Path) -> tuple[tuple[FacilityPlace, ...], int]:
    """Facilities of an OSM XML document, and how many outlines were left out because they are not closed.

    Raises
    ------
    CityError : not well-formed, a document type or entity, a wrong number.
    """
    found = _Map(file)
    parser = expat.ParserCreate("utf-8")
    open_object = _Object("", None)
    node_at: tuple[float, float] | None = None

    def whole(attributes: dict[str, str], key: str) -> int:
        text, line = attributes.get(key, ""), parser.CurrentLineNumber
        if not _WHOLE.fullmatch(text):
            raise CityError(f"`{key}` should be a whole number, not {text[:40]!r}", file=file, line=line, key=key)
        return int(text)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal open_object, node_at
        if name in ("node", "way", "relation"):
            open_object = _Object(f"{name}/{whole(attributes, 'id')}", parser.CurrentLineNumber)
            node_at = None
            if name == "node" and ("lat" in attributes or attributes.get("visible") != "false"):
                node_at = (
                    _number(attributes.get("lon"), "lon", file, parser.CurrentLineNumber),
                    _number(attributes.get("lat"), "lat", file, parser.CurrentLineNumber),
                )
        elif name == "nd" or (name == "member" and _is_outer(attributes.get("type"), attributes.get("role"))):
            open_object.parts.append(whole(attributes, "ref"))
        elif name == "tag" and attributes.get("k") in KEYS | set(NAME_KEYS):
            open_object.tags[attributes["k"]] = attributes.get("v", "")

    def end(name: str) -> None:
        if name == "node" and node_at is not None:
            number = int(open_object.ref[5:])
            found.add_node(number, *node_at, tags=open_object.tags, line=open_object.line)
        elif name == "way":
            found.add_way(int(open_object.ref[4:]), open_object)
        elif name == "relation":
            found.add_shape(open_object)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parse_guarded(parser, data, file)
    return found.facilities()


class _Member(msgspec.Struct):
    type: str
    ref: int
    role: str = ""


class _Element(msgspec.Struct):
    type: str
    id: int
    lat: float | None = None
    lon: float | None = None
    nodes: list[int] = []
    members: list[_Member] = []
    tags: dict[str, str] = {}


class _Answer(msgspec.Struct):
    elements: list[_Element]


def facilities_of_overpass(data: bytes, file: Path) -> tuple[tuple[FacilityPlace, ...], int]:
    """Facilities of an Overpass answer, and how many outlines were left out because they are not closed.

    Raises
    ------
    CityError : not such an answer, nested too deep, a wrong number.
    """
    elements = decoded(data, _Answer, file=file, what="an Overpass answer").elements
    found = _Map(file)
    for element in elements:
        ref = f"{element.type}/{element.id}"
        if element.type == "node":
            if element.lat is None or element.lon is None:
                raise CityError(f"node {element.id} has no lat or lon", file=file, key=ref)
            found.add_node(element.id, element.lon, element.lat, tags=element.tags, line=None)
        elif element.type == "way":
            found.add_way(element.id, _Object(ref, None, element.nodes, element.tags))
        elif element.type == "relation":
            found.add_shape(_Object(ref, None, list(_outer(element.members)), element.tags))
    return found.facilities()


def _outer(members: list[_Member]) -> Iterator[int]:
    return (member.ref for member in members if _is_outer(member.type, member.role))


def _is_outer(kind: str | None, role: str | None) -> bool:
    return kind == "way" and role in ("outer", "", None)


def _order(place: FacilityPlace) -> tuple[str, int]:
    kind, _, number = place.ref.partition("/")
    return kind, int(number)


def _name(tags: Mapping[str, str]) -> str:
    return named(dict(tags), NAME_KEYS)


def _number(text: str | None, key: str, file: Path, line: int) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not abs(value) <= 180:
        raise CityError(
            f"`{key}` should be a number of degrees, not {(text or 'missing')[:40]!r}", file=file, line=line, key=key
        )
    return value
