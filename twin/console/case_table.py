"""The table of open cases: the same cases as on the map, and the same selection; the way there for the keyboard.

In: a moment, which cases are wanted. Out: a table, most urgent first. A row that is clicked is the case selected, by
its id; the table itself keeps no row selected, because rows move.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from twin.console.desk import Desk
from twin.console.selection import select_case, selected
from twin.console.tables import show_frame
from twin.console.visit import Visit
from twin.domain.light import GREEN
from twin.views.frames import open_case_frame
from twin.views.moment import CaseShown

_WANTED = ("all", "waiting", "urgent")


def show_cases(desk: Desk, visit: Visit) -> None:
    """The table, and what of it is wanted."""
    words, moment = visit.words, desk.moment
    wanted = st.segmented_control(
        words("room.tab.cases"),
        options=_WANTED,
        default="all",
        required=True,
        format_func=lambda option: words(f"room.show.{option}"),
        label_visibility="collapsed",
        key="cases_wanted",
    )
    cases = [case for case in moment.cases if _is_wanted(case, wanted or "all")]
    if not cases:
        st.caption(words("room.none_such" if moment.cases else "room.no_cases"))
        return
    cases.sort(key=lambda case: (case.deadline_at is None, case.deadline_at or 0, case.priority, case.case))
    names = [unit.name for unit in moment.units]
    frame = open_case_frame(cases, moment.at, words, names=names, chosen=selected("case"))
    turn = st.session_state.setdefault("cases_turn", 0)
    key = f"cases_table_{turn}"

    def chosen() -> None:
        rows: Sequence[int] = st.session_state[key]["selection"]["rows"]
        shown: Sequence[int] = st.session_state["cases_shown"]
        if rows and rows[0] < len(shown):
            select_case(shown[rows[0]])
            st.session_state["cases_turn"] = turn + 1

    st.session_state["cases_shown"] = [case.case for case in cases]
    show_frame(frame, on_select=chosen, key=key)


def _is_wanted(case: CaseShown, wanted: str) -> bool:
    return wanted == "all" or (bool(case.waiting) if wanted == "waiting" else case.light is not GREEN)
