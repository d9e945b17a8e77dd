"""The map with its time slider and legend: one fragment, so that a moved slider redraws the map and nothing else.

Settings in (instant, which cases), a pure call to the views, and a picture out. The streets come from the server's own
routes and are not sent again.
"""

from __future__ import annotations

import streamlit as st

from twin.console.desk import Desk
from twin.console.routes import style_url
from twin.domain.unit import UnitStatus
from twin.views.cases import drawn
from twin.views.city import camera_on
from twin.views.layers import case_layer, deck, station_layer, unit_layers
from twin.views.legend import legend
from twin.views.palette import Theme, palette
from twin.views.result import Result
from twin.views.scene import OUT, UnitShown
from twin.views.words import Words

HEIGHT_PX = 560
_FITS_PX = 820
_MOST_CASES = 4_000
_CROWD = 300
"""With more cases than this the map opens with only those open at its instant."""
_COLUMNS = (5, 1.25)


@st.fragment
def show_map(desk: Desk, *, words: Words, theme: Theme) -> None:
    """The map of a desk; for a run with a slider over its time."""
    city, result, colours = desk.city, desk.result, palette(theme)
    if city is None:
        st.info(words("map.none"))
        return
    layers = [station_layer(city.stations, colours=colours, words=words)]
    if result is not None:
        at, only_open = _settings(result, words)
        cases, n_cases = drawn(result.cases, open_at=at if only_open else None, most=_MOST_CASES)
        units = desk.units_at(at)
        layers.insert(0, case_layer(cases, roads=city.roads, colours=colours, words=words))
        layers += unit_layers(units, at=at, roads=city.roads, colours=colours, words=words)
        st.caption(_now(result, units, at=at, words=words))
        if n_cases > len(cases):
            st.caption(words("map.capped", shown=words.count(len(cases)), n=words.count(n_cases)))
    picture, side = st.columns(_COLUMNS, gap="medium")
    camera = camera_on(city.roads, width_px=_FITS_PX, height_px=HEIGHT_PX)
    with picture:
        st.pydeck_chart(
            deck(layers, camera=camera, style_url=style_url(city.checksum, theme=theme), colours=colours),
            height=HEIGHT_PX,
            key="map_chart",
            alt=words("map.alt"),
        )
        st.caption(words("map.credit", credit=city.credit))
    with side:
        st.html(legend(colours, words, with_run=result is not None))


def _settings(result: Result, words: Words) -> tuple[int, bool]:
    """The instant and whether only open cases are wanted."""
    slider, choice = st.columns(_COLUMNS, gap="medium", vertical_alignment="bottom")
    with slider:
        at = st.select_slider(
            words("map.when"),
            options=result.instants,
            value=result.instants[result.busiest],
            format_func=lambda instant: words.instant(result.civil.civil(instant)),
            key="map_at",
        )
    with choice:
        which = st.selectbox(
            words("map.which"),
            options=("all", "open"),
            format_func=lambda option: words(f"map.which.{option}"),
            index=int(len(result.cases) > _CROWD),
            key="map_which",
        )
    return at, which == "open"


def _now(result: Result, units: list[UnitShown], *, at: int, words: Words) -> str:
    statuses = [unit.status for unit in units]
    n_out = sum(status in OUT for status in statuses)
    n_away = statuses.count(UnitStatus.AWAY)
    return words(
        "map.now",
        instant=words.instant(result.civil.civil(at)),
        n_out=words.count(n_out),
        n_free=words.count(len(statuses) - n_out - n_away),
        n_away=words.count(n_away),
        n_open=words.count(sum(case.is_open(at) for case in result.cases)),
    )
