"""The page: who has come in, in which language, and what the house has open; then the page for that.

Settings → pure call → show. Nothing is computed here, and nothing is decided: what a seat may do is asked where it is
done.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from twin.console.city_page import show_city
from twin.console.desk import House
from twin.console.room_page import show_room
from twin.console.seats import COOKIE, Seats
from twin.console.start_page import show_no_seat, show_opening, show_start
from twin.console.visit import Visit
from twin.views.palette import Theme
from twin.views.words import Language, Words

_NAMES = {Language.ENGLISH: "English", Language.CHINESE: "中文"}


def show(house: House, open_seats: Callable[[], Seats]) -> None:
    """Draw the page."""
    st.set_page_config(page_title="gridtwin", layout="wide", initial_sidebar_state="collapsed")
    st.html(_STYLE)
    seat = open_seats().seat_of(st.context.cookies.get(COOKIE))
    theme = Theme(st.context.theme.type or Theme.LIGHT)
    head = st.container()
    words = Words(_language(head))
    if seat is None:
        show_no_seat(words)
        return
    desk, city = house.desk, house.city
    visit = Visit(seat, words if desk is None else words.calling(desk.about.english), theme)
    if house.opening is not None:
        show_opening(house, visit)
    elif desk is not None:
        show_room(house, desk, visit)
    elif city is not None:
        show_city(house, city, visit)
    else:
        show_start(house, visit)


def _language(head: st.delta_generator.DeltaGenerator) -> Language:
    """The language asked for in the address, else the browser's, else English; a switch changes it."""
    asked = st.query_params.get("lang", st.context.locale or "")
    first = Language.CHINESE if asked.lower().startswith("zh") else Language.ENGLISH
    with head, st.container(horizontal=True, horizontal_alignment="right", key="page_switch"):
        chosen = st.segmented_control(
            Words(first)("language"),
            options=list(Language),
            default=first,
            required=True,
            format_func=_NAMES.__getitem__,
            label_visibility="collapsed",
            key="page_language",
        )
    return Language(chosen or first)


_STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding: 0.7rem 1.4rem 1.5rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
[data-testid="stHeader"] { background: transparent; height: 0; }
.st-key-page_switch { position: absolute; right: 0; top: 0; z-index: 5; width: auto; }
.gt-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.2rem 1.1rem; padding-right: 9.5rem; }
.gt-head h1 { font-size: 1.35rem; font-weight: 650; margin: 0; padding: 0; }
.gt-head span { font-size: 0.82rem; opacity: 0.75; }
.gt-head span b { font-weight: 600; }
.gt-clock { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.7rem; min-width: 15rem;
  font-variant-numeric: tabular-nums; line-height: 1.2; }
.gt-clock .gt-time { font-size: 1.7rem; font-weight: 650; }
.gt-clock .gt-day { font-size: 0.95rem; }
.gt-clock .gt-pace { font-size: 0.8rem; opacity: 0.75; flex-basis: 100%; }
.gt-tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.4rem, 1fr)); gap: 0.5rem; }
.gt-tile { border: 1px solid rgba(128, 128, 128, 0.28); border-top: 3px solid rgba(128, 128, 128, 0.28);
  border-radius: 0.45rem; padding: 0.35rem 0.6rem 0.3rem; display: flex; flex-direction: column; }
.gt-name { font-size: 0.78rem; font-weight: 600; }
.gt-figure { font-size: 1.3rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
.gt-line { width: 100%; height: 16px; margin: 1px 0 2px; }
.gt-what { font-size: 0.66rem; opacity: 0.7; line-height: 1.15; margin-top: auto; }
.gt-card { border-left: 5px solid rgba(128, 128, 128, 0.4); padding: 0.1rem 0 0.1rem 0.7rem; }
.gt-card h3 { margin: 0; padding: 0; font-size: 1.1rem; font-weight: 650; }
.gt-card .gt-count { font-weight: 600; }
.gt-card dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.05rem 0.7rem; padding: 0 !important;
  margin: 0.35rem 0 0 !important; font-size: 0.84rem; }
.gt-card dt { opacity: 0.7; }
.gt-card dd { margin: 0; overflow-wrap: anywhere; }
.gt-why { font-size: 0.84rem; margin: 0 0 0.5rem; }
.gt-why ul { margin: 0; padding-left: 1.1rem; }
.gt-line-of-time { list-style: none; margin: 0 !important; padding: 0 !important; font-size: 0.84rem; }
.gt-line-of-time li { margin: 0 !important; }
.gt-line-of-time li { display: grid; grid-template-columns: 8.6rem 1fr; gap: 0 0.6rem; padding: 0.15rem 0;
  border-top: 1px solid rgba(128, 128, 128, 0.2); }
.gt-line-of-time time { opacity: 0.7; font-variant-numeric: tabular-nums; }
.gt-line-of-time small { grid-column: 2; opacity: 0.75; }
.gt-desk { padding: 0.3rem 0 0.2rem; }
.gt-desk-head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 0.8rem; font-size: 0.86rem; }
.gt-desk-head b { overflow-wrap: anywhere; }
.gt-desk-head span, .gt-desk-said { font-size: 0.8rem; opacity: 0.8; font-variant-numeric: tabular-nums; }
.gt-bar { display: flex; height: 7px; border-radius: 4px; overflow: hidden; margin: 0.15rem 0;
  background: rgba(128, 128, 128, 0.12); }
.gt-bar i { display: block; height: 100%; }
.gt-bar-key { display: flex; flex-wrap: wrap; gap: 0 0.9rem; font-size: 0.75rem; opacity: 0.85; }
.gt-bar-key i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 0.3rem; }
.gt-table { width: 100%; border-collapse: collapse; font-size: 0.82rem; font-variant-numeric: tabular-nums; }
.gt-table th { font-weight: 600; text-align: left; font-size: 0.75rem; }
.gt-table th, .gt-table td { padding: 0.12rem 0.3rem 0.12rem 0; vertical-align: top; border: none; }
.gt-figures th:not(:first-child), .gt-figures td:not(:first-child) { text-align: right; }
.gt-chart { width: 100%; height: auto; }
.gt-answer { font-size: 1.02rem; font-weight: 600; line-height: 1.35; margin: 0 0 0.3rem; }
.gt-also { font-size: 0.86rem !important; margin: 0 0 0.2rem; }
.gt-sure { font-size: 0.82rem; margin: 0 !important; padding-left: 1.1rem !important; }
.gt-bar-row td { padding: 0 0 0.25rem; }
@media (min-width: 641px) and (max-width: 1779px) {
  .gt-tiles.gt-many { grid-template-columns: repeat(auto-fit, minmax(max(8.4rem, (100% - 2.5rem) / 6), 1fr)); }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 0.6rem 0.6rem 2rem; }
  .gt-tiles { grid-template-columns: repeat(2, 1fr); }
  .gt-head { padding-right: 0; }
  .st-key-room_tab button { padding-left: 0.3rem; padding-right: 0.3rem; min-width: 0; }
  .st-key-cases_sifting [data-testid="stColumn"] { min-width: calc(50% - 1rem); flex: 1 1 calc(50% - 1rem); }
  .st-key-page_switch { position: static; }
}
</style>
"""
