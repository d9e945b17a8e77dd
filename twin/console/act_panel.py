"""Acting: on the room as a whole, on the case that is looked at, and on the unit that is looked at.

Settings in, a command given at once, and a word about what became of it. What a seat may not do is greyed and says
why; that it cannot be done all the same is the desk's affair.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from twin.console.act_dialogs import ask_for_report, ask_for_road
from twin.console.desk import Desk
from twin.console.giving import Offer, objection, offer, reason, say
from twin.console.tiles import plain
from twin.domain.commands import (
    AssignUnit,
    ChangeMode,
    ChangePolicy,
    CloseRoad,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
)
from twin.domain.seat import Seat
from twin.views import choices
from twin.views.city import CityShown
from twin.views.moment import CaseShown, UnitShown
from twin.views.placing import area_at, both_ways, street_name
from twin.views.stands import mode_said
from twin.views.words import Words

_MOST_CANDIDATES, _MOST_ELSEWHERE, _MOST_CASES = 5, 5, 6
_MOST_CLOSED = 12
"""Closed streets with a button of their own; others are found in place mode."""


def show_acts(desk: Desk, *, seat: Seat, words: Words) -> None:
    """What can be done to the room: a problem, a road, the policy, the mode of the centre, a unit."""
    if not desk.about.is_live:
        st.info(words("act.none"))
        return
    if desk.city is not None:
        cannot = reason(objection(desk, seat, ReportProblem), words)
        _opener(words("act.report"), ask_for_report, key="act_open_report", cannot=cannot, icon="add_location_alt")
        cannot = reason(objection(desk, seat, CloseRoad), words)
        _opener(words("act.road"), ask_for_road, key="act_open_road", cannot=cannot, icon="block")
        _show_closed(desk, desk.city, seat=seat, words=words)
    _show_policy(desk, seat=seat, words=words)
    _show_mode(desk, seat=seat, words=words)
    _show_taking_off(desk, seat=seat, words=words)
    say()


def show_case_acts(desk: Desk, case: CaseShown, *, seat: Seat, words: Words) -> None:
    """Who can be sent to a case, taken from another one for it, or called back from it."""
    for need, skill in case.waiting:
        st.caption(words("act.waiting", skill=plain(words.named("skill", skill))))
        _show_candidates(desk, case, need=need, skill=skill, seat=seat, words=words)
        _show_elsewhere(desk, case, need=need, skill=skill, seat=seat, words=words)
    coming = choices.recallable(desk.moment, case)
    for unit in coming:
        offer(desk, _recall(desk, unit, words), seat=seat, words=words, key=f"case_recall_{unit.unit}")
    if not case.waiting and not coming:
        st.caption(words("act.settled"))
    say()


def show_unit_acts(desk: Desk, unit: UnitShown, *, seat: Seat, words: Words) -> None:
    """What can be done with a unit: send it, divert it, recall it, take it off duty."""
    if choices.may_be_sent(unit) or choices.may_be_diverted(unit):
        _show_cases_for(desk, unit, seat=seat, words=words)
    if choices.may_be_recalled(unit):
        offer(desk, _recall(desk, unit, words), seat=seat, words=words, key="unit_recall")
    if choices.may_stand_down(unit):
        _show_standing_down(desk, unit, seat=seat, words=words, key="unit")
    say()


def _show_candidates(desk: Desk, case: CaseShown, *, need: int, skill: str, seat: Seat, words: Words) -> None:
    """Free units for a need, the soonest first."""
    reach = desk.reach(case.spot, skill=skill, most=_MOST_CANDIDATES)
    for unit, expected_s in choices.candidates(desk.moment, reach):
        span, kind = words.span(expected_s), words.kind(unit.kind, unit.mode)
        offered = Offer(
            AssignUnit(unit.unit, case.case, need),
            label=words("act.send", unit=unit.name, span=span),
            done=words("act.sent", unit=unit.name),
            area=case.area,
            what=words("act.send.what", kind=kind, span=span),
        )
        offer(desk, offered, seat=seat, words=words, key=f"case_send_{need}_{unit.unit}")
    if not reach:
        st.caption(words("act.nobody"))


def _show_elsewhere(desk: Desk, case: CaseShown, *, need: int, skill: str, seat: Seat, words: Words) -> None:
    """Units for a need that are on their way to other cases, the nearest first."""
    elsewhere = choices.divertible(desk.moment, case, skill=skill, most=_MOST_ELSEWHERE)
    if not elsewhere:
        return
    with st.expander(words("act.divert.who"), key=f"case_elsewhere_{need}"):
        for unit in elsewhere:
            offered = Offer(
                DivertUnit(unit.unit, case.case, need),
                label=words("act.divert", unit=unit.name),
                done=words("act.diverted", unit=unit.name),
                area=case.area,
                what=words("act.divert.what", kind=words.kind(unit.kind, unit.mode)),
            )
            offer(desk, offered, seat=seat, words=words, key=f"case_divert_{need}_{unit.unit}")


def _show_cases_for(desk: Desk, unit: UnitShown, *, seat: Seat, words: Words) -> None:
    """The cases a unit can be sent or diverted to: the one that is looked at, then the most urgent."""
    cases = choices.cases_for(desk.moment, unit, first=st.session_state.get("room_case"), most=_MOST_CASES)
    if not cases:
        st.caption(words("act.no_case"))
        return
    is_free = choices.may_be_sent(unit)
    st.caption(words("act.send_to") if is_free else words("act.divert_to"))
    done = words("act.sent", unit=unit.name) if is_free else words("act.diverted", unit=unit.name)
    for case in cases:
        command = AssignUnit(unit.unit, case.case) if is_free else DivertUnit(unit.unit, case.case)
        label = choices.case_line(case, words, civil=desk.about.civil)
        offer(desk, Offer(command, label, done, case.area), seat=seat, words=words, key=f"unit_case_{case.case}")


def _show_standing_down(desk: Desk, unit: UnitShown, *, seat: Seat, words: Words, key: str) -> None:
    """For how long a unit is to be taken off duty, and the button for it."""
    span, button = st.columns((1, 1), vertical_alignment="bottom")
    with span:
        lasting_s = st.selectbox(
            words("act.stand_down.lasting"),
            options=choices.SPELLS_S,
            format_func=lambda seconds: choices.spell_line(seconds, words),
            key=f"{key}_lasting",
        )
    done, label = words("act.stood_down", unit=unit.name), words("act.stand_down")
    with button:
        offered = Offer(StandDown(unit.unit, lasting_s), label, done, _area_of(desk, unit))
        offer(desk, offered, seat=seat, words=words, key=f"{key}_stand_down")


def _show_taking_off(desk: Desk, *, seat: Seat, words: Words) -> None:
    """Any unit that is on duty, to be taken off it."""
    units = {unit.unit: unit for unit in desk.moment.units if choices.may_stand_down(unit)}
    if not units:
        return
    lines = choices.unit_lines(units.values(), words)
    with st.container(border=True):
        number = st.selectbox(words("act.take_off"), options=list(lines), format_func=lines.__getitem__, key="act_unit")
        _show_standing_down(desk, units[number], seat=seat, words=words, key="act")


def _show_policy(desk: Desk, *, seat: Seat, words: Words) -> None:
    """The policy of dispatch, to be changed."""
    if not desk.about.policies:
        return
    with st.container(border=True):
        choice, button = st.columns((1, 1), vertical_alignment="bottom")
        with choice:
            policy = st.selectbox(words("act.policy"), options=desk.about.policies, key="act_policy")
        with button:
            done = words("act.policy_changed", policy=policy)
            offered = Offer(ChangePolicy(policy), words("act.policy.give"), done, area=None)
            offer(desk, offered, seat=seat, words=words, key="act_policy_give")
        st.caption(words("act.policy.now", policy=plain(desk.moment.policy)))


def _show_mode(desk: Desk, *, seat: Seat, words: Words) -> None:
    """The mode the centre works in, to be changed; names are those of the scenario, "" is as usual."""
    centre = desk.moment.centre
    if centre is None or not desk.about.modes:
        return

    with st.container(border=True):
        choice, button = st.columns((1, 1), vertical_alignment="bottom")
        with choice:
            modes = ("", *desk.about.modes)
            mode = st.selectbox(
                words("act.mode"), options=modes, format_func=partial(mode_said, words=words), key="act_mode"
            )
        with button:
            done = words("act.mode_changed", mode=mode_said(mode, words))
            offered = Offer(ChangeMode(mode), words("act.mode.give"), done, area=None)
            offer(desk, offered, seat=seat, words=words, key="act_mode_give")
        st.caption(words("act.mode.now", mode=plain(mode_said(centre.mode, words))))


def _show_closed(desk: Desk, city: CityShown, *, seat: Seat, words: Words) -> None:
    """The streets that are closed, each with a button that opens it."""
    closed = choices.closed_streets(city.roads, desk.moment.closed)
    if not closed:
        return
    with st.container(border=True):
        st.caption(words("act.closed", n=words.count(len(closed))))
        for edge in closed[:_MOST_CLOSED]:
            name, area = street_name(city.roads, edge), area_at(city, edge)
            done, label = words("act.road_reopened", place=name), words("act.reopen", place=name)
            offered = Offer(ReopenRoad(both_ways(city.roads, edge)), label, done, area)
            offer(desk, offered, seat=seat, words=words, key=f"act_reopen_{edge}")


def _recall(desk: Desk, unit: UnitShown, words: Words) -> Offer:
    what = words("act.recall.what", kind=words.kind(unit.kind, unit.mode))
    done, label = words("act.recalled", unit=unit.name), words("act.recall", unit=unit.name)
    return Offer(RecallUnit(unit.unit), label, done, _area_of(desk, unit), what)


def _opener(label: str, ask: Callable[[], None], *, key: str, cannot: str | None, icon: str) -> None:
    """A button that opens a dialog: the page has to run again for that, not this panel alone."""
    disabled = cannot is not None
    if st.button(
        label, key=key, icon=f":material/{icon}:", disabled=disabled, help=cannot, on_click=ask, width="stretch"
    ):
        st.rerun()


def _area_of(desk: Desk, unit: UnitShown) -> str | None:
    """The part of the city a unit is in."""
    return None if desk.city is None else area_at(desk.city, unit.spot.edge)
