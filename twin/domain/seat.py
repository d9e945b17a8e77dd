"""Seats: who sits in the room, and what each may do. The one table of rights; the room asks it at every command.

A seat has a role, a name that journals may show, and perhaps areas it is limited to. How a person proves to have a
seat (a secret link) is no concern of this file, and never written beside a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from twin.domain.commands import (
    AssignUnit,
    ChangeMode,
    ChangePolicy,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    Why,
    name_of,
)


class Role(StrEnum):
    """What somebody is in the room for."""

    VIEWER = "viewer"
    DISPATCHER = "dispatcher"
    TRAINER = "trainer"
    PLANNER = "planner"
    ADMIN = "admin"


VIEWER, DISPATCHER, TRAINER, PLANNER, ADMIN = Role

DRIVE, OPEN = "drive", "open"
"""Beside commands: set the clock going, holding or jumping; and choose what the room shows."""
EXPERIMENT = "experiment"
"""Ask the lab a question, and stop it."""
QUEUES = "queues"
"""See what waits at the desks of a centre one by one; counts are for everybody."""

_DISPATCH = {name_of(kind) for kind in (AssignUnit, DivertUnit, RecallUnit, ReportProblem, StandDown)}
_WHAT_IF = {name_of(kind) for kind in (CloseRoad, ReopenRoad, ChangePolicy, ChangeMode)}

RIGHTS: dict[Role, frozenset[str]] = {
    VIEWER: frozenset(),
    DISPATCHER: frozenset(_DISPATCH | {QUEUES}),
    TRAINER: frozenset(_DISPATCH | _WHAT_IF | {QUEUES, DRIVE}),
    PLANNER: frozenset(_WHAT_IF | {QUEUES, DRIVE, EXPERIMENT}),
    ADMIN: frozenset(_DISPATCH | _WHAT_IF | {QUEUES, DRIVE, OPEN, EXPERIMENT}),
}
"""Role → what it may do: tags of commands, `DRIVE`, `OPEN`, `EXPERIMENT` and `QUEUES`."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat. `areas`: names of the city's areas it may command in; empty is everywhere."""

    name: str
    role: Role
    areas: tuple[str, ...] = ()

    def may(self, right: str) -> bool:
        """Whether its role has a right."""
        return right in RIGHTS[self.role]

    def may_give(self, command: Command) -> bool:
        """Whether its role may give such a command; areas are another matter."""
        return self.may(name_of(type(command)))


LOCAL_ADMIN = Seat("local", ADMIN)
"""Whoever sits at this machine, where the room listens to nobody else."""


def objection(seat: Seat, command: Command, *, area_of: Callable[[Command], str | None]) -> Why | None:
    """Why a seat may not give a command, None where it may: its role is asked first, then its areas.

    `area_of` names the one area a command is about, by where things are and never by what the command says of itself;
    None where it is about no place, a place in no area, or several areas. A limited seat may not give such a command:
    another policy or a street closed across a border is felt where it has no say.
    """
    if not seat.may_give(command):
        return Why.NO_RIGHT
    if seat.areas and area_of(command) not in seat.areas:
        return Why.OTHER_AREA
    return None
