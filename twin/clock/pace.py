"""The pace: how far a clock may go by now, so many times as fast as the wall clock, and how fast it really goes.

In: what speed was asked for, and readings of the wall clock. Out: the instant to go to, and the speed achieved. Where
the engine cannot keep up, what was missed is not caught up with: the clock goes as fast as it can from where it is.
"""

from __future__ import annotations

import time
from collections import deque

from twin.domain.quantities import SECOND

MOST_BEHIND_S = 1.0
"""A clock further behind than this many wall seconds starts counting anew from where it is."""
_OVER_S = 3.0
"""The achieved speed is that of the last seconds."""
FASTEST = 3_600.0
"""The highest speed that can be asked for; beyond it only "as fast as it goes"."""

wall = time.monotonic
"""Seconds of the wall clock, from no particular beginning."""


class Pacer:
    """Wall time in, simulated time out."""

    def __init__(self) -> None:
        self.asked: float | None = 1.0
        self.is_playing = False
        self._begun = (0.0, 0)
        self._readings: deque[tuple[float, int]] = deque()

    def play(self, speed: float | None, *, now: int, wall_s: float) -> None:
        """Go on from `now` at so many times the wall clock's speed; None is as fast as it goes.

        Raises
        ------
        ValueError : a speed that is not above 0, or above `FASTEST`.
        """
        if speed is not None and not 0 < speed <= FASTEST:
            raise ValueError(f"a speed of {speed}: it must be above 0 and at most {FASTEST:g}")
        self.asked, self.is_playing = speed, True
        self._begun = wall_s, now
        self._readings = deque([(wall_s, now)])

    def hold(self) -> None:
        """Stand still."""
        self.is_playing = False
        self._readings.clear()

    def target(self, *, now: int, wall_s: float) -> int | None:
        """How far to go by now: microseconds since the epoch, at least `now`; None is as far as one can."""
        if not self.is_playing:
            return now
        if self.asked is None:
            return None
        begun_s, begun_at = self._begun
        target = begun_at + round((wall_s - begun_s) * self.asked * SECOND)
        if target - now > MOST_BEHIND_S * self.asked * SECOND:
            self._begun = wall_s, now
            return now + round(MOST_BEHIND_S * self.asked * SECOND)
        return max(now, target)

    def went(self, *, now: int, wall_s: float) -> None:
        """The clock is at `now`."""
        if not self.is_playing:
            return
        readings = self._readings
        readings.append((wall_s, now))
        while len(readings) > 2 and readings[1][0] <= wall_s - _OVER_S:
            readings.popleft()

    @property
    def achieved(self) -> float:
        """Simulated seconds a wall second, over the last seconds; 0 when standing."""
        if len(self._readings) < 2:
            return 0.0
        (first_s, first_at), (last_s, last_at) = self._readings[0], self._readings[-1]
        return (last_at - first_at) / SECOND / (last_s - first_s) if last_s > first_s else 0.0
