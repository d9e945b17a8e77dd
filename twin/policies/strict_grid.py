"""Send nobody but units of the grid the case lies in: the case waits for them, however long, whoever else is free.

Every grid is a queue of its own (N separate M/M/c queues): the rule to hold the others against. Where nobody looks
after a grid a case would wait for ever, so there the nearest goes, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import msgspec

from twin.domain.orders import Decision
from twin.domain.unit import FREE
from twin.policies.own_grid_first import expected_of
from twin.policies.protocol import DISPATCH, NonNegative
from twin.policies.serving import serve_in_order
from twin.world.view import Candidate, Need, Trigger, UnitSeen, View


class StrictGrid:
    """Own grid or nobody.

    A grid is looked after for a skill if a unit on the roster has that beat and that skill, on duty or not: at night a
    case waits for the morning.

    Parameters
    ----------
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "strict_grid"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(self, *, runners_up: NonNegative = 2) -> None:
        self.runners_up = runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, the soonest own unit for each need; none where there is none free."""

        @cache
        def looking_after() -> dict[tuple[int, str], list[UnitSeen]]:
            """Units by beat and skill: a long queue asks for the same ones again and again."""
            found: dict[tuple[int, str], list[UnitSeen]] = {}
            for unit in view.units():
                if unit.beat is not None:
                    for skill in unit.skills:
                        found.setdefault((unit.beat, skill), []).append(unit)
            return found

        def choose(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
            if trigger.case is not None and (own := expected_of(view, need, view.own_units(need), taken=taken)):
                return own[: 1 + self.runners_up]
            beats = view.beats_at(need.spot)
            all_own = [unit for beat in beats for unit in looking_after().get((beat, need.skill), ())]
            if not all_own:
                return view.nearest(need, k=1 + self.runners_up, without=taken)
            free = [unit.unit for unit in all_own if unit.status in FREE]
            return expected_of(view, need, free, taken=taken)[: 1 + self.runners_up]

        return serve_in_order(view, trigger, rule=self._rule, choose=choose, memory=memory)

    def _rule(self, view: View, need: Need, sent: Candidate) -> str:
        return self.name if sent.unit in view.own_units(need) else f"{self.name}: nobody's grid, nearest"
