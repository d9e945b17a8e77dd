"""What people command is done as they say, through the checks that policies go through, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.demand import Matter
from tests.agents.commanding import CASES, WORK, Idle, of, only, tell, town
from tests.agents.test_problems import STREETS, off_all_beats, on_the_beat_of
from tests.builders import begun, demand, facts_of, report, roster, setting, streets
from tests.grid_town import grid_town, quiet_town
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY
from twin.domain.commands import (
    AssignUnit,
    ChangePolicy,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    Why,
    encode,
)
from twin.domain.problem import CITIZEN, SETTLED
from twin.domain.quantities import HOUR, MINUTE, SECOND
from twin.domain.unit import AWAY, EN_ROUTE, OFF_DUTY, PARKED, RETURNING, TURNOUT, AwayReason, Freed
from twin.policies.nearest import Nearest
from twin.roads.ways import NoTravel

# ---------------------------------------------------------------------- units


def test_a_unit_is_sent_and_the_reason_names_who_else_could_have_gone() -> None:
    city = town(("fire",))
    need = next(city.view().waiting())
    expected, other = city.view().expect(need, 2), city.view().expect(need, 0)
    assert expected is not None
    assert other is not None
    assigned = only(tell(city, AssignUnit(2, CASES[0], 0)), f.UnitAssigned)
    assert (assigned.unit, assigned.case, assigned.need) == (2, CASES[0], 0)
    assert (assigned.rule, assigned.expected_us) == ("by hand", expected.expected_us)
    assert (assigned.runners_up, assigned.runners_up_us) == ((0,), (other.expected_us,))
    assert city.state.fleet.status_of(2) is TURNOUT
    city.advance_to(HOUR)
    assert city.state.cases == {}


def test_a_need_that_is_not_named_is_the_first_waiting_one_that_the_unit_is_able_for() -> None:
    city = town(("fire", "medic", "fire"))
    assert [only(tell(city, AssignUnit(unit, CASES[0])), f.UnitAssigned).need for unit in (2, 1, 0)] == [0, 1, 2]


def test_a_patrol_is_sent_from_where_it_is_and_goes_on_there_afterwards() -> None:
    built = quiet_town()
    city, spot = begun(replace(built, policy=Idle()), until=30 * MINUTE), off_all_beats(built)
    case = only(tell(city, ReportProblem("rubbish", spot.edge, spot.offset_mm)), f.CaseReported).case
    assert only(tell(city, AssignUnit(8, case)), f.CommandRefused).why is Why.NOT_WAITING, "not taken down yet"
    city.advance_to(city.now + MINUTE)
    here = city.spot(8)
    told = tell(city, AssignUnit(8, case))
    paused, assigned = only(told, f.PatrolPaused), only(told, f.UnitAssigned)
    assert (paused.edge, paused.offset_mm) == (here.edge, here.offset_mm)
    city.advance_to(120 * MINUTE)
    again = next(fact for fact in of(facts_of(city), f.PatrolBegan) if fact.unit == 8 and fact.at > assigned.at)
    assert (again.lap, again.into_us) == (paused.lap, paused.into_us)


def test_a_unit_under_way_is_diverted_and_the_policy_finds_somebody_for_what_it_leaves() -> None:
    city = town(("fire",), ("medic",))
    tell(city, AssignUnit(2, CASES[0]))
    tell(city, StandDown(1, 3_600.0))
    city.advance_to(city.now + 90 * SECOND)
    here = city.spot(2)
    assert not of(tell(city, ChangePolicy("nearest")), f.UnitAssigned), "nobody else is able"
    told = tell(city, DivertUnit(2, CASES[1]))
    assert only(told, f.UnitFreed).cause is Freed.DIVERTED
    by_hand, by_policy = of(told, f.UnitAssigned)
    assert (by_hand.unit, by_hand.case, by_hand.rule) == (2, CASES[1], "by hand")
    assert (by_hand.edges[0], by_hand.rolls_at) in {(here.edge, None), (streets().network.twin[here.edge], None)}
    assert (by_policy.unit, by_policy.case, by_policy.rule) == (0, CASES[0], "nearest")


def test_a_recalled_unit_goes_home_and_is_not_sent_straight_back() -> None:
    city = town(("fire",), policy=Nearest())
    (unit,) = city.state.jobs
    city.advance_to(city.now + 90 * SECOND)
    assert city.state.fleet.status_of(unit) is EN_ROUTE
    told = tell(city, RecallUnit(unit))
    assert only(told, f.UnitFreed).cause is Freed.RECALLED
    assert city.state.fleet.status_of(unit) is RETURNING
    assert (CASES[0], 0) in city.state.queue
    city.receive(report(city.now, 1, needs=("fire",), edge=40))
    assert city.state.jobs, "it can be sent again"


def test_a_unit_stands_down_at_once_and_comes_back_when_the_time_is_over() -> None:
    city = town()
    away = only(tell(city, StandDown(1, 600.0)), f.UnitAway)
    assert (away.reason, away.until_at) == (AwayReason.COMMAND, city.now + 10 * MINUTE)
    assert city.state.fleet.status_of(1) is AWAY
    back_at = city.now + 10 * MINUTE
    city.advance_to(HOUR)
    assert only(facts_of(city), f.UnitBack).at == back_at
    assert city.state.fleet.status_of(1) is PARKED


def test_a_unit_on_a_case_stands_down_when_that_is_done() -> None:
    city = town(("fire",), policy=Nearest())
    (unit,) = city.state.jobs
    assert not of(tell(city, StandDown(unit, 3_600.0)), f.UnitLeft)
    assert unit in city.state.jobs
    city.advance_to(40 * MINUTE)
    assert city.state.cases == {}
    assert city.state.fleet.status_of(unit) is AWAY


def test_a_patrol_that_stood_down_goes_on_where_it_left_off() -> None:
    city = begun(quiet_town(), until=30 * MINUTE)
    here = city.spot(0)
    told = tell(city, StandDown(0, 600.0))
    paused, left = only(told, f.PatrolPaused), only(told, f.UnitLeft)
    assert (left.edge, left.offset_mm) == (here.edge, here.offset_mm)
    city.advance_to(45 * MINUTE)
    again = next(fact for fact in of(facts_of(city), f.PatrolBegan) if fact.unit == 0 and fact.at > left.at)
    assert (again.at, again.lap, again.into_us) == (left.at + 10 * MINUTE, paused.lap, paused.into_us)


# ---------------------------------------------------------------------- streets


def test_a_street_is_closed_and_whoever_would_go_along_it_goes_round() -> None:
    city = town(("fire",), policy=Nearest(), units=roster(1), calls_at=(40,))
    city.advance_to(city.now + 90 * SECOND)
    ahead = streets().rest_of(city.state.movements[0].leg, city.now).edges[1]
    both = {ahead, int(streets().network.twin[ahead])} - {-1}
    told = tell(city, CloseRoad((*both, ahead)))
    assert only(told, f.RoadClosed).edges == tuple(sorted(both))
    assert not both & set(only(told, f.LegRetimed).edges[1:])
    assert city.state.closed == both
    assert only(tell(city, ReopenRoad(tuple(both))), f.RoadReopened).edges == tuple(sorted(both))
    assert city.state.closed == frozenset()


def test_a_street_opened_again_lets_those_through_who_wait() -> None:
    every = tuple(range(streets().network.n_edges))
    city = town(policy=Nearest())
    tell(city, CloseRoad(every))
    city.receive(report(city.now, 0, edge=40))
    assert not city.state.jobs
    assert of(tell(city, ReopenRoad(every)), f.UnitAssigned)


# ---------------------------------------------------------------------- problems


def test_a_problem_that_is_reported_is_verified_handled_and_checked_like_any_other() -> None:
    built = quiet_town()
    city, spot = begun(built, until=30 * MINUTE), off_all_beats(built)
    told = tell(city, ReportProblem("rubbish", spot.edge, spot.offset_mm, "the corner"))
    arose, made, case = only(told, f.ProblemArose), only(told, f.ReportMade), only(told, f.CaseReported)
    assert (arose.source, arose.parent, arose.arose_at) == (STREETS, None, city.now)
    assert (made.problem, made.channel, made.unit, made.opened) == (arose.problem, CITIZEN, None, True)
    assert (case.case, case.area, case.matter, case.priority) == (arose.problem, "the corner", "rubbish", 2)
    assert (case.edge, case.offset_mm) == (spot.edge, spot.offset_mm)
    city.advance_to(100 * MINUTE)
    assert [fact.stage for fact in of(facts_of(city), f.CaseQueued)] == [VERIFY, HANDLE, CHECK]
    assert only(facts_of(city), f.ProblemEnded).why is SETTLED


def test_a_problem_that_is_reported_twice_is_one_case() -> None:
    built = quiet_town()
    city, spot = begun(built, until=30 * MINUTE), off_all_beats(built)
    command = ReportProblem("rubbish", spot.edge, spot.offset_mm)
    first, second = only(tell(city, command), f.ReportMade), only(tell(city, command), f.ReportMade)
    assert first.problem != second.problem
    assert (second.case, second.opened) == (first.case, False)
    assert len(city.state.cases) == 1


def test_what_is_reported_lives_a_life_of_its_own() -> None:
    built = quiet_town(lasts=Deterministic(60.0), told_again=Deterministic(45.0))
    city, spot = begun(built, until=30 * MINUTE), off_all_beats(built)
    arose = only(tell(city, ReportProblem("rubbish", spot.edge, spot.offset_mm)), f.ProblemArose)
    assert arose.ends_at == city.now + MINUTE
    city.advance_to(40 * MINUTE)
    assert [fact.at - arose.at for fact in of(facts_of(city), f.ReportMade)] == [0, 45 * SECOND]
    assert only(facts_of(city), f.CaseClosed).void, "it was gone when somebody came"


def test_a_call_of_a_plain_source_is_a_case() -> None:
    city = town(policy=Nearest())
    told = tell(city, ReportProblem("alarm", 7, 5, "south"))
    case = only(told, f.CaseReported)
    assert (case.area, case.needs, case.priority, case.edge, case.offset_mm) == ("south", ("fire", "medic"), 1, 7, 5)
    assert len(of(told, f.UnitAssigned)) == 2
    assert not of(told, f.ProblemArose)


def test_what_people_report_takes_no_number_from_the_sources() -> None:
    busy = begun(grid_town(), until=40 * MINUTE)
    spot = busy.state.fleet.spot(0)
    brought = dict(busy.state.last_cases)
    for matter in ("rubbish", "dispute"):
        tell(busy, ReportProblem(matter, spot.edge, 0))
    assert busy.state.last_cases == brought
    calm = begun(grid_town(), until=40 * MINUTE)
    births = [[alarm for alarm in city.state.agenda.pending() if alarm[0] == "birth"] for city in (busy, calm)]
    assert births[0] == births[1]


def test_matters_of_several_sources_are_taken_from_the_first_that_has_them() -> None:
    base = setting(per_hour=0.0, habits=WORK, policy=Idle())
    matters = (Matter("alarm", 3, ("medic",)), Matter("leak", 2, ("fire",)))
    other = demand(0.0, ways=streets(), matters=matters, name="other")
    city = begun(replace(base, sources=(*base.sources, other)), until=MINUTE)
    named = {each: only(tell(city, ReportProblem(each, 0, 0)), f.CaseReported) for each in ("alarm", "leak")}
    assert {each: fact.source for each, fact in named.items()} == {"alarm": 0, "leak": 1}


# ---------------------------------------------------------------------- refusals


ABSURD = (1 << 64) - 1


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (AssignUnit(3, CASES[0]), Why.NO_SUCH_UNIT),
        (AssignUnit(ABSURD, CASES[0], 0), Why.NO_SUCH_UNIT),
        (AssignUnit(2, 4), Why.NO_SUCH_CASE),
        (AssignUnit(2, ABSURD, ABSURD), Why.NO_SUCH_CASE),
        (AssignUnit(2, CASES[1], 2), Why.NO_SUCH_NEED),
        (AssignUnit(2, CASES[1], ABSURD), Why.NO_SUCH_NEED),
        (AssignUnit(2, CASES[0], 0), Why.NOT_WAITING),
        (AssignUnit(2, CASES[0]), Why.NOT_WAITING),
        (AssignUnit(1, CASES[1], 0), Why.LACKS_SKILL),
        (AssignUnit(1, CASES[2]), Why.LACKS_SKILL),
        (AssignUnit(0, CASES[1]), Why.NOT_FREE),
        (DivertUnit(2, CASES[1]), Why.NOT_ON_ITS_WAY),
        (DivertUnit(ABSURD, CASES[1]), Why.NO_SUCH_UNIT),
        (RecallUnit(2), Why.NOT_ON_ITS_WAY),
        (RecallUnit(ABSURD), Why.NO_SUCH_UNIT),
        (StandDown(3, 60.0), Why.NO_SUCH_UNIT),
        (CloseRoad(()), Why.NO_SUCH_STREET),
        (CloseRoad((0, streets().network.n_edges)), Why.NO_SUCH_STREET),
        (ReopenRoad((ABSURD,)), Why.NO_SUCH_STREET),
        (ReportProblem("unheard of", 0, 0), Why.NO_SUCH_MATTER),
        (ReportProblem("alarm", streets().network.n_edges, 0), Why.NO_SUCH_STREET),
        (ReportProblem("alarm", 0, int(streets().network.length_mm[0]) + 1), Why.NO_SUCH_STREET),
        (ReportProblem("alarm", ABSURD, ABSURD), Why.NO_SUCH_STREET),
        (b"", Why.NO_SENSE),
        (b"\x92\x01\x02", Why.NO_SENSE),
        (b"\x82\xa2do\xa6recall\xa4unit\xff", Why.NO_SENSE),
        (b"\x82\xa2do\xaechange policy\xa3use\xa1\xff", Why.NO_SENSE),
        (b"\x91" * 100_000, Why.NO_SENSE),
        (encode(RecallUnit(-1)), Why.NO_SENSE),
        (encode(StandDown(0, float("nan"))), Why.NO_SENSE),
        (encode(StandDown(0, 1e12)), Why.NO_SENSE),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason_and_changes_nothing(command: Command | bytes, why: Why) -> None:
    city = town(("fire",), ("fire", "medic"), ("fire",))
    tell(city, AssignUnit(0, CASES[0], 0))
    jobs, queue = dict(city.state.jobs), list(city.view().waiting())
    (refused,) = tell(city, command, token="this one")
    assert isinstance(refused, f.CommandRefused)
    assert (refused.token, refused.why) == ("this one", why)
    assert (city.state.jobs, list(city.view().waiting())) == (jobs, queue)


def test_nobody_is_sent_where_no_way_leads() -> None:
    city = town(("fire",))
    tell(city, CloseRoad(tuple(range(streets().network.n_edges))))
    assert only(tell(city, AssignUnit(0, CASES[0])), f.CommandRefused).why is Why.NO_WAY


def test_nobody_stands_down_who_is_away_or_off_duty() -> None:
    city = begun(quiet_town(), until=10 * MINUTE)
    assert city.state.fleet.status_of(0) is OFF_DUTY
    assert only(tell(city, StandDown(0, 60.0)), f.CommandRefused).why is Why.AWAY_ALREADY
    tell(city, StandDown(17, 60.0))
    assert only(tell(city, StandDown(17, 60.0)), f.CommandRefused).why is Why.AWAY_ALREADY


def test_whoever_settles_what_it_has_found_is_neither_recalled_nor_diverted() -> None:
    built = quiet_town(settles={"grid_worker": 1.0})
    city = begun(built, until=30 * MINUTE)
    spot = on_the_beat_of(built, 0)
    arose = f.ProblemArose(
        city.now, 7, STREETS, "here", "rubbish", 2, ("order",), spot.edge, spot.offset_mm, city.now, origin=f.INPUT
    )
    city.receive(arose)
    while 0 not in city.state.jobs:
        city.clock.step()
    assert city.state.fleet.status_of(0) is EN_ROUTE
    (refused,) = tell(city, RecallUnit(0))
    assert isinstance(refused, f.CommandRefused)
    assert refused.why is Why.NOT_ON_ITS_WAY


def test_where_there_is_no_travel_there_are_no_streets_but_one_place() -> None:
    city = town(policy=Nearest(), ways=NoTravel())
    assert only(tell(city, CloseRoad((0,))), f.CommandRefused).why is Why.NO_SUCH_STREET
    assert only(tell(city, ReportProblem("alarm", 1, 0)), f.CommandRefused).why is Why.NO_SUCH_STREET
    assert of(tell(city, ReportProblem("alarm", 0, 0)), f.CaseReported)
