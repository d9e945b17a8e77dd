"""The start page: what can be opened; and what is shown while it opens, where it failed, and to those without a seat.

Settings (a choice, or a path), one call to the house, and the page is drawn again until it is open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import time

import streamlit as st

from twin.console.desk import Choice, House, Wish
from twin.console.tiles import plain, show_error
from twin.console.visit import Visit
from twin.console.ways import Page, go_to
from twin.domain.seat import OPEN
from twin.views.words import Words

_MORNING = time(8, 0)
_FIRST_SPEED = 30.0
_LOOK_AGAIN_S = 0.5


def show_start(house: House, visit: Visit) -> None:
    """Four doors: a scenario, a run, a stopped twin, a city; and two to the lab."""
    words = visit.words
    st.title(words("start.title"), anchor=False)
    st.write(words("start.lead"))
    if house.fault is not None:
        show_error(house.fault, title=words("start.fault"), words=words)
    if not visit.seat.may(OPEN):
        st.info(words("start.may_not"))
        _show_lab_doors(words)
        return
    choices = house.choices()
    first, second, third, fourth = st.columns(4)
    with first, _door("scenario", words):
        about = {choice.what: choice for choice in choices.scenarios}
        what = _chosen("start_scenario", choices.scenarios, words, label=words("start.which"))
        if what in about:
            st.caption(plain(about[what].about))
        begin = st.time_input(words("start.begin"), value=_MORNING, key="start_begin")
        wish = Wish(what, begin=f"{begin:%H:%M}", speed=_FIRST_SPEED, plays=True)
        _go(house, wish, words("start.run"), visit, key="start_run")
    with second, _door("replay", words):
        what = _chosen("start_replay", choices.runs, words, label=words("table.title"))
        beside = st.selectbox(
            words("start.beside"),
            options=[choice.what for choice in choices.runs],
            format_func=_names(choices.runs),
            index=None,
            accept_new_options=True,
            placeholder=words("start.path"),
            key="start_beside",
        )
        _go(house, Wish(what, beside=beside or ""), words("start.look"), visit, key="start_look")
    with third, _door("resume", words):
        what = _chosen("start_resume", choices.rooms, words, label=words("room.live"))
        _go(house, Wish(what), words("start.go_on"), visit, key="start_go_on")
    with fourth, _door("city", words):
        what = _chosen("start_city", choices.cities, words, label=words("head.place"))
        _go(house, Wish(what), words("start.look"), visit, key="start_see")
    _show_lab_doors(words)


def _show_lab_doors(words: Words) -> None:
    for page, column in zip((Page.LAB, Page.STAFFING), st.columns(2), strict=True):
        with column, _door(page.value, words):
            label = words(f"lab.go.{page.value}")
            st.button(label, key=f"start_{page.value}", width="stretch", on_click=go_to, args=(page,))


def show_opening(house: House, visit: Visit) -> None:
    """How far it is; the page is drawn anew when it is open."""
    words = visit.words

    @st.fragment(run_every=_LOOK_AGAIN_S)
    def wait() -> None:
        step = house.opening
        if step is None:
            st.rerun()
        st.title(words("start.opening"), anchor=False)
        st.progress(100, text=words("start.step", step=plain(words.named("step", step or "building"))))
        st.caption(words("start.opening.what"))

    wait()


def show_no_seat(words: Words) -> None:
    """Nobody is told more than that."""
    st.title(words("start.no_seat"), anchor=False)
    st.info(words("start.no_seat.what"))


def _door(name: str, words: Words) -> st.delta_generator.DeltaGenerator:
    box = st.container(border=True, height="stretch")
    box.subheader(words(f"start.{name}"), anchor=False)
    box.caption(words(f"start.{name}.what"))
    return box


def _chosen(key: str, choices: Sequence[Choice], words: Words, *, label: str) -> str:
    """What is chosen, or the path that was typed."""
    if not choices:
        st.caption(words("start.nothing_near"))
    chosen = st.selectbox(
        label,
        options=[choice.what for choice in choices],
        format_func=_names(choices),
        index=0 if choices else None,
        accept_new_options=True,
        placeholder=words("start.path"),
        help=words("start.path.help"),
        key=key,
    )
    return chosen or ""


def _names(choices: Sequence[Choice]) -> Callable[[str], str]:
    names = {choice.what: choice.name for choice in choices}
    return lambda what: names.get(what, what)


def _go(house: House, wish: Wish, label: str, visit: Visit, *, key: str) -> None:
    if st.button(label, type="primary", disabled=not wish.what, key=key, width="stretch"):
        why = house.open(wish, seat=visit.seat)
        if why is not None:
            st.error(visit.words(f"why.{why.name.lower()}"))
        else:
            st.rerun()
