"""The reducer never rejects: facts that contradict are applied as far as they make sense, marked and counted."""

from __future__ import annotations

import pytest

from tests.builders import bytes_of, report
from twin.domain import facts as f
from twin.domain.case import CaseStatus
from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.domain.unit import AWAY, EN_ROUTE, ON_SCENE, PARKED, AwayReason, Freed, Placed
from twin.journal.journal import Journal, Memory
from twin.world.apply import APPLY
from twin.world.invariants import check
from twin.world.state import State
from twin.world.world import World, fold

CALL = report(1 * SECOND, 0, needs=("fire",))
OTHER = report(1 * SECOND, 1, needs=("fire",))


def enrolled(number: int = 0) -> f.UnitEnrolled:
    return f.UnitEnrolled(0, number, f"unit {number}", "engine", ("fire",), 3, 30, 60 * SECOND, Placed.STATION)


def queued(call: f.CaseReported = CALL) -> tuple[f.Fact, ...]:
    return call, f.CaseRegistered(2 * SECOND, call.case), f.CaseQueued(3 * SECOND, call.case)


def assigned(unit: int = 0, call: f.CaseReported = CALL, *, at_s: int = 4) -> f.UnitAssigned:
    return f.UnitAssigned(at_s * SECOND, unit, call.case, 0, (5, 6), 10, 20, 7 * SECOND, 0, 0, "recorded", (), ())


def freed(call: f.CaseReported = CALL, *, cause: Freed = Freed.DONE, at_s: int = 9) -> f.UnitFreed:
    return f.UnitFreed(at_s * SECOND, 0, call.case, 0, cause, 6, 20)


ROLLED = f.UnitRolled(5 * SECOND, 0, 8 * SECOND)
ARRIVED = f.UnitArrived(8 * SECOND, 0)
CLOSED = f.CaseClosed(10 * SECOND, CALL.case)
OUTSIDE = f.UnitAway(5 * SECOND, 0, 3, 30, 20 * SECOND, 0, AwayReason.OUTSIDE)
LEFT = f.UnitLeft(5 * SECOND, 0, 20 * SECOND, 3, 30)


def test_a_job_that_went_as_it_should_leaves_nothing_odd() -> None:
    state = fold([enrolled(), *queued(), assigned(), ROLLED, ARRIVED, freed(), CLOSED])
    assert state.anomalies == {}
    assert (state.cases, state.jobs, state.movements) == ({}, {}, {})
    assert state.fleet.status[0] == PARKED
    assert state.fleet.spot(0) == Spot(6, 20)
    assert check(state) == []


@pytest.mark.parametrize(
    ("facts", "remark"),
    [
        ([CALL, CALL], "reported twice"),
        ([f.CaseRegistered(2 * SECOND, CALL.case)], "registered without a report"),
        ([*queued(), f.CaseRegistered(4 * SECOND, CALL.case)], "registered after dispatch"),
        ([CLOSED], "closed without a report"),
        ([assigned()], "assigned to a case nobody reported"),
        ([*queued(), *queued(OTHER), assigned(), assigned(call=OTHER)], "assigned while on another case"),
        ([ROLLED], "rolled without a job"),
        ([*queued(), assigned(), ARRIVED, ROLLED], "rolled after arriving"),
        ([ARRIVED], "arrived without a job"),
        ([*queued(), assigned(), ARRIVED], "arrived without having rolled"),
        ([f.UnitTransporting(SECOND, 0)], "transporting without a job"),
        ([*queued(), assigned(), ROLLED, f.UnitTransporting(6 * SECOND, 0)], "transporting before arriving"),
        ([f.UnitAtHospital(SECOND, 0)], "at hospital without a job"),
        ([freed()], "freed without a job"),
        ([*queued(), *queued(OTHER), assigned(call=OTHER), freed()], "freed from a case it was no longer on"),
        ([OUTSIDE, LEFT, OUTSIDE], "away twice at once"),
    ],
)
def test_a_contradiction_is_marked_and_counted_once(facts: list[f.Fact], remark: str) -> None:
    state = fold([enrolled(), *facts])
    assert state.anomalies.get(remark) == 1, state.anomalies


def test_a_remark_stands_beside_the_fact_it_is_about() -> None:
    store = Memory()
    world = World(State(), Journal(store))
    for fact in (enrolled(), CLOSED, CALL):
        world.record(fact)
    world.journal.flush()
    assert store.facts == [enrolled(), CLOSED, CALL]
    assert store.remarks == {1: "closed without a report"}


def test_whoever_listens_hears_a_fact_after_it_has_been_applied() -> None:
    world = World(State(), Journal(Memory()))
    heard: list[tuple[f.Fact, int]] = []
    world.listen(lambda fact: heard.append((fact, len(world.state.cases))))
    for fact in (enrolled(), CALL, OTHER):
        world.record(fact)
    assert heard == [(enrolled(), 0), (CALL, 1), (OTHER, 2)]


def test_a_unit_given_a_second_case_leaves_the_first_one() -> None:
    state = fold([enrolled(), *queued(), *queued(OTHER), assigned(), ROLLED, assigned(call=OTHER, at_s=6)])
    assert state.jobs[0].case == OTHER.case
    assert state.cases[CALL.case].n_served == 0
    assert state.movements == {}


def test_a_recalled_unit_s_need_waits_again_and_a_cancelled_one_s_does_not() -> None:
    begun = [enrolled(), *queued(), assigned()]
    assert (CALL.case, 0) in fold([*begun, freed(cause=Freed.RECALLED)]).queue
    assert (CALL.case, 0) not in fold([*begun, freed(cause=Freed.CANCELLED)]).queue


def test_an_absence_while_busy_is_owed_and_the_later_end_counts() -> None:
    longer = f.UnitAway(6 * SECOND, 0, 3, 30, 40 * SECOND, 0, AwayReason.COMMAND)
    state = fold([enrolled(), *queued(), assigned(), OUTSIDE, longer, OUTSIDE])
    assert state.absences[0].until_at == 40 * SECOND
    assert state.fleet.status[0] != AWAY


def test_an_absence_longer_than_the_one_under_way_puts_off_the_return() -> None:
    longer = f.UnitAway(6 * SECOND, 0, 9, 90, 40 * SECOND, 0, AwayReason.COMMAND)
    state = fold([enrolled(), OUTSIDE, LEFT, longer])
    assert state.agenda.due("back", 0) == 40 * SECOND
    assert (state.fleet.spot(0).edge, state.anomalies) == (9, {})
    assert fold([f.UnitBack(40 * SECOND, 0)], state=state).absences == {}


def test_facts_arm_and_disarm_what_is_to_come() -> None:
    state = fold([enrolled(), *queued(), assigned(), ROLLED])
    assert state.agenda.pending() == [("arrive", 0, 8 * SECOND)]
    assert state.fleet.status[0] == EN_ROUTE
    state = fold([f.UnitArrived(8 * SECOND, 0, 11 * SECOND)], state=state)
    assert state.agenda.pending() == [("leave", 0, 11 * SECOND)]
    assert state.fleet.status[0] == ON_SCENE


def test_a_recorded_unit_arrives_when_it_did_not_when_we_would_expect() -> None:
    recorded = f.UnitRolled(5 * SECOND, 0, 8 * SECOND, origin=f.INPUT)
    state = fold([enrolled(), *queued(), assigned(), recorded])
    assert state.agenda.pending() == []
    assert 0 in state.movements


def test_roads_close_and_open_again() -> None:
    closed = fold([f.RoadClosed(0, (1, 2, 3)), f.RoadReopened(0, (2,))])
    assert closed.closed == {1, 3}


def test_every_kind_of_fact_can_be_applied() -> None:
    assert set(APPLY) == set(f.FACTS)


def test_inputs_are_counted() -> None:
    assert fold([enrolled(), CALL, OTHER, *queued()[1:]]).n_inputs == 2


def test_a_case_goes_through_its_statuses() -> None:
    facts = [enrolled(), *queued()]
    statuses = [fold(facts[: n + 2]).cases[CALL.case].status for n in range(3)]
    assert statuses == [CaseStatus.REPORTED, CaseStatus.REGISTERED, CaseStatus.QUEUED]


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = [enrolled(), enrolled(1), *queued(), assigned(), ROLLED]
    assert bytes_of(fold(facts)) == bytes_of(fold(facts))
