"""The clock strip: what time it is in there, how fast it goes, and the handles for it; a slider for a run that is over.

In: the moment. Out: civil time, asked and achieved speed; whatever is pressed goes to the desk.
"""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from twin.console.desk import Desk, Drive, Gear
from twin.console.visit import Visit
from twin.domain.quantities import MINUTE
from twin.domain.seat import DRIVE
from twin.views.moment import Moment, Pace
from twin.views.stands import mode_said
from twin.views.words import Words

_MOST = 0.0
"""Stands for "as fast as it goes" among the speeds."""
_SPEEDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, _MOST)


def show_clock(desk: Desk, visit: Visit) -> None:
    """One row: time, handles, speed."""
    words, moment = visit.words, desk.moment
    may = visit.seat.may(DRIVE)
    why = None if may else words("room.may_not", role=words(f"role.{visit.seat.role.value}"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="room_strip"):
        st.html(_time(desk, moment, words), width="content")
        _handles(desk, visit, moment, may=may, why=why)
        _speed(desk, visit, moment, may=may, why=why)
        if not desk.about.is_live:
            _scrub(desk, visit, moment, may=may, why=why)
    if desk.fault is not None:
        st.error(words("room.fault", fault=desk.fault))


def pace_told(moment: Moment, words: Words) -> str:
    """How the clock goes, in words."""
    pace = moment.pace
    if moment.is_over:
        return words("room.over")
    if pace.until_red:
        return words("room.hunting")
    if pace.is_playing:
        return words("room.speed.asked", asked=_asked(pace, words), achieved=_times(pace.achieved, words))
    return words("room.stopped_at_red") if pace.red_case is not None else words("room.speed.held")


def _time(desk: Desk, moment: Moment, words: Words) -> str:
    civil = desk.about.civil.civil(moment.at)
    names = dict.fromkeys(desk.about.shifts[roster] for roster in moment.on_duty if roster < len(desk.about.shifts))
    shift = words("room.shift", names=", ".join(words.named("shift", name) for name in names)) if names else ""
    mode = ""
    if moment.centre is not None and (desk.about.modes or moment.centre.mode):
        mode = words("room.mode", mode=mode_said(moment.centre.mode, words))
    return (
        f'<div class="gt-clock"><span class="gt-time">{civil:%H:%M:%S}</span>'
        f'<span class="gt-day">{escape(words.day(civil))} {escape(shift)} {escape(mode)}</span>'
        f'<span class="gt-pace">{escape(pace_told(moment, words))}</span></div>'
    )


def _handles(desk: Desk, visit: Visit, moment: Moment, *, may: bool, why: str | None) -> None:
    words, is_playing = visit.words, moment.pace.is_playing
    disabled = not may or moment.is_over
    label, icon = (words("room.hold"), "pause") if is_playing else (words("room.play"), "play_arrow")
    st.button(
        label,
        icon=f":material/{icon}:",
        type="primary",
        disabled=disabled,
        help=why,
        key="clock_play",
        on_click=partial(_drive, desk, Drive(Gear.HOLD if is_playing else Gear.PLAY), visit),
    )
    st.button(
        words("room.step"),
        icon=":material/skip_next:",
        disabled=disabled,
        help=why,
        key="clock_step",
        on_click=partial(_drive, desk, Drive(Gear.STEP), visit),
    )
    has_limits = desk.about.has_limits
    st.button(
        words("room.until_red"),
        icon=":material/emergency_home:",
        disabled=disabled or not has_limits,
        help=why or words("room.until_red.help" if has_limits else "room.no_limits"),
        key="clock_until_red",
        on_click=partial(_drive, desk, Drive(Gear.UNTIL_RED), visit),
    )


def _speed(desk: Desk, visit: Visit, moment: Moment, *, may: bool, why: str | None) -> None:
    words, asked = visit.words, moment.pace.asked
    now = _MOST if asked is None else asked
    options = _SPEEDS if now in _SPEEDS else (*sorted((*_SPEEDS[:-1], now)), _MOST)
    _follow("clock_speed", now)

    def changed() -> None:
        speed = st.session_state["clock_speed"]
        desk.drive(Drive(Gear.SPEED, None if speed == _MOST else speed), seat=visit.seat)

    st.selectbox(
        words("room.speed"),
        options=options,
        format_func=lambda speed: _times(None if speed == _MOST else speed, words),
        disabled=not may,
        help=why,
        label_visibility="collapsed",
        width=150,
        key="clock_speed",
        on_change=changed,
    )


def _scrub(desk: Desk, visit: Visit, moment: Moment, *, may: bool, why: str | None) -> None:
    """A slider over the whole run, in minutes; it follows the clock."""
    about, words = desk.about, visit.words
    minutes = max(1, about.until // MINUTE)
    _follow("clock_scrub", min(moment.at // MINUTE, minutes))

    def moved() -> None:
        desk.drive(Drive(Gear.SEEK, at=st.session_state["clock_scrub"] * MINUTE), seat=visit.seat)

    st.slider(
        words("room.scrub"),
        min_value=0,
        max_value=minutes,
        format=" ",
        disabled=not may,
        help=why,
        label_visibility="collapsed",
        key="clock_scrub",
        on_change=moved,
    )


def _follow(key: str, value: float | str) -> None:
    """Have a handle show how things are; only where it does not: what is set anew is taken out of a visitor's hand."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _drive(desk: Desk, drive: Drive, visit: Visit) -> None:
    why = desk.drive(drive, seat=visit.seat)
    if why is not None:
        st.toast(visit.words(f"why.{why.name.lower()}"))


def _asked(pace: Pace, words: Words) -> str:
    return _times(pace.asked, words)


def _times(speed: float | None, words: Words) -> str:
    return words("room.speed.most") if speed is None else words("room.speed.times", n=f"{speed:,.3g}")
