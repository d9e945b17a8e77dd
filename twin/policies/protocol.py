"""What a policy is: a pure function of a view, a trigger and its memory, which names what it wants to be asked.

A policy is built once from its parameters (keyword arguments, from the scenario file) and holds nothing that changes.
"""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from twin.domain.orders import Decision
from twin.world.view import Trigger, TriggerKind, View

DISPATCH = frozenset({TriggerKind.CASE_QUEUED, TriggerKind.UNIT_FREE, TriggerKind.ROADS})
"""The triggers of a policy that answers whenever something could be sent."""

NonNegative = Annotated[int, msgspec.Meta(ge=0)]
"""Type of a parameter that counts something: the types of a policy's constructor are checked when it is loaded."""


class Policy(Protocol):
    """A dispatch policy. `period_s` asks for a `PERIOD` trigger every so often; `memory_type` is what it remembers."""

    @property
    def name(self) -> str:
        """What reasons call the rule."""

    @property
    def triggers(self) -> frozenset[TriggerKind]:
        """What it wants to be asked about."""

    @property
    def period_s(self) -> float | None:
        """How often it wants to be woken, if at all."""

    @property
    def memory_type(self) -> type[msgspec.Struct] | None:
        """Its memory, a frozen struct, or None."""

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Orders, and what to remember; must not change anything it is given."""
