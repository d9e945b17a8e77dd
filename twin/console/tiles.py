"""The head of the page and its tiles: what is shown, and the few figures that matter, each with what it measures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from twin.errors import GridtwinError
from twin.views.city import CityShown, street_km
from twin.views.result import Result
from twin.views.words import Words


class Tile(NamedTuple):
    """A figure, its name, and what exactly it measures."""

    name: str
    figure: str
    what: str


def show_tiles(tiles: Sequence[Tile], *, in_a_row: int | None = None) -> None:
    """Tiles of equal height in rows."""
    columns = [column for _ in tiles[:: in_a_row or len(tiles)] for column in st.columns(in_a_row or len(tiles))]
    for column, tile in zip(columns, tiles, strict=False):
        with column, st.container(border=True, height="stretch", gap="xxsmall"):
            st.metric(tile.name, tile.figure)
            st.caption(tile.what)


def show_error(error: GridtwinError, *, title: str, words: Words) -> None:
    """What is wrong, as one sentence that names file, line or key."""
    st.subheader(title, anchor=False)
    st.error(plain(str(error)))
    st.caption(words("error.what"))


def show_heading(title: str, parts: Sequence[tuple[str, str]]) -> None:
    """A title and, below it, named facts in one line; both are plain text, whatever they contain."""
    st.title(plain(title), anchor=False)
    st.caption("&emsp;".join(f"{plain(name)} **{plain(value)}**" for name, value in parts if value))


def plain(text: str) -> str:
    """Text that Markdown shows as it is: every character that could mean something else is escaped."""
    return "".join(f"\\{sign}" if sign in _MARKS else " " if sign in "\r\n" else sign for sign in text)


_MARKS = frozenset("\\`*_{}[]()<>#+-.!|~$:&^=\"'@/")


def result_tiles(result: Result, words: Words) -> list[Tile]:
    """The figures of a run."""
    totals, response = result.totals, result.response
    n = words.count(response.n)
    return [
        Tile(words("tile.cases"), words.count(totals.n_cases), words("tile.cases.what")),
        Tile(
            words("tile.closed"),
            words.count(totals.n_closed),
            words("tile.closed.what", n_open=words.count(totals.n_open)),
        ),
        Tile(words("tile.p50"), words.span(response.p50_s), words("tile.response.what", n=n)),
        Tile(words("tile.p90"), words.span(response.p90_s), words("tile.response.what", n=n)),
        Tile(
            words("tile.within", limit=words.limit(result.limit_s)),
            words.share(response.within_share),
            words("tile.within.what", n=n),
        ),
        Tile(
            words("tile.busy"),
            words.share(result.workload.busy_share),
            words("tile.busy.what", n=words.count(totals.n_units)),
        ),
    ]


def city_tiles(city: CityShown, words: Words) -> list[Tile]:
    """The figures of a city."""
    n_off = sum(not station.on_map for station in city.stations)
    return [
        Tile(words("city.nodes"), words.count(city.roads.n_nodes), words("city.nodes.what")),
        Tile(words("city.edges"), words.count(city.roads.n_edges), words("city.edges.what")),
        Tile(words("city.km"), f"{street_km(city.roads):,.1f}", words("city.km.what")),
        Tile(
            words("city.stations"),
            words.count(len(city.stations)),
            words("city.stations.what", n=words.count(n_off)),
        ),
        Tile(words("city.areas"), words.count(len(city.areas)), words("city.areas.what")),
    ]
