"""Send the first free unit on the list of the case's area: how fire services and beat policing have long done it.

The hypercube model (Larson 1974) analyses exactly this rule.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec

from twin.domain.orders import Decision
from twin.policies.protocol import DISPATCH, NonNegative
from twin.policies.serving import serve_in_order
from twin.world.view import Candidate, Need, Trigger, View


class PreferenceList:
    """A fixed order of units per area.

    Parameters
    ----------
    lists : area → names of units, first choice first. An area without a list has an empty one.
    then : whom to send when nobody on the list is free: the `nearest` other unit, or let the case `wait`.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "preference_list"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(
        self,
        *,
        lists: Mapping[str, Sequence[str]],
        then: Literal["nearest", "wait"] = "nearest",
        runners_up: NonNegative = 2,
    ) -> None:
        self.lists = {area: tuple(names) for area, names in lists.items()}
        self.then = then
        self.runners_up = runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, the first free unit of each area's list."""
        numbers = {unit.name: unit.unit for unit in view.units()} if view.skills_waiting(trigger) else {}

        def choose(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
            found: list[Candidate] = []
            free = frozenset(view.free_units(need.skill)).difference(taken)
            for name in self.lists.get(need.area, ()):
                if len(found) > self.runners_up:
                    break
                unit = numbers.get(name)
                if unit in free and (candidate := view.expect(need, unit)) is not None:
                    found.append(candidate)
            if not found and self.then == "nearest":
                return view.nearest(need, k=1 + self.runners_up, without=taken)
            return tuple(found)

        return serve_in_order(view, trigger, rule=self.name, choose=choose, memory=memory)
