"""Where units are based: stations read from a map file or a table, and put on the streets.

In: GeoJSON points, or CSV with a name, a latitude and a longitude. Out: `Station`s with their nearest place on the
roads. A station off the map is kept: it is marked, and its units enter at the edge nearest to it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from city_data.map_json import decoded
from city_data.unpack import unpacked
from twin.domain.route import Spot
from twin.errors import CityError
from twin.roads.nearest import NearestEdge
from twin.roads.network import RoadNetwork

ON_MAP_M = 150.0
"""A station at most this far from a street of the network is on the map: about one block."""
NAME_KEYS = ("name", "common_name", "station", "station_name", "title")
LAT_KEYS, LON_KEYS = ("lat", "latitude", "y"), ("lon", "lng", "long", "longitude", "x")
_MAX_NAME = 120
_NO_NAME = frozenset({"", "nan", "none", "null", "-"})


class Place(msgspec.Struct, frozen=True):
    """A named point, degrees WGS84."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Station:
    """A base for units.

    Parameters
    ----------
    name : unique in its city.
    lon, lat : where it stands, degrees.
    spot : the nearest place on the roads.
    distance_m : how far that is.
    on_map : whether it is near enough to be part of the network's area (`ON_MAP_M`).
    """

    name: str
    lon: float
    lat: float
    spot: Spot
    distance_m: float
    on_map: bool


def read_stations(path: Path) -> tuple[Place, ...]:
    """Named points of a GeoJSON or CSV file (plain, .gz or .bz2), in the order of the file.

    A point without a name is called "unnamed N" after its place in the file.

    Raises
    ------
    CityError : not such a file, no point in it, a coordinate missing or out of range, a name used twice.
    """
    data = unpacked(path)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        places = _from_geojson(data, path)
    else:
        places = _from_csv(data, path)
    if not places:
        raise CityError("there is no station in this file", file=path)
    twice = sorted(name for name, count in Counter(place.name for place in places).items() if count > 1)
    if twice:
        raise CityError(
            f"{len(twice)} names stand for more than one station: make them unique", file=path, key=twice[0]
        )
    return tuple(places)


def on_streets(places: Sequence[Place], network: RoadNetwork) -> tuple[Station, ...]:
    """Each place with its nearest spot on the roads."""
    if not places:
        return ()
    lon = np.array([place.lon for place in places], dtype=np.float64)
    lat = np.array([place.lat for place in places], dtype=np.float64)
    edges, offsets_mm, distances_m = NearestEdge(network).snap(lon, lat, within_m=None)
    return tuple(
        Station(
            place.name,
            place.lon,
            place.lat,
            Spot(int(edge), int(offset)),
            round(float(metres), 3),
            bool(metres <= ON_MAP_M),
        )
        for place, edge, offset, metres in zip(places, edges, offsets_mm, distances_m, strict=True)
    )


class _Geometry(msgspec.Struct):
    type: str
    coordinates: list[object] = []


class _Feature(msgspec.Struct):
    geometry: _Geometry | None = None
    properties: dict[str, object] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]


def _from_geojson(data: bytes, path: Path) -> list[Place]:
    features = decoded(data, _Collection, file=path, what="GeoJSON points").features
    places: list[Place] = []
    for index, feature in enumerate(features):
        key = f"features[{index}]"
        if feature.geometry is None or feature.geometry.type != "Point":
            raise CityError("a station must be a point", file=path, key=key)
        pair = feature.geometry.coordinates[:2]
        if len(pair) < 2:
            raise CityError("a point needs a longitude and a latitude", file=path, key=key)
        name = named(feature.properties or {}, NAME_KEYS)
        places.append(_place(name, index + 1, pair, file=path, key=key))
    return places


def _from_csv(data: bytes, path: Path) -> list[Place]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CityError("this is neither GeoJSON nor a UTF-8 table", file=path) from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    places: list[Place] = []
    try:
        columns = [name or "" for name in rows.fieldnames or ()]
        lat_key, lon_key = _column(columns, LAT_KEYS, path), _column(columns, LON_KEYS, path)
        for row in rows:
            name = named({key: value for key, value in row.items() if isinstance(key, str)}, NAME_KEYS)
            places.append(_place(name, len(places) + 1, [row[lon_key], row[lat_key]], file=path, line=rows.line_num))
    except csv.Error as error:
        raise CityError(f"not a table: {error}", file=path, line=rows.line_num) from error
    return places


def _column(columns: Iterable[str], wanted: Sequence[str], path: Path) -> str:
    for column in columns:
        if column.strip().lower() in wanted:
            return column
    raise CityError(f"the table has no column called {' or '.join(wanted)}", file=path, line=1)


def named(values: dict[str, object], keys: Sequence[str]) -> str:
    """The first usable name among some values, cleaned of control characters; empty when there is none."""
    lowered = {key.strip().lower(): value for key, value in values.items()}
    for key in keys:
        value = lowered.get(key)
        if isinstance(value, str) and value.strip().lower() not in _NO_NAME:
            return "".join(letter for letter in value[:_MAX_NAME] if letter.isprintable()).strip()
    return ""


def _place(
    name: str, number: int, pair: Sequence[object], *, file: Path, key: str | None = None, line: int | None = None
) -> Place:
    try:
        lon, lat = (float(value) for value in pair if isinstance(value, int | float | str))
    except ValueError:
        raise CityError("latitude and longitude must be numbers", file=file, key=key, line=line) from None
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise CityError(
            f"latitude {lat}, longitude {lon} lies outside -90..90, -180..180", file=file, key=key, line=line
        )
    return Place(name or f"unnamed {number}", lon, lat)
