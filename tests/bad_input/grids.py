"""Asset tables, facility files, tables of cases and community codes that cannot be used, and what is said of each."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

from tests.bad_input.roads import ENTITY_BOMB
from tests.bad_input.table import BadInput

ASSETS = "id,status,lon,lat\n44010601001000001,完好,113.391,23.119\n44010601001000002,破损,113.392,23.119\n"


def holding(name: str, content: str | bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def assets(good: str, bad: str) -> Callable[[Path], Path]:
    assert good in ASSETS
    return holding("assets.csv", ASSETS.replace(good, bad))


def geojson(features: str) -> Callable[[Path], Path]:
    return holding("places.geojson", '{"type": "FeatureCollection", "features": [' + features + "]}")


COMPONENT_FIXTURES: list[BadInput] = [
    BadInput("empty table", holding("assets.csv", ""), ("empty",)),
    BadInput("header alone", holding("assets.csv", "id,lon,lat\n"), ("no row",)),
    BadInput("no place", assets("lon,lat", "east,north"), ("line 1", "no column called lon")),
    BadInput("no id and no class", assets("id,", "number,"), ("line 1", "no column called id")),
    BadInput("id too short", assets("44010601001000002", "4401060100100"), ("line 3", "'id'", "16 or 17 digits")),
    BadInput("id with letters", assets("44010601001000002", "4401060100100000X"), ("line 3", "16 or 17 digits")),
    BadInput("id twice", assets("000002", "000001"), ("line 3", "44010601001000001", "second time")),
    BadInput("class of three digits", holding("assets.csv", "kind,lon,lat\n011,113,23\n"), ("line 2", "4 or 5 digits")),
    BadInput("no such status", assets("破损", "很好"), ("line 3", "'status'", "'很好'", "破损")),
    BadInput("no number", assets("113.392", "east"), ("line 3", "'lon'", "'east' is not a number")),
    BadInput("off the globe", assets("23.119\n4", "91\n4"), ("line 2", "'lat'", "91 lies outside")),
    BadInput("endless", assets("113.392", "1e999"), ("line 3", "'lon'", "outside")),
    BadInput("place missing", assets("113.392", ""), ("line 3", "needs a longitude")),
    BadInput("row too short", assets(",破损,113.392,23.119", ""), ("not a table", "Expected 4 columns")),
    BadInput("two columns of one name", assets("id,status", "id,lon"), ("line 1", "'lon'", "two columns")),
    BadInput("truncated gzip", holding("assets.csv.gz", gzip.compress(ASSETS.encode())[:-20]), ("ends too early",)),
    BadInput("gzip bomb", holding("assets.csv.gz", gzip.compress(b"1" * (64 << 20), 1)), ("compression bomb",)),
    BadInput("binary", holding("assets.csv", bytes(range(256)) * 4), ("neither UTF-8 nor GB18030",)),
    BadInput("broken Parquet", holding("assets.parquet", b"PAR1" + bytes(200)), ("not readable Parquet",)),
]

FACILITY_FIXTURES: list[BadInput] = [
    BadInput("missing file", lambda folder: folder / "nowhere.geojson", ("No such file",)),
    BadInput("no facility", holding("map.osm", '<osm version="0.6"></osm>'), ("no facility of the city", "0 fac")),
    BadInput("entity bomb", holding("map.osm", ENTITY_BOMB), ("DOCTYPE", "line 2")),
    BadInput("XML that breaks off", holding("map.osm", '<osm>\n<node id="1"'), ("not well-formed", "line 2")),
    BadInput(
        "latitude not a number",
        holding("map.osm", '<osm>\n<node id="1" lat="x" lon="2"/></osm>'),
        ("line 2", "'lat'", "'x'"),
    ),
    BadInput(
        "node off the globe",
        holding("map.osm", '<osm>\n<node id="1" lat="91" lon="2"/></osm>'),
        ("line 2", "node/1", "91"),
    ),
    BadInput("id not a number", holding("map.osm", '<osm>\n<way id="x"/></osm>'), ("line 2", "'id'", "whole number")),
    BadInput("Overpass node without place", holding("m.json", '{"elements":[{"type":"node","id":7}]}'), ("node/7",)),
    BadInput("JSON of another kind", holding("m.json", '{"items": []}'), ("not an Overpass answer", "elements")),
    BadInput("JSON that breaks off", holding("m.json", '{"elements": ['), ("not valid JSON",)),
    BadInput("JSON nested too deep", holding("m.json", '{"elements": ' + "[" * 200_000), ("m.json",)),
    BadInput(
        "feature without a place",
        geojson('{"properties": {"kind": "park"}, "geometry": null}'),
        ("features[0]", "needs a place"),
    ),
    BadInput(
        "feature off the globe",
        geojson('{"properties": {"kind": "park"}, "geometry": {"type": "Point", "coordinates": [500, 1]}}'),
        ("features[0]", "500"),
    ),
    BadInput(
        "no geometry of any kind",
        geojson('{"properties": {"kind": "park"}, "geometry": {"type": "Cube"}}'),
        ("features[0]", "not a GeoJSON geometry"),
    ),
    BadInput(
        "kinds nobody knows",
        geojson('{"properties": {"kind": "kiosk"}, "geometry": {"type": "Point", "coordinates": [113.39, 23.12]}}'),
        ("no facility of the city", "kiosk 1"),
    ),
    BadInput("row without a place", holding("t.csv", "kind,lon,lat\npark,,23\n"), ("line 2", "needs a longitude")),
    BadInput("broken GeoPackage", holding("t.gpkg", b"SQLite format 3\0" + bytes(200)), ("not a readable map layer",)),
    BadInput("broken Shapefile", holding("t.shp", b"\0\0\x27\x0a" + bytes(200)), ("not a readable map layer",)),
]

CASE_FIXTURES: list[BadInput] = [
    BadInput("no place", holding("cases.csv", "when\n2026\n"), ("line 1", "no column called lon")),
    BadInput("all elsewhere", holding("cases.csv", "lon,lat\n0,0\n1,1\n"), ("not one of its 2 rows",)),
    BadInput("no number", holding("cases.csv", "lon,lat\n113.39,north\n"), ("line 2", "'lat'", "'north'")),
    BadInput("cell that is not there", holding("cases.csv", "cell,n\n123,4\n"), ("line 2", "'123'", "no cell")),
    BadInput("fewer than none", holding("cases.csv", "lon,lat,n\n113.39,23.12,-4\n"), ("line 2", "'n'", "-4")),
]

COMMUNITY_FIXTURES: list[BadInput] = [
    BadInput("no code", holding("codes.csv", "name\na\n"), ("line 1", "no column called code")),
    BadInput("code too short", holding("codes.csv", "name,code\na,440106\n"), ("line 2", "12 digits", "'440106'")),
    BadInput(
        "code twice",
        holding("codes.csv", "name,code\na,440106011001\nb,440106011001\n"),
        ("line 3", "'b'", "stands there twice"),
    ),
    BadInput("not UTF-8", holding("codes.csv", "name,code\n社区,1\n".encode("gb18030")), ("not a UTF-8 table",)),
]
