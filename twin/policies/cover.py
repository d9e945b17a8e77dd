"""Expected coverage of zones by units that are busy now and then (MEXCLP), and how busy they are found to be.

A zone is covered by the units that are expected in it within a target. Were each busy for a share q of its time, and
independently, then of k units that cover it one would be free with probability 1 - q^k; so the k-th adds
(1 - q) q^(k-1) (Daskin, "A maximum expected covering location model", Transportation Science 17, 1983).

In: a view. Out: weights of zones, who covers which, and what units add to the cover of all.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np
import numpy.typing as npt

from twin.roads.network import FloatArray, LongArray
from twin.world.view import Trigger, TriggerKind, View

FlagArray = npt.NDArray[np.bool_]

EVENLY = 50.0
"""Reports that are taken for granted, spread over the streets by their length: with few reports, they say little."""

BUSIEST = 0.95
"""The most that q may be estimated at: were everybody always busy, nobody would add anything."""

N_LOOKS = 200
"""Looks that an estimate of q goes back, roughly."""


class Busy(msgspec.Struct, frozen=True, array_like=True):
    """What has been seen of how busy units are: (skill, looks so far, share of units busy), by skill."""

    seen: tuple[tuple[str, int, float], ...] = ()

    def share(self, skill: str) -> float:
        """The share of their time that units with a skill are busy, as far as is known; none if never looked."""
        return next((min(share, BUSIEST) for known, _, share in self.seen if known == skill), 0.0)


def look(view: View, trigger: Trigger, busy: Busy) -> Busy:
    """One look more at how busy units are, if a case has just been queued.

    Cases that come by chance find the share of units busy that there is in the mean over time (PASTA; Wolff 1982), so
    the mean of such looks is an estimate of it. From `N_LOOKS` on, older looks fade.
    """
    return looked(view, view.skills_waiting(trigger), busy) if trigger.kind is TriggerKind.CASE_QUEUED else busy


def looked(view: View, skills: Iterable[str], busy: Busy) -> Busy:
    """One look more at how busy units with these skills are."""
    seen = {skill: (n, share) for skill, n, share in busy.seen}
    for skill in skills:
        n_on_duty = view.n_on_duty(skill)
        if n_on_duty:
            n, share = seen.get(skill, (0, 0.0))
            n = min(n + 1, N_LOOKS)
            seen[skill] = n, share + (1 - view.n_free(skill) / n_on_duty - share) / n
    return Busy(tuple((skill, n, share) for skill, (n, share) in sorted(seen.items())))


def weights(view: View, *, weeks: int, evenly: float = EVENLY) -> FloatArray:
    """How much each zone counts, float64 (n_zones,), 1 in all: by what was reported there, and by its streets.

    Parameters
    ----------
    weeks : how many whole weeks back reports count, beside those of this week.
    evenly : so many reports more are spread over all streets by their length.
    """
    length_mm = view.zones().length_mm
    counts = view.told_by_zone(weeks) + evenly * length_mm / length_mm.sum()
    shares: FloatArray = counts / counts.sum()
    return shares


def covers(reach_us: LongArray, *, target_us: int) -> FlagArray:
    """Which zones each unit covers, bool (n_units, n_zones), by times of the same shape."""
    within: FlagArray = reach_us <= target_us
    return within


def covered(n_covering: LongArray, *, zone_weights: FloatArray, busy_share: float) -> float:
    """Expected share of what is reported that finds somebody free within the target.

    Parameters
    ----------
    n_covering : int64 (n_zones,), how many units cover each zone.
    busy_share : q, the share of its time that a unit is busy.

    >>> round(covered(np.array([1, 2]), zone_weights=np.array([0.5, 0.5]), busy_share=0.4), 6)
    0.72
    """
    return float(zone_weights @ (1 - np.power(busy_share, n_covering)))


def losses(covering: FlagArray, *, zone_weights: FloatArray, busy_share: float) -> FloatArray:
    """What is lost when one of these units goes, float64 (n_units,): each is the last of all that cover a zone.

    Parameters
    ----------
    covering : bool (n_units, n_zones), see `covers`.
    """
    n_covering = covering.sum(axis=0)
    last = (1 - busy_share) * np.power(busy_share, np.maximum(n_covering - 1, 0))
    lost: FloatArray = covering @ (zone_weights * last)
    return lost


def gains(candidates: FlagArray, n_covering: LongArray, *, zone_weights: FloatArray, busy_share: float) -> FloatArray:
    """What is gained by one unit more at each of some places, float64 (n_places,), beside those that are there.

    Parameters
    ----------
    candidates : bool (n_places, n_zones), what would be covered from each.
    n_covering : int64 (n_zones,), how many units cover each zone already.
    """
    gained: FloatArray = candidates @ (zone_weights * (1 - busy_share) * np.power(busy_share, n_covering))
    return gained
