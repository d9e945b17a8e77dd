"""The room: clock and tiles above, the live map, and beside it the panel with cases, cards and acts.

Three flat fragments tick by themselves, each drawing the desk's latest moment: head, map and panel. What is selected is
kept by the session; what happens, by the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from twin.console.act_dialogs import show_dialog
from twin.console.act_panel import show_acts
from twin.console.area_panel import show_area
from twin.console.branch_panel import show_branch, show_street_dialog
from twin.console.cards import show_case_card, show_unit_card
from twin.console.case_table import show_cases
from twin.console.clock_strip import show_clock
from twin.console.desk import Desk, House
from twin.console.desk_panel import show_desks
from twin.console.live_map import show_live_map
from twin.console.result_panel import show_result
from twin.console.selection import select_case, tab_to_open
from twin.console.visit import Visit
from twin.domain.seat import OPEN
from twin.views.tiles import tiles_markup, tiles_of

_HEAD_S, _PANEL_S = 1.0, 1.0
_COLUMNS = (2.35, 1)
_PANEL_PX = 640


def show_room(house: House, desk: Desk, visit: Visit) -> None:
    """Draw the room."""
    _ticking(partial(_show_head, desk, visit), every_s=_HEAD_S)
    ground, side = st.columns(_COLUMNS, gap="small")
    with ground:
        show_live_map(desk, visit)
    with side:
        _ticking(partial(_show_panel, desk, visit), every_s=_PANEL_S)
    _show_foot(house, desk, visit)
    show_dialog(desk, seat=visit.seat, words=visit.words, theme=visit.theme)
    show_street_dialog(desk, visit)


def _ticking(draw: Callable[[], None], *, every_s: float) -> None:
    st.fragment(draw, run_every=every_s)()


def _heading(desk: Desk, visit: Visit) -> str:
    """Title, policy and seed: names are data, and plain text."""
    about, words = desk.about, visit.words
    facts = [
        (words("room.live" if about.is_live else "room.replay"), ""),
        (words("room.scenario"), about.scenario),
        (words("room.seed"), str(about.seed)),
        (words("room.policy"), desk.moment.policy),
        (words("room.seat", name=visit.seat.name, role=words(f"role.{visit.seat.role.value}")), ""),
    ]
    told = "".join(f"<span>{escape(name)} <b>{escape(value)}</b></span>" for name, value in facts)
    return f'<div class="gt-head"><h1>{escape(about.name)}</h1>{told}</div>'


def _show_head(desk: Desk, visit: Visit) -> None:
    red = desk.moment.pace.red_case
    if red is not None and st.session_state.get("room_red_seen") != red:
        st.session_state["room_red_seen"] = red
        select_case(red)
    st.html(_heading(desk, visit))
    show_clock(desk, visit)
    tiles = tiles_of(
        desk.moment.reading,
        visit.words,
        colours=visit.colours,
        has_limits=desk.about.has_limits,
        has_centre=desk.moment.centre is not None,
    )
    st.html(tiles_markup(tiles, colours=visit.colours))


def _show_panel(desk: Desk, visit: Visit) -> None:
    words = visit.words
    tabs: dict[str, Callable[[Desk, Visit], None]] = {
        "cases": show_cases,
        "case": show_case_card,
        "unit": show_unit_card,
        "area": lambda desk, visit: show_area(desk, words=visit.words),
    }
    if desk.moment.centre is not None:
        tabs["desks"] = show_desks
    if desk.about.is_live:
        tabs["act"] = lambda desk, visit: show_acts(desk, seat=visit.seat, words=visit.words)
        tabs["branch"] = show_branch
    else:
        tabs["result"] = show_result
    if (opened := tab_to_open()) is not None:
        st.session_state["room_tab"] = opened
    tab = st.segmented_control(
        words("room.tab.cases"),
        options=list(tabs),
        default="cases",
        required=True,
        format_func=lambda name: words(f"room.tab.{name}"),
        label_visibility="collapsed",
        width="stretch",
        key="room_tab",
    )
    with st.container(height=_PANEL_PX, border=False, key="room_panel"):
        tabs[tab or "cases"](desk, visit)


def _show_foot(house: House, desk: Desk, visit: Visit) -> None:
    words = visit.words
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if desk.city is not None:
            st.caption(words("map.credit", credit=desk.city.credit))
        if visit.seat.may(OPEN) and st.button(words("room.leave"), icon=":material/home:", type="tertiary"):
            house.leave(seat=visit.seat)
            st.rerun()
