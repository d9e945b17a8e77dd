"""The streets an OSM file holds, before they become a graph.

In: the bytes of OSM XML or of an Overpass JSON answer. Out: `OsmStreets`: the ways a car may use, or on foot those
that anybody may, the nodes they name, and the file's own `<bounds>`. Document types and entities are refused before
anything is expanded; whatever is wrong is said with file and line or key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import msgspec

from city_data.guarded_xml import parse_guarded
from city_data.map_json import decoded
from city_data.street_classes import CLASS_OF_HIGHWAY
from city_data.street_modes import ACCESS_TAGS, modes_of
from twin.errors import CityError

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees WGS84."""

KEPT_TAGS = ("highway", "maxspeed", "oneway", "junction", "name")
MAX_BROKEN_SHARE = 0.2
"""Ways that name nodes the file lacks are cut there; a file where more than this share is broken is refused."""
_MAX_TEXT = 200
_WHOLE = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class OsmWay:
    """One street line: ids of its nodes in order, the tags that matter, and where the file says so."""

    id: int
    nodes: tuple[int, ...]
    tags: Mapping[str, str]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class OsmStreets:
    """Ways in use with all their nodes present.

    Parameters
    ----------
    nodes : longitude and latitude by node id, degrees.
    ways : at least one, each with two nodes or more.
    bounds : the file's `<bounds>`, if it has one.
    n_ways : ways in the file, in use or not.
    n_ways_cut : ways in use that were cut, or left out, where they name a node the file lacks.
    """

    nodes: Mapping[int, tuple[float, float]]
    ways: tuple[OsmWay, ...]
    bounds: Bounds | None
    n_ways: int
    n_ways_cut: int


@dataclass(slots=True)
class _Reading:
    """What has been met so far."""

    file: Path
    on_foot: bool
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, OsmWay] = field(default_factory=dict)
    bounds: Bounds | None = None
    n_ways: int = 0

    def add_node(self, node: int, lon: float, lat: float, *, line: int | None, key: str | None = None) -> None:
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise CityError(
                f"node {node} is at latitude {lat}, longitude {lon}: outside -90..90, -180..180",
                file=self.file,
                line=line,
                key=key,
            )
        self.nodes[node] = (lon, lat)

    def add_way(self, way: OsmWay) -> None:
        self.n_ways += 1
        if way.tags.get("area") == "yes":
            return
        if any(modes_of(way.tags)) if self.on_foot else way.tags.get("highway") in CLASS_OF_HIGHWAY:
            keys = (*KEPT_TAGS, *ACCESS_TAGS) if self.on_foot else KEPT_TAGS
            kept = {key: _clean(way.tags[key]) for key in keys if key in way.tags}
            self.ways[way.id] = OsmWay(way.id, way.nodes, kept, way.line)

    def streets(self) -> OsmStreets:
        whole: list[OsmWay] = []
        broken: list[tuple[OsmWay, int]] = []
        for way in self.ways.values():
            missing = next((node for node in way.nodes if node not in self.nodes), None)
            if missing is not None:
                broken.append((way, missing))
                whole.extend(_cut(way, self.nodes))
            elif len(way.nodes) > 1:
                whole.append(way)
        if broken and (not whole or len(broken) > MAX_BROKEN_SHARE * len(self.ways)):
            way, missing = broken[0]
            raise CityError(
                f"way {way.id} names node {missing}, which the file does not hold "
                f"({len(broken):,} of {len(self.ways):,} streets are broken so): export again with complete ways",
                file=self.file,
                line=way.line,
                key=f"way {way.id}",
            )
        if not whole:
            who, kind = ("anybody", "usable") if self.on_foot else ("a car", "drivable")
            raise CityError(
                f"no street {who} may use: none of {self.n_ways:,} ways has a {kind} `highway` tag",
                file=self.file,
            )
        used = {node: self.nodes[node] for way in whole for node in way.nodes}
        return OsmStreets(used, tuple(whole), self.bounds, self.n_ways, len(broken))


def read_osm_xml(data: bytes, file: Path, *, on_foot: bool = False) -> OsmStreets:
    """Streets of an OSM XML document (UTF-8): those for cars, or on foot those for anybody.

    Raises
    ------
    CityError : not well-formed, a document type or entity, a wrong number, a missing node, nothing to drive on.
    """
    reading = _Reading(file, on_foot)
    parser = expat.ParserCreate("utf-8")
    way_id, way_line = 0, 0
    way_nodes: list[int] = []
    tags: dict[str, str] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal way_id, way_line, tags
        line = parser.CurrentLineNumber
        if name == "node":
            if "lat" in attributes or attributes.get("visible") != "false":
                lon, lat = (_number(attributes, key, file, line) for key in ("lon", "lat"))
                reading.add_node(_id(attributes, "id", file, line), lon, lat, line=line)
        elif name == "way":
            way_id, way_line, tags = _id(attributes, "id", file, line), line, {}
            way_nodes.clear()
        elif name == "nd" and tags is not None:
            way_nodes.append(_id(attributes, "ref", file, line))
        elif name == "tag" and tags is not None:
            tags[attributes.get("k", "")] = attributes.get("v", "")
        elif name == "bounds":
            sides = ("minlon", "minlat", "maxlon", "maxlat")
            west, south, east, north = (_number(attributes, key, file, line) for key in sides)
            reading.bounds = _joined(reading.bounds, (west, south, east, north), file, line)

    def end(name: str) -> None:
        nonlocal tags
        if name == "way" and tags is not None:
            reading.add_way(OsmWay(way_id, tuple(way_nodes), tags, way_line))
            tags = None

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parse_guarded(parser, data, file)
    return reading.streets()


class _Element(msgspec.Struct):
    """The part of an Overpass element that is used."""

    type: str
    id: int
    lat: float | None = None
    lon: float | None = None
    nodes: list[int] = []
    tags: dict[str, str] = {}


class _Answer(msgspec.Struct):
    """An Overpass answer."""

    elements: list[_Element]
    remark: str = ""


def read_overpass(data: bytes, file: Path, *, on_foot: bool = False) -> OsmStreets:
    """Streets of an Overpass API answer (`{"elements": [...]}`): those for cars, or on foot those for anybody.

    Raises
    ------
    CityError : not such an answer, nested too deep, a wrong number, a missing node, nothing to drive on.
    """
    answer = decoded(data, _Answer, file=file, what="an Overpass answer")
    if answer.remark and not answer.elements:
        raise CityError(f"the Overpass server answered with an error: {_clean(answer.remark)}", file=file, key="remark")
    reading = _Reading(file, on_foot)
    for index, element in enumerate(answer.elements):
        if element.type == "node":
            if element.lat is None or element.lon is None:
                raise CityError(f"node {element.id} has no lat or lon", file=file, key=f"elements[{index}]")
            reading.add_node(element.id, element.lon, element.lat, line=None, key=f"elements[{index}]")
        elif element.type == "way":
            reading.add_way(OsmWay(element.id, tuple(element.nodes), element.tags))
    return reading.streets()


def lean_osm_xml(streets: OsmStreets) -> str:
    """The streets alone as OSM XML, which is what OSMnx reads; without ids of people, bounds or anything else."""
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
    lines += [f'<node id="{node}" lat="{lat!r}" lon="{lon!r}"/>' for node, (lon, lat) in sorted(streets.nodes.items())]
    for number, way in enumerate(streets.ways):
        lines.append(f'<way id="{number}">')
        lines += [f'<nd ref="{node}"/>' for node in way.nodes]
        lines += [f'<tag k="{key}" v={quoteattr(value)}/>' for key, value in way.tags.items()]
        lines.append("</way>")
    lines.append("</osm>")
    return "\n".join(lines)


def _cut(way: OsmWay, nodes: Mapping[int, tuple[float, float]]) -> list[OsmWay]:
    """The runs of two known nodes or more that are left of a way when unknown ones are taken out."""
    runs: list[list[int]] = [[]]
    for node in way.nodes:
        if node in nodes:
            runs[-1].append(node)
        elif runs[-1]:
            runs.append([])
    return [OsmWay(way.id, tuple(run), way.tags, way.line) for run in runs if len(run) > 1]


def _clean(text: str) -> str:
    """Text without control characters or lone surrogates, of bounded length."""
    return "".join(letter for letter in text[:_MAX_TEXT] if letter.isprintable()).strip()


def _number(attributes: Mapping[str, str], key: str, file: Path, line: int) -> float:
    text = attributes.get(key)
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CityError(f"`{key}` should be a number, not {_shown(text)}", file=file, line=line, key=key)
    return value


def _id(attributes: Mapping[str, str], key: str, file: Path, line: int) -> int:
    text = attributes.get(key, "")
    if not _WHOLE.fullmatch(text):
        raise CityError(f"`{key}` should be a whole number, not {_shown(text)}", file=file, line=line, key=key)
    return int(text)


def _shown(text: str | None) -> str:
    return "missing" if not text else repr(text[:40])


def _joined(old: Bounds | None, new: Bounds, file: Path, line: int) -> Bounds:
    """Both bounds together; `new` must be a rectangle on the globe."""
    west, south, east, north = new
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise CityError(f"`bounds` {new} is not a rectangle in degrees", file=file, line=line, key="bounds")
    if old is None:
        return new
    return min(west, old[0]), min(south, old[1]), max(east, old[2]), max(north, old[3])
