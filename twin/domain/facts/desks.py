"""Desks: who turns to the centre, what waits there, what is being done, and how many seats are staffed."""

from __future__ import annotations

from twin.domain.contact import Contact
from twin.domain.desk import Step
from twin.domain.facts.base import Fact
from twin.domain.problem import Channel


class ContactMade(Fact, frozen=True, gc=False, array_like=True):
    """Somebody, or something, turns to the centre; nobody has listened yet.

    `problem`: what it tells of, None where there is nothing behind it. `ready_at`: when the centre could attend to it,
    where that is later. `told_at`: when a citizen will tell of the same next. The place and matter are those told of;
    `next_…`: the next of the same modelled source. `sensed`: no citizen told of it, and those who would still will.
    """

    contact: int
    channel: Channel
    what: Contact
    problem: int | None
    area: str
    matter: str
    priority: int
    edge: int
    offset_mm: int
    source: int
    ready_at: int | None = None
    told_at: int | None = None
    next_case: int | None = None
    next_at: int | None = None
    sensed: bool = False


class ContactEnded(Fact, frozen=True, gc=False, array_like=True):
    """It was listened to. `case`: the one it was put down as, or taken for a second report of; None: none."""

    contact: int
    case: int | None = None
    opened: bool = False


class SensorSet(Fact, frozen=True, gc=False, array_like=True):
    """Which sensor will tell of a problem next, and when; `due` is None where none will."""

    problem: int
    channel: Channel
    due: int | None
    n_seen: int = 0
    """How often a sensor has told of it before."""


class TaskQueued(Fact, frozen=True, gc=False, array_like=True):
    """All seats of a desk are taken, or none is staffed: this waits."""

    desk: int
    step: Step
    about: int
    priority: int


class TaskBegan(Fact, frozen=True, gc=False, array_like=True):
    """Somebody at a desk takes it up. `ends_at`: when it will be done. `queued_at`: since when it waits, if it does."""

    desk: int
    step: Step
    about: int
    priority: int
    ends_at: int
    queued_at: int | None = None


class SeatsStaffed(Fact, frozen=True, gc=False, array_like=True):
    """From now on so many seats of a desk are staffed; what is under way there is finished in any case."""

    desk: int
    n_seats: int
