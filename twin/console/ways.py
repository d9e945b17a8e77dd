"""The ways between pages: what the house has open, the policy lab, staffing; the address says which (`?page=lab`)."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from twin.console.desk import House
from twin.console.visit import Visit
from twin.domain.seat import OPEN

_ADDRESS = "page"


class Page(StrEnum):
    """A page beside what the house has open."""

    HOME = ""
    LAB = "lab"
    STAFFING = "staffing"


_ICONS = {Page.LAB: ":material/science:", Page.STAFFING: ":material/groups:"}


def page_asked(house: House) -> Page:
    """The page a visitor wants; those who have not said get what the house was opened at."""
    asked = st.query_params.get(_ADDRESS, "")
    found = next((page for page in Page if page == asked), Page.HOME)
    return Page(house.front) if found is Page.HOME else found


def go_to(page: Page) -> None:
    """Turn to another page."""
    if page is Page.HOME:
        st.query_params.pop(_ADDRESS, None)
    else:
        st.query_params[_ADDRESS] = page.value


def show_ways(house: House, visit: Visit, *, here: Page) -> None:
    """Links to the other pages, in one line."""
    words = visit.words
    with st.container(horizontal=True, gap="small", key="ways"):
        if here is not Page.HOME:
            is_room = house.desk is not None
            label = words("lab.go.room" if is_room else "lab.go.home")
            icon = ":material/monitoring:" if is_room else ":material/home:"
            st.button(label, icon=icon, type="tertiary", key="way_home", on_click=_home, args=(house, visit))
        for page, icon in _ICONS.items():
            if page is not here:
                label = words(f"lab.go.{page.value}")
                st.button(label, icon=icon, type="tertiary", key=f"way_{page.value}", on_click=go_to, args=(page,))


def _home(house: House, visit: Visit) -> None:
    """Back to what is open; an answer that was opened as such is put away, by those who may."""
    go_to(Page.HOME)
    if house.front and visit.seat.may(OPEN):
        house.leave(seat=visit.seat)
