"""Shifts: one fact when a roster comes on duty, one when it goes off; who is absent is drawn by unit and day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agents.base import City, CityAgent
from agents.field_unit import FieldUnit
from twin.domain import facts as f
from twin.domain.unit import PATROLLING
from twin.world.view import SHIFT, Trigger


class Shifts(CityAgent):
    """Rings the hours of all rosters. `changed` hears of it when somebody has come or gone."""

    def __init__(self, city: City, units: Sequence[FieldUnit], *, changed: Callable[[], None]) -> None:
        super().__init__(city)
        self.units, self.changed = units, changed
        self._turns: dict[int, tuple[int, int, int]] = {}

    def is_on(self, number: int) -> bool:
        """Whether those of a roster are on duty now."""
        begin, _ = self.turn(number)
        return begin <= self.city.now and self._works(number)

    def turn(self, number: int) -> tuple[int, int]:
        """(begin, end) of the turn of a roster that is on now, or comes next; looked up once a turn."""
        now = self.city.now
        since, begin, end = self._turns.get(number, (0, 0, 0))
        if not since <= now < end:
            begin, end = self.city.setting.rosters[number].now_or_next(now, civil=self.city.setting.civil)
            self._turns[number] = now, begin, end
        return begin, end

    def _works(self, number: int) -> bool:
        """Whether a roster works in the mode the centre is in: some work in some modes only."""
        loop = self.city.setting.loop
        modes = () if loop is None else [mode for mode in loop.modes.values() if number in mode.rosters]
        return not modes or any(mode.name == self.city.state.mode for mode in modes)

    def mode_changed(self) -> None:
        """The centre works in another mode: rosters of some modes only come, or go."""
        loop = self.city.setting.loop
        of_modes = {number for mode in loop.modes.values() for number in mode.rosters} if loop is not None else ()
        for number in sorted(of_modes):
            self.change(number)

    def open(self) -> None:
        """At the epoch: send home who is not on, and say when each roster changes next."""
        city = self.city
        for number in range(len(city.setting.rosters)):
            begin, _ = self.turn(number)
            city.record(f.ShiftEnded(city.now, number, max(begin, city.now)))
            if begin <= city.now:
                self.change(number)

    def change(self, number: int) -> None:
        """A roster comes on, or goes off, duty."""
        city, civil = self.city, self.city.setting.civil
        roster = city.setting.rosters[number]
        begin, end = self.turn(number)
        if begin > city.now or not self._works(number):
            city.record(f.ShiftEnded(city.now, number, begin if begin > city.now else end))
            self.changed()
            return
        members = city.state.fleet.rosters.get(number, ())
        day = roster.shift_of(begin, civil=civil)
        absent = tuple(unit for unit in members if not self.units[unit].attends(day))
        city.record(f.ShiftBegan(city.now, number, absent, end))
        self.changed()
        for unit in members:
            if city.state.fleet.status_of(unit) is PATROLLING:
                self.units[unit].lookout.patrol_on(unit)
        city.decide(Trigger(SHIFT))
