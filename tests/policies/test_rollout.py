"""A rollout looks ahead: it keeps the unit where most will be asked of it, and its futures leave no trace."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from agents.city import CityModel
from agents.demand import Matter, Places, PoissonDemand
from agents.setting import Setting
from tests.builders import begun, bytes_of, digest_of, facts_of, fixed_habits, live, report, roster, setting, streets
from twin.domain import facts as f
from twin.domain.objective import Objective
from twin.domain.orders import Assign, Decision, Reason
from twin.domain.quantities import HOUR, MINUTE, to_s
from twin.domain.route import Spot
from twin.errors import PolicyError
from twin.policies.nearest import Nearest
from twin.policies.protocol import Policy
from twin.policies.rollout import Rollout
from twin.world.view import SHIFT, Trigger, View

BUSY, QUIET, BETWEEN = 49, 7, 30
"""Streets: where an engine stands and most is reported, where another stands, and one 268 s from the first, 271 s from
the second; from the one engine to the other it is 667 s."""
QUICK = Rollout(k=2, n=6, horizon_s=1_800.0)


def two_engines(policy: Policy, *, seed: int = 1) -> Setting:
    """Urgent cases where the one engine stands, ten minutes apart in the mean."""
    lengths_mm = streets().network.length_mm
    middles = [Spot(edge, int(lengths_mm[edge]) // 2) for edge in (BUSY, QUIET)]
    first = roster(1)[0]
    units = tuple(msgspec.structs.replace(first, name=f"engine {n}", home=home) for n, home in enumerate(middles))
    urgent = PoissonDemand(
        name="crossing",
        areas=("north",),
        matters=(Matter("alarm", 1, ("fire",)),),
        rates_per_h=np.array([[6.0]]),
        rhythm=np.ones(168),
        places=Places.whole_edges((np.array([BUSY]),), length_mm=lengths_mm),
    )
    base = setting(policy=policy, habits=fixed_habits(240.0), units=units, seed=seed)
    return replace(base, sources=(urgent,))


def between(at: int, number: int = 0) -> f.CaseReported:
    """A case that is not urgent, in the middle of the street between the engines."""
    told = report(at, number, priority=3, edge=BETWEEN)
    return msgspec.structs.replace(told, offset_mm=int(streets().network.length_mm[BETWEEN]) // 2)


def test_it_leaves_the_nearest_where_more_will_be_asked_of_it() -> None:
    inputs = [between(MINUTE)]
    sent = {}
    for policy in (Nearest(), QUICK):
        facts = facts_of(begun(two_engines(policy), inputs, until=3 * MINUTE))
        sent[policy.name] = [(fact.unit, fact.rule) for fact in facts if isinstance(fact, f.UnitAssigned)]
    assert sent == {"nearest": [(0, "nearest")], "rollout": [(1, "rollout")]}


def test_it_waits_less_than_its_base_policy_on_the_same_luck() -> None:
    inputs = [between((1 + 12 * n) * MINUTE, n) for n in range(5)]
    saved = []
    for seed in (1, 2):
        costs = [cost_of(begun(two_engines(policy, seed=seed), inputs, until=HOUR)) for policy in (Nearest(), QUICK)]
        saved.append(costs[0] - costs[1])
    assert min(saved) > 0


def cost_of(city: CityModel) -> float:
    """What its arrivals so far cost."""
    facts, cost = facts_of(city), 0.0
    told = {fact.case: fact for fact in facts if isinstance(fact, f.CaseReported)}
    on = {}
    for fact in facts:
        if isinstance(fact, f.UnitAssigned):
            on[fact.unit] = told[fact.case]
        elif isinstance(fact, f.UnitArrived):
            case = on[fact.unit]
            cost += Objective().cost_s(to_s(fact.at - case.at), priority=case.priority)
    return cost


# ---------------------------------------------------------------------- what it stands on: imagined futures


def asked(city: CityModel, orders: tuple[Assign, ...] = (), *, n: int = 3) -> tuple[float, ...]:
    return city.view().imagine(orders, horizon_s=900.0, n=n)


def waiting_case() -> CityModel:
    """A city where nobody is sent, with a case that waits."""
    return begun(two_engines(Unasked()), [between(MINUTE)], until=3 * MINUTE)


class Unasked(Nearest):
    """Wants to be asked about shifts only, and there are none."""

    triggers = frozenset({SHIFT})


def test_futures_leave_no_trace_and_are_the_same_for_all_that_is_compared() -> None:
    city = waiting_case()
    before, digest = bytes_of(city.state), digest_of(city)
    view = city.view()
    once = [view.imagine((), horizon_s=900.0, n=3) for _ in range(2)]
    assert once[0] == once[1] == asked(city) == asked(city.fork("same"))
    assert once[0][:2] == asked(city, n=2)
    assert len(set(once[0])) == 3
    assert (bytes_of(city.state), digest_of(city)) == (before, digest)


def test_sending_somebody_costs_less_than_nobody() -> None:
    city = waiting_case()
    (need,) = city.view().waiting()
    order = Assign(1, need.case, need.need, Reason("by test"))
    assert all(sent < left for sent, left in zip(asked(city, (order,)), asked(city), strict=True))


@pytest.mark.parametrize("luck", [1, 7])
def test_they_say_nothing_of_the_real_future(luck: int) -> None:
    city = waiting_case()
    other = city.fork(luck)
    assert asked(other) == asked(city)
    ends = [digest_of(live(each, until=HOUR)) for each in (city, other)]
    assert ends[0] != ends[1]


class Dreaming(Nearest):
    """Imagines what it would imagine."""

    name = "dreaming"

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        view.imagine((), horizon_s=600.0, n=1, then="tests.policies.test_rollout:Dreaming")
        return super().decide(view, trigger, memory)


def test_in_an_imagined_future_nobody_imagines() -> None:
    with pytest.raises(PolicyError, match="nobody imagines futures here"):
        begun(two_engines(Dreaming()), until=HOUR)


@pytest.mark.parametrize(("horizon_s", "n"), [(0.0, 1), (-1.0, 1), (float("nan"), 1), (900.0, 0)])
def test_none_or_no_time_is_no_future(horizon_s: float, n: int) -> None:
    with pytest.raises(PolicyError, match="at least one"):
        waiting_case().view().imagine((), horizon_s=horizon_s, n=n)


def test_a_run_with_rollouts_is_the_same_from_a_snapshot() -> None:
    built = two_engines(QUICK)
    whole = digest_of(begun(built, until=40 * MINUTE))
    city = begun(built, until=20 * MINUTE)
    assert digest_of(live(CityModel.from_snapshot(built, city.snapshot()), until=40 * MINUTE)) == whole
