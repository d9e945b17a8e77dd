"""Whoever comes free waits at the station where that adds most to expected cover.

Dynamic MEXCLP (Jagtenberg, Bhulai and van der Mei, "An efficient heuristic for real-time ambulance redeployment",
Operations Research for Health Care 4, 2015): units that are free count where they wait, each is busy for a share q of
its time, and the one that has just come free goes where it adds most. Nobody else is moved. In: a view in which a unit
came free. Out: where that waits.
"""

from __future__ import annotations

import msgspec
import numpy as np

from twin.domain.orders import Decision, Reason, Reposition
from twin.domain.quantities import to_us
from twin.domain.route import Spot
from twin.policies.cover import Busy, gains, looked, weights
from twin.policies.posts import covered_from, covering, in_the_hour, is_movable, n_left, waiting
from twin.policies.protocol import BusyShare, Positive, Seconds, Weeks
from twin.roads.network import FloatArray
from twin.world.view import Trigger, TriggerKind, UnitSeen, View

ALIKE = 1e-12
"""Gains that differ by less are the same."""


class Known(msgspec.Struct, frozen=True, array_like=True):
    """How busy units have been seen to be, and the instants of the moves of the last hour."""

    busy: Busy = Busy()
    moved_at: tuple[int, ...] = ()


class DmexclpReposition:
    """Only stations count as posts; of those that add as much, the unit's present post, then the nearest.

    Parameters
    ----------
    target_s : how soon somebody should be there, turnout and driving.
    busy_share : the share of its time that a unit is busy; None: as has been seen so far in this run.
    weeks : how many weeks back reports count for how much a zone weighs, beside those of this week.
    per_hour : at most so many units an hour are sent to another post than theirs; None: any number.
    """

    name = "dmexclp_reposition"
    triggers = frozenset({TriggerKind.UNIT_FREE})
    period_s = None
    memory_type = Known

    def __init__(
        self,
        *,
        target_s: Seconds = 600.0,
        busy_share: BusyShare | None = None,
        weeks: Weeks = 4,
        per_hour: Positive | None = None,
    ) -> None:
        self.target_us, self.busy_share, self.weeks, self.per_hour = to_us(target_s), busy_share, weeks, per_hour

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """An order for the unit that came free, if it should wait elsewhere than so far."""
        known = memory if isinstance(memory, Known) else Known()
        if trigger.unit is None:
            return Decision(memory=memory)
        unit = view.units()[trigger.unit]
        if self.busy_share is None:
            known = Known(looked(view, unit.skills, known.busy), known.moved_at)
        moved_at = in_the_hour(known.moved_at, now=view.now)
        known = Known(known.busy, moved_at)
        if not is_movable(unit) or not n_left(moved_at, per_hour=self.per_hour, otherwise=1):
            return Decision(memory=known)
        found = self._better(view, unit, known.busy)
        if found is None:
            return Decision(memory=known)
        expected_us, post = found
        order = Reposition(unit.unit, post, Reason(self.name, expected_us))
        return Decision((order,), Known(known.busy, (*moved_at, view.now)))

    def _better(self, view: View, unit: UnitSeen, busy: Busy) -> tuple[int, Spot] | None:
        """The time to the post where the unit adds most, and that post; None if it adds most where it is posted."""
        stations = view.stations()
        assert unit.post is not None
        posts = stations if unit.post in stations else (*stations, unit.post)
        added = self._gains(view, unit, posts, busy)
        best = [post for post, gain in zip(posts, added.tolist(), strict=True) if gain >= added.max() - ALIKE]
        if unit.post in best:
            return None
        ways = [(way_us, n) for n, post in enumerate(best) if (way_us := view.way_to(unit.unit, post)) is not None]
        if not ways:
            return None
        way_us, n = min(ways)
        return way_us, best[n]

    def _gains(self, view: View, unit: UnitSeen, posts: tuple[Spot, ...], busy: Busy) -> FloatArray:
        """What the unit adds at each post, over its skills, float64 (n_posts,)."""
        candidates = covered_from(view, unit, posts, target_us=self.target_us)
        zone_weights = weights(view, weeks=self.weeks)
        added = np.zeros(len(posts))
        for skill in unit.skills:
            others = [other for other in waiting(view, skill=skill) if other.unit != unit.unit]
            n_covering = covering(view, others, target_us=self.target_us).sum(axis=0)
            share = busy.share(skill) if self.busy_share is None else self.busy_share
            added += gains(candidates, n_covering, zone_weights=zone_weights, busy_share=share)
        return added
