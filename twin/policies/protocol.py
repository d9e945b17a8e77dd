"""What a policy is: a pure function of a view, a trigger and its memory, which names what it wants to be asked.

A policy is built once from its parameters (keyword arguments, from the scenario file) and holds nothing that changes.
"""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from twin.domain.orders import Decision
from twin.world.apply_cases import WEEKS_KNOWN
from twin.world.view import Trigger, TriggerKind, View

DISPATCH = frozenset({TriggerKind.CASE_QUEUED, TriggerKind.UNIT_FREE, TriggerKind.ROADS, TriggerKind.SHIFT})
"""The triggers of a policy that answers whenever something could be sent."""

PATROL = frozenset({TriggerKind.PERIOD})
"""The triggers of a policy of patrol: it is asked every `period_s`, and about nothing else."""

NonNegative = Annotated[int, msgspec.Meta(ge=0)]
"""Type of a parameter that counts something: the types of a policy's constructor are checked when it is loaded."""

Positive = Annotated[int, msgspec.Meta(ge=1)]
"""Type of a parameter that is at least one."""

Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
"""Type of a parameter that is a span of time; infinity is none."""

Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
"""Type of a parameter that is a part of something, but not none of it."""

BusyShare = Annotated[float, msgspec.Meta(ge=0, lt=1)]
"""Type of a parameter that says for which part of their time units are busy."""

Weight = Annotated[float, msgspec.Meta(ge=0, le=1e6)]
"""Type of a parameter that says how much something counts."""

Weeks = Annotated[int, msgspec.Meta(ge=1, le=WEEKS_KNOWN - 1)]
"""Type of a parameter that says how many weeks to look back: whole ones, of those the world keeps count of."""

Factor = Annotated[int, msgspec.Meta(ge=2, le=100)]
"""Type of a parameter that says how many times as often."""


class Policy(Protocol):
    """A policy, of dispatch or of patrol.

    `period_s` asks for a `PERIOD` trigger every so often; `memory_type` is what it remembers.
    """

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
