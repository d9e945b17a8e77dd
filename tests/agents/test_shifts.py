"""Shifts: one fact a relief, breaks by party; whoever is busy finishes first, who is absent is not there all day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from agents.city import CityModel
from agents.habits import Spells
from tests.builders import facts_of
from tests.grid_town import grid_town, quiet_town
from twin.clock.distributions import Deterministic, Exponential
from twin.domain import facts as f
from twin.domain.quantities import DAY, HOUR, MINUTE, WEEK, CivilTime
from twin.domain.roster import Roster, Turn
from twin.domain.unit import DUTY, OFF_DUTY, PATROLLING

BEGIN, REST, LASTING, END = 20 * MINUTE, 50 * MINUTE, 5 * MINUTE, 100 * MINUTE
"""Hours of the grid town's roster since its epoch of 07:40."""


def city_at(at: int) -> CityModel:
    city = CityModel.begin(quiet_town())
    city.advance_to(at)
    return city


def on_duty(city: CityModel) -> set[int]:
    return {unit for unit in range(8) if city.state.fleet.status_of(unit) is not OFF_DUTY}


def test_a_roster_comes_and_goes_with_one_fact_a_party() -> None:
    facts = facts_of(city_at(END + 1))
    changes = [(type(fact), fact.roster, fact.at) for fact in facts if isinstance(fact, f.ShiftBegan | f.ShiftEnded)]
    at_epoch = [(f.ShiftEnded, 0, 0), (f.ShiftEnded, 1, 0)]
    assert changes[:2] == at_epoch
    assert sorted(changes[2:], key=lambda change: (change[2], change[1], change[0].__name__)) == [
        (f.ShiftBegan, 0, BEGIN),
        (f.ShiftBegan, 1, BEGIN),
        (f.ShiftEnded, 0, REST),
        (f.ShiftBegan, 0, REST + LASTING),
        (f.ShiftEnded, 1, REST + LASTING),
        (f.ShiftBegan, 1, REST + 2 * LASTING),
        (f.ShiftEnded, 0, END),
        (f.ShiftEnded, 1, END),
    ]


def test_off_duty_nobody_is_there_and_on_duty_everybody_patrols() -> None:
    assert on_duty(city_at(BEGIN - 1)) == set()
    assert on_duty(city_at(BEGIN + 1)) == set(range(8))
    assert on_duty(city_at(REST + 1)) == {1, 3, 5, 7}
    assert on_duty(city_at(REST + LASTING + 1)) == {0, 2, 4, 6}
    assert on_duty(city_at(END + 1)) == set()
    working = city_at(BEGIN + 1)
    assert all(working.state.fleet.status_of(unit) is PATROLLING for unit in range(8))


def test_a_patrol_goes_on_after_the_break_where_it_stopped() -> None:
    before, after = city_at(REST), city_at(REST + LASTING + 1)
    assert [after.spot(unit) for unit in (0, 2, 4, 6)] == [before.spot(unit) for unit in (0, 2, 4, 6)]


def test_whoever_is_on_a_case_at_the_end_finishes_it_first() -> None:
    facts = [fact for seed in (1, 2, 3) for fact in facts_of(_lived(seed))]
    late = [fact for fact in facts if isinstance(fact, f.UnitOffDuty)]
    assert late
    freed = {(fact.unit, fact.at) for fact in facts if isinstance(fact, f.UnitFreed | f.UnitBack)}
    assert {(fact.unit, fact.at) for fact in late} <= freed


def _lived(seed: int) -> CityModel:
    city = CityModel.begin(grid_town(seed=seed))
    city.advance_to(2 * HOUR)
    return city


def test_who_is_absent_is_absent_before_and_after_the_break() -> None:
    base = quiet_town()
    shares = {unit.name: 0.5 for unit in base.units if unit.roster is not None}
    absent: Counter[int] = Counter()
    for seed in range(12):
        setting = replace(base, seed=seed, habits=replace(base.habits, attends=shares))
        city = CityModel.begin(setting)
        city.advance_to(END)
        began = [fact for fact in facts_of(city) if isinstance(fact, f.ShiftBegan)]
        for roster in (0, 1):
            first, second = (fact.absent for fact in began if fact.roster == roster)
            assert first == second
            absent.update(first)
    assert 30 < sum(absent.values()) < 66


def test_a_spell_that_falls_due_off_duty_is_not_taken() -> None:
    base = quiet_town()
    often = {"grid_worker": Spells(Exponential(600.0), Deterministic(60.0), DUTY)}
    city = CityModel.begin(replace(base, habits=replace(base.habits, spells=often)))
    city.advance_to(END + 10 * MINUTE)
    facts = facts_of(city)
    put_off = [fact for fact in facts if isinstance(fact, f.SpellPutOff)]
    assert put_off
    assert all(fact.spell_at > fact.since_at >= fact.at for fact in put_off)
    left = [fact.at for fact in facts if isinstance(fact, f.UnitLeft)]
    assert left
    assert all(BEGIN <= at <= END for at in left)
    assert min(left) > BEGIN
    n_owed = len(city.state.absences)
    assert n_owed == 0 or any(city.state.agenda.due("back", unit) for unit in city.state.absences)


ZONES = st.sampled_from([ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")])


@given(zone=ZONES, at=st.integers(-WEEK, 60 * WEEK), start=st.integers(0, 7 * 1440 - 1), lasting=st.integers(60, 1440))
def test_the_next_turn_begins_and_ends_by_the_clocks_on_the_wall(
    zone: ZoneInfo, at: int, start: int, lasting: int
) -> None:
    civil = CivilTime(datetime.fromisoformat("2026-01-01T00:00:00+00:00"), zone)
    begin, end = Roster("r", (Turn(start, start + lasting),)).now_or_next(at, civil=civil)
    assert at < end <= at + WEEK + DAY + HOUR
    assert begin < end
    local = civil.civil(begin)
    assert local.weekday() * 1440 + local.hour * 60 + local.minute in range(start - 60, start + 61)


def test_a_turn_that_was_looked_up_is_the_one_the_roster_names_at_every_instant() -> None:
    base = quiet_town()
    city = CityModel.begin(base)
    for at in range(0, int(1.5 * DAY), HOUR // 2):
        city.advance_to(at)
        for number, roster in enumerate(base.rosters):
            assert city.turn(number) == roster.now_or_next(at, civil=base.civil)
