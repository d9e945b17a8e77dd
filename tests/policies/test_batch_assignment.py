"""All that waits and all who are free, matched at once: what that gains over one after the other, and who is left."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import begun, facts_of, setting, surprises
from tests.policies.on_a_line import Line, asked, need, sent
from twin.domain import facts as f
from twin.domain.orders import Assign
from twin.domain.quantities import SECOND, to_s
from twin.errors import PolicyError
from twin.policies.batch_assignment import BatchAssignment
from twin.policies.loading import load_policy
from twin.policies.nearest import Nearest
from twin.world.view import CASE_QUEUED, PERIOD

CROSSING = Line({0: 0, 1: 100}, needs=[need(1, at_m=60, waited_s=5), need(2, at_m=150)])
"""The elder would take the unit that the younger needs more."""


def metres(line: Line, matched: dict[int, int]) -> int:
    at_m = {each.case: each.spot.offset_mm for each in line.needs}
    return sum(abs(at_m[case] - line.places[unit]) for case, unit in matched.items())


def test_a_matching_is_shorter_than_one_after_the_other() -> None:
    greedy, matched = sent(asked(Nearest(), CROSSING)), sent(asked(BatchAssignment(), CROSSING, kind="period"))
    assert (greedy, metres(CROSSING, greedy)) == ({1: 1, 2: 0}, 190)
    assert (matched, metres(CROSSING, matched)) == ({1: 0, 2: 1}, 110)


def test_the_reason_names_who_was_nearer() -> None:
    (first, _) = asked(BatchAssignment(), CROSSING, kind="period").orders
    assert isinstance(first, Assign)
    assert first.reason.rule == "batch_assignment"
    assert (first.reason.expected_us, first.reason.runners_up) == (60 * SECOND, ((1, 40 * SECOND),))


def test_whoever_would_be_late_is_worth_a_longer_way_of_somebody_else() -> None:
    line = Line({0: 0, 1: 100}, needs=[need(1, at_m=80, waited_s=600), need(2, at_m=150)])
    assert sent(asked(BatchAssignment(), line, kind="period")) == {1: 1, 2: 0}
    assert sent(asked(BatchAssignment(weights={}, target_s=3_600.0), line, kind="period")) == {1: 0, 2: 1}


def test_with_too_few_units_the_urgent_and_those_that_waited_long_are_served() -> None:
    near, urgent, old = need(1, at_m=0, priority=3), need(2, at_m=90, priority=2), need(3, at_m=90, waited_s=900)
    assert sent(asked(BatchAssignment(), Line({0: 0}, needs=[near, urgent]), kind="period")) == {2: 0}
    assert sent(asked(BatchAssignment(), Line({0: 0}, needs=[urgent, old]), kind="period")) == {3: 0}


def test_equal_matchings_are_told_apart_by_the_numbers_of_units() -> None:
    line = Line({3: 10, 1: -10, 2: 10}, needs=[need(1, at_m=0)])
    assert sent(asked(BatchAssignment(), line, kind="period")) == {1: 1}


def test_units_with_one_skill_go_where_those_with_two_need_not() -> None:
    needs = [need(1, at_m=0), need(2, at_m=40, skill="fire")]
    line = Line({0: 0, 1: 30}, needs=needs, skills={0: ("order", "fire"), 1: ("order",)})
    assert sent(asked(Nearest(), line)) == {1: 0}, "the second waits"
    assert sent(asked(BatchAssignment(), line, kind="period")) == {1: 1, 2: 0}


def test_the_most_urgent_does_not_wait_for_the_matching_unless_it_is_to() -> None:
    line = Line({0: 0}, needs=[need(1, at_m=60, priority=1)])
    decision = asked(BatchAssignment(), line, kind="case queued")
    assert sent(decision) == {1: 0}
    assert decision.orders[0].reason.rule == "batch_assignment: at once"
    assert sent(asked(BatchAssignment(), CROSSING, kind="case queued")) == {}
    assert BatchAssignment(at_once=None).triggers == {PERIOD}
    assert BatchAssignment(at_once=2).triggers == {PERIOD, CASE_QUEUED}


@settings(max_examples=60)
@given(
    places=st.lists(st.integers(0, 900), min_size=1, max_size=4),
    calls=st.lists(st.tuples(st.integers(0, 900), st.integers(1, 3), st.integers(0, 1_500)), min_size=1, max_size=4),
)
def test_no_other_matching_costs_less(places: list[int], calls: list[tuple[int, int, int]]) -> None:
    needs = [need(n, at_m=at_m, priority=p, waited_s=waited) for n, (at_m, p, waited) in enumerate(calls)]
    line, policy = Line(dict(enumerate(places)), needs=needs), BatchAssignment()
    matched = sent(asked(policy, line, kind="period"))
    assert len(matched) == min(len(places), len(needs))

    def cost(pairs: dict[int, int]) -> float:
        served = [
            policy.cost(needs[case], to_s(line.expect(needs[case], unit).expected_us), now=line.now)
            for case, unit in pairs.items()
        ]
        return sum(served) + sum(policy.cost_of_waiting(each, now=line.now) for each in needs if each.case not in pairs)

    if len(needs) <= len(places):
        others = [dict(enumerate(units)) for units in permutations(range(len(places)), len(needs))]
    else:
        chosen = permutations(range(len(needs)), len(places))
        others = [{case: unit for unit, case in enumerate(cases)} for cases in chosen]
    assert cost(matched) == pytest.approx(min(map(cost, others)), abs=1e-3)


def test_in_a_town_nobody_is_sent_between_the_matchings_but_to_what_is_urgent() -> None:
    facts = facts_of(begun(setting(policy=BatchAssignment(period_s=30.0)), surprises()))
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    orders = [fact for fact in facts if isinstance(fact, f.UnitAssigned)]
    assert {fact.rule for fact in orders} == {"batch_assignment", "batch_assignment: at once"}
    assert all(fact.at % (30 * SECOND) == 0 for fact in orders if fact.rule == "batch_assignment")
    priority = {fact.case: fact.priority for fact in facts if isinstance(fact, f.CaseReported)}
    assert {priority[fact.case] for fact in orders if fact.rule == "batch_assignment: at once"} == {1}


@pytest.mark.parametrize("parameters", [{"period_s": "often"}, {"weights": {1: -1}}, {"n_needs": 0}, {"at_once": 0}])
def test_parameters_that_make_no_sense_are_refused_by_name(parameters: dict[str, object]) -> None:
    with pytest.raises(PolicyError, match=next(iter(parameters))):
        load_policy("batch_assignment", parameters)
