"""The best that can be done with a few units and calls, by trying everything: nothing of the bound is used here.

In: one unit's times in plain lists. Out: the least sum of costs over every division of the calls among the units and
every order in which each unit can serve its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Grid = list[list[int]]
Cost = Callable[[int, int], float]
Label = tuple[int, float]
"""When a unit comes free, and what its calls have cost so far."""


@dataclass(frozen=True, slots=True)
class One:
    """One unit: as a crew of one, see `Crew`."""

    first: list[int]
    work: list[int]
    home: list[int]
    leg: Grid
    near: Grid

    def arrives_at(self, call: int, ready: int, *, freed: tuple[int, int] | None) -> int:
        """When it is at a call, coming from (call, instant) or from its station."""
        if freed is None:
            return ready + self.first[call]
        last, at = freed
        over_home = max(at + self.home[last], ready) + self.first[call]
        return min(over_home, max(at + self.leg[last][call], ready + self.near[last][call]))


def by_permutations(unit: One, chosen: Sequence[int], *, ready: Sequence[int], cost: Cost) -> float:
    """The least cost of one unit's serving some calls: every order is tried."""

    def serve(left: tuple[int, ...], freed: tuple[int, int] | None) -> float:
        if not left:
            return 0.0
        found = []
        for call in left:
            at = unit.arrives_at(call, ready[call], freed=freed)
            rest = tuple(other for other in left if other != call)
            found.append(cost(call, at) + serve(rest, (call, at + unit.work[call])))
        return min(found)

    return serve(tuple(chosen), None)


def by_sets(unit: One, *, ready: Sequence[int], cost: Cost) -> list[float]:
    """The same for every set of calls (as bits): of orders with one end only those nobody beats are kept."""
    n = len(ready)
    best = [float("inf")] * (1 << n)
    best[0] = 0.0
    labels: dict[tuple[int, int], list[Label]] = {}
    for call in range(n):
        at = unit.arrives_at(call, ready[call], freed=None)
        labels[1 << call, call] = [(at + unit.work[call], cost(call, at))]
    for served in range(1, 1 << n):
        for last in range(n):
            kept: list[Label] = []
            for free_at, spent in sorted(labels.pop((served, last), [])):
                if not kept or spent < kept[-1][1]:
                    kept.append((free_at, spent))
            if not kept:
                continue
            best[served] = min(best[served], kept[-1][1])
            for call in range(n):
                if served >> call & 1:
                    continue
                for free_at, spent in kept:
                    at = unit.arrives_at(call, ready[call], freed=(last, free_at))
                    label = at + unit.work[call], spent + cost(call, at)
                    labels.setdefault((served | 1 << call, call), []).append(label)
    return best


def brute_force(units: Sequence[One], *, ready: Sequence[int], cost: Cost, unserved: float = float("inf")) -> float:
    """The least cost of all calls; `unserved`: what one costs that nobody goes to."""
    everything = (1 << len(ready)) - 1
    total = by_sets(units[0], ready=ready, cost=cost)
    for unit in units[1:]:
        own = by_sets(unit, ready=ready, cost=cost)
        joined = [float("inf")] * len(total)
        for served in range(everything + 1):
            part = served
            while True:
                joined[served] = min(joined[served], total[served ^ part] + own[part])
                if not part:
                    break
                part = (part - 1) & served
        total = joined
    n_left = [(everything ^ served).bit_count() for served in range(everything + 1)]
    return min(spent + unserved * left if left else spent for spent, left in zip(total, n_left, strict=True))
