"""What of the ground is to be drawn: borders of an overlay, facilities of some kinds, names; chosen in a menu."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from twin.console.desk import Desk
from twin.views.city import CityShown
from twin.views.live_layers import Live
from twin.views.places import n_by_kind
from twin.views.still_layers import SHOWN_AT_FIRST, Wanted
from twin.views.words import Words

_LAYERS = ("units", "cases", "closed", "heat", "cameras")
_ON_AT_FIRST = ("units", "cases", "closed")


class Shown(NamedTuple):
    """What of a room is to be drawn. `past`: all cases of a finished run; `together`: both runs on one map."""

    live: Live
    past: bool
    together: bool


def choose_live(desk: Desk, words: Words) -> Shown:
    """What moves and what happens."""
    on = [name for name in _LAYERS if name in _ON_AT_FIRST]
    names = [*_LAYERS, *(["past"] if desk.result is not None else [])]
    chosen = st.pills(
        words("room.layers"),
        options=names,
        selection_mode="multi",
        default=on,
        format_func=lambda name: words(f"room.layer.{name}"),
        key="map_layers",
    )
    together = True
    if desk.beside is not None:
        how = st.segmented_control(
            words("room.beside"),
            options=("over", "next"),
            default="over",
            required=True,
            format_func=lambda option: words(f"room.beside.{option}"),
            key="map_beside",
        )
        together = how != "next"
    live = Live(
        units="units" in chosen,
        cases="cases" in chosen,
        closed="closed" in chosen,
        hot_spots="heat" in chosen,
        cameras="cameras" in chosen,
        beside=desk.beside is not None and together,
    )
    return Shown(live, "past" in chosen, together)


def choose_ground(city: CityShown, words: Words) -> Wanted:
    """The controls, as far as the city has such things."""
    kinds, has_names = n_by_kind(city), len(city.areas) > 1 or bool(city.grounds)
    overlay, facilities = None, []
    if city.overlays:
        overlay = st.pills(
            words("map.grids"),
            options=[overlay.name for overlay in city.overlays],
            format_func=lambda name: words.named("overlay", name),
            key="map_grids",
        )
    if kinds:
        facilities = st.pills(
            words("map.facilities"),
            options=list(kinds),
            selection_mode="multi",
            default=[kind for kind in SHOWN_AT_FIRST if kind in kinds],
            format_func=lambda kind: f"{words(f'facility.{kind.value}')} {words.count(kinds[kind])}",
            key="map_facilities",
        )
    names = has_names and st.toggle(words("map.names"), value=True, key="map_names")
    return Wanted(overlay, tuple(kind for kind in kinds if kind in facilities), names)
