"""Every so many seconds match all that waits with all who are free, so that the sum of times and lateness is least.

In: needs that wait and the units that could be sent. Out: a minimum-cost matching (Kuhn 1955; Jonker and Volgenant
1987, as scipy has it), in batches as in ride hailing (Alonso-Mora and others, PNAS 114, 2017).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
import numpy as np
from scipy.optimize import linear_sum_assignment

from twin.domain.orders import Assign, Decision
from twin.domain.quantities import to_s
from twin.policies.protocol import NonNegative, Positive, Seconds, Weight
from twin.policies.serving import reason_of, serve_in_order, soonest
from twin.roads.network import FloatArray
from twin.world.view import Candidate, Need, Trigger, TriggerKind, View

URGENT_WEIGHTS: Mapping[int, float] = {1: 4.0, 2: 2.0}
"""What a second of lateness counts as, by priority, unless a scenario says otherwise; 1 for those not named."""

IMPOSSIBLE = 1e9
LEFT_WAITING = 1e6
"""Costs in seconds: of a pair that cannot be, and of leaving a need unserved, so that as many are served as can be."""

TIE = 1e-7
"""Seconds that a unit costs for each that comes before it by number: of equals the lower numbers are taken."""


class BatchAssignment:
    """Needs that wait are served together, not one after the other.

    Parameters
    ----------
    period_s : how often.
    at_once : needs up to this priority do not wait for the next matching if somebody is free; None: all do.
    target_s : when an arrival begins to be late, after the report.
    weights : priority → what a second of lateness counts as, beside a second of way; 1 for others.
    n_needs : how many needs of each skill are matched at a time at most, in the order of the queue.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "batch_assignment"
    memory_type = None

    def __init__(
        self,
        *,
        period_s: Seconds = 15.0,
        at_once: Positive | None = 1,
        target_s: Seconds = 600.0,
        weights: Mapping[Positive, Weight] | None = None,
        n_needs: Positive = 30,
        runners_up: NonNegative = 2,
    ) -> None:
        self.period_s = period_s
        self.at_once = 0 if at_once is None else at_once
        self.triggers = frozenset({TriggerKind.PERIOD} | ({TriggerKind.CASE_QUEUED} if self.at_once else set()))
        self.target_s = target_s
        self.weights = dict(URGENT_WEIGHTS if weights is None else weights)
        self.n_needs, self.runners_up = n_needs, runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """When the period is over, a matching; when a case is queued, the nearest unit for what cannot wait."""
        if trigger.kind is not TriggerKind.PERIOD:
            return serve_in_order(view, trigger, rule=f"{self.name}: at once", choose=self._at_once, memory=memory)
        needs = self._needs(view)
        found = {}
        for row, need in enumerate(needs):
            if candidates := view.nearest(need, k=max(len(needs), 1 + self.runners_up)):
                found[row] = candidates
        orders = [
            Assign(sent.unit, needs[row].case, needs[row].need, reason_of(self.name, (sent, *others)))
            for row, sent, others in self._matched(view, needs, found)
        ]
        return Decision(tuple(orders), memory)

    def _needs(self, view: View) -> list[Need]:
        """Those that are matched, in the order of the queue."""
        n_of: dict[str, int] = {skill: 0 for skill in view.skills_waiting() if view.n_free(skill)}
        chosen = []
        for need in view.waiting() if n_of else ():
            if n_of.get(need.skill, self.n_needs) < self.n_needs:
                n_of[need.skill] += 1
                chosen.append(need)
                if min(n_of.values()) == self.n_needs:
                    break
        return chosen

    def _matched(
        self, view: View, needs: list[Need], found: Mapping[int, tuple[Candidate, ...]]
    ) -> list[tuple[int, Candidate, tuple[Candidate, ...]]]:
        """Which need gets which unit, and the nearest of the others."""
        if not found:
            return []
        rows = list(found)
        units = sorted({candidate.unit for candidates in found.values() for candidate in candidates})
        column = {unit: place for place, unit in enumerate(units)}
        costs = np.full((len(rows), len(units) + len(rows)), IMPOSSIBLE)
        for place, row in enumerate(rows):
            for candidate in found[row]:
                unit = column[candidate.unit]
                costs[place, unit] = self.cost(needs[row], to_s(candidate.expected_us), now=view.now) + TIE * unit
            costs[place, len(units) + place] = LEFT_WAITING + self.cost_of_waiting(needs[row], now=view.now)
        matched = []
        for place, chosen in zip(*_least(costs), strict=True):
            if chosen < len(units):
                candidates = found[rows[place]]
                sent = next(candidate for candidate in candidates if candidate.unit == units[chosen])
                others = soonest(candidate for candidate in candidates if candidate is not sent)
                matched.append((rows[place], sent, others[: self.runners_up]))
        return matched

    def cost(self, need: Need, expected_s: float, *, now: int) -> float:
        """Seconds until a unit is there, and weighted seconds that it is late by then."""
        waited_s = to_s(now - need.reported_at)
        late_s = max(0.0, waited_s + expected_s - self.target_s)
        return expected_s + self.weights.get(need.priority, 1.0) * late_s

    def cost_of_waiting(self, need: Need, *, now: int) -> float:
        """What it costs to leave a need waiting: it counts as reached a whole target from now."""
        return self.weights.get(need.priority, 1.0) * (to_s(now - need.reported_at) + self.target_s)

    def _at_once(self, view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
        return view.nearest(need, k=1 + self.runners_up, without=taken) if need.priority <= self.at_once else ()


def _least(costs: FloatArray) -> tuple[list[int], list[int]]:
    """Rows, and the column of each, with the least sum of costs."""
    rows, columns = linear_sum_assignment(costs)
    return rows.tolist(), columns.tolist()
