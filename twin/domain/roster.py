"""Rosters: which hours of the week a group of units is on duty, by the clocks on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from twin.domain.quantities import CivilTime

MINUTES_A_WEEK = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Turn:
    """From one minute of the week to another (Monday 00:00 is 0); `to` may lie beyond the week's end."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Roster:
    """Turns in order, not overlapping. A break is the gap between two turns of one day; nobody is on duty in it."""

    name: str
    turns: tuple[Turn, ...]

    def now_or_next(self, at: int, *, civil: CivilTime) -> tuple[int, int]:
        """(begin, end) of the first turn that ends after `at`, microseconds since the epoch."""
        local = civil.civil(at)
        today = datetime(local.year, local.month, local.day, tzinfo=civil.zone)
        monday = today - timedelta(days=local.weekday())
        for week in (-1, 0, 1):
            for turn in self.turns:
                begin, end = (
                    civil.at(monday + timedelta(weeks=week, minutes=minute)) for minute in (turn.start, turn.end)
                )
                if end > max(at, begin):
                    return begin, end
        raise AssertionError("a roster has a turn in every week")

    def shift_of(self, begin: int, *, civil: CivilTime) -> int:
        """Number of the civil day a turn begins on: who is absent is drawn once a day, breaks or not."""
        return civil.civil(begin).toordinal()
