"""What facts about contacts and desks do to the state; see `twin.world.apply`."""

from __future__ import annotations

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.contact import Telling
from twin.domain.desk import Step, Task
from twin.domain.ids import source_of
from twin.domain.problem import Problem
from twin.domain.route import Spot
from twin.world.desks import ALARM
from twin.world.reducer import Reducers, Remark
from twin.world.state import State


def contact_made(s: State, fact: f.ContactMade) -> Remark:
    s.agenda.disarm("birth", fact.contact)
    if fact.next_case is not None and fact.next_at is not None:
        s.agenda.arm("birth", fact.next_case, fact.next_at)
    if fact.origin is f.MODEL and fact.problem is None and source_of(fact.contact) == fact.source:
        s.last_cases[fact.source] = fact.contact
    known = None if fact.problem is None else s.problems.get(fact.problem)
    s.contacts[fact.contact] = Telling(
        fact.channel,
        fact.what,
        fact.problem,
        fact.area,
        fact.matter,
        fact.priority,
        Spot(fact.edge, fact.offset_mm),
        fact.source,
        fact.at,
        0 if known is None else known.n_sensed if fact.sensed else known.n_called,
        fact.sensed,
    )
    if known is not None and fact.problem is not None:
        _told(s, fact, fact.problem, known)
    if fact.ready_at is not None:
        s.agenda.arm("attend", fact.contact, fact.ready_at)
    return None


def _told(s: State, fact: f.ContactMade, problem: int, known: Problem) -> None:
    """Whoever told of it may tell again, whether or not anybody has listened yet."""
    if fact.sensed:
        s.problems[problem] = replace(known, n_told=known.n_told + 1, n_sensed=known.n_sensed + 1)
        return
    s.problems[problem] = replace(known, n_told=known.n_told + 1, since=fact.at)
    if s.agenda.due("tell", problem) == fact.at:
        s.agenda.disarm("tell", problem)
    if fact.told_at is not None:
        s.agenda.arm("tell", problem, fact.told_at)


def contact_ended(s: State, fact: f.ContactEnded) -> Remark:
    s.agenda.disarm("attend", fact.contact)
    end_task(s, Step.ANSWER, fact.contact)
    return None if s.contacts.pop(fact.contact, None) is not None else "a contact ended that nobody made"


def sensor_set(s: State, fact: f.SensorSet) -> Remark:
    s.agenda.disarm("sense", fact.problem)
    s.sensors.pop(fact.problem, None)
    if fact.due is not None:
        s.agenda.arm("sense", fact.problem, fact.due)
        s.sensors[fact.problem] = fact.channel, fact.n_seen
    return None


ASKED_BY = {Step.ANSWER: "attend", Step.EXTEND: "ask"}
"""Alarms that ring for a step to be done, by step."""

GIVE_UP = "give up"
"""What rings when a case has waited long enough for the video desk."""


def task_queued(s: State, fact: f.TaskQueued) -> Remark:
    _asked(s, fact.step, fact.about)
    s.desks.put(Task(fact.priority, fact.at, fact.about, fact.step, fact.desk))
    return None


def task_began(s: State, fact: f.TaskBegan) -> Remark:
    _asked(s, fact.step, fact.about)
    if fact.step is Step.REMOTE:
        s.agenda.disarm(GIVE_UP, fact.about)
    queued_at = fact.at if fact.queued_at is None else fact.queued_at
    s.desks.put(Task(fact.priority, queued_at, fact.about, fact.step, fact.desk, fact.at))
    s.agenda.arm(ALARM[fact.step], fact.about, fact.ends_at)
    return None


def _asked(s: State, step: Step, about: int) -> None:
    kind = ASKED_BY.get(step)
    if kind is not None:
        s.agenda.disarm(kind, about)


def seats_staffed(s: State, fact: f.SeatsStaffed) -> Remark:
    s.desks.n_seats[fact.desk] = fact.n_seats
    return None


def end_task(s: State, step: Step, about: int) -> None:
    """A step is done, or will not be: whoever was at it is free."""
    if s.desks.take(step, about) is not None:
        s.agenda.disarm(ALARM[step], about)


def drop_waiting(s: State, step: Step, about: int) -> None:
    """A step that nobody has begun is not to be done any more; what is under way is finished."""
    task = s.desks.tasks.get((step, about))
    if task is not None and task.begun_at is None:
        s.desks.take(step, about)


OF_DESKS: Reducers = {
    f.ContactMade: contact_made,
    f.ContactEnded: contact_ended,
    f.SensorSet: sensor_set,
    f.TaskQueued: task_queued,
    f.TaskBegan: task_began,
    f.SeatsStaffed: seats_staffed,
}
