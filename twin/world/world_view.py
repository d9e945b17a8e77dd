"""A policy's view of a running world, answered from its state.

A `WorldView` remembers the ways it found, so that carrying out an order does not search the roads a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from heapq import merge

import numpy as np
from numpy.typing import NDArray

from twin.clock.streams import Streams
from twin.domain.case import ON_THE_SPOT, Case
from twin.domain.ids import batch_and_number
from twin.domain.mode import MODES, Mode
from twin.domain.objective import Objective
from twin.domain.orders import Order
from twin.domain.quantities import WEEK
from twin.domain.route import Route, Spot
from twin.domain.unit import AWAY, EN_ROUTE, OFF_DUTY, RECALLABLE, TURNOUT
from twin.errors import NoRouteError, PolicyError
from twin.roads.network import FloatArray, LongArray
from twin.roads.tables import NEVER
from twin.roads.terrain import Terrain
from twin.roads.zones import Zones
from twin.world.state import State
from twin.world.view import Candidate, Imagine, Need, Trigger, UnitSeen
from twin.world.whereabouts import Places, spot_of


class WorldView:
    """The view of a running world. `band` is the time band of `now`; `by_video`: see `can_try_remotely`."""

    __slots__ = ("_by_video", "_dice", "_imagine", "_places", "_routes", "_state", "_terrain", "band", "now")

    def __init__(
        self,
        state: State,
        terrain: Terrain,
        dice: Streams,
        *,
        now: int,
        band: int,
        by_video: Callable[[int], bool] | None = None,
        imagine: Imagine | None = None,
    ) -> None:
        self._state, self._terrain, self._dice, self.now, self.band = state, terrain, dice, now, band
        self._by_video, self._imagine = by_video, imagine
        self._routes: dict[tuple[int, int], Route] = {}
        self._places = Places(state, terrain, at=now)

    def waiting(self, trigger: Trigger | None = None) -> Iterator[Need]:
        for number, need in self._in_line(trigger):
            case = self._state.cases[number]
            yield self._need(number, need, case, case.needs[need])

    def servable(self, trigger: Trigger, *, taken: Collection[int]) -> Iterator[Need]:
        state, hopeful = self._state, set(self.skills_waiting(trigger))
        free: dict[tuple[str, tuple[int, ...]], list[int]] = {}

        def is_left(skill: str, barred: tuple[int, ...]) -> bool:
            able = free.get((skill, barred))
            if able is None:
                able = free[skill, barred] = self._free_for(skill, barred).nonzero()[0].tolist()
            return any(unit not in taken for unit in able) if taken else bool(able)

        for number, need in self._in_line(trigger):
            case = state.cases[number]
            skill = case.needs[need]
            if skill not in hopeful:
                continue
            if is_left(skill, case.barred_now):
                yield self._need(number, need, case, skill)
            elif not is_left(skill, ()):
                hopeful.remove(skill)
                if not hopeful:
                    return

    def _in_line(self, trigger: Trigger | None) -> Iterator[tuple[int, int]]:
        """(case, need) in the order of the queue."""
        state = self._state
        if trigger is not None and trigger.case is not None:
            case = trigger.case
            return iter([(case, need) for need in range(len(state.cases[case].needs)) if (case, need) in state.queue])
        lines = [state.queue.lines[skill] for skill in self.skills_waiting(trigger)]
        return ((waiting.case, waiting.need) for waiting in (lines[0] if len(lines) == 1 else merge(*lines)))

    def skills_waiting(self, trigger: Trigger | None = None) -> tuple[str, ...]:
        state = self._state
        if trigger is not None and trigger.case is not None:
            wanted: Iterable[str] = state.cases[trigger.case].needs
        elif trigger is not None and trigger.unit is not None:
            wanted = state.fleet.units[trigger.unit].skills
        else:
            wanted = state.queue.lines
        return tuple(sorted({skill for skill in wanted if skill in state.queue.lines}))

    def n_free(self, skill: str, *, without: Collection[int] = ()) -> int:
        fleet = self._state.fleet
        mask = fleet.free & fleet.able(skill)
        return int(np.count_nonzero(mask)) - sum(bool(mask[unit]) for unit in without)

    def nearest(self, need: Need, *, k: int = 1, without: Collection[int] = ()) -> tuple[Candidate, ...]:
        able = self._free_for(need.skill, self._barred(need))
        for unit in without:
            able[unit] = False
        return self._search(need, able, k)

    def expect(self, need: Need, unit: int) -> Candidate | None:
        fleet = self._state.fleet
        if not fleet.able(need.skill, barred=self._barred(need))[unit]:
            return None
        if fleet.free[unit]:
            able = np.zeros(fleet.free.size, np.bool_)
            able[unit] = True
            found = self._search(need, able, 1)
            return found[0] if found else None
        return self._expect_diverted(need, unit) if fleet.status_of(unit) in RECALLABLE else None

    def n_on_duty(self, skill: str) -> int:
        fleet = self._state.fleet
        at_work = fleet.able(skill) & (fleet.status != OFF_DUTY) & (fleet.status != AWAY)
        return int(np.count_nonzero(at_work))

    def free_units(self, skill: str) -> tuple[int, ...]:
        fleet = self._state.fleet
        return tuple(np.flatnonzero(fleet.free & fleet.able(skill)).tolist())

    def units(self) -> tuple[UnitSeen, ...]:
        return tuple(map(self._seen, range(len(self._state.fleet.units))))

    def own_units(self, need: Need) -> tuple[int, ...]:
        fleet, beats = self._state.fleet, self.beats_at(need.spot)
        of_beat = np.logical_or.reduce([fleet.beat == beat for beat in beats])  # np.isin takes ten times as long
        return tuple(np.flatnonzero(self._free_for(need.skill, self._barred(need)) & of_beat).tolist())

    def recallable(self, skill: str) -> tuple[UnitSeen, ...]:
        fleet = self._state.fleet
        able = fleet.able(skill)
        sent = (unit for unit in sorted(self._state.jobs) if able[unit] and fleet.status_of(unit) in RECALLABLE)
        return tuple(self._seen(unit) for unit in sent if not self._is_on_the_spot(unit))

    def _is_on_the_spot(self, unit: int) -> bool:
        """Whether it settles what it has found itself."""
        need = self.sent_for(unit)
        return need is not None and need.skill == ON_THE_SPOT

    def sent_for(self, unit: int) -> Need | None:
        job = self._state.jobs.get(unit)
        case = None if job is None else self._state.cases.get(job.case)
        return None if job is None or case is None else self._need(job.case, job.need, case, case.needs[job.need])

    def can_try_remotely(self, need: Need) -> bool:
        return self._by_video is not None and self._by_video(need.case)

    def length_mm(self, street: int) -> int:
        return self._terrain.length_mm(street)

    def beats_at(self, spot: Spot) -> tuple[int, ...]:
        return self._terrain.beats_at(spot)

    def streets_of(self, unit: int) -> tuple[int, ...]:
        patrols = self._terrain.patrols
        beat = None if patrols is None else patrols.beat_of(unit)
        return () if beat is None else tuple(map(self._terrain.street, beat.streets.tolist()))

    def told(self, weeks: int) -> dict[int, int]:
        this_week = self.now // WEEK
        counts: dict[int, int] = {}
        for week in range(this_week - weeks, this_week):
            for edge, n in self._state.told.get(week, {}).items():
                street = self._terrain.street(edge)
                counts[street] = counts.get(street, 0) + n
        return {street: counts[street] for street in sorted(counts)}

    def zones(self) -> Zones:
        return self._terrain.zones

    def told_by_zone(self, weeks: int) -> FloatArray:
        zones, this_week = self._terrain.zones, self.now // WEEK
        counts = np.zeros(zones.n)
        for week in range(this_week - weeks, this_week + 1):
            told = self._state.told.get(week, {})
            edges, n = (np.fromiter(part, np.int64, len(told)) for part in (told.keys(), told.values()))
            counts += np.bincount(zones.at(edges), n, zones.n)
        return counts

    def reach_us(self, units: Sequence[int]) -> LongArray:
        fleet, chosen = self._state.fleet, np.array(units, np.int64)
        asked = np.zeros(fleet.status.size, np.bool_)
        asked[chosen] = True
        places = tuple(column[chosen] for column in self._places.of(asked))
        for row in np.flatnonzero(fleet.status[chosen] == EN_ROUTE).tolist():
            spot = spot_of(self._state, self._terrain, int(chosen[row]), at=self.now)
            places[0][row], places[1][row] = spot.edge, spot.offset_mm
        times = np.full((chosen.size, self._terrain.zones.n), NEVER)
        for mode in fleet.modes:
            rows = np.flatnonzero(fleet.mode[chosen] == mode)
            if rows.size:
                times[rows] = self._to_zones(mode, *(column[rows] for column in places))
        return np.where(times < NEVER, times + fleet.delay_us[chosen][:, None], times)

    def reach_from_us(self, spots: Sequence[Spot], *, mode: Mode) -> LongArray:
        edges = np.array([spot.edge for spot in spots], np.int64)
        offsets_mm = np.array([spot.offset_mm for spot in spots], np.int64)
        return self._to_zones(MODES.index(mode), edges, offsets_mm)

    def _to_zones(self, mode: int, edges: LongArray, offsets_mm: LongArray) -> LongArray:
        ways, zones = self._terrain.ways[mode], self._terrain.zones
        return ways.times_to(zones.spots, edges=edges, offsets_mm=offsets_mm, band=self.band)

    def stations(self) -> tuple[Spot, ...]:
        homes = {unit.home for unit in self._state.fleet.units if not unit.patrols}
        return tuple(sorted(homes, key=lambda spot: (spot.edge, spot.offset_mm)))

    def dice(self, need: Need) -> float:
        batch, number = batch_and_number(need.case)
        return self._dice.uniform(f"policy dice {need.need}", batch, number)

    def way_to(self, unit: int, spot: Spot) -> int | None:
        ways, here = self._terrain.of(self._state.fleet.units[unit].mode), self._spot(unit)
        try:
            route = ways.route_home(here, spot, band=self.band, closed=self._state.closed)
        except NoRouteError:
            return None
        return ways.driving_us(route.travel_us)

    def _spot(self, unit: int) -> Spot:
        return spot_of(self._state, self._terrain, unit, at=self.now)

    def imagine(
        self,
        orders: Sequence[Order],
        *,
        horizon_s: float,
        n: int,
        then: str = "nearest",
        valued: Objective = Objective(),  # noqa: B008 - frozen
    ) -> tuple[float, ...]:
        if self._imagine is None:
            raise PolicyError("nobody imagines futures here: this is one", key=then)
        return self._imagine(orders, horizon_s=horizon_s, n=n, then=then, valued=valued)

    # ---------------------------------------------------------------------- for the command centre

    def route_found(self, unit: int, case: int) -> Route | None:
        """The way a search of this view found for the unit to the case."""
        return self._routes.get((unit, case))

    def _free_for(self, skill: str, barred: tuple[int, ...]) -> NDArray[np.bool_]:
        """Free units that have a skill and are not barred, shape (n_units,)."""
        fleet = self._state.fleet
        return fleet.free & fleet.able(skill, barred=barred)

    def _barred(self, need: Need) -> tuple[int, ...]:
        """Who may not do it: those who handled what is to be checked."""
        case = self._state.cases.get(need.case)
        return () if case is None else case.barred_now

    def _seen(self, number: int) -> UnitSeen:
        state, fleet = self._state, self._state.fleet
        unit, job = fleet.units[number], state.jobs.get(number)
        case = None if job is None else state.cases.get(job.case)
        return UnitSeen(
            number,
            unit.name,
            unit.kind,
            unit.skills,
            fleet.status_of(number),
            int(fleet.since[number]),
            None if job is None else job.case,
            None if case is None else case.priority,
            unit.mode,
            unit.beat,
            unit.patrols,
            unit.home,
            None if unit.patrols else state.postings.get(number, unit.home),
            unit.turnout_us,
        )

    @staticmethod
    def _need(number: int, need: int, case: Case, skill: str) -> Need:
        return Need(number, need, skill, case.priority, case.area, case.matter, case.reported_at, case.spot)

    def _search(self, need: Need, able: NDArray[np.bool_], k: int) -> tuple[Candidate, ...]:
        state, fleet = self._state, self._state.fleet
        if not able.any():
            return ()
        edges, offsets_mm = self._places.of(able)
        k = min(k, able.size)
        found: list[Candidate] = []
        for mode in fleet.modes:
            of_mode = able if len(fleet.modes) == 1 else able & (fleet.mode == mode)
            if len(fleet.modes) > 1 and not of_mode.any():
                continue
            reached = self._terrain.ways[mode].first_reached(
                need.spot,
                edges=edges,
                offsets_mm=offsets_mm,
                delays_us=fleet.delay_us,
                able=of_mode,
                band=self.band,
                closed=state.closed,
                k=k,
            )
            for unit, arrival_us, route in reached:
                self._routes[unit, need.case] = route
                found.append(Candidate(unit, arrival_us))
        if len(fleet.modes) > 1:
            found.sort(key=lambda candidate: (candidate.expected_us, candidate.unit))
        return tuple(found[:k])

    def _expect_diverted(self, need: Need, unit: int) -> Candidate | None:
        state, ways = self._state, self._terrain.of(self._state.fleet.units[unit].mode)
        here = self._spot(unit)
        try:
            route = ways.route(here, need.spot, band=self.band, closed=state.closed)
        except NoRouteError:
            return None
        self._routes[unit, need.case] = route
        waits_us = state.fleet.units[unit].turnout_us if state.fleet.status_of(unit) is TURNOUT else 0
        return Candidate(unit, waits_us + ways.driving_us(route.travel_us))
