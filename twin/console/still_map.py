"""The map of a city by itself: nothing moves."""

from __future__ import annotations

import streamlit as st

from twin.console.layers_menu import choose_ground
from twin.console.routes import still_addresses, style_url
from twin.console.visit import Visit
from twin.views.city import CityShown, camera_on
from twin.views.layers import deck
from twin.views.legend import ground_legend
from twin.views.still_layers import station_layer, still_layers

HEIGHT_PX = 600
_FITS_PX = 820


@st.fragment
def show_still_map(city: CityShown, visit: Visit) -> None:
    """Streets, and what lies on and between them."""
    words, colours = visit.words, visit.colours
    with st.popover(words("map.show"), icon=":material/layers:"):
        wanted = choose_ground(city, words)
    layers = still_layers(wanted, still_addresses(city.checksum, words), colours=colours)
    st.pydeck_chart(
        deck(
            [*layers, station_layer(city.stations, colours=colours, words=words)],
            camera=camera_on(city.roads, width_px=_FITS_PX, height_px=HEIGHT_PX),
            style_url=style_url(city.checksum, theme=visit.theme, overlay=wanted.overlay),
            colours=colours,
        ),
        height=HEIGHT_PX,
        key="map_chart",
        alt=words("map.alt"),
    )
    st.html(ground_legend(city, wanted, colours=colours, words=words))
    st.caption(words("map.credit", credit=city.credit))
