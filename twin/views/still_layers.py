"""Map layers of what stands still: facilities, stations, and names; borders of grids belong to the base map.

In: a city, what of it is wanted, and where the page's server gives the rest. Out: pydeck layers that hold addresses
instead of rows, so that however often the map is drawn, nothing of them is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pydeck

from twin.domain.facility import FacilityKind
from twin.views.city import StationShown
from twin.views.icons import STATION
from twin.views.layers import Row, sign_layer
from twin.views.palette import Palette
from twin.views.words import Words

SHOWN_AT_FIRST = (FacilityKind.HOSPITAL, FacilityKind.POLICE, FacilityKind.FIRE_STATION)
"""Facilities that are on the map without being asked for."""
_FEW = (*SHOWN_AT_FIRST, FacilityKind.SCHOOL, FacilityKind.PARK)
_STATION_M, _FEW_M, _MANY_M = 72, 62, 22
"""Signs grow with the map, between limits in pixels: those of which there are many are smaller."""
_BELOW_PX = 15
"""Names stand a little below their places, where stations are."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the page's server gives what stands still: of a kind of facilities, and the names."""

    facilities: Callable[[FacilityKind], str]
    names: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of it is to be drawn: the borders of an overlay, facilities of some kinds, and names."""

    overlay: str | None = None
    facilities: tuple[FacilityKind, ...] = SHOWN_AT_FIRST
    names: bool = True


def still_layers(wanted: Wanted, addresses: Addresses, *, colours: Palette) -> list[pydeck.Layer]:
    """What is wanted, from the ground up."""
    layers = []
    if wanted.names:
        layers.append(_name_layer(addresses.names, colours=colours))
    layers += [_facility_layer(kind, addresses.facilities(kind), colours=colours) for kind in wanted.facilities]
    return layers


def station_layer(stations: Iterable[StationShown], *, colours: Palette, words: Words) -> pydeck.Layer:
    """Stations that stand on the map."""
    rows: list[Row] = [
        {
            "id": station.name,
            "what": "station",
            "at": [station.lon, station.lat],
            "sign": STATION,
            "text": words("tip.station", name=station.name),
        }
        for station in stations
        if station.on_map
    ]
    return sign_layer(
        "stations",
        rows,
        theme=colours.theme,
        size=_STATION_M,
        size_units="'meters'",
        size_min_pixels=8,
        size_max_pixels=20,
    )


def _name_layer(address: str, *, colours: Palette) -> pydeck.Layer:
    return pydeck.Layer(
        "TextLayer",
        address,
        id="names",
        get_position="at",
        get_text="name",
        get_size="height",
        size_units="'meters'",
        size_min_pixels=0,
        size_max_pixels=15,
        get_color=list(colours.place),
        get_pixel_offset=[0, _BELOW_PX],
        character_set="'auto'",
        font_family="'system-ui, \\'Noto Sans SC\\', \\'Noto Sans CJK SC\\', sans-serif'",
        font_weight=600,
        font_settings={"sdf": True},
        outline_width=4,
        outline_color=[*colours.ground, 220],
    )


def _facility_layer(kind: FacilityKind, address: str, *, colours: Palette) -> pydeck.Layer:
    few = kind in _FEW
    return sign_layer(
        f"facilities-{kind.value}",
        address,
        theme=colours.theme,
        size=_FEW_M if few else _MANY_M,
        size_units="'meters'",
        size_min_pixels=8 if few else 4,
        size_max_pixels=24 if few else 18,
    )
