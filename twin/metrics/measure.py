"""What is asked of runs, in words: "p90 response_s priority 1", "late_share", "on_time_share grid 12"; limits on it.

Text flows in, measures and targets flow out; they are looked up in what a run comes to (`Row`, one entry a group).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from twin.errors import GridtwinError

Row = Mapping[str, int | float | str | None]

FIGURES = ("mean", "p50", "p90")
SPANS = ("response_s", "unit_response_s", "case_s", "discovery_s")
"""Times of a run that are told as `FIGURES`."""
SCALARS = (
    *("late_share", "on_time_share", "unserved_share", "on_the_spot_share", "discovered_share"),
    *("busy_share", "busy_gini", "n_cases", "n_closed", "n_units", "duty_h", "cost", "cost_per_day"),
)
"""Figures of a run that are one number."""
BY = ("priority", "matter", "area", "grid", "hour")
"""By what cases are grouped."""
OF_GROUPS = ("response_s", "late_share", "on_time_share", "n")
"""What is told of a group of cases."""
MORE_IS_BETTER = ("on_time_share", "discovered_share", "n_closed", "on_the_spot_share")
"""Of all else less is better."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of each run.

    Parameters
    ----------
    name : of `SPANS` or `SCALARS`, or "n" of a group.
    figure : of `FIGURES`, for a span.
    by, group : the cases it is about; None for all.
    """

    name: str
    figure: str | None = None
    by: str | None = None
    group: str | None = None

    @classmethod
    def parse(cls, text: str) -> Measure:
        """Read "[mean|p50|p90] NAME [priority|matter|area|grid|hour WHICH]".

        Raises
        ------
        GridtwinError : there is no such measure, saying what there is.

        >>> Measure.parse("p90 response_s priority 1")
        Measure(name='response_s', figure='p90', by='priority', group='1')
        """
        words = text.split()
        text = " ".join(words)
        figure = words.pop(0) if words and words[0] in FIGURES else None
        if not words:
            raise GridtwinError(f"{text!r} names no measure: {_KNOWN}")
        name, of_group = words[0], words[1:]
        if name not in (*SPANS, *SCALARS, *OF_GROUPS):
            raise GridtwinError(f"{text!r}: there is no measure {name!r}: {_KNOWN}")
        if name in SPANS and figure is None:
            raise GridtwinError(f"{text!r}: say which figure of {name}: {', '.join(FIGURES)}")
        if figure is not None and name not in SPANS:
            raise GridtwinError(f"{text!r}: {figure} is a figure of {', '.join(SPANS)}")
        if not of_group:
            if name not in (*SPANS, *SCALARS):
                raise GridtwinError(f"{text!r}: say of which cases: {name} {BY[0]} 1")
            return cls(name, figure)
        if of_group[0] not in BY or len(of_group) < 2:
            raise GridtwinError(f"{text!r}: of which cases? {', '.join(f'{by} WHICH' for by in BY)}")
        if name not in OF_GROUPS:
            raise GridtwinError(f"{text!r}: of groups of cases there is {', '.join(OF_GROUPS)}")
        return cls(name, figure, of_group[0], " ".join(of_group[1:]))

    def __str__(self) -> str:
        """As it is written."""
        return " ".join(word for word in (self.figure, self.name, self.by, self.group) if word is not None)

    @property
    def column(self) -> str:
        """Where it stands in a row."""
        return self.name if self.figure is None else f"{self.name}_{self.figure}"

    @property
    def more_is_better(self) -> bool:
        """Whether one wants much of it."""
        return self.name in MORE_IS_BETTER

    def value(self, row: Row, groups: Iterable[Row]) -> float:
        """What a run comes to; NaN where there is nothing to tell.

        Parameters
        ----------
        row : the figures of the run.
        groups : its groups of cases, with `by` and `group`.
        """
        found: Row | None = row
        if self.by is not None:
            found = next((each for each in groups if each["by"] == self.by and each["group"] == self.group), None)
        value = None if found is None else found.get(self.column)
        return float(value) if isinstance(value, int | float) else math.nan


class Sense(StrEnum):
    """On which side of a limit one wants to be."""

    AT_MOST = "<="
    AT_LEAST = ">="


class Met(StrEnum):
    """Whether a target is met, as far as the runs can say."""

    MET = "met"
    MISSED = "missed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Target:
    """A limit on a measure: "p90 response_s <= 900 priority 1", or "p90 response_s priority 1 <= 900"."""

    measure: Measure
    sense: Sense
    limit: float

    @classmethod
    def parse(cls, text: str) -> Target:
        """Read a measure with its limit.

        Raises
        ------
        GridtwinError : it has no limit, or there is no such measure.

        >>> str(Target.parse("late_share <= 0.1"))
        'late_share <= 0.1'
        """
        for sense in Sense:
            before, sign, after = text.partition(sense.value)
            if not sign:
                continue
            number, _, of_group = after.strip().partition(" ")
            try:
                limit = float(number)
            except ValueError:
                limit = math.nan
            if not math.isfinite(limit):
                raise GridtwinError(f"{text!r}: {number!r} is not a number")
            return cls(Measure.parse(f"{before} {of_group}"), sense, limit)
        raise GridtwinError(f"{text!r} has no limit: write <= or >= and a number")

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.measure} {self.sense.value} {self.limit:g}"

    def met(self, low: float, high: float) -> Met:
        """Whether it is met by something that lies between `low` and `high`."""
        if math.isnan(low) or math.isnan(high):
            return Met.UNSURE
        good, bad = (high, low) if self.sense is Sense.AT_MOST else (-low, -high)
        limit = self.limit if self.sense is Sense.AT_MOST else -self.limit
        return Met.MET if good <= limit else Met.MISSED if bad > limit else Met.UNSURE


_KNOWN = f"{'|'.join(FIGURES)} of {', '.join(SPANS)}; or {', '.join(SCALARS)}"
