"""Each indicator on cases made by hand; the window is 100 to 200."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.metrics.loop_cases import WINDOW, case, closed, handled, table, told
from twin.errors import GridtwinError
from twin.metrics.appraisal import INDICATORS, AppraisalRules, Base, appraise, appraise_groups, indicator_figures
from twin.metrics.due import WindowRule
from twin.metrics.loop import read_loop

IN_TIME, LATE, OPEN, NOT_DUE = (150, 140), (150, 160), (150, None), (250, None)
FOUR = (IN_TIME, LATE, OPEN, NOT_DUE)


def test_disposal_on_time_and_overdue_are_of_what_was_due() -> None:
    cases = [handled(*stamps) for stamps in FOUR]
    assert told("disposal", *cases) == (2, 3)
    assert told("on_time_disposal", *cases) == (1, 3)
    assert told("overdue_pending", *cases) == (1, 3)


def test_closing_on_time_and_late_are_of_what_was_due() -> None:
    cases = [closed(*stamps) for stamps in FOUR]
    assert told("closing", *cases) == (2, 3)
    assert told("on_time_closing", *cases) == (1, 3)
    assert told("late_closing", *cases) == (1, 3)


def test_cases_put_on_hold_and_open_are_taken_out_of_the_other_on_time_closing() -> None:
    cases = [
        closed(*IN_TIME),
        closed(*IN_TIME, suspended_us=5),
        closed(*LATE, suspended_us=5),
        closed(*OPEN, suspended_us=5),
        closed(*OPEN),
    ]
    assert told("on_time_closing", *cases) == (2, 5)
    assert told("on_time_closing_less_suspended", *cases) == (2, 4)


def test_not_closed_is_of_what_was_reported() -> None:
    cases = [
        closed(None, None, reported_at=99),
        closed(None, None, reported_at=100),
        closed(None, 199, reported_at=150),
        closed(None, 200, reported_at=199),
        closed(None, None, reported_at=200),
        closed(None, None, reported_at=150, void=True),
    ]
    assert told("not_closed", *cases) == (2, 4)


def test_a_case_that_is_gone_is_due_only_for_what_was_done() -> None:
    for gone in ("rejected", "not_registered", "void"):
        flag: dict[str, Any] = {gone: True}
        assert told("disposal", handled(*OPEN, **flag), handled(*IN_TIME)) == (1, 1)
        assert told("closing", closed(*IN_TIME, **flag), closed(*OPEN)) == (0, 1)
        assert told("on_time_verification", case(verify_due_at=150, verified_at=120, **flag)) == (1, 1)


def test_rework_counts_times_and_extension_counts_cases() -> None:
    again = [closed(*IN_TIME, n_reworks=n) for n in (0, 1, 4)]
    assert told("rework", *again, closed(*NOT_DUE, n_reworks=9)) == (5, 3)
    assert told("repeated_rework", *again) == (2, 3)
    longer = [handled(*IN_TIME, n_extensions=n) for n in (0, 1, 4)]
    assert told("extension", *longer, handled(*NOT_DUE, n_extensions=1)) == (2, 3)


def test_urgent_cases_are_those_of_the_priority_the_rules_say() -> None:
    cases = [closed(*stamps, priority=priority) for stamps in (IN_TIME, LATE, OPEN) for priority in (1, 2, None)]
    assert told("urgent_closing", *cases) == (2, 3)
    assert told("urgent_on_time_closing", *cases) == (1, 3)
    assert told("urgent_closing", *cases, rules=AppraisalRules(urgent_priority=2)) == (4, 6)


def test_valid_reports_are_of_those_somebody_judged() -> None:
    cases = [case(reported_at=150, valid=valid) for valid in (True, True, False, None)]
    assert told("valid_report", *cases, case(reported_at=200, valid=True)) == (2, 3)


def test_registration_is_appraised_of_what_was_registered_in_the_window() -> None:
    cases = [
        case(registered_at=110, register_due_at=110, register_right=True),
        case(registered_at=120, register_due_at=110, register_right=False),
        case(registered_at=199, register_due_at=250),
        case(registered_at=99, register_due_at=110, register_right=True),
        case(registered_at=None, register_due_at=110),
        case(registered_at=130, register_right=True),
    ]
    assert told("on_time_registration", *cases) == (2, 3)
    assert told("accurate_registration", *cases) == (2, 3)


def test_the_registration_rate_is_of_what_was_accepted_or_of_what_was_reported() -> None:
    cases = [
        case(reported_at=110, accepted_at=120, registered_at=130),
        case(reported_at=110, accepted_at=120),
        case(reported_at=110, rejected=True),
        case(reported_at=90, accepted_at=120, registered_at=200),
    ]
    assert told("registration", *cases) == (1, 3)
    assert told("registration", *cases, rules=AppraisalRules(registration_of=Base.REPORTED)) == (1, 3)
    assert told("registration", *cases[:3]) == (1, 2)
    assert told("registration", *cases, rule=WindowRule.REPORTED_IN) == (1, 2)


def test_dispatch_is_right_and_in_time_of_what_was_due() -> None:
    cases = [
        case(dispatch_due_at=150, dispatched_at=140, dispatch_right=True),
        case(dispatch_due_at=150, dispatched_at=160, dispatch_right=False),
        case(dispatch_due_at=150, dispatched_at=140),
        case(dispatch_due_at=150),
        case(dispatch_due_at=250),
    ]
    assert told("on_time_dispatch", *cases) == (2, 4)
    assert told("accurate_dispatch", *cases) == (1, 3)


@pytest.mark.parametrize(("name", "step"), [("on_time_verification", "verif"), ("on_time_check", "check")])
def test_verifying_and_checking_in_time_are_of_what_was_due(name: str, step: str) -> None:
    due, done = {"verif": ("verify_due_at", "verified_at"), "check": ("check_due_at", "checked_at")}[step]
    cases = [case(**{due: due_at, done: done_at}) for due_at, done_at in FOUR]
    assert told(name, *cases) == (1, 3)


def test_own_discovery_and_what_was_missed_add_up() -> None:
    cases = [case(reported_at=150, channel=name) for name in ("patrol", "patrol", "citizen", "inspection", None)]
    assert told("own_discovery", *cases) == (2, 4)
    assert told("missed", *cases) == (2, 4)
    assert told("public_report", *cases) == (1, 5)
    rules = AppraisalRules(own_channels=("patrol", "inspection"), public_channels=())
    assert told("own_discovery", *cases, rules=rules) == (3, 4)
    assert told("public_report", *cases, rules=rules) == (0, 5)


def test_response_is_of_public_cases_dispatched_and_due_once_there_is_a_limit() -> None:
    cases = [
        case(dispatched_at=110, responded_at=120),
        case(dispatched_at=110, responded_at=160),
        case(dispatched_at=110),
        case(dispatched_at=190),
        case(dispatched_at=110, responded_at=120, channel="patrol"),
        case(responded_at=120),
    ]
    assert told("response", *cases) == (2, 4)
    assert told("response", *cases, rules=AppraisalRules(response_limit_s=40e-6)) == (1, 3)


def test_resolution_and_satisfaction_are_of_the_surveyed_or_of_the_dispatched() -> None:
    cases = [
        case(dispatched_at=110, visited_at=190, resolved=True, satisfied=True),
        case(dispatched_at=110, visited_at=190, resolved=True, satisfied=False),
        case(dispatched_at=110, visited_at=190, resolved=False),
        case(dispatched_at=110, visited_at=190),
        case(dispatched_at=110, visited_at=200, resolved=True, satisfied=True),
        case(dispatched_at=90, visited_at=190, resolved=True, satisfied=True),
    ]
    assert told("resolution", *cases) == (3, 4)
    assert told("satisfaction", *cases) == (2, 3)
    of_dispatched = AppraisalRules(resolution_of=Base.DISPATCHED, satisfaction_of=Base.DISPATCHED)
    assert told("resolution", *cases, rules=of_dispatched) == (2, 5)
    assert told("satisfaction", *cases, rules=of_dispatched) == (1, 5)


@pytest.mark.parametrize("rule", list(WindowRule))
def test_where_nobody_is_counted_there_is_no_value(rule: WindowRule) -> None:
    found = appraise(table(), WINDOW, rule=rule)
    assert list(found) == list(INDICATORS)
    assert all(indicator.value is None for indicator in found.values())


def test_figures_are_plain_and_rounded() -> None:
    found = appraise(table(*(handled(*stamps) for stamps in FOUR)), WINDOW)
    assert indicator_figures(found)["disposal"] == {"numerator": 2, "denominator": 3, "value": 0.666667}


def test_a_table_without_a_column_or_with_another_type_is_refused_by_name() -> None:
    with pytest.raises(GridtwinError, match="'grid'"):
        appraise(table(case()).drop_columns("grid"), WINDOW)
    bad = table(case())
    place = bad.schema.get_field_index("closed_at")
    with pytest.raises(GridtwinError, match=r"'closed_at'.*double"):
        appraise(bad.set_column(place, "closed_at", bad["closed_at"].cast("float64")), WINDOW)


def test_groups_share_out_what_all_cases_come_to() -> None:
    cases = [handled(*stamps, n_extensions=1) for stamps in FOUR] + [closed(*stamps, n_reworks=2) for stamps in FOUR]
    loop = read_loop(table(*cases))
    codes = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    rule, rules = WindowRule.DUE_TO, AppraisalRules()
    one, other = appraise_groups(loop, codes, n_groups=2, window=WINDOW, rule=rule, rules=rules)
    for name, found in appraise(table(*cases), WINDOW).items():
        assert found.numerator == one[name].numerator + other[name].numerator
        assert found.denominator == one[name].denominator + other[name].denominator
