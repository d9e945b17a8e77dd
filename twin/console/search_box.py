"""The search box: type what a place is called, choose among those found. No page of its own: panels put it in."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from twin.console.tiles import plain
from twin.views.city import CityShown
from twin.views.finding import Found, find, found_lines
from twin.views.words import Words

_MOST = 12
_MOST_PX = 290
_FEW = 9


def search(city: CityShown, *, words: Words, key: str, on_found: Callable[[Found], None] | None = None) -> Found | None:
    """The place that is chosen.

    Parameters
    ----------
    key : begins the keys of its controls.
    on_found : called with a place when another one is chosen.
    """
    text: str = st.text_input(
        words("find.text"),
        key=f"{key}_text",
        placeholder=words("find.hint"),
        type="search",
        live=True,
        max_chars=80,
        label_visibility="collapsed",
        icon=":material/search:",
    )
    found = find(city, text, words, most=_MOST)
    if not found:
        if text:
            st.caption(words("find.nothing"))
        return None
    chosen = _chosen_key(key, text)

    def tell() -> None:
        place = st.session_state[chosen]
        if on_found is not None and place is not None:
            on_found(found[place])

    lines = [plain(line) for line in found_lines(found)]
    with st.container(height=_MOST_PX if len(found) > _FEW else "content", border=False):
        place = st.radio(
            words("find.found"),
            options=range(len(found)),
            index=None,
            format_func=lines.__getitem__,
            key=chosen,
            on_change=tell,
            label_visibility="collapsed",
        )
    if len(found) == _MOST:
        st.caption(words("find.more", n=words.count(_MOST)))
    return None if place is None else found[place]


def choose_none(key: str) -> None:
    """Let go of what was chosen in a search box, as something else was chosen elsewhere."""
    chosen = _chosen_key(key, st.session_state[f"{key}_text"])
    if chosen in st.session_state:
        st.session_state[chosen] = None


def _chosen_key(key: str, text: str) -> str:
    return f"{key}_found_{text}"
