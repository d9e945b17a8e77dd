"""What a page knows of a centre: where each case stands, what waits at desks, and nothing that only chance knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace as changed
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.busy_centre import DESKS, busy_facts
from tests.views.moments import moment_of
from twin.domain import facts as f
from twin.domain.case import CaseStatus, Refused
from twin.domain.desk import Step
from twin.domain.light import GREEN, Limits
from twin.domain.problem import Channel
from twin.domain.quantities import DAY, HOUR, MINUTE, CivilTime
from twin.metrics.channels import ChannelTally
from twin.views.casebook import Casebook
from twin.views.centre import centre_of
from twin.views.dossier import Dossier, dossier
from twin.views.moment import CaseShown, Moment, followed_of
from twin.views.pictograms import Look
from twin.views.rows import case_rows, sign_of_case, text_of_case
from twin.views.sifting import ORDERS, Sifting, sifted
from twin.views.stands import STANDS, desks_said, holder, look_of, stand_of, stand_said
from twin.views.telling import Telling
from twin.views.timeline import entries
from twin.views.timeline_loop import OF_LOOP
from twin.views.words import PHRASES, Language, Words
from twin.world.state import State
from twin.world.world import fold

ENGLISH, CHINESE = Words(Language.ENGLISH), Words(Language.CHINESE)
CIVIL = CivilTime(datetime.fromisoformat("2026-03-02T07:40:00+08:00"), ZoneInfo("Asia/Shanghai"))
LIMITS = Limits({"*": 20 * MINUTE}, civil=CIVIL)
INSTANTS = tuple(range(10 * MINUTE, 2 * HOUR, 10 * MINUTE))

LATER: dict[type[f.Fact], Callable[[Any], f.Fact]] = {
    f.CaseDispatched: lambda fact: replace(fact, returns_at=DAY),
    f.CaseSuspended: lambda fact: replace(fact, until_at=DAY),
    f.DeadlineSet: lambda fact: replace(fact, asks_at=DAY),
    f.CaseHandled: lambda fact: replace(fact, is_done=not fact.is_done),
    f.TaskBegan: lambda fact: replace(fact, ends_at=DAY),
    f.WorkBegan: lambda fact: replace(fact, leave_at=tuple(DAY for _ in fact.leave_at)),
    f.UnitAssigned: lambda fact: replace(fact, rolls_at=DAY),
    f.UnitRolled: lambda fact: replace(fact, arrives_at=DAY),
    f.UnitArrived: lambda fact: replace(fact, leaves_at=DAY),
    f.ReportMade: lambda fact: replace(fact, told_at=DAY),
    f.ContactMade: lambda fact: replace(fact, ready_at=DAY, told_at=DAY),
}
"""Facts with other times drawn for what is still to come, and work done well or badly the other way round."""


def elsewise(facts: Sequence[f.Fact]) -> list[f.Fact]:
    return [LATER.get(type(fact), lambda same: same)(fact) for fact in facts]


def shown(facts: Sequence[f.Fact], at: int) -> Moment:
    """The moment that facts lead to."""
    known = [fact for fact in facts if fact.at <= at]
    state, channels = fold(known, state=State()), ChannelTally(CIVIL)
    for fact in known:
        channels.take(fact)
    return changed(
        moment_of(state, at, limits=LIMITS),
        centre=centre_of(state, DESKS, channels=channels.read(at)),
        followed=followed_of(state, at, limits=LIMITS),
    )


@cache
def moment(at: int) -> Moment:
    return shown(busy_facts(), at)


@cache
def book() -> Casebook:
    filed = Casebook()
    for fact in busy_facts():
        filed.take(fact)
    return filed


def card(shown: Moment, case: int, words: Words = ENGLISH, facts: Sequence[f.Fact] | None = None) -> Dossier | None:
    told = book().of_case(case, until=shown.at) if facts is None else facts
    return dossier(told, shown, case, civil=CIVIL, words=words, names=[unit.name for unit in shown.units])


def everything() -> list[tuple[Moment, CaseShown]]:
    """All cases, open or followed up, at some instants."""
    return [(moment(at), case) for at in INSTANTS for case in (*moment(at).cases, *moment(at).followed)]


# ---------------------------------------------------------------------------------------------- what chance knows


def test_no_moment_depends_on_what_only_chance_knows() -> None:
    others = elsewise(busy_facts())
    for at in INSTANTS[::3]:
        first, second = moment(at), shown(others, at)
        assert (first.cases, first.followed, first.centre) == (second.cases, second.followed, second.centre)


def test_no_card_depends_on_what_only_chance_knows() -> None:
    seen: set[type[f.Fact]] = set()
    for at in INSTANTS[::4]:
        for case in (*moment(at).cases, *moment(at).followed):
            facts = book().of_case(case.case, until=at)
            seen |= {type(fact) for fact in facts}
            assert card(moment(at), case.case, facts=facts) == card(moment(at), case.case, facts=elsewise(facts))
    assert {f.CaseSuspended, f.CaseDispatched, f.DeadlineSet, f.CaseHandled} <= seen


# ---------------------------------------------------------------------------------------------- how cases stand


def test_every_case_has_a_stand_a_sign_and_a_holder_at_any_time() -> None:
    for when, case in everything():
        assert stand_of(case) in STANDS
        assert stand_said(case, when.centre, ENGLISH) != stand_said(case, when.centre, CHINESE)
        assert bool(case.desks) is bool(desks_said(case, when.centre, when.at, ENGLISH))  # type: ignore[arg-type]
        held = holder(case, when.centre, ENGLISH, names=[unit.name for unit in when.units])
        assert held or case.waiting or case.is_suspended or not case.department
    assert {stand_of(case) for _, case in everything()} >= {"suspended", "dispatched", "handle", "check", "closed"}


@pytest.mark.parametrize("status", CaseStatus)
def test_every_status_has_words_in_both_languages(status: CaseStatus) -> None:
    case = everything()[0][1]._replace(status=status, is_queued=status is CaseStatus.QUEUED, is_suspended=False)
    assert stand_of(case) in STANDS
    assert PHRASES[f"stand.{stand_of(case)}"][0]


@pytest.mark.parametrize("step", Step)
def test_every_step_has_words(step: Step) -> None:
    assert CHINESE.named("step", step.value) != step.value


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_has_words(channel: Channel) -> None:
    assert CHINESE.named("channel", channel.value) != channel.value


def test_a_case_at_a_desk_looks_unlike_one_in_the_field_and_one_on_hold() -> None:
    looks = {look_of(case, when.centre) for when, case in everything()}
    assert {Look.DESK, Look.HELD, Look.HANDLE, Look.CHECK} <= looks
    assert Look.INTAKE not in looks
    when, case = next(each for each in everything() if look_of(each[1], each[0].centre) is Look.DESK)
    queued = case._replace(is_queued=True, waiting=((0, "order"),))
    held = case._replace(is_suspended=True)
    assert len({sign_of_case(each, when.centre) for each in (case, queued, held)}) == 3


def test_what_pops_up_tells_the_desk_and_how_long_and_names_stay_plain_text() -> None:
    when, case = next(each for each in everything() if each[1].desks and each[1].desks[0].waits)
    assert when.centre is not None
    hostile = changed(when.centre, desks=tuple(desk._replace(name="<b>x</b>") for desk in when.centre.desks))
    said = text_of_case(case, hostile, at=when.at, words=ENGLISH)
    assert "waits at <b>x</b> for" in said
    rows = json.loads(case_rows(changed(when, centre=hostile), ENGLISH))
    assert any(row and "<b>x</b>" in row["text"] for row in rows)


def test_cases_are_sifted_by_stage_department_and_light() -> None:
    cases = [case for _, case in everything()]
    for by in (
        Sifting("handle"),
        Sifting(department="cleaning"),
        Sifting(light=GREEN),
        Sifting("handled", "cleaning"),
    ):
        wanted = sifted(cases, by)
        assert 0 < len(wanted) < len(cases)
    assert sifted(cases, Sifting()) == cases
    assert all(sorted(cases, key=order) for order in ORDERS.values())


# ---------------------------------------------------------------------------------------------- desks and channels


def test_what_waits_and_is_under_way_adds_up() -> None:
    n_waiting = 0
    for at in INSTANTS:
        centre = moment(at).centre
        assert centre is not None
        assert [desk.name for desk in centre.desks] == [named.name for named in DESKS]
        assert [desk.is_office for desk in centre.desks] == [False, False, False, True]
        for number, desk in enumerate(centre.desks):
            at_it = [
                each for case in (*moment(at).cases, *moment(at).followed) for each in case.desks if each.desk == number
            ]
            waiting = [each for each in at_it if each.waits]
            assert desk.n_waiting == len(waiting) + desk.n_calls
            assert len(desk.line) == len(waiting)
            assert desk.n_busy >= len(at_it) - len(waiting)
            assert (desk.waits_since is None) is (desk.n_waiting == 0)
            n_waiting += desk.n_waiting
        assert sum(desk.n_calls for desk in centre.desks) == sum(calls.n_waiting for calls in centre.calls)
    assert n_waiting > 10


def test_a_contact_is_one_thing_or_another() -> None:
    centre = moment(INSTANTS[-1]).centre
    assert centre is not None
    for day in centre.channels:
        assert day.n_contacts == day.n_cases + day.n_merged + day.n_consultations + day.n_handed_over
    assert {Channel.HOTLINE, Channel.WECHAT} <= {day.channel for day in centre.channels}


# ---------------------------------------------------------------------------------------------- what happened


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_case_has_a_card_at_any_time_with_all_that_happened_in_words(words: Words) -> None:
    told = set()
    for when, case in everything()[::3]:
        shown = card(when, case.case, words)
        assert shown is not None
        assert shown.is_open is (case in when.cases)
        assert all(entry.phrase for entry in shown.timeline)
        told |= {entry.phrase for entry in shown.timeline}
    assert words("fact.accepted") in told
    assert words("fact.suspended") in told


PLAIN: list[Any] = [kind for kind in OF_LOOP if kind.__struct_fields__ == f.CaseAccepted.__struct_fields__]


def one_of_each() -> list[f.Fact]:
    """Every kind of fact of the loop, and those that can be one thing or another both ways."""
    return [
        *(f.CaseRefused(0, 1, why) for why in Refused),
        *(f.CaseDispatched(0, 1, name, None, by_hand) for name in ("", "cleaning") for by_hand in (True, False)),
        *(f.ChiefDecided(0, 1, whistles) for whistles in (True, False)),
        *(f.CaseChecked(0, 1, passed) for passed in (True, False)),
        *(f.CaseVisited(0, 1, resolved, satisfied) for resolved in (True, False) for satisfied in (True, False)),
        f.FollowUpDue(0, 1, visit=True, mediate=True),
        f.NeedsCovered(0, 1, 0, (1,)),
        f.WorkBegan(0, 1, (), ()),
        f.RemoteTried(0, 1, MINUTE, "remote_first"),
        f.CaseHandled(0, 1, (), is_done=True),
        f.CaseSuspended(0, 1, DAY),
        f.DeadlineSet(0, 1, DAY, 0),
        f.CaseEscalated(0, 1, 1),
        *(kind(0, 1) for kind in PLAIN),
    ]


def test_all_facts_of_the_loop_are_told_in_both_languages_and_none_says_when_a_pause_ends() -> None:
    facts = one_of_each()
    assert {type(fact) for fact in facts} == set(OF_LOOP)
    english, chinese = (entries(facts, Telling(CIVIL, words, ["Grid 1"])) for words in (ENGLISH, CHINESE))
    assert len(english) == len(chinese) == len(facts)
    assert not {line.phrase for line in english} & {line.phrase for line in chinese}
    paused = next(line for line in english if line.phrase == ENGLISH("fact.suspended"))
    assert paused.detail == ""


def test_a_case_that_is_closed_and_followed_up_says_so_and_one_reopened_goes_on_in_its_file() -> None:
    when, case = next(each for each in everything() if each[1] in each[0].followed)
    shown = card(when, case.case)
    assert shown is not None
    assert (shown.is_open, shown.stage) == (False, "Closed, being followed up")
    reopened = next(fact for fact in busy_facts() if isinstance(fact, f.CaseReopened))
    kinds = [type(fact) for fact in book().of_case(reopened.case)]
    assert kinds.index(f.CaseClosed) < kinds.index(f.CaseReopened)
    assert kinds[0] in (f.ReportMade, f.CaseReported)


def test_a_case_that_was_refused_is_over_and_its_card_says_why() -> None:
    refused = next(fact for fact in busy_facts() if isinstance(fact, f.CaseRefused))
    shown = card(moment(refused.at + MINUTE), refused.case)
    assert shown is not None
    assert not shown.is_open
    assert shown.timeline[-1].phrase in (ENGLISH("fact.refused.rejected"), ENGLISH("fact.refused.not_registered"))


def test_who_told_and_when_they_first_turned_to_the_centre_is_on_the_card() -> None:
    report = next(
        fact
        for fact in busy_facts()
        if isinstance(fact, f.CaseReported) and fact.channel is Channel.WECHAT and fact.told_at is not None
    )
    shown = card(moment(report.at + 1), report.case)
    assert shown is not None
    first = shown.timeline[0]
    assert first.phrase == "Reported (WeChat)"
    assert f"first told at {CIVIL.civil(report.told_at or 0):%H:%M}" in first.detail
