"""The reposition desk: asks its policy, after dispatch was asked the same, where free units should wait.

A unit on its way there can be sent like any other. It waits there between its jobs until it is told otherwise or its
shift ends; units that patrol are posted nowhere.
"""

from __future__ import annotations

from agents.base import City, CityAgent
from agents.consulting import REPOSITION_DESK, consult
from agents.dispatcher import Dispatcher, refusal
from twin.domain import facts as f
from twin.domain.commands import Why
from twin.domain.orders import Reposition
from twin.domain.quantities import to_us
from twin.world.view import PERIOD, Trigger


class RepositionDesk(CityAgent):
    """Without a policy everybody waits at the station."""

    def __init__(self, city: City, *, dispatcher: Dispatcher) -> None:
        super().__init__(city)
        self.dispatcher, self.policy = dispatcher, city.setting.reposition_policy

    def arm(self) -> None:
        """Have the policy woken when its period is over, if it has one."""
        if self.policy is not None and self.policy.period_s is not None:
            next_at = self.city.now + to_us(self.policy.period_s)
            self.city.record(f.PolicyWoke(self.city.now, next_at, REPOSITION_DESK))

    def wake(self) -> None:
        """A period is over."""
        self.arm()
        self.decide(Trigger(PERIOD))

    def decide(self, trigger: Trigger) -> None:
        """Ask the policy, if it wants to be asked about this, and carry out what it orders."""
        city, policy = self.city, self.policy
        if policy is None or trigger.kind not in policy.triggers:
            return
        for order in consult(city, policy, city.view(), trigger, desk=REPOSITION_DESK):
            why = self.dispatcher.reposition(order) if isinstance(order, Reposition) else Why.ONLY_POSTS
            if why is not None:
                city.record(refusal(order, why, at=city.now))
