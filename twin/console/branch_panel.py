"""What if, from now: what would be different is chosen, both lines are tried over fresh futures, the answer comes in.

Settings → one question to the desk → show. The answer is everybody's who looks at the room, and stays until the next
question. The room goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from twin.console.desk import Desk
from twin.console.giving import keep_said, reason, say
from twin.console.place_panel import choose_place, forget_place
from twin.console.tiles import plain
from twin.console.visit import Visit
from twin.domain.branching import SHORTEST_S, Branching
from twin.domain.commands import ChangeMode, ChangePolicy, CloseRoad, Command, StandDown
from twin.domain.seat import DRIVE
from twin.metrics.branch_line import COURSES
from twin.views import choices
from twin.views.branch import BranchShown, Stage
from twin.views.branch_charts import course_markup, gaps_markup, key_markup, table_markup
from twin.views.branch_told import (
    answer_said,
    asked_said,
    change_said,
    others_said,
    rows_of,
    sure_said,
    units_by_number,
    until_midnight_s,
)
from twin.views.placing import Placed
from twin.views.stands import mode_said

_HORIZONS_S = (3_600.0, 7_200.0, 14_400.0, 28_800.0)
_NS = (10, 30, 60, 100, 200)
_MOST_CHANGED = 20
_STREET, _STREET_OPEN = "branch_street", "branch_dialog"
_CHOSEN = "branch_closed"
"""Session key: the street that would be closed."""


def show_branch(desk: Desk, visit: Visit) -> None:
    """The answer so far, if there is a question; and what one can ask."""
    shown, words = desk.branch, visit.words
    if shown is not None:
        _show_answer(desk, shown, visit)
    if shown is None or not shown.is_under_way:
        with st.expander(words("branch.ask"), expanded=shown is None, key=f"branch_ask_{shown is None}"):
            _show_form(desk, visit)
    say()


def show_street_dialog(desk: Desk, visit: Visit) -> None:
    """The dialog in which the street is chosen that would be closed, where it was asked for; it belongs in the page."""
    if not st.session_state.get(_STREET_OPEN):
        return
    words = visit.words
    show = st.dialog(words("branch.street.title"), width="large", icon=":material/block:", on_dismiss=_close)
    show(_street_form)(desk, visit)


# ------------------------------------------------------------------------------------------ asking


def _show_form(desk: Desk, visit: Visit) -> None:
    """What would be different, how far ahead, and how often it is tried."""
    words, moment = visit.words, desk.moment
    commands: list[Command] = []
    as_now = words("branch.as_now", name=moment.policy)
    policy = st.selectbox(
        words("branch.policy"),
        options=("", *desk.about.policies),
        format_func=lambda name: name or as_now,
        key="branch_policy",
    )
    if policy:
        commands.append(ChangePolicy(policy))
    commands += _mode_chosen(desk, visit)
    kind, change = _units_chosen(desk, visit)
    commands += _street_chosen(desk, visit)
    horizon_column, n_column = st.columns(2)
    with horizon_column:
        horizon_s = _horizon_chosen(desk, visit)
    with n_column:
        n = st.selectbox(words("branch.n"), options=_NS, index=1, key="branch_n")
    if kind is not None and change < 0:
        lasting_s = min(horizon_s + 7_200.0, 7 * 86_400.0)
        commands += [StandDown(unit, lasting_s) for unit in choices.to_withdraw(moment, kind, -change)]
    more = {kind: change} if kind is not None and change > 0 else {}
    is_nothing = not commands and not more
    st.button(
        words("branch.give"),
        type="primary",
        icon=":material/alt_route:",
        disabled=is_nothing,
        help=words("branch.nothing") if is_nothing else None,
        width="stretch",
        key="branch_give",
        on_click=partial(_ask, desk, Branching(tuple(commands), more, horizon_s, n), visit),
    )
    st.caption(words("branch.what"))


def _ask(desk: Desk, asked: Branching, visit: Visit) -> None:
    words = visit.words
    answer = desk.branch_off(asked, seat=visit.seat)
    said = words("branch.begun") if answer.why is None else words("branch.failed", why=reason(answer.why, words))
    keep_said(said, is_done=answer.why is None)


def _mode_chosen(desk: Desk, visit: Visit) -> list[Command]:
    words, centre = visit.words, desk.moment.centre
    if centre is None or not desk.about.modes:
        return []
    now = words("branch.as_now", name=mode_said(centre.mode, words))
    others = [mode for mode in ("", *desk.about.modes) if mode != centre.mode]
    mode: str | None = st.selectbox(
        words("branch.mode"),
        options=(None, *others),
        format_func=lambda name: now if name is None else mode_said(name, words),
        key="branch_mode",
    )
    return [] if mode is None else [ChangeMode(mode)]


def _units_chosen(desk: Desk, visit: Visit) -> tuple[str | None, int]:
    """A kind of unit, and by how many they would be more or fewer."""
    words = visit.words
    kinds = list(dict.fromkeys(unit.kind for unit in desk.moment.units))
    if not kinds:
        return None, 0
    left, right = st.columns((1.2, 1), vertical_alignment="bottom")
    with left:
        kind = st.selectbox(
            words("branch.kind"), options=kinds, format_func=partial(words.named, "kind"), key="branch_kind"
        )
    n_there = sum(unit.kind == kind and choices.may_stand_down(unit) for unit in desk.moment.units)
    with right:
        change = st.number_input(
            words("branch.change"),
            min_value=-max(n_there, _MOST_CHANGED),
            max_value=_MOST_CHANGED,
            value=0,
            help=words("branch.change.help"),
            key="branch_change",
        )
    return kind, int(change)


def _street_chosen(desk: Desk, visit: Visit) -> list[Command]:
    """The street that would be closed, and the way to choose one."""
    words = visit.words
    if desk.city is None:
        return []
    placed: Placed | None = st.session_state.get(_CHOSEN)
    if placed is None:
        if st.button(words("branch.street"), icon=":material/block:", width="stretch", key="branch_street_ask"):
            forget_place(_STREET)
            st.session_state[_STREET_OPEN] = True
            st.rerun()
        return []
    st.button(
        words("branch.street.forget", street=plain(placed.street)),
        icon=":material/close:",
        width="stretch",
        key="branch_street_forget",
        on_click=partial(st.session_state.pop, _CHOSEN, None),
    )
    return [CloseRoad(placed.edges)]


def _horizon_chosen(desk: Desk, visit: Visit) -> float:
    words = visit.words
    midnight_s = until_midnight_s(desk.moment.at, desk.about.civil)
    chosen = st.selectbox(
        words("branch.horizon"),
        options=(*_HORIZONS_S, 0.0),
        index=1,
        format_func=lambda span: choices.spell_line(span, words) if span else words("branch.midnight"),
        key="branch_horizon",
    )
    return chosen or max(SHORTEST_S, midnight_s)


def _street_form(desk: Desk, visit: Visit) -> None:
    words = visit.words
    placed = choose_place(desk, words=words, theme=visit.theme, key=_STREET)
    cannot = words("place.first") if placed is None else None
    if st.button(
        words("branch.street.give"), type="primary", disabled=placed is None, help=cannot, key="branch_street_give"
    ):
        st.session_state[_CHOSEN] = placed
        _close()
        st.rerun()


def _close() -> None:
    st.session_state.pop(_STREET_OPEN, None)


# ------------------------------------------------------------------------------------------ the answer


def _show_answer(desk: Desk, shown: BranchShown, visit: Visit) -> None:
    words, compared = visit.words, shown.compared
    civil = desk.about.civil
    if shown.stage is Stage.FAILED:
        why = reason(shown.why, words) or ""
        st.error(plain(words("branch.failed", why=": ".join(filter(None, (why, shown.detail))))))
        return
    change = change_said(shown.asked, words, units=units_by_number(desk.moment.units), city=desk.city)
    if compared is not None:
        said = "".join(f'<p class="gt-also">{escape(line)}</p>' for line in others_said(compared, words))
        st.html(f'<p class="gt-answer">{escape(answer_said(shown, change, words))}</p>{said}')
    _show_progress(desk, shown, visit)
    st.caption(plain(asked_said(shown, words, civil=civil)))
    if compared is None:
        return
    course = st.segmented_control(
        words("branch.chart"),
        options=COURSES,
        default=COURSES[0],
        required=True,
        format_func=lambda name: words(f"branch.course.{name}"),
        label_visibility="collapsed",
        key="branch_course",
    )
    st.html(course_markup(shown, course or COURSES[0], civil=civil, colours=visit.colours, words=words))
    st.html(key_markup(colours=visit.colours, words=words))
    st.html(table_markup(rows_of(compared, words), words=words))
    gaps = gaps_markup(compared, colours=visit.colours, words=words)
    if gaps:
        st.caption(words("branch.gaps"))
        st.html(gaps)
    st.markdown(f"**{words('branch.sure')}**")
    st.html(_listed(sure_said(shown, words)))


def _show_progress(desk: Desk, shown: BranchShown, visit: Visit) -> None:
    """How far it has come, and the way to call it off."""
    words, n = visit.words, shown.asked.n
    fields = {"done": words.count(shown.n_done), "n": words.count(n)}
    if not shown.is_under_way:
        if shown.stage is Stage.STOPPED:
            st.caption(words("branch.stopped", **fields))
        return
    st.progress(shown.n_done / n, text=words(f"branch.{shown.stage.value}", **fields))
    may = visit.seat.name == shown.by or visit.seat.may(DRIVE)
    st.button(
        words("branch.stop"),
        icon=":material/cancel:",
        disabled=not may or shown.stage is Stage.STOPPING,
        key="branch_stop",
        on_click=partial(_stop, desk, visit),
    )


def _stop(desk: Desk, visit: Visit) -> None:
    why = desk.stop_branch(seat=visit.seat)
    if why is not None:
        keep_said(reason(why, visit.words) or "", is_done=False)


def _listed(lines: Sequence[str]) -> str:
    return f'<ul class="gt-sure">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'
