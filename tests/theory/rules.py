"""Dispatch rules for the checks, loaded by `module:Class` as anybody's would be: one theory needs, one is wrong."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from twin.domain.orders import Decision
from twin.policies.protocol import DISPATCH
from twin.policies.serving import serve_in_order
from twin.world.view import Candidate, Need, Trigger, View

WORK, PROBE = "work", "probe"
"""Matters: the one that keeps units busy, and the one whose cases are sent the nearest free unit."""


class WorkAtRandom:
    """Any free unit for work, so that who is busy says nothing about where; the nearest one for a probe."""

    name = "work at random"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue."""
        return serve_in_order(view, trigger, rule=self.name, choose=_any_or_nearest, memory=memory)


class SecondNearest:
    """Wrong: the second nearest free unit is sent, the nearest only where there is no other."""

    name = "second nearest"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue."""
        return serve_in_order(view, trigger, rule=self.name, choose=_second, memory=memory)


def _any_or_nearest(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
    if need.matter == PROBE:
        return view.nearest(need, without=taken)
    free = [unit for unit in view.free_units(need.skill) if unit not in taken]
    found = view.expect(need, free[int(view.dice(need) * len(free))]) if free else None
    return () if found is None else (found,)


def _second(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
    nearest, *others = view.nearest(need, k=3, without=taken) or (None,)
    return tuple(unit for unit in (*others[:1], nearest, *others[1:]) if unit is not None)
