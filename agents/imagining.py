"""Imagined futures: what orders would come to, for a policy that asks; the only door there is.

In: the city as it is when the policy is asked, and orders. Out: what each of some futures costs. All futures are drawn
with luck of their own, the same for all orders that are compared at one instant and for no other run, so nothing is
learnt of the real one. They leave no trace: a future is another city, whose journal goes nowhere and whose policy of
dispatch is a plain one, for inside it nobody imagines anything.

The policy is asked in the middle of an instant, and in the futures that is where it ends: whoever came free just now
and got no order goes home or on patrol.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum
from typing import Protocol

import msgspec
import numpy as np

from agents.base import City
from agents.collector import collector_held_off
from agents.command_centre import CommandCentre
from agents.consulting import DISPATCH_DESK
from agents.field_unit import FieldUnit
from twin.domain import facts as f
from twin.domain.case import HANDLE, VERIFY, Case
from twin.domain.objective import Objective
from twin.domain.orders import Order
from twin.domain.quantities import to_s, to_us
from twin.domain.unit import PARKED
from twin.errors import PolicyError
from twin.world.state import Saved, State
from twin.world.world import World

FIRST = 1 << 40
"""Lucks of imagined futures are numbered from here: no other fork has such a luck."""

PLAIN = msgspec.msgpack.encode({})


class Future(City, Protocol):
    """A city that can be told to go on."""

    world: World
    centre: CommandCentre

    @property
    def units(self) -> Sequence[FieldUnit]:
        """Everybody, by number."""

    def change_luck(self, luck: int) -> None:
        """Draw anew, from now on, all that chance has not shown yet."""

    def advance_to(self, until: int) -> None:
        """Let everything due before `until` happen."""


class Imagination:
    """Futures of a city from one instant on. `another`: a city in a given state, at the instant it is now."""

    def __init__(self, state: State, now: int, *, another: Callable[[State], Future]) -> None:
        self.state, self.now, self.another = state, now, another
        self._begun: dict[tuple[int, str], Saved] = {}

    def __call__(
        self, orders: Sequence[Order], *, horizon_s: float, n: int, then: str, valued: Objective
    ) -> tuple[float, ...]:
        """See `twin.world.view.View.imagine`.

        Raises
        ------
        PolicyError : nothing is imagined, no span of time, or by no such policy.
        """
        if n < 1 or not horizon_s > 0:
            raise PolicyError(f"imagines {n} futures of {horizon_s} s: give it at least one, of some length", key=then)
        until = self.now + to_us(horizon_s)
        return tuple(self._cost(luck, then, orders, until=until, valued=valued) for luck in range(FIRST, FIRST + n))

    @collector_held_off()
    def _cost(self, luck: int, then: str, orders: Sequence[Order], *, until: int, valued: Objective) -> float:
        future = self._begin(luck, then)
        state, costs = future.state, list[float]()

        def waited(case: Case, at: int) -> float:
            return valued.cost_s(to_s(at - _since(case)), priority=case.priority)

        def hear(fact: f.Fact) -> None:
            if isinstance(fact, f.UnitArrived):
                job = state.jobs[fact.unit]
                costs.extend([waited(state.cases[job.case], fact.at)] * (1 + len(job.covers)))

        future.centre.give(orders, future.view())
        freed = np.flatnonzero((state.fleet.status == PARKED) & (state.fleet.since == self.now))
        for unit in freed.tolist():
            future.units[unit].stand_by()
        future.world.listen(hear)
        future.advance_to(until)
        still = [need.case for line in state.queue.lines.values() for need in line]
        still += [job.case for job in state.jobs.values() for _ in (job.need, *job.covers) if job.arrived_at is None]
        return fsum([*costs, *(waited(state.cases[case], until) for case in still)])

    def _begin(self, luck: int, then: str) -> Future:
        """The city as it is now, under other luck and by another policy; drawn once, however many orders are tried."""
        begun = self._begun.get((luck, then))
        if begun is not None:
            return self.another(State.load(begun))
        future = self.another(State.load(self.state.dump()))
        future.record(f.PolicyChanged(self.now, DISPATCH_DESK, then, PLAIN))
        future.centre.arm()
        future.change_luck(luck)
        self._begun[luck, then] = future.state.dump()
        return future


def _since(case: Case) -> int:
    """Since when a case has waited for what it waits for: from its report, or from when a later stage began."""
    first = VERIFY if case.n_verify else HANDLE
    is_first = case.stage is first and not (case.n_reworks or case.n_reopened)
    return case.reported_at if is_first else case.since
