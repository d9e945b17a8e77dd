"""The floor: the same month with bare SimPy and the same search of the roads, and nothing else.

A generator a case and a generator a unit off its job, SimPy timeouts, numbers drawn beforehand. No facts, no journal,
no digest, no policy, no state that could be saved or forked. What the engine costs above this is the price of those.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import simpy

from benchmarks.wuhai import Size, city
from twin.domain.quantities import DAY, SECOND
from twin.domain.route import Route, Spot
from twin.roads.router import Router
from twin.roads.travel import TravelModel

Steps = Generator[simpy.Event, object, None]
BAND, OPEN = 0, frozenset[int]()


@dataclass(frozen=True, slots=True)
class FloorResult:
    """CPU seconds of the run itself, and how many cases were settled in it."""

    cpu_s: float
    n_cases: int

    @property
    def us_per_case(self) -> float:
        """Microseconds of CPU a case."""
        return self.cpu_s / max(1, self.n_cases) * 1e6


class Floor:
    """A month of cases over units that stand at home, on a job, or on their way back."""

    def __init__(self, size: Size) -> None:
        place = city(size)
        random = np.random.default_rng(5)
        self.end = int(size.days * DAY)
        self.router = Router(place.roads, TravelModel.free_flow(ramp_s=5.0))
        self.homes = [station.spot for station in place.stations]
        self.edges = np.array([home.edge for home in self.homes])
        self.offsets_mm = np.array([home.offset_mm for home in self.homes])
        self.free = np.ones(size.n_units, np.bool_)
        self.delays_us = np.full(size.n_units, 60 * SECOND)
        n = random.poisson(size.cases_a_day * size.days)
        self.gaps = np.diff(np.sort(random.integers(0, self.end, n)), prepend=0).tolist()
        self.goals = random.integers(0, place.roads.n_edges, n).tolist()
        self.n_needs = (1 + (random.random(n) < 0.11)).tolist()
        self.takes_us = {
            what: np.rint(random.lognormal(np.log(mean_s), 0.5, 2 * n) * SECOND).astype(np.int64).tolist()
            for what, mean_s in (("intake", 53), ("processing", 40), ("turnout", 53), ("on scene", 1_320))
        }
        self.away_us = (random.lognormal(np.log(41_400), 0.1, size.n_units) * SECOND).astype(np.int64).tolist()
        self.n_trips = [0] * size.n_units
        self.n_closed = 0
        self.env = simpy.Environment()

    def run(self) -> FloorResult:
        """Simulate; only this is timed."""
        began = time.process_time()
        self.env.process(self._arrivals())
        for unit in range(self.free.size):
            self.env.process(self._spells(unit))
        self.env.run(until=self.end)
        return FloorResult(time.process_time() - began, self.n_closed)

    def _arrivals(self) -> Steps:
        for case, gap in enumerate(self.gaps):
            yield self.env.timeout(gap)
            self.env.process(self._case(case))

    def _case(self, case: int) -> Steps:
        env = self.env
        yield env.timeout(self.takes_us["intake"][case])
        yield env.timeout(self.takes_us["processing"][case])
        jobs = [
            env.process(self._job(2 * case + need, Spot(self.goals[case], 0))) for need in range(self.n_needs[case])
        ]
        yield env.all_of(jobs)
        self.n_closed += 1

    def _job(self, number: int, goal: Spot) -> Steps:
        env = self.env
        while not (found := self._first(goal)):
            yield env.timeout(60 * SECOND)
        unit, route = found
        self.free[unit] = False
        if self.delays_us[unit]:
            yield env.timeout(self.takes_us["turnout"][number])
        yield env.timeout(self.router.driving_us(route.travel_us))
        yield env.timeout(self.takes_us["on scene"][number])
        self.edges[unit], self.offsets_mm[unit] = goal.edge, goal.offset_mm
        self.free[unit] = True
        env.process(self._home(unit, goal))

    def _first(self, goal: Spot) -> tuple[int, Route] | None:
        reached = self.router.first_reached(
            goal,
            edges=self.edges,
            offsets_mm=self.offsets_mm,
            delays_us=self.delays_us,
            able=self.free,
            band=BAND,
            closed=OPEN,
        )
        return (reached[0].unit, reached[0].route) if reached else None

    def _home(self, unit: int, here: Spot) -> Steps:
        """Drive back; a unit that is sent meanwhile starts from where its job ended."""
        home, trip = self.homes[unit], self.n_trips[unit] + 1
        self.n_trips[unit] = trip
        self.delays_us[unit] = 0
        route = self.router.route_home(here, home, band=BAND, closed=OPEN)
        yield self.env.timeout(self.router.driving_us(route.travel_us))
        if self.free[unit] and self.n_trips[unit] == trip:
            self.delays_us[unit] = 60 * SECOND
            self.edges[unit], self.offsets_mm[unit] = home.edge, home.offset_mm

    def _spells(self, unit: int) -> Steps:
        while True:
            yield self.env.timeout(self.away_us[unit])
            if self.free[unit]:
                self.free[unit] = False
                yield self.env.timeout(1_800 * SECOND)
                self.free[unit] = True


def measure(size: Size) -> FloorResult:
    """Build a floor and run it once."""
    return Floor(size).run()
