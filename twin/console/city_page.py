"""A city by itself: its figures, its map, and what was read, kept and dropped when it was built."""

from __future__ import annotations

import streamlit as st

from twin.console.desk import House
from twin.console.still_map import show_still_map
from twin.console.tiles import city_tiles, plain, show_heading, show_tiles
from twin.console.visit import Visit
from twin.domain.seat import OPEN
from twin.views.city import CityShown


def show_city(house: House, city: CityShown, visit: Visit) -> None:
    """Draw the page of a city."""
    words = visit.words
    show_heading(city.name, [(words("head.city"), "")])
    show_tiles(city_tiles(city, words))
    for warning in city.warnings:
        st.warning(plain(warning))
    show_still_map(city, visit)
    st.subheader(words("city.report"), anchor=False)
    st.write("\n".join(f"- {plain(fact)}" for fact in city.facts))
    st.caption(words("city.checksum"))
    st.code(city.checksum, language=None)
    if visit.seat.may(OPEN) and st.button(words("room.leave"), icon=":material/home:", type="tertiary"):
        house.leave(seat=visit.seat)
        st.rerun()
