"""The parts of a mapping that say where a row lies and what its words mean; `mapping` puts them together.

In: what stands in a mapping file. Out: frozen, checked parts; coordinate systems by one name each.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from city_data.feeds.plain import plain

WGS84, GCJ02, BD09, CGCS2000 = "wgs84", "gcj02", "bd09", "cgcs2000"
EPSG = "EPSG:"

_SAME_AS = {"EPSG:4326": WGS84, "EPSG:4490": CGCS2000}
NO_VALUE = frozenset({"无", "空", "—", "——", "-", "--"})
"""What offices write where there is nothing to write."""


def _crs(value: object) -> str:
    text = plain(str(value)).upper()
    by_name = text.replace("-", "").replace(" ", "").lower()
    if by_name in (WGS84, GCJ02, BD09, CGCS2000):
        return by_name
    number = text.removeprefix(EPSG)
    if not number.isdecimal():
        raise ValueError(f"{value!r} is none of wgs84, gcj02, bd09, cgcs2000 or an EPSG number like EPSG:4549")
    try:
        kinds = CRS.from_epsg(int(number))
    except CRSError as error:
        raise ValueError(f"{value!r} is not a coordinate system that EPSG knows") from error
    if not (kinds.is_geographic or kinds.is_projected):
        raise ValueError(f"{value!r} is not a system of places on a map")
    name = f"{EPSG}{int(number)}"
    return _SAME_AS.get(name, name)


def _pattern(text: str) -> str:
    try:
        n_groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from error
    if n_groups != 1:
        raise ValueError(f"{text!r} must hold exactly one group, the station's name")
    return text


Column = Annotated[str, Field(min_length=1)]
Word = Annotated[str, AfterValidator(plain)]
"""A word of the source, in plain signs: `占道经营（流动）` and `占道经营(流动)` are one."""
Crs = Annotated[str, BeforeValidator(_crs)]


class Part(BaseModel):
    """Frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Category(Part):
    """Column with the source's own word for what is wrong, and our matter for each word."""

    column: Column
    matters: dict[Word, str] = {}
    default: str = "other"


class Priority(Part):
    """Column with the source's own priority, and our level for each: 1 is the most urgent."""

    column: Column
    levels: dict[Word, Annotated[int, Field(ge=1)]]
    default: Annotated[int, Field(ge=1)]


class Status(Part):
    """Column that says whether a case is over.

    Parameters
    ----------
    closed : its words for "over". A row that says anything else has no `closed` stamp, whatever stands in that column.
    """

    column: Column
    closed: Annotated[frozenset[Word], Field(min_length=1)]


class Duplicates(Part):
    """Free text that labels a row as a second telling of another; nothing but the label is taken from it.

    Parameters
    ----------
    says : the label, as it stands somewhere in the text.
    """

    column: Column
    says: Annotated[str, Field(min_length=1)]


class Place(Part):
    """Where: two columns, a GeoJSON point's coordinates (`intersection_point.coordinates`), or one text.

    Parameters
    ----------
    lon, lat : columns of longitude and latitude; of easting and northing where `crs` is projected.
    point : path to an array of longitude and latitude.
    text : column of texts like `116.39,39.91`, in the order that `order` says.
    crs : the coordinate system; CGCS2000 is taken for WGS 84, from which it differs by less than a metre.
    """

    lon: Column | None = None
    lat: Column | None = None
    point: Column | None = None
    text: Column | None = None
    order: Literal["lon_lat", "lat_lon"] = "lon_lat"
    crs: Crs = WGS84

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the file; a nested path counts by its first part."""
        if self.point is not None:
            return (self.point.partition(".")[0],)
        return tuple(column for column in (self.lon, self.lat, self.text) if column is not None)

    @property
    def column(self) -> str:
        """What to name when a place cannot be used."""
        return self.point or self.text or str(self.lon)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        n_ways = sum(way is not None for way in (self.lon, self.point, self.text))
        if (self.lon is None) != (self.lat is None) or n_ways != 1:
            raise ValueError("give one of: `lon` and `lat`; `point`; `text`")
        if "order" in self.model_fields_set and self.text is None:
            raise ValueError("`order` is for `text`; elsewhere the keys say which number is which")
        return self


class Units(Part):
    """What responds: its kind, the skill that follows, its station, and which kinds are counted in the headline.

    Parameters
    ----------
    kind : column of the kind of unit.
    skills : skill of each kind.
    default_skill : skill of all other kinds, or of every row of a feed that names no units.
    station : regular expression whose one group makes a station's name of a unit's id.
    station_kinds : the kinds it holds for; empty means all.
    headline : kinds whose times are reported first.
    """

    kind: Column | None = None
    skills: dict[Word, str] = {}
    default_skill: str
    station: Annotated[str, AfterValidator(_pattern)] | None = None
    station_kinds: tuple[Word, ...] = ()
    headline: tuple[Word, ...] = ()
