"""Send whoever is there soon and leaves the town prepared for what comes next: time and loss of preparedness, weighed.

The preparedness of a zone is the sum over the free units nearest to it of what each contributes: the less, the longer
its way and the more are nearer (Andersson and Värbrand, "Decision support tools for ambulance dispatch and relocation",
JORS 58, 2007). Weighing its loss against the time of arrival is Lee's ("The role of preparedness in ambulance
dispatching", JORS 62, 2011), who found that it helps only when it is used appropriately.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec
import numpy as np

from twin.domain.orders import Decision
from twin.domain.quantities import MINUTE, to_us
from twin.policies.cover import weights
from twin.policies.protocol import DISPATCH, NonNegative, Positive, Seconds, Share, Weeks
from twin.policies.serving import serve_in_order, soonest
from twin.roads.network import FloatArray, LongArray
from twin.world.view import Candidate, Need, Trigger, View


class Preparedness:
    """The most urgent get the nearest; for all others the town is thought of.

    Parameters
    ----------
    weight_s : how many seconds of way the loss of all preparedness counts as.
    measure : of all zones, the `worst` prepared for its demand, or the `mean` over demand.
    urgent : needs up to this priority get the nearest unit; None: none do.
    n_nearest : how many units contribute to a zone.
    fading : what each of them contributes, as a share of what the one before it would at the same distance.
    weeks : how many weeks back reports say how much zones count.
    among : how many of the nearest units are looked at.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "preparedness"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(
        self,
        *,
        weight_s: Seconds = 600.0,
        measure: Literal["mean", "worst"] = "mean",
        urgent: Positive | None = 1,
        n_nearest: Positive = 3,
        fading: Share = 0.5,
        weeks: Weeks = 4,
        among: Positive = 8,
        runners_up: NonNegative = 2,
    ) -> None:
        self.weight_us, self.measure, self.urgent = to_us(weight_s), measure, 0 if urgent is None else urgent
        self.contributions = np.power(fading, np.arange(n_nearest))
        self.weeks, self.among, self.runners_up = weeks, among, runners_up

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, for each need the unit with the least sum of time and loss."""
        reach: dict[str, tuple[tuple[int, ...], LongArray]] = {}
        zone_weights: list[FloatArray] = []

        def choose(view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
            near = view.nearest(need, k=max(self.among, 1 + self.runners_up), without=taken)
            if len(near) < 2 or need.priority <= self.urgent:
                return near[: 1 + self.runners_up]
            if need.skill not in reach:
                free = view.free_units(need.skill)
                reach[need.skill] = free, view.reach_us(free)
            if not zone_weights:
                zone_weights.append(weights(view, weeks=self.weeks))
            units, reach_us = reach[need.skill]
            rows = [row for row, unit in enumerate(units) if unit not in taken]
            row_of = {units[row]: place for place, row in enumerate(rows)}
            candidates = near[: self.among]
            lost = self.losses(reach_us[rows], [row_of[c.unit] for c in candidates], zone_weights=zone_weights[0])
            sums = [
                (candidate.expected_us + round(self.weight_us * share), candidate.expected_us, candidate.unit)
                for candidate, share in zip(candidates, lost, strict=True)
            ]
            best = candidates[sums.index(min(sums))]
            others = soonest(candidate for candidate in near if candidate is not best)
            return (best, *others[: self.runners_up])

        return serve_in_order(view, trigger, rule=self.name, choose=choose, memory=memory)

    def losses(self, reach_us: LongArray, rows: list[int], *, zone_weights: FloatArray) -> list[float]:
        """The share of preparedness that is lost without each of some units.

        Parameters
        ----------
        reach_us : int64 (n_units, n_zones), see `View.reach_us`.
        rows : which of the units.
        zone_weights : float64 (n_zones,).
        """
        n_nearest = self.contributions.size
        order = np.argsort(reach_us, axis=0, kind="stable")[: n_nearest + 1]
        times = np.maximum(np.take_along_axis(reach_us, order, axis=0), MINUTE) / MINUTE
        whole = self._of_town(times[:n_nearest], zone_weights)
        lost = []
        for row in rows:
            without = np.sort(np.where(order == row, np.inf, times), axis=0)[:n_nearest]
            lost.append(1 - self._of_town(without, zone_weights) / whole)
        return [round(share, 9) for share in lost]

    def _of_town(self, times_min: FloatArray, zone_weights: FloatArray) -> float:
        """Preparedness by the times of the nearest units, minutes of at least one, float64 (n_nearest, n_zones)."""
        of_zones = self.contributions[: len(times_min)] @ (1 / times_min)
        if self.measure == "mean":
            return float(of_zones @ zone_weights)
        return float((of_zones / np.maximum(zone_weights, 1e-9)).min())
