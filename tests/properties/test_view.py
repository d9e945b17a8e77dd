"""A view reaches no future, and nothing that it answers can be written; built-in policies act on nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from scenarios.policy_watch import Watched
from tests.builders import END, begun, facts_of, setting, surprises
from tests.policies.diverting import Diverting
from tests.properties.continuing import town_of
from twin.domain import facts as f
from twin.domain.mode import CAR
from twin.domain.problem import Problem
from twin.domain.quantities import MINUTE
from twin.domain.route import Spot
from twin.domain.unit import UnitStatus
from twin.journal.journal import Memory
from twin.policies.batch_assignment import BatchAssignment
from twin.policies.cutoff import Cutoff
from twin.policies.dmexclp import Dmexclp
from twin.policies.loading import BUILT_IN
from twin.policies.nearest import Nearest
from twin.policies.own_grid_first import OwnGridFirst
from twin.policies.preempt import Preempt
from twin.policies.preference_list import PreferenceList
from twin.policies.preparedness import Preparedness
from twin.policies.protocol import Policy
from twin.policies.random import Random
from twin.policies.remote_first import RemoteFirst
from twin.policies.rollout import Rollout
from twin.policies.strict_grid import StrictGrid
from twin.policies.workload_balanced import WorkloadBalanced
from twin.world.view import CASE_QUEUED, PERIOD, ROADS, UNIT_FREE, Need, Trigger, View
from twin.world.whereabouts import Places
from twin.world.world_view import WorldView

CUTS = st.integers(MINUTE, END)
LISTS = {"north": ["unit 0", "unit 1", "unit 2", "nobody"], "south": ["unit 4", "unit 3"]}


def policies() -> list[Policy]:
    return [
        Nearest(),
        Nearest(runners_up=0),
        PreferenceList(lists=LISTS),
        PreferenceList(lists=LISTS, then="wait"),
        Random(),
        OwnGridFirst(),
        StrictGrid(),
        Preempt(),
        Rollout(k=2, n=1, horizon_s=600.0),
        Preempt(matrix={1: [3], 2: [3]}, gain_s=0.0),
        Cutoff(),
        BatchAssignment(),
        Preparedness(measure="worst"),
        Dmexclp(),
        WorkloadBalanced(),
        RemoteFirst(),
        Diverting(),
    ]


def triggers(city: CityModel) -> list[Trigger]:
    cases = [Trigger(CASE_QUEUED, case=case) for case, known in sorted(city.state.cases.items()) if known.n_waiting]
    return [Trigger(ROADS), Trigger(PERIOD), *cases, *(Trigger(UNIT_FREE, unit=unit.number) for unit in city.units)]


def answers(city: CityModel) -> dict[str, object]:
    """What every public method of a view says, asked in every way that makes sense."""
    view, skills = city.view(), ("fire", "medic", "no such skill")
    needs = list(view.waiting())
    units = range(len(city.units))
    found: dict[str, object] = {
        "now": view.now,
        "band": view.band,
        "waiting": [needs, *(list(view.waiting(trigger)) for trigger in triggers(city))],
        "servable": [list(view.servable(trigger, taken=taken)) for trigger in triggers(city) for taken in ((), (0, 1))],
        "skills_waiting": [view.skills_waiting(), *(view.skills_waiting(trigger) for trigger in triggers(city))],
        "n_free": [view.n_free(skill, without=without) for skill in skills for without in ((), (0, 1))],
        "nearest": [view.nearest(need, k=k, without=w) for need in needs for k in (1, 5) for w in ((), (0,))],
        "expect": [view.expect(need, unit) for need in needs for unit in units],
        "free_units": [view.free_units(skill) for skill in skills],
        "units": view.units(),
        "own_units": [view.own_units(need) for need in needs],
        "recallable": [view.recallable(skill) for skill in skills],
        "can_try_remotely": [view.can_try_remotely(need) for need in needs],
        "sent_for": [view.sent_for(unit) for unit in units],
        "length_mm": [view.length_mm(street) for street in (0, 1)],
        "beats_at": [view.beats_at(need.spot) for need in needs],
        "streets_of": [view.streets_of(unit) for unit in units],
        "told": [view.told(weeks) for weeks in (1, 4)],
        "n_on_duty": [view.n_on_duty(skill) for skill in skills],
        "zones": view.zones().spots,
        "told_by_zone": [view.told_by_zone(weeks).tolist() for weeks in (1, 4)],
        "reach_us": view.reach_us(units).tolist(),
        "reach_from_us": [view.reach_from_us([unit.home for unit in city.setting.units], mode=CAR).tolist()],
        "stations": view.stations(),
        "way_to": [view.way_to(unit, each.home) for unit in units for each in city.setting.units],
        "imagine": view.imagine((), horizon_s=600.0, n=1),
        "dice": [view.dice(need) for need in needs],
    }
    found["route_found"] = [view.route_found(unit, need.case) for need in needs for unit in units]
    return found


def reachable(value: object) -> Iterator[object]:
    """A value and all that can be reached from it by names, keys and numbers."""
    yield value
    match value:
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from reachable(getattr(value, name))
        case Mapping():
            for key, inner in value.items():
                yield from reachable(key)
                yield from reachable(inner)
        case list() | tuple() | set() | frozenset():
            for inner in value:
                yield from reachable(inner)
        case _ if is_dataclass(value) and not isinstance(value, type):
            for field in fields(value):
                yield from reachable(getattr(value, field.name))


def future_of(city: CityModel) -> set[int]:
    """All instants to come that the world knows of."""
    saved = city.state.dump()
    dues = {due for _, _, due in saved.alarms}
    arrivals = {movement.leg.arrives_at for movement in saved.movements.values()}
    return {at for at in dues | arrivals if at > city.now}


@given(town=st.sampled_from(["roads", "ties", "grids", "centre"]), seed=st.integers(1, 3), cut=CUTS)
@settings(max_examples=25)
def test_a_view_reaches_no_instant_to_come(town: str, seed: int, cut: int) -> None:
    city = begun(*town_of(town, seed), until=cut)
    future = future_of(city)
    spans = {at - city.now for at in future if at - city.now > 10 * MINUTE}
    known = {value for value in reachable(answers(city)) if isinstance(value, int)}
    assert not known & future
    if town == "roads":  # in whole minutes an expected time may well equal a drawn one
        assert not known & spans


@given(town=st.sampled_from(["roads", "ties", "grids", "centre"]), cut=CUTS, taken=st.sets(st.integers(0, 8)))
@settings(max_examples=25)
def test_the_needs_that_can_be_served_are_those_of_the_queue_that_somebody_free_can_do(
    town: str, cut: int, taken: set[int]
) -> None:
    city = begun(*town_of(town, 1), until=cut)
    view, fleet = city.view(), city.state.fleet

    def can(unit: int, need: Need) -> bool:
        barred = city.state.cases[need.case].barred_now
        return bool(fleet.free[unit]) and need.skill in fleet.units[unit].skills and unit not in barred

    left = [unit for unit in range(len(fleet.units)) if unit not in taken]
    for trigger in triggers(city):
        plain = [need for need in view.waiting(trigger) if any(can(unit, need) for unit in left)]
        assert list(view.servable(trigger, taken=taken)) == plain


@given(cut=CUTS, first=st.integers(0, 2**12 - 1))
@settings(max_examples=15)
def test_places_asked_for_bit_by_bit_are_where_each_unit_is(cut: int, first: int) -> None:
    city = begun(*town_of("grids", 1), until=cut)
    n_units = len(city.state.fleet.units)
    some = np.array([first >> unit % 12 & 1 for unit in range(n_units)], np.bool_)
    places = Places(city.state, city.terrain, at=city.now)
    for asked in (some, np.ones(n_units, np.bool_)):
        edges, offsets_mm = places.of(asked)
        for unit in np.flatnonzero(asked & city.state.fleet.free).tolist():
            assert city.spot(unit) == Spot(int(edges[unit]), int(offsets_mm[unit]))


@pytest.mark.parametrize("seed", [1, 2])
def test_from_a_view_no_problem_can_be_reached(seed: int) -> None:
    for minute in range(30, 120, 30):
        city = begun(*town_of("grids", seed), until=minute * MINUTE)
        known = {number for number, problem in city.state.problems.items() if problem.n_reports}
        hidden = city.state.problems.keys() - known
        assert hidden
        seen = list(reachable(answers(city)))
        assert not any(isinstance(value, Problem) for value in seen)
        assert not hidden.intersection(value for value in seen if isinstance(value, int))


def test_these_answers_are_all_a_view_has_to_say() -> None:
    city = begun(*town_of("roads", 1), until=30 * MINUTE)
    public = {name for name in dir(WorldView) if not name.startswith("_")}
    assert public == set(answers(city))
    assert {name for name in dir(View) if not name.startswith("_")} <= public


@given(cut=CUTS)
@settings(max_examples=15)
def test_nothing_that_a_view_answers_can_be_written(cut: int) -> None:
    city = begun(*town_of("roads", 2), until=cut)
    view = city.view()
    for value in reachable((view.units(), tuple(view.waiting()), [view.nearest(need) for need in view.waiting()])):
        assert not isinstance(value, dict | set | bytearray | np.ndarray)
        if isinstance(value, msgspec.Struct):
            assert value.__struct_config__.frozen
            with pytest.raises(AttributeError):
                setattr(value, value.__struct_fields__[0], 0)


def test_asking_a_view_changes_nothing() -> None:
    for minute in range(5, 120, 5):
        city = begun(*town_of("roads", 1), until=minute * MINUTE)
        before = city.snapshot()
        answers(city)
        assert city.snapshot() == before


@given(cut=CUTS, luck=st.integers(1, 500))
@settings(max_examples=20)
def test_a_view_says_the_same_whatever_the_future(cut: int, luck: int) -> None:
    city = begun(*town_of("roads", 3), until=cut)
    assert answers(city.fork(luck)) == answers(city)


@pytest.mark.parametrize("policy", policies(), ids=lambda policy: f"{policy.name} {sorted(vars(policy))}")
def test_no_policy_of_ours_can_tell_a_poisoned_future_from_a_clean_one(policy: Policy) -> None:
    assert {type(known) for known in policies()} >= set(BUILT_IN.values())
    watched = Watched(policy, luck=13)
    city = CityModel.begin(setting(policy=watched), store=Memory())
    watched.city = city
    for fact in surprises():
        city.receive(fact)
    city.advance_to(END)
    assert watched.faults == {}
    assert watched.n_decisions > 50


def test_a_view_knows_who_does_what() -> None:
    city = begun(*town_of("roads", 1), until=50 * MINUTE)
    for seen in city.view().units():
        job = city.state.jobs.get(seen.unit)
        assert seen.status is UnitStatus(city.state.fleet.status[seen.unit])
        assert (seen.case is None) is (job is None)
        assert seen.case is None or seen.priority == city.state.cases[seen.case].priority


def test_an_expectation_is_the_mean_turnout_and_the_way_without_luck() -> None:
    runs = [facts_of(begun(setting(seed=seed))) for seed in (1, 2, 3)]
    assigned = [fact for facts in runs for fact in facts if isinstance(fact, f.UnitAssigned)]
    ways = setting().terrain.ways[0]
    for fact in assigned:
        turnout_us = MINUTE if fact.rolls_at is not None else 0
        assert fact.expected_us == turnout_us + ways.driving_us(fact.travel_us)
    assert len({fact.rolls_at for fact in assigned}) > 20


def test_views_are_asked_by_keyword_after_the_second_argument() -> None:
    for name, method in inspect.getmembers(WorldView, inspect.isfunction):
        if not name.startswith("_") and name != "route_found":
            kinds = [parameter.kind for parameter in list(inspect.signature(method).parameters.values())[3:]]
            assert all(kind is inspect.Parameter.KEYWORD_ONLY for kind in kinds), name
