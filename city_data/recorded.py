"""A history as facts, as it happened: every stamp becomes a fact of origin input, in the order of the clock.

Histories lie; nothing is corrected here. Between two stamps nobody saw the unit: it is drawn on the fastest way from
where it was last known, stretched to the recorded time, and marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from city_data.feeds.response import Response
from city_data.past import HISTORY, Call, Past, reported_fact
from twin.domain import facts as f
from twin.domain.ids import case_id
from twin.domain.quantities import CivilTime
from twin.domain.route import Route, Spot
from twin.domain.unit import Freed, Placed, Unit
from twin.errors import NoRouteError
from twin.roads.ways import Ways

AS_RECORDED = "recorded"
"""What stands for the rule in the facts of a history."""


class _Stage(IntEnum):
    """What a stamp says; also the order of facts at one instant."""

    REPORTED = 0
    REGISTERED = 1
    FREED = 2
    """From a job that began before: a unit may be sent on in the very second it is free."""
    LEFT = 3
    ASSIGNED = 4
    ROLLED = 5
    ARRIVED = 6
    TRANSPORTING = 7
    AT_HOSPITAL = 8
    FREED_AT_ONCE = 9
    BACK = 10
    CLOSED = 11


@dataclass(frozen=True, slots=True, order=True)
class _Stamped:
    """One recorded stamp, to be put in order: instant, stage, call, response (or outside job)."""

    at: int
    stage: _Stage
    call: int
    response: int


def recorded_facts(
    past: Past, units: Sequence[Unit], *, ways: Ways, civil: CivilTime, spec: str, city: str
) -> Iterator[f.Fact]:
    """All facts of a history, in order.

    Parameters
    ----------
    units : the roster, in the order of `past.bases`.
    spec, city : checksums for the first fact.
    """
    yield f.TwinBegan(0, spec, city, 0, 0)
    for number, unit in enumerate(units):
        home = unit.home
        yield f.UnitEnrolled(
            0, number, unit.name, unit.kind, unit.skills, home.edge, home.offset_mm, unit.turnout_us, unit.placed
        )
    teller = _Teller(past, units, ways=ways, civil=civil)
    for stamped in sorted(_stamps(past)):
        yield from teller.tell(stamped)


def _stamps(past: Past) -> Iterator[_Stamped]:
    for place, call in enumerate(past.calls):
        yield _Stamped(call.reported_at, _Stage.REPORTED, place, -1)
        registered = [past.at(r.registered_at) for r in call.responses if r.registered_at is not None]
        if registered:
            yield _Stamped(min(registered), _Stage.REGISTERED, place, -1)
        ends = [past.at(at) for r in call.responses for at in (r.freed_at, r.closed_at) if at is not None]
        if ends:
            yield _Stamped(max(ends), _Stage.CLOSED, place, -1)
        for number, response in enumerate(call.responses):
            if response.unit_ref is None:
                continue
            for stage, at in (
                (_Stage.ASSIGNED, response.dispatched_at),
                (_Stage.ROLLED, response.rolled_at),
                (_Stage.ARRIVED, response.arrived_at),
                (_Stage.TRANSPORTING, response.transporting_at),
                (_Stage.AT_HOSPITAL, response.at_hospital_at),
                (_freed(response), response.freed_at),
            ):
                if at is not None:
                    yield _Stamped(past.at(at), stage, place, number)
    for place, job in enumerate(past.outside):
        yield _Stamped(job.from_at, _Stage.LEFT, place, -1)
        yield _Stamped(job.until_at, _Stage.BACK, place, -1)


def _freed(response: Response) -> _Stage:
    before = (response.dispatched_at, response.rolled_at, response.arrived_at)
    return _Stage.FREED_AT_ONCE if response.freed_at in before else _Stage.FREED


class _Teller:
    """Turns stamps into facts, remembering where each unit was last known to be."""

    def __init__(self, past: Past, units: Sequence[Unit], *, ways: Ways, civil: CivilTime) -> None:
        self.past, self.units, self.ways, self.civil = past, units, ways, civil
        self.numbers = {unit.name: number for number, unit in enumerate(units)}
        self.seen = {number: (unit.home, 0) for number, unit in enumerate(units)}
        self.away_until: dict[int, int] = {}

    def tell(self, stamped: _Stamped) -> Iterator[f.Fact]:
        """The fact a stamp stands for."""
        at = stamped.at
        if stamped.stage in (_Stage.LEFT, _Stage.BACK):
            yield from self._outside(stamped)
            return
        call = self.past.calls[stamped.call]
        case = case_id(HISTORY, 0, call.number)
        if stamped.stage == _Stage.REPORTED:
            yield reported_fact(call, tuple(response.skill for response in call.responses))
        elif stamped.stage == _Stage.REGISTERED:
            yield f.CaseRegistered(at, case, origin=f.INPUT)
        elif stamped.stage == _Stage.CLOSED:
            yield f.CaseClosed(at, case, origin=f.INPUT)
        else:
            yield self._of_unit(stamped, call, case)

    def _of_unit(self, stamped: _Stamped, call: Call, case: int) -> f.Fact:
        at, response = stamped.at, call.responses[stamped.response]
        assert response.unit_ref is not None
        unit = self.numbers[response.unit_ref]
        match stamped.stage:
            case _Stage.ASSIGNED:
                return self._assigned(at, unit, call, case=case, need=stamped.response)
            case _Stage.ROLLED:
                arrives_at = None if response.arrived_at is None else self.past.at(response.arrived_at)
                late = arrives_at is not None and arrives_at < at
                return f.UnitRolled(at, unit, None if late else arrives_at, inferred=True, origin=f.INPUT)
            case _Stage.ARRIVED:
                self.seen[unit] = (call.spot, at)
                return f.UnitArrived(at, unit, origin=f.INPUT)
            case _Stage.TRANSPORTING:
                return f.UnitTransporting(at, unit, origin=f.INPUT)
            case _Stage.AT_HOSPITAL:
                return f.UnitAtHospital(at, unit, origin=f.INPUT)
            case _:
                cause = Freed.DONE if response.arrived_at is not None else Freed.CANCELLED
                spot = call.spot if response.arrived_at is not None else self.seen[unit][0]
                self.seen[unit] = (spot, at)
                return f.UnitFreed(at, unit, case, stamped.response, cause, spot.edge, spot.offset_mm, origin=f.INPUT)

    def _assigned(self, at: int, unit: int, call: Call, *, case: int, need: int) -> f.UnitAssigned:
        band = self.ways.band_at(self.civil.hour_of_week(at))
        try:
            route = self.ways.route(self._presumed(unit, at, band), call.spot, band=band, closed=frozenset())
        except NoRouteError:
            route = Route((), 0, 0, 0, band)
        expected_us = self.units[unit].turnout_us + self.ways.driving_us(route.travel_us)
        return f.UnitAssigned(
            at,
            unit,
            case,
            need,
            route.edges,
            route.start_mm,
            route.end_mm,
            route.travel_us,
            route.band,
            expected_us,
            AS_RECORDED,
            (),
            (),
            origin=f.INPUT,
        )

    def _presumed(self, unit: int, at: int, band: int) -> Spot:
        """At its station if there was time to drive back there, else where it was last known to be."""
        spot, since = self.seen[unit]
        home = self.units[unit].home
        if self.units[unit].placed is Placed.INFERRED or spot == home:
            return spot
        try:
            back = self.ways.route_home(spot, home, band=band, closed=frozenset())
        except NoRouteError:
            return spot
        return home if at - since >= self.ways.driving_us(back.travel_us) else spot

    def _outside(self, stamped: _Stamped) -> Iterator[f.Fact]:
        job = self.past.outside[stamped.call]
        unit, spot = self.numbers[job.unit_ref], job.spot
        if stamped.stage == _Stage.LEFT:
            until = max(job.until_at, self.away_until.get(unit, 0))
            self.away_until[unit] = until
            yield f.UnitLeft(stamped.at, unit, until, spot.edge, spot.offset_mm, origin=f.INPUT)
        elif self.away_until.get(unit) == stamped.at:
            self.seen[unit] = (spot, stamped.at)
            yield f.UnitBack(stamped.at, unit, origin=f.INPUT)
