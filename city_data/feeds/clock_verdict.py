"""Which clock do these stamps show? Told from the hour at which people sleep and calls are fewest.

In: how many cases were reported in each hour of the day, as the stamps are written and as the other reading would have
it.
Out: a sentence. Emergencies and complaints are fewest at 03–05 h nearly everywhere; a low at another hour means that
the stamps are on another clock than the mapping says.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

NIGHT = range(2, 6)
"""Hours in which the middle of the daily low should lie (3-hour means)."""
FEWEST_CASES = 200
FEWEST_DAYS = 2.0
SURE_Z = 3.0
"""The low must lie this many standard deviations below an even day."""


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """What the daily rhythm says about clock and zone.

    Parameters
    ----------
    verdict : the sentence.
    agrees : whether the mapping's reading fits the rhythm; None where the data are too few to tell.
    zone : the mapping's zone; `marks` are the zones that stamps name, as written.
    hourly : cases by hour of the day as the stamps are written, 24 numbers.
    low_as_written : middle hour of the daily low as written.
    low_in_zone : the same if the marks are believed and the stamps carried to `zone`; None without mark or zone.
    """

    verdict: str
    agrees: bool | None
    zone: str | None
    marks: tuple[str, ...]
    hourly: tuple[int, ...]
    low_as_written: int | None
    low_in_zone: int | None


def judge_clock(
    written: NDArray[np.int64],
    converted: NDArray[np.int64] | None,
    *,
    zone: str | None,
    marks: tuple[str, ...],
    trusts_mark: bool,
    n_days: float,
) -> ClockVerdict:
    """Judge by two daily curves.

    Parameters
    ----------
    written : cases by hour as written, shape (24,).
    converted : cases by hour of `zone` when the marks are believed, shape (24,); None without marks or zone.
    trusts_mark : whether the mapping believes the marks.
    n_days : span of the data, days.
    """
    n_cases = int(written.sum())
    hourly = tuple(int(count) for count in written)
    low = _low(written)
    if n_cases < FEWEST_CASES or n_days < FEWEST_DAYS:
        few = f"too few data to tell the clock from: {n_cases:,} cases over {n_days:.1f} days"
        return ClockVerdict(few, None, zone, marks, hourly, None, None)
    if low is None:
        flat = "the day has no clear low, so the clock cannot be told from it"
        return ClockVerdict(flat, None, zone, marks, hourly, None, None)
    low_in_zone = None if converted is None else _low(converted)
    named = ", ".join(mark for mark in marks if mark)
    if trusts_mark and low in NIGHT and any(mark.startswith(("+", "-")) and mark.strip("+-0:") for mark in marks):
        right = f"marked {named}; the daily low is at {_hours(low)}: the marks look right"
        return ClockVerdict(right, True, zone, marks, hourly, low, low_in_zone)
    verdict, agrees = _sentence(low, low_in_zone, zone=zone, named=named, trusts_mark=trusts_mark)
    return ClockVerdict(verdict, agrees, zone, marks, hourly, low, low_in_zone)


def _sentence(
    low: int, low_in_zone: int | None, *, zone: str | None, named: str, trusts_mark: bool
) -> tuple[str, bool | None]:
    at = f"the daily low is at {_hours(low)}"
    if not named:
        if low in NIGHT:
            return f"no zone marked; {at}: these look local ({zone})", True
        return f"no zone marked; {at}: these do not look local, so {zone} is doubtful", False
    if low in NIGHT:
        local = f"marked {named}, but {at}: these look local"
        if not trusts_mark:
            return f"{local} ({zone}), and are read so", True
        return f"{local}: declare the `zone` and `trust_mark: false`", False
    if low_in_zone is not None and low_in_zone in NIGHT:
        right = f"marked {named}; in {zone} the daily low is at {_hours(low_in_zone)}: the mark looks right"
        return (right, True) if trusts_mark else (f"{right}: set `trust_mark: true`", False)
    if zone is None:
        return f"marked {named}; {at} as written: declare the `zone` of the place to check this against its night", None
    there = "" if low_in_zone is None else f" as written and at {_hours(low_in_zone)} in {zone}"
    return f"marked {named}; {at}{there}: neither looks like night, so the clock is doubtful", False


def _low(counts: NDArray[np.int64]) -> int | None:
    """Middle of the three hours with the fewest cases; None where they are not clearly fewer than in an even day."""
    windows = counts + np.roll(counts, 1) + np.roll(counts, -1)
    expected = float(counts.sum()) / 8
    low = int(np.argmin(windows))
    is_clear = expected > 0 and (expected - float(windows[low])) / sqrt(expected) >= SURE_Z
    return low if is_clear else None


def _hours(middle: int) -> str:
    return f"{(middle - 1) % 24:02}–{(middle + 1) % 24:02} h"
