"""A source of what arises by chance: brings the next when its time has come, and arms the one after it.

What arises on a day is a function of (seed, replication, luck, source, day); only how far the source has come is state.
"""

from __future__ import annotations

from agents.base import City, CityAgent
from agents.demand import Births, PoissonDemand, draw_day
from twin.clock.alarms import Alarm
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.ids import BATCHES_A_SOURCE, batch_and_number, case_id
from twin.domain.quantities import DAY

DAYS_WITHOUT = 400
"""A source that brings nothing for so long has dried up."""


class Source(CityAgent):
    """One Poisson demand; what kind of thing it brings is up to those that derive from it."""

    def __init__(self, city: City, number: int, *, demand: PoissonDemand) -> None:
        super().__init__(city)
        self.number, self.demand = number, demand
        self._days: dict[int, Births] = {}
        self._luck = (0, 0)

    def open(self) -> None:
        """Be there, and arm the first."""
        next_case, next_at = self.following(0, 0)
        self.city.record(f.SourceOpened(self.city.now, self.number, self.demand.name, next_case, next_at))

    def give_birth(self, number: int) -> None:
        """The one of this number arises now."""
        raise NotImplementedError

    def born(self, number: int) -> tuple[int, int, int, int, int]:
        """(day, count in it, row, edge, offset in millimetres) of the one of this number."""
        batch, count = batch_and_number(number)
        day = batch % BATCHES_A_SOURCE
        births = self._day(day)
        i = count - births.first
        return day, count, births.row[i], births.edge[i], births.offset_mm[i]

    def following(self, day: int, number: int) -> tuple[int | None, int | None]:
        """(id, instant) of the first from `number` of `day` on; (None, None) when there is none any more."""
        for later in range(day, day + DAYS_WITHOUT):
            births = self._day(later)
            i = max(0, number - births.first) if later == day else 0
            if i < len(births.at):
                return case_id(self.number, later, births.first + i), births.at[i]
        return None, None

    def open_anew(self, streams: Streams) -> Alarm | None:
        """The next alarm of this source if from now on it were drawn from `streams`; numbers go on where they are."""
        now = self.city.now
        today, born = now // DAY, self._born(now // DAY)
        for day in range(today, today + DAYS_WITHOUT):
            births = self.draw(day, streams=streams, since=now, first=born if day == today else 0)
            if births.at:
                return "birth", case_id(self.number, day, births.first), births.at[0]
        return None

    def draw(self, day: int, *, streams: Streams, since: int, first: int) -> Births:
        """What arises on a day after `since`, numbered from `first`."""
        entity = self.number * BATCHES_A_SOURCE + day
        civil = self.city.setting.civil
        return draw_day(self.demand, streams, entity=entity, day=day, civil=civil, since=since, first=first)

    def _born(self, day: int) -> int:
        """How many of a day's have been."""
        last = self.city.state.last_cases.get(self.number)
        batch, number = (None, 0) if last is None else batch_and_number(last)
        return number + 1 if batch == self.number * BATCHES_A_SOURCE + day else 0

    def _day(self, day: int) -> Births:
        state = self.city.state
        luck = (state.luck, state.luck_since)
        if day not in self._days or self._luck != luck:
            kept = {} if self._luck != luck else self._days
            self._luck = luck
            self._days = {old: births for old, births in kept.items() if day - 2 <= old <= day}
            first = state.first_numbers.get(self.number * BATCHES_A_SOURCE + day, 0)
            self._days[day] = self.draw(day, streams=self.city.streams, since=state.luck_since, first=first)
        return self._days[day]
