"""Among the units that would be there about as soon as the nearest, send the one that has had least to do so far.

Fairness between crews beside time: dispatch by load in a slack of seconds. How long a job took is known when its unit
is free again; until then nothing but its start is.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from twin.domain.orders import Assign, Decision
from twin.domain.quantities import SECOND, to_us
from twin.policies.protocol import DISPATCH, NonNegative, Positive, Seconds
from twin.policies.serving import reason_of, soonest
from twin.world.view import Trigger, View


class Work(msgspec.Struct, frozen=True, array_like=True):
    """What a unit has done before its last job, in jobs or seconds, as it counted when that began, at `sent_at`."""

    unit: int
    done: float
    sent_at: int


class Workload(msgspec.Struct, frozen=True):
    """The units that were sent anywhere, by number."""

    units: tuple[Work, ...] = ()


class WorkloadBalanced:
    """Fair among those who are near.

    Parameters
    ----------
    slack_s : how many seconds later than the nearest a unit may be expected and still be chosen.
    by : what counts as work: `time` from being sent to being free again, or the number of `jobs`.
    half_life_s : after so many seconds work counts half; None: it counts for ever.
    among : how many of the nearest units are looked at.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "workload_balanced"
    triggers = DISPATCH
    period_s = None
    memory_type = Workload

    def __init__(
        self,
        *,
        slack_s: Seconds = 60.0,
        by: Literal["time", "jobs"] = "time",
        half_life_s: Seconds | None = None,
        among: Positive = 8,
        runners_up: NonNegative = 2,
    ) -> None:
        self.slack_us, self.by = to_us(slack_s), by
        self.half_life_us = to_us(half_life_s) if half_life_s else None
        self.among, self.runners_up = among, runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, the unit that has worked least of those near enough."""
        work = {known.unit: known for known in memory.units} if isinstance(memory, Workload) else {}
        free_since: dict[int, int] = {}
        orders: list[Assign] = []
        taken: set[int] = set()
        for need in view.waiting(trigger):
            if not view.n_free(need.skill, without=taken):
                continue
            near = view.nearest(need, k=max(self.among, 1 + self.runners_up), without=taken)
            if not near:
                continue
            if not free_since:
                free_since = {unit.unit: unit.since for unit in view.units()}
            enough = [c for c in near[: self.among] if c.expected_us <= near[0].expected_us + self.slack_us]
            done = {c.unit: self._done(work.get(c.unit), free_since[c.unit], at=view.now) for c in enough}
            best = min(enough, key=lambda c: (done[c.unit], c.expected_us, c.unit))
            work[best.unit] = Work(best.unit, done[best.unit], view.now)
            taken.add(best.unit)
            others = soonest(candidate for candidate in near if candidate is not best)[: self.runners_up]
            orders.append(Assign(best.unit, need.case, need.need, reason_of(self.name, (best, *others))))
        kept = Workload(tuple(work[unit] for unit in sorted(work))) if orders else memory
        return Decision(tuple(orders), kept)

    def _done(self, known: Work | None, free_since: int, *, at: int) -> float:
        """What a free unit has done so far, its last job included, to a thousandth."""
        if known is None:
            return 0.0
        ended_at = min(max(free_since, known.sent_at), at)
        last = 1.0 if self.by == "jobs" else (ended_at - known.sent_at) / SECOND
        return round(known.done * self._kept(at - known.sent_at) + last * self._kept(at - ended_at), 3)

    def _kept(self, passed_us: int) -> float:
        """The share of work that still counts after a while."""
        return 1.0 if self.half_life_us is None else float(0.5 ** (passed_us / self.half_life_us))
