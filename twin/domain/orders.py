"""Orders: what a policy, or a person at the desk, tells units to do. In the imperative, with the reason."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from twin.domain.route import Spot


class OrderKind(StrEnum):
    """The kinds of order."""

    ASSIGN = "assign"
    DIVERT = "divert"
    RECALL = "recall"
    FOCUS = "focus"
    REMOTE = "handle remotely"
    REPOSITION = "reposition"


ASSIGN, DIVERT, RECALL, FOCUS, REMOTE, REPOSITION = OrderKind


BY_HAND = "by hand"
"""The rule of an order that a person gave."""


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """Why this order: the rule, what it expected, and who else was considered (unit, expected microseconds)."""

    rule: str
    expected_us: int = 0
    runners_up: tuple[tuple[int, int], ...] = ()


class Assign(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Send a free unit to one need of a case."""

    unit: int
    case: int
    need: int
    reason: Reason


class Divert(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Send a unit that has not arrived yet to another case; its old need waits again."""

    unit: int
    case: int
    need: int
    reason: Reason


class Recall(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Take a unit that has not arrived yet off its case; the need waits again."""

    unit: int
    reason: Reason


class FocusOn(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """From its next lap on, have a patrol go to these streets (edges) `factor` times as often as to the others."""

    unit: int
    streets: tuple[int, ...]
    factor: int
    reason: Reason


class Reposition(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Have a free unit wait elsewhere from now on, and go there; None: at its own station again."""

    unit: int
    to: Spot | None
    reason: Reason


class HandleRemotely(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Leave a case to those who settle things by video before anybody is sent to it.

    `within_us`: how long it may wait until somebody there takes it up; None: however long.
    """

    case: int
    within_us: int | None
    reason: Reason


Order = Assign | Divert | Recall | FocusOn | HandleRemotely | Reposition


class Decision(msgspec.Struct, frozen=True):
    """What a policy answers: orders, in the order to be carried out, and its memory from now on."""

    orders: tuple[Order, ...] = ()
    memory: msgspec.Struct | None = None
