"""Modes: seats, rosters, priorities, limits and patrols are others while one lasts, and as before when it is over."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from agents.city import CityModel
from agents.life import Life
from agents.loop_rules import Mode
from tests.agents.commanding import of
from tests.agents.small_centre import at, began, called, centre, desks, lived, trouble
from tests.builders import begun, facts_of
from tests.centre_town import centre_town, hurries, quiet_centre
from tests.policies.roaming import Roaming
from twin.domain import facts as f
from twin.domain.desk import Step
from twin.domain.orders import Decision
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.unit import OFF_DUTY
from twin.world.view import Trigger, View

STORM = "storm"


def storm(begin: float, end: float) -> tuple[f.ModeChanged, f.ModeChanged]:
    """The other mode from one minute to another."""
    changes = (begin, STORM), (end, "")
    first, last = (f.ModeChanged(round(minute * MINUTE), name, origin=f.INPUT) for minute, name in changes)
    return first, last


def test_more_seats_take_up_what_waits_and_fewer_finish_what_they_have() -> None:
    modes = {STORM: Mode(STORM, seats={0: 3})}
    city = centre(steps={Step.ACCEPT: at(0, 10)}, desks=desks(1), modes=modes)
    calls = [called(minute=1, number=n) for n in range(6)]
    first, last = storm(5, 6)
    facts = lived(city, *calls, first, last)
    assert [fact.n_seats for fact in of(facts, f.SeatsStaffed)] == [1, 3, 1]
    assert began(facts, Step.ACCEPT) == [1, 5, 5, 15, 25, 35]


def test_seats_of_a_mode_may_be_none() -> None:
    city = centre(steps={Step.ACCEPT: at(0, 1)}, desks=desks(1), modes={STORM: Mode(STORM, seats={0: 0})})
    first, last = storm(2, 30)
    facts = lived(city, first, called(minute=5), last)
    assert began(facts, Step.ACCEPT) == [30]


def test_what_is_reported_meanwhile_is_as_urgent_as_the_mode_says() -> None:
    city = centre(life=Life(), modes={STORM: Mode(STORM, priorities={"rubbish": 1})})
    first, last = storm(10, 20)
    facts = lived(
        city, trouble(1, minute=1, told=5), first, trouble(2, minute=11, told=12), last, trouble(3, minute=21, told=22)
    )
    assert [fact.priority for fact in of(facts, f.CaseReported)] == [3, 1, 3]


def test_limits_are_others_for_cases_that_are_opened_meanwhile() -> None:
    city = centre(limit=HOUR, modes={STORM: Mode(STORM, limit_factor=0.5)})
    first, last = storm(10, 20)
    facts = lived(city, called(minute=1), first, called(minute=12, number=1), last, called(minute=30, number=2))
    assert [fact.deadline_at / MINUTE for fact in of(facts, f.DeadlineSet)] == [61, 42, 90]
    assert [fact.extra_us / MINUTE for fact in of(facts, f.DeadlineSet)] == [0, -30, 0]


RESERVE = 18
"""The first of the units of the centre town that work only in the other mode."""


def test_the_reserve_comes_in_a_mode_and_goes_home_after_it() -> None:
    city = CityModel.begin(quiet_centre())
    seen = []
    first, last = hurries()
    for change, minute in ((None, 30), (first, 50), (last, 80)):
        if change is not None:
            city.receive(change)
        city.advance_to(minute * MINUTE)
        seen.append(city.state.fleet.status_of(RESERVE) is not OFF_DUTY)
    assert seen == [False, True, False]


def test_patrols_go_where_the_mode_says_and_afterwards_as_usual() -> None:
    city = CityModel.begin(quiet_centre())
    first, last = hurries()
    city.receive(first)
    city.advance_to(60 * MINUTE)
    assert {focus.factor for focus in city.state.focus.values()} == {3}
    city.receive(last)
    assert {focus.factor for focus in city.state.focus.values()} == {1}
    assert city.state.agenda.due("policy", 1) is None


class OneAtMost(Roaming):
    """Roams, and leaves everybody but the first unit alone."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        decision = super().decide(view, trigger, memory)
        return Decision(decision.orders[:1], decision.memory)


def test_a_focus_of_the_mode_does_not_outlive_it_where_another_policy_goes_on() -> None:
    city = CityModel.begin(replace(quiet_centre(), patrol_policy=OneAtMost()))
    first, last = hurries()
    city.receive(first)
    city.receive(last)
    named = [unit for unit, focus in sorted(city.state.focus.items()) if focus.factor > 1]
    assert named == [0]


def test_after_a_mode_is_over_all_is_as_before() -> None:
    usual = begun(quiet_centre(), until=90 * MINUTE)
    changed = begun(quiet_centre(), hurries(), until=90 * MINUTE)
    assert changed.state.desks.n_seats == usual.state.desks.n_seats
    assert changed.state.mode == ""
    assert [int(value) for value in changed.state.fleet.on_duty] == [int(value) for value in usual.state.fleet.on_duty]
    kinds = {kind for kind, _, _ in changed.state.agenda.pending()}
    assert kinds == {kind for kind, _, _ in usual.state.agenda.pending()}


def test_a_mode_of_a_roster_that_is_off_its_hours_changes_nobody() -> None:
    facts = facts_of(begun(quiet_centre(), hurries(), until=90 * MINUTE))
    reserve = centre_town().units[RESERVE].roster
    began_at = [fact.at for fact in of(facts, f.ShiftBegan) if fact.roster == reserve]
    ended_at = [fact.at for fact in of(facts, f.ShiftEnded) if fact.roster == reserve]
    assert (began_at, ended_at[-1]) == ([40 * MINUTE], 75 * MINUTE)
