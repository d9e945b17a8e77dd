"""The table of open cases: the same cases as on the map, and the same selection; the way there for the keyboard.

In: a moment, which cases are wanted. Out: a table, most urgent first. Cases of a centre can be chosen by stage,
department and light, and sorted in other ways; closed ones are there where that stage is asked for. A row that is
clicked is the case selected, by its id; the table itself keeps no row selected, because rows move.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from twin.console.desk import Desk
from twin.console.selection import select_case, selected
from twin.console.tables import show_frame
from twin.console.visit import Visit
from twin.domain.light import GREEN, Light
from twin.views.frames import open_case_frame
from twin.views.moment import CaseShown, Moment
from twin.views.sifting import ORDERS, Sifting, sifted
from twin.views.stands import STANDS
from twin.views.words import Words

_WANTED = ("all", "waiting", "urgent")
_OVER = STANDS[-1]


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
    order = "left"
    if moment.centre is not None:
        sifting, order = _sifting(moment, words)
        if sifting.stage == _OVER:
            cases = list(moment.followed)
        cases = sifted(cases, sifting)
    if not cases:
        st.caption(words("room.none_such" if moment.cases else "room.no_cases"))
        return
    cases.sort(key=ORDERS[order])
    names = [unit.name for unit in moment.units]
    frame = open_case_frame(cases, moment.at, words, names=names, chosen=selected("case"), centre=moment.centre)
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


def _sifting(moment: Moment, words: Words) -> tuple[Sifting, str]:
    """By what cases of a centre are chosen, and how they are sorted."""
    departments = sorted({case.department for case in (*moment.cases, *moment.followed) if case.department})
    with st.container(gap="xxsmall", key="cases_sifting"):
        first, second = st.columns(2, gap="small"), st.columns(2, gap="small")
        stage = _choice(first[0], "stage", STANDS, named=lambda name: words(f"stand.{name}"), words=words)
        department = _choice(first[1], "department", departments, named=partial(words.named, "department"), words=words)
        light = _choice(second[0], "light", tuple(Light), named=lambda name: words(f"light.{name}"), words=words)
        with second[1]:
            order = st.selectbox(
                words("filter.sort"),
                options=list(ORDERS),
                format_func=lambda name: words(f"sort.{name}"),
                label_visibility="collapsed",
                key="cases_sort",
            )
    return Sifting(stage or None, department or None, Light(light) if light else None), order


def _choice(
    place: DeltaGenerator, what: str, options: Sequence[str], *, named: Callable[[str], str], words: Words
) -> str:
    """One of some names, "" for any; a name that is no longer there stays chosen."""
    key = f"cases_{what}"
    chosen: str = st.session_state.get(key) or ""
    options = list(dict.fromkeys(("", *options, chosen)))
    with place:
        return st.selectbox(
            words(f"filter.{what}"),
            options=options,
            format_func=lambda name: named(name) if name else words(f"filter.{what}.any"),
            label_visibility="collapsed",
            key=key,
        )


def _is_wanted(case: CaseShown, wanted: str) -> bool:
    return wanted == "all" or (bool(case.waiting) if wanted == "waiting" else case.light is not GREEN)
