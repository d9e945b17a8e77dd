"""What becomes of problems: found, told of, settled on the spot or by who is sent, gone before anybody came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from agents.city import CityModel
from agents.habits import Merging
from agents.setting import Setting
from tests.builders import facts_of
from tests.grid_town import quiet_town
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY
from twin.domain.problem import BY_ITSELF, CITIZEN, PATROL, SETTLED
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.route import Spot
from twin.domain.unit import PATROLLING
from twin.journal.journal import Nowhere

STREETS = 1
"""Number of the source of problems."""


def on_the_beat_of(setting: Setting, unit: int) -> Spot:
    """The middle of a street of a unit's beat that its tour comes by, and no other's."""
    patrols = setting.terrain.patrols
    assert patrols is not None
    beat = patrols.beat_of(unit)
    assert beat is not None
    for street in beat.tour.streets.tolist():
        if patrols.over(street) == (unit,):
            return Spot(street, setting.terrain.length_mm(street) // 2)
    raise AssertionError("no street of its own")


def off_all_beats(setting: Setting) -> Spot:
    """A street that nobody patrols."""
    patrols, network = setting.terrain.patrols, setting.terrain.network
    assert patrols is not None
    assert network is not None
    edge = next(edge for edge in range(network.n_edges) if not patrols.over(edge))
    return Spot(edge, setting.terrain.length_mm(edge) // 2)


def problem(number: int, spot: Spot, *, at: int = 30 * MINUTE, **times: Any) -> f.ProblemArose:
    """A problem from outside."""
    return f.ProblemArose(
        at, number, STREETS, "here", "rubbish", 2, ("order",), spot.edge, spot.offset_mm, at, origin=f.INPUT, **times
    )


def lived(setting: Setting, *inputs: f.Fact, until: int = 100 * MINUTE) -> list[f.Fact]:
    city = CityModel.begin(setting)
    for fact in inputs:
        city.receive(fact)
    city.advance_to(until)
    return facts_of(city)


def of(facts: list[f.Fact], kind: type[f.Fact]) -> list[f.Fact]:
    return [fact for fact in facts if isinstance(fact, kind)]


def test_a_patrol_finds_what_it_comes_by_and_the_case_goes_its_way() -> None:
    setting = quiet_town()
    facts = lived(setting, problem(7, on_the_beat_of(setting, 0)))
    (report,) = of(facts, f.ReportMade)
    assert isinstance(report, f.ReportMade)
    assert (report.problem, report.case, report.channel, report.unit) == (7, 7, PATROL, 0)
    assert [fact.stage for fact in facts if isinstance(fact, f.CaseQueued)] == [HANDLE, CHECK]
    (ended,) = of(facts, f.ProblemEnded)
    assert isinstance(ended, f.ProblemEnded)
    assert ended.why is SETTLED
    assert len(of(facts, f.CaseClosed)) == 1


def test_what_nobody_comes_by_and_nobody_tells_of_is_never_found() -> None:
    setting = quiet_town()
    facts = lived(setting, problem(7, off_all_beats(setting), ends_at=80 * MINUTE))
    assert not of(facts, f.ReportMade)
    (ended,) = of(facts, f.ProblemEnded)
    assert isinstance(ended, f.ProblemEnded)
    assert (ended.at, ended.why) == (80 * MINUTE, BY_ITSELF)


def test_what_cannot_be_seen_is_not_found_by_patrols() -> None:
    setting = quiet_town(seen=0.0)
    assert not of(lived(setting, problem(7, on_the_beat_of(setting, 0))), f.ReportMade)


def test_a_finder_may_settle_it_on_the_spot_and_goes_on_where_it_was() -> None:
    setting = quiet_town(settles={"grid_worker": 1.0})
    facts = lived(setting, problem(7, on_the_beat_of(setting, 0)))
    (assigned,) = of(facts, f.UnitAssigned)
    assert isinstance(assigned, f.UnitAssigned)
    assert (assigned.unit, assigned.rule, assigned.travel_us) == (0, "on the spot", 0)
    (paused,) = [
        fact for fact in facts if isinstance(fact, f.PatrolPaused) and fact.unit == 0 and fact.at > 30 * MINUTE
    ]
    resumed = next(fact for fact in facts if isinstance(fact, f.PatrolBegan) and fact.at > paused.at and fact.unit == 0)
    assert (resumed.lap, resumed.into_us) == (paused.lap, paused.into_us)


def test_a_citizen_s_report_is_verified_handled_and_checked() -> None:
    setting = quiet_town()
    facts = lived(setting, problem(7, off_all_beats(setting), told_at=35 * MINUTE))
    (report,) = of(facts, f.ReportMade)
    assert isinstance(report, f.ReportMade)
    assert (report.at, report.channel, report.unit, report.opened) == (35 * MINUTE, CITIZEN, None, True)
    assert [fact.stage for fact in facts if isinstance(fact, f.CaseQueued)] == [VERIFY, HANDLE, CHECK]
    ended = of(facts, f.ProblemEnded)[0].at
    handled = [fact.at for fact in facts if isinstance(fact, f.UnitFreed)][1]
    assert ended == handled


def test_a_case_is_void_where_whoever_verifies_it_finds_nothing() -> None:
    setting = quiet_town()
    facts = lived(setting, problem(7, off_all_beats(setting), told_at=35 * MINUTE, ends_at=35 * MINUTE + 1))
    (closed,) = of(facts, f.CaseClosed)
    assert isinstance(closed, f.CaseClosed)
    assert closed.void
    assert [fact.stage for fact in facts if isinstance(fact, f.CaseQueued)] == [VERIFY]


def test_a_second_report_of_an_open_case_opens_no_other() -> None:
    setting = quiet_town(told_again=Deterministic(60.0))
    facts = lived(setting, problem(7, off_all_beats(setting), told_at=35 * MINUTE))
    reports = [fact for fact in facts if isinstance(fact, f.ReportMade)]
    assert len(reports) > 2
    assert [report.opened for report in reports] == [True, *[False] * (len(reports) - 1)]
    assert len(of(facts, f.CaseReported)) == 1


def test_without_merging_every_report_opens_a_case_and_the_second_unit_finds_nothing() -> None:
    setting = replace(quiet_town(told_again=Deterministic(60.0)), merging=None)
    facts = lived(setting, problem(7, off_all_beats(setting), told_at=35 * MINUTE), until=2 * HOUR)
    cases = {fact.case for fact in facts if isinstance(fact, f.CaseReported)}
    assert len(cases) > 1
    assert any(fact.void for fact in facts if isinstance(fact, f.CaseClosed))


def test_reports_far_apart_or_long_ago_are_of_different_cases() -> None:
    setting = quiet_town()
    here, there = off_all_beats(setting), on_the_beat_of(setting, 1)
    asked = replace(setting, merging=Merging(within_m=5_000.0, within_us=MINUTE))
    near = lived(asked, problem(7, here, told_at=35 * MINUTE), problem(8, here, told_at=35 * MINUTE + 1))
    late = lived(asked, problem(7, here, told_at=35 * MINUTE), problem(8, here, told_at=37 * MINUTE))
    far = lived(
        replace(setting, merging=Merging(within_m=1.0, within_us=HOUR)),
        problem(7, here, told_at=35 * MINUTE),
        problem(8, there, told_at=35 * MINUTE + 1),
    )
    assert [len(of(facts, f.CaseReported)) for facts in (near, late, far)] == [1, 2, 2]


def test_what_was_reported_and_given_up_is_there_for_patrols_to_find() -> None:
    setting = quiet_town()
    spot = on_the_beat_of(setting, 0)
    arose = problem(7, spot, told_at=30 * MINUTE + 1)
    facts = lived(setting, replace_needs(arose, ("a skill nobody has",)))
    reports = [fact for fact in facts if isinstance(fact, f.ReportMade)]
    assert [report.channel for report in reports[:2]] == [CITIZEN, PATROL]
    assert reports[0].case != reports[1].case
    found_at = [report.at for report in reports if report.channel is PATROL]
    assert found_at == sorted(set(found_at)), "who has just found it does not find it again on the spot"


def replace_needs(arose: f.ProblemArose, needs: tuple[str, ...]) -> f.ProblemArose:
    return msgspec.structs.replace(arose, needs=needs)


def test_a_problem_breaks_out_again_at_its_place_and_leads_to_others_on_its_street() -> None:
    setting = quiet_town(again_share=1.0, again_after=Deterministic(300.0))
    spot = off_all_beats(setting)
    arose = [
        fact
        for fact in lived(setting, problem(7, spot, ends_at=40 * MINUTE, offspring_at=(36 * MINUTE,)))
        if isinstance(fact, f.ProblemArose)
    ]
    first, child, again = arose
    assert (child.at, child.parent, child.edge) == (36 * MINUTE, 7, spot.edge)
    assert (again.at, again.parent, again.edge, again.offset_mm) == (45 * MINUTE, 7, spot.edge, spot.offset_mm)
    assert len({first.problem, child.problem, again.problem}) == 3


def test_a_patrol_that_has_come_by_would_have_noticed() -> None:
    """Under new luck such a problem is not drawn again: every fork would begin with a wave of finds."""
    city = CityModel.begin(quiet_town(), store=Nowhere())
    city.advance_to(10 * HOUR)
    unit = next(unit for unit in range(len(city.units)) if city.state.fleet.status_of(unit) is PATROLLING)
    noticed, spot, streams = city.lookout.has_noticed, city.spot(unit), city.streams
    assert noticed(1, spot, since=0, seen=1.0, streams=streams)
    assert not noticed(1, spot, since=0, seen=0.0, streams=streams)
    assert not noticed(1, spot, since=city.now + 1, seen=1.0, streams=streams)
    assert not noticed(1, off_all_beats(city.setting), since=0, seen=1.0, streams=streams)
