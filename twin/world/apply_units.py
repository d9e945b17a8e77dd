"""What facts about units do to the state, on a job and off it; see `twin.world.apply`."""

from __future__ import annotations

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, Waiting
from twin.domain.route import Leg, Route, Spot
from twin.domain.unit import (
    AWAY,
    BACK_TO_QUEUE,
    DONE,
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
from twin.world.reducer import Reducers, Remark
from twin.world.state import State


def enrolled(s: State, fact: f.UnitEnrolled) -> Remark:
    home = Spot(fact.edge, fact.offset_mm)
    unit = Unit(
        fact.name,
        fact.unit_kind,
        fact.skills,
        home,
        fact.turnout_us,
        fact.placed,
        fact.mode,
        fact.beat,
        fact.patrols,
        fact.roster,
    )
    s.fleet.enrol(unit, at=fact.at)
    s.fleet.into_us[fact.unit] = fact.into_us
    if fact.spell_at is not None:
        s.agenda.arm("spell", fact.unit, fact.spell_at)
    return None


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
    s.jobs[unit] = Job(job.case, job.need, job.route, job.assigned_at, fact.at, None, job.covers)
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
        begun = _begun(s.movements.get(unit), route)
        s.movements[unit] = Movement(Leg(route, fact.at, fact.arrives_at), begun=begun)
        s.agenda.arm("home" if job is None else "arrive", unit, fact.arrives_at)
    return None


def _begun(old: Movement | None, rest: Route) -> tuple[int, int] | None:
    """When a leg began that goes on by the rest of its way, and how long it was expected to take; None of another."""
    if old is None:
        return None
    way = old.leg.route
    if way.edges[-len(rest.edges) :] != rest.edges or way.end_mm != rest.end_mm:
        return None
    return old.begun or (old.leg.departed_at, way.travel_us)


def arrived(s: State, fact: f.UnitArrived) -> Remark:
    unit, job = fact.unit, s.jobs.get(fact.unit)
    s.agenda.disarm("arrive", unit)
    s.movements.pop(unit, None)
    if job is None:
        return "arrived without a job"
    if job.route is not None:
        s.fleet.place(unit, job.route.goal)
    s.jobs[unit] = Job(job.case, job.need, job.route, job.assigned_at, job.rolled_at, fact.at, job.covers)
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
    needs = (fact.need, *job.covers)
    back = len(needs) if fact.cause in BACK_TO_QUEUE else 0
    done = len(needs) if fact.cause is DONE else 0
    handlers, checkers = case.handlers, case.checkers
    if done and case.stage is HANDLE:
        handlers = (*handlers, unit)
    elif done and case.stage is CHECK:
        checkers = (*checkers, unit)
    s.cases[fact.case] = replace(
        case,
        n_waiting=case.n_waiting + back,
        n_served=case.n_served - 1,
        n_done=case.n_done + done,
        handlers=handlers,
        checkers=checkers,
    )
    for need in needs if back else ():
        s.queue.add(case.needs[need], Waiting(case.priority, case.reported_at, fact.case, need))
    return None


def posted(s: State, fact: f.UnitPosted) -> Remark:
    spot = Spot(fact.edge, fact.offset_mm)
    if spot == s.fleet.units[fact.unit].home:
        s.postings.pop(fact.unit, None)
    else:
        s.postings[fact.unit] = spot
    return None


def returning(s: State, fact: f.UnitReturning) -> Remark:
    route = Route(fact.edges, fact.start_mm, fact.end_mm, fact.travel_us, fact.band)
    s.fleet.place(fact.unit, Spot(route.edges[0], route.start_mm))
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
    if s.fleet.status_of(unit) is AWAY:
        due, now_on = s.agenda.due("back", unit), s.absences.get(unit)
        until = fact.at + fact.lasting_us if fact.until_at is None else fact.until_at
        if due is None or until > due:
            s.agenda.arm("back", unit, until)
            s.fleet.place(unit, back)
            s.absences[unit] = Absence(until, fact.lasting_us, back, fact.reason)
        twice = fact.reason is OUTSIDE and now_on is not None and now_on.reason is OUTSIDE
        return "away twice at once" if twice else None
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


OF_UNITS: Reducers = {
    f.UnitEnrolled: enrolled,
    f.UnitAssigned: assigned,
    f.UnitRolled: rolled,
    f.LegRetimed: retimed,
    f.UnitArrived: arrived,
    f.UnitTransporting: transporting,
    f.UnitAtHospital: at_hospital,
    f.UnitFreed: freed,
    f.UnitPosted: posted,
    f.UnitReturning: returning,
    f.UnitParked: parked,
    f.UnitAway: away,
    f.UnitLeft: left,
    f.UnitBack: back,
}
