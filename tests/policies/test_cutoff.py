"""A reserve for what is more urgent: it is kept, it is not forgotten, and the more urgent may use it."""

from __future__ import annotations

import pytest

from tests.agents.small_centre import called, centre, crew, lived, minutes
from tests.builders import begun, facts_of, roster, setting
from tests.policies.gridded import Overheard
from tests.policies.on_a_line import Line, asked, need, sent
from twin.domain import facts as f
from twin.domain.orders import Assign, Decision
from twin.domain.quantities import MINUTE
from twin.errors import PolicyError
from twin.policies.cutoff import Cutoff
from twin.policies.loading import load_policy
from twin.world.view import Need, View


def served(reserve: dict[int, int] | None, *needs: Need, n_free: int = 3, busy: int = 0) -> set[int]:
    free = {unit: 10 * unit for unit in range(n_free)}
    return set(sent(asked(Cutoff(reserve=reserve), Line(free, needs=needs, busy=busy))))


def test_each_priority_is_served_while_more_are_free_than_its_reserve() -> None:
    one, two, three = (need(number, at_m=0, priority=number) for number in (1, 2, 3))
    assert served(None, one) == {1}
    assert served(None, two, three) == {2}, "two are left then, and two are kept back from the third"
    assert served({2: 1, 3: 2}, three) == {3}
    assert served({2: 1, 3: 2}, three, n_free=2, busy=3) == set()
    assert served({2: 1, 3: 2}, two, n_free=1, busy=3) == set()
    assert served({2: 1, 3: 2}, one, n_free=1, busy=3) == {1}


def test_a_priority_that_is_not_named_is_kept_from_what_the_one_above_it_is() -> None:
    assert served({2: 2}, need(4, at_m=0, priority=4), need(5, at_m=0, priority=4, waited_s=9)) == {5}
    assert Cutoff(reserve={3: 2}).kept(2) == 0


def test_never_are_all_who_are_on_duty_kept_back() -> None:
    assert served({2: 9}, need(2, at_m=0)) == {2}
    assert served({2: 9}, need(2, at_m=0), busy=1) == set()


def test_the_nearest_goes_or_whoever_the_base_names() -> None:
    line = Line({0: 0, 1: 10, 2: 20}, needs=[need(2, at_m=30)])
    (order,) = asked(Cutoff(), line).orders
    assert isinstance(order, Assign)
    assert (order.unit, order.reason.rule) == (2, "cutoff")


def test_in_a_town_the_reserve_holds_at_every_order_and_all_are_served_once_it_is_quiet() -> None:
    reserve = {2: 1, 3: 2}

    def listen(view: View, waiting: list[Need], decision: Decision) -> None:
        taken: list[int] = []
        needs = {(each.case, each.need): each for each in waiting}
        for order in decision.orders:
            assert isinstance(order, Assign)
            served = needs.pop((order.case, order.need))
            assert view.n_free(served.skill, without=taken) > reserve.get(served.priority, 0)
            taken.append(order.unit)
        for left in needs.values():
            assert view.n_free(left.skill, without=taken) <= reserve.get(left.priority, 0)

    town = setting(policy=Overheard(Cutoff(reserve=reserve), listen), units=roster(9), per_hour=18.0)
    city = begun(town)
    facts = facts_of(city)
    assert not [fact for fact in facts if isinstance(fact, f.OrderRefused)]
    held_back = [fact for fact in facts if isinstance(fact, f.UnitAssigned) and fact.rule == "cutoff"]
    queued_at = {fact.case: fact.at for fact in facts if isinstance(fact, f.CaseQueued)}
    assert any(fact.at > queued_at[fact.case] for fact in held_back)
    for left in city.view().waiting():
        assert city.view().n_free(left.skill) <= reserve.get(left.priority, 0)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"reserve": {2: 2, 3: 1}}, "less is kept back"),
        ({"reserve": {2: -1}}, "reserve"),
        ({"within_s": 5}, "within_s"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(parameters: dict[str, object], word: str) -> None:
    with pytest.raises(PolicyError, match=word):
        load_policy("cutoff", parameters)


def test_a_reserve_may_be_given_as_json_has_it() -> None:
    policy = load_policy("cutoff", {"reserve": {"2": 1}})
    assert isinstance(policy, Cutoff)
    assert policy.reserve == {2: 1}


def test_a_case_that_is_held_back_is_served_as_soon_as_it_is_escalated() -> None:
    city = centre(
        limit=5 * MINUTE, raises_by=1, more={"policy": Cutoff(reserve={2: 1})}, units=crew(("fire",), ("fire",))
    )
    facts = lived(city, called(priority=1), called(priority=2, number=1))
    assert minutes(facts, f.CaseEscalated)[0] == minutes(facts, f.UnitAssigned)[1] == 6
