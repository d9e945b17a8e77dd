"""Take a unit from something less urgent that it has not reached yet, where that gets somebody there (much) sooner.

Priorities with preemption of units en route. In: a rule for ordinary sending. Out: its orders and, beside them,
diversions; what a diverted unit was sent for queues again, and is served in the same breath if somebody can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import heappop, heappush
from typing import Literal

import msgspec

from twin.domain.orders import Assign, Decision, Divert, Order
from twin.domain.quantities import to_us
from twin.errors import PolicyError
from twin.policies.nearest import Nearest
from twin.policies.own_grid_first import OwnGridFirst
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
    steps : a unit may be diverted from a case whose priority number is greater by at least so many.
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
        base: Literal["nearest", "own_grid_first"] = "nearest",
        steps: Positive = 1,
        gain_s: Seconds | None = 60.0,
        within_s: Seconds | None = None,
        runners_up: NonNegative = 2,
    ) -> None:
        if within_s is not None and base != "own_grid_first":
            raise PolicyError(f"within_s goes with the base own_grid_first, not with {base}", key=self.name)
        self.own_grid = OwnGridFirst(within_s=within_s, runners_up=runners_up) if base == "own_grid_first" else None
        self.nearest = Nearest(runners_up=runners_up)
        self.steps = steps
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

    def _serve(self, view: View, need: Need, taken: Collection[int]) -> tuple[Order | None, Need | None]:
        """The order for a need, if there is one, and the need that waits again because of it, if there is one."""
        base = self.nearest if self.own_grid is None else self.own_grid
        free = base.choose(view, need, taken)
        sent = self._sent_elsewhere(view, need, taken)
        diverted = soonest(candidate for unit in sent if (candidate := view.expect(need, unit)) is not None)
        if diverted and (not free or self._pays(diverted[0], view.nearest(need, without=taken)[0])):
            best = diverted[0]
            found = (best, *soonest((*diverted[1:], *free))[: self.runners_up])
            return Divert(best.unit, need.case, need.need, reason_of(self.name, found)), sent[best.unit]
        if not free:
            return None, None
        rule = base.name if self.own_grid is None else self.own_grid.rule(view, need, free[0])
        return Assign(free[0].unit, need.case, need.need, reason_of(rule, free)), None

    def _sent_elsewhere(self, view: View, need: Need, taken: Collection[int]) -> dict[int, Need]:
        """Units that may be diverted to a need, by number, each with what it was sent for.

        A unit that was sent for what it has no skill for settles something of its own finding, and is left to it.
        """
        found = {}
        for unit in view.recallable(need.skill):
            if unit.unit in taken or unit.priority is None or unit.priority < need.priority + self.steps:
                continue
            old = view.sent_for(unit.unit)
            if old is not None and old.skill in unit.skills:
                found[unit.unit] = old
        return found

    def _pays(self, diverted: Candidate, nearest: Candidate) -> bool:
        return self.gain_us is not None and diverted.expected_us + self.gain_us < nearest.expected_us

    def _is_hopeless(self, view: View, need: Need, taken: Collection[int]) -> bool:
        """Whether nobody is left for this skill, and so for those behind in the queue, who are no more urgent."""
        return not view.n_free(need.skill, without=taken) and not self._sent_elsewhere(view, need, taken)


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
