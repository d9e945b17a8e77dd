"""What stands still on the map and has a name: facilities, communities, parks and waters, as rows for its layers.

In: a city as pages show it. Out: JSON that the page's server gives once: rows as deck.gl layers take them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np
import shapely

from twin.domain.facility import FacilityKind
from twin.views.city import CityShown
from twin.views.icons import facility_sign
from twin.views.pictograms import OF_FACILITY
from twin.views.words import Words

_DEGREE_DIGITS = 6
_M_PER_DEGREE = 111_320.0
_AREA_NAME_SHARE, _GROUND_NAME_SHARE = 0.09, 0.16
"""Height of a name on the map as a share of how wide a community, or a piece of ground, is."""
_LEAST_NAME_M, _LARGEST_NAME_M = 45.0, 400.0
"""Smaller names would be dust on the map; facilities say theirs when pointed at."""


class _Properties(msgspec.Struct):
    kind: str
    name: str


class _Outline(msgspec.Struct):
    coordinates: list[list[tuple[float, float]]]


class _Ground(msgspec.Struct):
    properties: _Properties
    geometry: _Outline


def n_by_kind(city: CityShown) -> dict[FacilityKind, int]:
    """How many facilities of each kind there are, in the order of kinds; those it has none of are left out."""
    counted = Counter(facility.kind for facility in city.facilities)
    return {kind: counted[kind] for kind in FacilityKind if counted[kind]}


def ground_kinds(city: CityShown) -> frozenset[str]:
    """Kinds of ground that the city has."""
    return frozenset(ground.properties.kind for ground in _read(city))


def facilities_json(city: CityShown, kind: FacilityKind, words: Words) -> bytes:
    """Rows of the facilities of a kind: which it is, place, sign, and the text that pops up."""
    called = words(f"facility.{kind.value}")
    look = facility_sign(OF_FACILITY[kind])
    what = "camera" if kind is FacilityKind.CAMERA else "facility"
    rows: list[dict[str, object]] = [
        {
            "id": facility.ref,
            "what": what,
            "at": [round(facility.lon, _DEGREE_DIGITS), round(facility.lat, _DEGREE_DIGITS)],
            "sign": look,
            "text": words("tip.facility", kind=called, name=facility.name) if facility.name else called,
        }
        for facility in city.facilities
        if facility.kind is kind
    ]
    return _json(rows)


def names_json(city: CityShown) -> bytes:
    """Rows of names: place, name, height in metres, and whether it is that of a "place" or a "water"."""
    return _json([*_areas(city), *_grounds(city)])


def _areas(city: CityShown) -> Iterator[dict[str, object]]:
    """Communities: their names stand in the middle of their streets."""
    n = len(city.areas)
    if n < 2:
        return
    roads, area = city.roads, np.asarray(city.edge_area, np.int64)
    weight = roads.length_mm.astype(np.float64)
    total = np.maximum(np.bincount(area, weight, n), 1.0)
    lon, lat = (
        np.bincount(area, weight * (axis[roads.tail] + axis[roads.head]) / 2, n) / total
        for axis in (roads.node_lon, roads.node_lat)
    )
    apart_m = math.sqrt(float(np.ptp(roads.node_x)) * float(np.ptp(roads.node_y)) / n)
    for name, east, north in zip(city.areas, lon.tolist(), lat.tolist(), strict=True):
        yield _name(name, east, north, height_m=_AREA_NAME_SHARE * apart_m, what="place")


def _grounds(city: CityShown) -> Iterator[dict[str, object]]:
    """Waters, parks and the like that are large enough: their names stand within their outlines."""
    for ground in _read(city):
        outline = shapely.make_valid(shapely.Polygon(ground.geometry.coordinates[0]))
        middle = shapely.point_on_surface(outline)
        wide_m = math.sqrt(outline.area * math.cos(math.radians(middle.y))) * _M_PER_DEGREE
        what = "water" if ground.properties.kind == "water" else "place"
        height_m = _GROUND_NAME_SHARE * wide_m
        if ground.properties.name and height_m >= _LEAST_NAME_M:
            yield _name(ground.properties.name, middle.x, middle.y, height_m=height_m, what=what)


def _read(city: CityShown) -> list[_Ground]:
    return msgspec.convert(city.grounds, list[_Ground])


def _name(name: str, lon: float, lat: float, *, height_m: float, what: str) -> dict[str, object]:
    return {
        "at": [round(lon, _DEGREE_DIGITS), round(lat, _DEGREE_DIGITS)],
        "name": name,
        "height": round(min(height_m, _LARGEST_NAME_M), 1),
        "what": what,
    }


def _json(rows: list[dict[str, object]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
