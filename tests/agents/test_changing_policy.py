"""Dispatch goes by another policy from the moment somebody says so, and so do its forks, snapshots and replays."""

from __future__ import annotations

import msgspec
import pytest

from agents.city import CityModel
from tests.agents.commanding import CASES, DIVERTING, Idle, of, only, tell, town
from tests.builders import bytes_of, facts_of
from tests.policies.absurd import Harmful
from tests.policies.diverting import Diary
from twin.domain import facts as f
from twin.domain.commands import ChangePolicy, Why
from twin.domain.orders import Decision
from twin.domain.quantities import MINUTE
from twin.errors import PolicyError
from twin.policies.nearest import Nearest
from twin.policies.preempt import Preempt
from twin.world.view import CASE_QUEUED, Trigger, View
from twin.world.world import fold

ABSURD = "tests.policies.absurd"


def nested(deep: int) -> list[object]:
    found: list[object] = []
    for _ in range(deep):
        found = [found]
    return found


def test_another_policy_is_asked_at_once_about_everything_that_waits() -> None:
    city = town(("fire",), ("medic",))
    told = tell(city, ChangePolicy("nearest", {"runners_up": 0}))
    changed = only(told, f.PolicyChanged)
    assert (changed.desk, changed.use, msgspec.msgpack.decode(changed.parameters)) == (0, "nearest", {"runners_up": 0})
    assert [fact.rule for fact in of(told, f.UnitAssigned)] == ["nearest", "nearest"]
    assert isinstance(city.policy, Nearest)
    assert city.policy.runners_up == 0


def test_a_policy_that_wants_to_hear_of_new_cases_only_is_asked_case_by_case() -> None:
    asked: list[int | None] = []
    city = town(("fire",), ("medic",), policy=Nearest(), units=())

    class Listening(Idle):
        def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
            asked.append(trigger.case)
            return Decision()

    city._policy = None, Listening()
    city.centre.ask_about_all()
    assert asked == CASES[:2]


def test_what_the_old_policy_remembered_and_its_period_are_forgotten() -> None:
    city = town(policy=Nearest())
    tell(city, ChangePolicy(DIVERTING, {"period_s": 120.0}))
    assert city.state.agenda.due("policy", 0) == city.now + 2 * MINUTE
    city.advance_to(20 * MINUTE)
    memory = msgspec.msgpack.decode(city.state.memories[0], type=Diary)
    assert memory.n_asked > 5
    tell(city, ChangePolicy(DIVERTING, {"period_s": 60.0}))
    assert msgspec.msgpack.decode(city.state.memories[0], type=Diary).n_asked == 1
    tell(city, ChangePolicy("nearest"))
    assert city.state.memories == {}
    assert city.state.agenda.due("policy", 0) is None
    city.advance_to(30 * MINUTE)
    assert not [fact for fact in of(facts_of(city), f.PolicyWoke) if fact.at > 20 * MINUTE + MINUTE]


def test_the_policy_in_force_is_part_of_the_state_and_goes_on_with_forks_and_snapshots() -> None:
    city = town(("fire",))
    tell(city, ChangePolicy("preempt", {"steps": 2}))
    assert bytes_of(fold(facts_of(city))) == bytes_of(city.state)
    for twin in (city.fork("same"), city.fork(3), CityModel.from_snapshot(city.setting, city.snapshot())):
        assert isinstance(twin.policy, Preempt)
        assert twin.policy.steps == 2
    again = CityModel(city.setting, fold(facts_of(city)), now=city.now, journal=city.world.journal)
    assert isinstance(again.policy, Preempt)


def test_a_policy_that_is_not_there_any_more_is_told_when_a_snapshot_is_read() -> None:
    city = town()
    city.record(f.PolicyChanged(city.now, 0, "my_lab.gone:Away", msgspec.msgpack.encode({})))
    with pytest.raises(PolicyError, match=r"my_lab\.gone"):
        city.decide(Trigger(CASE_QUEUED))
    city._policy = city.state.policies[0], Nearest()
    with pytest.raises(PolicyError, match=r"my_lab\.gone"):
        CityModel.from_snapshot(city.setting, city.snapshot())


@pytest.mark.parametrize(
    ("use", "parameters", "why", "word"),
    [
        ("farthest", {}, Why.NO_SUCH_POLICY, "no such policy"),
        ("nearest", {"runners_up": -1}, Why.NO_SUCH_POLICY, "runners_up"),
        ("nearest", {"speed": 1}, Why.NO_SUCH_POLICY, "speed"),
        ("preference_list", {}, Why.NO_SUCH_POLICY, "lists"),
        ("preempt", {"gain_s": float("nan")}, Why.NO_SUCH_POLICY, "gain_s"),
        ("preempt", {"within_s": 5}, Why.NO_SUCH_POLICY, "own_grid_first"),
        ("risk_weighted", {}, Why.NOT_PLANNED_HERE, ""),
        ("twin.policies.focus_list:FocusList", {"lists": {}}, Why.NO_SUCH_POLICY, "lists"),
        (":Nearest", {}, Why.NO_SUCH_POLICY, "cannot be imported"),
        ("..up:Nearest", {}, Why.NO_SUCH_POLICY, "cannot be imported"),
        ("nowhere.at_all:Nearest", {}, Why.NO_SUCH_POLICY, "cannot be imported"),
        (f"{ABSURD}:Harmful", {}, Why.NO_SUCH_POLICY, "decide"),
        (f"{ABSURD}:Broken", {"share": 0}, Why.NO_SUCH_POLICY, "division"),
        (f"{ABSURD}:Sloppy", {"period_s": 0.0}, Why.NO_SUCH_POLICY, "period_s"),
        (f"{ABSURD}:Sloppy", {"period_s": 1e300}, Why.NO_SUCH_POLICY, "period_s"),
        ("nearest", {"runners_up": nested(40)}, Why.NO_SENSE, "deep"),
    ],
)
def test_a_policy_that_cannot_be_had_is_refused_and_the_old_one_goes_on(
    use: str, parameters: dict[str, object], why: Why, word: str
) -> None:
    city = town(("fire",), policy=Nearest())
    before = city.policy
    refused = only(tell(city, ChangePolicy(use, parameters)), f.CommandRefused)
    assert refused.why is why
    assert word in refused.detail
    assert city.policy is before
    assert city.state.policies == {}
    assert Harmful.n_built == 0


def test_a_policy_may_be_given_absurd_numbers() -> None:
    city = town(("fire",), ("medic",))
    told = tell(city, ChangePolicy("nearest", {"runners_up": (1 << 63) - 1}))
    assert len(of(told, f.UnitAssigned)) == 2
