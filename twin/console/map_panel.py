"""The map with its time slider, layers and legend: one fragment, so that a moved slider redraws the map only.

Settings in (instant, which cases, what is drawn below them), a pure call to the views, and a picture out. Whatever
stands still comes from the server's own routes and is not sent again.
"""

from __future__ import annotations

from collections.abc import Sequence

import pydeck
import streamlit as st

from twin.console.desk import Desk
from twin.console.routes import still_addresses, style_url
from twin.domain.unit import UnitStatus
from twin.views.cases import drawn
from twin.views.city import CityShown, camera_on
from twin.views.crew import UnitShown
from twin.views.layers import case_layer, deck, is_on_map, unit_layers
from twin.views.legend import ground_legend, legend
from twin.views.palette import Theme, palette
from twin.views.places import n_by_kind
from twin.views.result import Result
from twin.views.scene import OUT
from twin.views.still_layers import SHOWN_AT_FIRST, Wanted, station_layer, still_layers
from twin.views.words import Words

HEIGHT_PX = 600
_FITS_PX = 820
_MOST_CASES = 4_000
_CROWD = 300
"""With more cases and units than this the map opens with only the cases open at its instant."""
_COLUMNS = (5, 1.35)
_SETTINGS = (3.6, 1.4, 1.35)


@st.fragment
def show_map(desk: Desk, *, words: Words, theme: Theme) -> None:
    """The map of a desk; for a run with a slider over its time."""
    city, result = desk.city, desk.result
    if city is None:
        st.info(words("map.none"))
        return
    slider, choice, corner = st.columns(_SETTINGS, gap="medium", vertical_alignment="bottom")
    with corner:
        wanted = _wanted(city, words)
    if result is None:
        _show_deck(city, wanted, (), words=words, theme=theme)
        _show_ground_legend(city, wanted, words=words, theme=theme)
        return
    with slider:
        at = _instant(result, words)
    with choice:
        only_open = _only_open(result, words)
    colours = palette(theme)
    cases, n_cases = drawn(result.cases, open_at=at if only_open else None, most=_MOST_CASES)
    units = desk.crew_at(at)
    st.caption(_now(result, units, at=at, words=words))
    if n_cases > len(cases):
        st.caption(words("map.capped", shown=words.count(len(cases)), n=words.count(n_cases)))
    picture, side = st.columns(_COLUMNS, gap="medium")
    with picture:
        moving = [
            case_layer(cases, roads=city.roads, colours=colours, words=words),
            *unit_layers(units, roads=city.roads, colours=colours, words=words),
        ]
        _show_deck(city, wanted, moving, words=words, theme=theme)
        _show_ground_legend(city, wanted, words=words, theme=theme)
    with side:
        st.html(legend(units, scene=desk.scene, colours=colours, words=words))


def _show_deck(city: CityShown, wanted: Wanted, moving: Sequence[pydeck.Layer], *, words: Words, theme: Theme) -> None:
    """The map itself: what stands still below what moves."""
    colours = palette(theme)
    still = still_layers(wanted, still_addresses(city.checksum, words), colours=colours)
    stations = station_layer(city.stations, colours=colours, words=words)
    st.pydeck_chart(
        deck(
            [*still, stations, *moving],
            camera=camera_on(city.roads, width_px=_FITS_PX, height_px=HEIGHT_PX),
            style_url=style_url(city.checksum, theme=theme),
            colours=colours,
        ),
        height=HEIGHT_PX,
        key="map_chart",
        alt=words("map.alt"),
    )


def _show_ground_legend(city: CityShown, wanted: Wanted, *, words: Words, theme: Theme) -> None:
    st.html(ground_legend(city, wanted, colours=palette(theme), words=words))
    st.caption(words("map.credit", credit=city.credit))


def _instant(result: Result, words: Words) -> int:
    """The instant that is looked at."""
    return st.select_slider(
        words("map.when"),
        options=result.instants,
        value=result.instants[result.busiest],
        format_func=lambda instant: words.instant(result.civil.civil(instant)),
        key="map_at",
    )


def _only_open(result: Result, words: Words) -> bool:
    """Whether only cases open at that instant are wanted."""
    which = st.selectbox(
        words("map.which"),
        options=("all", "open"),
        format_func=lambda option: words(f"map.which.{option}"),
        index=int(len(result.cases) + result.totals.n_units > _CROWD),
        key="map_which",
    )
    return which == "open"


def _wanted(city: CityShown, words: Words) -> Wanted:
    """What is to be drawn of what stands still."""
    kinds, has_names = n_by_kind(city), len(city.areas) > 1 or bool(city.grounds)
    if not (city.overlays or kinds or has_names):
        return Wanted(None, (), names=False)
    with st.popover(words("map.show"), icon=":material/layers:", width="stretch"):
        overlay = None
        if city.overlays:
            overlay = st.pills(
                words("map.grids"),
                options=[overlay.name for overlay in city.overlays],
                format_func=lambda name: words.named("overlay", name),
                key="map_grids",
            )
        facilities = []
        if kinds:
            facilities = st.pills(
                words("map.facilities"),
                options=list(kinds),
                selection_mode="multi",
                default=[kind for kind in SHOWN_AT_FIRST if kind in kinds],
                format_func=lambda kind: f"{words(f'facility.{kind.value}')} {words.count(kinds[kind])}",
                key="map_facilities",
            )
        names = has_names and st.toggle(words("map.names"), value=True, key="map_names")
    return Wanted(overlay, tuple(kind for kind in kinds if kind in facilities), names)


def _now(result: Result, units: list[UnitShown], *, at: int, words: Words) -> str:
    """One line that says what the map shows."""
    statuses = [unit.status for unit in units]
    n_out, n_patrol = sum(status in OUT for status in statuses), statuses.count(UnitStatus.PATROLLING)
    n_absent = sum(not is_on_map(unit) for unit in units)
    return words(
        "map.now.patrol" if n_patrol else "map.now",
        instant=words.instant(result.civil.civil(at)),
        n_patrol=words.count(n_patrol),
        n_out=words.count(n_out),
        n_free=words.count(len(statuses) - n_out - n_patrol - n_absent),
        n_absent=words.count(n_absent),
        n_open=words.count(sum(case.is_open(at) for case in result.cases)),
    )
