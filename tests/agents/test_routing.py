"""Routing: who is responsible for which matter on which ground, and which places can be seen by video."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agents.city import CityModel
from agents.loop_rules import ANY, Department, LoopRules, StepRule
from agents.routing import STREET_CLASS, Routing
from tests.agents.small_centre import CASE, called, centre
from tests.centre_town import centre_town, quiet_centre, rules_of
from twin.clock.distributions import Deterministic
from twin.domain.case import Case
from twin.domain.desk import Step
from twin.domain.route import Spot
from twin.roads.network import CLASSES

ROUTES = {("rubbish", ANY): 0, (ANY, "park"): 1, ("rubbish", "park"): 2, (ANY, "market"): 3, (ANY, ANY): 4}


@pytest.mark.parametrize(
    ("matter", "grounds", "found"),
    [
        ("rubbish", ("park",), 2),
        ("vendor", ("park",), 1),
        ("rubbish", ("street",), 0),
        ("vendor", ("street",), 4),
        ("vendor", (), 4),
        ("rubbish", ("market", "park"), 3),
        ("rubbish", ("park", "market"), 2),
    ],
)
def test_the_first_ground_that_says_anything_counts_and_on_it_the_matter_before_all_matters(
    matter: str, grounds: tuple[str, ...], found: int
) -> None:
    assert LoopRules(routing=ROUTES).department_of(matter, grounds) == found


def test_where_nobody_is_named_nobody_is_responsible() -> None:
    assert LoopRules(routing={("rubbish", "park"): 0}).department_of("rubbish", ("street",)) is None


def test_a_street_is_of_the_class_it_has_on_the_map() -> None:
    setting = quiet_centre()
    city = CityModel.begin(setting)
    routing = Routing(city, rules_of(setting))
    network = setting.terrain.network
    assert network is not None
    for edge in range(0, network.n_edges, 97):
        case = _case_at(edge)
        department = routing.department_of(case)
        expected = "housing" if CLASSES[int(network.road_class[edge])] == "residential" else "enforcement"
        assert department is not None
        assert department.name == expected
    assert rules_of(setting).layers == (STREET_CLASS,)


def _case_at(edge: int) -> Case:
    return Case("ref", "here", "vendor", 1, (), Spot(edge, 0), 0)


def test_each_authority_has_a_dispatch_desk_of_its_own() -> None:
    desks = {"traffic": StepRule(0, Deterministic(1.0)), "order": StepRule(1, Deterministic(2.0))}
    rules = rules_of(centre_town())
    ours = LoopRules(authorities=desks, matters={ANY: replace(rules.matters[ANY], authority="order")})
    assert ours.rule_of(Step.DISPATCH, "anything") is desks["order"]


def test_the_body_of_some_units_is_all_who_belong_to_any_of_theirs() -> None:
    city = centre(bodies={0: "grids", 1: "police", 2: "grids", 3: "police"}, departments=(Department("all"),))
    routing = Routing(city, LoopRules())
    assert routing.body_of((0,)) == (0, 2)
    assert routing.body_of((0, 3)) == (0, 1, 2, 3)
    assert routing.body_of((7,)) == (7,)
    assert routing.body_of(()) == ()


def test_a_case_can_be_seen_where_its_finder_wears_a_camera() -> None:
    city = centre(carriers=("crew",))
    city.receive(called(finder=0))
    assert Routing(city, rules_of(city.setting)).can_be_seen(CASE)
    other = centre(carriers=("officer",))
    other.receive(called(finder=0))
    assert not Routing(other, rules_of(other.setting)).can_be_seen(CASE)
