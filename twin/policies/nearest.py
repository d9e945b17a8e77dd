"""Send the unit expected there first: turnout and travel time from where each free unit really is now.

Whoever has the skill counts, of every kind and however it gets about; a walker round the corner beats a car far away.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from twin.domain.orders import Decision
from twin.policies.protocol import DISPATCH, NonNegative
from twin.policies.serving import serve_in_order
from twin.world.view import Candidate, Need, Trigger, View


class Nearest:
    """The rule most centres say they follow, and the one others are measured against.

    Parameters
    ----------
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "nearest"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(self, *, runners_up: NonNegative = 2) -> None:
        self.runners_up = runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, the soonest free unit for each need."""
        return serve_in_order(view, trigger, rule=self.rule, choose=self.choose, memory=memory)

    def choose(self, view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
        """Whom to send, then the runners-up."""
        return view.nearest(need, k=1 + self.runners_up, without=taken)

    def rule(self, view: View, need: Need, sent: Candidate) -> str:
        """What the reason says."""
        return self.name
