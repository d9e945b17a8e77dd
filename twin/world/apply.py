"""The reducer: what each fact does to the state. One function a kind of fact, found by its type.

`apply` never rejects. Recorded histories skip stages and contradict themselves: such a fact is applied as far as it
makes sense, and the function returns what was odd about it, which the world counts and remarks beside the fact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.case import QUEUED, REGISTERED, REPORTED, Case, Waiting
from twin.domain.ids import batch_and_number
from twin.domain.route import Leg, Route, Spot
from twin.domain.unit import (
    AWAY,
    BACK_TO_QUEUE,
    EN_ROUTE,
    ON_SCENE,
    OUTSIDE,
    PARKED,
    RETURNING,
    TURNOUT,
    Absence,
    Job,
    Movement,
    Unit,
)
from twin.world.state import State

Remark = str | None


def began(s: State, fact: f.TwinBegan) -> Remark:
    s.at = fact.at
    return None


def enrolled(s: State, fact: f.UnitEnrolled) -> Remark:
    home = Spot(fact.edge, fact.offset_mm)
    unit = Unit(fact.name, fact.unit_kind, fact.skills, home, fact.turnout_us, fact.placed)
    s.fleet.enrol(unit, at=fact.at)
    if fact.spell_at is not None:
        s.agenda.arm("spell", fact.unit, fact.spell_at)
    return None


def opened(s: State, fact: f.SourceOpened) -> Remark:
    if fact.next_case is not None and fact.next_at is not None:
        s.agenda.arm("birth", fact.next_case, fact.next_at)
    return None


# ---------------------------------------------------------------------------------------------- cases


def reported(s: State, fact: f.CaseReported) -> Remark:
    spot = Spot(fact.edge, fact.offset_mm)
    case = Case(fact.ref, fact.area, fact.matter, fact.priority, fact.needs, spot, fact.at, since=fact.at)
    known = fact.case in s.cases
    s.cases[fact.case] = case
    s.agenda.disarm("birth", fact.case)
    if fact.origin is f.MODEL:
        s.last_cases[fact.source] = fact.case
    if fact.next_case is not None and fact.next_at is not None:
        s.agenda.arm("birth", fact.next_case, fact.next_at)
    return "reported twice" if known else None


def intake_began(s: State, fact: f.IntakeBegan) -> Remark:
    s.agenda.arm("register", fact.case, fact.ends_at)
    return None


def registered(s: State, fact: f.CaseRegistered) -> Remark:
    s.agenda.disarm("register", fact.case)
    case = s.cases.get(fact.case)
    if case is None:
        return "registered without a report"
    if fact.queues_at is not None:
        s.agenda.arm("queue", fact.case, fact.queues_at)
    if case.status is not REPORTED:
        return "registered after dispatch"
    s.cases[fact.case] = replace(case, status=REGISTERED, since=fact.at)
    return None


def queued(s: State, fact: f.CaseQueued) -> Remark:
    s.agenda.disarm("queue", fact.case)
    case = s.cases[fact.case]
    s.cases[fact.case] = replace(
        case, status=QUEUED, since=fact.at, n_waiting=len(case.needs), n_served=case.n_served
    )
    for need, skill in enumerate(case.needs):
        s.queue.add(skill, Waiting(case.priority, case.reported_at, fact.case, need))
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
    for need, skill in enumerate(case.needs):
        if case.n_waiting:
            s.queue.remove(skill, fact.case, need)
        s.unreachable.discard((fact.case, need))
    return None


# ---------------------------------------------------------------------------------------------- units on a job


def assigned(s: State, fact: f.UnitAssigned) -> Remark:
    unit, case = fact.unit, s.cases.get(fact.case)
    remark = _drop_job(s, unit)
    if case is not None:
        waited = fact.need < len(case.needs) and s.queue.remove(case.needs[fact.need], fact.case, fact.need)
        s.cases[fact.case] = replace(case, n_waiting=case.n_waiting - waited, n_served=case.n_served + 1)
    else:
        remark = remark or "assigned to a case nobody reported"
    route = Route(fact.edges, fact.start_mm, fact.end_mm, fact.travel_us, fact.band) if fact.edges else None
    if route is not None:
        s.fleet.place(unit, Spot(route.edges[0], route.start_mm))
    s.jobs[unit] = Job(fact.case, fact.need, route, fact.at)
    s.movements.pop(unit, None)
    s.agenda.disarm("home", unit)
    s.fleet.n_jobs[unit] += 1
    s.fleet.set_status(unit, TURNOUT, at=fact.at)
    if fact.rolls_at is not None:
        s.agenda.arm("roll", unit, fact.rolls_at)
    return remark


def _drop_job(s: State, unit: int) -> Remark:
    """A unit given a case while it has one (recorded overlaps): the older job ends unrecorded."""
    job = s.jobs.pop(unit, None)
    if job is None:
        return None
    _leave(s, job.case)
    for kind in ("roll", "arrive", "leave"):
        s.agenda.disarm(kind, unit)
    return "assigned while on another case"


def _leave(s: State, case_id: int) -> None:
    case = s.cases.get(case_id)
    if case is not None:
        s.cases[case_id] = replace(case, n_served=case.n_served - 1)


def rolled(s: State, fact: f.UnitRolled) -> Remark:
    unit, job = fact.unit, s.jobs.get(fact.unit)
    s.agenda.disarm("roll", unit)
    if job is None:
        return "rolled without a job"
    if job.arrived_at is not None:
        return "rolled after arriving"
    s.jobs[unit] = Job(job.case, job.need, job.route, job.assigned_at, fact.at)
    if job.route is not None and fact.arrives_at is not None:
        s.movements[unit] = Movement(Leg(job.route, fact.at, fact.arrives_at), fact.inferred)
        if fact.origin is f.MODEL:
            s.agenda.arm("arrive", unit, fact.arrives_at)
    s.fleet.set_status(unit, EN_ROUTE, at=fact.at)
    return None


def retimed(s: State, fact: f.LegRetimed) -> Remark:
    unit, job = fact.unit, s.jobs.get(fact.unit)
    route = Route(fact.edges, fact.start_mm, fact.end_mm, fact.travel_us, fact.band)
    s.fleet.place(unit, Spot(route.edges[0], route.start_mm))
    if job is not None:
        s.jobs[unit] = replace(job, route=route)
    if fact.arrives_at is not None:
        s.movements[unit] = Movement(Leg(route, fact.at, fact.arrives_at))
        s.agenda.arm("home" if job is None else "arrive", unit, fact.arrives_at)
    return None


def arrived(s: State, fact: f.UnitArrived) -> Remark:
    unit, job = fact.unit, s.jobs.get(fact.unit)
    s.agenda.disarm("arrive", unit)
    s.movements.pop(unit, None)
    if job is None:
        return "arrived without a job"
    if job.route is not None:
        s.fleet.place(unit, job.route.goal)
    s.jobs[unit] = Job(job.case, job.need, job.route, job.assigned_at, job.rolled_at, fact.at)
    s.fleet.set_status(unit, ON_SCENE, at=fact.at)
    if fact.leaves_at is not None:
        s.agenda.arm("leave", unit, fact.leaves_at)
    return "arrived without having rolled" if job.rolled_at is None else None


def transporting(s: State, fact: f.UnitTransporting) -> Remark:
    job = s.jobs.get(fact.unit)
    if job is None:
        return "transporting without a job"
    return None if job.arrived_at is not None else "transporting before arriving"


def at_hospital(s: State, fact: f.UnitAtHospital) -> Remark:
    return None if fact.unit in s.jobs else "at hospital without a job"


def freed(s: State, fact: f.UnitFreed) -> Remark:
    unit, job = fact.unit, s.jobs.get(fact.unit)
    if job is None:
        return "freed without a job"
    if job.case != fact.case:
        return "freed from a case it was no longer on"
    del s.jobs[unit]
    s.movements.pop(unit, None)
    for kind in ("roll", "arrive", "leave"):
        s.agenda.disarm(kind, unit)
    s.fleet.place(unit, Spot(fact.edge, fact.offset_mm))
    s.fleet.set_status(unit, PARKED, at=fact.at)
    case = s.cases.get(fact.case)
    if case is None:
        return None
    back = fact.cause in BACK_TO_QUEUE
    s.cases[fact.case] = replace(case, n_waiting=case.n_waiting + back, n_served=case.n_served - 1)
    if back:
        s.queue.add(case.needs[fact.need], Waiting(case.priority, case.reported_at, fact.case, fact.need))
    return None


# ---------------------------------------------------------------------------------------------- units off a job


def returning(s: State, fact: f.UnitReturning) -> Remark:
    route = Route(fact.edges, fact.start_mm, fact.end_mm, fact.travel_us, fact.band)
    s.movements[fact.unit] = Movement(Leg(route, fact.at, fact.arrives_at))
    s.fleet.set_status(fact.unit, RETURNING, at=fact.at)
    s.agenda.arm("home", fact.unit, fact.arrives_at)
    return None


def parked(s: State, fact: f.UnitParked) -> Remark:
    s.agenda.disarm("home", fact.unit)
    s.movements.pop(fact.unit, None)
    s.fleet.place(fact.unit, Spot(fact.edge, fact.offset_mm))
    s.fleet.set_status(fact.unit, PARKED, at=fact.at)
    return None


def away(s: State, fact: f.UnitAway) -> Remark:
    unit, back = fact.unit, Spot(fact.edge, fact.offset_mm)
    s.agenda.disarm("spell", unit)
    if s.fleet.status[unit] == AWAY:
        due = s.agenda.due("back", unit)
        until = fact.at + fact.lasting_us if fact.until_at is None else fact.until_at
        if due is None or until > due:
            s.agenda.arm("back", unit, until)
            s.fleet.place(unit, back)
            s.absences[unit] = Absence(until, fact.lasting_us, back, fact.reason)
        return None if fact.reason is not OUTSIDE else "away twice at once"
    owed = s.absences.get(unit)
    if owed is None or owed.until_at is None or (fact.until_at is not None and fact.until_at > owed.until_at):
        s.absences[unit] = Absence(fact.until_at, fact.lasting_us, back, fact.reason)
    return None


def left(s: State, fact: f.UnitLeft) -> Remark:
    unit = fact.unit
    s.movements.pop(unit, None)
    s.agenda.disarm("home", unit)
    s.agenda.disarm("spell", unit)
    s.agenda.arm("back", unit, fact.back_at)
    s.fleet.n_absences[unit] += 1
    s.fleet.place(unit, Spot(fact.edge, fact.offset_mm))
    s.fleet.set_status(unit, AWAY, at=fact.at)
    return None


def back(s: State, fact: f.UnitBack) -> Remark:
    s.agenda.disarm("back", fact.unit)
    s.absences.pop(fact.unit, None)
    s.fleet.fit_since[fact.unit] = fact.at
    s.fleet.set_status(fact.unit, PARKED, at=fact.at)
    if fact.spell_at is not None:
        s.agenda.arm("spell", fact.unit, fact.spell_at)
    return None


# ---------------------------------------------------------------------------------------------- the centre, roads, luck


def refused(s: State, fact: f.OrderRefused) -> Remark:
    return None


def woke(s: State, fact: f.PolicyWoke) -> Remark:
    s.agenda.arm("policy", 0, fact.next_at)
    return None


def remembered(s: State, fact: f.PolicyRemembered) -> Remark:
    s.memory = fact.memory
    return None


def road_closed(s: State, fact: f.RoadClosed) -> Remark:
    s.closed = s.closed | frozenset(fact.edges)
    return None


def road_reopened(s: State, fact: f.RoadReopened) -> Remark:
    s.closed = s.closed - frozenset(fact.edges)
    return None


def luck_forked(s: State, fact: f.LuckForked) -> Remark:
    s.luck, s.luck_since = fact.luck, fact.at
    s.first_numbers = {batch: number + 1 for batch, number in map(batch_and_number, s.last_cases.values())}
    s.agenda.replace(fact.alarms)
    return None


APPLY: dict[type[f.Fact], Callable[[State, Any], Remark]] = {
    f.TwinBegan: began,
    f.UnitEnrolled: enrolled,
    f.SourceOpened: opened,
    f.CaseReported: reported,
    f.IntakeBegan: intake_began,
    f.CaseRegistered: registered,
    f.CaseQueued: queued,
    f.NeedGivenUp: given_up,
    f.NeedUnreachable: unreachable,
    f.CaseClosed: closed,
    f.UnitAssigned: assigned,
    f.UnitRolled: rolled,
    f.LegRetimed: retimed,
    f.UnitArrived: arrived,
    f.UnitTransporting: transporting,
    f.UnitAtHospital: at_hospital,
    f.UnitFreed: freed,
    f.UnitReturning: returning,
    f.UnitParked: parked,
    f.UnitAway: away,
    f.UnitLeft: left,
    f.UnitBack: back,
    f.OrderRefused: refused,
    f.PolicyWoke: woke,
    f.PolicyRemembered: remembered,
    f.RoadClosed: road_closed,
    f.RoadReopened: road_reopened,
    f.LuckForked: luck_forked,
}

