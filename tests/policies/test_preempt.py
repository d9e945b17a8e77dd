"""Urgent first: who is diverted, from what, and what becomes of that; whoever has arrived stays."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from tests.builders import begun, facts_of, fixed_habits, report, roster, setting, surprises
from tests.policies.gridded import Overheard, gridded
from twin.domain import facts as f
from twin.domain.orders import Assign, Decision, Divert
from twin.domain.quantities import MINUTE, SECOND, to_us
from twin.domain.unit import DIVERTED, RECALLABLE
from twin.errors import PolicyError
from twin.policies.loading import load_policy
from twin.policies.preempt import Preempt
from twin.policies.protocol import Policy
from twin.world.view import Candidate, Need, View

FAR, NEAR, CUT_OFF = 45, 3, 20
UNITS = st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=1, max_size=7)


def called(policy: Policy, *calls: f.Fact, n_units: int = 1) -> CityModel:
    """A town with so many units and certain times, and these calls."""
    units = roster(n_units)
    city = begun(setting(policy=policy, habits=fixed_habits(), per_hour=0.0, units=units), calls)
    assert not [fact for fact in facts_of(city) if isinstance(fact, f.OrderRefused)]
    return city


def sent(city: CityModel) -> list[tuple[int, int, str]]:
    """(unit, number of the call, rule) of those sent, one after the other."""
    calls = [fact.case for fact in facts_of(city) if isinstance(fact, f.CaseReported)]
    return [
        (fact.unit, calls.index(fact.case), fact.rule) for fact in facts_of(city) if isinstance(fact, f.UnitAssigned)
    ]


def call(number: int, *, priority: int, at: int = 0, edge: int = FAR) -> f.CaseReported:
    return report(at or (1 + number) * MINUTE, number, priority=priority, edge=edge)


# ---------------------------------------------------------------------- one unit, two calls


def test_a_unit_under_way_is_diverted_to_something_more_urgent_and_goes_back_to_the_first_later() -> None:
    city = called(Preempt(), call(0, priority=3), call(1, priority=1, edge=NEAR))
    assert sent(city) == [(0, 0, "nearest"), (0, 1, "preempt"), (0, 0, "nearest")]


@pytest.mark.parametrize("priority", [2, 3])
def test_nobody_is_diverted_from_what_is_as_urgent_or_more(priority: int) -> None:
    city = called(Preempt(), call(0, priority=2), call(1, priority=priority, edge=NEAR))
    assert sent(city) == [(0, 0, "nearest"), (0, 1, "nearest")]


def test_one_step_is_not_enough_where_two_are_asked_for() -> None:
    city = called(Preempt(steps=2), call(0, priority=3), call(1, priority=2, edge=NEAR))
    assert [rule for _, _, rule in sent(city)] == ["nearest", "nearest"]
    city = called(Preempt(steps=2), call(0, priority=3), call(1, priority=1, edge=NEAR))
    assert [rule for _, _, rule in sent(city)] == ["nearest", "preempt", "nearest"]


@pytest.mark.parametrize(
    ("own", "other", "is_taken"), [(1, 3, True), (1, 2, False), (2, 3, True), (2, 4, False), (3, 4, False)]
)
def test_a_matrix_says_which_priority_takes_units_from_which(own: int, other: int, is_taken: bool) -> None:
    city = called(Preempt(matrix={1: [3], 2: [3]}), call(0, priority=other), call(1, priority=own, edge=NEAR))
    assert [rule for _, _, rule in sent(city)][1] == ("preempt" if is_taken else "nearest")


def test_what_a_matrix_forbids_the_most_urgent_the_one_behind_it_in_the_queue_may_do() -> None:
    calls = call(0, priority=3), call(1, priority=1, edge=NEAR), call(2, priority=2, edge=NEAR, at=2 * MINUTE)
    assert sent(called(Preempt(matrix={2: [3]}), *calls))[:2] == [(0, 0, "nearest"), (0, 2, "preempt")]


def test_a_matrix_of_all_that_is_less_urgent_does_as_one_step() -> None:
    towns = [
        facts_of(begun(gridded(policy, beats=[0, 1, None, 2, 3, 1, 0], per_hour=24.0)))
        for policy in (Preempt(), Preempt(matrix={1: [2, 3], 2: [3]}))
    ]
    orders = [[fact for fact in facts if isinstance(fact, f.UnitAssigned)] for facts in towns]
    assert orders[0] == orders[1]


def test_whoever_has_arrived_stays() -> None:
    quiet = called(Preempt(), call(0, priority=3))
    (arrived_at,) = [fact.at for fact in facts_of(quiet) if isinstance(fact, f.UnitArrived)]
    late = call(1, priority=1, at=arrived_at + SECOND - 90 * SECOND, edge=NEAR)
    assert sent(called(Preempt(), call(0, priority=3), late)) == [(0, 0, "nearest"), (0, 1, "nearest")]
    early = call(1, priority=1, at=arrived_at - SECOND - 90 * SECOND, edge=NEAR)
    assert [rule for _, _, rule in sent(called(Preempt(), call(0, priority=3), early))][1] == "preempt"


def test_one_whom_nobody_can_reach_does_not_keep_a_unit_from_being_diverted_to_another() -> None:
    terrain = setting().terrain
    assert terrain.network is not None
    behind, there = ((edge, int(terrain.network.twin[edge])) for edge in (CUT_OFF, NEAR))
    unreachable = call(1, priority=1, edge=CUT_OFF)
    inputs = [
        call(0, priority=3),
        f.RoadClosed(90 * SECOND, (*behind, *there), origin=f.INPUT),
        unreachable,
        call(2, priority=2, edge=NEAR, at=2 * MINUTE),
        f.RoadReopened(4 * MINUTE, there, origin=f.INPUT),
    ]
    city = called(Preempt(), *inputs)
    assert sent(city)[:2] == [(0, 0, "nearest"), (0, 2, "preempt")]
    assert list(city.state.cases) == [unreachable.case]


# ---------------------------------------------------------------------- somebody free, but farther


def test_though_somebody_is_free_a_unit_that_gains_enough_is_diverted_and_the_free_one_takes_over() -> None:
    calls = call(0, priority=3), call(1, priority=1)
    first, second, third = sent(called(Preempt(gain_s=0.0), *calls, n_units=3))
    assert first == (first[0], 0, "nearest")
    assert second == (first[0], 1, "preempt")
    assert third[1:] == (0, "nearest")
    assert third[0] != first[0]


@pytest.mark.parametrize("gain_s", [None, 3_600.0])
def test_nobody_is_diverted_for_too_small_a_gain(gain_s: float | None) -> None:
    calls = call(0, priority=3), call(1, priority=1)
    city = called(Preempt(gain_s=gain_s), *calls, n_units=3)
    assert [rule for _, _, rule in sent(city)] == ["nearest", "nearest"]


def test_the_reason_of_a_diversion_names_who_was_free() -> None:
    city = called(Preempt(gain_s=0.0), call(0, priority=3), call(1, priority=1), n_units=3)
    (order,) = [fact for fact in facts_of(city) if isinstance(fact, f.UnitAssigned) and fact.rule == "preempt"]
    assert order.runners_up == (2 - order.unit,)
    assert order.expected_us < order.runners_up_us[0]


# ---------------------------------------------------------------------- in any town


@example(beats=[None] * 6, base="nearest", steps=1, gain_s=0.0, per_hour=10.0, seed=1)
@example(beats=[1, 1, None, None, 2, None, None], base="own_grid_first", steps=1, gain_s=60.0, per_hour=24.0, seed=48)
@settings(max_examples=40)
@given(
    beats=UNITS,
    base=st.sampled_from(["nearest", "own_grid_first"]),
    steps=st.sampled_from([1, 2]),
    gain_s=st.sampled_from([None, 0.0, 60.0]),
    per_hour=st.sampled_from([10.0, 24.0]),
    seed=st.integers(1, 50),
)
def test_only_units_under_way_to_something_less_urgent_are_diverted_and_that_waits_or_is_served(
    beats: list[int | None], base: str, steps: int, gain_s: float | None, per_hour: float, seed: int
) -> None:
    policy = load_policy("preempt", {"base": base, "steps": steps, "gain_s": gain_s})
    gain_us = None if gain_s is None else to_us(gain_s)

    def listen(view: View, waiting: list[Need], decision: Decision) -> None:
        known = {(need.case, need.need): need for need in waiting}
        taken: list[int] = []
        served: list[Need] = []
        for order in decision.orders:
            assert isinstance(order, Assign | Divert)
            need = known[order.case, order.need]
            free, moving = view.nearest(need, without=taken), divertible(view, need, taken, steps=steps)
            pays = moving and (
                not free or (gain_us is not None and moving[0].expected_us + gain_us < free[0].expected_us)
            )
            assert isinstance(order, Divert) is bool(pays)
            if isinstance(order, Divert):
                assert order.unit == moving[0].unit
                old = view.sent_for(order.unit)
                assert old is not None
                known[old.case, old.need] = old
            taken.append(order.unit)
            served.append(need)
        assert len(set(taken)) == len(taken)
        assert served == sorted(served, key=lambda need: (need.priority, need.reported_at, need.case, need.need))
        for need in known.values():
            if need not in served:
                assert not view.nearest(need, without=taken)
                assert not divertible(view, need, taken, steps=steps)

    town = gridded(Overheard(policy, listen), beats=beats, per_hour=per_hour, seed=seed)
    facts = facts_of(begun(town, surprises() if len(beats) > 1 else []))
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    _hold_to_the_journal(facts, steps=steps)


def divertible(view: View, need: Need, taken: Sequence[int], *, steps: int) -> list[Candidate]:
    """Who is under way to something that is less urgent by so much, and can get there; by hand, soonest first."""
    found = []
    for unit in view.units():
        if unit.status in RECALLABLE and unit.unit not in taken and need.skill in unit.skills:
            candidate = view.expect(need, unit.unit)
            if candidate is not None and unit.priority is not None and unit.priority - need.priority >= steps:
                found.append(candidate)
    return sorted(found, key=lambda candidate: (candidate.expected_us, candidate.unit))


def _hold_to_the_journal(facts: list[f.Fact], *, steps: int) -> None:
    """The same, from the facts alone: no unit is diverted that has arrived, or from what is urgent."""
    priorities: dict[int, int] = {}
    arrived: set[int] = set()
    left: tuple[int, int, int] | None = None
    for fact in facts:
        match fact:
            case f.CaseReported():
                priorities[fact.case] = fact.priority
            case f.UnitArrived():
                arrived.add(fact.unit)
            case f.UnitFreed() if fact.cause is DIVERTED:
                assert fact.unit not in arrived
                left = fact.at, fact.unit, fact.case
            case f.UnitFreed():
                arrived.discard(fact.unit)
            case f.UnitAssigned() if left is not None:
                at, unit, case = left
                assert (fact.at, fact.unit, fact.rule) == (at, unit, "preempt")
                assert priorities[case] >= priorities[fact.case] + steps
                left = None


def test_diversions_do_happen_in_these_towns_and_nobody_is_forgotten() -> None:
    city = begun(gridded(Preempt(), beats=[0, 1, None, 2, 3, 1, 0], per_hour=24.0))
    facts = facts_of(city)
    lost = [(fact.case, fact.need) for fact in facts if isinstance(fact, f.UnitFreed) and fact.cause is DIVERTED]
    assert len(lost) >= 5
    serving = {(job.case, job.need) for job in city.state.jobs.values()}
    done = {(fact.case, fact.need) for fact in facts if isinstance(fact, f.UnitFreed) and fact.cause is not DIVERTED}
    assert all(need in city.state.queue or need in serving or need in done for need in lost)
    assert set(lost) & done


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"steps": 0}, "steps"),
        ({"steps": 1.5}, "steps"),
        ({"matrix": {1: [2]}, "steps": 1}, "give one of them"),
        ({"matrix": {2: [1]}}, "priority 2 may not take units from 1"),
        ({"matrix": {"high": [2]}}, "matrix"),
        ({"gain_s": -1}, "gain_s"),
        ({"gain_s": "much"}, "gain_s"),
        ({"base": "strict_grid"}, "base"),
        ({"base": "nearest", "within_s": 60}, "within_s goes with the base own_grid_first"),
        ({"who": "all"}, "who"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(parameters: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word) as raised:
        load_policy("preempt", parameters)
    assert raised.value.key == "preempt"
