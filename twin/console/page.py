"""The one page: a finished run with its map and result, or a city by itself, in English or Chinese, light or dark.

In: a way to open a desk. Out: what Streamlit draws. An error a user can mend is shown as one sentence.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from twin.console.desk import Desk
from twin.console.map_panel import show_map
from twin.console.tables import show_tables
from twin.console.tiles import city_tiles, plain, result_heading, result_tiles, show_heading, show_tiles
from twin.errors import GridtwinError
from twin.views.city import CityShown
from twin.views.palette import Theme
from twin.views.result import Result
from twin.views.words import Language, Words

_STYLE = """<style>
.stMainBlockContainer { padding-top: 2.4rem; padding-bottom: 3rem }
.stHorizontalBlock:has(> .stColumn [data-testid="stMetric"]) { flex-wrap: wrap }
.stHorizontalBlock > .stColumn:has([data-testid="stMetric"]) { flex: 1 1 10.5rem; min-width: 10.5rem }
</style>"""
_NAMES = {Language.ENGLISH: "English", Language.CHINESE: "中文"}


def show(open_desk: Callable[[], Desk]) -> None:
    """Draw the page."""
    st.set_page_config(page_title="gridtwin", layout="wide")
    st.html(_STYLE)
    head, switch = st.columns([4, 1])
    with switch, st.container(horizontal=True, horizontal_alignment="right"):
        words = Words(_choose_language())
    theme = Theme(st.context.theme.type or Theme.LIGHT)
    try:
        desk = open_desk()
    except GridtwinError as error:
        _show_error(error, words)
        return
    if desk.result is not None:
        with head:
            show_heading(desk.result.about.name, result_heading(desk.result, desk.city, words))
        _show_result(desk, desk.result, words=words, theme=theme)
    elif desk.city is not None:
        with head:
            show_heading(desk.city.name, [(words("head.city"), "")])
        _show_city(desk, desk.city, words=words, theme=theme)


def _choose_language() -> Language:
    """The language asked for in the address, else the browser's, else English; a switch changes it."""
    asked = st.query_params.get("lang", st.context.locale or "")
    first = Language.CHINESE if asked.lower().startswith("zh") else Language.ENGLISH
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


def _show_result(desk: Desk, result: Result, *, words: Words, theme: Theme) -> None:
    show_tiles(result_tiles(result, words))
    totals = result.totals
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
    show_map(desk, words=words, theme=theme)
    show_tables(result, words)
    st.subheader(words("again.title"), anchor=False)
    st.write(words("again.recorded" if result.about.is_recorded else "again.what"))
    st.code(result.again, language="sh")
    st.caption(words("again.digest", n=words.count(result.about.n_facts)))
    st.code(result.about.journal_digest, language=None)


def _show_city(desk: Desk, city: CityShown, *, words: Words, theme: Theme) -> None:
    show_tiles(city_tiles(city, words))
    for warning in city.warnings:
        st.warning(plain(warning))
    show_map(desk, words=words, theme=theme)
    st.subheader(words("city.report"), anchor=False)
    st.write("\n".join(f"- {plain(fact)}" for fact in city.facts))
    st.caption(words("city.checksum"))
    st.code(city.checksum, language=None)


def _show_error(error: GridtwinError, words: Words) -> None:
    st.title(words("error.title"), anchor=False)
    st.error(plain(str(error)))
    st.caption(words("error.what"))
