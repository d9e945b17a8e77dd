"""Rules that think of the rest of the town: two zones far apart, and whom each sends in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import begun, facts_of, roster, setting, surprises
from tests.policies.on_a_line import Line, asked, need, sent
from twin.domain import facts as f
from twin.domain.orders import Assign
from twin.errors import PolicyError
from twin.policies.cover import Busy
from twin.policies.dmexclp import Dmexclp
from twin.policies.loading import load_policy
from twin.policies.nearest import Nearest
from twin.policies.preparedness import Preparedness

TWO_ZONES = Line(
    {0: 0, 1: 100, 2: 950}, needs=[need(7, at_m=550, priority=3)], zones_m=(0, 1_000), told=(0.5, 0.5), busy=1
)
"""Two units in the west, one in the east, which is the nearest to what is called about."""


def test_the_nearest_bares_the_east() -> None:
    assert sent(asked(Nearest(), TWO_ZONES)) == {7: 2}


def test_dmexclp_sends_the_nearer_of_the_two_that_cover_one_zone() -> None:
    decision = asked(Dmexclp(busy_share=0.3), TWO_ZONES)
    assert sent(decision) == {7: 1}
    (order,) = decision.orders
    assert isinstance(order, Assign)
    assert order.reason.rule == "dmexclp"
    assert [unit for unit, _ in order.reason.runners_up] == [2, 0]


def test_dmexclp_sends_the_nearest_when_nobody_would_be_in_time() -> None:
    assert sent(asked(Dmexclp(busy_share=0.3, target_s=300.0), TWO_ZONES)) == {7: 2}


def test_dmexclp_leaves_alone_a_zone_that_hardly_counts() -> None:
    assert sent(asked(Dmexclp(busy_share=0.3), replace(TWO_ZONES, told=(0.95, 0.05)))) == {7: 2}


def test_how_busy_units_are_decides_between_a_lonely_unit_and_one_of_two() -> None:
    line = replace(TWO_ZONES, told=(0.7, 0.3))
    assert sent(asked(Dmexclp(busy_share=0.2), line)) == {7: 1}, "0.7 · 0.8 · 0.2 is less than 0.3 · 0.8"
    assert sent(asked(Dmexclp(busy_share=0.6), line)) == {7: 2}, "0.7 · 0.4 · 0.6 is more than 0.3 · 0.4"


def test_dmexclp_goes_by_how_busy_it_has_seen_them() -> None:
    line = replace(TWO_ZONES, told=(0.7, 0.3))
    calm, busy = Busy((("order", 50, 0.2),)), Busy((("order", 50, 0.6),))
    assert [sent(asked(Dmexclp(), line, memory=memory)) for memory in (calm, busy)] == [{7: 1}, {7: 2}]
    assert asked(Dmexclp(), line, memory=calm).memory == calm
    looked = asked(Dmexclp(), line, kind="case queued").memory
    assert looked == Busy((("order", 1, 0.25),)), "one of four is busy"
    assert asked(Dmexclp(busy_share=0.5), line, kind="case queued").memory is None


def test_two_cases_at_once_are_not_taken_from_the_same_zone() -> None:
    line = replace(TWO_ZONES, needs=[need(7, at_m=500), need(8, at_m=500, waited_s=-1)], told=(0.4, 0.6))
    assert sent(asked(Dmexclp(busy_share=0.3), line)) == {7: 1, 8: 0}, "with one gone, the other is all the west has"


def test_preparedness_keeps_the_east_but_for_the_most_urgent() -> None:
    assert sent(asked(Preparedness(), TWO_ZONES)) == {7: 1}
    urgent = replace(TWO_ZONES, needs=[need(7, at_m=550, priority=1)])
    assert sent(asked(Preparedness(), urgent)) == {7: 2}
    assert sent(asked(Preparedness(urgent=None), urgent)) == {7: 1}


@pytest.mark.parametrize("measure", ["mean", "worst"])
def test_preparedness_that_weighs_nothing_sends_the_nearest(measure: str) -> None:
    policy = load_policy("preparedness", {"weight_s": 0, "measure": measure})
    assert sent(asked(policy, TWO_ZONES)) == {7: 2}


def test_the_worst_prepared_zone_is_the_one_with_most_demand_a_unit() -> None:
    policy = Preparedness(measure="worst")
    assert sent(asked(policy, replace(TWO_ZONES, told=(0.1, 0.9)))) == {7: 1}
    assert sent(asked(policy, replace(TWO_ZONES, told=(0.99, 0.01)))) == {7: 2}


def test_losses_of_preparedness_are_those_of_the_formula() -> None:
    policy, line = Preparedness(n_nearest=2), TWO_ZONES
    weights = line.told_by_zone(1) / line.told_by_zone(1).sum()
    found = policy.losses(line.reach_us([0, 1, 2]), [0, 1, 2], zone_weights=weights)
    west, west_without_0, west_without_1, west_without_2 = (
        1 + 0.5 / (100 / 60), 1 / (100 / 60) + 0.5 / (950 / 60), 1 + 0.5 / (950 / 60), 1 + 0.5 / (100 / 60),
    )  # fmt: skip
    east, east_without_0, east_without_1, east_without_2 = (
        1 + 0.5 / 15, 1 + 0.5 / 15, 1 + 0.5 / (1_000 / 60), 1 / 15 + 0.5 / (1_000 / 60),
    )  # fmt: skip
    left = [west_without_0 + east_without_0, west_without_1 + east_without_1, west_without_2 + east_without_2]
    assert found == pytest.approx([1 - part / (west + east) for part in left], abs=1e-9)


@pytest.mark.parametrize("policy", [Dmexclp(target_s=420.0), Preparedness(urgent=None)], ids=["dmexclp", "prepared"])
def test_in_a_whole_town_under_load_they_send_others_than_the_nearest_and_are_never_refused(policy: Dmexclp) -> None:
    facts = facts_of(begun(setting(policy=policy, units=roster(9)), surprises()))
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    orders = [fact for fact in facts if isinstance(fact, f.UnitAssigned)]
    assert len(orders) >= 15
    assert any(order.runners_up_us and min(order.runners_up_us) < order.expected_us for order in orders)


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("dmexclp", {"busy_share": 1.0}, "busy_share"),
        ("dmexclp", {"target_s": -1}, "target_s"),
        ("dmexclp", {"weeks": 9}, "weeks"),
        ("preparedness", {"measure": "median"}, "measure"),
        ("preparedness", {"fading": 0}, "fading"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(name: str, parameters: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word):
        load_policy(name, parameters)
