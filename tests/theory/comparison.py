"""Does a run agree with theory? Batch means against an exact value, at a confidence that holds for all checks together.

In: one value a batch and, to steady it, controls: other values of the same batches whose expectation is known exactly
(Lavenberg & Welch, *Management Science* 27 (1981) 322–335). Out: an estimate with its half-width.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Floats = NDArray[np.float64]

JOINT_CONFIDENCE = 0.99
ROUNDING = 1e-9
"""Relative: what floating point may add to a value that does not vary at all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison: the exact value lies within `half_width` of the estimate, or it does not."""

    name: str
    exact: float
    estimate: float
    half_width: float

    @property
    def agrees(self) -> bool:
        """Whether the exact value lies in the interval."""
        return abs(self.estimate - self.exact) <= self.half_width + ROUNDING * abs(self.exact)

    @property
    def precision(self) -> float:
        """Half-width over exact value."""
        return self.half_width / abs(self.exact)

    def __str__(self) -> str:
        sign = "=" if self.agrees else "≠"
        return f"{self.name}: exact {self.exact:.6g} {sign} {self.estimate:.6g} ± {self.half_width:.3g}"


def find(name: str, exact: float, *, values: Floats, n_comparisons: int, controls: Floats | None = None) -> Finding:
    """Estimate by batch means with linear controls, and give it the interval of a joint confidence (Bonferroni).

    Parameters
    ----------
    exact : what theory says.
    values : one a batch, shape (n_batches,).
    controls : in each batch the excess of each control over its exact expectation, shape (n_batches, n_controls).
    n_comparisons : how many comparisons share the joint confidence.
    """
    n = values.size
    X = np.ones((n, 1)) if controls is None else np.column_stack([np.ones(n), controls])
    degrees = n - X.shape[1]
    solution, *_ = np.linalg.lstsq(X, values, rcond=None)
    residual = values - X @ solution
    unit_variance = np.linalg.pinv(X.T @ X)[0, 0]
    deviation = np.sqrt(residual @ residual / degrees * unit_variance)
    quantile = student.ppf(1 - (1 - JOINT_CONFIDENCE) / n_comparisons / 2, degrees)
    return Finding(name, exact, float(solution[0]), float(quantile * deviation))


def controls_of(columns: Mapping[str, Floats], expected: Mapping[str, float]) -> Floats:
    """Excess of each column over its expectation, shape (n_batches, n).

    In units of its own spread; what does not vary at all steadies nothing and is left out.
    """
    excess = [columns[name] - expected[name] for name in expected]
    varying = [column / column.std() for column in excess if column.std() > ROUNDING]
    return np.column_stack(varying) if varying else np.zeros((len(next(iter(columns.values()))), 0))
