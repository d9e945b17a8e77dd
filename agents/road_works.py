"""When roads close: units under way go on by another way, or give up where there is none."""

from __future__ import annotations

from collections.abc import Sequence

from agents.base import City, CityAgent
from agents.field_unit import FieldUnit
from twin.domain import facts as f
from twin.domain.route import Leg, Route, Spot
from twin.domain.unit import CUT_OFF
from twin.errors import NoRouteError
from twin.world.view import ROADS, Trigger


class RoadWorks(CityAgent):
    """Re-times the legs that a closure lies across."""

    def __init__(self, city: City, units: Sequence[FieldUnit]) -> None:
        super().__init__(city)
        self.units = units

    def close(self, edges: tuple[int, ...]) -> None:
        """Close these edges now."""
        self.city.record(f.RoadClosed(self.city.now, edges))
        self.closed(edges)

    def reopen(self, edges: tuple[int, ...]) -> None:
        """Open these edges again now."""
        self.city.record(f.RoadReopened(self.city.now, edges))
        self.reopened()

    def closed(self, edges: Sequence[int]) -> None:
        """These edges have just been closed."""
        state, now = self.city.state, self.city.now
        shut = frozenset(edges)
        for unit in sorted(state.jobs.keys() | state.movements.keys()):
            job, movement = state.jobs.get(unit), state.movements.get(unit)
            if movement is not None:
                rest: Route | None = self.units[unit].ways.rest_of(movement.leg, now)
            else:
                rest = job.route if job is not None and job.arrived_at is None else None
            if rest is not None and not shut.isdisjoint(rest.edges[1:]):
                self._turn(unit, rest, None if movement is None else movement.leg)

    def reopened(self) -> None:
        """Some edges may be entered again: whoever waits may be reachable now."""
        self.city.decide(Trigger(ROADS))

    def _turn(self, unit: int, rest: Route, leg: Leg | None) -> None:
        """Go on from here by another way, as much slower or faster than expected as the leg was so far."""
        city = self.city
        ways = self.units[unit].ways
        here = Spot(rest.edges[0], rest.start_mm)
        try:
            route = ways.route(here, rest.goal, band=city.band, closed=city.state.closed)
        except NoRouteError:
            self._give_up(unit, here)
            return
        arrives_at = None
        if leg is not None:
            left_us, expected_us = ways.driving_us(route.travel_us), ways.driving_us(leg.route.travel_us)
            if expected_us:
                left_us = left_us * (leg.arrives_at - leg.departed_at) // expected_us
            arrives_at = city.now + left_us
        city.record(retimed(unit, route, at=city.now, arrives_at=arrives_at))

    def _give_up(self, unit: int, here: Spot) -> None:
        if unit in self.city.state.jobs:
            case = self.units[unit].give_up_job(CUT_OFF)
            self.city.job_over(unit, case)
        else:
            self.city.record(f.UnitParked(self.city.now, unit, here.edge, here.offset_mm))


def retimed(unit: int, route: Route, *, at: int, arrives_at: int | None) -> f.LegRetimed:
    """The fact that a unit goes on by this route."""
    return f.LegRetimed(at, unit, route.edges, route.start_mm, route.end_mm, route.travel_us, route.band, arrives_at)
