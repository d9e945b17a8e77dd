"""A policy that sends nobody, for tests in which people do, and one that fails."""

from __future__ import annotations

from twin.domain.orders import Decision
from twin.world.view import Trigger, TriggerKind, View


class Nobody:
    """Waits for somebody at a desk."""

    name, triggers, period_s, memory_type = "nobody", frozenset(TriggerKind), None, None

    def decide(self, view: View, trigger: Trigger, memory: object) -> Decision:
        """Nothing."""
        return Decision()


class OutOfIdeas:
    """Has a bug."""

    name, triggers, period_s, memory_type = "out of ideas", frozenset(TriggerKind), None, None

    def decide(self, view: View, trigger: Trigger, memory: object) -> Decision:
        """Fails."""
        raise ZeroDivisionError("out of ideas")
