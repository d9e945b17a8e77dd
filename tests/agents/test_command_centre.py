"""The command centre queues by priority, carries out good orders, and refuses bad ones with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from agents.city import CityModel
from agents.habits import Habits
from tests.builders import HISTORY, begun, facts_of, live, report, roster, setting
from tests.policies.diverting import Diary, Diverting
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.case import CaseStatus, NeedLost
from twin.domain.ids import case_id
from twin.domain.orders import Assign, Decision, Divert, FocusOn, Order, Reason, Recall
from twin.domain.quantities import MINUTE
from twin.domain.unit import Freed
from twin.errors import PolicyError
from twin.journal.digest import canonical
from twin.roads.ways import NoTravel
from twin.world.view import CASE_QUEUED, UNIT_FREE, Trigger, View

WHY = Reason("by hand")
CASES = [case_id(HISTORY, 0, number) for number in range(4)]
WORK = Habits(on_scene={("*", "*"): Deterministic(600.0)}, turnout={"*": Deterministic(60.0)})


class ByHand:
    """Gives the orders it was told to give, one list a question, then none."""

    name, period_s, memory_type = "by hand", None, None
    triggers = frozenset({CASE_QUEUED})

    def __init__(self, *answers: Sequence[Order]) -> None:
        self.answers = list(answers)

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        return Decision(tuple(self.answers.pop(0)) if self.answers else ())


def city_with(*answers: Sequence[Order], habits: Habits = WORK, n_calls: int = 1) -> CityModel:
    built = setting(policy=ByHand(*answers), habits=habits, per_hour=0.0, units=roster(3))
    needs = (("fire",), ("medic",), ("fire", "medic"), ("fire",))
    calls = [report((1 + n) * MINUTE, n, needs=needs[n], priority=3 - n % 3) for n in range(n_calls)]
    return begun(built, calls, until=(1 + n_calls) * MINUTE)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        (Assign(99, CASES[0], 0, WHY), "no such unit"),
        (Assign(-1, CASES[0], 0, WHY), "no such unit"),
        (Assign(0, 12345, 0, WHY), "no such open case"),
        (Assign(0, CASES[0], 1, WHY), "no such need"),
        (Assign(0, CASES[0], -1, WHY), "no such need"),
        (Assign(1, CASES[0], 0, WHY), "the unit lacks the skill"),
        (Assign(0, CASES[0], 0, Reason("by dice", 1 << 63)), "its numbers make no sense"),
        (Assign(0, CASES[0], 0, Reason("by dice", 1, ((0, 1 << 80),))), "its numbers make no sense"),
        (Assign(1 << 90, CASES[0], 0, WHY), "no such unit"),
        (Assign(0, 1 << 90, 0, WHY), "no such open case"),
        (Assign(0, CASES[0], 1 << 90, WHY), "no such need"),
        (FocusOn(0, (1,), 2, WHY), "dispatch does not plan patrols"),
        (Divert(0, CASES[0], 0, WHY), "the unit is not on its way to a case"),
        (Recall(0, WHY), "the unit is not on its way to a case"),
        (Recall(77, WHY), "no such unit"),
    ],
)
def test_a_bad_order_is_refused_with_the_reason_and_changes_nothing(order: Order, why: str) -> None:
    city = city_with([order])
    refused = [fact for fact in facts_of(city) if isinstance(fact, f.OrderRefused)]
    assert [fact.why for fact in refused] == [why]
    assert all(canonical([fact]) for fact in refused), "a journal can keep it"
    assert city.state.jobs == {}
    assert city.state.cases[CASES[0]].n_waiting == 1


def test_a_need_is_given_to_one_unit_only_and_a_unit_one_need() -> None:
    both = [Assign(0, CASES[0], 0, WHY), Assign(2, CASES[0], 0, WHY)]
    again = [Assign(0, CASES[1], 0, WHY)]
    city = city_with(both, again, n_calls=2)
    refused = [fact.why for fact in facts_of(city) if isinstance(fact, f.OrderRefused)]
    assert refused == ["the need is not waiting", "the unit lacks the skill"]
    assert list(city.state.jobs) == [0]


def test_what_is_no_order_is_a_fault_of_the_policy() -> None:
    with pytest.raises(PolicyError, match="is not an order"):
        city_with(["go"])  # type: ignore[list-item]


def test_a_unit_that_is_turning_out_can_be_recalled_and_the_need_waits_again() -> None:
    city = city_with([Assign(0, CASES[0], 0, WHY)], [Recall(0, WHY)], n_calls=2)
    freed = [fact for fact in facts_of(city) if isinstance(fact, f.UnitFreed)]
    assert [(fact.case, fact.cause) for fact in freed] == [(CASES[0], Freed.RECALLED)]
    assert (CASES[0], 0) in city.state.queue
    assert city.state.agenda.due("roll", 0) is None


def test_a_unit_under_way_can_be_diverted_and_drives_on_from_where_it_is() -> None:
    city = city_with([Assign(2, CASES[0], 0, WHY)], [], [Divert(2, CASES[2], 1, WHY)], n_calls=3)
    facts = facts_of(city)
    second = [fact for fact in facts if isinstance(fact, f.UnitAssigned)][1]
    freed = next(fact for fact in facts if isinstance(fact, f.UnitFreed))
    assert freed.cause is Freed.DIVERTED
    assert (second.edges[0], second.start_mm) == (freed.edge, freed.offset_mm)
    assert second.rolls_at is None
    assert any(isinstance(fact, f.UnitRolled) and fact.at == second.at for fact in facts)
    assert (CASES[0], 0) in city.state.queue


def test_a_unit_at_work_can_be_neither_diverted_nor_recalled() -> None:
    orders: tuple[list[Order], ...] = [Assign(0, CASES[0], 0, WHY)], [Recall(0, WHY), Divert(0, CASES[1], 0, WHY)]
    built = setting(policy=ByHand(*orders), habits=WORK, per_hour=0.0, units=roster(3), ways=NoTravel())
    calls = [report(MINUTE, 0), report(5 * MINUTE, 1)]
    city = begun(built, calls, until=6 * MINUTE)
    refused = [fact.why for fact in facts_of(city) if isinstance(fact, f.OrderRefused)]
    assert refused == ["the unit is not on its way to a case"] * 2


def test_the_queue_is_by_priority_then_age_then_number() -> None:
    built = setting(habits=WORK, per_hour=0.0, units=())
    calls = [
        report(at * MINUTE, n, priority=priority) for n, (at, priority) in enumerate([(1, 3), (2, 1), (2, 3), (2, 1)])
    ]
    city = begun(built, calls, until=5 * MINUTE)
    assert [need.case for need in city.view().waiting()] == [CASES[1], CASES[3], CASES[0], CASES[2]]


def test_intake_and_processing_take_their_time_and_are_told() -> None:
    habits = Habits(intake=Deterministic(90.0), processing=Deterministic(30.0))
    city = begun(setting(habits=habits, per_hour=0.0, units=()), [report(MINUTE, 0)], until=10 * MINUTE)
    stamps = {
        type(fact): fact.at
        for fact in facts_of(city)
        if isinstance(fact, f.IntakeBegan | f.CaseRegistered | f.CaseQueued)
    }
    assert stamps == {f.IntakeBegan: MINUTE, f.CaseRegistered: 150_000_000, f.CaseQueued: 180_000_000}
    assert city.state.cases[CASES[0]].status is CaseStatus.QUEUED


def test_a_need_that_nobody_can_meet_is_given_up_and_the_rest_of_the_case_goes_on() -> None:
    built = setting(habits=WORK, per_hour=0.0, ways=NoTravel())
    city = begun(built, [report(MINUTE, 0, needs=("diver", "fire"))], until=30 * MINUTE)
    facts = facts_of(city)
    given_up = [fact for fact in facts if isinstance(fact, f.NeedGivenUp)]
    assert [(fact.need, fact.why) for fact in given_up] == [(0, NeedLost.NO_SUCH_SKILL)]
    assert [type(fact) for fact in facts][-1] is f.CaseClosed
    assert city.state.cases == {}


def test_a_case_closes_when_its_last_unit_is_free() -> None:
    built = setting(habits=WORK, per_hour=0.0, ways=NoTravel())
    city = begun(built, [report(MINUTE, 0, needs=("fire", "medic"))], until=30 * MINUTE)
    order = [type(fact).__name__ for fact in facts_of(city)]
    assert order.count("UnitFreed") == 2
    assert order.index("CaseClosed") > max(n for n, name in enumerate(order) if name == "UnitFreed")


def test_memory_is_kept_only_when_it_changed() -> None:
    policy = Diverting(period_s=60.0)
    city = begun(setting(policy=policy, per_hour=0.0), until=10 * MINUTE)
    remembered = [fact for fact in facts_of(city) if isinstance(fact, f.PolicyRemembered)]
    diaries = [msgspec.msgpack.decode(fact.memory, type=Diary) for fact in remembered]
    assert [diary.n_asked for diary in diaries] == list(range(1, 10))


def test_the_policy_is_woken_by_its_own_period() -> None:
    city = begun(setting(policy=Diverting(period_s=120.0), per_hour=0.0), until=10 * MINUTE)
    woken = [fact.at for fact in facts_of(city) if isinstance(fact, f.PolicyWoke)]
    assert woken == [0, *(n * 2 * MINUTE for n in range(1, 5))]


def test_a_policy_is_asked_only_about_what_it_named() -> None:
    asked: list[str] = []

    class Listening(ByHand):
        triggers = frozenset({UNIT_FREE})

        def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
            asked.append(trigger.kind)
            return Decision()

    city = begun(setting(policy=Listening(), habits=WORK, per_hour=0.0), [report(MINUTE, 0)], until=5 * MINUTE)
    live(city, until=6 * MINUTE)
    assert asked == []
