"""Bends the flat plan into a map: creeks, hills and history, in two waves, one as long as a quarter, one as a town.

In: points on the plan, metres. Out: metres in the projection of the roads, whole millimetres. Only sums, products and
roots are used, which are the same to the last bit on every machine; sines are not. Nowhere is the plan folded: all
waves together are never steeper than 0.6.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CRS = "EPSG:32649"
MIDDLE_X, MIDDLE_Y = 744_763.0, 2_558_809.0
"""Where the middle of the plan lies: about 113.39° E, 23.12° N."""
_COS, _SIN = 0.994521895, -0.104528463
"""Turned clockwise by six degrees."""
Array = NDArray[np.float64]


def bent(east: Array, north: Array) -> tuple[Array, Array]:
    """Places on the map of points of the plan, x and y, each float64 (n,), metres to the millimetre."""
    u = east + 58 * wave(north / 2700 + 0.1) + 22 * wave(east / 1700 + north / 3830) + 270 * wave(north / 9400 + 0.93)
    v = north + 44 * wave(east / 3270 + 0.17) + 18 * wave(north / 1880 - east / 2510) + 210 * wave(east / 11300 + 0.4)
    x = MIDDLE_X + u * _COS - v * _SIN
    y = MIDDLE_Y + u * _SIN + v * _COS
    return np.round(x, 3), np.round(y, 3)


def wave(turns: Array) -> Array:
    """Very nearly a sine of so many turns, by parabolas.

    >>> wave(np.array([0.0, 0.25, 0.5, 0.75, 1.0])).tolist()
    [0.0, 1.0, -0.0, -1.0, 0.0]
    """
    part = turns - np.floor(turns)
    half = np.where(part < 0.5, part, part - 0.5)
    bow = 16 * half * (0.5 - half)
    curve: Array = np.where(part < 0.5, bow, -bow)
    return curve


def steepest() -> float:
    """The steepest slope of all waves together: below 1 nothing folds."""
    rise = 8.0  # of `wave`, per turn
    across = rise * (58 / 2700 + 22 * math.hypot(1 / 1700, 1 / 3830) + 270 / 9400)
    along = rise * (44 / 3270 + 18 * math.hypot(1 / 1880, 1 / 2510) + 210 / 11300)
    return max(across, along)
