"""What a policy may see: what has been reported and is expected, read-only, sorted; no sampled time, no future.

A view lasts for one decision. It answers in frozen records and remembers the ways it found, so that carrying out an
order does not search the roads a second time. Those who handled a case are never offered for its check.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from heapq import merge
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.clock.streams import Streams
from twin.domain.case import ON_THE_SPOT, Case
from twin.domain.ids import batch_and_number
from twin.domain.mode import Mode
from twin.domain.quantities import WEEK
from twin.domain.route import Route, Spot
from twin.domain.unit import RECALLABLE, TURNOUT, UnitStatus
from twin.errors import NoRouteError
from twin.roads.terrain import Terrain
from twin.world.state import State
from twin.world.whereabouts import Places, spot_of


class TriggerKind(StrEnum):
    """What a policy can be asked about."""

    CASE_QUEUED = "case queued"
    UNIT_FREE = "unit free"
    ROADS = "roads reopened"
    SHIFT = "shift began"
    PERIOD = "period"


CASE_QUEUED, UNIT_FREE, ROADS, SHIFT, PERIOD = TriggerKind


class Trigger(msgspec.Struct, frozen=True, gc=False):
    """Why the policy is being asked: the case that was queued, or the unit that came free."""

    kind: TriggerKind
    case: int | None = None
    unit: int | None = None


class Need(msgspec.Struct, frozen=True, gc=False):
    """One unit a case is waiting for."""

    case: int
    need: int
    skill: str
    priority: int
    area: str
    matter: str
    reported_at: int
    spot: Spot


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A unit that could be sent, and the microseconds expected from the order to its arrival."""

    unit: int
    expected_us: int


class UnitSeen(msgspec.Struct, frozen=True, gc=False):
    """A unit as its dispatcher sees it. `case` and `priority` are those of the case it is on, if any."""

    unit: int
    name: str
    kind: str
    skills: tuple[str, ...]
    status: UnitStatus
    since: int
    case: int | None
    priority: int | None
    mode: Mode = Mode.CAR
    beat: int | None = None
    patrols: bool = False


class View(Protocol):
    """The seam between the world and a policy."""

    @property
    def now(self) -> int:
        """Microseconds since the epoch."""

    def waiting(self, trigger: Trigger | None = None) -> Iterator[Need]:
        """Needs in the order of the queue; with a trigger, those it may have to do with."""

    def servable(self, trigger: Trigger, *, taken: Collection[int]) -> Iterator[Need]:
        """Those of `waiting` that some free unit can and may do, not counting the `taken`; these may become more."""

    def skills_waiting(self, trigger: Trigger | None = None) -> tuple[str, ...]:
        """The skills among them, sorted."""

    def n_free(self, skill: str, *, without: Collection[int] = ()) -> int:
        """How many free units have a skill; not all may do every need of it (see `expect`)."""

    def nearest(self, need: Need, *, k: int = 1, without: Collection[int] = ()) -> tuple[Candidate, ...]:
        """Up to `k` free units that can and may do it, soonest expected arrival first; ties by number."""

    def expect(self, need: Need, unit: int) -> Candidate | None:
        """What to expect of one unit that is free or could be diverted; None if it cannot, may not or has no way."""

    def free_units(self, skill: str) -> tuple[int, ...]:
        """Free units with a skill, by number; not all may do every need of it (see `expect`)."""

    def units(self) -> tuple[UnitSeen, ...]:
        """All units, by number."""

    def own_units(self, need: Need) -> tuple[int, ...]:
        """Free units that can and may do it, and whose beat it lies in, by number."""

    def recallable(self, skill: str) -> tuple[UnitSeen, ...]:
        """Units with a skill that were sent to a case and have not arrived, by number."""

    def sent_for(self, unit: int) -> Need | None:
        """What a unit was sent for, if it is on a case that is still open."""

    def length_mm(self, street: int) -> int:
        """Length of a street, millimetres."""

    def beats_at(self, spot: Spot) -> tuple[int, ...]:
        """The beats (grids of all overlays, numbered through) that a place lies in."""

    def streets_of(self, unit: int) -> tuple[int, ...]:
        """The streets of the beat of a unit on patrol, each by the lower of its edges; none of other units."""

    def told(self, weeks: int) -> dict[int, int]:
        """Cases reported in the last so many weeks, the present one not counted, by street."""

    def dice(self, need: Need) -> float:
        """A number in (0, 1) for policies that throw dice: the same for the same need, whatever luck the world has."""


class WorldView:
    """The view of a running world. `band` is the time band of `now`."""

    __slots__ = ("_dice", "_places", "_routes", "_state", "_terrain", "band", "now")

    def __init__(self, state: State, terrain: Terrain, dice: Streams, *, now: int, band: int) -> None:
        self._state, self._terrain, self._dice, self.now, self.band = state, terrain, dice, now, band
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

    def dice(self, need: Need) -> float:
        batch, number = batch_and_number(need.case)
        return self._dice.uniform(f"policy dice {need.need}", batch, number)

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
        here = spot_of(state, self._terrain, unit, at=self.now)
        try:
            route = ways.route(here, need.spot, band=self.band, closed=state.closed)
        except NoRouteError:
            return None
        self._routes[unit, need.case] = route
        waits_us = state.fleet.units[unit].turnout_us if state.fleet.status_of(unit) is TURNOUT else 0
        return Candidate(unit, waits_us + ways.driving_us(route.travel_us))
