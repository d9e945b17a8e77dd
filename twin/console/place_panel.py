"""Place mode: a map that stands still, with streets and cells to click on, and the search box beside it.

It is opened in a dialog over the live map, whose clock goes on. Settings in (a click, a name), a `Placed` out.
"""

from __future__ import annotations

import streamlit as st

from twin.console.desk import Desk
from twin.console.place_routes import pick_addresses
from twin.console.routes import still_addresses, style_url
from twin.console.search_box import choose_none, search
from twin.console.tiles import plain
from twin.views.city import Camera, CityShown, camera_on
from twin.views.finding import Found
from twin.views.layers import deck
from twin.views.palette import Theme, palette
from twin.views.place_layers import chosen_layers, has_pickable_streets, pick_layers, picked
from twin.views.placing import Placed, place_at, place_on_street, street_name, streets_of_cell
from twin.views.still_layers import Wanted, still_layers
from twin.views.words import Words

HEIGHT_PX = 430
_FITS_PX = 640
_COLUMNS = (2.1, 1)
_CLOSE_ZOOM = 16.2
_NAMES_ONLY = Wanted(None, (), names=True)


def choose_place(desk: Desk, *, words: Words, theme: Theme, key: str) -> Placed | None:
    """The place that was clicked on or looked up last; `key` begins the keys of its controls."""
    city = desk.city
    if city is None:
        st.info(words("around.no_streets"))
        return None
    placed_key, camera_key = f"{key}_placed", f"{key}_camera"

    def look_at(found: Found) -> None:
        st.session_state[placed_key] = place_at(city, found.spot, label=found.label)
        st.session_state[camera_key] = Camera(round(found.lon, 6), round(found.lat, 6), _CLOSE_ZOOM)

    def take_click() -> None:
        clicked = picked(city, st.session_state[f"{key}_map"].selection.objects)
        if clicked is not None:
            st.session_state[placed_key] = clicked
            choose_none(key)

    shown, side = st.columns(_COLUMNS, gap="medium")
    with side:
        st.caption(words("place.how") if has_pickable_streets(city.roads) else words("place.how.cells"))
        search(city, words=words, key=key, on_found=look_at)
        placed: Placed | None = st.session_state.get(placed_key)
        if placed is not None and placed.cell is not None:
            placed = _street_of(city, placed, words=words, key=key)
        _show_chosen(placed, words)
    with shown:
        colours = palette(theme)
        layers = [
            *pick_layers(pick_addresses(city), colours=colours),
            *still_layers(_NAMES_ONLY, still_addresses(city.checksum, words), colours=colours),
            *(() if placed is None else chosen_layers(placed, city.roads, colours=colours)),
        ]
        whole = camera_on(city.roads, width_px=_FITS_PX, height_px=HEIGHT_PX)
        st.pydeck_chart(
            deck(
                layers,
                camera=st.session_state.get(camera_key, whole),
                style_url=style_url(city.checksum, theme=theme),
                colours=colours,
            ),
            height=HEIGHT_PX,
            selection_mode="single-object",
            on_select=take_click,
            key=f"{key}_map",
            alt=words("place.alt"),
        )
    return placed


def forget_place(key: str) -> None:
    """Begin anew: nothing chosen, the whole city in view."""
    for name in [name for name in st.session_state if str(name).startswith(f"{key}_")]:
        del st.session_state[name]


def _street_of(city: CityShown, placed: Placed, *, words: Words, key: str) -> Placed:
    """One of the streets of the cell that was clicked on; the cell's own middle until one is chosen."""
    assert placed.cell is not None
    edge = st.selectbox(
        words("place.streets"),
        options=streets_of_cell(city, placed.cell),
        index=None,
        placeholder=placed.street,
        format_func=lambda each: street_name(city.roads, each),
        key=f"{key}_street_{placed.cell}",
    )
    return placed if edge is None else place_on_street(city, edge)


def _show_chosen(placed: Placed | None, words: Words) -> None:
    """The place, and the street it is on where it is not that street itself."""
    if placed is None:
        return
    said = words("place.chosen")
    st.markdown(f":small[{said}]  \n**{plain(placed.line)}**")
    if placed.label != placed.street:
        st.caption(words("place.on_street", street=plain(placed.street)))
