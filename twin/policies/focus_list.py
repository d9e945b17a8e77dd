"""Have patrols go more often to the streets on the list of the week: those most was reported of the week before."""

from __future__ import annotations

import math

import msgspec

from twin.domain.orders import Decision
from twin.domain.quantities import WEEK, to_s
from twin.policies.protocol import PATROL, Factor, Share
from twin.policies.street_counts import beats_of, focus, most_told_of
from twin.world.view import Trigger, View


class FocusList:
    """One list for the city, new every week: beats with much to find get much of it, quiet ones may get nothing.

    Parameters
    ----------
    share : how long the list may be, as a share of the streets that are patrolled, rounded up. Streets of which nothing
        was reported last week are not put on it.
    factor : how many times as often a street on the list is gone to as the others.
    """

    name = "focus_list"
    triggers = PATROL
    period_s = to_s(WEEK)
    memory_type = None

    def __init__(self, *, share: Share = 0.05, factor: Factor = 3) -> None:
        self.share, self.factor = share, factor

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """An order for every unit that patrols; one without streets ends what held before."""
        beats = beats_of(view)
        patrolled = sorted({street for streets in beats.values() for street in streets})
        n_listed = math.ceil(self.share * len(patrolled))
        listed = frozenset(most_told_of(view, patrolled, view.told(1))[:n_listed])
        orders = [
            focus(unit, listed.intersection(streets), factor=self.factor, rule=self.name)
            for unit, streets in beats.items()
        ]
        return Decision(tuple(orders), memory)
