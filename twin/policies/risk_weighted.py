"""Have every patrol go more often to those streets of its beat of which more than average was reported lately."""

from __future__ import annotations

import msgspec

from twin.domain.orders import Decision
from twin.domain.quantities import WEEK, to_s
from twin.policies.protocol import PATROL, Factor, Weeks
from twin.policies.street_counts import above_average, beats_of, focus
from twin.world.view import Trigger, View


class RiskWeighted:
    """Each beat by itself, anew every week: the average is the beat's own, in reports a metre of street.

    Parameters
    ----------
    weeks : how many weeks back reports count.
    factor : how many times as often such a street is gone to as the others.
    """

    name = "risk_weighted"
    triggers = PATROL
    period_s = to_s(WEEK)
    memory_type = None

    def __init__(self, *, weeks: Weeks = 4, factor: Factor = 3) -> None:
        self.weeks, self.factor = weeks, factor

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """An order for every unit that patrols; one without streets ends what held before."""
        counts = view.told(self.weeks)
        orders = [
            focus(unit, above_average(view, streets, counts), factor=self.factor, rule=self.name)
            for unit, streets in beats_of(view).items()
        ]
        return Decision(tuple(orders), memory)
