"""A restless dispatcher for tests: it diverts units under way to more urgent cases, recalls some, and keeps a diary."""

from __future__ import annotations

import msgspec

from twin.domain.orders import Assign, Decision, Divert, Order, Reason, Recall
from twin.domain.unit import EN_ROUTE, TURNOUT
from twin.world.view import Candidate, Need, Trigger, TriggerKind, UnitSeen, View


class Diary(msgspec.Struct, frozen=True):
    """How often it was asked, and whom it diverted last."""

    n_asked: int = 0
    n_diverted: int = 0
    last: tuple[int, int] | None = None


class Diverting:
    """Nearest; for a need without a free unit, the nearest unit under way to something less urgent."""

    name = "diverting"
    triggers = frozenset(TriggerKind)
    memory_type = Diary

    def __init__(self, *, period_s: float | None = 120.0, recall_every: int = 4) -> None:
        self.period_s = period_s
        self.recall_every = recall_every

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        diary = memory if isinstance(memory, Diary) else Diary()
        n_asked, n_diverted, last = diary.n_asked + 1, diary.n_diverted, diary.last
        orders: list[Order] = []
        taken: set[int] = set()
        for need in view.waiting():
            found = view.nearest(need, k=2, without=taken)
            if found:
                taken.add(found[0].unit)
                orders.append(Assign(found[0].unit, need.case, need.need, _reason(found)))
                continue
            diverted = _diverted(view, need, taken)
            if diverted is not None:
                taken.add(diverted.unit)
                n_diverted, last = n_diverted + 1, (diverted.unit, need.case)
                orders.append(Divert(diverted.unit, need.case, need.need, _reason((diverted,))))
        if trigger.kind is TriggerKind.PERIOD and not orders and n_asked % self.recall_every == 0:
            turning_out = [unit.unit for unit in view.units() if unit.status in (EN_ROUTE, TURNOUT)]
            orders += [Recall(unit, Reason(self.name)) for unit in turning_out[:1]]
        return Decision(tuple(orders), Diary(n_asked, n_diverted, last))


def _diverted(view: View, need: Need, taken: set[int]) -> Candidate | None:
    able = [unit for unit in view.units() if _less_urgent(unit, need) and unit.unit not in taken]
    found = [candidate for unit in able if (candidate := view.expect(need, unit.unit)) is not None]
    return min(found, key=lambda candidate: (candidate.expected_us, candidate.unit), default=None)


def _less_urgent(unit: UnitSeen, need: Need) -> bool:
    return unit.status in (EN_ROUTE, TURNOUT) and unit.priority is not None and unit.priority > need.priority


def _reason(found: tuple[Candidate, ...]) -> Reason:
    return Reason("diverting", found[0].expected_us, tuple((other.unit, other.expected_us) for other in found[1:]))
