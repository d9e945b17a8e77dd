"""Giving a command from the page: whether one may, the command itself, and what is said about it afterwards.

Whether a seat may is only told here, so that a button can say so; it is enforced by the desk.
"""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from twin.console.desk import Desk
from twin.console.seats import fresh_token
from twin.console.tiles import plain
from twin.domain.commands import COMMANDS, Command, Why, name_of
from twin.domain.seat import Seat
from twin.views.words import Words

_SAID = "act_said"


class Offer(NamedTuple):
    """A command that is offered; all texts are plain.

    `label`: on its button; `done`: said when it was carried out; `area`: the part of the city it is about, None where
    it is about none; `what`: more about it.
    """

    command: Command
    label: str
    done: str
    area: str | None
    what: str = ""


def objection(desk: Desk, seat: Seat, kind: type[Command]) -> Why | None:
    """Why nobody, or not this seat, may give such commands; None where it may, somewhere."""
    assert kind in COMMANDS
    if not desk.about.is_live:
        return Why.REPLAYED
    return None if seat.may(name_of(kind)) else Why.NO_RIGHT


def objection_in(desk: Desk, seat: Seat, kind: type[Command], *, area: str | None) -> Why | None:
    """Why a seat may not give such a command in an area (None: one that is about no area)."""
    why = objection(desk, seat, kind)
    if why is None and seat.areas and area not in seat.areas:
        return Why.OTHER_AREA
    return why


def reason(why: Why | None, words: Words) -> str | None:
    """An objection in words, for the help of a control; None where there is none."""
    return None if why is None else words(f"why.{why.name.lower()}")


def offer(desk: Desk, offered: Offer, *, seat: Seat, words: Words, key: str) -> bool:
    """A button that gives a command; whether it was pressed and carried out."""
    cannot = reason(objection_in(desk, seat, type(offered.command), area=offered.area), words)
    pressed = st.button(
        plain(offered.label),
        key=key,
        disabled=cannot is not None,
        help=cannot or plain(offered.what) or None,
        width="stretch",
    )
    return pressed and give(desk, offered, seat=seat, words=words)


def give(desk: Desk, offered: Offer, *, seat: Seat, words: Words) -> bool:
    """Give a command; whether it was carried out. What became of it is kept for `say`."""
    answer = desk.act(offered.command, seat=seat, token=fresh_token())
    said = offered.done if answer.why is None else words("act.refused", why=reason(answer.why, words))
    keep_said(said, is_done=answer.why is None)
    return answer.why is None


def keep_said(text: str, *, is_done: bool) -> None:
    """Have `say` tell this: what a callback of a fragment says itself takes the place of what stands on the page."""
    st.session_state[_SAID] = (text, is_done)


def say() -> None:
    """Tell what became of the last command, once."""
    if (said := st.session_state.pop(_SAID, None)) is not None:
        text, is_done = said
        st.toast(plain(text), icon=":material/check_circle:" if is_done else ":material/block:", duration="long")
