"""What a room needs of what moves on in it: a live twin (`scenarios.live`) or one that is over (`playback`)."""

from __future__ import annotations

from typing import Protocol

from scenarios.branch_future import Start
from scenarios.watch import Watch
from twin.domain.commands import Command
from twin.domain.facts import CommandGiven, CommandRefused
from twin.world.state import State


class Engine(Protocol):
    """What moves on: a live twin or a run that is over."""

    watch: Watch

    @property
    def state(self) -> State:
        """What the world holds to be true."""

    @property
    def now(self) -> int:
        """Microseconds since the epoch."""

    @property
    def n_facts(self) -> int:
        """Recorded so far."""

    @property
    def policy(self) -> str:
        """What the policy of dispatch is called."""

    def advance_to(self, until: int) -> None:
        """Let everything due by `until` happen."""

    def commit(self) -> None:
        """Write down what happened."""

    def close(self) -> None:
        """Let go of the journal."""


class Commanded(Engine, Protocol):
    """An engine that takes commands."""

    def start(self) -> Start:
        """Where futures begin: as things stand now, everything written down."""

    def carry_out(self, command: Command, *, by: str, token: str) -> CommandGiven | CommandRefused:
        """Give a command now, once a token of a seat; returns what became of it."""


class Rewound(Engine, Protocol):
    """An engine that goes back as well."""

    def seek(self, at: int) -> None:
        """Go to an instant."""
