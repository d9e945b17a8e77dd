"""Expected coverage of zones by units that are busy now and then (MEXCLP), and how busy they are found to be.

A zone is covered by the units that are expected in it within a target. Were each busy for a share q of its time, and
independently, then of k units that cover it one would be free with probability 1 - q^k; so the k-th adds
(1 - q) q^(k-1) (Daskin, "A maximum expected covering location model", Transportation Science 17, 1983).

In: a view. Out: weights of zones, who covers which, and what units add to the cover of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property

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
    """What is lost when one of these units goes, float64 (n_units,): it counts as the last of all that cover a zone.

    Parameters
    ----------
    covering : bool (n_units, n_zones), see `covers`.
    """
    n_covering = covering.sum(axis=0)
    last = (1 - busy_share) * np.power(busy_share, np.maximum(n_covering - 1, 0))
    return _told_apart(covering @ (zone_weights * last))


def gains(candidates: FlagArray, n_covering: LongArray, *, zone_weights: FloatArray, busy_share: float) -> FloatArray:
    """What is gained by one unit more at each of some places, float64 (n_places,), beside those that are there.

    Parameters
    ----------
    candidates : bool (n_places, n_zones), what would be covered from each.
    n_covering : int64 (n_zones,), how many units cover each zone already.
    """
    return _told_apart(candidates @ (zone_weights * (1 - busy_share) * np.power(busy_share, n_covering)))


def _told_apart(amounts: FloatArray) -> FloatArray:
    """To nine digits: equals are equal, in whatever order a machine adds up."""
    return np.round(amounts, 9)


class Standing:
    """Who covers what at one decision: free units with a skill, and what each is worth where it stands.

    Parameters
    ----------
    target_us : within which a unit is expected in the zones it covers.
    weeks : how many weeks back reports say how much zones count.
    """

    def __init__(self, view: View, *, target_us: int, weeks: int) -> None:
        self._view, self._target_us, self._weeks = view, target_us, weeks
        self._covering: dict[str, tuple[tuple[int, ...], FlagArray]] = {}

    @cached_property
    def zone_weights(self) -> FloatArray:
        """See `weights`."""
        return weights(self._view, weeks=self._weeks)

    def covering(self, skill: str, *, taken: Collection[int] = ()) -> tuple[tuple[int, ...], FlagArray]:
        """Free units with a skill that are not taken, by number, and what each covers, bool (n_units, n_zones)."""
        if skill not in self._covering:
            free = self._view.free_units(skill)
            self._covering[skill] = free, covers(self._view.reach_us(free), target_us=self._target_us)
        units, covering = self._covering[skill]
        rows = [row for row, unit in enumerate(units) if unit not in taken]
        return tuple(units[row] for row in rows), covering[rows]

    def losses(self, skill: str, *, taken: Collection[int], busy_share: float) -> dict[int, float]:
        """What is lost when one of these units goes, by unit: see `losses`."""
        units, covering = self.covering(skill, taken=taken)
        lost = losses(covering, zone_weights=self.zone_weights, busy_share=busy_share)
        return dict(zip(units, lost.tolist(), strict=True))
