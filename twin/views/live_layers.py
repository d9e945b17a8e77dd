"""Map layers of a moment: units, open cases, and what is drawn about the one that is selected.

In: a moment, what is selected, what is switched on, and where the page's server gives the rows. Out: pydeck layers
that hold addresses, so that the picture sent at each tick is tiny however many units there are. Ids of layers and rows
stay from tick to tick; only what is drawn about the selection is named after it, so that it never flies across the map.
Closed streets are GeoJSON because the page dims the colours of other layers while something is selected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pydeck

from twin.views.crew import Streets
from twin.views.icons import RING
from twin.views.layers import sign_layer
from twin.views.moment import Moment
from twin.views.palette import Palette
from twin.views.rows import CASE
from twin.views.ways_shown import way_layers

PATROLS, UNITS, CASES, BESIDE_PATROLS, BESIDE_UNITS, BESIDE_CASES = (
    "patrols",
    "units",
    "cases",
    "beside_patrols",
    "beside_units",
    "beside_cases",
)
"""Ids of the layers of signs."""
CAMERA_M = 50.0
"""How far a camera sees, where nothing else is known."""
_PATROL_M = 44
"""Signs of patrols grow with the map, between two limits in pixels: seen from afar they are dots."""
_LEAST_PATROL_PX, _LARGEST_PATROL_PX = 10, 26
_RING_PX, _LARGE_RING_PX = 38, 44
_HEAD_PX = -20
"""The head of a case's sign stands this far above its place."""
_WATCHED_ALPHA, _WATCHED_LINE_ALPHA = 26, 70
_DASHES = (3, 2)
"""Of closed streets: drawn and left out, in widths of the line."""


class Chosen(NamedTuple):
    """What is selected: a case, a unit, both or neither."""

    case: int | None = None
    unit: int | None = None


class Picked(NamedTuple):
    """What was clicked: a "unit" and its number, a "case" and its id, or a "facility", "camera" or "station"."""

    what: str
    id: int | str


@dataclass(frozen=True, slots=True)
class Live:
    """What is switched on. `glide_ms`: how long signs take to get to new places; 0: they jump."""

    units: bool = True
    cases: bool = True
    closed: bool = True
    hot_spots: bool = False
    cameras: bool = False
    beside: bool = False
    glide_ms: int = 0


@dataclass(frozen=True, slots=True)
class LiveAddresses:
    """Where the page's server gives the rows of a moment.

    Parameters
    ----------
    units, cases : of the moment; `beside_units`, `beside_cases` of that of the run set beside it.
    closed, hot_spots : GeoJSON.
    cameras : rows of facilities.
    """

    units: str
    cases: str
    beside_units: str
    beside_cases: str
    closed: str
    hot_spots: str
    cameras: str


def live_layers(
    moment: Moment, chosen: Chosen, live: Live, addresses: LiveAddresses, *, streets: Streets, colours: Palette
) -> list[pydeck.Layer]:
    """What is switched on, from the ground up."""
    layers = []
    if live.hot_spots:
        layers.append(_hot_spot_layer(addresses.hot_spots, colours=colours))
    if live.cameras:
        layers.append(_watched_layer(addresses.cameras, colours=colours))
    if live.closed and moment.closed:
        layers.append(_closed_layer(addresses.closed, colours=colours))
    layers += way_layers(moment, case=chosen.case, unit=chosen.unit, streets=streets, colours=colours)
    if live.beside:
        layers += _beside_layers(addresses, live, colours=colours)
    if live.units:
        layers += _unit_layers((PATROLS, UNITS), addresses.units, colours=colours, glide_ms=live.glide_ms)
    if live.cases:
        layers.append(_sign_layer(CASES, addresses.cases, colours=colours))
    return [*layers, *_rings(chosen, live, addresses, colours=colours)]


def picked_in(objects: Mapping[str, Sequence[Mapping[str, object]]]) -> Picked | None:
    """What was clicked, by what the map gives back: layer → rows; None where that was nothing of ours.

    >>> picked_in({"cases": [{"id": "17", "what": "case", "at": [0.0, 0.0]}]}), picked_in({})
    (Picked(what='case', id=17), None)
    """
    for rows in objects.values():
        for row in rows:
            what, known = row.get("what"), row.get("id")
            if what == CASE:
                return Picked(CASE, int(known)) if isinstance(known, str) and known.isdecimal() else None
            if isinstance(what, str) and isinstance(known, int | str):
                return Picked(what, known)
    return None


def _unit_layers(
    ids: tuple[str, str], address: str, *, colours: Palette, glide_ms: int, pickable: bool = True
) -> list[pydeck.Layer]:
    """Units, patrols below the others: both layers take the same rows, and each draws its part of them."""
    patrols, units = ids
    dots = sign_layer(
        patrols,
        address,
        theme=colours.theme,
        size=_PATROL_M,
        sign="dot",
        pickable=pickable,
        size_units="'meters'",
        size_min_pixels=_LEAST_PATROL_PX,
        size_max_pixels=_LARGEST_PATROL_PX,
        **_gliding(glide_ms),
    )
    return [dots, _sign_layer(units, address, colours=colours, glide_ms=glide_ms, pickable=pickable)]


def _sign_layer(
    layer_id: str, address: str, *, colours: Palette, glide_ms: int = 0, pickable: bool = True
) -> pydeck.Layer:
    return sign_layer(
        layer_id,
        address,
        theme=colours.theme,
        size="size",
        sign="sign",
        pickable=pickable,
        get_pixel_offset="beside",
        **_gliding(glide_ms),
    )


def _beside_layers(addresses: LiveAddresses, live: Live, *, colours: Palette) -> list[pydeck.Layer]:
    """The run set beside this one, below it; its signs cannot be clicked."""
    layers = []
    ids, glide_ms = (BESIDE_PATROLS, BESIDE_UNITS), live.glide_ms
    if live.units:
        layers += _unit_layers(ids, addresses.beside_units, colours=colours, glide_ms=glide_ms, pickable=False)
    if live.cases:
        layers.append(_sign_layer(BESIDE_CASES, addresses.beside_cases, colours=colours, pickable=False))
    return layers


def _rings(chosen: Chosen, live: Live, addresses: LiveAddresses, *, colours: Palette) -> Iterator[pydeck.Layer]:
    """Rings around what is selected: drawn from the rows of the signs, so that they move with them."""
    if chosen.unit is not None:
        yield sign_layer(
            f"ring_unit_{chosen.unit}",
            addresses.units,
            theme=colours.theme,
            size=_RING_PX,
            sign=f"id == {chosen.unit} && (sign || dot) ? '{RING}' : ''",
            pickable=False,
            get_pixel_offset="beside",
            **_gliding(live.glide_ms),
        )
    if chosen.case is not None:
        yield sign_layer(
            f"ring_case_{chosen.case}",
            addresses.cases,
            theme=colours.theme,
            size=_LARGE_RING_PX,
            sign=f"id == '{chosen.case}' ? '{RING}' : ''",
            pickable=False,
            get_pixel_offset=[0, _HEAD_PX],
        )


def _gliding(glide_ms: int) -> dict[str, object]:
    return {"transitions": {"getPosition": glide_ms}} if glide_ms else {}


def _closed_layer(address: str, *, colours: Palette) -> pydeck.Layer:
    dashed = {"extensions": [{"@@type": "PathStyleExtension", "dash": True}], "getDashArray": _DASHES}
    return pydeck.Layer(
        "GeoJsonLayer",
        address,
        id="closed",
        get_line_color=list(colours.closed),
        get_line_width=5,
        line_width_units="'pixels'",
        _sub_layer_props={"linestrings": dashed},
    )


def _hot_spot_layer(address: str, *, colours: Palette) -> pydeck.Layer:
    red, green, blue = colours.hot
    return pydeck.Layer(
        "GeoJsonLayer",
        address,
        id="hot_spots",
        stroked=False,
        get_fill_color=f"[{red},{green},{blue},properties.alpha]",
    )


def _watched_layer(address: str, *, colours: Palette) -> pydeck.Layer:
    return pydeck.Layer(
        "ScatterplotLayer",
        address,
        id="watched",
        get_position="at",
        get_radius=CAMERA_M,
        stroked=True,
        get_fill_color=[*colours.watched, _WATCHED_ALPHA],
        get_line_color=[*colours.watched, _WATCHED_LINE_ALPHA],
        get_line_width=1,
        line_width_units="'pixels'",
    )
