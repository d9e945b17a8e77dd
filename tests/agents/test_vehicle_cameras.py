"""Cameras on vehicles: they see along the tour, tell the centre, and the vehicle goes on."""

from __future__ import annotations

from dataclasses import replace

from agents.city import CityModel
from agents.loop_rules import ChannelRule, Desk, LoopRules
from tests.agents.test_problems import lived, of, on_the_beat_of, problem
from tests.builders import facts_of
from tests.grid_town import quiet_town
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.problem import Channel
from twin.domain.quantities import MINUTE
from twin.domain.route import Spot
from twin.domain.unit import PATROLLING
from twin.world.invariants import check

LISTENING = {Channel.VEHICLE: ChannelRule(0, {"report": Deterministic(60.0)})}
HEARD = LoopRules(cameras_on=("grid_worker",), desks=(Desk("screens", ((None, 1),)),), channels=LISTENING)
UNHEARD = replace(HEARD, desks=(Desk("screens", ((None, 0),)),))


def test_a_vehicle_s_camera_tells_and_the_vehicle_neither_stops_nor_settles_it() -> None:
    setting = replace(quiet_town(settles={"*": 1.0}), loop=HEARD)
    facts = lived(setting, problem(7, on_the_beat_of(setting, 0)), until=75 * MINUTE)
    told, *passing_again = of(facts, f.ContactMade)
    assert isinstance(told, f.ContactMade)
    assert (told.problem, told.channel, told.sensed) == (7, Channel.VEHICLE, True)
    report, *merged = of(facts, f.ReportMade)
    assert isinstance(report, f.ReportMade)
    assert len(merged) == len(passing_again)
    assert len(of(facts, f.CaseReported)) == 1
    assert (report.at - told.at, report.channel, report.unit) == (MINUTE, Channel.VEHICLE, None)
    paused = [fact.at for fact in facts if isinstance(fact, f.PatrolPaused) and fact.unit == 0]
    assert not [at for at in paused if told.at <= at < report.at]
    assert all(getattr(fact, "rule", "") != "on the spot" for fact in of(facts, f.UnitAssigned))


def test_it_goes_on_to_the_next_problem_whether_or_not_anybody_listens() -> None:
    setting = replace(quiet_town(), loop=UNHEARD)
    here = on_the_beat_of(setting, 0)
    city = CityModel.begin(setting)
    for number in (7, 8):
        city.receive(problem(number, Spot(here.edge, here.offset_mm + 1_000 * (number - 7)), at=25 * MINUTE))
    city.advance_to(29 * MINUTE)
    told = [fact for fact in facts_of(city) if isinstance(fact, f.ContactMade)]
    assert {fact.problem for fact in told} == {7, 8}
    assert len({fact.at for fact in told}) == len(told)
    assert city.state.fleet.status_of(0) is PATROLLING
    assert check(city.state, at_rest=True) == []


def test_those_without_a_camera_still_stop() -> None:
    setting = replace(quiet_town(settles={"*": 1.0}), loop=LoopRules(cameras_on=("cyclist",)))
    facts = lived(setting, problem(7, on_the_beat_of(setting, 0)), until=75 * MINUTE)
    assert not of(facts, f.ContactMade)
    assert len(of(facts, f.ReportMade)) == 1
