"""What came out of a finished run: its tiles, what to know about it, its tables, and how to have it again."""

from __future__ import annotations

import streamlit as st

from twin.console.desk import Desk
from twin.console.tables import show_tables
from twin.console.tiles import result_tiles, show_tiles
from twin.console.visit import Visit


def show_result(desk: Desk, visit: Visit) -> None:
    """The whole of it."""
    result, words = desk.result, visit.words
    assert result is not None
    totals = result.totals
    show_tiles(result_tiles(result, words), in_a_row=2)
    if not totals.n_cases:
        st.info(words("note.no_cases"))
    if not totals.n_units:
        st.warning(words("note.no_units"))
    if totals.n_unserved_needs:
        st.warning(words("note.unserved", n=words.count(totals.n_unserved_needs)))
    if totals.n_unreachable_needs:
        st.warning(words("note.unreachable", n=words.count(totals.n_unreachable_needs)))
    if totals.n_anomalies:
        st.info(words("note.anomalies", n=words.count(sum(totals.n_anomalies.values()))))
    show_tables(result, words)
    st.subheader(words("again.title"), anchor=False)
    st.write(words("again.recorded" if result.about.is_recorded else "again.what"))
    st.code(result.again, language="sh")
    st.caption(words("again.digest", n=words.count(result.about.n_facts)))
    st.code(result.about.journal_digest, language=None)
