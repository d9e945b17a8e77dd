"""The centre at one instant: its desks, what waits there, who is calling, and what came by which channel today.

In: a state of the world, what its desks are called, and counts of channels. Out: a `CentreShown`, part of a moment.
Of contacts that nobody has listened to yet there are counts and waits by channel alone: what they say, and where they
come from, the centre does not know yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.domain.desk import Step, Task
from twin.domain.problem import Channel
from twin.metrics.channels import ChannelDay
from twin.world.state import State

MOST_IN_LINE = 50
"""So much of what waits at a desk is shown one by one: what will be taken up first."""


class DeskNamed(NamedTuple):
    """A desk as the scenario calls it. `is_office`: a department deals with cases there."""

    name: str
    is_office: bool = False


class TaskShown(NamedTuple):
    """A step that waits at a desk, of which case, and since when. `ref` is free text from a feed."""

    step: Step
    case: int
    ref: str
    matter: str
    since: int


class DeskShown(NamedTuple):
    """A desk. `waits_since`: since when what waits longest does; `n_calls` of `n_waiting` are contacts.

    `line`: the cases that wait, as many as are shown, in the order they will be taken up.
    """

    name: str
    is_office: bool
    n_seats: int
    n_busy: int
    n_waiting: int
    n_calls: int
    waits_since: int | None
    line: tuple[TaskShown, ...] = ()


class CallsShown(NamedTuple):
    """Contacts by a channel that wait for somebody to listen, and those somebody is listening to."""

    channel: Channel
    n_waiting: int
    n_answering: int
    waits_since: int | None


@dataclass(frozen=True, slots=True)
class CentreShown:
    """The centre. `desks` by number; `mode`: "" as usual; `calls` and `channels` by channel, without idle ones."""

    mode: str
    desks: tuple[DeskShown, ...]
    calls: tuple[CallsShown, ...]
    channels: tuple[ChannelDay, ...] = ()


def centre_of(state: State, desks: Sequence[DeskNamed], *, channels: tuple[ChannelDay, ...]) -> CentreShown:
    """The centre in a state."""
    return CentreShown(
        state.mode,
        tuple(_desk(state, number, named) for number, named in enumerate(desks)),
        _calls(state),
        channels,
    )


def _desk(state: State, number: int, named: DeskNamed) -> DeskShown:
    line = state.desks.lines.get(number, [])
    return DeskShown(
        named.name,
        named.is_office,
        state.desks.n_seats.get(number, 0),
        state.desks.n_busy.get(number, 0),
        len(line),
        sum(task.step is Step.ANSWER for task in line),
        min((task.queued_at for task in line), default=None),
        tuple(_cases_in(state, line)),
    )


def _cases_in(state: State, line: Iterable[Task]) -> Iterable[TaskShown]:
    n = 0
    for task in line:
        case = None if task.step is Step.ANSWER else state.cases.get(task.about) or state.after.get(task.about)
        if case is not None and n < MOST_IN_LINE:
            n += 1
            yield TaskShown(task.step, task.about, case.ref, case.matter, task.queued_at)


def _calls(state: State) -> tuple[CallsShown, ...]:
    tasks: dict[Channel, list[Task]] = {}
    for (step, contact), task in state.desks.tasks.items():
        told = state.contacts.get(contact) if step is Step.ANSWER else None
        if told is not None:
            tasks.setdefault(told.channel, []).append(task)
    found = []
    for channel in Channel:
        those = tasks.get(channel, [])
        waiting = [task.queued_at for task in those if task.begun_at is None]
        if those:
            found.append(CallsShown(channel, len(waiting), len(those) - len(waiting), min(waiting, default=None)))
    return tuple(found)
