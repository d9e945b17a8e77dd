"""The answer of an experiment on a page: a sentence, charts, the map, the table, and how sure all that is."""

from __future__ import annotations

import altair as alt
import streamlit as st

from twin.console.routes import style_url
from twin.console.tables import show_frame
from twin.console.tiles import plain
from twin.console.visit import Visit
from twin.views.city import camera_on
from twin.views.difference_map import counted, difference_layer, has_grids
from twin.views.experiment import OF_GROUPS, ExperimentShown
from twin.views.experiment_charts import difference_chart, group_chart, hour_chart, measure_of, spread_chart
from twin.views.experiment_tables import failure_frame, gap_frame, level_frame, target_frame
from twin.views.layers import deck
from twin.views.measuring import measure_name
from twin.views.verdict import how_sure, sentences

_MAP_PX, _FITS_PX = 430, 560


@st.fragment
def show_experiment(shown: ExperimentShown, visit: Visit, *, is_final: bool) -> None:
    """All of it, the most important first."""
    words, found = visit.words, shown.answer
    first, *others = sentences(found, words)
    if found.question:
        st.caption(plain(found.question))
    with st.container(border=True, key="lab_verdict"):
        if not is_final:
            st.caption(words("lab.so_far", n=words.count(found.n)))
        st.markdown(f"#### {plain(first)}")
        for sentence in others:
            st.markdown(plain(sentence))
    if found.targets:
        show_frame(target_frame(found, words))
    _show_differences(shown, visit)
    _show_groups(shown, visit)
    st.subheader(words("lab.table"), anchor=False)
    st.caption(words("lab.table.levels"))
    show_frame(level_frame(found, words))
    _show_sureness(shown, visit)


def _show_differences(shown: ExperimentShown, visit: Visit) -> None:
    words, colours = visit.words, visit.colours
    against = _against(shown)
    chart = difference_chart(shown, words, colours)
    if against and chart is not None:
        st.subheader(words("lab.chart.difference"), anchor=False)
        st.caption(words("lab.chart.difference.what", against=plain(against)))
        _draw(chart, key="lab_differences")


def _show_groups(shown: ExperimentShown, visit: Visit) -> None:
    """How long people wait; then, by one figure: hours, grids, priorities and areas."""
    words, colours, against = visit.words, visit.colours, _against(shown)
    _titled("lab.chart.spread", spread_chart(shown, words, colours), visit)
    column = _figure(visit)
    has_map = bool(against) and has_grids(shown)
    first, second = st.columns(2, gap="medium") if has_map else (st.container(), st.container())
    with first:
        _titled("lab.chart.hour", hour_chart(shown, column, words, colours), visit)
    if has_map:
        with second:
            _show_map(shown, column, visit)
    drawn = [
        (by, chart)
        for by in ("priority", "area")
        if len(shown.groups[by, column]) > 1 and (chart := group_chart(shown, by, column, words, colours)) is not None
    ]
    if against and drawn:
        st.subheader(words("lab.chart.groups"), anchor=False)
        st.caption(words("lab.chart.groups.what", against=plain(against)))
        for box, (by, chart) in zip(st.columns(len(drawn), gap="medium"), drawn, strict=True):
            box.markdown(f"**{words(f'lab.by.{by}')}**")
            box.altair_chart(chart, width="stretch", key=f"lab_by_{by}")


def _figure(visit: Visit) -> str:
    words = visit.words
    chosen = st.segmented_control(
        words("lab.figure"),
        options=OF_GROUPS,
        default=OF_GROUPS[0],
        required=True,
        format_func=lambda column: measure_name(measure_of(column), words),
        key="lab_figure",
    )
    return chosen or OF_GROUPS[0]


def _show_map(shown: ExperimentShown, column: str, visit: Visit) -> None:
    words, colours, city = visit.words, visit.colours, shown.city
    assert city is not None
    st.subheader(words("lab.map"), anchor=False)
    others = [each.name for each in shown.answer.alternatives if each.against is not None]
    name = others[0]
    if len(others) > 1:
        name = st.selectbox(words("lab.map.of"), options=others, format_func=str, key="lab_map_of") or name
    against = next(each.against for each in shown.answer.alternatives if each.name == name) or ""
    told = measure_name(measure_of(column), words)
    st.caption(words("lab.map.what", measure=told, name=plain(name), against=plain(against)))
    st.pydeck_chart(
        deck(
            [difference_layer(shown, name, column, words=words, colours=colours)],
            camera=camera_on(city.roads, width_px=_FITS_PX, height_px=_MAP_PX),
            style_url=style_url(city.checksum, theme=visit.theme),
            colours=colours,
        ),
        height=_MAP_PX,
        key="lab_map",
        alt=words("lab.map.alt"),
    )
    st.caption(words("lab.map.counts", **counted(shown, name, column)))
    st.caption(words("map.credit", credit=city.credit))


def _show_sureness(shown: ExperimentShown, visit: Visit) -> None:
    words, found = visit.words, shown.answer
    st.subheader(words("sure.title"), anchor=False)
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in how_sure(found, words)))
    frame = gap_frame(found, words)
    if frame[0].values:
        st.caption(words("lab.table.gaps"))
        show_frame(frame)
    if shown.failures:
        st.error(words("sure.failed", n=words.count(len(shown.failures))))
        show_frame(failure_frame(shown.failures, words))


def _titled(key: str, chart: alt.Chart | alt.LayerChart | None, visit: Visit) -> None:
    words = visit.words
    if chart is not None:
        st.subheader(words(key), anchor=False)
        st.caption(words(f"{key}.what"))
        _draw(chart, key=key.replace(".", "_"))


def _draw(chart: alt.Chart | alt.LayerChart, *, key: str) -> None:
    st.altair_chart(chart, width="stretch", key=key)


def _against(shown: ExperimentShown) -> str:
    """What others are compared with; "" where nothing is."""
    return next((each.against for each in shown.answer.alternatives if each.against is not None), "")
