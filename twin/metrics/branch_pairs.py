"""Two lines over many futures, the same luck for both: levels, paired differences, and where each line ran.

In: pairs of `Line`s, one a future. Out: a `Compared`, of immutable records. What is averaged is futures, so the P90 of
a line is the mean over futures of each future's own P90.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.metrics.branch_line import COURSES, FIGURES, Line
from twin.metrics.paired import Difference, difference, holm

BAND = (10.0, 90.0)
"""Percentiles between which four futures out of five lie."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both lines in one future: as it is, and as it could be."""

    luck: int
    base: Line
    other: Line


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of both lines: means over the futures that tell of both, and by how much the other differs.

    `gaps`: the difference in each of these futures.
    """

    name: str
    base: float | None
    other: float | None
    difference: Difference
    gaps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """A count over time: mean over futures and the band that holds four out of five, an entry an instant."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """All that is told of `n` futures.

    `figures`: by the names and in the order of `FIGURES`; their P values are adjusted for being looked at together.
    `courses`: by the names of `COURSES`, (as it is, as it could be). `n_cases`, `n_unreached`: per future and line, on
    average: how many cases count, and how many of them nobody has come to.
    """

    n: int
    figures: tuple[Figure, ...]
    courses: dict[str, tuple[Course, Course]]
    n_cases: tuple[float, float]
    n_unreached: tuple[float, float]

    def figure(self, name: str) -> Figure:
        """One of `FIGURES`."""
        return self.figures[FIGURES.index(name)]


def compare_pairs(pairs: Sequence[Pair]) -> Compared:
    """What some futures come to; at least one pair, in any order."""
    pairs = sorted(pairs, key=lambda pair: pair.luck)
    figures = [_figure(name, pairs) for name in FIGURES]
    adjusted = iter(holm([each.difference.p for each in figures if each.difference.p is not None]))
    return Compared(
        n=len(pairs),
        figures=tuple(_adjusted(each, next(adjusted)) if each.difference.p is not None else each for each in figures),
        courses={
            name: (_course([pair.base for pair in pairs], place), _course([pair.other for pair in pairs], place))
            for place, name in enumerate(COURSES)
        },
        n_cases=(_mean([pair.base.n_cases for pair in pairs]), _mean([pair.other.n_cases for pair in pairs])),
        n_unreached=(
            _mean([pair.base.n_unreached for pair in pairs]),
            _mean([pair.other.n_unreached for pair in pairs]),
        ),
    )


def _figure(name: str, pairs: Sequence[Pair]) -> Figure:
    base = np.array([pair.base.figures[name] for pair in pairs])
    other = np.array([pair.other.figures[name] for pair in pairs])
    known = ~(np.isnan(base) | np.isnan(other))
    base, other = base[known], other[known]
    if not base.size:
        return Figure(name, None, None, Difference(0))
    found = difference(other, base)
    return Figure(name, float(base.mean()), float(other.mean()), found, tuple((other - base).tolist()))


def _adjusted(figure: Figure, p: float) -> Figure:
    found = figure.difference
    return replace(figure, difference=replace(found, p_holm=p))


def _course(lines: Sequence[Line], place: int) -> Course:
    counts: NDArray[np.float64] = np.array([[row[place] for row in line.course] for line in lines], np.float64)
    low, high = np.percentile(counts, BAND, axis=0)
    return Course(tuple(counts.mean(axis=0).tolist()), tuple(low.tolist()), tuple(high.tolist()))


def _mean(values: Sequence[int]) -> float:
    return float(np.mean(values))
