"""Two samples side by side: by how much their percentiles differ, how far apart they lie, and how sure that is.

Arrays flow in, estimates with percentile intervals flow out. Every resample is drawn by key (seed, purpose, block), so
the same question always has the same answer. Values are taken as independent of one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from twin.clock.streams import Streams
from twin.metrics.performance import Figures, Floats, Ints, rounded

LEVEL = 0.95
N_BOOT = 1_000
_AT_ONCE = 4_000_000
"""Resampled values held in memory at a time."""

Statistic = Callable[[Floats], Floats]
"""Sorted resamples, shape (n_resamples, n), → one figure each, shape (n_resamples,)."""


def percentile(ordered: Floats, *, share: float) -> Floats:
    """Linear percentile of each row of sorted values; shapes (rows, n) → (rows,)."""
    place = (ordered.shape[1] - 1) * share
    below = int(place)
    above = min(below + 1, ordered.shape[1] - 1)
    low, high = ordered[:, below], ordered[:, above]
    found: Floats = low + (high - low) * (place - below)
    return found


def mean(ordered: Floats) -> Floats:
    """Mean of each row; shapes (rows, n) → (rows,)."""
    found: Floats = ordered.mean(axis=1)
    return found


STATISTICS: dict[str, Statistic] = {
    "mean": mean,
    "p50": lambda ordered: percentile(ordered, share=0.5),
    "p90": lambda ordered: percentile(ordered, share=0.9),
}


def ks_distance(a: Floats, b: Floats) -> float:
    """Kolmogorov–Smirnov distance: the widest gap between the two cumulative distributions.

    >>> ks_distance(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    0.5
    """
    support = np.union1d(a, b)
    below_a = np.searchsorted(np.sort(a), support, side="right") / a.size
    below_b = np.searchsorted(np.sort(b), support, side="right") / b.size
    return float(np.abs(below_a - below_b).max())


def compare_samples(a: Floats, b: Floats, *, streams: Streams, purpose: str, n_boot: int = N_BOOT) -> Figures:
    """How `b` differs from `a`: `b − a` for mean, P50 and P90, and the KS distance, each with its interval.

    Parameters
    ----------
    a, b : shapes (n_a,), (n_b,), in any order.
    streams, purpose : by what the resamples are keyed.
    n_boot : resamples.

    Notes
    -----
    The KS distance of resamples is biased upwards (a sample differs from its own resample): its interval is cautious,
    and lies above 0 even for two samples of one distribution.
    """
    figures: Figures = {"n_a": a.size, "n_b": b.size}
    if not a.size or not b.size:
        nothing = {"a": None, "b": None, "difference": None, "low": None, "high": None}
        return (
            figures
            | {name: dict(nothing) for name in STATISTICS}
            | {"ks": {"distance": None, "low": None, "high": None}}
        )
    a, b = np.sort(a), np.sort(b)
    gaps: dict[str, list[Floats]] = {name: [] for name in STATISTICS}
    distances: list[Floats] = []
    support = np.union1d(a, b)
    place_a, place_b = np.searchsorted(support, a), np.searchsorted(support, b)
    for rows_a, rows_b in _resamples(a.size, b.size, streams=streams, purpose=purpose, n_boot=n_boot):
        for name, statistic in STATISTICS.items():
            gaps[name].append(statistic(b[rows_b]) - statistic(a[rows_a]))
        gap = _cumulated(place_a[rows_a], support.size) - _cumulated(place_b[rows_b], support.size)
        distances.append(np.abs(gap).max(axis=1))
    for name, statistic in STATISTICS.items():
        of_a, of_b = float(statistic(a[None])[0]), float(statistic(b[None])[0])
        figures[name] = {"a": rounded(of_a), "b": rounded(of_b), "difference": rounded(of_b - of_a)} | _interval(
            gaps[name]
        )
    figures["ks"] = {"distance": rounded(ks_distance(a, b))} | _interval(distances)
    return figures


def compare_pairs(a: Floats, b: Floats, *, streams: Streams, purpose: str, n_boot: int = N_BOOT) -> Figures:
    """Mean and median of `b − a`, pair by pair, each with its interval; shapes (n_pairs,)."""
    difference = np.sort(b - a)
    figures: Figures = {"n_pairs": difference.size}
    wanted = {"mean_difference": STATISTICS["mean"], "p50_difference": STATISTICS["p50"]}
    if not difference.size:
        return figures | {name: {"value": None, "low": None, "high": None} for name in wanted}
    found: dict[str, list[Floats]] = {name: [] for name in wanted}
    for rows, _ in _resamples(difference.size, 0, streams=streams, purpose=purpose, n_boot=n_boot):
        for name, statistic in wanted.items():
            found[name].append(statistic(difference[rows]))
    for name, statistic in wanted.items():
        figures[name] = {"value": rounded(float(statistic(difference[None])[0]))} | _interval(found[name])
    return figures


def _resamples(n_a: int, n_b: int, *, streams: Streams, purpose: str, n_boot: int) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of resamples as sorted row numbers, shapes (rows, n_a) and (rows, n_b)."""
    at_once = max(1, _AT_ONCE // (n_a + n_b))
    for block, first in enumerate(range(0, n_boot, at_once)):
        n_rows = min(at_once, n_boot - first)
        yield (
            _row_numbers(streams, f"bootstrap {purpose} a", block, shape=(n_rows, n_a)),
            _row_numbers(streams, f"bootstrap {purpose} b", block, shape=(n_rows, n_b)),
        )


def _row_numbers(streams: Streams, purpose: str, block: int, *, shape: tuple[int, int]) -> Ints:
    uniform = streams.block(purpose, block, size=shape[0] * shape[1]).reshape(shape)
    return np.sort((uniform * shape[1]).astype(np.int64), axis=1)


def _cumulated(places: Ints, n_places: int) -> Floats:
    """Cumulative distribution of each row over the common support; shapes (rows, n) → (rows, n_places)."""
    n_rows, n = places.shape
    flat = (places + np.arange(n_rows)[:, None] * n_places).ravel()
    counts = np.bincount(flat, minlength=n_rows * n_places).reshape(n_rows, n_places)
    below: Floats = np.cumsum(counts, axis=1) / n
    return below


def _interval(resampled: list[Floats]) -> Figures:
    low, high = np.quantile(np.concatenate(resampled), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {"low": rounded(float(low)), "high": rounded(float(high))}
