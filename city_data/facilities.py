"""Facilities of a city from whatever file names them: the OSM file of its streets, a map layer, or a table.

In: OSM XML, Overpass JSON, GeoJSON, Shapefile, GeoPackage, CSV or Parquet (told apart by content). Out: `Facility`s on
the streets, and sentences about what was left out. Polygons stand at their middle. What is of no known kind is counted,
and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import shapely

from city_data.facility_tags import KEYS, kind_of_tags, kind_of_word
from city_data.map_json import decoded
from city_data.map_layer import is_map_layer, read_map_layer
from city_data.osm_facilities import FacilityPlace, facilities_of_osm_xml, facilities_of_overpass, middle_of
from city_data.point_table import read_point_table
from city_data.stations import NAME_KEYS, named
from city_data.unpack import unpacked
from twin.domain.facility import Facility, FacilityKind
from twin.domain.route import Spot
from twin.errors import CityError
from twin.roads.nearest import NearestEdge
from twin.roads.network import RoadNetwork

KIND_KEYS = ("kind", "facility", "facility_type", "type", "category", "类型", "类别", "设施类型")
NAMES = (*NAME_KEYS, "site_name", "名称")
REACH_M = 1_000.0
"""A facility farther than this from every street is not the city's."""
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class FacilityReport:
    """What was read, and what was left out of it."""

    n_read: int
    n_open: int = 0
    n_far: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)

    def lines(self) -> tuple[str, ...]:
        """The report in sentences; what did not happen is not mentioned."""
        said = [f"{self.n_read:,} facilities read"]
        if self.n_open:
            said.append(f"{self.n_open:,} outlines are not closed in the file and were left out")
        if self.n_far:
            said.append(f"{self.n_far:,} lie more than {REACH_M:,.0f} m from every street and were left out")
        if self.unknown:
            most = sorted(self.unknown.items(), key=lambda item: (-item[1], item[0]))
            words = ", ".join(f"{word or '(empty)'} {count:,}" for word, count in most[:6])
            said.append(f"{sum(self.unknown.values()):,} are of no kind that is known: {words}")
        return tuple(said)


def read_facilities(
    path: Path, network: RoadNetwork, *, kind: FacilityKind | None = None
) -> tuple[tuple[Facility, ...], FacilityReport]:
    """Facilities of a file, on the streets, by reference.

    Parameters
    ----------
    kind : of all of them; by default each says its own.

    Raises
    ------
    CityError : the file cannot be used, or holds no facility of a known kind near the streets.
    """
    unknown: Counter[str] = Counter()
    n_open = 0
    if is_map_layer(path):
        places = list(_known(read_map_layer(path), kind=kind, unknown=unknown, file=path))
    else:
        data = unpacked(path).removeprefix(b"\xef\xbb\xbf")
        head = data[:_HEAD].lstrip()
        if head.startswith(b"<"):
            found, n_open = facilities_of_osm_xml(data, path)
            places = list(found)
        elif head.startswith(b"{") and b'"features"' not in head and b'"FeatureCollection"' not in head:
            found, n_open = facilities_of_overpass(data, path)
            places = list(found)
        elif head.startswith(b"{"):
            places = list(_known(_features(data, path), kind=kind, unknown=unknown, file=path))
        else:
            places = list(_known(_rows(path), kind=kind, unknown=unknown, file=path))
    on_map = put_on_streets(places, network)
    report = FacilityReport(len(on_map), n_open, len(places) - len(on_map), dict(unknown))
    if not on_map:
        raise CityError(f"no facility of the city is in this file: {'; '.join(report.lines())}", file=path)
    return on_map, report


def put_on_streets(places: Sequence[FacilityPlace], network: RoadNetwork) -> tuple[Facility, ...]:
    """Those places that are within reach of a street, each with the nearest place on it."""
    if not places:
        return ()
    lon, lat = (np.array([getattr(place, axis) for place in places], np.float64) for axis in ("lon", "lat"))
    edges, offsets_mm, metres = NearestEdge(network).snap(lon, lat, within_m=REACH_M)
    return tuple(
        Facility(
            place.ref, place.kind, place.name, place.lon, place.lat, Spot(int(edge), int(offset)), round(float(far), 3)
        )
        for place, edge, offset, far in zip(places, edges, offsets_mm, metres, strict=True)
        if np.isfinite(far)
    )


Described = tuple[str, Mapping[str, object], Any]
"""Where in the file, the properties there, and a shapely geometry or None."""


def _known(
    described: Iterable[Described], *, kind: FacilityKind | None, unknown: Counter[str], file: Path
) -> Iterator[FacilityPlace]:
    for number, (key, properties, shape) in enumerate(described, start=1):
        of_kind = kind or _kind(properties, unknown)
        if of_kind is None:
            continue
        if shape is None or shapely.is_empty(shape):
            raise CityError("a facility needs a place", file=file, key=key)
        lon, lat = middle_of(shape)
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise CityError(f"latitude {lat}, longitude {lon} lies outside -90..90, -180..180", file=file, key=key)
        yield FacilityPlace(f"{file.name.split('.')[0]}/{number}", of_kind, named(dict(properties), NAMES), lon, lat)


def _kind(properties: Mapping[str, object], unknown: Counter[str]) -> FacilityKind | None:
    texts = {key.strip().lower(): value for key, value in properties.items() if isinstance(value, str)}
    of_tags = kind_of_tags({key: value for key, value in texts.items() if key in KEYS})
    if of_tags is not None:
        return of_tags
    word = next((texts[key] for key in KIND_KEYS if key in texts), "")
    found = kind_of_word(word)
    if found is None:
        unknown["".join(letter for letter in word[:40] if letter.isprintable())] += 1
    return found


class _Feature(msgspec.Struct):
    geometry: msgspec.Raw = msgspec.Raw(b"null")
    properties: dict[str, object] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]


def _features(data: bytes, path: Path) -> Iterator[Described]:
    features = decoded(data, _Collection, file=path, what="GeoJSON").features
    for index, feature in enumerate(features):
        key, geometry = f"features[{index}]", bytes(feature.geometry)
        try:
            shape = None if geometry == b"null" else shapely.make_valid(shapely.from_geojson(geometry))
        except shapely.errors.GEOSException as error:
            raise CityError(f"not a GeoJSON geometry: {error}", file=path, key=key) from error
        yield key, feature.properties or {}, shape


def _rows(path: Path) -> Iterator[Described]:
    rows = read_point_table(path)
    lon, lat = rows.places()
    columns = {name: rows.texts(name).to_pylist() for name in rows.table.column_names}
    for row in range(rows.n_rows):
        if not (np.isfinite(lon[row]) and np.isfinite(lat[row])):
            raise rows.refusal("a facility needs a longitude and a latitude", row=row, key=rows.need(("lon", "经度")))
        yield (
            f"row {row + 1}",
            {name: values[row] for name, values in columns.items()},
            shapely.Point(lon[row], lat[row]),
        )
