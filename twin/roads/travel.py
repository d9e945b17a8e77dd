"""How long a street takes: speeds by road class and time band, and what getting up to speed adds to a whole trip.

A `TravelModel` turns a `RoadNetwork` into whole microseconds per edge and band; searches add those up. The law of
acceleration applies once to the sum, because a trip speeds up and slows down once, not at every junction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from twin.domain.quantities import to_us
from twin.errors import RoadError
from twin.roads.network import CLASSES, FloatArray, LongArray, RoadNetwork

HOURS_A_WEEK = 168
MAX_RAMP_S = 1_000.0
"""So that the product of two times under the square root below stays within 64 bits."""

WALK_MPS = 1.2
"""Walking, stops at crossings included: a default, in the band of 1.2 to 1.4 m/s observed in streets."""
E_BIKE_MPS = 4.2
"""An e-bike in town, 15 km/h: a default, the middle of an effective 12 to 18 km/h under a legal cap of 25."""
STEPS_FACTOR = 0.5
"""Walking speed on steps as a share of that on the flat: a default."""


@dataclass(frozen=True, slots=True, eq=False)
class TravelModel:
    """Speeds relative to free flow, or to a speed of its own, by time band and road class.

    Parameters
    ----------
    band_of_hour : time band of each hour of the week, 168 numbers, Monday 00–01 h first.
    factor : float64 (n_bands, n_classes), speed as a share of the free-flow speed, more than 0.
    ramp_s : v/a, cruising speed over acceleration, in seconds; 0 leaves acceleration out. See `with_ramp`.
    mps : speed of a mode that does not depend on the street's free-flow speed, m/s; None for one that does.

    Raises
    ------
    RoadError : a number is out of its range.
    """

    band_of_hour: tuple[int, ...]
    factor: FloatArray
    ramp_s: float = 0.0
    mps: float | None = None

    def __post_init__(self) -> None:
        if self.factor.ndim != 2 or self.factor.shape[1] != len(CLASSES) or not self.factor.size:
            raise RoadError(f"factor must have one row a time band and {len(CLASSES)} columns", key="factor")
        if not (np.isfinite(self.factor).all() and (self.factor > 0).all()):
            raise RoadError("every speed factor must be a finite number above 0", key="factor")
        if len(self.band_of_hour) != HOURS_A_WEEK or not set(self.band_of_hour) <= set(range(self.n_bands)):
            raise RoadError(f"there must be {HOURS_A_WEEK} bands, each 0 to {self.n_bands - 1}", key="band_of_hour")
        if not 0 <= self.ramp_s <= MAX_RAMP_S:
            raise RoadError(f"ramp_s must be 0 to {MAX_RAMP_S:g} seconds", key="ramp_s")
        if self.mps is not None and not 0 < self.mps < math.inf:
            raise RoadError("a speed must be a finite number above 0 m/s", key="mps")

    @classmethod
    def free_flow(cls, *, ramp_s: float = 0.0) -> Self:
        """Everybody drives at free-flow speed at every hour."""
        return cls(band_of_hour=(0,) * HOURS_A_WEEK, factor=np.ones((1, len(CLASSES))), ramp_s=ramp_s)

    @classmethod
    def steady(cls, mps: float, *, on_steps: float = 1.0) -> Self:
        """Everybody goes at one speed at every hour; on steps at a share of it."""
        factor = np.ones((1, len(CLASSES)))
        factor[:, CLASSES.index("steps")] = on_steps
        return cls(band_of_hour=(0,) * HOURS_A_WEEK, factor=factor, mps=mps)

    @property
    def n_bands(self) -> int:
        """Number of time bands."""
        return int(self.factor.shape[0])

    @property
    def ramp_us(self) -> int:
        """`ramp_s` in microseconds."""
        return to_us(self.ramp_s)

    def edge_us(self, network: RoadNetwork) -> LongArray:
        """Time along each edge: int64 (n_bands, n_edges), whole microseconds rounded up, at least 1.

        Raises
        ------
        RoadError : an edge is so long and slow that its shares cannot be computed in 64 bits.
        """
        own_mps = network.speed_mps if self.mps is None else self.mps
        speed_mps = own_mps * self.factor[:, network.road_class]
        exact_us = np.ceil(network.length_mm * 1_000.0 / speed_mps)
        too_slow = exact_us * network.length_mm >= 2.0**62
        if too_slow.any():
            raise RoadError("too long and slow to be one edge", key=f"edge {int(too_slow.any(axis=0).argmax())}")
        return np.maximum(exact_us.astype(np.int64), 1)

    def with_ramp_us(self, travel_us: int) -> int:
        """Network time with the time to speed up and slow down, microseconds."""
        return with_ramp(travel_us, ramp_us=self.ramp_us)


def with_ramp(travel_us: int, *, ramp_us: int) -> int:
    """Time of a trip that starts and ends at rest, microseconds, rounded down.

    With t = d/v the time at cruising speed v and r = v/a: t + r where t ≥ r, else 2·√(t·r), because a short trip never
    reaches v (Larson and Odoni, Urban Operations Research, 3.88–3.89).

    Parameters
    ----------
    travel_us : time at cruising speed, 0 or more.
    ramp_us : r, cruising speed over acceleration; 0 adds nothing.

    >>> with_ramp(60_000_000, ramp_us=8_000_000), with_ramp(2_000_000, ramp_us=8_000_000)
    (68000000, 8000000)
    """
    return travel_us + ramp_us if travel_us >= ramp_us else math.isqrt(4 * travel_us * ramp_us)


ON_FOOT = TravelModel.steady(WALK_MPS, on_steps=STEPS_FACTOR)
"""How those walk of whom nothing else is known."""
