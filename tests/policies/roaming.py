"""A patrol policy for tests: every ten minutes it sends each patrol more often to other streets."""

from __future__ import annotations

import msgspec

from twin.domain.orders import Decision, FocusOn, Reason
from twin.world.view import Trigger, TriggerKind, View


class Rounds(msgspec.Struct, frozen=True):
    """How often it has been asked."""

    n: int


class Roaming:
    """A third of the streets, another third each time."""

    name = "roaming"
    triggers = frozenset({TriggerKind.PERIOD})
    period_s = 600.0
    memory_type = Rounds

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """A focus for each unit on patrol."""
        n = memory.n if isinstance(memory, Rounds) else 0
        orders = tuple(
            FocusOn(unit.unit, view.streets_of(unit.unit)[n % 3 :: 3], 3, Reason(self.name))
            for unit in view.units()
            if unit.patrols
        )
        return Decision(orders, Rounds(n + 1))
