"""What must hold of the state of a simulated run after every fact, as a function from state to complaints.

Cheap enough to be asked after each fact of a test run. Recorded histories contradict themselves, and so may break some
of it: theirs are counted as anomalies instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from twin.domain.case import QUEUED
from twin.domain.desk import AFTER_CLOSING, BESIDE, Step
from twin.domain.unit import (
    AWAY,
    EN_ROUTE,
    FREE,
    OFF_DUTY,
    ON_SCENE,
    PARKED,
    PATROLLING,
    RETURNING,
    TURNOUT,
    UnitStatus,
)
from twin.world.desks import ALARM
from twin.world.state import State

ON_JOB = (TURNOUT, EN_ROUTE, ON_SCENE)
ALARM_OF = {TURNOUT: "roll", EN_ROUTE: "arrive", ON_SCENE: "leave", RETURNING: "home", AWAY: "back"}
"""What a unit in each status waits for."""


def check(state: State, *, at_rest: bool = False) -> list[str]:
    """What is wrong with a state, one line each; nothing, if all is well.

    Parameters
    ----------
    at_rest : whether no bell is being answered just now: only then has every unit the alarm that its status needs, and
        nobody at a desk is idle while something waits there.
    """
    found = [*_units(state), *_patrols(state), *_cases(state), *_problems(state), *_queue(state), *_alarms(state)]
    found += _desks(state)
    if at_rest:
        found += [*_awaited(state), *_desks_at_rest(state)]
        closed = sorted(state.about.keys() - state.cases.keys())
        found += [f"case {case} is closed, but still about a problem" for case in closed]
    return found


def _units(state: State) -> Iterator[str]:
    fleet = state.fleet
    for number, value in enumerate(fleet.status.tolist()):
        status, job = UnitStatus(value), state.jobs.get(number)
        if (job is not None) is not (status in ON_JOB):
            yield f"unit {number} is {status.name} and {'has a' if job else 'has no'} job"
        if (number in state.movements) and status not in (EN_ROUTE, RETURNING):
            yield f"unit {number} moves although it is {status.name}"
        if job is not None and (job.arrived_at is not None) is not (status is ON_SCENE):
            yield f"unit {number} is {status.name}, and its job says otherwise"
    if not np.array_equal(fleet.free, np.isin(fleet.status, FREE)):
        yield "the column of free units does not follow from their status"
    for number in state.postings:
        if fleet.units[number].patrols or fleet.status_of(number) is OFF_DUTY:
            yield f"unit {number} is posted although it patrols or is off duty"
    turnouts = [unit.turnout_us for unit in fleet.units]
    if not np.array_equal(fleet.delay_us, np.where(fleet.status == PARKED, np.array(turnouts, np.int64), 0)):
        yield "the column of delays does not follow from the units' status"
    if (fleet.since > state.at).any():
        yield "a unit changed its status in the future"


def _patrols(state: State) -> Iterator[str]:
    fleet = state.fleet
    for number, value in enumerate(fleet.status.tolist()):
        if value == PATROLLING and not fleet.units[number].patrols:
            yield f"unit {number} patrols although it has no beat"
        if value == OFF_DUTY and fleet.on_duty[number]:
            yield f"unit {number} is off duty and on duty"
        due = state.agenda.due("discover", number)
        if (due is not None) is not (number in state.lookouts):
            yield f"unit {number} is on the lookout without an alarm, or has one for nothing"
        if number in state.lookouts and value != PATROLLING:
            yield f"unit {number} is on the lookout although it is {UnitStatus(value).name}"


def _problems(state: State) -> Iterator[str]:
    unseen = {number for numbers in state.unseen.values() for number in numbers}
    if unseen != {number for number, problem in state.problems.items() if problem.case is None}:
        yield "the index of unseen problems does not follow from the problems"
    sensing = {who for kind, who, _ in state.agenda.pending() if kind == "sense"}
    if sensing != state.sensors.keys() or not sensing <= state.problems.keys():
        yield "the sensors that are to tell do not follow from the alarms, or are to tell of what is not there"
    for number, problem in state.problems.items():
        if problem.case is not None and number not in state.about.get(problem.case, ()):
            yield f"problem {number} has case {problem.case}, which is about something else or closed"


def _cases(state: State) -> Iterator[str]:
    served = Counter(job.case for job in state.jobs.values())
    waiting = Counter(need.case for line in state.queue.lines.values() for need in line)
    twice = [need for need, count in Counter((job.case, job.need) for job in state.jobs.values()).items() if count > 1]
    if twice:
        yield f"need {twice[0][1]} of case {twice[0][0]} has several units"
    for number, case in state.cases.items():
        if case.n_served != served[number] or case.n_waiting != waiting[number]:
            yield (
                f"case {number} counts {case.n_served} served and {case.n_waiting} waiting, "
                f"but {served[number]} and {waiting[number]} are"
            )
        if case.n_served + case.n_waiting > len(case.needs):
            yield f"case {number} has more units and waiting needs than needs"
        covered = sum(len(job.covers) for job in state.jobs.values() if job.case == number)
        if case.n_served + case.n_waiting + case.n_done + covered > len(case.needs):
            yield f"case {number} has more needs served, waiting and done than needs"
        if case.status is not QUEUED and (case.n_served or case.n_waiting):
            yield f"case {number} is served before it is ready to be dispatched"
    closed = sorted((served.keys() | waiting.keys() | {case for case, _ in state.unreachable}) - state.cases.keys())
    if closed:
        yield f"case {closed[0]} is closed, but somebody is on it or it waits"


def _desks(state: State) -> Iterator[str]:
    """Seats, lines and tasks agree; whatever is about a case is about one that is there."""
    desks = state.desks
    busy = Counter(task.desk for task in desks.tasks.values() if task.begun_at is not None)
    if busy != Counter({desk: n for desk, n in desks.n_busy.items() if n}):
        yield "the desks' counts of what is under way do not follow from the tasks"
    for desk, line in desks.lines.items():
        if line != sorted(line) or not line:
            yield f"the line at desk {desk} is out of order, or empty and kept"
    for (step, about), task in desks.tasks.items():
        rings = state.agenda.due(ALARM[step], about) is not None
        if rings is not (task.begun_at is not None):
            yield f"{step.value} about {about} is under way without an alarm, or has one for nothing"
        known = state.after if step in AFTER_CLOSING else state.contacts if step is Step.ANSWER else state.cases
        may_be_over = task.begun_at is not None and step in (*BESIDE, Step.MEDIATE)
        if about not in known and not may_be_over:
            yield f"{step.value} is to be done about {about}, which is not there"
    where = Counter(about for (step, about) in desks.tasks if step not in (*BESIDE, *AFTER_CLOSING))
    for about, n in where.items():
        if n > 1:
            yield f"{about} is at {n} desks at once"


def _desks_at_rest(state: State) -> Iterator[str]:
    """Nobody is idle while something waits; a case that is followed up is closed."""
    for desk in state.desks.lines:
        if state.desks.next(desk) is not None:
            yield f"somebody at desk {desk} has nothing to do, although something waits"
    both = sorted(state.cases.keys() & state.after.keys())
    if both:
        yield f"case {both[0]} is open and closed"


def _queue(state: State) -> Iterator[str]:
    for skill, line in state.queue.lines.items():
        if not line:
            yield f"an empty line for {skill!r} is kept"
        if line != sorted(line):
            yield f"the line for {skill!r} is out of order"
        for waiting in line:
            case = state.cases.get(waiting.case)
            if case is not None and case.needs[waiting.need] != skill:
                yield f"case {waiting.case} waits in the line for {skill!r} without a need of it"
            if (waiting.case, waiting.need) not in state.queue:
                yield f"need {waiting.need} of case {waiting.case} waits, but is not known to"


def _alarms(state: State) -> Iterator[str]:
    pending = state.agenda.pending()
    if pending and pending[0][2] < state.at:
        yield f"alarm {pending[0]} lies in the past"


def _awaited(state: State) -> Iterator[str]:
    expected = {job.case for job in state.jobs.values() if job.arrived_at is None}
    for number, value in enumerate(state.fleet.status.tolist()):
        job = state.jobs.get(number)
        if job is not None and job.arrived_at is not None and state.agenda.due("leave", number) is None:
            case = state.cases.get(job.case)
            if case is not None and (case.n_waiting or job.case in expected):
                continue
        for status, kind in ALARM_OF.items():
            if (state.agenda.due(kind, number) is not None) is not (value == status):
                yield f"unit {number} is {UnitStatus(value).name}, and its alarm {kind!r} says otherwise"
