"""A policy that cannot bear cases of priority 9."""

from __future__ import annotations

import msgspec

from twin.domain.orders import Decision
from twin.policies.nearest import Nearest
from twin.world.view import Trigger, View


class Fragile(Nearest):
    """As nearest, until such a case comes."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        if any(need.priority == 9 for need in view.waiting(trigger)):
            raise RuntimeError("priority 9")
        return super().decide(view, trigger, memory)
