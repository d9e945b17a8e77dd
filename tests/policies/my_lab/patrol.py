"""Policies of patrol of one's own: one that keeps the contract, and two whose orders nobody can carry out."""

from __future__ import annotations

import msgspec

from twin.domain.orders import Assign, Decision, FocusOn, Reason
from twin.policies.nearest import Nearest
from twin.policies.protocol import PATROL
from twin.world.view import Trigger, View


class Daily(Nearest):
    """Every day another street of each beat."""

    name = "daily"
    triggers = PATROL
    period_s = 86_400.0  # type: ignore[assignment]

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        day = round(view.now / 86_400e6)
        beats = {unit.unit: view.streets_of(unit.unit) for unit in view.units() if unit.patrols}
        return Decision(
            tuple(FocusOn(unit, (own[day % len(own)],), 5, Reason(self.name)) for unit, own in beats.items() if own)
        )


class Hourly(Daily):
    """The same more often, so that a short trial shows it."""

    period_s = 3_600.0


class Nobody(Daily):
    """Orders a unit that does not exist."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        return Decision((FocusOn(10_000, (), 2, Reason(self.name)),))


class Sending(Daily):
    """Sends a unit, which is for dispatch to do."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        return Decision((Assign(0, 0, 0, Reason(self.name)),))
