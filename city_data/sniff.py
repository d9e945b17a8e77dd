"""Which kind of road file is this? Decided by what it holds, never by its name.

In: plain bytes. Out: a `RoadFormat`, or an error that says what the file seems to be instead.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from city_data.guarded_xml import root_name
from twin.errors import CityError

_HEAD = 4096
_READ = (
    "give OSM XML (.osm, also .gz or .bz2), an Overpass JSON answer, GraphML as OSMnx writes it, "
    "or GeoJSON whose junctions have `in_ways` and `out_ways`"
)


class RoadFormat(StrEnum):
    """The road files that are read."""

    OSM_XML = "OSM XML"
    OVERPASS = "Overpass JSON"
    GRAPHML = "GraphML"
    LANES = "lane map"


def road_format(data: bytes, file: Path) -> RoadFormat:
    """The format of a road file's plain bytes.

    Raises
    ------
    CityError : something else, with a guess at what it is.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:_HEAD]:
        raise CityError(f"this is not UTF-8 text, so it is no road file: {_READ}", file=file)
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        name = root_name(data, file)
        if name == "osm":
            return RoadFormat.OSM_XML
        if name == "graphml":
            return RoadFormat.GRAPHML
        raise CityError(f"this is XML with root <{name[:40]}>, not a map: {_READ}", file=file)
    if head.startswith((b"{", b"[")):
        if b'"FeatureCollection"' in head and b'"in_ways"' in data:
            return RoadFormat.LANES
        if b'"FeatureCollection"' in head or b'"Feature"' in head:
            raise CityError(f"this is GeoJSON, which does not say how streets connect: {_READ}", file=file)
        return RoadFormat.OVERPASS
    raise CityError(f"this is not a map: {_READ}", file=file)
