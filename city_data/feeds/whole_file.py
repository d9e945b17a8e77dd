"""What can only be said of a whole file: duplicates, cases, each unit's jobs in order, crowded places, daily rhythm.

In: columns of a few thousand rows at a time. Out: `Findings`. Everything goes through `Spill`, so that memory stays
flat and the counts are exact, but for the chance (about one in a million at ten million rows) that two 64-bit hashes
are equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from city_data.feeds.clock_verdict import ClockVerdict, judge_clock
from city_data.feeds.mapping import Clock
from city_data.feeds.report import RepeatedPoint
from city_data.feeds.response import instant
from city_data.feeds.spill import Spill
from twin.domain.quantities import DAY, HOUR

NONE = int(np.iinfo(np.int64).min)
"""A missing instant in an int64 column."""
N_POINTS = 5
_UTC_MARKS = frozenset({"Z", "UTC", "GMT", "+00:00", "+0000", "+00"})
_DEGREE = 1_000_000

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Columns:
    """A batch of rows, each field shape (n,).

    `row`, `row_ref`, `case` and `unit` are hashes; instants are microseconds since 1970 UTC, or `NONE`; degrees.
    """

    row: Ints
    row_ref: Ints
    case: Ints
    unit: Ints
    has_unit: Flags
    reported: Ints
    dispatched: Ints
    freed: Ints
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    is_inside: Flags


@dataclass(frozen=True, slots=True)
class Findings:
    """As the fields of `FeedReport` of the same names; instants in microseconds since 1970 UTC."""

    n_cases: int
    n_units: int
    n_exact_duplicates: int
    n_same_id: int
    n_overlaps: int
    n_off_map_cases: int
    first_reported: int | None
    last_reported: int | None
    repeated_points: tuple[RepeatedPoint, ...]
    clock: ClockVerdict


class WholeFile:
    """Gathers columns in a temporary `folder` and looks at them when all are there."""

    def __init__(self, folder: Path) -> None:
        self._rows = Spill(folder, "rows", n_columns=2)
        self._cases = Spill(folder, "cases", n_columns=3)
        self._jobs = Spill(folder, "jobs", n_columns=3)
        self._places = Spill(folder, "places", n_columns=1)

    def add(self, batch: Columns) -> None:
        """Add a batch of rows."""
        self._rows.add(batch.row_ref, batch.row)
        self._cases.add(batch.case, batch.reported, batch.is_inside.astype(np.int64))
        has_unit = batch.has_unit
        self._jobs.add(batch.unit[has_unit], batch.dispatched[has_unit], batch.freed[has_unit])
        lon = np.rint((batch.lon + 180) * _DEGREE).astype(np.int64)
        lat = np.rint((batch.lat + 90) * _DEGREE).astype(np.int64)
        self._places.add((lon << 32) | lat)

    def findings(self, clock: Clock, marks: Iterable[str]) -> Findings:
        """Look at everything.

        Parameters
        ----------
        clock : how the stamps were read.
        marks : the zones they name.
        """
        n_same_id, n_exact = self._duplicates()
        n_units, n_overlaps = self._overlaps()
        curves = _Curves(clock, tuple(sorted(marks)))
        n_cases = n_inside = 0
        first: int | None = None
        last: int | None = None
        for part in self._cases.parts():
            if not len(part):
                continue
            case, reported, is_inside = part[np.lexsort((part[:, 1], part[:, 0]))].T
            begins = _begins(case)
            n_cases += len(begins)
            n_inside += int(np.maximum.reduceat(is_inside, begins).sum())
            reported = reported[begins]
            first = int(reported.min()) if first is None else min(first, int(reported.min()))
            last = int(reported.max()) if last is None else max(last, int(reported.max()))
            curves.add(reported)
        return Findings(
            n_cases=n_cases,
            n_units=n_units,
            n_exact_duplicates=n_exact,
            n_same_id=n_same_id,
            n_overlaps=n_overlaps,
            n_off_map_cases=n_cases - n_inside,
            first_reported=first,
            last_reported=last,
            repeated_points=self._repeated_points(),
            clock=curves.verdict(0.0 if first is None or last is None else (last - first) / DAY),
        )

    def _duplicates(self) -> tuple[int, int]:
        """Rows that repeat an earlier id, and those of them that repeat the whole row."""
        n_same_id = n_exact = 0
        for part in self._rows.parts():
            ordered = part[np.lexsort((part[:, 1], part[:, 0]))]
            is_same_id = ordered[1:, 0] == ordered[:-1, 0]
            n_same_id += int(is_same_id.sum())
            n_exact += int((is_same_id & (ordered[1:, 1] == ordered[:-1, 1])).sum())
        return n_same_id, n_exact

    def _overlaps(self) -> tuple[int, int]:
        """Units, and jobs to which a unit was dispatched before the one before had freed it."""
        n_units = n_overlaps = 0
        for part in self._jobs.parts():
            n_units += len(np.unique(part[:, 0]))
            known = part[(part[:, 1] != NONE) & (part[:, 2] != NONE)]
            order = np.lexsort((known[:, 2], known[:, 1], known[:, 0]))
            is_same_unit = np.diff(known[order, 0]) == 0
            n_overlaps += int((is_same_unit & (known[order[1:], 1] < known[order[:-1], 2])).sum())
        return n_units, n_overlaps

    def _repeated_points(self) -> tuple[RepeatedPoint, ...]:
        most: list[tuple[int, int]] = []
        for part in self._places.parts():
            packed, counts = np.unique(part[:, 0], return_counts=True)
            largest = np.lexsort((packed, -counts))[:N_POINTS]
            most += [(-int(counts[index]), int(packed[index])) for index in largest if counts[index] > 1]
        return tuple(
            RepeatedPoint((packed >> 32) / _DEGREE - 180, (packed & 0xFFFFFFFF) / _DEGREE - 90, -n)
            for n, packed in sorted(most)[:N_POINTS]
        )


class _Curves:
    """Reports by hour of the day: as written, and as they would be if the mark were believed."""

    def __init__(self, clock: Clock, marks: tuple[str, ...]) -> None:
        self._clock = clock
        self._marks = marks
        self._zone = None if clock.zone is None else ZoneInfo(clock.zone)
        self._is_marked = any(marks)
        self._is_utc = _UTC_MARKS.issuperset(mark for mark in marks if mark)
        self._written = np.zeros(24, np.int64)
        self._converted = np.zeros(24, np.int64)

    def add(self, reported: Ints) -> None:
        """Count instants, shape (n,)."""
        local = reported if self._zone is None else reported + _offsets(self._zone, reported)
        if not self._is_marked:
            self._written += _by_hour(local)
        elif self._clock.trust_mark:
            self._written += _by_hour(reported if self._is_utc else local)
            self._converted += _by_hour(local)
        elif self._zone is not None:
            self._written += _by_hour(local)
            self._converted += _by_hour(local + _offsets(self._zone, local))

    def verdict(self, n_days: float) -> ClockVerdict:
        """What the two curves say."""
        return judge_clock(
            self._written,
            self._converted if self._is_marked and self._zone is not None else None,
            zone=self._clock.zone,
            marks=self._marks,
            trusts_mark=self._clock.trust_mark,
            n_days=n_days,
        )


def _begins(ordered: Ints) -> NDArray[np.intp]:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _by_hour(local: Ints) -> Ints:
    return np.bincount((local // HOUR) % 24, minlength=24)


def _offsets(zone: ZoneInfo, instants: Ints) -> Ints:
    """Offset of a zone from UTC at each instant, microseconds; looked up once an hour."""
    hours, which = np.unique(instants // HOUR, return_inverse=True)
    offsets = [
        (instant(int(hour) * HOUR).astimezone(zone).utcoffset() or timedelta()) // timedelta(microseconds=1)
        for hour in hours
    ]
    return np.array(offsets, np.int64)[which]
