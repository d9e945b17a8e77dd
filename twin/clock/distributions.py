"""Distributions of spans of time, by name: quantile, chance of having ended, and mean, as pure functions.

Everything is inverse transform, so one uniform number gives one duration, the same number the same quantile under any
policy, and the *remaining* part of a time under way can be drawn given the part elapsed. Seconds throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma as gamma_function
from scipy.special import gammainc, gammaincinv, ndtr, ndtri, pdtr, pdtrik

Floats = NDArray[np.float64]


class Distribution(Protocol):
    """A distribution of non-negative seconds (or of a dimensionless factor)."""

    @property
    def mean_s(self) -> float:
        """Expected value."""

    def quantile(self, u: Floats) -> Floats:
        """Value below which a share `u` (0–1, exclusive) lies; shape as `u`."""

    def share_below(self, x_s: float) -> float:
        """Chance of a value of at most `x_s`."""


@dataclass(frozen=True, slots=True)
class Deterministic:
    """Always the same."""

    value_s: float

    @property
    def mean_s(self) -> float:
        return self.value_s

    def quantile(self, u: Floats) -> Floats:
        return np.full(u.shape, self.value_s)

    def share_below(self, x_s: float) -> float:
        return 1.0 if x_s >= self.value_s else 0.0


@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless."""

    mean_s: float

    def quantile(self, u: Floats) -> Floats:
        return -self.mean_s * np.log1p(-u)

    def share_below(self, x_s: float) -> float:
        return float(-np.expm1(-max(0.0, x_s) / self.mean_s))


@dataclass(frozen=True, slots=True)
class Lognormal:
    """`mu` and `sigma` of the logarithm; `of` takes mean and coefficient of variation instead."""

    mu: float
    sigma: float

    @classmethod
    def of(cls, mean_s: float, cv: float) -> Lognormal:
        """Lognormal with this mean and coefficient of variation."""
        variance = np.log1p(cv * cv)
        return cls(float(np.log(mean_s) - variance / 2), float(np.sqrt(variance)))

    @classmethod
    def about(cls, median_s: float, sigma: float) -> Lognormal:
        """Lognormal with this median and spread of the logarithm."""
        return cls(float(np.log(median_s)), sigma)

    @property
    def mean_s(self) -> float:
        return float(np.exp(self.mu + self.sigma**2 / 2))

    def quantile(self, u: Floats) -> Floats:
        return np.asarray(np.exp(self.mu + self.sigma * ndtri(u)), dtype=np.float64)

    def share_below(self, x_s: float) -> float:
        return float(ndtr((np.log(x_s) - self.mu) / self.sigma)) if x_s > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Gamma:
    """Shape and scale; `of` takes mean and coefficient of variation instead."""

    shape: float
    scale_s: float

    @classmethod
    def of(cls, mean_s: float, cv: float) -> Gamma:
        """Gamma with this mean and coefficient of variation."""
        return cls(1 / cv**2, mean_s * cv**2)

    @property
    def mean_s(self) -> float:
        return self.shape * self.scale_s

    def quantile(self, u: Floats) -> Floats:
        return self.scale_s * np.asarray(gammaincinv(self.shape, u), dtype=np.float64)

    def share_below(self, x_s: float) -> float:
        return float(gammainc(self.shape, max(0.0, x_s) / self.scale_s))


@dataclass(frozen=True, slots=True)
class Weibull:
    """Shape and scale; `of` takes mean and coefficient of variation instead."""

    shape: float
    scale_s: float

    @classmethod
    def of(cls, mean_s: float, cv: float) -> Weibull:
        """Weibull with this mean and coefficient of variation (0.05 to 10)."""
        from scipy.optimize import brentq  # here, because it is long to import (0.3 s) and seldom wanted

        def excess(shape: float) -> float:
            ratio = gamma_function(1 + 2 / shape) / gamma_function(1 + 1 / shape) ** 2
            return float(np.log(ratio) - np.log1p(cv * cv))

        shape = float(brentq(excess, 0.15, 30.0))
        return cls(shape, float(mean_s / gamma_function(1 + 1 / shape)))

    @property
    def mean_s(self) -> float:
        return float(self.scale_s * gamma_function(1 + 1 / self.shape))

    def quantile(self, u: Floats) -> Floats:
        return self.scale_s * (-np.log1p(-u)) ** (1 / self.shape)

    def share_below(self, x_s: float) -> float:
        return float(-np.expm1(-((max(0.0, x_s) / self.scale_s) ** self.shape)))


@dataclass(frozen=True, slots=True)
class Empirical:
    """Observed values, sorted, with straight lines between them; n values cut 0–1 into n − 1 equal steps."""

    values_s: tuple[float, ...]

    @property
    def mean_s(self) -> float:
        values = np.asarray(self.values_s)
        return float(values[0] if values.size == 1 else (values[1:] + values[:-1]).mean() / 2)

    def quantile(self, u: Floats) -> Floats:
        return np.interp(u, np.linspace(0, 1, len(self.values_s)), self.values_s)

    def share_below(self, x_s: float) -> float:
        values = self.values_s
        if x_s < values[0]:
            return 0.0
        return 1.0 if x_s >= values[-1] else float(np.interp(x_s, values, np.linspace(0, 1, len(values))))


def quantile_beyond(distribution: Distribution, u: float, *, elapsed_s: float) -> float:
    """The whole span, drawn anew given that it has lasted `elapsed_s` already; never less than that."""
    gone = distribution.share_below(elapsed_s)
    if gone >= 1.0:
        return elapsed_s
    share = min(gone + (1.0 - gone) * u, np.nextafter(1.0, 0.0))
    return max(elapsed_s, float(distribution.quantile(np.array([share]))[0]))


def poisson(u: float, mean: float) -> int:
    """A Poisson count by inverse transform: the smallest k with P(N ≤ k) ≥ u."""
    k = max(0.0, np.ceil(pdtrik(u, mean)))
    return int(k - 1 if k >= 1 and pdtr(k - 1, mean) >= u else k)
