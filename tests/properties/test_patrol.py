"""Patrols keep their phase, never jump, and find what they come by; everybody is in one place."""

from __future__ import annotations

import math
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from tests.builders import END, begun, facts_of
from tests.grid_town import grid_town
from twin.domain import facts as f
from twin.domain.problem import PATROL
from twin.domain.route import Spot
from twin.domain.unit import AWAY, OFF_DUTY, PATROLLING
from twin.roads.terrain import Terrain
from twin.world.invariants import check
from twin.world.state import State
from twin.world.whereabouts import spot_of, with_focus
from twin.world.world import fold_one

SEEDS = (1, 2)


@cache
def journal(seed: int) -> list[f.Fact]:
    return facts_of(begun(grid_town(seed=seed), []))


def apart_m(terrain: Terrain, one: Spot, other: Spot) -> float:
    return terrain.apart_m(one, [other])[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_discovers_a_problem_stands_by_it(seed: int) -> None:
    state, n_found = State(), 0
    terrain = with_focus(grid_town(seed=seed).terrain, state)
    for fact in journal(seed):
        if isinstance(fact, f.ReportMade) and fact.channel is PATROL:
            assert fact.unit is not None
            assert state.fleet.status_of(fact.unit) is PATROLLING
            here = spot_of(state, terrain, fact.unit, at=fact.at)
            assert apart_m(terrain, here, state.problems[fact.problem].spot) < 0.02
            n_found += 1
        fold_one(state, fact)
    assert n_found > 15


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_jumps(seed: int) -> None:
    state = State()
    terrain = with_focus(grid_town(seed=seed).terrain, state)
    for fact in journal(seed):
        n_units = len(state.fleet.units)
        there = [state.fleet.status_of(unit) not in (AWAY, OFF_DUTY) for unit in range(n_units)]
        before = [spot_of(state, terrain, unit, at=fact.at) for unit in range(n_units)]
        fold_one(state, fact)
        for unit in range(n_units):
            if fact.at and there[unit] and state.fleet.status_of(unit) not in (AWAY, OFF_DUTY):
                after = spot_of(state, terrain, unit, at=fact.at)
                assert before[unit] == after or apart_m(terrain, before[unit], after) < 0.05, (unit, fact)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_patrol_goes_on_where_it_was_interrupted(seed: int) -> None:
    paused: dict[int, tuple[int, int]] = {}
    n_resumed = 0
    for fact in journal(seed):
        if isinstance(fact, f.PatrolPaused):
            paused[fact.unit] = fact.lap, fact.into_us
        elif isinstance(fact, f.PatrolBegan) and fact.unit in paused:
            assert paused.pop(fact.unit) == (fact.lap, fact.into_us)
            n_resumed += 1
    assert n_resumed > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_is_in_one_place_at_a_time(seed: int) -> None:
    state = State()
    for number, fact in enumerate(journal(seed)):
        fold_one(state, fact)
        assert check(state) == [], f"after fact {number}: {fact}"


@given(seed=st.sampled_from(SEEDS), cut=st.integers(1, END - 1))
@settings(max_examples=15)
def test_each_patrol_is_on_the_lookout_for_what_it_will_notice_first(seed: int, cut: int) -> None:
    city = begun(grid_town(seed=seed), [], until=cut)
    for unit in range(len(city.units)):
        dues = []
        if city.state.fleet.status_of(unit) is PATROLLING:
            dues = [
                (due, number)
                for number, problem in city.state.problems.items()
                if problem.case is None and (due := city.lookout.due(unit, number)) is not None
            ]
        expected = min(dues, default=(None, None))
        assert (city.state.agenda.due("discover", unit), city.state.lookouts.get(unit)) == expected


@given(seed=st.sampled_from(SEEDS), cut=st.integers(1, END), luck=st.integers(1, 50))
@settings(max_examples=10)
def test_new_luck_keeps_what_is_known_and_nothing_that_nobody_has_seen(seed: int, cut: int, luck: int) -> None:
    city = begun(grid_town(seed=seed), [], until=cut)
    twin = city.fork(luck)
    known = {number for number, problem in city.state.problems.items() if problem.n_reports}
    hidden = city.state.problems.keys() - known
    assert known <= twin.state.problems.keys()
    assert not hidden & twin.state.problems.keys()
    assert [city.spot(unit) for unit in range(len(city.units))] == [twin.spot(unit) for unit in range(len(city.units))]
    twin.advance_to(min(END, cut + END // 4))
    assert check(twin.state, at_rest=True) == []


def test_what_is_hidden_is_about_as_much_under_new_luck() -> None:
    city = begun(grid_town(seed=1), [], until=END)
    hidden = sum(not problem.n_reports for problem in city.state.problems.values())
    anew = [hidden_in(city.fork(luck)) for luck in range(1, 21)]
    mean = sum(anew) / len(anew)
    assert abs(mean - hidden) < 5 * math.sqrt(hidden)


def hidden_in(city: CityModel) -> int:
    return sum(not problem.n_reports for problem in city.state.problems.values())
