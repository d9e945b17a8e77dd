"""The eyes of those on patrol: which problem each will notice first, and when; one alarm a unit.

When a patrol next passes a problem is arithmetic on its tour. Whether it notices it is drawn for each pass by problem,
unit and lap, so that the same pass meets the same luck however often it is worked out.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from agents.base import City, CityAgent
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.quantities import WEEK
from twin.domain.route import Spot
from twin.domain.unit import OFF_DUTY, PATROLLING
from twin.world.whereabouts import patrolled

PASSES_A_LAP = 8
"""Passes of one place in one lap that have luck of their own."""

HORIZON = 2 * WEEK
"""Further ahead nobody looks: no shift lasts so long without an interruption, and then it is worked out again."""


class Noticed(Protocol):
    """Whether a problem would have been noticed; see `Lookout.has_noticed`."""

    def __call__(self, number: int, spot: Spot, *, since: int, seen: float, streams: Streams) -> bool:
        """Ask."""


class Lookout(CityAgent):
    """Sets each patrolling unit's alarm for the problem it will notice first."""

    def __init__(self, city: City) -> None:
        super().__init__(city)
        self.patrols = city.terrain.patrols
        self._edges: dict[int, tuple[int, ...]] = {}
        self._turns: dict[int, tuple[int, list[tuple[int, int]]]] = {}

    def look_all(self) -> None:
        """Chance was drawn anew: whoever is on patrol looks again."""
        if self.patrols is not None:
            for unit in np.flatnonzero(self.city.state.fleet.status == PATROLLING).tolist():
                self._look(unit)

    def patrol_on(self, unit: int) -> None:
        """A unit has begun or resumed its patrol."""
        self._look(unit)

    def problem_there(self, number: int) -> None:
        """A problem is there that nobody has reported: will somebody notice it before anything else?"""
        if self.patrols is None:
            return
        state = self.city.state
        for unit in self.patrols.over(state.problems[number].spot.edge):
            if state.fleet.status_of(unit) is PATROLLING:
                due, now_due = self.due(unit, number), state.agenda.due("discover", unit)
                if due is not None and (now_due is None or due < now_due):
                    self.city.record(f.LookoutSet(self.city.now, unit, number, due))

    def problem_gone(self, number: int) -> None:
        """A problem is over, or reported: whoever would have noticed it will notice another."""
        for unit in sorted(unit for unit, problem in self.city.state.lookouts.items() if problem == number):
            self._look(unit)

    def has_noticed(self, number: int, spot: Spot, *, since: int, seen: float, streams: Streams) -> bool:
        """Whether somebody on patrol would have noticed by now a problem that has been there since an instant.

        Told by the laps behind each patrol, as if it had walked all the hours of its roster: the time it was on cases
        is not taken off, and whoever is absent today was there on the days before.
        """
        patrols = self.patrols
        if patrols is None or seen <= 0:
            return False
        for unit in patrols.over(spot.edge):
            phase = patrolled(self.city.state, patrols, unit, at=self.city.now)
            for passed in patrols.last_passes(unit, phase, spot, within_us=self._on_patrol_us(unit, since)):
                n = passed.lap * PASSES_A_LAP + min(passed.number, PASSES_A_LAP - 1)
                if seen >= 1 or streams.uniform(f"look {unit}", number, n) < seen:
                    return True
        return False

    def _on_patrol_us(self, unit: int, since: int) -> int:
        """How long those of a unit's roster were on duty since an instant."""
        city = self.city
        roster = city.setting.units[unit].roster
        if roster is None:
            return city.now - since
        is_absent = city.state.fleet.status_of(unit) is OFF_DUTY
        total = 0
        for begin, end in self._turns_of(roster):
            if end <= since:
                break
            if not (is_absent and begin <= city.now < end):
                total += min(end, city.now) - max(begin, since)
        return total

    def _turns_of(self, roster: int) -> list[tuple[int, int]]:
        """The turns of a roster up to now, the latest first, as far back as `HORIZON`."""
        now, civil = self.city.now, self.city.setting.civil
        known = self._turns.get(roster)
        if known is None or known[0] != now:
            turns: list[tuple[int, int]] = []
            at = max(0, now - HORIZON)
            while (turn := self.city.setting.rosters[roster].now_or_next(at, civil=civil))[0] < now:
                turns.append(turn)
                at = turn[1]
            known = self._turns[roster] = now, turns[::-1]
        return known[1]

    def _look(self, unit: int) -> None:
        state, patrols = self.city.state, self.patrols
        assert patrols is not None
        best: tuple[int, int] | None = None
        if state.unseen:
            for number in self._unseen(unit):
                due = self.due(unit, number)
                if due is not None and (best is None or (due, number) < best):
                    best = due, number
        if best is not None:
            self.city.record(f.LookoutSet(self.city.now, unit, best[1], best[0]))
        elif unit in state.lookouts:
            self.city.record(f.LookoutSet(self.city.now, unit, None, None))

    def _unseen(self, unit: int) -> list[int]:
        """Problems on the unit's way that nobody has reported."""
        unseen, edges = self.city.state.unseen, self._edges.get(unit)
        if edges is None:
            edges = self._edges[unit] = self._edges_by(unit)
        return sorted(number for edge in filter(unseen.__contains__, edges) for number in unseen[edge])

    def _edges_by(self, unit: int) -> tuple[int, ...]:
        """Edges, in both directions, that a unit on patrol may come by."""
        patrols = self.patrols
        assert patrols is not None
        beat = patrols.beat_of(unit)
        if beat is None:
            return ()
        streets = np.unique(beat.tour.streets)
        if not patrols.regular[unit]:
            streets = np.union1d(streets, patrols.beats.links(int(patrols.beat[unit])).streets)
        twins = patrols.beats.network.twin[streets]
        return (*streets.tolist(), *twins[twins >= 0].tolist())

    def due(self, unit: int, number: int) -> int | None:
        """When a unit that goes on with its patrol will notice a problem; None if it ends before or stays unseen.

        Whoever stands by it now has looked already.
        """
        city, patrols = self.city, self.patrols
        assert patrols is not None
        problem = city.state.problems[number]
        seen = city.setting.sources[problem.source].life_of(problem.matter).seen
        ends_at = city.state.agenda.due("end", number)
        until_us = HORIZON if ends_at is None else min(HORIZON, ends_at - city.now)
        if seen <= 0:
            return None
        phase = patrolled(city.state, patrols, unit, at=city.now)
        for passed in patrols.next_passes(unit, phase, problem.spot, within_us=until_us):
            n = passed.lap * PASSES_A_LAP + min(passed.number, PASSES_A_LAP - 1)
            if 0 < passed.wait_us < until_us and (seen >= 1 or city.streams.uniform(f"look {unit}", number, n) < seen):
                return city.now + passed.wait_us
        return None
