"""With so many units free, these posts are to be staffed: a table that is kept to whenever a unit goes or comes free.

Compliance tables are how many ambulance services reposition (Gendreau, Laporte and Semet 2006; Sudtachat, Mayorga and
McLay 2016). They are nested as a rule: one unit more adds one post. In: a view. Out: who goes to the posts that nobody
waits at; whoever waits at one of them already stays.
"""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np

from twin.domain.orders import Decision, Reason, Reposition
from twin.domain.quantities import WEEK, to_us
from twin.domain.route import Spot
from twin.errors import PolicyError
from twin.policies.cover import gains, weights
from twin.policies.posts import covered_from, in_the_hour, is_movable, n_left, waiting
from twin.policies.protocol import BusyShare, Positive, Seconds, Weeks
from twin.world.view import Trigger, TriggerKind, UnitSeen, View


class Known(msgspec.Struct, frozen=True, array_like=True):
    """The nested table made for a week, the post that counts most first, and the instants of the last hour's moves."""

    week: int = -1
    order: tuple[Spot, ...] = ()
    moved_at: tuple[int, ...] = ()


class ComplianceTable:
    """Units that are more than the table has posts for stay where they are.

    Parameters
    ----------
    table : its rows, the first for one free unit: names of units, each standing for the post at its station. With more
        units free than there are rows, the last one holds. None: made anew every week, nested, each further post the
        station where one unit more adds most to expected cover (MEXCLP).
    skill : only units with this skill are counted and moved; None: all.
    target_s, busy_share, weeks : as of `dmexclp_reposition`, for the table that is made.
    per_hour : at most so many moves an hour; None: any number.
    """

    name = "compliance_table"
    triggers = frozenset({TriggerKind.CASE_QUEUED, TriggerKind.UNIT_FREE, TriggerKind.SHIFT})
    period_s = None
    memory_type = Known

    def __init__(
        self,
        *,
        table: list[list[str]] | None = None,
        skill: str | None = None,
        target_s: Seconds = 600.0,
        busy_share: BusyShare = 0.3,
        weeks: Weeks = 4,
        per_hour: Positive | None = None,
    ) -> None:
        for n, row in enumerate(table or (), start=1):
            if len(row) > n:
                raise PolicyError(f"row {n} of the table has {len(row)} posts for {n} units", key=self.name)
        self.table, self.skill, self.per_hour = table, skill, per_hour
        self.target_us, self.busy_share, self.weeks = to_us(target_s), busy_share, weeks

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Orders for those who should wait elsewhere than they do."""
        known = memory if isinstance(memory, Known) else Known()
        free = [unit for unit in waiting(view, skill=self.skill) if is_movable(unit)]
        moved_at = in_the_hour(known.moved_at, now=view.now)
        n_moves = n_left(moved_at, per_hour=self.per_hour, otherwise=len(free))
        known = Known(known.week, known.order, moved_at)
        if self.table is None and view.now // WEEK != known.week:
            known = Known(view.now // WEEK, self._made(view), moved_at)
        orders = self._moves(view, free, self._row(view, known, len(free)))[:n_moves]
        return Decision(orders, Known(known.week, known.order, (*moved_at, *[view.now] * len(orders))))

    def _row(self, view: View, known: Known, n_free: int) -> tuple[Spot, ...]:
        """The posts to be staffed with so many units free."""
        if self.table is None:
            return known.order[:n_free]
        if not self.table or not n_free:
            return ()
        at = {unit.name: unit.home for unit in view.units()}
        return tuple(at[name] for name in self.table[min(n_free, len(self.table)) - 1] if name in at)

    def _made(self, view: View) -> tuple[Spot, ...]:
        """The nested table, one post a unit, greedily."""
        members = [unit for unit in view.units() if unit.post is not None and self._counts(unit)]
        stations = view.stations()
        if not members or not stations:
            return ()
        candidates = covered_from(view, members[0], stations, target_us=self.target_us)
        zone_weights, n_covering = weights(view, weeks=self.weeks), np.zeros(view.zones().n, np.int64)
        order = []
        for _ in members:
            added = gains(candidates, n_covering, zone_weights=zone_weights, busy_share=self.busy_share)
            best = int(added.argmax())
            order.append(stations[best])
            n_covering += candidates[best]
        return tuple(order)

    def _counts(self, unit: UnitSeen) -> bool:
        return self.skill is None or self.skill in unit.skills

    def _moves(self, view: View, free: list[UnitSeen], posts: tuple[Spot, ...]) -> tuple[Reposition, ...]:
        """Who goes where nobody waits: to each such post, in order, the nearest of those who wait at none of them."""
        unstaffed, movable = Counter(posts), list[int]()
        for unit in free:
            assert unit.post is not None
            if unstaffed[unit.post]:
                unstaffed[unit.post] -= 1
            else:
                movable.append(unit.unit)
        orders = []
        for post in unstaffed.elements():
            ways = [(way_us, unit) for unit in movable if (way_us := view.way_to(unit, post)) is not None]
            if ways:
                way_us, unit_sent = min(ways)
                movable.remove(unit_sent)
                orders.append(Reposition(unit_sent, post, Reason(self.name, way_us)))
        return tuple(orders)
