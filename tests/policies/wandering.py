"""Rules of repositioning for tests: one gives the orders it was made with, one is restless."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from twin.domain.orders import Decision, Order, Reason, Reposition
from twin.domain.unit import PARKED, RETURNING
from twin.world.view import Trigger, TriggerKind, View


class Diary(msgspec.Struct, frozen=True):
    """How often it was asked."""

    n_asked: int = 0


class Scripted:
    """Gives the orders of its script, one batch each time it is woken."""

    name = "scripted"
    triggers = frozenset({TriggerKind.PERIOD})
    memory_type = Diary

    def __init__(self, *script: Sequence[Order], period_s: float = 300.0) -> None:
        self.script, self.period_s = script, period_s

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        n = memory.n_asked if isinstance(memory, Diary) else 0
        return Decision(tuple(self.script[n]) if n < len(self.script) else (), Diary(n + 1))


class Wandering:
    """Whoever is free waits at another station each time somebody asks, the one that is on its way first."""

    name = "wandering"
    triggers = frozenset(TriggerKind)
    memory_type = Diary
    period_s = 210.0

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        n = memory.n_asked if isinstance(memory, Diary) else 0
        stations = view.stations()
        free = [unit for unit in view.units() if unit.post is not None and unit.status in (PARKED, RETURNING)]
        orders = []
        for unit in sorted(free, key=lambda unit: (-unit.status, unit.unit))[:1]:
            station = stations[(n + unit.unit) % len(stations)]
            if view.way_to(unit.unit, station) is not None:
                to = None if station == unit.home else station
                orders.append(Reposition(unit.unit, to, Reason(self.name)))
        return Decision(tuple(orders), Diary(n + 1))
