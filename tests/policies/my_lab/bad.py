"""Policies that break the contract, each in one way, to prove that breaking it is found out."""

from __future__ import annotations

import random
from itertools import count

import msgspec

from twin.domain.orders import Assign, Decision, Reason
from twin.policies.nearest import Nearest
from twin.world.view import Trigger, TriggerKind, View
from twin.world.world_view import WorldView


class ByChance(Nearest):
    """Throws dice of its own."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        for need in view.waiting(trigger):
            if free := view.free_units(need.skill):
                return Decision((Assign(random.choice(free), need.case, need.need, Reason("chance")),))
        return Decision()


_asked = count()


class ByGlobalCounter(Nearest):
    """Takes turns, and counts them outside itself."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        for need in view.waiting(trigger):
            if free := view.free_units(need.skill):
                turn = next(_asked) % len(free)
                return Decision((Assign(free[turn], need.case, need.need, Reason("turns")),))
        return Decision()


class Counting(Nearest):
    """Counts in an attribute what it should keep in its memory."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[int] = []

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        decision = super().decide(view, trigger, memory)
        self.sent.extend(order.unit for order in decision.orders if isinstance(order, Assign))
        return decision


class OnItsClass(Nearest):
    """The same, in an attribute of its class."""

    n_asked = 0

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        type(self).n_asked += 1
        return super().decide(view, trigger, memory)


class Peeking(Nearest):
    """Looks up when the next case will come, and holds its units back until then."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        assert isinstance(view, WorldView)
        births = [due for kind, _, due in view._state.agenda.pending() if kind == "birth"]
        if births and births[0] - view.now < 120_000_000:
            return Decision((), memory)
        return super().decide(view, trigger, memory)


class PeekingAtArrivals(Nearest):
    """Sends whom the world says will have finished first."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        assert isinstance(view, WorldView)
        leaving = [due for kind, _, due in view._state.agenda.pending() if kind == "leave"]
        if leaving and leaving[0] % 2:
            return Decision((), memory)
        return super().decide(view, trigger, memory)


class SendingTheBusy(Nearest):
    """Sends the first unit of the roster, whatever it is doing."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        return Decision(tuple(Assign(0, need.case, need.need, Reason("first")) for need in view.waiting(trigger)))


class Meddling(Nearest):
    """Turns the queue round."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        decision = super().decide(view, trigger, memory)
        assert isinstance(view, WorldView)
        for line in view._state.queue.lines.values():
            line.reverse()
        return decision


class NeedingUnits(Nearest):
    """Takes it for granted that there is a first unit."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        assert view.units()[0].name
        return super().decide(view, trigger, memory)


class NeedingCases(Nearest):
    """Takes it for granted that somebody waits."""

    triggers = frozenset(TriggerKind)
    period_s = 600.0  # type: ignore[assignment]

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        if trigger.kind is TriggerKind.PERIOD:
            assert next(view.waiting(), None) is not None, "nobody waits"
        return super().decide(view, trigger, memory)


class Loose(msgspec.Struct):
    """A memory that can be written."""

    n: int = 0


class LooseMemory(Nearest):
    """Declares a memory that is not frozen."""

    memory_type = Loose  # type: ignore[assignment]


class Unannounced(Nearest):
    """Remembers without having said so."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        return Decision(super().decide(view, trigger, memory).orders, Loose(1))


class Nothing(Nearest):
    """Wants to be asked about nothing."""

    triggers = frozenset()
