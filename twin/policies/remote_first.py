"""Have the video desk try before anybody travels: units go to what it could not settle, or had no time for.

Centres with cameras and body-worn video settle small matters from the desk (Yizhuang town does). Where there is no such
desk, or a place cannot be seen, units are sent at once.
"""

from __future__ import annotations

import msgspec

from twin.domain.orders import Assign, Decision, HandleRemotely, Order, Reason
from twin.domain.quantities import to_us
from twin.policies.base_rule import Base, base_rule
from twin.policies.protocol import DISPATCH, NonNegative, Positive, Seconds
from twin.policies.serving import reason_of
from twin.world.view import Trigger, View


class RemoteFirst:
    """A case goes to the desk whole, and comes back into the queue, in its old place, if somebody has to go after all.

    Parameters
    ----------
    wait_s : how long a case may wait until somebody at the desk takes it up; None: however long.
    urgent : to cases up to this priority units are sent at once; None: to none.
    base : who is sent, where somebody is.
    within_s : as of `own_grid_first`; only with that base.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "remote_first"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(
        self,
        *,
        wait_s: Seconds | None = 600.0,
        urgent: Positive | None = 1,
        base: Base = "nearest",
        within_s: Seconds | None = None,
        runners_up: NonNegative = 2,
    ) -> None:
        self.wait_us = None if wait_s is None else to_us(wait_s)
        self.urgent = 0 if urgent is None else urgent
        self.base = base_rule(base, within_s=within_s, runners_up=runners_up, key=self.name)

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue: to the desk, or somebody is sent."""
        orders: list[Order] = []
        taken: set[int] = set()
        left: set[int] = set()
        for need in view.waiting(trigger):
            if need.case in left:
                continue
            if need.priority > self.urgent and view.can_try_remotely(need):
                left.add(need.case)
                orders.append(HandleRemotely(need.case, self.wait_us, Reason(self.name)))
            elif found := self.base.choose(view, need, taken):
                taken.add(found[0].unit)
                reason = reason_of(self.base.rule(view, need, found[0]), found)
                orders.append(Assign(found[0].unit, need.case, need.need, reason))
        return Decision(tuple(orders), memory)
