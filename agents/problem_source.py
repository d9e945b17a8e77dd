"""A source of problems: they arise, whether or not anybody notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from agents.base import City
from agents.demand import PoissonDemand
from agents.life import arisen
from agents.lookout import Noticed
from agents.source import Source
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.ids import child_id
from twin.domain.problem import Problem
from twin.domain.quantities import DAY
from twin.domain.route import Spot
from twin.world.apply_problems import AGAIN

DAYS_BACK = 30
"""How far back problems that might still be there are drawn when chance is drawn anew."""


class ProblemSource(Source):
    """Brings problems; `there` hears of each new one, so that patrols may come by it.

    `noticed` tells whether somebody on patrol would have noticed by now one that has been there for a while.
    """

    def __init__(
        self, city: City, number: int, *, demand: PoissonDemand, there: Callable[[int], None], noticed: Noticed
    ) -> None:
        super().__init__(city, number, demand=demand)
        self.there, self.noticed = there, noticed

    def give_birth(self, number: int) -> None:
        """A problem arises now."""
        city = self.city
        day, count, row, edge, offset_mm = self.born(number)
        problem = self._problem(row, Spot(edge, offset_mm), arose_at=city.now)
        life, following = self.demand.life_of(problem.matter), self.following(day, count + 1)
        city.record(arisen(number, problem, life, city.streams, at=city.now, following=following))
        self.there(number)

    def unseen_anew(self, streams: Streams) -> list[f.ProblemArose]:
        """Problems that may be there now and of which nobody has told, if chance came from `streams`.

        Born in the last `DAYS_BACK` days, or of those that were, and neither over nor told of under this luck, nor
        noticed by the patrols that have come by.
        """
        now, found = self.city.now, list[f.ProblemArose]()
        ancestors = list(self._born_before(now, streams))
        while ancestors:
            number, problem = ancestors.pop()
            life = self.demand.life_of(problem.matter)
            fact = arisen(number, problem, life, streams, at=now)
            times = dict(enumerate(fact.offspring_at))
            if fact.ends_at is not None and fact.ends_at <= now:
                again_at = life.again_at(number, streams, ended_at=fact.ends_at)
                times |= {} if again_at is None else {AGAIN: again_at}
            elif (fact.told_at is None or fact.told_at > now) and not self.noticed(
                number, problem.spot, since=problem.arose_at, seen=life.seen, streams=streams
            ):
                found.append(replace(fact, offspring_at=tuple(at for at in fact.offspring_at if at > now)))
            ancestors += [(child_id(number, k), replace(problem, arose_at=at)) for k, at in times.items() if at <= now]
        return found

    def _born_before(self, now: int, streams: Streams) -> Iterator[tuple[int, Problem]]:
        """The problems of the last days under other luck, with numbers of their own."""
        k = 0
        for day in range(max(0, now // DAY - DAYS_BACK), now // DAY + 1):
            births = self.draw(day, streams=streams, since=0, first=0)
            for at, row, edge, offset_mm in zip(births.at, births.row, births.edge, births.offset_mm, strict=True):
                if at < now:
                    k += 1
                    yield child_id(-1 - self.number, k), self._problem(row, Spot(edge, offset_mm), arose_at=at)

    def _problem(self, row: int, spot: Spot, *, arose_at: int) -> Problem:
        area, kind = divmod(row, len(self.demand.matters))
        matter, name = self.demand.matters[kind], self.demand.areas[area]
        return Problem(self.number, name, matter.name, matter.priority, matter.needs, spot, arose_at)
