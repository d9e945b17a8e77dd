"""Take a unit from something less urgent that it has not reached yet, where that gets somebody there (much) sooner.

Priorities with preemption of units en route. In: a rule for ordinary sending, and which priorities may take units from
which. Out: its orders and, beside them, diversions; what a diverted unit was sent for queues again, and is served in
the same breath if somebody can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import heappop, heappush

import msgspec

from twin.domain.orders import Assign, Decision, Divert, Order
from twin.domain.quantities import to_us
from twin.errors import PolicyError
from twin.policies.base_rule import Base, base_rule
from twin.policies.protocol import DISPATCH, NonNegative, Positive, Seconds
from twin.policies.serving import reason_of, soonest
from twin.world.view import Candidate, Need, Trigger, View

Place = tuple[int, int, int, int]
"""Place in the queue: priority, age, case, need. No two needs share one."""


class Preempt:
    """Urgent first, even when everybody is on the way elsewhere. Whoever has arrived stays.

    Parameters
    ----------
    base : who is sent where nobody need be diverted.
    steps : a unit may be diverted from a case whose priority number is greater by at least so many; None: by one.
    matrix : instead of `steps`: priority → the less urgent ones whose units under way it may take. One that is not
        named may take none.
    gain_s : though somebody is free, divert a unit that is expected more than so many seconds before the nearest of
        them; None: never.
    within_s : as of `own_grid_first`; only with that base.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "preempt"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(
        self,
        *,
        base: Base = "nearest",
        steps: Positive | None = None,
        matrix: Mapping[Positive, Sequence[Positive]] | None = None,
        gain_s: Seconds | None = 60.0,
        within_s: Seconds | None = None,
        runners_up: NonNegative = 2,
    ) -> None:
        if steps is not None and matrix is not None:
            raise PolicyError("steps and matrix both say who may be taken: give one of them", key=self.name)
        self.base = base_rule(base, within_s=within_s, runners_up=runners_up, key=self.name)
        self.steps = 1 if steps is None else steps
        self.matrix = None if matrix is None else _checked(matrix)
        self.gain_us = None if gain_s is None else to_us(gain_s)
        self.runners_up = runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, pre-empted needs in their places: somebody free, or somebody diverted."""
        orders: list[Order] = []
        taken: set[int] = set()
        hopeless: set[str] = set()
        again: list[tuple[Place, Need]] = []
        for need in _in_order(view.waiting(trigger), again):
            if need.skill in hopeless:
                continue
            order, old = self._serve(view, need, taken)
            if order is not None:
                taken.add(order.unit)
                orders.append(order)
            elif self._is_hopeless(view, need, taken):
                hopeless.add(need.skill)
                if hopeless.issuperset((*view.skills_waiting(trigger), *(queued.skill for _, queued in again))):
                    break
            if old is not None:
                heappush(again, (_place(old), old))
        return Decision(tuple(orders), memory)

    def _serve(self, view: View, need: Need, taken: Collection[int]) -> tuple[Assign | Divert | None, Need | None]:
        """The order for a need, if there is one, and the need that waits again because of it, if there is one."""
        free = self.base.choose(view, need, taken)
        sent = self._sent_elsewhere(view, need, taken)
        diverted = soonest(candidate for unit in sent if (candidate := view.expect(need, unit)) is not None)
        if diverted and (not free or self._pays(diverted[0], view.nearest(need, without=taken)[0])):
            best = diverted[0]
            found = (best, *soonest((*diverted[1:], *free))[: self.runners_up])
            return Divert(best.unit, need.case, need.need, reason_of(self.name, found)), sent[best.unit]
        if not free:
            return None, None
        rule = self.base.rule(view, need, free[0])
        return Assign(free[0].unit, need.case, need.need, reason_of(rule, free)), None

    def _sent_elsewhere(self, view: View, need: Need, taken: Collection[int]) -> dict[int, Need]:
        """Units that may be diverted to a need, by number, each with what it was sent for.

        A unit that was sent for what it has no skill for settles something of its own finding, and is left to it.
        """
        found = {}
        for unit in view.recallable(need.skill):
            if unit.unit in taken or unit.priority is None or not self._may_take(need.priority, unit.priority):
                continue
            old = view.sent_for(unit.unit)
            if old is not None and old.skill in unit.skills:
                found[unit.unit] = old
        return found

    def _pays(self, diverted: Candidate, nearest: Candidate) -> bool:
        return self.gain_us is not None and diverted.expected_us + self.gain_us < nearest.expected_us

    def _may_take(self, priority: int, other: int) -> bool:
        """Whether a unit may be diverted to one priority from another."""
        if self.matrix is None:
            return other >= priority + self.steps
        return other in self.matrix.get(priority, ())

    def _is_hopeless(self, view: View, need: Need, taken: Collection[int]) -> bool:
        """Whether nobody is left for this skill, neither for this need nor for those behind it in the queue.

        Those are no more urgent, but a matrix may let them take what a more urgent one may not.
        """
        if view.n_free(need.skill, without=taken):
            return False
        behind = (need.priority,) if self.matrix is None else tuple(own for own in self.matrix if own >= need.priority)
        moving = [unit.priority for unit in view.recallable(need.skill) if unit.unit not in taken]
        return not any(other is not None and self._may_take(own, other) for own in behind for other in moving)


def _checked(matrix: Mapping[int, Sequence[int]]) -> dict[int, tuple[int, ...]]:
    """A redispatch matrix by priority.

    Raises
    ------
    PolicyError : a priority would take units from one that is as urgent or more, which could take them back.
    """
    for own, others in matrix.items():
        for other in others:
            if other <= own:
                raise PolicyError(f"matrix: priority {own} may not take units from {other}", key=Preempt.name)
    return {own: tuple(sorted(set(others))) for own, others in sorted(matrix.items())}


def _place(need: Need) -> Place:
    return need.priority, need.reported_at, need.case, need.need


def _in_order(waiting: Iterator[Need], again: list[tuple[Place, Need]]) -> Iterator[Need]:
    """Needs that wait and, each in its place among them, those that come to wait `again` meanwhile (a heap)."""
    for need in waiting:
        while again and again[0][0] < _place(need):
            yield heappop(again)[1]
        yield need
    while again:
        yield heappop(again)[1]
