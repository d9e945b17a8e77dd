"""Around a place: who and what is near a case, or near a place that is looked up; to be read and saved as a file.

Settings in (the centre, how far), a pure call to the views, and tables out. A table is a grid of cells, never markup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from twin.console.desk import Desk
from twin.console.search_box import search
from twin.console.tiles import plain
from twin.domain.route import Spot
from twin.views.around import Around, Circle, OverCells, Where, around
from twin.views.around_tables import around_csv, facility_table, kind_table, unit_table
from twin.views.city import CityShown
from twin.views.frames import Cell, Frame
from twin.views.words import Words

_CASE, _PLACE = "case", "place"
_CIRCLE, _CELLS = "circle", "cells"
_NEAREST_M, _FARTHEST_M, _STEP_M, _USUAL_M = 100, 2_000, 100, 500
_ROW_PX, _MOST_PX = 35, 320
_MOST_COMING = 8
_MOST_LISTED = 200
"""Facilities in the table: it is sent with every tick. The file has all of them."""
_UNIT_PX = (118, 54, 58, 40, 96, 120)
"""Widths of the columns of units, so that what matters most is in sight in a narrow panel."""
_LOOKS: dict[Cell, Callable[..., ColumnConfig]] = {
    Cell.TEXT: st.column_config.TextColumn,
    Cell.COUNT: st.column_config.NumberColumn,
    Cell.MINUTES: partial(st.column_config.NumberColumn, format="%.1f"),
}


def show_area(desk: Desk, *, words: Words) -> None:
    """The panel."""
    if desk.city is None:
        st.info(words("around.no_streets"))
        return
    where = _where(desk, desk.city, words=words)
    if where is None:
        return
    reach = partial(desk.reach, skill=None, most=_MOST_COMING)
    found = around(desk.moment, desk.city, where, reach=reach, civil=desk.about.civil)
    _show_figures(found, words)
    _show_units(found, words)
    _show_facilities(found, words)
    st.download_button(
        words("around.save"),
        data=partial(around_csv, found, words),
        file_name="around.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="area_save",
        width="stretch",
    )


def _where(desk: Desk, city: CityShown, *, words: Words) -> Where | None:
    """What is to be looked at, None as long as nothing is chosen."""
    centre = st.segmented_control(
        words("around.centre"),
        options=(_CASE, _PLACE),
        default=_CASE,
        required=True,
        format_func=lambda option: words(f"around.{option}"),
        key="area_centre",
        width="stretch",
        label_visibility="collapsed",
    )
    return _around_case(desk, words) if centre == _CASE else _around_place(city, words)


def _around_case(desk: Desk, words: Words) -> Where | None:
    """A circle around the case that is selected in the room."""
    selected, moment = st.session_state.get("room_case"), desk.moment
    for case, (lon, lat) in zip(moment.cases, moment.case_places.tolist(), strict=True):
        if case.case == selected:
            return _circle(
                lon, lat, spot=case.spot, label=f"{words.named('matter', case.matter)} · {case.area}", words=words
            )
    st.info(words("around.no_case"))
    return None


def _around_place(city: CityShown, words: Words) -> Where | None:
    """A circle around a place that is looked up, or the cells of one that has ground of its own."""
    found = search(city, words=words, key="area")
    if found is None:
        st.caption(words("around.no_place"))
        return None
    if len(found.cells) > 1:
        extent = st.segmented_control(
            words("around.extent"),
            options=(_CELLS, _CIRCLE),
            default=_CELLS,
            required=True,
            format_func=lambda option: words(f"around.extent.{option}"),
            key="area_extent",
            label_visibility="collapsed",
        )
        if extent == _CELLS:
            n_cells = words.count(len(found.cells))
            st.markdown(f"**{plain(words('around.cells', label=found.label, n=n_cells))}**")
            return OverCells(found.cells)
    return _circle(found.lon, found.lat, spot=found.spot, label=found.label, words=words)


def _circle(lon: float, lat: float, *, spot: Spot, label: str, words: Words) -> Circle:
    """A circle with the radius that is set, and a line that says so."""
    radius_m = st.slider(
        words("around.radius"),
        min_value=_NEAREST_M,
        max_value=_FARTHEST_M,
        value=_USUAL_M,
        step=_STEP_M,
        format=words("around.radius_m"),
        key="area_radius",
    )
    st.markdown(f"**{plain(words('around.circle', label=label, n=words.count(radius_m)))}**")
    return Circle(lon, lat, float(radius_m), spot)


def _show_figures(found: Around, words: Words) -> None:
    """How many units and people are inside."""
    units, people = st.columns(2)
    with units:
        st.metric(words("around.n_units"), words.count(found.n_inside), help=words("around.n_units.what"))
    if found.residents is not None:
        with people:
            said = words("around.residents.what", hour=found.hour)
            st.metric(words("around.residents"), words.count(found.residents), help=said)


def _show_units(found: Around, words: Words) -> None:
    st.markdown(f"**{words('around.units')}**")
    if not found.units:
        st.caption(words("around.no_units"))
        return
    _table(unit_table(found, words), key="area_units", widths_px=_UNIT_PX)
    st.caption(words("around.units.what"))


def _show_facilities(found: Around, words: Words) -> None:
    st.markdown(f"**{words('around.facilities')}**")
    if not found.facilities:
        st.caption(words("around.no_facilities"))
        return
    _table(kind_table(found, words), key="area_kinds")
    if st.toggle(words("around.each"), key="area_each"):
        _table(facility_table(found.facilities[:_MOST_LISTED], words), key="area_facilities")
        if len(found.facilities) > _MOST_LISTED:
            st.caption(words("around.listed", n=words.count(_MOST_LISTED)))


def _table(frame: Frame, *, key: str, widths_px: Sequence[int] = ()) -> None:
    st.dataframe(
        {column.heading: column.values for column in frame},
        column_config={
            column.heading: _LOOKS[column.cell](column.heading, width=width)
            for column, width in zip_longest(frame, widths_px)
        },
        hide_index=True,
        height=min(_MOST_PX, _ROW_PX * (len(frame[0].values) + 1) + 3),
        key=key,
    )
