"""Step functions of time: how many wait, who is busy, and their averages over stretches of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.theory.running import Jobs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Steps:
    """Constant from each instant to the next, 0 before the first; `at` seconds, `value` whole numbers, shape (n,)."""

    at: Floats
    value: Ints

    def before(self, instants: Floats) -> Ints:
        """Its value just before each instant."""
        place = np.searchsorted(self.at, instants, side="left")
        return np.concatenate([[0], self.value])[place]

    def average(self, edges: Floats, *, of: NDArray[np.bool_] | None = None) -> Floats:
        """Average between neighbouring edges, shape (n_edges − 1,); `of` flags instead of values where it is given."""
        height = (self.value if of is None else of).astype(np.float64)
        area = np.concatenate([[0.0], np.cumsum(height[:-1] * np.diff(self.at))])
        upto = np.interp(edges, self.at, area) + np.maximum(0.0, edges - self.at[-1]) * height[-1]
        averages: Floats = np.diff(upto) / np.diff(edges)
        return averages


def counted(up: Floats, down: Floats) -> Steps:
    """How many are between their `up` and their `down`."""
    at = np.concatenate([up, down])
    change = np.concatenate([np.ones(up.size, np.int64), -np.ones(down.size, np.int64)])
    order = np.argsort(at, kind="stable")
    return Steps(at[order], np.cumsum(change[order]))


def busy_units(jobs: Jobs) -> Steps:
    """Which units are busy, as a number with bit n set for unit n."""
    weight = 1 << jobs.unit
    at = np.concatenate([jobs.begun_s, jobs.ended_s])
    order = np.argsort(at, kind="stable")
    return Steps(at[order], np.cumsum(np.concatenate([weight, -weight])[order]))
