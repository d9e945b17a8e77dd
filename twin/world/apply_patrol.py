"""What facts about patrols and shifts do to the state; see `twin.world.apply`."""

from __future__ import annotations

from twin.domain import facts as f
from twin.domain.route import Spot
from twin.domain.unit import AWAY, OFF_DUTY, PARKED, PATROLLING, RETURNING, Focus
from twin.world.reducer import Reducers, Remark
from twin.world.state import State


def began(s: State, fact: f.PatrolBegan) -> Remark:
    unit = fact.unit
    s.agenda.disarm("home", unit)
    s.movements.pop(unit, None)
    s.fleet.lap[unit], s.fleet.into_us[unit] = fact.lap, fact.into_us
    s.fleet.set_status(unit, PATROLLING, at=fact.at)
    return None


def paused(s: State, fact: f.PatrolPaused) -> Remark:
    unit = fact.unit
    s.fleet.lap[unit], s.fleet.into_us[unit] = fact.lap, fact.into_us
    s.fleet.place(unit, Spot(fact.edge, fact.offset_mm))
    s.fleet.set_status(unit, PARKED, at=fact.at)
    look_no_more(s, unit)
    return None


def lookout(s: State, fact: f.LookoutSet) -> Remark:
    look_no_more(s, fact.unit)
    if fact.problem is not None and fact.due_at is not None:
        s.lookouts[fact.unit] = fact.problem
        s.agenda.arm("discover", fact.unit, fact.due_at)
    return None


def focused(s: State, fact: f.FocusSet) -> Remark:
    old = s.focus.get(fact.unit)
    before: tuple[tuple[int, ...], int] = ((), 1)
    if old is not None:
        before = old.before if old.from_lap >= fact.from_lap else (old.streets, old.factor)
    fleet, unit = s.fleet, fact.unit
    fleet.lap[unit], fleet.into_us[unit] = fact.from_lap - 1, fact.into_us
    if fleet.status_of(unit) is PATROLLING:
        fleet.since[unit] = fact.at
    s.focus[fact.unit] = Focus(fact.from_lap, fact.streets, fact.factor, before)
    return None


def shift_began(s: State, fact: f.ShiftBegan) -> Remark:
    fleet, absent = s.fleet, frozenset(fact.absent)
    s.agenda.disarm("shift", fact.roster)
    s.agenda.arm("shift", fact.roster, fact.ends_at)
    for unit in fleet.rosters.get(fact.roster, ()):
        if unit in absent:
            continue
        fleet.on_duty[unit] = True
        if fleet.status_of(unit) is OFF_DUTY:
            member = fleet.units[unit]
            fleet.place(unit, member.home)
            fleet.set_status(unit, PATROLLING if member.patrols else PARKED, at=fact.at)
    return None


def shift_ended(s: State, fact: f.ShiftEnded) -> Remark:
    fleet = s.fleet
    s.agenda.disarm("shift", fact.roster)
    s.agenda.arm("shift", fact.roster, fact.begins_at)
    for unit in fleet.rosters.get(fact.roster, ()):
        fleet.on_duty[unit] = False
        s.postings.pop(unit, None)
        status = fleet.status_of(unit)
        if status is PATROLLING:
            fleet.into_us[unit] += fact.at - int(fleet.since[unit])
            look_no_more(s, unit)
        elif status is RETURNING:
            s.movements.pop(unit, None)
            s.agenda.disarm("home", unit)
        elif status is not PARKED:
            continue
        fleet.set_status(unit, OFF_DUTY, at=fact.at)
    return None


def put_off(s: State, fact: f.SpellPutOff) -> Remark:
    s.fleet.fit_since[fact.unit] = fact.since_at
    s.agenda.disarm("spell", fact.unit)
    s.agenda.arm("spell", fact.unit, fact.spell_at)
    return None


def off_duty(s: State, fact: f.UnitOffDuty) -> Remark:
    odd = s.fleet.status_of(fact.unit) in (AWAY, OFF_DUTY)
    s.movements.pop(fact.unit, None)
    s.postings.pop(fact.unit, None)
    s.agenda.disarm("home", fact.unit)
    s.fleet.set_status(fact.unit, OFF_DUTY, at=fact.at)
    return "off duty without having been there" if odd else None


def look_no_more(s: State, unit: int) -> None:
    """A patrol stands still, or nothing is left to be noticed."""
    if s.lookouts.pop(unit, None) is not None:
        s.agenda.disarm("discover", unit)


OF_PATROL: Reducers = {
    f.PatrolBegan: began,
    f.PatrolPaused: paused,
    f.LookoutSet: lookout,
    f.FocusSet: focused,
    f.ShiftBegan: shift_began,
    f.ShiftEnded: shift_ended,
    f.SpellPutOff: put_off,
    f.UnitOffDuty: off_duty,
}
