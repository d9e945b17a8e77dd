"""Send a free unit of the grid the case lies in; only where there is none, the nearest of all: beat first.

The preference list of a grid is its own people, then everybody else by expected arrival, whatever their mode and kind.
A unit is *of the grid* if the case lies in its beat, in whichever overlay that is.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from twin.domain.orders import Decision
from twin.domain.quantities import to_us
from twin.policies.protocol import DISPATCH, NonNegative, Seconds
from twin.policies.serving import serve_in_order, soonest
from twin.world.view import Candidate, Need, Trigger, View


class OwnGridFirst:
    """Own people know the place and the people; strangers come only when they must.

    Parameters
    ----------
    within_s : send an own unit only if it is expected at most so many seconds after the nearest; None: in any case.
    runners_up : how many units that were not sent are named in the reason, own and others, soonest first.
    """

    name = "own_grid_first"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(self, *, within_s: Seconds | None = None, runners_up: NonNegative = 2) -> None:
        self.within_us = None if within_s is None else to_us(within_s)
        self.runners_up = runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, the soonest own unit for each need, or the soonest of all."""
        return serve_in_order(view, trigger, rule=self.rule, choose=self.choose, memory=memory)

    def choose(self, view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
        """Whom to send, then the runners-up."""
        near = view.nearest(need, k=1 + self.runners_up, without=taken)
        own = expected_of(view, need, view.own_units(need), taken=taken)
        if not own or not self._near_enough(own[0], near):
            return near
        known = {candidate.unit: candidate for candidate in (*own[1:], *near) if candidate.unit != own[0].unit}
        return (own[0], *soonest(known.values())[: self.runners_up])

    def rule(self, view: View, need: Need, sent: Candidate) -> str:
        """What the reason says: by its grid, or as the nearest."""
        return self.name if sent.unit in view.own_units(need) else f"{self.name}: nearest"

    def _near_enough(self, own: Candidate, near: tuple[Candidate, ...]) -> bool:
        return self.within_us is None or own.expected_us <= near[0].expected_us + self.within_us


def expected_of(view: View, need: Need, units: Collection[int], *, taken: Collection[int]) -> tuple[Candidate, ...]:
    """Of these free units those that are not taken and have a way there, soonest first."""
    expected = (view.expect(need, unit) for unit in units if unit not in taken)
    return soonest(candidate for candidate in expected if candidate is not None)
