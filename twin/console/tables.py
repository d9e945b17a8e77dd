"""The tables of a result, in tabs: by priority, area, matter and unit, and the cases themselves.

A table is a grid of cells, never markup, so that names and references from feeds may contain anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from twin.views.frames import Cell, Frame, case_frame, group_frame, unit_frame
from twin.views.result import Result
from twin.views.words import Words

_MOST_CASES = 5_000
_ROW_PX, _MOST_PX = 35, 460
_LOOKS: dict[Cell, Callable[[str], ColumnConfig]] = {
    Cell.TEXT: st.column_config.TextColumn,
    Cell.COUNT: st.column_config.NumberColumn,
    Cell.MINUTES: partial(st.column_config.NumberColumn, format="%.1f"),
    Cell.WHOLE: partial(st.column_config.NumberColumn, format="%.0f"),
    Cell.PERCENT: partial(st.column_config.ProgressColumn, format="%.1f %%", min_value=0, max_value=100),
    Cell.INSTANT: partial(st.column_config.DatetimeColumn, format="YYYY-MM-DD HH:mm"),
}


def show_tables(result: Result, words: Words) -> None:
    """All tables of a run."""
    st.subheader(words("table.title"), anchor=False)
    names = [*result.groups, "unit", "cases"]
    for name, tab in zip(names, st.tabs([words(f"table.{name}") for name in names], key="tables"), strict=True):
        with tab:
            if name == "unit":
                _show(unit_frame(result, words), empty=words("table.empty.units"))
            elif name == "cases":
                _show(case_frame(result, words, most=_MOST_CASES), empty=words("table.empty.cases"))
                n = len(result.cases)
                if n > _MOST_CASES:
                    st.caption(words("table.latest", shown=words.count(_MOST_CASES), n=words.count(n)))
            else:
                _show(group_frame(result, name, words), empty=words("table.empty.cases"))


def _show(frame: Frame, *, empty: str) -> None:
    if frame[0].values:
        show_frame(frame)
    else:
        st.caption(empty)


def show_frame(frame: Frame, *, on_select: Callable[[], None] | None = None, key: str | None = None) -> None:
    """A frame as a table that can be sorted and searched; with `on_select` one row can be chosen."""
    st.dataframe(
        {column.heading: column.values for column in frame},
        column_config={column.heading: _LOOKS[column.cell](column.heading) for column in frame},
        hide_index=True,
        height=min(_MOST_PX, _ROW_PX * (len(frame[0].values) + 1) + 3),
        on_select=on_select or "ignore",
        selection_mode="single-row",
        key=key,
    )
