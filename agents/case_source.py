"""A source of modelled cases: reports the next one when its time has come, and arms the one after it."""

from __future__ import annotations

from collections.abc import Callable

from agents.base import City, CityAgent
from agents.demand import Births, PoissonDemand, draw_day
from twin.clock.alarms import Alarm
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.ids import BATCHES_A_SOURCE, batch_and_number, case_id
from twin.domain.quantities import DAY

DAYS_WITHOUT = 400
"""A source that brings nothing for so long has dried up."""


class CaseSource(CityAgent):
    """Citizens, hotlines and sensors together, as one Poisson demand."""

    def __init__(self, city: City, number: int, *, demand: PoissonDemand, take: Callable[[int], None]) -> None:
        super().__init__(city)
        self.number, self.demand, self.take = number, demand, take
        self._days: dict[int, Births] = {}
        self._luck = (0, 0)

    def open(self) -> None:
        """Be there, and arm the first case."""
        next_case, next_at = self.following(0, 0)
        self.city.record(f.SourceOpened(self.city.now, self.number, self.demand.name, next_case, next_at))

    def give_birth(self, case: int) -> None:
        """A case is reported now."""
        city, demand = self.city, self.demand
        batch, number = batch_and_number(case)
        day = batch % BATCHES_A_SOURCE
        births = self._day(day)
        i = number - births.first
        area, kind = divmod(births.row[i], len(demand.matters))
        matter = demand.matters[kind]
        next_case, next_at = self.following(day, number + 1)
        city.record(
            f.CaseReported(
                city.now,
                case,
                f"{demand.name}-{day}-{number}",
                demand.areas[area],
                matter.name,
                matter.priority,
                matter.needs,
                births.edge[i],
                births.offset_mm[i],
                self.number,
                next_case,
                next_at,
            )
        )
        self.take(case)

    def following(self, day: int, number: int) -> tuple[int | None, int | None]:
        """(id, instant) of the first case from `number` of `day` on; (None, None) when there is none any more."""
        for later in range(day, day + DAYS_WITHOUT):
            births = self._day(later)
            i = max(0, number - births.first) if later == day else 0
            if i < len(births.at):
                return case_id(self.number, later, births.first + i), births.at[i]
        return None, None

    def open_anew(self, streams: Streams) -> Alarm | None:
        """The next alarm of this source if from now on its cases came from `streams`; numbers go on where they are."""
        now = self.city.now
        today, born = now // DAY, self._born(now // DAY)
        for day in range(today, today + DAYS_WITHOUT):
            births = self._draw(day, streams=streams, since=now, first=born if day == today else 0)
            if births.at:
                return "birth", case_id(self.number, day, births.first), births.at[0]
        return None

    def _born(self, day: int) -> int:
        """How many of a day's cases have been reported."""
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
            self._days[day] = self._draw(day, streams=self.city.streams, since=state.luck_since, first=first)
        return self._days[day]

    def _draw(self, day: int, *, streams: Streams, since: int, first: int) -> Births:
        entity = self.number * BATCHES_A_SOURCE + day
        civil = self.city.setting.civil
        return draw_day(self.demand, streams, entity=entity, day=day, civil=civil, since=since, first=first)
