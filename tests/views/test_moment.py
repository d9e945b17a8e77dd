"""Open cases as the room sees them: their deadlines, while one is suspended, and of those who passed one down."""

from __future__ import annotations

from msgspec.structs import replace

from tests.metrics.small_journal import began, enrolled, reported
from twin.domain.calendar import Calendar
from twin.domain.light import GREEN, RED, Limit, Limits
from twin.domain.quantities import HOUR, MINUTE
from twin.metrics.tally import counts
from twin.views.moment import cases_of
from twin.world.state import State
from twin.world.world import fold_one

LIMITS = Limits({"*": HOUR}, upstream={"city": 3 * HOUR})


def a_case(**put: object) -> State:
    """A case that was reported at once, and what has become of it."""
    state = State()
    for fact in (began(), enrolled(0), reported(0, 1)):
        fold_one(state, fact)
    state.cases[1] = replace(state.cases[1], **put)
    return state


def test_a_suspended_case_keeps_its_light_and_its_deadline_goes_along() -> None:
    state = a_case(held_since=20 * MINUTE)
    (shown,) = cases_of(state, 9 * HOUR, limits=LIMITS)
    assert (shown.light, shown.deadline_at) == (GREEN, 9 * HOUR + 40 * MINUTE)
    assert counts(state, 9 * HOUR, limits=LIMITS).n_red == 0


def test_what_was_pushed_out_is_due_later_but_not_for_those_who_passed_it_down() -> None:
    state = a_case(extra_us=5 * HOUR, channel="city")
    (shown,) = cases_of(state, 4 * HOUR, limits=LIMITS)
    assert (shown.light, shown.deadline_at, shown.upstream_at) == (GREEN, 6 * HOUR, 3 * HOUR)
    (late,) = cases_of(state, 6 * HOUR + 1, limits=LIMITS)
    assert late.light is RED


def test_a_case_that_came_in_by_itself_has_one_deadline() -> None:
    (shown,) = cases_of(a_case(), 0, limits=LIMITS)
    assert (shown.deadline_at, shown.upstream_at) == (HOUR, None)


def test_what_is_left_is_counted_in_working_time_where_the_limit_is() -> None:
    mornings = Calendar((((8 * 60, 12 * 60),),) * 7)
    limits = Limits({"*": Limit(6 * HOUR, on="mornings")}, calendars={"mornings": mornings})
    (shown,) = cases_of(a_case(), 10 * HOUR, limits=limits)
    assert (shown.deadline_at, shown.left_us, shown.on_calendar) == (34 * HOUR, 4 * HOUR, True)
    (late,) = cases_of(a_case(), 35 * HOUR, limits=limits)
    assert late.left_us == -HOUR
    (plain,) = cases_of(a_case(), 0, limits=LIMITS)
    assert (plain.left_us, plain.on_calendar) == (HOUR, False)
