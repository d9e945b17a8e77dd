"""Counters by role."""

from __future__ import annotations

from typing import Any

from tests.metrics.loop_cases import WINDOW, case, table
from twin.metrics.role_counters import role_counters


def counters(*cases: dict[str, Any]) -> Any:
    return role_counters(table(*cases), WINDOW)


def own(**said: Any) -> dict[str, Any]:
    return case(**({"reported_at": 150, "channel": "patrol", "person": "Wang"} | said))


def test_a_collector_is_told_what_they_reported_and_what_it_was_worth() -> None:
    found = counters(
        own(valid=True, on_the_spot=True),
        own(valid=False),
        own(person="Li"),
        own(reported_at=200),
        case(reported_at=150),
    )["collector"]
    assert (found["n_reported"], found["n_valid"], found["n_not_valid"], found["n_on_the_spot"]) == (3, 1, 1, 1)
    assert found["by_person"]["Wang"] == {"n_reported": 2, "n_valid": 1, "n_not_valid": 1, "n_on_the_spot": 1}
    assert list(found["by_person"]) == ["Li", "Wang"]


def test_verifying_and_checking_are_due_in_time_late_or_overdue() -> None:
    found = counters(
        case(verify_due_at=150, verified_at=140, check_due_at=150, checked_at=160),
        case(verify_due_at=150, check_due_at=250),
    )["collector"]
    assert [found[f"n_verify_{what}"] for what in ("due", "in_time", "late", "overdue")] == [2, 1, 0, 1]
    assert [found[f"n_check_{what}"] for what in ("due", "in_time", "late", "overdue")] == [1, 0, 1, 0]


def test_an_acceptor_may_accept_and_refuse_wrongly() -> None:
    found = counters(
        case(reported_at=110, accepted_at=120, accept_due_at=130, valid=False, verify_sent_at=125),
        case(reported_at=110, accepted_at=140, accept_due_at=130, valid=True, check_sent_at=190),
        case(reported_at=110, rejected=True, accept_due_at=130, valid=True),
    )["acceptor"]
    assert [found[f"n_accept_{what}"] for what in ("due", "in_time", "late", "overdue")] == [2, 1, 1, 0]
    assert (found["n_refused"], found["n_refused_wrongly"], found["n_accepted_wrongly"]) == (1, 1, 1)
    assert (found["n_sent_to_verify"], found["n_sent_to_check"]) == (1, 1)


def test_a_shift_leader_registers_refuses_and_closes() -> None:
    found = counters(
        case(registered_at=120, register_due_at=130, register_right=True, close_due_at=190, closed_at=180),
        case(registered_at=140, register_due_at=130, register_right=False, close_due_at=190),
        case(reported_at=110, not_registered=True),
    )["shift_leader"]
    assert (found["n_register_in_time"], found["n_register_late"], found["n_refused"]) == (1, 1, 1)
    assert (found["n_register_right"], found["n_register_wrong"]) == (1, 1)
    assert (found["n_close_due"], found["n_close_in_time"], found["n_close_overdue"]) == (2, 1, 1)


def test_a_dispatcher_sends_in_time_rightly_and_gets_cases_back() -> None:
    found = counters(
        case(dispatched_at=120, dispatch_due_at=130, dispatch_right=True),
        case(dispatched_at=140, dispatch_due_at=130, dispatch_right=False, n_returns=2),
        case(dispatch_due_at=130, n_returns=None),
    )["dispatcher"]
    assert [found[f"n_dispatch_{what}"] for what in ("due", "in_time", "late", "overdue")] == [3, 1, 1, 1]
    assert (found["n_dispatch_right"], found["n_dispatch_wrong"], found["n_returned"]) == (1, 1, 2)
