"""The run itself: its beginning, sources, orders, commands, policies, roads and luck."""

from __future__ import annotations

from twin.domain.commands import Why
from twin.domain.facts.base import Fact
from twin.domain.orders import OrderKind


class TwinBegan(Fact, frozen=True, gc=False, array_like=True):
    """A run begins. `spec` is the checksum of all that was asked for, `city` that of the roads."""

    spec: str
    city: str
    seed: int
    replication: int


class SourceOpened(Fact, frozen=True, gc=False, array_like=True):
    """A modelled source of demand is there, and when its first case will be reported or its first problem arise."""

    source: int
    name: str
    next_case: int | None
    next_at: int | None


class OrderRefused(Fact, frozen=True, gc=False, array_like=True):
    """An order could not be carried out, and why."""

    kind: OrderKind
    unit: int
    case: int
    need: int
    why: Why


class CommandGiven(Fact, frozen=True, gc=False, array_like=True):
    """Somebody at a desk, `by`, told the twin to do something: always an input.

    `token` names this very command, which is carried out once however often it is given; `command` is what
    `twin.domain.commands.encode` makes of it.
    """

    by: str
    token: str
    command: bytes


class CommandRefused(Fact, frozen=True, gc=False, array_like=True):
    """The command of this token could not be carried out: why, and more about it, in English."""

    token: str
    why: Why
    detail: str


class PolicyChanged(Fact, frozen=True, gc=False, array_like=True):
    """From here on another policy decides, and remembers nothing yet; `desk` 0 is dispatch, 1 patrol.

    `use`: its short name or module:Class; `parameters`: what it was built with (msgpack).
    """

    desk: int
    use: str
    parameters: bytes


class PolicyWoke(Fact, frozen=True, gc=False, array_like=True):
    """A policy's own period came round; `desk` 0 is dispatch, 1 patrol, 2 postings."""

    next_at: int
    desk: int = 0


class PolicyRemembered(Fact, frozen=True, gc=False, array_like=True):
    """What a policy wants to know next time (msgpack); `desk` 0 is dispatch, 1 patrol, 2 postings."""

    memory: bytes
    desk: int = 0


class RoadClosed(Fact, frozen=True, gc=False, array_like=True):
    """These directed edges may not be entered."""

    edges: tuple[int, ...]


class RoadReopened(Fact, frozen=True, gc=False, array_like=True):
    """These directed edges may be entered again."""

    edges: tuple[int, ...]


class LuckForked(Fact, frozen=True, gc=False, array_like=True):
    """From here on chance is drawn anew: the luck, and all alarms as they now stand, in order (kind, who, due).

    Problems that nobody has reported are forgotten; those that might be there under the new luck arise after this.
    """

    luck: int
    alarms: tuple[tuple[str, int, int], ...]
