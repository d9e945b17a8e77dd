"""Desks and channels: who is busy where, what waits and how long, and what has come in today.

In: the centre of a moment. Out: one desk after the other, those of departments apart. What waits at a desk is listed
for whoever has the right to see more than counts; of contacts nobody has listened to there are counts for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from twin.console.desk import Desk
from twin.console.selection import select_case
from twin.console.tables import show_frame
from twin.console.visit import Visit
from twin.domain.seat import QUEUES
from twin.views.centre import MOST_IN_LINE, CentreShown, DeskShown
from twin.views.desk_markup import calls_markup, channels_markup, desk_key, desk_markup
from twin.views.frames import line_frame


def show_desks(desk: Desk, visit: Visit) -> None:
    """The desks, and below them the channels."""
    words, centre = visit.words, desk.moment.centre
    assert centre is not None
    at = desk.moment.at
    own = [number for number, each in enumerate(centre.desks) if not each.is_office]
    offices = [number for number, each in enumerate(centre.desks) if each.is_office]
    if not visit.seat.may(QUEUES):
        st.caption(words("desks.aggregates"))
    for title, numbers in (("desks.centre", own), ("desks.offices", offices)):
        if numbers:
            st.markdown(f"**{words(title)}**")
            _show_group(centre, numbers, at, visit)
    if centre.desks:
        st.html(desk_key(colours=visit.colours, words=words))
    else:
        st.caption(words("desks.none"))
    st.markdown(f"**{words('calls.title')}**")
    st.html(calls_markup(centre.calls, at, words=words))
    st.markdown(f"**{words('channels.title')}**")
    st.html(channels_markup(centre.channels, colours=visit.colours, words=words))
    st.caption(words("channels.what"))


def _show_group(centre: CentreShown, numbers: Sequence[int], at: int, visit: Visit) -> None:
    """Some of the desks, each with what waits there below it."""
    with st.container(gap="xxsmall"):
        for number in numbers:
            each = centre.desks[number]
            st.html(desk_markup(each, at, colours=visit.colours, words=visit.words))
            if each.n_waiting and visit.seat.may(QUEUES):
                _show_line(each, number, at, visit)


def _show_line(each: DeskShown, number: int, at: int, visit: Visit) -> None:
    """What waits at a desk; a row that is clicked is the case selected."""
    words = visit.words
    turn = st.session_state.setdefault("desks_turn", 0)
    key = f"desk_{number}_{turn}"
    cases = [task.case for task in each.line]

    def chosen() -> None:
        rows: Sequence[int] = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(cases):
            select_case(cases[rows[0]])
            st.session_state["desks_turn"] = turn + 1

    with st.expander(words("desks.line", n=words.count(each.n_waiting)), key=f"desk_line_{number}"):
        if each.n_calls:
            st.caption(words("desks.calls_among", n=words.count(each.n_calls)))
        if each.line:
            show_frame(line_frame(each.line, at, words), on_select=chosen, key=key)
        if each.n_waiting - each.n_calls > len(each.line):
            st.caption(words("desks.most", n=words.count(MOST_IN_LINE)))
