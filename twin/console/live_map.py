"""The live map: it ticks by itself, and each tick sends a picture that holds addresses instead of rows.

In: the moment, what is selected and what is switched on. Out: one map, or two side by side where a second run is set
beside the first. What is clicked is selected; pan and zoom are the browser's own and never touched.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from twin.console.desk import Desk
from twin.console.layers_menu import choose_ground, choose_live
from twin.console.moment_routes import live_addresses, past_address
from twin.console.routes import still_addresses, style_url
from twin.console.selection import select_case, select_unit, selected
from twin.console.visit import Visit
from twin.views.city import CityShown, camera_on
from twin.views.layers import deck
from twin.views.legend import ground_legend, live_legend, past_legend
from twin.views.live_layers import Chosen, Live, live_layers, picked_in
from twin.views.moment import Moment, is_smooth, tick_s
from twin.views.past_cases import past_layer
from twin.views.result import RECORDED
from twin.views.still_layers import Wanted, station_layer, still_layers

HEIGHT_PX = 600
FITS_PX = 900


def show_live_map(desk: Desk, visit: Visit) -> None:
    """The map, ticking as often as smooth motion needs."""
    if desk.city is None or desk.streets is None:
        st.info(visit.words("room.no_map"))
        return
    every_s = tick_s(desk.moment.pace, n_units=len(desk.moment.units))
    st.fragment(partial(_show, desk, desk.city, visit, every_s=every_s), run_every=every_s)()


def _show(desk: Desk, city: CityShown, visit: Visit, *, every_s: float) -> None:
    words, moment = visit.words, desk.moment
    n_units = len(moment.units)
    if tick_s(moment.pace, n_units=n_units) != every_s:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(words("map.show"), icon=":material/layers:"):
            live, with_past, together = choose_live(desk, words)
            wanted = choose_ground(city, words)
        with st.popover(words("map.legend"), icon=":material/legend_toggle:"):
            st.html(live_legend(moment, live, colours=visit.colours, words=words))
            if with_past:
                st.html(past_legend(colours=visit.colours, words=words))
            st.html(ground_legend(city, wanted, colours=visit.colours, words=words))
    live = replace(live, glide_ms=round(every_s * 1_000) if is_smooth(moment.pace, n_units=n_units) else 0)
    if desk.beside is None or together:
        _show_deck(desk, city, visit, moment, live, wanted, with_past=with_past)
        return
    first, second = st.columns(2, gap="small")
    with first:
        st.caption(moment.policy)
        _show_deck(desk, city, visit, moment, live, wanted, with_past=with_past)
    with second:
        st.caption(desk.beside.policy)
        _show_deck(desk, city, visit, desk.beside, live, wanted, with_past=False, is_other=True)


def _show_deck(
    desk: Desk,
    city: CityShown,
    visit: Visit,
    moment: Moment,
    live: Live,
    wanted: Wanted,
    *,
    with_past: bool,
    is_other: bool = False,
) -> None:
    words, colours = visit.words, visit.colours
    key = "map_other" if is_other else "map_live"
    before = st.session_state.get(f"{key}_shown")
    addresses = live_addresses(
        moment,
        words,
        checksum=city.checksum,
        before=before if live.glide_ms else None,
        is_hollow=is_other or (live.beside and moment.policy == RECORDED),
        is_other=is_other,
    )
    st.session_state[f"{key}_shown"] = moment.number
    assert desk.streets is not None
    chosen = Chosen(selected("case"), selected("unit"))
    layers = [
        *still_layers(wanted, still_addresses(city.checksum, words), colours=colours),
        station_layer(city.stations, colours=colours, words=words),
        *([past_layer(past_address(visit.theme, words))] if with_past else []),
        *live_layers(moment, chosen, live, addresses, streets=desk.streets, colours=colours),
    ]

    def take_click() -> None:
        picked = picked_in(st.session_state[key].selection.objects)
        if picked is not None and isinstance(picked.id, int):
            (select_case if picked.what == "case" else select_unit)(picked.id)

    st.pydeck_chart(
        deck(
            layers,
            camera=camera_on(city.roads, width_px=FITS_PX, height_px=HEIGHT_PX),
            style_url=style_url(city.checksum, theme=visit.theme, overlay=wanted.overlay),
            colours=colours,
        ),
        height=HEIGHT_PX,
        selection_mode="single-object",
        on_select=take_click,
        key=key,
        alt=words("room.map.alt"),
    )
