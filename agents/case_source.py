"""A source of cases: citizens, hotlines and sensors together, whatever they tell of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from agents.base import City
from agents.demand import Matter, PoissonDemand
from agents.source import Source
from twin.domain import facts as f
from twin.domain.route import Spot


class CaseSource(Source):
    """Reports cases, each a thing of its own."""

    def __init__(self, city: City, number: int, *, demand: PoissonDemand, take: Callable[[int], None]) -> None:
        super().__init__(city, number, demand=demand)
        self.take = take

    def give_birth(self, number: int) -> None:
        """A case is reported now."""
        city, demand = self.city, self.demand
        day, count, row, edge, offset_mm = self.born(number)
        area, kind = divmod(row, len(demand.matters))
        matter = demand.matters[kind]
        priority = city.priority_of(matter.name, matter.priority)
        if priority != matter.priority:
            matter = replace(matter, priority=priority)
        case = Named(number, f"{demand.name}-{day}-{count}", demand.areas[area])
        spot = Spot(edge, offset_mm)
        city.record(told(case, matter, spot, at=city.now, source=self.number, following=self.following(day, count + 1)))
        self.take(number)


class Named(NamedTuple):
    """A case to be reported: its id, how people call it, and its area."""

    case: int
    ref: str
    area: str


def told(
    named: Named,
    matter: Matter,
    spot: Spot,
    *,
    at: int,
    source: int,
    following: tuple[int | None, int | None] = (None, None),
) -> f.CaseReported:
    """The fact that a case was reported; `following`: (id, instant) of its source's next."""
    return f.CaseReported(
        at,
        *named,
        matter.name,
        matter.priority,
        all_needs(matter.needs, verify=matter.verify, check=matter.check),
        spot.edge,
        spot.offset_mm,
        source,
        *following,
        n_verify=int(matter.verify is not None),
        n_check=int(matter.check is not None),
    )


def all_needs(needs: tuple[str, ...], *, verify: str | None, check: str | None) -> tuple[str, ...]:
    """The skills a case wants, in the order of its stages."""
    return (*(() if verify is None else (verify,)), *needs, *(() if check is None else (check,)))
