"""Road files that cannot be used, each with what the refusal must say beside the file's name."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

from tests.bad_input.table import BadInput

SQUARE_OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <bounds minlat="23.0" minlon="113.0" maxlat="23.1" maxlon="113.1"/>
  <node id="1" lat="23.001" lon="113.001"/>
  <node id="2" lat="23.001" lon="113.011"/>
  <node id="3" lat="23.011" lon="113.011"/>
  <node id="4" lat="23.011" lon="113.001"/>
  <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="highway" v="primary"/></way>
  <way id="11"><nd ref="1"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="斜街"/></way>
</osm>
"""
"""A good file of a square and its diagonal, for tests to spoil."""

ENTITY_BOMB = """<?xml version="1.0"?>
<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<osm version="0.6"><node id="1" lat="0" lon="0"><tag k="x" v="&c;"/></node></osm>
"""

GRAPHML_HEAD = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'


def _holding(name: str, content: str | bytes) -> Callable[[Path], Path]:
    """A maker of a file with this name and content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def _spoilt(good: str, bad: str) -> str:
    assert good in SQUARE_OSM
    return SQUARE_OSM.replace(good, bad)


def _late_doctype() -> str:
    """A document type behind a comment longer than anything that looks only at the head of a file."""
    return ENTITY_BOMB.replace("<!DOCTYPE", f"<!-- {'x' * 10_000} -->\n<!DOCTYPE")


def _bomb() -> bytes:
    return gzip.compress(SQUARE_OSM.encode() + b" " * (64 << 20), 1)


def _graphml(length: str) -> Callable[[Path], Path]:
    """A maker of a GraphML file with one street of this length."""
    keys = {"crs": "graph", "x": "node", "y": "node", "highway": "edge", "length": "edge"}
    places = "".join(f'<node id="{n}"><data key="x">{n}.0</data><data key="y">1.0</data></node>' for n in (1, 2))
    street = f'<data key="highway">primary</data><data key="length">{length}</data>'
    return _holding(
        "street.graphml",
        GRAPHML_HEAD
        + "".join(f'<key id="{k}" for="{of}" attr.name="{k}" attr.type="string"/>' for k, of in keys.items())
        + f'<graph edgedefault="directed"><data key="crs">EPSG:4326</data>{places}'
        + f'<edge source="1" target="2" id="0">{street}</edge></graph></graphml>',
    )


ROAD_FIXTURES: list[BadInput] = [
    BadInput("missing file", lambda folder: folder / "nowhere.osm", ("No such file",)),
    BadInput("a folder", lambda folder: folder, ("Is a directory",)),
    BadInput("empty file", _holding("empty.osm", b""), ("empty",)),
    BadInput("only spaces", _holding("spaces.osm", b"  \n  "), ("not a map",)),
    BadInput("empty gzip", _holding("empty.osm.gz", gzip.compress(b"")), ("empty once unpacked",)),
    BadInput(
        "truncated gzip",
        _holding("cut.osm.gz", gzip.compress(SQUARE_OSM.encode())[:-40]),
        ("damaged or ends too early",),
    ),
    BadInput(
        "gzip with a wrong check sum",
        _holding("crc.osm.gz", gzip.compress(SQUARE_OSM.encode())[:-8] + b"\0" * 8),
        ("damaged",),
    ),
    BadInput("truncated bzip2", _holding("cut.osm.bz2", bz2.compress(SQUARE_OSM.encode())[:-40]), ("ends too early",)),
    BadInput("gzip bomb", _holding("bomb.osm.gz", _bomb()), ("compression bomb",)),
    BadInput("zip archive", _holding("map.osm", b"PK\x03\x04" + b"\0" * 60), ("zip archive", "unpack")),
    BadInput("PBF", _holding("map.osm.pbf", b"\0\0\0\x0d\n\tOSMHeader\x18"), ("PBF", "osmium")),
    BadInput("a picture", _holding("map.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), ("no road file",)),
    BadInput("prose", _holding("letter.osm", "Dear Sir, here is the map."), ("not a map", "OSM XML")),
    BadInput("a web page", _holding("map.osm", "<html><body>502 Bad Gateway</body></html>"), ("<html>", "not a map")),
    BadInput("UTF-16", _holding("wide.osm", SQUARE_OSM.encode("utf-16")), ("not UTF-8",)),
    BadInput("entity bomb", _holding("bomb.osm", ENTITY_BOMB), ("DOCTYPE", "line 2")),
    BadInput("late document type", _holding("late.osm", _late_doctype()), ("DOCTYPE", "line 3")),
    BadInput(
        "document type in GraphML",
        _holding("bomb.graphml", f"<!DOCTYPE graphml [<!ENTITY a 'a'>]>\n{GRAPHML_HEAD}</graphml>"),
        ("DOCTYPE", "line 1"),
    ),
    BadInput("XML that breaks off", _holding("cut.osm", SQUARE_OSM[:300]), ("not well-formed", "line")),
    BadInput("XML badly nested", _holding("nest.osm", _spoilt("</way>", "</why>")), ("mismatched tag", "line 8")),
    BadInput(
        "latitude out of range", _holding("far.osm", _spoilt('"23.011"', '"123.0"')), ("latitude 123.0", "line 6")
    ),
    BadInput(
        "longitude not a number", _holding("nan.osm", _spoilt('"113.001"/>', '"nan"/>')), ("lon", "nan", "line 4")
    ),
    BadInput("node without place", _holding("lost.osm", _spoilt(' lat="23.001"', "")), ("lat", "missing", "line 4")),
    BadInput("id not a number", _holding("id.osm", _spoilt('id="2"', 'id="two"')), ("id", "two", "line 5")),
    BadInput("bounds inside out", _holding("box.osm", _spoilt('minlat="23.0"', 'minlat="24"')), ("bounds", "line 3")),
    BadInput(
        "way names missing nodes", _holding("gap.osm", _spoilt('<nd ref="3"/>', '<nd ref="77"/>')), ("77", "way 10")
    ),
    BadInput(
        "no street for cars",
        _holding("paths.osm", SQUARE_OSM.replace("primary", "footway").replace("residential", "steps")),
        ("no street a car may use",),
    ),
    BadInput(
        "an OSM file without ways", _holding("bare.osm", '<osm version="0.6"></osm>'), ("no street a car may use",)
    ),
    BadInput(
        "no way back",
        _holding(
            "oneway.osm",
            '<osm><node id="1" lat="1" lon="1"/><node id="2" lat="1" lon="1.01"/><way id="5"><nd ref="1"/><nd ref="2"/>'
            '<tag k="highway" v="primary"/><tag k="oneway" v="yes"/></way></osm>',
        ),
        ("no street leads back",),
    ),
    BadInput(
        "JSON nested too deep", _holding("deep.json", '{"elements": [], "deep": ' + "[" * 200_000), ("nested too deep",)
    ),
    BadInput(
        "JSON that breaks off", _holding("cut.json", '{"elements": [{"type": "node", "id": 1'), ("not valid JSON",)
    ),
    BadInput("JSON of another kind", _holding("other.json", '{"items": []}'), ("not an Overpass answer", "elements")),
    BadInput("GeoJSON", _holding("map.json", '{"type": "FeatureCollection", "features": []}'), ("GeoJSON",)),
    BadInput(
        "Overpass element of a wrong type",
        _holding("type.json", '{"elements": [{"type": "node", "id": 1, "lat": "north", "lon": 2}]}'),
        ("elements[0].lat", "float"),
    ),
    BadInput(
        "Overpass node off the globe",
        _holding("globe.json", '{"elements": [{"type": "node", "id": 1, "lat": 91.0, "lon": 2}]}'),
        ("elements[0]", "91.0"),
    ),
    BadInput(
        "Overpass server error",
        _holding("busy.json", '{"elements": [], "remark": "runtime error: Query timed out"}'),
        ("Query timed out",),
    ),
    BadInput("GraphML of something else", _holding("g.graphml", f"{GRAPHML_HEAD}</graphml>"), ("OSMnx", "GraphML")),
    BadInput("GraphML with an endless street", _graphml("1e30"), ("length=1e+30", "edge 1 2")),
    BadInput(
        "GraphML without places",
        _holding("n.graphml", f'{GRAPHML_HEAD}<graph edgedefault="directed"><node id="1"/></graph></graphml>'),
        ("GraphML",),
    ),
]
