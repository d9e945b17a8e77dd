"""Alternatives on common random numbers: differences pair by pair, how sure they are, and what the pairing was worth.

One figure a replication flows in, of two alternatives with the same seeds; differences with Student's t and BCa
bootstrap intervals flow out. The figure of a replication may be a mean, a percentile or a share: what is averaged, and
resampled, is replications. Sources: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987); S. Holm, "A
simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979); A. M. Law, "Simulation Modeling
and Analysis" (paired t and common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from twin.clock.streams import Streams

Floats = NDArray[np.float64]
LEVEL = 0.95
N_BOOT = 2_000
ENOUGH_FOR_BCA = 5
"""Pairs below which a bootstrap says nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, at `LEVEL`."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of what lies between."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True)
class Level:
    """How high a figure is: the mean over replications, and its t interval; None where there are too few."""

    n: int
    mean: float | None
    t: Interval | None


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one alternative differs from another, the mean over pairs of replications.

    Parameters
    ----------
    n : pairs.
    mean : None without pairs.
    t, bca : intervals; None with too few pairs.
    p : of no difference, two-sided, by t; `p_holm` the same among all comparisons that are made.
    variance_factor : how many times as many replications independent random numbers would take for the same interval:
        var(A) + var(B) over var(A − B). None where the pairs do not vary.
    """

    n: int
    mean: float | None = None
    t: Interval | None = None
    bca: Interval | None = None
    p: float | None = None
    p_holm: float | None = None
    variance_factor: float | None = None

    @property
    def is_decided(self) -> bool:
        """Whether it can be told from nothing, all comparisons considered."""
        p = self.p if self.p_holm is None else self.p_holm
        return p is not None and p < 1 - LEVEL


def level(values: Floats) -> Level:
    """Mean over replications; shape (n,), NaN where a replication has nothing to tell.

    >>> level(np.array([1.0, 2.0, 3.0, np.nan])).t
    Interval(low=-0.48413771175033027, high=4.48413771175033)
    """
    known = values[~np.isnan(values)]
    if not known.size:
        return Level(0, None, None)
    return Level(known.size, float(known.mean()), t_interval(known))


def t_interval(values: Floats) -> Interval | None:
    """Student's t interval of a mean, shape (n,); None for fewer than two."""
    if values.size < 2:
        return None
    mean, half = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size)
    half *= float(stdtrit(values.size - 1, (1 + LEVEL) / 2))
    return Interval(mean - half, mean + half)


def bca_interval(values: Floats, *, seed: int, purpose: str = "bca", n_boot: int = N_BOOT) -> Interval | None:
    """The bias-corrected and accelerated bootstrap interval of a mean, shape (n,).

    Parameters
    ----------
    seed, purpose : by what the resamples are keyed: the same question has the same answer.
    """
    n = values.size
    if n < ENOUGH_FOR_BCA:
        return None
    mean = float(values.mean())
    if np.ptp(values) == 0:
        return Interval(mean, mean)
    drawn = (Streams(seed).block(f"bootstrap {purpose}", 0, size=n_boot * n) * n).astype(np.int64)
    means = np.sort(values[drawn].reshape(n_boot, n).mean(axis=1))
    below = (np.searchsorted(means, mean, "left") + np.searchsorted(means, mean, "right")) / 2
    bias = float(ndtri(np.clip(below / n_boot, 0.5 / n_boot, 1 - 0.5 / n_boot)))
    # Leaving one out moves the mean by (value - mean) / (n - 1), so that skewness alone makes the acceleration.
    gap = values - mean
    acceleration = float((gap**3).sum() / (6 * (gap**2).sum() ** 1.5))
    low, high = (
        float(np.quantile(means, ndtr(bias + (bias + z) / (1 - acceleration * (bias + z)))))
        for z in (float(ndtri((1 - LEVEL) / 2)), float(ndtri((1 + LEVEL) / 2)))
    )
    return Interval(low, high)


def difference(a: Floats, b: Floats, *, seed: int = 0, purpose: str = "bca", n_boot: int = N_BOOT) -> Difference:
    """How `a` differs from `b`: a − b, replication by replication.

    Parameters
    ----------
    a, b : shapes (n,), the same seeds at the same places; a pair of which one is NaN is left out.
    """
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[known], b[known]
    gap = a - b
    if gap.size < 2:
        return Difference(gap.size, float(gap[0]) if gap.size else None)
    variance = float(gap.var(ddof=1))
    mean = float(gap.mean())
    return Difference(
        n=gap.size,
        mean=mean,
        t=t_interval(gap),
        bca=bca_interval(gap, seed=seed, purpose=purpose, n_boot=n_boot),
        p=_p_value(mean, variance, gap.size),
        variance_factor=float(a.var(ddof=1) + b.var(ddof=1)) / variance if variance else None,
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """P values adjusted for all being looked at together; the chance of any false alarm is kept.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, so_far = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = so_far
    return adjusted


def n_more(n: int, half_width: float, *, wanted: float) -> int:
    """About how many more replications bring a half-width to the one that is wanted: it falls with 1/√n.

    >>> n_more(20, 30.0, wanted=15.0)
    60
    """
    if not wanted > 0:
        raise ValueError("a half-width must be above 0")
    return max(0, math.ceil(n * (half_width / wanted) ** 2) - n)


def _p_value(mean: float, variance: float, n: int) -> float:
    if not variance:
        return 1.0 if mean == 0 else 0.0
    return float(2 * stdtr(n - 1, -abs(mean) / math.sqrt(variance / n)))
