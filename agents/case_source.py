"""A source of cases: citizens, hotlines and sensors together, whatever they tell of."""

from __future__ import annotations

from collections.abc import Callable

from agents.base import City
from agents.demand import PoissonDemand
from agents.source import Source
from twin.domain import facts as f


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
        next_case, next_at = self.following(day, count + 1)
        city.record(
            f.CaseReported(
                city.now,
                number,
                f"{demand.name}-{day}-{count}",
                demand.areas[area],
                matter.name,
                matter.priority,
                all_needs(matter.needs, verify=matter.verify, check=matter.check),
                edge,
                offset_mm,
                self.number,
                next_case,
                next_at,
                n_verify=int(matter.verify is not None),
                n_check=int(matter.check is not None),
            )
        )
        self.take(number)


def all_needs(needs: tuple[str, ...], *, verify: str | None, check: str | None) -> tuple[str, ...]:
    """The skills a case wants, in the order of its stages."""
    return (*(() if verify is None else (verify,)), *needs, *(() if check is None else (check,)))
