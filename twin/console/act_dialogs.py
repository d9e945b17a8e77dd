"""Dialogs over the live map: report a problem at a place, close or reopen a street. The clock goes on meanwhile.

A dialog closes when its command was carried out; if it was refused, it stays and says why.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from twin.console.desk import Desk
from twin.console.giving import Offer, give, objection_in, reason, say
from twin.console.place_panel import choose_place, forget_place
from twin.domain.commands import CloseRoad, ReopenRoad, ReportProblem
from twin.domain.seat import Seat
from twin.views.choices import is_closed
from twin.views.palette import Theme
from twin.views.words import Words

_REPORT, _ROAD = "act_report", "act_road"
_OPEN = "act_dialog"
"""Session key: which dialog is open."""


def ask_for_report() -> None:
    """Have the dialog open in which a problem is reported, with nothing chosen yet."""
    _ask_for(_REPORT)


def ask_for_road() -> None:
    """Have the dialog open in which a street is closed or opened again, with nothing chosen yet."""
    _ask_for(_ROAD)


def show_dialog(desk: Desk, *, seat: Seat, words: Words, theme: Theme) -> None:
    """The dialog that was asked for, if any.

    It belongs in the page itself: a dialog that a ticking fragment opens does not survive that fragment's next run.
    """
    wanted = st.session_state.get(_OPEN)
    if wanted == _REPORT:
        show = st.dialog(words("act.report"), width="large", icon=":material/add_location_alt:", on_dismiss=_close)
        show(report_form)(desk, seat, words, theme)
    elif wanted == _ROAD:
        show = st.dialog(words("act.road"), width="large", icon=":material/block:", on_dismiss=_close)
        show(road_form)(desk, seat, words, theme)


def _ask_for(dialog: str) -> None:
    forget_place(dialog)
    st.session_state[_OPEN] = dialog


def _close() -> None:
    st.session_state.pop(_OPEN, None)


def report_form(desk: Desk, seat: Seat, words: Words, theme: Theme) -> None:
    """What is wrong, and where; what the dialog holds."""
    matters = [each.matter for each in desk.about.matters]
    if not matters:
        st.info(words("act.report.no_matters"))
        return
    named = partial(words.named, "matter")
    matter = st.selectbox(words("act.report.matter"), options=matters, format_func=named, key=f"{_REPORT}_matter")
    placed = choose_place(desk, words=words, theme=theme, key=_REPORT)
    offered, label = None, words("act.report.give")
    if placed is not None:
        command = ReportProblem(matter, placed.spot.edge, placed.spot.offset_mm, placed.area)
        offered = Offer(command, label, words("act.reported", matter=matter, place=placed.line), placed.area)
    _conclude(desk, offered, label=label, seat=seat, words=words, key=f"{_REPORT}_give")


def road_form(desk: Desk, seat: Seat, words: Words, theme: Theme) -> None:
    """Which street, and whether it is to be closed or opened; what the dialog holds."""
    placed = choose_place(desk, words=words, theme=theme, key=_ROAD)
    offered, label = None, words("act.road.close")
    if placed is not None and is_closed(placed.edges, desk.moment.closed):
        st.caption(words("act.road.is_closed"))
        label, done = words("act.road.reopen"), words("act.road_reopened", place=placed.street)
        offered = Offer(ReopenRoad(placed.edges), label, done, placed.area)
    elif placed is not None:
        st.caption(words("act.road.is_open"))
        offered = Offer(CloseRoad(placed.edges), label, words("act.road_closed", place=placed.street), placed.area)
    _conclude(desk, offered, label=label, seat=seat, words=words, key=f"{_ROAD}_give")


def _conclude(desk: Desk, offered: Offer | None, *, label: str, seat: Seat, words: Words, key: str) -> None:
    """The button that gives the command, once a place is chosen; the dialog closes when it was carried out."""
    if offered is None:
        st.button(label, key=key, type="primary", disabled=True, help=words("place.first"))
        return
    cannot = reason(objection_in(desk, seat, type(offered.command), area=offered.area), words)
    if st.button(label, key=key, type="primary", disabled=cannot is not None, help=cannot):
        if give(desk, offered, seat=seat, words=words):
            _close()
            st.rerun()
        say()
