"""Whom the built-in policies send, and how a policy is found by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chisquare

from agents.habits import Habits
from tests.builders import begun, facts_of, report, roster, setting
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.quantities import MINUTE
from twin.errors import PolicyError
from twin.policies.loading import known_policies, load_policy
from twin.policies.nearest import Nearest
from twin.policies.preference_list import PreferenceList
from twin.policies.protocol import Policy
from twin.policies.random import Random
from twin.roads.ways import NoTravel

WORK = Habits(on_scene={("*", "*"): Deterministic(1_800.0)})


def sent(policy: Policy, *, n_calls: int = 6, apart: int = MINUTE) -> list[f.UnitAssigned]:
    """Who was sent to calls for a fire engine, one after the other; two of six units have both skills."""
    calls = [report((1 + n) * apart, n, edge=9 * n % 60) for n in range(n_calls)]
    city = begun(setting(policy=policy, habits=WORK, per_hour=0.0, units=roster(6)), calls, until=90 * MINUTE)
    assert not [fact for fact in facts_of(city) if isinstance(fact, f.OrderRefused)]
    return [fact for fact in facts_of(city) if isinstance(fact, f.UnitAssigned)]


def test_nearest_sends_who_is_expected_first_and_names_the_others() -> None:
    orders = sent(Nearest(runners_up=3))
    assert len(orders) == 6
    for order in orders:
        assert list(order.runners_up_us) == sorted(order.runners_up_us)
        assert all(order.expected_us <= other for other in order.runners_up_us)
        assert order.unit not in order.runners_up
    assert len(orders[0].runners_up) == 3


def test_nearest_without_runners_up_sends_the_same_units() -> None:
    assert [order.unit for order in sent(Nearest(runners_up=0))] == [order.unit for order in sent(Nearest())]


def test_a_preference_list_is_followed_from_the_top() -> None:
    lists = {"north": ["unit 5", "unit 0", "nobody", "unit 2", "unit 3"]}
    assert [order.unit for order in sent(PreferenceList(lists=lists), n_calls=4)] == [5, 0, 2, 3]


def test_who_is_busy_or_under_way_is_passed_over_even_if_first_on_the_list() -> None:
    lists = {"north": ["unit 5", "unit 0"]}
    orders = sent(PreferenceList(lists=lists, then="wait"), n_calls=2, apart=1)
    assert [order.unit for order in orders] == [5, 0]


def test_when_the_list_is_used_up_the_nearest_goes_or_the_case_waits() -> None:
    lists = {"north": ["unit 5"]}
    then_nearest = sent(PreferenceList(lists=lists), n_calls=3)
    assert then_nearest[0].unit == 5
    assert len({order.unit for order in then_nearest}) == 3
    waited = sent(PreferenceList(lists=lists, then="wait"), n_calls=3)
    assert {order.unit for order in waited} == {5}


def test_an_area_without_a_list_has_an_empty_one() -> None:
    assert sent(PreferenceList(lists={"south": ["unit 5"]}, then="wait")) == []


def test_random_sends_every_free_capable_unit_equally_often() -> None:
    units = roster(3, ways=NoTravel())
    calls = [report((1 + n) * MINUTE, n) for n in range(600)]
    built = setting(policy=Random(), ways=NoTravel(), habits=Habits(), per_hour=0.0, units=units)
    facts = facts_of(begun(built, calls, until=700 * MINUTE))
    counts = np.bincount([fact.unit for fact in facts if isinstance(fact, f.UnitAssigned)], minlength=3)
    assert counts[1] == 0
    assert chisquare(counts[[0, 2]]).pvalue > 0.01


def test_what_ships_is_known_by_name_with_what_it_prefers() -> None:
    known = known_policies()
    assert set(known) >= {"nearest", "preference_list", "random"}
    assert known["nearest"].startswith("Send the unit expected there first")


def test_a_policy_is_found_by_short_name_or_by_module_and_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    assert isinstance(load_policy("nearest", {"runners_up": 0}), Nearest)
    assert load_policy("my_lab.fair:FairShare").name == "fair_share"


@pytest.mark.parametrize(
    ("name", "parameters", "word"),
    [
        ("farthest", {}, "no such policy"),
        ("no_such_module:Policy", {}, "cannot be imported"),
        ("twin.policies.nearest:Farthest", {}, "cannot be imported"),
        ("twin.policies.protocol:DISPATCH", {}, "is not a class"),
        ("twin.errors:GridtwinError", {"message": "no"}, "a policy needs 'decide'"),
        ("nearest", {"second": 1}, "unexpected keyword argument"),
        ("preference_list", {}, "missing a required"),
    ],
)
def test_what_cannot_be_a_policy_is_told_why(name: str, parameters: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word) as raised:
        load_policy(name, parameters)
    assert raised.value.key == name
