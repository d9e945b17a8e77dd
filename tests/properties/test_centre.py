"""Whatever a centre is like, no case is lost in it, its state follows from its journal, and what is hidden stays so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from agents.city import CityModel
from agents.life import Life
from agents.loop_rules import Desk, Held, StepRule
from agents.setting import Setting
from tests.agents.small_centre import CASE, called, centre, desks
from tests.builders import begun, bytes_of, digest_of, facts_of, live
from tests.centre_town import centre_town, hurries, judging, matters_with, quiet_centre, rules_of, street_problem
from tests.policies.diverting import Diverting
from tests.properties.continuing import town_of
from tests.properties.test_commands import commanded, wishes_of
from tests.properties.test_view import answers, reachable
from twin.clock.distributions import Deterministic, Exponential, Lognormal
from twin.domain import facts as f
from twin.domain.case import ACCEPTED, CHECKED, CLOSED, DISPATCHED, HANDLED, QUEUED, REGISTERED, REPORTED, Case
from twin.domain.contact import REPORT, Telling
from twin.domain.desk import Step
from twin.domain.problem import Channel, Problem
from twin.domain.quantities import MINUTE, SECOND
from twin.policies.remote_first import RemoteFirst
from twin.world.desks import ALARM
from twin.world.invariants import check
from twin.world.world import fold

END = 80 * MINUTE
CENTRES = st.integers(0, 1_000_000)


def centre_of(number: int) -> Setting:
    """A centre of many in which nearly everything is otherwise than usual."""
    rng, usual = Random(number), centre_town()
    rules = rules_of(usual)

    def share() -> float:
        return rng.choice((0.0, 0.3, 0.7, 1.0))

    matters = matters_with(
        usual,
        is_joint=rng.random() < 0.5,
        by_chief=rng.random() < 0.5,
        may_be_remote=True,
        remote_share=share(),
        remote_works=share(),
        botched_share=rng.choice((0.0, 0.5)),
        held=Held(share(), Exponential(300.0)),
        asks_share=share(),
        visited_share=share(),
        mediated_share=share(),
    )
    judgement = judging(
        usual,
        spots_nothing=share(),
        refuses_real=rng.choice((0.0, 0.3)),
        not_registered=rng.choice((0.0, 0.3)),
        automatic_share=share(),
        by_hand_right=rng.choice((0.5, 1.0)),
        own_checks=rng.random() < 0.5,
        grants=share(),
    )
    return centre_town(
        seed=number,
        policy=rng.choice((None, Diverting(), RemoteFirst(wait_s=60.0, urgent=None))),
        desks=tuple(replace(desk, seats=((None, rng.randrange(4)),)) for desk in rules.desks),
        steps={step: rule for step, rule in rules.steps.items() if rng.random() < 0.7},
        matters=matters,
        judgement=judgement,
        raises_by=rng.randrange(3),
        reopens_share=rng.choice((0.0, 0.7)),
    )


@given(number=CENTRES)
@settings(max_examples=5)
def test_any_centre_keeps_what_must_hold_and_follows_from_its_journal(number: int) -> None:
    setting, inputs = centre_of(number), hurries(begin=30 * MINUTE, end=55 * MINUTE)
    city = CityModel.begin(setting)
    for at in range(10 * MINUTE, END + 1, 10 * MINUTE):
        live(city, inputs, until=at)
        assert check(city.state, at_rest=True) == []
        assert_no_case_is_lost(city)
    assert city.state.anomalies == {}
    assert bytes_of(fold(facts_of(city))) == bytes_of(city.state)
    assert_nobody_checks_what_they_handled(facts_of(city), setting)


@given(number=CENTRES, cut=st.integers(20 * MINUTE, 60 * MINUTE))
@settings(max_examples=3)
def test_any_centre_goes_on_from_a_snapshot_as_if_it_had_not_been_taken(number: int, cut: int) -> None:
    city = begun(centre_of(number), hurries(), until=cut)
    twin = city.fork("same")
    assert len({digest_of(live(one, hurries(), until=cut + 20 * MINUTE)) for one in (city, twin)}) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_commanded_in_a_centre_nothing_breaks_and_it_can_be_done_again(seed: int) -> None:
    setting, inputs = centre_town(), hurries()
    city = commanded(setting, inputs, wishes_of(seed, 25))
    facts = facts_of(city)
    assert city.state.anomalies == {}
    assert bytes_of(fold(facts)) == bytes_of(city.state)
    given_then = [fact for fact in facts if fact.origin is f.INPUT]
    assert digest_of(begun(setting, given_then, until=city.now)) == digest_of(city)


# ---------------------------------------------------------------------------------------------- no case is lost


def assert_no_case_is_lost(city: CityModel) -> None:
    """Every case that was reported is open, to be followed up, or has an end; every report led to something."""
    facts, state = facts_of(city), city.state
    n = Counter(type(fact) for fact in facts)
    ended = [fact.case for fact in facts if isinstance(fact, f.CaseClosed | f.CaseRefused)]
    again = [fact.case for fact in facts if isinstance(fact, f.CaseReopened)]
    reported = [fact.case for fact in facts if isinstance(fact, f.CaseReported)]
    assert len(set(reported)) == len(reported)
    assert Counter(reported) + Counter(again) == Counter(ended) + Counter(state.cases.keys())
    followed_up = [fact.case for fact in facts if isinstance(fact, f.FollowUpDue)]
    archived = [fact.case for fact in facts if isinstance(fact, f.CaseArchived)]
    assert Counter(followed_up) == Counter(archived) + Counter(again) + Counter(state.after.keys())

    told = {fact.contact: fact for fact in facts if isinstance(fact, f.ContactMade)}
    heard = [fact for fact in facts if isinstance(fact, f.ContactEnded)]
    assert {fact.contact for fact in heard} | state.contacts.keys() == told.keys()
    assert len(heard) + len(state.contacts) == len(told)
    n_opened = sum(fact.opened for fact in heard)
    n_merged = sum(fact.case is not None and not fact.opened for fact in heard)
    n_none = sum(fact.case is None for fact in heard)
    reports = [fact for fact in told.values() if fact.what is REPORT]
    n_waiting = sum(telling.what is REPORT for telling in state.contacts.values())
    n_other_heard = sum(told[fact.contact].what is not REPORT for fact in heard)
    assert len(reports) == n_opened + n_merged + (n_none - n_other_heard) + n_waiting
    assert n[f.ReportMade] == n_opened + n_merged + sum(
        isinstance(fact, f.ReportMade) and fact.unit is not None for fact in facts
    )
    for number, case in state.cases.items():
        assert n_places(city, number, case) == 1, f"case {number}, {case.status}, is in no stage, or in several"
    for number, case in state.after.items():
        assert case.status is CLOSED
        assert {step for step in (Step.VISIT, Step.MEDIATE) if (step, number) in state.desks.tasks} >= set(case.owed)


WAITS_AT = {
    REPORTED: (Step.ACCEPT,),
    ACCEPTED: (Step.REGISTER,),
    REGISTERED: (Step.DISPATCH,),
    DISPATCHED: (Step.CHIEF, Step.REMOTE, Step.OFFICE),
    HANDLED: (Step.SEND_CHECK, Step.CLOSE),
    CHECKED: (Step.CLOSE,),
}
"""At which desks a case of each status may be."""


def n_places(city: CityModel, number: int, case: Case) -> int:
    """In how many places that belong to its status a case is: at a desk, with units, on hold, on its way back."""
    state = city.state
    at_desks = sum((step, number) in state.desks.tasks for step in WAITS_AT.get(case.status, ()))
    in_the_field = case.status is QUEUED and bool(case.n_waiting or case.n_served)
    awaited = sum(state.agenda.due(kind, number) is not None for kind in ("resume", "return"))
    return at_desks + in_the_field + awaited


def assert_nobody_checks_what_they_handled(facts: list[f.Fact], setting: Setting) -> None:
    """Nor does anybody of the same body; unless the centre lets them."""
    if rules_of(setting).judgement.own_checks:
        return
    barred: dict[int, tuple[int, ...]] = {}
    checks = {fact.case: fact.n_check for fact in facts if isinstance(fact, f.CaseReported)}
    needs = {fact.case: len(fact.needs) for fact in facts if isinstance(fact, f.CaseReported)}
    for fact in facts:
        match fact:
            case f.CaseHandled():
                barred[fact.case] = fact.barred
            case f.UnitAssigned() if fact.need >= needs[fact.case] - checks[fact.case]:
                assert fact.unit not in barred[fact.case]


def test_a_thousand_reports_of_one_problem_make_one_case() -> None:
    telling = ((Channel.APP, 1.0),)
    setting = quiet_centre(life=Life(told_again=Deterministic(1.0)), told_by=telling, desks=nobody_in(centre_town()))
    city = CityModel.begin(setting)
    city.receive(street_problem(setting, 7, at=MINUTE, told_at=2 * MINUTE))
    city.advance_to(2 * MINUTE + 999 * SECOND + 1)
    reports = [fact for fact in facts_of(city) if isinstance(fact, f.ReportMade)]
    assert [fact.opened for fact in reports] == [True] + 999 * [False]
    assert {fact.case for fact in reports} == {7}
    assert len([fact for fact in facts_of(city) if isinstance(fact, f.CaseReported)]) == 1


def nobody_in(setting: Setting) -> tuple[Desk, ...]:
    """The desks of a centre, all of them empty."""
    return tuple(replace(desk, seats=()) for desk in rules_of(setting).desks)


# ---------------------------------------------------------------------------------------------- clocks


@cache
def lived(seed: int) -> list[f.Fact]:
    return facts_of(begun(*town_of("centre", seed)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_clock_of_a_suspended_case_stands_still(seed: int) -> None:
    limits = centre_town().limits
    extra_us, deadline_at, since = dict[int, int](), dict[int, int](), dict[int, int]()
    matter = {fact.case: fact.matter for fact in lived(seed) if isinstance(fact, f.CaseReported)}
    resumed, n = set[int](), 0
    for fact in lived(seed):
        match fact:
            case f.CaseSuspended():
                since[fact.case] = fact.at
            case f.CaseEscalated():
                assert fact.case not in since
                assert fact.at == deadline_at[fact.case]
            case f.CaseResumed():
                resumed.add(fact.case)
            case f.DeadlineSet():
                if fact.case in resumed:
                    held_us = limits.passed_us(matter[fact.case], since.pop(fact.case), fact.at)
                    assert fact.extra_us == extra_us[fact.case] + held_us
                    resumed.remove(fact.case)
                    n += 1
                extra_us[fact.case], deadline_at[fact.case] = fact.extra_us, fact.deadline_at
    assert n > 3


# ---------------------------------------------------------------------------------------------- forks

REDRAWN = {
    *(ALARM[step] for step in (Step.ACCEPT, Step.DISPATCH, Step.CLOSE, Step.MEDIATE)),
    "attend",
    "return",
    "resume",
}
"""Alarms of times that are drawn and cannot be known before they are over."""


def test_what_is_under_way_indoors_is_drawn_anew_and_what_is_certain_is_not() -> None:
    redrawn, certain = set[str](), {ALARM[Step.REGISTER], ALARM[Step.SEND_CHECK], "overdue"}
    kept = set[str]()
    city = CityModel.begin(centre_town())
    for minute in range(20, 118, 4):
        live(city, hurries(), until=minute * MINUTE)
        twin = city.fork(3)
        assert check(twin.state, at_rest=True) == []
        after = {(kind, who): due for kind, who, due in twin.state.agenda.pending()}
        for kind, who, due in city.state.agenda.pending():
            if kind in REDRAWN:
                assert city.now <= after[kind, who] != due
                redrawn.add(kind)
            if kind in certain:
                assert after[kind, who] == due
                kept.add(kind)
    assert redrawn == REDRAWN
    assert kept == certain


def test_the_time_that_is_left_at_a_desk_is_what_is_left_of_its_own_time() -> None:
    lasting = Lognormal.of(600.0, 0.5)
    city = centre(steps={Step.ACCEPT: StepRule(0, lasting)}, desks=desks(1))
    city.receive(called(minute=2))
    city.advance_to(2 * MINUTE + 300 * SECOND)
    dues = [city.fork(luck).state.agenda.due(ALARM[Step.ACCEPT], CASE) for luck in range(1, 301)]
    gone = lasting.share_below(300.0)
    shares = [(lasting.share_below((due - 2 * MINUTE) / SECOND) - gone) / (1 - gone) for due in dues if due]
    assert len(shares) == 300
    assert kstest(shares, "uniform").pvalue > 0.01


def test_who_will_ask_for_more_time_is_open_until_they_do() -> None:
    asked = set[bool]()
    city = CityModel.begin(centre_town(seed=2))
    for minute in range(30, 100, 10):
        live(city, hurries(), until=minute * MINUTE)
        before = {who: due for kind, who, due in city.state.agenda.pending() if kind == "ask"}
        for luck in (1, 2, 3):
            after = {who: due for kind, who, due in city.fork(luck).state.agenda.pending() if kind == "ask"}
            assert all(after.get(case, due) == due for case, due in before.items())
            asked |= {case in after for case in before} | {case in before for case in after}
    assert asked == {True, False}


# ---------------------------------------------------------------------------------------------- what can be seen


def test_from_a_view_neither_problems_nor_cases_themselves_can_be_reached() -> None:
    for minute in range(30, 120, 20):
        city = begun(*town_of("centre", 1), until=minute * MINUTE)
        hidden = {number for number, problem in city.state.problems.items() if not problem.n_reports}
        assert hidden
        seen = list(reachable(answers(city)))
        assert not any(isinstance(value, Problem | Case | Telling) for value in seen)
        assert not hidden.intersection(value for value in seen if isinstance(value, int))


def test_a_view_says_the_same_whether_or_not_work_was_done_properly() -> None:
    city = begun(*town_of("centre", 1), until=70 * MINUTE)
    before = answers(city)
    for number, case in city.state.cases.items():
        city.state.cases[number] = msgspec.structs.replace(case, is_done=not case.is_done)
    assert answers(city) == before
