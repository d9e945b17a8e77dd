"""Send any free unit, by a throw of dice: the control that a better rule must beat."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from twin.domain.orders import Decision
from twin.policies.protocol import DISPATCH
from twin.policies.serving import serve_in_order
from twin.world.view import Candidate, Need, Trigger, View


class Random:
    """Uniform over the free capable units; the same dice for the same need under the same luck."""

    name = "random"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, a free unit at random for each need."""
        return serve_in_order(view, trigger, rule=self.name, choose=_throw, memory=memory)


def _throw(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
    free = [unit for unit in view.free_units(need.skill) if unit not in taken]
    dice = view.dice(need)
    while free:
        unit = free.pop(int(dice * len(free)))
        if (candidate := view.expect(need, unit)) is not None:
            return (candidate,)
    return ()
