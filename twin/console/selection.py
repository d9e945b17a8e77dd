"""What a visitor has selected: a case, a unit, by its number; the same on the map, in the table and on the cards."""

from __future__ import annotations

from typing import Literal

import streamlit as st

What = Literal["case", "unit"]
_OPENS = "room_opens"
"""Session key: the tab that is to be opened; the tabs' own key belongs to what the browser says."""


def selected(what: What) -> int | None:
    """The number of the case, or unit, that is selected."""
    number: int | None = st.session_state.get(f"room_{what}")
    return number


def select_case(case: int) -> None:
    """Look at a case: its card is opened."""
    st.session_state["room_case"], st.session_state["room_unit"] = case, None
    st.session_state[_OPENS] = "case"


def select_unit(unit: int) -> None:
    """Look at a unit: its card is opened; the case stays, so that the unit can be sent to it."""
    st.session_state["room_unit"] = unit
    st.session_state[_OPENS] = "unit"


def let_go() -> None:
    """Nothing is selected."""
    st.session_state["room_case"] = st.session_state["room_unit"] = None


def tab_to_open() -> str | None:
    """The tab that what was selected last opens, told once."""
    name: str | None = st.session_state.pop(_OPENS, None)
    return name
