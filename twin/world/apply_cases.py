"""What facts about cases do to the state; see `twin.world.apply`."""

from __future__ import annotations

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.case import ACCEPTED, QUEUED, REGISTERED, REPORTED, VERIFY, Case, Waiting
from twin.domain.desk import BESIDE, Step
from twin.domain.ids import source_of
from twin.domain.quantities import WEEK
from twin.domain.route import Spot
from twin.world.apply_desks import drop_waiting, end_task
from twin.world.apply_problems import forget
from twin.world.reducer import Reducers, Remark
from twin.world.state import State

WEEKS_KNOWN = 5
"""For how many weeks it is remembered where cases were reported, the present one included."""


def reported(s: State, fact: f.CaseReported) -> Remark:
    spot = Spot(fact.edge, fact.offset_mm)
    case = Case(
        fact.ref,
        fact.area,
        fact.matter,
        fact.priority,
        fact.needs,
        spot,
        fact.at,
        since=fact.at,
        n_verify=fact.n_verify,
        n_check=fact.n_check,
        channel=fact.channel,
        finder=fact.finder,
    )
    known = fact.case in s.cases
    s.cases[fact.case] = case
    s.agenda.disarm("birth", fact.case)
    if fact.origin is f.MODEL and fact.case not in s.about and source_of(fact.case) == fact.source:
        s.last_cases[fact.source] = fact.case
    if fact.next_case is not None and fact.next_at is not None:
        s.agenda.arm("birth", fact.next_case, fact.next_at)
    _keep_count(s, fact)
    return "reported twice" if known else None


def _keep_count(s: State, fact: f.CaseReported) -> None:
    week = fact.at // WEEK
    counts = s.told.get(week)
    if counts is None:
        s.told = {known: counted for known, counted in s.told.items() if known > week - WEEKS_KNOWN}
        counts = s.told[week] = {}
    counts[fact.edge] = counts.get(fact.edge, 0) + 1


def intake_began(s: State, fact: f.IntakeBegan) -> Remark:
    s.agenda.arm("register", fact.case, fact.ends_at)
    return None


def registered(s: State, fact: f.CaseRegistered) -> Remark:
    s.agenda.disarm("register", fact.case)
    end_task(s, Step.REGISTER, fact.case)
    case = s.cases.get(fact.case)
    if case is None:
        return "registered without a report"
    if fact.queues_at is not None:
        s.agenda.arm("queue", fact.case, fact.queues_at)
    if case.status is not REPORTED and case.status is not ACCEPTED:
        return "registered after dispatch"
    s.cases[fact.case] = replace(case, status=REGISTERED, since=fact.at)
    return None


def queued(s: State, fact: f.CaseQueued) -> Remark:
    s.agenda.disarm("queue", fact.case)
    if fact.stage is VERIFY:
        end_task(s, Step.ACCEPT, fact.case)
    case = s.cases[fact.case]
    needs = case.needs_of(fact.stage)
    s.cases[fact.case] = replace(
        case, status=QUEUED, since=fact.at, n_waiting=len(needs), n_served=case.n_served, stage=fact.stage, n_done=0
    )
    for need in needs:
        s.queue.add(case.needs[need], Waiting(case.priority, case.reported_at, fact.case, need))
    return None


def given_up(s: State, fact: f.NeedGivenUp) -> Remark:
    case = s.cases[fact.case]
    if s.queue.remove(case.needs[fact.need], fact.case, fact.need):
        s.cases[fact.case] = replace(case, n_waiting=case.n_waiting - 1)
    return None


def unreachable(s: State, fact: f.NeedUnreachable) -> Remark:
    s.unreachable.add((fact.case, fact.need))
    return None


def closed(s: State, fact: f.CaseClosed) -> Remark:
    case = s.cases.pop(fact.case, None)
    if case is None:
        return "closed without a report"
    if s.desks.n_seats or case.deadline_at is not None:
        _leave_desks(s, fact.case)
    for need, skill in enumerate(case.needs):
        if case.n_waiting:
            s.queue.remove(skill, fact.case, need)
        s.unreachable.discard((fact.case, need))
    forget(s, fact.case)
    return None


def _leave_desks(s: State, case: int) -> None:
    """Nobody at a desk has it before them any more, but whoever is pressing, or deciding on time, at this moment."""
    for step in (Step.ACCEPT, Step.REGISTER, Step.CLOSE):
        end_task(s, step, case)
    for step in BESIDE:
        drop_waiting(s, step, case)
    for kind in ("overdue", "ask"):
        s.agenda.disarm(kind, case)


OF_CASES: Reducers = {
    f.CaseReported: reported,
    f.IntakeBegan: intake_began,
    f.CaseRegistered: registered,
    f.CaseQueued: queued,
    f.NeedGivenUp: given_up,
    f.NeedUnreachable: unreachable,
    f.CaseClosed: closed,
}
