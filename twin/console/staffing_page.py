"""Staffing: the cost–service curve of a scenario, which level is enough, and what-if sliders that read the curve.

Settings → one call to the lab → show, as in the policy lab.
"""

from __future__ import annotations

import streamlit as st

from twin.console.desk import House
from twin.console.lab import StaffingQuestion
from twin.console.lab_form import ask_length, ask_targets, choose_scenario, start
from twin.console.lab_page import COLUMNS, show_folder, show_head, show_state
from twin.console.staffing_what_if import show_what_if
from twin.console.tables import show_frame
from twin.console.tiles import plain
from twin.console.visit import Visit
from twin.console.ways import Page
from twin.metrics.service_curve import ServiceCurve
from twin.views.measuring import measure_name
from twin.views.staff_charts import curve_chart, measures_in
from twin.views.staff_tables import crew_frame, level_frame, step_frame, theory_frame
from twin.views.staff_verdict import staff_sentences

_FIRST_LEVELS = "0.6:1.4:0.2"


def show_staffing(house: House, visit: Visit) -> None:
    """Draw the page."""
    words, lab = visit.words, house.lab
    show_head(house, visit, here=Page.STAFFING, title=words("staff.title"), lead=words("staff.lead"))
    left, right = st.columns(COLUMNS, gap="medium")
    with left:
        _ask(house, visit)
    with right:
        bench = lab.staffing
        show_state(lambda: lab.staffing, lab, visit)
        if bench.found is not None:
            _show_curve(house, bench.found, visit)
            show_folder(bench, visit)
        elif bench.progress is None and bench.fault is None:
            st.info(words("staff.empty"))


@st.fragment
def _ask(house: House, visit: Visit) -> None:
    words, lab = visit.words, house.lab
    before, shipped = lab.staffing.question, house.choices().scenarios
    scenario = choose_scenario("staff_scenario", shipped, words, first="" if before is None else before.scenario)
    levels = st.text_input(
        words("staff.levels"),
        value=_FIRST_LEVELS if before is None else before.levels,
        help=words("staff.levels.help"),
        key="staff_levels",
    )
    only = st.text_input(
        words("staff.only"),
        value="" if before is None else ", ".join(before.only),
        help=words("staff.only.help"),
        key="staff_only",
    )
    targets = ask_targets("staff", words, () if before is None else before.targets)
    n, lasting = ask_length("staff", words, before)
    named = tuple(filter(None, map(str.strip, only.split(","))))
    start(lab, StaffingQuestion(scenario, levels.strip(), targets, named, n, lasting), visit, key="staff_start")


@st.fragment
def _show_curve(house: House, found: ServiceCurve, visit: Visit) -> None:
    words = visit.words
    first, *others = staff_sentences(found, words)
    with st.container(border=True, key="staff_verdict"):
        st.caption(plain(found.scenario))
        st.markdown(f"#### {plain(first)}")
        for sentence in others:
            st.markdown(plain(sentence))
    names = measures_in(found)
    if not names:
        return
    st.subheader(words("staff.curve"), anchor=False)
    measure = st.selectbox(
        words("staff.measure"), options=names, format_func=lambda name: measure_name(name, words), key="staff_measure"
    )
    st.caption(words("staff.curve.what", measure=measure_name(measure, words)))
    st.altair_chart(curve_chart(found, measure, words, visit.colours), width="stretch", key="staff_curve")
    show_what_if(house, found, visit)
    st.subheader(words("lab.table"), anchor=False)
    for key, frame in (
        ("staff.table.levels", level_frame(found, words)),
        ("staff.table.steps", step_frame(found, words)),
        ("staff.table.theory", theory_frame(found, words)),
        ("staff.table.crews", crew_frame(found, words)),
    ):
        if frame[0].values and len(frame) > 1:
            st.caption(words(key))
            show_frame(frame)
