"""What of the ground is to be drawn: borders of an overlay, facilities of some kinds, names; chosen in a menu."""

from __future__ import annotations

import streamlit as st

from twin.views.city import CityShown
from twin.views.places import n_by_kind
from twin.views.still_layers import SHOWN_AT_FIRST, Wanted
from twin.views.words import Words


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
