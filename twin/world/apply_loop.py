"""What facts of the case loop do to the state; see `twin.world.apply`."""

from __future__ import annotations

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.case import ACCEPTED, CHECKED, CLOSED, DISPATCHED, HANDLED, REGISTERED, Waiting
from twin.domain.desk import Step
from twin.world.apply_cases import closed
from twin.world.apply_desks import GIVE_UP, drop_waiting, end_task
from twin.world.reducer import Reducers, Remark
from twin.world.state import State

PATROL_DESK = 1
"""The desk whose policy may be another in another mode: that one remembers nothing yet."""


def accepted(s: State, fact: f.CaseAccepted) -> Remark:
    end_task(s, Step.ACCEPT, fact.case)
    s.cases[fact.case] = replace(s.cases[fact.case], status=ACCEPTED, since=fact.at)
    return None


def refused(s: State, fact: f.CaseRefused) -> Remark:
    return closed(s, f.CaseClosed(fact.at, fact.case))


def dispatched(s: State, fact: f.CaseDispatched) -> Remark:
    end_task(s, Step.DISPATCH, fact.case)
    case = s.cases[fact.case]
    s.cases[fact.case] = replace(case, status=DISPATCHED, since=fact.at, department=fact.department)
    if fact.returns_at is not None:
        s.agenda.arm("return", fact.case, fact.returns_at)
    return None


def returned(s: State, fact: f.CaseReturned) -> Remark:
    s.agenda.disarm("return", fact.case)
    case = s.cases[fact.case]
    s.cases[fact.case] = replace(case, status=REGISTERED, since=fact.at, department="", n_returns=case.n_returns + 1)
    return None


def chief_decided(s: State, fact: f.ChiefDecided) -> Remark:
    end_task(s, Step.CHIEF, fact.case)
    return None


def covered(s: State, fact: f.NeedsCovered) -> Remark:
    case, job = s.cases[fact.case], s.jobs[fact.unit]
    for need in fact.covers:
        s.queue.remove(case.needs[need], fact.case, need)
    s.cases[fact.case] = replace(case, n_waiting=case.n_waiting - len(fact.covers))
    s.jobs[fact.unit] = replace(job, covers=fact.covers)
    return None


def work_began(s: State, fact: f.WorkBegan) -> Remark:
    for unit, leaves_at in zip(fact.units, fact.leave_at, strict=True):
        s.jobs[unit] = replace(s.jobs[unit], begun_at=fact.at)
        s.agenda.arm("leave", unit, leaves_at)
    return None


def remote_tried(s: State, fact: f.RemoteTried) -> Remark:
    case = s.cases[fact.case]
    for need in case.needs_of(case.stage):
        s.queue.remove(case.needs[need], fact.case, need)
        s.unreachable.discard((fact.case, need))
    s.cases[fact.case] = replace(case, status=DISPATCHED, since=fact.at, n_waiting=0, tried_remotely=True)
    if fact.gives_up_at is not None:
        s.agenda.arm(GIVE_UP, fact.case, fact.gives_up_at)
    return None


def remote_given_up(s: State, fact: f.RemoteGivenUp) -> Remark:
    s.agenda.disarm(GIVE_UP, fact.case)
    drop_waiting(s, Step.REMOTE, fact.case)
    return None


def remote_failed(s: State, fact: f.RemoteFailed) -> Remark:
    end_task(s, Step.REMOTE, fact.case)
    s.cases[fact.case] = replace(s.cases[fact.case], tried_remotely=True)
    return None


def handled(s: State, fact: f.CaseHandled) -> Remark:
    for step in (Step.REMOTE, Step.OFFICE):
        end_task(s, step, fact.case)
    s.agenda.disarm("ask", fact.case)
    case = s.cases[fact.case]
    s.cases[fact.case] = replace(
        case, status=HANDLED, since=fact.at, barred=fact.barred, is_done=fact.is_done, n_done=0
    )
    return None


def check_sent(s: State, fact: f.CheckSent) -> Remark:
    end_task(s, Step.SEND_CHECK, fact.case)
    return None


def checked(s: State, fact: f.CaseChecked) -> Remark:
    case = s.cases[fact.case]
    if fact.passed:
        s.cases[fact.case] = replace(case, status=CHECKED, since=fact.at)
    else:
        s.cases[fact.case] = replace(case, status=REGISTERED, since=fact.at, n_reworks=case.n_reworks + 1)
    return None


def suspended(s: State, fact: f.CaseSuspended) -> Remark:
    s.agenda.disarm("overdue", fact.case)
    s.agenda.disarm("ask", fact.case)
    s.agenda.arm("resume", fact.case, fact.until_at)
    s.cases[fact.case] = replace(s.cases[fact.case], held_since=fact.at)
    return None


def resumed(s: State, fact: f.CaseResumed) -> Remark:
    s.agenda.disarm("resume", fact.case)
    s.cases[fact.case] = replace(s.cases[fact.case], held_since=None)
    return None


def deadline_set(s: State, fact: f.DeadlineSet) -> Remark:
    case = s.cases[fact.case]
    s.cases[fact.case] = replace(case, extra_us=fact.extra_us, deadline_at=fact.deadline_at)
    if not case.is_late and case.held_since is None:
        s.agenda.arm("overdue", fact.case, fact.deadline_at)
    s.agenda.disarm("ask", fact.case)
    if fact.asks_at is not None:
        s.agenda.arm("ask", fact.case, fact.asks_at)
    return None


def extended(s: State, fact: f.DeadlineExtended) -> Remark:
    end_task(s, Step.EXTEND, fact.case)
    s.agenda.disarm("ask", fact.case)
    case = s.cases[fact.case]
    s.cases[fact.case] = replace(case, n_extensions=case.n_extensions + 1)
    return None


def extension_refused(s: State, fact: f.ExtensionRefused) -> Remark:
    end_task(s, Step.EXTEND, fact.case)
    s.agenda.disarm("ask", fact.case)
    return None


def escalated(s: State, fact: f.CaseEscalated) -> Remark:
    s.agenda.disarm("overdue", fact.case)
    case = s.cases[fact.case]
    waiting = [need for need in range(len(case.needs)) if s.queue.remove(case.needs[need], fact.case, need)]
    s.cases[fact.case] = replace(case, priority=fact.priority, is_late=True)
    for need in waiting:
        s.queue.add(case.needs[need], Waiting(fact.priority, case.reported_at, fact.case, need))
    s.desks.press(fact.case, priority=fact.priority)
    return None


def supervised(s: State, fact: f.CaseSupervised) -> Remark:
    end_task(s, Step.SUPERVISE, fact.case)
    return None


def follow_up_due(s: State, fact: f.FollowUpDue) -> Remark:
    case = s.cases[fact.case]
    problem = s.about.get(fact.case, (None,))[0]
    owed = (*((Step.MEDIATE,) if fact.mediate else ()), *((Step.VISIT,) if fact.visit else ()))
    s.after[fact.case] = replace(case, status=CLOSED, since=fact.at, barred=(), problem=problem, owed=owed)
    return None


def mediated(s: State, fact: f.CaseMediated) -> Remark:
    return _followed_up(s, Step.MEDIATE, fact.case)


def visited(s: State, fact: f.CaseVisited) -> Remark:
    return _followed_up(s, Step.VISIT, fact.case)


def _followed_up(s: State, step: Step, number: int) -> Remark:
    end_task(s, step, number)
    case = s.after.get(number)
    if case is not None:
        s.after[number] = replace(case, owed=tuple(other for other in case.owed if other is not step))
    return None


def reopened(s: State, fact: f.CaseReopened) -> Remark:
    case = s.after.pop(fact.case)
    drop_waiting(s, Step.MEDIATE, fact.case)
    again = replace(case, status=REGISTERED, since=fact.at, n_reopened=case.n_reopened + 1, problem=None, owed=())
    s.cases[fact.case] = replace(again, n_waiting=0, n_served=0, n_done=0)
    if case.problem is not None:
        problem = s.problems.get(case.problem)
        s.about[fact.case] = (case.problem,)
        if problem is not None and problem.case is None:
            s.unseen_drop(case.problem, problem)
            s.problems[case.problem] = replace(problem, case=fact.case)
    return None


def archived(s: State, fact: f.CaseArchived) -> Remark:
    for step in (Step.VISIT, Step.MEDIATE):
        end_task(s, step, fact.case)
    return None if s.after.pop(fact.case, None) is not None else "archived without having been closed"


def mode_changed(s: State, fact: f.ModeChanged) -> Remark:
    s.mode = fact.name
    s.memories.pop(PATROL_DESK, None)
    s.agenda.disarm("policy", PATROL_DESK)
    return None


OF_LOOP: Reducers = {
    f.CaseAccepted: accepted,
    f.CaseRefused: refused,
    f.CaseDispatched: dispatched,
    f.CaseReturned: returned,
    f.ChiefDecided: chief_decided,
    f.NeedsCovered: covered,
    f.WorkBegan: work_began,
    f.RemoteTried: remote_tried,
    f.RemoteGivenUp: remote_given_up,
    f.RemoteFailed: remote_failed,
    f.CaseHandled: handled,
    f.CheckSent: check_sent,
    f.CaseChecked: checked,
    f.CaseSuspended: suspended,
    f.CaseResumed: resumed,
    f.DeadlineSet: deadline_set,
    f.DeadlineExtended: extended,
    f.ExtensionRefused: extension_refused,
    f.CaseEscalated: escalated,
    f.CaseSupervised: supervised,
    f.FollowUpDue: follow_up_due,
    f.CaseMediated: mediated,
    f.CaseVisited: visited,
    f.CaseReopened: reopened,
    f.CaseArchived: archived,
    f.ModeChanged: mode_changed,
}
