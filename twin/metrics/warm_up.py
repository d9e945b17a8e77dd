"""Where the warm-up of a steady-state run ends: MSER-5, by which the mean of what is left is known best.

Observations in order flow in; the number to leave out flows out. Source: K. P. White, M. J. Cobb, S. C. Spratt, "A
comparison of five steady-state truncation heuristics for simulation", Winter Simulation Conference 2000, pp. 755–760.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BATCH = 5
"""Observations whose mean counts as one."""
LEAST = 2 * BATCH
"""Fewer observations have no two batches to compare."""


def mser5(values: NDArray[np.float64]) -> int | None:
    """How many observations to leave out: those before the cut d that makes the standard error of the rest smallest.

    Means of batches of five, z₁ … z_m, are cut at d so that Σ (z_j − mean)² / (m − d)², over j > d, is smallest; the
    first such d in the first half counts. Where it is the last of these, the run is too short.

    Parameters
    ----------
    values : shape (n,), in the order of time; what fills no batch at the end is not looked at.

    Returns
    -------
    A multiple of `BATCH`; None where the run is too short, or there are fewer than `LEAST` observations.

    >>> mser5(np.array([9.0] * 5 + [1.0, 2.0] * 10))
    5
    >>> mser5(np.arange(100.0)) is None
    True
    """
    n_batches = values.size // BATCH
    if values.size < LEAST:
        return None
    means = values[: n_batches * BATCH].reshape(n_batches, BATCH).mean(axis=1)
    half = n_batches // 2
    left = n_batches - np.arange(n_batches)
    # Sums over what is left, from the end backwards; about the overall mean, so that no digits are lost.
    centred = means - means.mean()
    total, squares = np.cumsum(centred[::-1])[::-1], np.cumsum(centred[::-1] ** 2)[::-1]
    error = np.maximum(squares - total**2 / left, 0.0) / left**2
    cut = int(np.argmin(error[: half + 1]))
    return None if cut == half else cut * BATCH
