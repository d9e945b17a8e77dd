"""Cases of the loop from a journal: what each column says, for each way that a case may go."""

from __future__ import annotations

import pytest

from tests.metrics.small_centre import (
    accepted,
    asked,
    begun,
    checked,
    closed,
    dispatched,
    due,
    followed,
    handled,
    read,
    refused,
    reported,
    returned,
    row,
    to_department,
)
from tests.metrics.small_journal import arrived, assigned, whole_case
from tests.metrics.small_journal import closed as plainly_closed
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY, Refused
from twin.domain.desk import Step
from twin.domain.quantities import SECOND
from twin.metrics.loop import LOOP_COLUMNS


def queued(at_s: int, stage: str) -> f.CaseQueued:
    return f.CaseQueued(at_s * SECOND, 7, {"verify": VERIFY, "handle": HANDLE, "check": CHECK}[stage])


def test_a_case_that_goes_straight_through_has_all_its_stamps() -> None:
    found = row(to_department(), queued(30, "handle"), assigned(40, 0, 7), arrived(50, 0), handled(100), closed(120))
    stamps = {
        "reported_at": 0,
        "accepted_at": 10,
        "registered_at": 20,
        "dispatched_at": 30,
        "responded_at": 50,
        "handled_at": 100,
        "closed_at": 120,
        "handle_due_at": 1_000,
        "close_due_at": 1_000,
    }
    assert {name: found[name] for name in stamps} == stamps
    assert (found["valid"], found["dispatch_right"], found["department"]) == (True, True, "works")
    assert (found["outcome"], found["status"], found["way"]) == ("closed", None, "field")
    assert list(found)[: len(LOOP_COLUMNS)] == list(LOOP_COLUMNS)


def test_where_those_who_went_to_see_found_nothing_the_report_was_not_valid() -> None:
    found = row(reported(0, verify=1), queued(10, "verify"), closed(90, void=True))
    assert (found["valid"], found["void"], found["outcome"]) == (False, True, "void")
    assert (found["verify_sent_at"], found["verified_at"], found["accepted_at"]) == (10, 90, None)


@pytest.mark.parametrize(("why", "flag"), [(Refused.REJECTED, "rejected"), (Refused.NOT_REGISTERED, "not_registered")])
def test_nobody_knows_whether_what_was_refused_was_valid(why: Refused, flag: str) -> None:
    found = row(reported(0), refused(30, why))
    assert (found[flag], found["valid"], found["closed_at"], found["outcome"]) == (True, None, None, why.value)


def test_what_somebody_has_seen_is_valid_even_if_it_is_not_registered() -> None:
    found = row(reported(0, verify=1), queued(10, "verify"), accepted(90), refused(99, Refused.NOT_REGISTERED))
    assert (found["valid"], found["verified_at"], found["not_registered"]) == (True, 90, True)


def test_limits_of_steps_count_from_when_they_are_asked_for() -> None:
    found = row(
        reported(0),
        asked(0, Step.ACCEPT),
        begun(40, Step.ACCEPT, queued_s=0),
        accepted(50),
        begun(50, Step.REGISTER),
        f.CaseRegistered(60 * SECOND, 7),
        begun(60, Step.DISPATCH),
        dispatched(70, returns_s=80),
        returned(80),
        begun(80, Step.DISPATCH),
    )
    assert (found["accept_due_at"], found["register_due_at"], found["dispatch_due_at"]) == (60, 110, 120)


def test_the_time_to_go_and_see_is_not_the_acceptors() -> None:
    seen = [reported(0, verify=1), begun(0, Step.ACCEPT), queued(10, "verify")]
    assert row(seen)["accept_due_at"] is None
    assert row(seen, accepted(500))["accept_due_at"] == 60 + 490


def test_a_case_dispatched_without_anybody_has_no_limit_for_it_though_it_comes_back() -> None:
    found = row(to_department(), returned(40), begun(40, Step.DISPATCH), dispatched(50, "others"))
    assert (found["dispatch_due_at"], found["dispatched_at"], found["department"]) == (None, 30, "others")


def test_a_case_that_came_back_twice_was_sent_wrongly_and_is_with_nobody() -> None:
    back = [to_department(), returned(100), dispatched(110, "others"), returned(200)]
    found = row(*back)
    assert (found["n_returns"], found["dispatch_right"], found["department"]) == (2, False, None)
    assert found["status"] == "registered"
    assert row(*back, dispatched(210), handled(300))["dispatch_right"] is False


def test_rework_undoes_that_it_was_handled_and_checked() -> None:
    once = [
        to_department(),
        handled(100),
        f.CheckSent(110 * SECOND, 7),
        queued(110, "check"),
        checked(200, passed=False),
    ]
    found = row(*once)
    assert (found["n_reworks"], found["handled_at"], found["checked_at"], found["check_sent_at"]) == (
        1,
        None,
        None,
        110,
    )
    again = row(*once, dispatched(210), handled(300), checked(400, passed=True), closed(410))
    assert (again["n_reworks"], again["handled_at"], again["checked_at"], again["closed_at"]) == (1, 300, 400, 410)


def test_a_case_that_was_opened_again_is_open_until_it_is_closed_again() -> None:
    visited = f.CaseVisited(300 * SECOND, 7, False, False)
    again = [to_department(), handled(100), *followed(120), visited, f.CaseReopened(300 * SECOND, 7)]
    found = row(*again)
    assert (found["reopened"], found["closed_at"], found["handled_at"], found["outcome"]) == (1, None, None, "open")
    assert (found["visited_at"], found["resolved"], found["satisfied"]) == (300, False, False)
    later = row(*again, dispatched(310), handled(500), closed(600))
    assert (later["closed_at"], later["outcome"], later["reopened"]) == (600, "closed", 1)


def test_a_case_that_is_followed_up_is_closed_and_one_row() -> None:
    found = row(to_department(), handled(100), *followed(120))
    assert (found["outcome"], found["followed_up"]) == ("closed", True)
    done = row(to_department(), handled(100), *followed(120), f.CaseArchived(200 * SECOND, 7))
    assert (done["outcome"], done["followed_up"]) == ("closed", False)


def test_the_clock_of_a_case_on_hold_stands_still() -> None:
    held = [to_department(), f.CaseSuspended(100 * SECOND, 7, 9_000 * SECOND)]
    found = row(*held, until_s=2_000)
    assert (found["suspended_us"], found["close_due_at"], found["status"]) == (1_900, 1_000 + 1_900, "on hold")
    later = row(*held, f.CaseResumed(600 * SECOND, 7), due(600, 1_500), until_s=2_000)
    assert (later["suspended_us"], later["close_due_at"], later["status"]) == (500, 1_500, "dispatched")


def test_a_case_that_was_late_when_it_was_put_on_hold_stays_late() -> None:
    found = row(to_department(), f.CaseSuspended(1_200 * SECOND, 7, 9_000 * SECOND), until_s=2_000)
    assert found["close_due_at"] == 1_000


def test_more_time_counts_and_moves_the_limit() -> None:
    found = row(to_department(), f.DeadlineExtended(800 * SECOND, 7), due(800, 1_600))
    assert (found["n_extensions"], found["handle_due_at"]) == (1, 1_600)


def test_the_way_a_case_was_handled_is_told_by_what_came_before() -> None:
    there = [queued(80, "handle"), assigned(80, 0, 7), arrived(95, 0)]
    failed = f.RemoteFailed(70 * SECOND, 7)
    assert row(to_department(), begun(40, Step.REMOTE), handled(50))["way"] == "remote"
    assert row(to_department(), begun(40, Step.OFFICE), handled(50))["way"] == "office"
    found = row(to_department(), begun(40, Step.REMOTE), failed, *there, handled(100))
    assert (found["way"], found["responded_at"]) == ("field", 40)
    tried = [to_department(), queued(30, "handle"), f.RemoteTried(30 * SECOND, 7, 60 * SECOND, "remote_first")]
    assert row(*tried)["status"] == "dispatched"
    assert row(*tried, begun(40, Step.REMOTE), handled(50))["way"] == "remote"
    assert row(*tried, f.RemoteGivenUp(60 * SECOND, 7), *there, handled(100))["responded_at"] == 95


def test_what_a_patrol_settles_on_the_spot_names_who_found_it() -> None:
    spot = f.CaseReported(0, 7, "ref", "north", "leak", 2, ("on the spot",), 0, 0, 0, finder=1)
    found = row(spot, f.CaseRegistered(0, 7), queued(0, "handle"), assigned(0, 1, 7), arrived(0, 1), handled(60))
    assert (found["on_the_spot"], found["person"], found["way"]) == (True, "engine 1", "on the spot")


def test_a_case_that_nobody_will_serve_is_neither_valid_nor_invalid() -> None:
    found = row(to_department(), queued(30, "handle"), closed(30))
    assert (found["outcome"], found["valid"], found["handled_at"]) == ("unserved", None, None)


def test_without_a_plan_a_centre_is_there_from_the_first_fact_that_only_a_centre_records() -> None:
    before = [reported(0), reported(1, 8), plainly_closed(2, 8)]
    found = read(*before, accepted(10), plan=None)
    assert found.loop["case"].to_pylist() == [7]
    assert found.loop["accepted_at"].to_pylist() == [10 * SECOND]


def test_a_journal_without_a_centre_has_no_cases_of_a_loop() -> None:
    found = read(whole_case(1, 0, at_s=0), plan=None)
    assert (found.loop.num_rows, found.contacts.num_rows, found.tasks.num_rows, found.centre) == (0, 0, 0, None)
    assert found.cases.num_rows == 1


def test_a_refused_case_is_not_open_any_more() -> None:
    found = read(reported(0), refused(30, Refused.REJECTED))
    assert found.cases["outcome"].to_pylist() == ["refused"]


def test_a_case_opened_again_is_open_in_the_table_of_cases_too() -> None:
    again = [to_department(), handled(100), *followed(120), f.CaseReopened(300 * SECOND, 7)]
    assert read(*again).cases["outcome"].to_pylist() == ["open"]
    assert read(*again, handled(400), closed(500)).cases["case_s"].to_pylist() == [500.0]
