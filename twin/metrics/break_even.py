"""At which value of an assumption would the answer flip? A search by bisection for where a difference changes sign.

A gap between two alternatives as a function of a factor on an assumption flows in, one look at a time; where it
changes sign, and between which factors that cannot be told, flows out. Nothing runs here: the search says at which
factors it wants to know the gap, so that many searches can be answered side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from twin.metrics.paired import Difference

GRID = (0.25, 0.5, 2.0, 4.0)
"""Where every search looks first, beside 1: in equal steps of the logarithm."""
FINE, COARSE = 1.05, 1.1
"""How far apart, as a ratio, what encloses a break-even lies in the end, and what encloses the edges around it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Best less other, turned so that below 0 the best is better: the mean over pairs, and its interval."""

    mean: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the best is better beyond doubt."""
        return self.high < 0

    @property
    def is_flipped(self) -> bool:
        """Whether the best is no longer better, by the mean."""
        return self.mean >= 0

    @property
    def is_surely_flipped(self) -> bool:
        """Whether the other is better beyond doubt."""
        return self.low > 0


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where an answer flips, on the side of 1 that is nearer; factors.

    Parameters
    ----------
    low, high : between which factors was looked: as far as runs could tell of anything.
    factor : where the mean gap changes sign; None where it does not.
    sure_until : on the way from 1, up to where the best is better beyond doubt; None where it is not even at 1.
    sure_from : from where the other is better beyond doubt; None where it never is.
    """

    low: float
    high: float
    factor: float | None = None
    sure_until: float | None = None
    sure_from: float | None = None


@dataclass(frozen=True, slots=True)
class Assumed:
    """A numeric assumption of a scenario.

    Parameters
    ----------
    name : what kind of assumption it is, such as "demand".
    of : which of them, where there are several: the name of a matter.
    now : its value, where it is one number; in seconds for spans, a day for demand.
    low, high : by what it can be multiplied.
    """

    name: str
    of: str = ""
    now: float | None = None
    low: float = GRID[0]
    high: float = GRID[-1]


@dataclass(frozen=True, slots=True)
class Flip:
    """An assumption and where it would flip the answer; `message`: why runs could not tell, where they could not."""

    assumed: Assumed
    found: BreakEven
    message: str = ""


@dataclass(frozen=True, slots=True)
class Flips:
    """What would flip an answer: `best` against `other` by a measure, on `n_seeds` common seeds.

    `now`: the gap as things are, on these seeds. `flips`: nearest first, then those that do not flip.
    """

    measure: str
    best: str
    other: str
    n_seeds: int
    now: Gap
    flips: tuple[Flip, ...] = field(default=())


Search = Generator[tuple[float, ...], Sequence[Gap | None], BreakEven]
_Look = Generator[tuple[float, ...], Sequence[Gap | None], None]
_Known = dict[float, Gap | None]


def gap_of(found: Difference, *, more_is_better: bool) -> Gap | None:
    """A paired difference, best less other, as a gap; None where there are too few pairs."""
    if found.mean is None or found.t is None:
        return None
    low, high = found.t.low, found.t.high
    return Gap(-found.mean, -high, -low) if more_is_better else Gap(found.mean, low, high)


def search(now: Gap, *, low: float = GRID[0], high: float = GRID[-1]) -> Search:
    """Search for the break-even nearest to 1.

    It hands out factors and takes their gaps, None where there is none; beyond such a factor it does not look.

    Parameters
    ----------
    now : the gap at 1; the best must be better by it.
    low, high : between which factors to look; 1 lies between.
    """
    if now.is_flipped:
        raise ValueError("the best is not better: there is nothing to flip")
    known: _Known = {1.0: now}
    sides = [
        sorted({max(low, factor) for factor in GRID if factor < 1 and low < 1}, reverse=True),
        sorted({min(high, factor) for factor in GRID if factor > 1 and high > 1}),
    ]
    yield from _look(known, *sides[0], *sides[1])
    told = [list(takewhile(lambda factor: known[factor] is not None, side)) for side in sides]
    found = []
    for side in told:
        enclosed = yield from _first(known, [1.0, *side], lambda gap: gap.is_flipped, ratio=FINE)
        if enclosed is not None:
            found.append(enclosed)
    reached = [1.0, *told[0], *told[1]]
    looked = BreakEven(min(reached), max(reached))
    if not found:
        return looked
    inner, outer = min(found, key=lambda pair: abs(math.log(pair[0] * pair[1])))
    factor = math.sqrt(inner * outer)
    nearer = sorted((at for at in known if _is_between(at, 1.0, factor)), key=_distance)
    farther = sorted((at for at in known if _is_beyond(at, factor, looked)), key=_distance)
    until = None
    if now.is_sure:
        until = yield from _first(known, [*nearer, outer], lambda gap: not gap.is_sure, ratio=COARSE)
    since = yield from _first(known, [inner, *farther], lambda gap: gap.is_surely_flipped, ratio=COARSE)
    return BreakEven(
        looked.low,
        looked.high,
        factor,
        sure_until=None if until is None else until[0],
        sure_from=None if since is None else since[1],
    )


def _look(known: _Known, *factors: float) -> _Look:
    """Come to know the gap at some factors."""
    wanted = tuple(factor for factor in factors if factor not in known)
    if wanted:
        known.update(zip(wanted, (yield wanted), strict=True))


def _first(
    known: _Known, factors: Sequence[float], holds: Callable[[Gap], bool], *, ratio: float
) -> Generator[tuple[float, ...], Sequence[Gap | None], tuple[float, float] | None]:
    """Enclose where something first holds along factors that are known, to within a ratio; None where it never does."""
    for before, behind in pairwise(factors):
        inner, outer, gap = before, behind, known[behind]
        if gap is None or not holds(gap):
            continue
        while max(inner, outer) / min(inner, outer) > ratio:
            middle = math.sqrt(inner * outer)
            yield from _look(known, middle)
            between = known[middle]
            if between is None:
                break
            inner, outer = (inner, middle) if holds(between) else (middle, outer)
        return inner, outer
    return None


def _distance(factor: float) -> float:
    return abs(math.log(factor))


def _is_between(factor: float, near: float, far: float) -> bool:
    return min(near, far) <= factor <= max(near, far)


def _is_beyond(factor: float, start: float, looked: BreakEven) -> bool:
    """Whether a factor lies on the far side of `start` as seen from 1, where was looked."""
    return looked.low <= factor <= looked.high and (factor > start if start > 1 else factor < start)
