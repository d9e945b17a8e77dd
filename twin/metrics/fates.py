"""What becomes of problems in the end: reported, over before anybody told of it, or not known yet when the run ended.

Ages flow in, shares flow out. Problems that are still open when the run ends are *censored*, and those that were there
before the journal begins to tell of them enter *late*; to leave either out would favour fates that come fast. The
Aalen–Johansen estimator (cumulative incidence with competing risks; Aalen & Johansen, Scand. J. Statist. 5, 1978) has
no such bias as long as what cuts the watching short has nothing to do with the fate. With nothing censored and nobody
late it is the plain proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CENSORED, REPORTED, OVER = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Fates:
    """Cumulative incidence by age.

    Parameters
    ----------
    age_us : int64 (n_ages,), ages at which something happened, ascending.
    reported, over : float64 (n_ages,), share reported, and share over unreported, by each age.
    """

    age_us: Ints
    reported: Floats
    over: Floats

    @property
    def reported_share(self) -> float:
        """Share that is reported sooner or later."""
        return float(self.reported[-1]) if self.reported.size else 0.0

    @property
    def over_share(self) -> float:
        """Share that is over without anybody having told of it."""
        return float(self.over[-1]) if self.over.size else 0.0

    def reported_within(self, ages_us: Sequence[int]) -> Floats:
        """Share reported by each of some ages: float64 (n,)."""
        place = np.searchsorted(self.age_us, np.asarray(ages_us, np.int64), side="right")
        return np.concatenate([[0.0], self.reported])[place]


def fates(entered_us: Ints, left_us: Ints, fate: Ints) -> Fates:
    """Cumulative incidence of the two fates.

    Parameters
    ----------
    entered_us, left_us : int64 (n,), age from which a problem was watched, and not before it, at which it met its fate
        or was lost.
    fate : int64 (n,), CENSORED, REPORTED or OVER.

    >>> found = fates(np.zeros(4, np.int64), np.array([1, 2, 2, 3]), np.array([REPORTED, OVER, CENSORED, REPORTED]))
    >>> found.reported_share, found.over_share
    (0.75, 0.25)
    """
    known = fate != CENSORED
    age, place = np.unique(left_us[known], return_inverse=True)
    n_reported = np.bincount(place[fate[known] == REPORTED], minlength=age.size)
    n_over = np.bincount(place[fate[known] == OVER], minlength=age.size)
    n_watched = np.searchsorted(np.sort(entered_us), age, side="right") - np.searchsorted(np.sort(left_us), age)
    undecided = np.cumprod(1 - (n_reported + n_over) / n_watched)
    before = np.concatenate([[1.0], undecided])[: age.size]
    return Fates(age, np.cumsum(before * n_reported / n_watched), np.cumsum(before * n_over / n_watched))
