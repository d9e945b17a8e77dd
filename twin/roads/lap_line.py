"""The laps of a patrol end to end on one line of patrol time: which lap one is in after so much of it.

In: how long each lap takes, which never changes. Out: lap and time into it, at the cost of a search among the laps that
are on the line. It grows as far as somebody asks, and forgets the laps at its beginning when it has become long.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

KEEP = 512
"""Laps on a line."""


class LapLine:
    """Where the laps of one unit begin on a line of patrol time, as far as somebody has asked."""

    def __init__(self) -> None:
        self._first = 0
        self._begins = array("q", [0])

    def after(self, lap: int, into_us: int, *, period_of: Callable[[int], int]) -> tuple[int, int]:
        """(lap, patrol time into it) so much patrol time after the beginning of a lap.

        Parameters
        ----------
        period_of : patrol time of a lap, microseconds, above 0; always the same for a lap.
        """
        if not self._first <= lap < self._first + len(self._begins):
            self._first, self._begins = lap, array("q", [0])
        begins = self._begins
        at = begins[lap - self._first] + into_us
        while begins[-1] <= at:
            begins.append(begins[-1] + period_of(self._first + len(begins) - 1))
        place = bisect_right(begins, at) - 1
        found = self._first + place, at - begins[place]
        if len(begins) > KEEP:
            self._first, self._begins = self._first + place, begins[place:]
        return found
