"""Desks: whoever has a seat takes the most urgent, of equals whatever has waited longest; shifts decide on seats."""

from __future__ import annotations

from agents.loop_rules import Desk
from tests.agents.commanding import of
from tests.agents.small_centre import CASE, at, began, called, centre, desks, lived, minutes
from twin.domain import facts as f
from twin.domain.desk import Step
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.roster import Roster, Turn

AN_HOUR_A_DAY = Roster("an hour", tuple(Turn(day + 7 * 60, day + 8 * 60) for day in range(0, 7 * 24 * 60, 24 * 60)))
"""From seven to eight; the town's epoch is six o'clock."""
ACCEPTING = {Step.ACCEPT: at(0, 10)}


def test_as_many_are_taken_up_at_once_as_there_are_seats() -> None:
    facts = lived(centre(steps=ACCEPTING, desks=desks(2)), *(called(minute=1, number=n) for n in range(3)))
    assert began(facts, Step.ACCEPT) == [1, 1, 11]
    assert minutes(facts, f.TaskQueued) == [1]


def test_the_most_urgent_is_taken_up_first_and_of_equals_the_one_that_has_waited_longest() -> None:
    calls = [called(minute=1 + n, number=n, priority=priority) for n, priority in enumerate((3, 2, 3, 1, 2))]
    facts = lived(centre(steps=ACCEPTING, desks=desks(1)), *calls)
    assert [fact.about - CASE for fact in of(facts, f.TaskBegan)] == [0, 3, 1, 4, 2]
    assert [fact.queued_at for fact in of(facts, f.TaskBegan)] == [None, *(n * MINUTE for n in (4, 2, 5, 3))]


def test_one_desk_may_do_several_steps_and_takes_them_in_one_line() -> None:
    steps = {Step.ACCEPT: at(0, 10), Step.REGISTER: at(0, 1)}
    facts = lived(centre(steps=steps, desks=desks(1)), called(minute=1), called(minute=2, number=1))
    assert [(fact.step, fact.about - CASE) for fact in of(facts, f.TaskBegan)] == [
        (Step.ACCEPT, 0),
        (Step.ACCEPT, 1),
        (Step.REGISTER, 0),
        (Step.REGISTER, 1),
    ]


def test_seats_of_a_shift_are_staffed_while_it_lasts_and_what_is_under_way_is_finished() -> None:
    office = Desk("office", ((0, 1),))
    city = centre(steps=ACCEPTING, desks=(office,), more={"rosters": (AN_HOUR_A_DAY,)})
    calls = [called(minute=minute, number=n) for n, minute in enumerate((30, 115, 116))]
    facts = lived(city, *calls, until=30 * HOUR)
    assert began(facts, Step.ACCEPT) == [60, 115, 24 * 60 + 60]
    assert [(fact.at // HOUR, fact.n_seats) for fact in of(facts, f.SeatsStaffed)][:3] == [(0, 0), (1, 1), (2, 0)]


def test_the_same_case_takes_as_long_at_a_desk_however_long_it_has_waited() -> None:
    spans = []
    for seats in (1, 3):
        facts = lived(centre(steps=ACCEPTING, desks=desks(seats)), *(called(minute=1, number=n) for n in range(3)))
        spans.append({fact.about: fact.ends_at - fact.at for fact in of(facts, f.TaskBegan)})
    assert spans[0] == spans[1]
