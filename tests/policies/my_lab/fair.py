"""Spread the work: of the units that would be there about as soon as the nearest, send the one sent least often so far.

The example of `docs/policies.md`: one file, one class, no change to the core.
"""

from __future__ import annotations

import msgspec

from twin.domain.orders import Assign, Decision, Reason
from twin.domain.quantities import to_us
from twin.policies.protocol import DISPATCH
from twin.world.view import Trigger, View


class Sent(msgspec.Struct, frozen=True):
    """How often each unit has been sent, by its number."""

    times: tuple[tuple[int, int], ...] = ()


class FairShare:
    """Fair among those who are near.

    Parameters
    ----------
    slack_s : how many seconds later than the nearest a unit may be expected and still be chosen.
    """

    name = "fair_share"
    triggers = DISPATCH
    period_s = None
    memory_type = Sent

    def __init__(self, *, slack_s: float = 60.0) -> None:
        self.slack_us = to_us(slack_s)

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, the least used of the units that are near enough."""
        times = dict(memory.times) if isinstance(memory, Sent) else {}
        orders: list[Assign] = []
        for need in view.waiting(trigger):
            found = view.nearest(need, k=4, without=[order.unit for order in orders])
            near = [unit for unit in found if unit.expected_us <= found[0].expected_us + self.slack_us]
            if not near:
                continue
            best = min(near, key=lambda unit: (times.get(unit.unit, 0), unit.expected_us, unit.unit))
            times[best.unit] = times.get(best.unit, 0) + 1
            others = tuple((unit.unit, unit.expected_us) for unit in found if unit != best)
            orders.append(Assign(best.unit, need.case, need.need, Reason(self.name, best.expected_us, others)))
        return Decision(tuple(orders), Sent(tuple(sorted(times.items()))) if orders else memory)
