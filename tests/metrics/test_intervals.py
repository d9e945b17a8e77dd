"""From facts to rows: answers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.made_up_journal import UNTIL, made_up_journal
from tests.metrics.small_journal import (
    arrived,
    assigned,
    began,
    closed,
    enrolled,
    freed,
    queued,
    registered,
    reported,
    retimed,
    rolled,
    whole_case,
)
from twin.domain import facts as f
from twin.domain.case import NeedLost
from twin.domain.quantities import SECOND
from twin.domain.unit import Freed
from twin.metrics.intervals import CASE_SPANS, JOB_SPANS, Intervals, intervals

HOUR_S = 3_600


def read(*facts: f.Fact, until_s: int = HOUR_S) -> Intervals:
    return intervals([began(), enrolled(0), enrolled(1), enrolled(2, kind="truck"), *facts], until=until_s * SECOND)


def the_case(*facts: f.Fact, until_s: int = HOUR_S) -> dict[str, Any]:
    (row,) = read(*facts, until_s=until_s).cases.to_pylist()
    return row


def the_jobs(*facts: f.Fact) -> list[dict[str, Any]]:
    return read(*facts).jobs.to_pylist()


def test_a_whole_case_has_every_interval() -> None:
    row = the_case(*whole_case(7, 0, at_s=100))
    assert {name: row[name] for name in CASE_SPANS} == {
        "intake_s": 10,
        "processing_s": 0,
        "wait_s": 0,
        "response_s": 130,
        "assembled_s": 130,
        "case_s": 630,
    }
    assert (row["case"], row["ref"], row["area"], row["matter"], row["priority"]) == (7, "ref 7", "north", "fire", 1)
    assert (row["n_needs"], row["n_units"], row["n_arrived"], row["outcome"]) == (1, 1, 1, "closed")
    assert row["reported_at"] == 100 * SECOND


def test_a_whole_job_has_every_interval() -> None:
    (row,) = the_jobs(*whole_case(7, 2, at_s=100))
    assert {name: row[name] for name in JOB_SPANS} == {
        "turnout_s": 20,
        "travel_s": 100,
        "unit_response_s": 120,
        "on_scene_s": 500,
        "job_s": 620,
    }
    assert (row["unit"], row["name"], row["unit_kind"]) == (2, "truck 2", "truck")
    assert (row["ref"], row["rule"], row["cause"], row["expected_s"]) == ("ref 7", "nearest", "done", 100)


def test_a_case_that_is_not_over_is_open_and_keeps_what_it_has() -> None:
    row = the_case(*whole_case(7, 0, at_s=100)[:6])
    assert (row["outcome"], row["closed_at"], row["case_s"], row["response_s"]) == ("open", None, None, 130)


def test_a_job_that_is_not_over_has_no_end_and_no_cause() -> None:
    (row,) = the_jobs(*whole_case(7, 0, at_s=100)[:6])
    assert (row["freed_at"], row["cause"], row["job_s"], row["on_scene_s"]) == (None, None, None, None)


def test_a_case_of_two_units_has_assembled_when_the_last_arrives() -> None:
    row = the_case(
        reported(0, 1, needs=("engine", "truck")),
        assigned(5, 0, 1),
        assigned(5, 2, 1, need=1),
        arrived(60, 0),
        arrived(90, 2),
        freed(100, 0, 1),
        freed(120, 2, 1, need=1),
        closed(120, 1),
    )
    assert (row["response_s"], row["assembled_s"], row["n_units"], row["n_arrived"]) == (60, 90, 2, 2)


def test_a_unit_sent_back_is_not_waited_for() -> None:
    row = the_case(
        reported(0, 1, needs=("engine", "truck")),
        assigned(5, 0, 1),
        assigned(5, 2, 1, need=1),
        arrived(60, 0),
        freed(70, 2, 1, need=1, cause=Freed.CANCELLED),
        freed(100, 0, 1),
        closed(100, 1),
    )
    assert (row["assembled_s"], row["n_units"], row["n_arrived"]) == (60, 2, 1)


def test_a_case_has_not_assembled_while_a_unit_is_missing() -> None:
    row = the_case(
        reported(0, 1),
        assigned(5, 0, 1),
        assigned(5, 2, 1),
        arrived(60, 0),
        freed(80, 2, 1),
        freed(90, 0, 1),
        closed(90, 1),
    )
    assert row["assembled_s"] is None


def test_the_first_stamp_of_a_kind_stands() -> None:
    row = the_case(
        reported(0, 1),
        registered(5, 1),
        registered(50, 1),
        assigned(6, 0, 1),
        arrived(20, 0),
        arrived(30, 0),
        closed(40, 1),
    )
    assert (row["intake_s"], row["response_s"]) == (5, 20)


def test_a_stamp_that_contradicts_an_earlier_one_gives_no_interval_and_is_counted() -> None:
    found = read(reported(0, 1), assigned(10, 0, 1), registered(30, 1), arrived(40, 0), rolled(45, 0), freed(90, 0, 1))
    assert found.cases["processing_s"].to_pylist() == [None]
    assert found.jobs["travel_s"].to_pylist() == [None]
    assert found.jobs["unit_response_s"].to_pylist() == [30]
    assert {name: n for name, n in found.n_contradictory.items() if n} == {"processing_s": 1, "travel_s": 1}


def test_a_unit_given_a_case_while_it_has_one_drops_the_older() -> None:
    older, newer = the_jobs(
        reported(0, 1), reported(0, 2), assigned(10, 0, 1), assigned(20, 0, 2), freed(25, 0, 1), freed(30, 0, 2)
    )
    assert (older["case"], older["freed_at"], older["cause"]) == (1, None, None)
    assert (newer["case"], newer["job_s"], newer["cause"]) == (2, 10, "done")


def test_stamps_of_a_unit_without_a_job_count_for_nobody() -> None:
    row = the_case(reported(0, 1), rolled(5, 0), arrived(10, 0), freed(20, 0, 1), assigned(30, 0, 1), closed(90, 1))
    assert (row["n_units"], row["n_arrived"], row["response_s"]) == (1, 0, None)


def test_a_unit_that_arrives_after_its_case_was_closed_still_counts_for_it() -> None:
    row = the_case(reported(0, 1), assigned(5, 0, 1), closed(20, 1), arrived(30, 0), freed(40, 0, 1))
    assert (row["response_s"], row["case_s"], row["n_arrived"]) == (30, 20, 1)


def test_a_case_nobody_reported_has_jobs_without_a_description() -> None:
    found = read(assigned(5, 0, 99), freed(10, 0, 99))
    assert found.cases.num_rows == 0
    assert found.jobs.select(["case", "ref", "area", "priority", "job_s"]).to_pylist() == [
        {"case": 99, "ref": None, "area": None, "priority": None, "job_s": 5}
    ]


def test_needs_that_nobody_serves_or_reaches_are_counted_on_their_case() -> None:
    row = the_case(
        reported(0, 1, needs=("engine", "boat")),
        queued(0, 1),
        f.NeedGivenUp(0, 1, 1, NeedLost.NO_SUCH_SKILL),
        f.NeedUnreachable(0, 1, 0),
    )
    assert (row["n_given_up"], row["n_unreachable"]) == (1, 1)


def test_what_is_inferred_is_marked_on_the_job_and_its_case() -> None:
    found = read(reported(0, 1), assigned(1, 0, 1), assigned(1, 1, 1), rolled(2, 0), rolled(2, 1, inferred=True))
    assert found.jobs["inferred"].to_pylist() == [False, True]
    assert found.cases["inferred"].to_pylist() == [True]


def test_a_retimed_leg_is_counted_on_its_job() -> None:
    (row,) = the_jobs(reported(0, 1), assigned(1, 0, 1), rolled(2, 0), retimed(3, 0), retimed(4, 0))
    assert row["n_retimed"] == 2


def test_no_expectation_is_told_where_nobody_had_one() -> None:
    (row,) = the_jobs(reported(0, 1), assigned(1, 0, 1, expected_s=0))
    assert row["expected_s"] is None


def test_rows_stand_in_the_order_of_reports_and_of_assignments() -> None:
    found = read(
        reported(0, 5), reported(1, 3), assigned(2, 1, 5), assigned(3, 0, 3), freed(4, 0, 3), closed(4, 3), closed(9, 5)
    )
    assert found.cases["case"].to_pylist() == [5, 3]
    assert found.jobs["unit"].to_pylist() == [1, 0]


def test_a_need_waits_until_a_unit_is_given_and_again_after_a_recall() -> None:
    found = read(
        reported(0, 1), queued(0, 1), assigned(10, 0, 1), freed(15, 0, 1, cause=Freed.RECALLED), assigned(40, 1, 1)
    )
    assert found.waits.to_pylist() == [
        {"skill": "engine", "since_at": 0, "until_at": 10 * SECOND},
        {"skill": "engine", "since_at": 15 * SECOND, "until_at": 40 * SECOND},
    ]


@pytest.mark.parametrize("end", [[], [closed(50, 1)]])
def test_a_need_nobody_serves_waits_until_its_case_is_closed_or_the_run_is_over(end: list[f.Fact]) -> None:
    found = read(reported(0, 1), queued(10, 1), *end, until_s=80)
    assert found.waits["until_at"].to_pylist() == [(50 if end else 80) * SECOND]


def test_an_empty_journal_has_empty_tables() -> None:
    found = intervals([], until=HOUR_S * SECOND)
    assert (found.cases.num_rows, found.jobs.num_rows, found.n_facts) == (0, 0, 0)


@given(seed=st.integers(0, 10_000))
def test_no_interval_is_ever_negative_and_no_case_or_job_is_lost(seed: int) -> None:
    journal = made_up_journal(seed, n_cases=15, n_units=3)
    found = intervals(journal, until=UNTIL)
    for table, spans in ((found.cases, CASE_SPANS), (found.jobs, JOB_SPANS)):
        for name in spans:
            assert all(value is None or value >= 0 for value in table[name].to_pylist())
    assert found.cases.num_rows == sum(isinstance(fact, f.CaseReported) for fact in journal)
    assert found.jobs.num_rows == sum(isinstance(fact, f.UnitAssigned) for fact in journal)
