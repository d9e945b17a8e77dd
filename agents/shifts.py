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

    def is_on(self, number: int) -> bool:
        """Whether those of a roster are on duty now."""
        begin, _ = self.city.setting.rosters[number].now_or_next(self.city.now, civil=self.city.setting.civil)
        return begin <= self.city.now

    def open(self) -> None:
        """At the epoch: send home who is not on, and say when each roster changes next."""
        city = self.city
        for number, roster in enumerate(city.setting.rosters):
            begin, _ = roster.now_or_next(city.now, civil=city.setting.civil)
            city.record(f.ShiftEnded(city.now, number, max(begin, city.now)))
            if begin <= city.now:
                self.change(number)

    def change(self, number: int) -> None:
        """A roster comes on, or goes off, duty."""
        city, civil = self.city, self.city.setting.civil
        roster = city.setting.rosters[number]
        begin, end = roster.now_or_next(city.now, civil=civil)
        if begin > city.now:
            city.record(f.ShiftEnded(city.now, number, begin))
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
