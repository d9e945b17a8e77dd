"""Where does a row lie? From the values of a row to longitude and latitude on WGS 84, whatever system they are in.

In: the mapping's `Place`. Out: two functions, of which one gives the numbers as written and the other the place, or
each the reason why there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import NamedTuple

import msgspec
from pyproj import Transformer

from city_data.feeds.mapping_parts import BD09, CGCS2000, EPSG, GCJ02, WGS84, Place
from city_data.feeds.plain import plain
from city_data.feeds.shifted import bd09_to_wgs84, gcj02_to_wgs84

NO_PLACE = "has no coordinates"
BAD_PLACE = "has coordinates that are no place on earth"
SWAPPED_PLACE = "has coordinates that are no place on earth, but would be with longitude and latitude exchanged"
NULL_PLACE = "has coordinates 0, 0: no place known"

Values = tuple[object, ...]
Pair = tuple[float, float]
Converter = Callable[[float, float], Pair]

_PAIR = re.compile(r"[^\d+\-.]*([-+]?\d+(?:\.\d+)?)[,;、\s]+([-+]?\d+(?:\.\d+)?)[^\d]*")


class PlaceReader(NamedTuple):
    """How one feed's rows say where they lie; each function gives the reason as text where they do not.

    Parameters
    ----------
    written : the two numbers as written: longitude and latitude, or easting and northing.
    read : longitude and latitude on WGS 84, degrees.
    """

    written: Callable[[Values], Pair | str]
    read: Callable[[Values], Pair | str]


def place_reader(place: Place, at: Mapping[str, int], missing: frozenset[str] = frozenset()) -> PlaceReader:
    """How rows say where they lie.

    Parameters
    ----------
    at : position of each column in a row's values.
    missing : texts that mean "no value".
    """
    if place.point is not None:
        written = _by_point(place.point, at, missing)
    elif place.text is not None:
        written = _by_text(at[place.text], missing, is_lat_first=place.order == "lat_lon")
    else:
        lon_at, lat_at = at[str(place.lon)], at[str(place.lat)]

        def written(values: Values) -> Pair | str:
            return _numbers(values[lon_at], values[lat_at], missing)

    convert = to_wgs84(place.crs)
    is_degrees = not place.crs.startswith(EPSG)

    def read(values: Values) -> Pair | str:
        pair = written(values)
        if isinstance(pair, str):
            return pair
        x, y = pair
        if is_degrees and not (-180 <= x <= 180 and -90 <= y <= 90):
            return SWAPPED_PLACE if -180 <= y <= 180 and -90 <= x <= 90 else BAD_PLACE
        if x == 0 and y == 0:
            return NULL_PLACE
        if convert is None:
            return pair
        x, y = convert(x, y)
        return (x, y) if -180 <= x <= 180 and -90 <= y <= 90 else BAD_PLACE

    if place.lon is None or place.lat is None or convert is not None or not is_degrees:
        return PlaceReader(written, read)
    return PlaceReader(written, _quick(at[place.lon], at[place.lat], read))


def _quick(lon_at: int, lat_at: int, thorough: Callable[[Values], Pair | str]) -> Callable[[Values], Pair | str]:
    """The same as `thorough` for two good numbers that need no conversion, which nearly all rows have."""

    def read(values: Values) -> Pair | str:
        try:
            lon, lat = float(values[lon_at]), float(values[lat_at])  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return thorough(values)
        if -180 <= lon <= 180 and -90 <= lat <= 90 and (lon or lat):
            return lon, lat
        return thorough(values)

    return read


def to_wgs84(crs: str) -> Converter | None:
    """A function from written coordinates to WGS 84 degrees; None where they are (as good as) that already.

    CGCS2000 was WGS 84 to a decimetre in the year 2000, and by now lies within a metre of it, for the continent has
    moved some 3 cm a year: it is taken for it.
    What is no place in a system becomes infinite.
    """
    if crs in (WGS84, CGCS2000):
        return None
    if crs == GCJ02:
        return gcj02_to_wgs84
    if crs == BD09:
        return bd09_to_wgs84
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    def convert(x: float, y: float) -> Pair:
        lon, lat = transformer.transform(x, y)
        return float(lon), float(lat)

    return convert


def _by_point(path: str, at: Mapping[str, int], missing: frozenset[str]) -> Callable[[Values], Pair | str]:
    column, *keys = path.split(".")
    point_at = at[column]

    def written(values: Values) -> Pair | str:
        found: object = values[point_at]
        if isinstance(found, str) and found.lstrip().startswith(("{", "[")):
            try:
                found = msgspec.json.decode(found)
            except (msgspec.DecodeError, RecursionError):
                return BAD_PLACE
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        if not found:
            return NO_PLACE
        if not isinstance(found, list) or len(found) < 2:
            return BAD_PLACE
        return _numbers(found[0], found[1], missing)

    return written


def _by_text(text_at: int, missing: frozenset[str], *, is_lat_first: bool) -> Callable[[Values], Pair | str]:
    def written(values: Values) -> Pair | str:
        value = values[text_at]
        text = "" if value is None else plain(str(value))
        if not text or text in missing:
            return NO_PLACE
        match = _PAIR.fullmatch(text)
        if match is None:
            return BAD_PLACE
        x, y = float(match[1]), float(match[2])
        return (y, x) if is_lat_first else (x, y)

    return written


def _numbers(x: object, y: object, missing: frozenset[str]) -> Pair | str:
    if x is None or y is None or x == "" or y == "":
        return NO_PLACE
    try:
        pair = float(x), float(y)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        texts = plain(str(x)), plain(str(y))
        if any(not text or text in missing for text in texts):
            return NO_PLACE
        try:
            pair = float(texts[0]), float(texts[1])
        except ValueError:
            return BAD_PLACE
    return pair if isfinite(pair[0]) and isfinite(pair[1]) else BAD_PLACE
