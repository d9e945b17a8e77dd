"""Where a falling curve bends most: the point farthest below the straight line between its ends.

Kneedle (V. Satopää et al., "Finding a kneedle in a haystack", ICDCS Workshops 2011) without its smoothing: both axes
are stretched to 0–1, and the distance to the chord is taken. How sure the place is, resamples of the seeds tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.clock.streams import Streams

Floats = NDArray[np.float64]
LEAST = 3
"""Points without which nothing can bend."""
N_BOOT = 500


@dataclass(frozen=True, slots=True)
class Bend:
    """The knee of a curve.

    Parameters
    ----------
    place : of the points.
    bend : how far it lies below the chord, in stretched axes: 0 for a straight line, below 0.71.
    share : of resamples of the replications in which it is the same point.
    """

    place: int
    bend: float
    share: float


def knee_of(x: Floats, values: Floats, *, seed: int) -> Bend | None:
    """The knee of mean values over x; None where the curve is too short, does not fall, or does not bend.

    Parameters
    ----------
    x : ascending, shape (n_points,).
    values : shape (n_points, n_replications), less is better; NaN where a replication has nothing to tell.
    seed : by what resamples are keyed.
    """
    place, bend = _bend(x, _means(values))
    if place is None:
        return None
    n = values.shape[1]
    uniform = Streams(seed).block("knee", 0, size=N_BOOT * n).reshape(N_BOOT, n)
    chosen = [_bend(x, _means(values[:, rows]))[0] for rows in (uniform * n).astype(np.int64)]
    return Bend(place, bend, sum(each == place for each in chosen) / N_BOOT)


def _bend(x: Floats, y: Floats) -> tuple[int | None, float]:
    """The place farthest below the chord of a falling curve, in stretched axes, and how far that is."""
    known = np.flatnonzero(~np.isnan(y))
    if known.size < LEAST:
        return None, 0.0
    x, y = x[known], y[known]
    if x[-1] <= x[0] or y[-1] >= y[0]:
        return None, 0.0
    across, down = (x - x[0]) / (x[-1] - x[0]), (y - y[-1]) / (y[0] - y[-1])
    below = 1 - across - down
    best = int(below[1:-1].argmax()) + 1
    if below[best] <= 1e-9:
        return None, 0.0
    return int(known[best]), float(below[best] / np.sqrt(2))


def _means(table: Floats) -> Floats:
    """Mean of each row over what is known; NaN where nothing is."""
    known = ~np.isnan(table)
    n = known.sum(axis=1)
    total = np.where(known, table, 0.0).sum(axis=1)
    means: Floats = np.divide(total, n, out=np.full(n.size, np.nan), where=n > 0)
    return means
