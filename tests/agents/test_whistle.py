"""The whistle: where several services must assemble, work starts when the last of them is there."""

from __future__ import annotations

from typing import Any

from tests.agents.commanding import of, only, tell
from tests.agents.small_centre import CASE, WORK, called, centre, crew, lived, minutes
from tests.builders import HISTORY
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.commands import RecallUnit
from twin.domain.ids import case_id
from twin.domain.quantities import MINUTE, SECOND
from twin.domain.unit import Freed

JOINT: dict[str, Any] = {"matter": {"is_joint": True}}
BOTH = ("fire", "medic")
SLOW = Deterministic(600.0)


def test_work_starts_when_the_last_is_there() -> None:
    city = centre(**JOINT)
    busy = called(needs=("medic",), minute=1, number=1)
    facts = lived(city, busy, called(needs=BOTH, minute=2))
    ours = [fact for fact in of(facts, f.UnitArrived) if fact.unit == 0]
    assert (ours[0].at, ours[0].leaves_at) == (2 * MINUTE, None)
    assert minutes(facts, f.WorkBegan) == [1 + WORK / MINUTE]
    freed = [fact.at for fact in of(facts, f.UnitFreed) if fact.case == CASE]
    assert freed == [MINUTE + 2 * WORK] * 2


def test_where_nobody_has_to_assemble_everybody_begins_at_once() -> None:
    facts = lived(centre(), called(needs=("medic",), minute=1, number=1), called(needs=BOTH, minute=2))
    assert not of(facts, f.WorkBegan)
    assert [fact.at for fact in of(facts, f.UnitFreed) if fact.unit == 0] == [2 * MINUTE + WORK]


def test_a_unit_of_several_services_does_all_it_can() -> None:
    facts = lived(centre(units=crew(BOTH, ("medic",)), **JOINT), called(needs=BOTH))
    assert only(facts, f.NeedsCovered).covers == (1,)
    assert [fact.unit for fact in of(facts, f.UnitAssigned)] == [0]
    assert not of(facts, f.OrderRefused), "a policy cannot know that before it decides"
    assert len(of(facts, f.CaseHandled)) == 1


def test_a_unit_that_is_recalled_goes_back_with_all_that_it_would_have_done() -> None:
    city = centre(units=crew(BOTH), **JOINT)
    city.units[0].turnout = SLOW
    city.receive(called(needs=BOTH))
    city.advance_to(MINUTE + 10 * SECOND)
    assert city.state.cases[CASE].n_waiting == 0
    recalled = only(tell(city, RecallUnit(0)), f.UnitFreed)
    assert recalled.cause is Freed.RECALLED
    assert city.state.cases[CASE].n_waiting == 2


def test_somebody_else_comes_in_the_place_of_whoever_is_recalled() -> None:
    units = crew(("fire",), ("medic",), ("medic",))
    city = centre(units=units, **JOINT)
    city.units[1].turnout = SLOW
    city.receive(called(needs=BOTH))
    city.advance_to(2 * MINUTE)
    assert city.state.jobs[0].arrived_at is not None
    tell(city, RecallUnit(1))
    city.receive(called(minute=3, needs=("medic",), number=1))
    facts = lived(city)
    assert only(facts, f.WorkBegan).units[0] == 0
    assert {fact.case for fact in of(facts, f.CaseHandled)} >= {CASE}
    assert case_id(HISTORY, 0, 1) in {fact.case for fact in of(facts, f.CaseClosed)}


def test_under_other_luck_what_is_left_of_joint_work_counts_from_its_beginning() -> None:
    city = centre(**JOINT)
    city.receive(called(needs=("medic",), minute=1, number=1))
    city.receive(called(needs=BOTH, minute=2))
    city.advance_to(MINUTE + WORK + 5 * MINUTE)
    twin = city.fork(3)
    assert [twin.state.agenda.due("leave", unit) for unit in (0, 1)] == [MINUTE + 2 * WORK] * 2


def test_cases_that_wait_for_each_others_people_are_untied_for_the_more_urgent() -> None:
    city = centre(**JOINT)
    busy = called(needs=("medic",), minute=1, number=1)
    urgent = called(needs=BOTH, minute=3, number=2, priority=1)
    facts = lived(city, busy, called(needs=BOTH, minute=2), urgent)
    recalled = [(fact.unit, fact.case) for fact in of(facts, f.UnitFreed) if fact.cause is Freed.RECALLED]
    assert recalled == [(0, CASE)], "the medic went to the urgent one, and the other held its fire engine"
    handled = [fact.case for fact in of(facts, f.CaseHandled)]
    assert handled == [busy.case, urgent.case, CASE]


def test_nobody_is_called_away_from_a_case_while_somebody_else_may_still_come() -> None:
    city = centre(units=crew(("fire",), ("medic",), ("fire",)), **JOINT)
    calls = called(needs=("medic",), minute=1, number=1), called(needs=("fire",), minute=1, number=3)
    facts = lived(city, *calls, called(needs=BOTH, minute=2), called(needs=BOTH, minute=3, number=2, priority=1))
    assert not [fact for fact in of(facts, f.UnitFreed) if fact.cause is Freed.RECALLED]
    assert len(of(facts, f.CaseHandled)) == 4
