"""How the centre is told: who listens, for how long, what becomes of it, and what never becomes a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agents.city import CityModel
from agents.habits import Merging
from agents.life import Life
from agents.loop_rules import ChannelRule, Kind, Mode
from tests.agents.commanding import of, only, tell
from tests.agents.small_centre import at, began, centre, desks, lived, minutes, trouble
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.commands import ReportProblem, Why
from twin.domain.contact import CONSULTATION, EMERGENCY, REPORT, Contact
from twin.domain.desk import Step
from twin.domain.problem import Channel
from twin.domain.quantities import HOUR, MINUTE

HOTLINE, WECHAT = Channel.HOTLINE, Channel.WECHAT
BY_PHONE = ((HOTLINE, 1.0),)
SPANS = {"report": Deterministic(180.0), "consultation": Deterministic(120.0)}
LISTENING: dict[str, Any] = {
    "channels": {HOTLINE: ChannelRule(0, SPANS)},
    "told_by": BY_PHONE,
    "life": Life(),
    "desks": desks(1),
}


def call(number: int, what: Contact, *, minute: float, problem: int | None = None) -> f.ContactMade:
    """Somebody calls the centre, not about a problem that is there."""
    where = "north", "rubbish", 3, 0, number
    return f.ContactMade(round(minute * MINUTE), number, HOTLINE, what, problem, *where, 0)


def ringing(city: CityModel, *calls: f.ContactMade, until: int = 24 * HOUR) -> list[f.Fact]:
    """What comes of calls that no problem leads to."""
    assert city.office is not None
    for each in calls:
        city.advance_to(each.at)
        city.record(each)
        city.office.contacts.attend(each.contact)
    return lived(city, until=until)


def test_a_citizen_who_tells_of_something_is_listened_to_before_there_is_a_case() -> None:
    facts = lived(centre(**LISTENING), trouble(7, minute=1, told=5))
    made, ended, reported = only(facts, f.ContactMade), only(facts, f.ContactEnded), only(facts, f.CaseReported)
    assert (made.what, made.problem, made.at) == (REPORT, 7, 5 * MINUTE)
    assert (ended.at, ended.case, ended.opened) == (8 * MINUTE, 7, True)
    assert (reported.case, reported.at, reported.told_at) == (7, 8 * MINUTE, 5 * MINUTE)
    assert len(minutes(facts, f.CaseClosed)) == 1


def test_a_question_and_an_emergency_take_somebodys_time_and_are_never_a_case() -> None:
    calls = call(1, CONSULTATION, minute=1), call(2, EMERGENCY, minute=1), call(3, CONSULTATION, minute=1)
    facts = ringing(centre(**LISTENING), *calls)
    assert began(facts, Step.ANSWER) == [1, 3, 6], "an emergency takes as long as a report, if nothing else is said"
    assert {fact.case for fact in of(facts, f.ContactEnded)} == {None}
    assert not of(facts, f.CaseReported)


def test_whoever_waits_longest_is_listened_to_first() -> None:
    facts = ringing(centre(**LISTENING), *(call(n, CONSULTATION, minute=1 + n / 10) for n in (3, 2, 1)[::-1]))
    assert [fact.contact for fact in of(facts, f.ContactEnded)] == [1, 2, 3]


def test_a_second_call_about_the_same_is_added_to_the_case_there_is() -> None:
    merging = Merging(within_m=50.0, within_us=24 * HOUR)
    city = centre(**LISTENING | {"life": Life(told_again=Deterministic(300.0))}, merging=merging)
    facts = lived(city, trouble(7, minute=1, told=5), until=14 * MINUTE)
    assert minutes(facts, f.ContactMade) == [5, 10]
    assert minutes(facts, f.ReportMade) == [8, 13]
    assert [(fact.case, fact.opened) for fact in of(facts, f.ReportMade)] == [(7, True), (7, False)]
    assert len(of(facts, f.CaseReported)) == 1


def test_a_report_of_nothing_is_a_case_until_somebody_looks_or_the_acceptor_sees_through_it() -> None:
    believed = ringing(centre(**LISTENING), call(9, REPORT, minute=1))
    seen_through = ringing(centre(judgement={"spots_nothing": 1.0}, **LISTENING), call(9, REPORT, minute=1))
    assert only(believed, f.CaseReported).case == 9
    assert len(of(believed, f.CaseClosed)) == 1
    assert only(seen_through, f.CaseRefused).case == 9


def test_a_real_report_is_not_taken_for_nothing_however_sharp_the_acceptor() -> None:
    facts = lived(centre(judgement={"spots_nothing": 1.0}, **LISTENING), trouble(7, minute=1, told=5))
    assert not of(facts, f.CaseRefused)


def test_what_is_over_before_anybody_has_listened_is_nothing() -> None:
    facts = lived(centre(judgement={"spots_nothing": 1.0}, **LISTENING), trouble(7, minute=1, told=5, ends=6))
    assert len(of(facts, f.CaseRefused)) == 1


def test_what_is_sent_is_looked_at_a_while_later_and_what_enters_by_itself_at_once() -> None:
    later = LISTENING | {
        "told_by": ((WECHAT, 1.0),),
        "channels": {WECHAT: ChannelRule(0, SPANS, Deterministic(600.0))},
    }
    facts = lived(centre(**later), trouble(7, minute=1, told=5))
    assert (minutes(facts, f.ContactMade), began(facts, Step.ANSWER)) == ([5], [15])
    by_itself = lived(centre(**LISTENING | {"channels": {}}), trouble(7, minute=1, told=5))
    assert minutes(by_itself, f.CaseReported) == [5]


def test_in_a_mode_some_channels_are_silent_and_speak_again_afterwards() -> None:
    silent = Mode("storm", silent=(HOTLINE,))
    city = centre(**LISTENING, modes={"storm": silent})
    city.receive(trouble(7, minute=1, told=5))
    city.receive(trouble(8, minute=1, told=15))
    city.receive(f.ModeChanged(2 * MINUTE, "storm", origin=f.INPUT))
    city.receive(f.ModeChanged(10 * MINUTE, "", origin=f.INPUT))
    facts = lived(city)
    assert [(fact.at / MINUTE, fact.case) for fact in of(facts, f.ContactEnded)] == [(5, None), (18, 8)]
    assert [fact.case for fact in of(facts, f.CaseReported)] == [8]


def test_what_people_in_the_room_report_needs_nobody_to_listen() -> None:
    city = centre(**LISTENING)
    city.advance_to(MINUTE)
    told = tell(city, ReportProblem("rubbish", 0, 0))
    assert not of(told, f.ContactMade)
    case = only(told, f.CaseReported).case
    assert only(lived(city), f.CaseClosed).case == case


def test_a_consultation_is_no_matter_that_could_be_reported() -> None:
    city = centre(**LISTENING)
    source = replace(city.setting.sources[0], name="questions", matters=(replace(_rubbish(city), name="question"),))
    setting = replace(city.setting, sources=(*city.setting.sources, source), contacts={1: Kind(HOTLINE, CONSULTATION)})
    refused = only(tell(CityModel.begin(setting), ReportProblem("question", 0, 0)), f.CommandRefused)
    assert refused.why is Why.NO_SUCH_MATTER


def _rubbish(city: CityModel) -> Any:
    return replace(city.setting.sources[0].matters[0], life=None)


def test_a_desk_that_is_not_staffed_lets_everything_wait() -> None:
    city = centre(steps={Step.ACCEPT: at(0, 1)}, **LISTENING | {"desks": desks(0)})
    lived(city, trouble(7, minute=1, told=5))
    assert len(city.state.contacts) == 1
    assert city.state.desks.lines[0][0].step is Step.ANSWER
