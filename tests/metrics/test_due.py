"""Who is counted at the edges of a window."""

from __future__ import annotations

import numpy as np
import pytest

from tests.metrics.loop_cases import FROM, TO, WINDOW, closed, handled, told
from twin.errors import GridtwinError
from twin.metrics.due import NEVER, Window, WindowRule, counted

DUE_TO, REPORTED_IN, COMPLETED_IN = WindowRule
BEFORE, INSIDE, AFTER = 80, 150, 250


def one(due_at: int, done_at: int | None, *, rule: WindowRule = DUE_TO, reported_at: int = 50) -> str:
    """What a window makes of one case."""
    at = [np.array([NEVER if value is None else value]) for value in (reported_at, due_at, done_at)]
    found = counted(*at, window=WINDOW, rule=rule)
    if not found.due[0]:
        assert not any(flags[0] for flags in (found.done, found.in_time, found.late, found.overdue))
        return "not counted"
    words = {"in time": found.in_time, "late": found.late, "overdue": found.overdue}
    said = [word for word, flags in words.items() if flags[0]]
    assert found.done[0] == bool({"in time", "late"} & set(said))
    return said[0] if said else "open"


@pytest.mark.parametrize(
    ("due_at", "done_at", "what"),
    [
        (BEFORE, BEFORE - 1, "not counted"),
        (BEFORE, INSIDE, "late"),
        (BEFORE, AFTER, "not counted"),
        (BEFORE, None, "not counted"),
        (INSIDE, BEFORE, "in time"),
        (INSIDE, INSIDE - 1, "in time"),
        (INSIDE, INSIDE, "in time"),
        (INSIDE, INSIDE + 1, "late"),
        (INSIDE, AFTER, "overdue"),
        (INSIDE, None, "overdue"),
        (AFTER, BEFORE, "not counted"),
        (AFTER, INSIDE, "in time"),
        (AFTER, AFTER, "not counted"),
        (AFTER, None, "not counted"),
    ],
)
def test_a_case_is_due_when_its_limit_or_its_completion_lies_inside(
    due_at: int, done_at: int | None, what: str
) -> None:
    assert one(due_at, done_at) == what


@pytest.mark.parametrize(
    ("due_at", "done_at", "what"),
    [
        (FROM, None, "overdue"),
        (FROM - 1, None, "not counted"),
        (TO - 1, None, "overdue"),
        (TO, None, "not counted"),
        (BEFORE, FROM, "late"),
        (BEFORE, FROM - 1, "not counted"),
        (AFTER, FROM, "in time"),
        (AFTER, TO - 1, "in time"),
        (AFTER, TO, "not counted"),
        (INSIDE, TO, "overdue"),
        (TO, TO - 1, "in time"),
        (TO, TO, "not counted"),
        (FROM, FROM, "in time"),
    ],
)
def test_a_window_holds_its_beginning_and_not_its_end(due_at: int, done_at: int | None, what: str) -> None:
    assert one(due_at, done_at) == what


def test_a_case_completed_before_the_window_with_its_limit_inside_counts_as_done_in_time_in_both_windows() -> None:
    early = handled(INSIDE, BEFORE)
    assert told("on_time_disposal", early) == (1, 1)
    at = np.array([50]), np.array([INSIDE]), np.array([BEFORE])
    assert counted(*at, window=Window(0, FROM), rule=DUE_TO).in_time.all()


def test_a_case_whose_limit_and_completion_both_lie_inside_counts_once() -> None:
    assert told("disposal", handled(INSIDE, INSIDE - 1)) == (1, 1)


@pytest.mark.parametrize("rule", list(WindowRule))
def test_a_case_without_a_limit_is_never_due(rule: WindowRule) -> None:
    assert told("disposal", handled(None, INSIDE, reported_at=INSIDE), rule=rule) == (0, 0)


def test_by_reports_a_case_that_is_not_due_yet_counts_as_open_and_not_as_overdue() -> None:
    assert one(AFTER, None, rule=REPORTED_IN, reported_at=TO - 1) == "open"
    assert one(AFTER, None, rule=REPORTED_IN, reported_at=TO) == "not counted"
    assert one(INSIDE, AFTER, rule=REPORTED_IN, reported_at=FROM) == "overdue"


def test_by_completion_what_is_open_is_not_seen() -> None:
    assert one(INSIDE, None, rule=COMPLETED_IN) == "not counted"
    assert one(INSIDE, BEFORE, rule=COMPLETED_IN) == "not counted"
    assert one(BEFORE, FROM, rule=COMPLETED_IN) == "late"


def test_naive_denominators_tell_a_wrong_rate_near_the_edge() -> None:
    # Every case takes 20 and may take 30; one is reported every 10, so the last two of the window are open at its end.
    punctual = [handled(at + 30, at + 20, reported_at=at) for at in range(0, 300, 10)]
    assert told("on_time_disposal", *punctual, rule=REPORTED_IN) == (8, 10)
    numerator, denominator = told("on_time_disposal", *punctual)
    assert numerator == denominator == 11
    # And where every other case is never settled, completion alone sees none of those.
    neglected = [handled(at + 30, None if at % 20 else at + 20, reported_at=at) for at in range(0, 300, 10)]
    assert told("on_time_disposal", *neglected, rule=COMPLETED_IN) == (5, 5)
    assert told("on_time_disposal", *neglected) == (5, 10)


def test_what_happens_after_the_window_changes_no_figure_of_it() -> None:
    then = [closed(INSIDE, None), closed(INSIDE, INSIDE), closed(AFTER, None)]
    later = [closed(INSIDE, TO), closed(INSIDE, INSIDE), closed(AFTER, AFTER)]
    for name in ("closing", "on_time_closing", "late_closing", "not_closed"):
        assert told(name, *then) == told(name, *later)


def test_a_window_that_does_not_end_after_it_begins_is_refused() -> None:
    with pytest.raises(GridtwinError, match="to_at"):
        Window(FROM, FROM)
