"""Send the unit whose going costs least cover, among those that are expected within a target; else the nearest.

Dispatch by DMEXCLP (Jagtenberg, van den Berg and van der Mei, "Benchmarking online dispatch algorithms for emergency
medical services", EJOR 258, 2017; "Optimal dispatching of ambulances", Health Care Management Science 20, 2017): cover
is the expected one of `twin.policies.cover`, of all free units with the skill that is needed.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from twin.domain.orders import Decision
from twin.domain.quantities import to_us
from twin.policies.cover import Busy, Standing, look
from twin.policies.protocol import DISPATCH, BusyShare, NonNegative, Positive, Seconds, Weeks
from twin.policies.serving import serve_in_order, soonest
from twin.world.view import Candidate, Need, Trigger, View


class Dmexclp:
    """Within the target all arrivals are alike; what is left behind is not.

    Parameters
    ----------
    target_s : when an arrival is late, after the order; the same target says what a unit covers.
    busy_share : share of their time that units are busy; None: as it was seen to be so far.
    weeks : how many weeks back reports say how much zones count.
    among : how many of the nearest units are looked at.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "dmexclp"
    triggers = DISPATCH
    period_s = None
    memory_type = Busy

    def __init__(
        self,
        *,
        target_s: Seconds = 600.0,
        busy_share: BusyShare | None = None,
        weeks: Weeks = 4,
        among: Positive = 12,
        runners_up: NonNegative = 2,
    ) -> None:
        self.target_us = to_us(target_s)
        self.busy_share, self.weeks, self.among, self.runners_up = busy_share, weeks, among, runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, for each need the unit that is missed least."""
        busy = memory if isinstance(memory, Busy) else Busy()
        if self.busy_share is None:
            busy = look(view, trigger, busy)
        standing = Standing(view, target_us=self.target_us, weeks=self.weeks)

        def choose(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
            near = view.nearest(need, k=max(self.among, 1 + self.runners_up), without=taken)
            in_time = [candidate for candidate in near[: self.among] if candidate.expected_us <= self.target_us]
            if len(in_time) < 2:
                return near[: 1 + self.runners_up]
            share = busy.share(need.skill) if self.busy_share is None else self.busy_share
            lost = standing.losses(need.skill, taken=taken, busy_share=share)
            best = min(in_time, key=lambda candidate: (lost[candidate.unit], candidate.expected_us, candidate.unit))
            others = soonest(candidate for candidate in near if candidate is not best)
            return (best, *others[: self.runners_up])

        kept = memory if self.busy_share is not None else busy
        return serve_in_order(view, trigger, rule=self.name, choose=choose, memory=kept)
