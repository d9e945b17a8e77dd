"""Figures of a centre: contacts, desks, departments, and what is told only where there is a centre."""

from __future__ import annotations

from typing import Any

from tests.metrics.small_centre import (
    PLAN,
    accepted,
    asked,
    begun,
    closed,
    dispatched,
    ended,
    figures,
    handled,
    made,
    read,
    reported,
    returned,
    to_department,
)
from tests.metrics.small_journal import arrived, assigned, began, whole_case
from twin.domain import facts as f
from twin.domain.contact import CONSULTATION, EMERGENCY, Contact
from twin.domain.desk import Step
from twin.domain.problem import CITIZEN, Channel
from twin.domain.quantities import SECOND
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.summary import summarise


def call(at_s: int, contact: int, *, waits_s: int = 0, talks_s: int = 60, what: Contact = CONSULTATION) -> list[f.Fact]:
    begins_s = at_s + waits_s
    waiting = [asked(at_s, Step.ANSWER, contact)] if waits_s else []
    queued_s = at_s if waits_s else None
    done = [begun(begins_s, Step.ANSWER, contact, queued_s=queued_s), ended(begins_s + talks_s, contact)]
    return [made(at_s, contact, what=what), *waiting, *done]


def test_a_contact_is_answered_when_somebody_takes_it_up_and_talks_until_it_ends() -> None:
    (found,) = read(call(100, 1, waits_s=30)).contacts.to_pylist()
    assert (found["answer_s"], found["talk_s"], found["outcome"]) == (30, 60, "consulted")
    assert found["answered_at"] == 130 * SECOND


def test_an_emergency_is_handed_over() -> None:
    told = figures(call(0, 1, what=EMERGENCY))
    assert told["contacts"]["emergency"]["handed over"] == 1
    assert told["channels"]["hotline"]["n_handed_over"] == 1


def test_the_share_answered_in_time_counts_those_who_wait_in_vain() -> None:
    waiting = [made(500, 4, what=CONSULTATION), asked(500, Step.ANSWER, 4)]
    told = figures(call(0, 1, waits_s=15), call(100, 2, waits_s=16), call(200, 3), waiting)
    assert told["answers"]["within_share"] == 0.5
    assert told["answers"]["answer_s"]["p90"] == 15.8
    looser = CentrePlan(answer_within_us=16 * SECOND)
    assert figures(call(0, 1, waits_s=16), plan=looser)["answers"]["within_share"] == 1


def test_a_channel_that_nobody_attends_to_leaves_reports_and_questions_unheard() -> None:
    silent = f.ModeChanged(50 * SECOND, "emergency")
    sent = [made(100, 1, channel=Channel.WECHAT), ended(100, 1)]
    asks = [made(100, 2, channel=Channel.WECHAT, what=CONSULTATION), ended(100, 2)]
    told = figures(silent, sent, asks, until_s=150)
    assert told["reports"] == {"n": 1, "n_by_contact": 1, "n_cases": 0, "n_merged": 0, "n_unheard": 1, "n_pending": 0}
    assert told["contacts"]["consultation"]["unheard"] == 1
    assert told["mode_s"] == {"": 50, "emergency": 100}


def test_a_question_by_a_channel_that_enters_by_itself_is_not_unheard_in_usual_times() -> None:
    told = figures(made(0, 1, what=CONSULTATION, channel=Channel.APP), ended(0, 1))
    assert told["contacts"]["consultation"]["consulted"] == 1


def test_reports_balance_however_they_came() -> None:
    opening = [
        made(0, 1),
        ended(20, 1, case=7, opened=True),
        f.ReportMade(20 * SECOND, 1, 7, Channel.HOTLINE, None, True),
    ]
    second = [made(60, 2), ended(80, 2, case=7), f.ReportMade(80 * SECOND, 2, 7, Channel.HOTLINE, None, False)]
    direct = f.ReportMade(90 * SECOND, 3, 7, CITIZEN, None, False)
    told = figures(opening, reported(20), second, direct, reported(95, 8, finder=0), made(99, 4))
    assert told["reports"] == {"n": 5, "n_by_contact": 3, "n_cases": 2, "n_merged": 2, "n_unheard": 0, "n_pending": 1}
    assert told["channels"]["citizen"]["n_reports"] == 1
    assert told["channels"]["patrol"]["n_cases"] == 1


def test_work_is_measured_against_staffed_seats() -> None:
    staffed = [f.SeatsStaffed(0, 0, 2), f.SeatsStaffed(100 * SECOND, 0, 0)]
    desk: Any = figures(staffed, call(0, 1, talks_s=60), call(10, 2, talks_s=40))["desks"]["takers"]
    assert desk["busy_share"] == 0.5
    assert desk["seat_h"] == round(200 / 3600, 6)
    assert desk["n_by_step"] == {"answer": 2}


def test_a_task_is_in_its_limit_from_being_asked_for_to_being_done() -> None:
    soon = [reported(0), asked(0, Step.ACCEPT), begun(30, Step.ACCEPT, queued_s=0), accepted(60)]
    late = [begun(60, Step.REGISTER, lasting_s=90), f.CaseRegistered(150 * SECOND, 7)]
    tasks = read(soon, late).tasks.to_pylist()
    assert [(task["step"], task["in_limit"], task["wait_s"]) for task in tasks] == [
        ("accept", True, 30),
        ("register", False, 0),
    ]


def test_what_waits_is_late_only_once_its_limit_is_over() -> None:
    waiting = [reported(0), asked(0, Step.ACCEPT)]
    assert read(waiting, until_s=50).tasks["in_limit"].to_pylist() == [None]
    assert read(waiting, until_s=70).tasks["in_limit"].to_pylist() == [False]


def test_what_nobody_has_begun_is_dropped_when_the_case_closes() -> None:
    facts = [to_department(), asked(900, Step.EXTEND, desk=1), begun(900, Step.SUPERVISE, desk=1)]
    tasks = read(facts, handled(905), closed(910), until_s=920).tasks.to_pylist()
    assert [(task["step"], task["outcome"]) for task in tasks] == [("extend", "dropped"), ("supervise", "under way")]


def test_a_department_is_told_what_it_has_and_what_it_sent_back() -> None:
    told = figures(to_department(), returned(40), dispatched(50, "others"), handled(100), closed(1_200))
    assert told["departments"]["works"]["n_returned"] == 1
    others = told["departments"]["others"]
    assert (others["n_cases"], others["n_due"], others["on_time_share"]) == (1, 1, 0)


def test_remote_handling_is_tried_and_may_fail() -> None:
    failed = [to_department(), begun(40, Step.REMOTE), f.RemoteFailed(60 * SECOND, 7)]
    assert figures(failed)["remote"] == {"n_tried": 1, "n_worked": 0, "worked_share": 0}
    assert figures(to_department(), handled(60))["remote"]["worked_share"] == 1


def test_a_whistle_assembles_from_the_first_arrival_until_work_begins() -> None:
    sent = [f.CaseQueued(40 * SECOND, 7), assigned(40, 0, 7), assigned(40, 1, 7), arrived(50, 0), arrived(80, 1)]
    told = figures(to_department(), sent, f.WorkBegan(80 * SECOND, 7, (0, 1), (90, 90)))
    assert told["whistle"]["assembled_s"]["mean"] == 30


def test_indicators_are_of_the_whole_run_and_a_run_of_no_length_has_none() -> None:
    told = figures(to_department(), handled(100), closed(120))
    assert told["indicators"]["on_time_closing"] == {"numerator": 1, "denominator": 1, "value": 1}
    assert figures(until_s=0)["indicators"] is None


def test_only_a_run_with_a_centre_tells_of_one() -> None:
    plain = summarise([began(), *whole_case(1, 0, at_s=0)], until=10_000 * SECOND, remarks=())
    assert "centre" not in plain.kpi
    assert not {"loop.parquet", "contacts.parquet", "desks.parquet"} & plain.files().keys()
    of_centre = summarise([began()], until=10_000 * SECOND, remarks=(), plan=PLAN)
    assert of_centre.kpi["centre"]
    assert {"loop.parquet", "contacts.parquet", "desks.parquet"} <= of_centre.files().keys()
