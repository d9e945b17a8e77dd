"""How likely, and how soon, a patrol finds what is there: regular and random sweeps.

Parameters in, expected values out; any unit of time. *Koopman's* law takes passes of a place as a Poisson process whose
rate is the effective swept rate, way walked per length of street and time (Koopman, *Operations Research* 4 (1956)
324–346 and 503–531; Larson, *Urban Police Patrol Analysis* (1972)). The others are exact where a place is passed, or
may be, every so often.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def swept_rate(street: float, *, speed: float, n_units: int = 1) -> float:
    """Passes of a place per time: μ = Σ v / L."""
    return n_units * speed / street


def koopman(rate: float | Floats, *, lasts: float) -> Floats:
    """Chance to be found by passes at random of something that is there for so long."""
    return -np.expm1(-np.asarray(rate, np.float64) * lasts)


def koopman_exponential(rate: float, *, mean: float) -> float:
    """The same where the time it is there is exponential."""
    return rate * mean / (1 + rate * mean)


def found_within(every: float, *, chance: float, lasts: float) -> float:
    """Chance to be found where a place is come by `every` so often, and it is noticed with this chance each time.

    Of `lasts` = (j + f) · every there are j times to be noticed with probability 1 − f, else j + 1. With every = P, the
    period of a tour, and chance 1 this is min(1, lasts / P).
    """
    j, f = divmod(lasts / every, 1)
    return float(1 - (1 - chance) ** j * (1 - f * chance))


def found_while_fading(every: float, *, chance: float, mean: float) -> float:
    """The same where the time it is there is exponential."""
    kept = math.exp(-every / mean)
    return chance * mean / every * (1 - kept) / (1 - (1 - chance) * kept)


def mean_wait(every: float, *, chance: float = 1.0) -> float:
    """Mean time until it is noticed, if it stays: every / 2 for the first time to be, and `every` for each other."""
    return every * (1 / chance - 0.5)


def together(chance: float, *, n_units: int) -> float:
    """Chance that one of several units does what each does with this chance, whatever the others do."""
    return float(-math.expm1(n_units * math.log1p(-chance)))
