"""Try each order on imagined futures and give the one that came out best in the mean: slow, strong, a reference.

A rollout (Bertsekas and Castañón 1999) improves one decision of a base policy at a time: down the queue, what the base
would do for a need is held against sending others and against waiting, all else being as the base has it, over the
same futures. In: a view that imagines. Out: the orders of the base, changed where that was better.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from statistics import fmean
from typing import Literal

import msgspec

from twin.domain.objective import Objective
from twin.domain.orders import Assign, Decision
from twin.policies.nearest import Nearest
from twin.policies.own_grid_first import OwnGridFirst
from twin.policies.protocol import DISPATCH, NonNegative, Policy, Positive, Seconds
from twin.policies.serving import reason_of
from twin.policies.strict_grid import StrictGrid
from twin.world.view import Candidate, Need, Trigger, View

BASES: dict[str, type[Policy]] = {"nearest": Nearest, "own_grid_first": OwnGridFirst, "strict_grid": StrictGrid}

Place = tuple[int, int]
"""A need: its case and its number there."""

Plan = dict[Place, int]
"""Which unit is sent to which need."""


class Rollout:
    """What came out best.

    Parameters
    ----------
    base : whose decision is improved, and who decides in the futures.
    k : how many units, the nearest ones, are tried for each need.
    n : how many futures each is tried on.
    horizon_s : how far they go.
    late_after_s : waiting longer than this counts twice (see `twin.domain.objective`).
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "rollout"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(
        self,
        *,
        base: Literal["nearest", "own_grid_first", "strict_grid"] = "nearest",
        k: Positive = 3,
        n: Positive = 10,
        horizon_s: Seconds = 3_600.0,
        late_after_s: Seconds = 900.0,
        runners_up: NonNegative = 2,
    ) -> None:
        self.base, self.base_policy = base, BASES[base]()
        self.k, self.n, self.horizon_s, self.runners_up = k, n, horizon_s, runners_up
        self.objective = Objective(late_after_s=late_after_s)

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, as long as anybody is free: the best of what could be done for each need."""
        decided = self.base_policy.decide(view, trigger, None)
        plan = {(order.case, order.need): order.unit for order in decided.orders if isinstance(order, Assign)}
        needs = {(need.case, need.need): need for need in view.waiting(trigger)}
        settled: set[int] = set()
        for place, need in needs.items():
            if not view.n_free(need.skill, without=settled):
                continue
            found = view.nearest(need, k=self.k, without=settled)
            plans = list(_plans(view, plan, place, [each.unit for each in found], needs=needs))
            if len(plans) > 1:
                costs = [self._cost(view, each, needs) for each in plans]
                plan = plans[costs.index(min(costs))]
            if place in plan:
                settled.add(plan[place])
        return Decision(tuple(self._orders(view, plan, needs, runners_up=self.runners_up)))

    def _cost(self, view: View, plan: Plan, needs: dict[Place, Need]) -> float:
        orders = tuple(self._orders(view, plan, needs, runners_up=0))
        futures = view.imagine(orders, horizon_s=self.horizon_s, n=self.n, then=self.base, valued=self.objective)
        return fmean(futures)

    def _orders(self, view: View, plan: Plan, needs: dict[Place, Need], *, runners_up: int) -> Iterator[Assign]:
        """The orders of a plan, in the order of the queue."""
        for place, need in needs.items():
            unit = plan.get(place)
            sent = None if unit is None else view.expect(need, unit)
            if sent is not None:
                others: tuple[Candidate, ...] = ()
                if runners_up:
                    others = view.nearest(need, k=runners_up, without=tuple(plan.values()))
                yield Assign(sent.unit, *place, reason_of(self.name, (sent, *others)))


def _plans(view: View, plan: Plan, place: Place, units: Collection[int], *, needs: dict[Place, Need]) -> Iterator[Plan]:
    """The plan as it is, then with each of these units for a need, then with nobody for it."""
    yield plan
    for unit in units:
        if unit != plan.get(place):
            yield _swapped(view, plan, place, unit, needs=needs)
    if place in plan:
        yield _left(view, plan, place, needs=needs)


def _swapped(view: View, plan: Plan, place: Place, unit: int, *, needs: dict[Place, Need]) -> Plan:
    """With this unit for a need; whoever had the unit gets the other, if that can do it."""
    changed, old = dict(plan), plan.get(place)
    other = next((each for each, sent in plan.items() if sent == unit), None)
    if other is not None:
        del changed[other]
        if old is not None and view.expect(needs[other], old) is not None:
            changed[other] = old
    changed[place] = unit
    return changed


def _left(view: View, plan: Plan, place: Place, *, needs: dict[Place, Need]) -> Plan:
    """With nobody for a need: its unit goes to the first that has nobody and that it can do, or stays free."""
    changed = dict(plan)
    unit = changed.pop(place)
    for other, need in needs.items():
        if other != place and other not in plan and view.expect(need, unit) is not None:
            changed[other] = unit
            break
    return changed
