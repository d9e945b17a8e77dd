"""A street as a line on which everybody goes a second a metre: situations made by hand whose right answer is known.

In: where units stand, what waits, and where zones are. Out: a `View`, for policies to be asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.domain.mode import CAR, Mode
from twin.domain.orders import Assign, Decision
from twin.domain.quantities import HOUR, SECOND
from twin.domain.route import Spot
from twin.domain.unit import PARKED
from twin.policies.protocol import Policy
from twin.roads.network import FloatArray, LongArray
from twin.roads.zones import Zones
from twin.world.view import Candidate, Need, Trigger, TriggerKind, UnitSeen

SKILL = "order"


def need(number: int, *, at_m: int, priority: int = 2, waited_s: float = 0.0, skill: str = SKILL) -> Need:
    """A need so many metres along the line that was reported so long ago."""
    reported_at = HOUR - round(waited_s * SECOND)
    return Need(number, 0, skill, priority, "line", "call", reported_at, Spot(0, at_m))


@dataclass(frozen=True)
class Line:
    """The view. `places`: units, by number, and metres along the line; all are free and take no time to turn out.

    `busy`: how many more there are on duty; `told`: what was reported by zone, the `zones` being metres as well;
    `skills`: of units that have others than the usual one; `since`: instants since when units are free.
    """

    places: Mapping[int, int]
    needs: Sequence[Need] = ()
    zones_m: Sequence[int] = (0,)
    told: Sequence[float] = (1.0,)
    busy: int = 0
    skills: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    since: Mapping[int, int] = field(default_factory=dict)
    now: int = HOUR

    def waiting(self, trigger: Trigger | None = None) -> Iterator[Need]:
        """All of them, in the order of the queue."""
        yield from sorted(self.needs, key=lambda each: (each.priority, each.reported_at, each.case))

    def servable(self, trigger: Trigger, *, taken: Collection[int]) -> Iterator[Need]:
        return (need for need in self.waiting(trigger) if self.n_free(need.skill, without=taken))

    def skills_waiting(self, trigger: Trigger | None = None) -> tuple[str, ...]:
        return tuple(sorted({each.skill for each in self.needs}))

    def free_units(self, skill: str) -> tuple[int, ...]:
        return tuple(unit for unit in sorted(self.places) if skill in self.skills.get(unit, (SKILL,)))

    def n_free(self, skill: str, *, without: Collection[int] = ()) -> int:
        return len(set(self.free_units(skill)) - set(without))

    def n_on_duty(self, skill: str) -> int:
        return self.n_free(skill) + self.busy

    def expect(self, need: Need, unit: int) -> Candidate:
        return Candidate(unit, abs(self.places[unit] - need.spot.offset_mm) * SECOND)

    def nearest(self, need: Need, *, k: int = 1, without: Collection[int] = ()) -> tuple[Candidate, ...]:
        found = [self.expect(need, unit) for unit in self.free_units(need.skill) if unit not in without]
        return tuple(sorted(found, key=lambda each: (each.expected_us, each.unit))[:k])

    def units(self) -> tuple[UnitSeen, ...]:
        return tuple(
            UnitSeen(unit, f"{unit}", "crew", (SKILL,), PARKED, self.since.get(unit, 0), None, None)
            for unit in sorted(self.places)
        )

    def zones(self) -> Zones:
        n = len(self.zones_m)
        return Zones(tuple(Spot(0, at_m) for at_m in self.zones_m), np.zeros(1, np.int32), np.ones(n, np.int64))

    def told_by_zone(self, weeks: int) -> FloatArray:
        return 1e6 * np.array(self.told)

    def reach_us(self, units: Sequence[int]) -> LongArray:
        here = np.array([self.places[unit] for unit in units], np.int64)
        return np.abs(here[:, None] - np.array(self.zones_m, np.int64)) * SECOND

    def reach_from_us(self, spots: Sequence[Spot], *, mode: Mode = CAR) -> LongArray:
        return np.abs(np.array([[spot.offset_mm - at_m for at_m in self.zones_m] for spot in spots])) * SECOND

    def can_try_remotely(self, need: Need) -> bool:
        return False


def asked(policy: Policy, line: Line, *, memory: object = None, kind: str = "unit free") -> Decision:
    """What a policy decides there."""
    trigger = Trigger(TriggerKind(kind), case=line.needs[0].case if kind == "case queued" else None)
    return policy.decide(line, trigger, memory)  # type: ignore[arg-type]


def sent(decision: Decision) -> dict[int, int]:
    """Case → the unit that is sent to it."""
    orders = [order for order in decision.orders if isinstance(order, Assign)]
    assert len(orders) == len(decision.orders)
    return {order.case: order.unit for order in orders}
