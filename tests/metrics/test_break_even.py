"""Break-evens: found where a made-up gap changes sign, on the nearer side, with the range that cannot be told."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from twin.metrics.break_even import FINE, BreakEven, Gap, gap_of, search
from twin.metrics.paired import Difference, Interval

Made = Callable[[float], Gap | None]


def found(gap: Made, *, low: float = 0.25, high: float = 4.0) -> tuple[BreakEven, list[float]]:
    """What a search finds of a gap, and at which factors it looked."""
    now = gap(1.0)
    assert now is not None
    under_way = search(now, low=low, high=high)
    looked: list[float] = []
    asked = next(under_way)
    while True:
        looked += asked
        try:
            asked = under_way.send([gap(factor) for factor in asked])
        except StopIteration as end:
            return end.value, looked


def through(zero: float, *, half: float = 0.0, rises: bool = True) -> Made:
    """A gap that grows with the logarithm and is nothing at `zero`."""

    def gap(factor: float) -> Gap:
        mean = math.log(factor / zero) * (1 if rises else -1)
        return Gap(mean, mean - half, mean + half)

    return gap


@pytest.mark.parametrize("zero", [0.27, 0.7, 1.01, 1.5, 2.0, 3.9])
def test_the_break_even_is_found_to_within_five_per_cent(zero: float) -> None:
    told, looked = found(through(zero, rises=zero > 1))
    assert told.factor == pytest.approx(zero, rel=FINE - 1)
    assert len(looked) == len(set(looked)) < 16
    assert (told.low, told.high) == (0.25, 4.0)


def test_between_where_it_is_sure_and_where_the_opposite_is_it_cannot_be_told() -> None:
    told, _ = found(through(2.0, half=math.log(1.4)))
    assert told.sure_until is not None
    assert told.sure_from is not None
    assert 1.26 < told.sure_until <= 2.0 / 1.4
    assert 2.0 * 1.4 <= told.sure_from < 3.1


def test_what_is_not_sure_as_things_are_or_never_certain_the_other_way_is_said() -> None:
    told, _ = found(through(3.0, half=10.0))
    assert told.factor == pytest.approx(3.0, rel=0.05)
    assert (told.sure_until, told.sure_from) == (None, None)


def test_what_does_not_flip_in_its_range_is_told_after_a_look_at_four_places() -> None:
    told, looked = found(through(5.0))
    assert told == BreakEven(0.25, 4.0)
    assert looked == [0.5, 0.25, 2.0, 4.0]


def test_of_two_break_evens_the_nearer_counts() -> None:
    def valley(factor: float) -> Gap:
        mean = max(math.log(factor / 1.6), math.log(0.3 / factor))
        return Gap(mean, mean, mean)

    told, _ = found(valley)
    assert told.factor == pytest.approx(1.6, rel=0.05)


def test_a_share_is_not_raised_beyond_all() -> None:
    told, looked = found(through(0.8, rises=False), high=1.0)
    assert told.factor == pytest.approx(0.8, rel=0.05)
    assert max(looked) < 1.0
    assert told.high == 1.0


def test_beyond_what_runs_can_tell_of_nothing_is_looked_for() -> None:
    told, _ = found(lambda factor: None if factor > 2.5 else through(3.0)(factor))
    assert told == BreakEven(0.25, 2.0)


def test_a_gap_is_turned_so_that_less_is_better() -> None:
    higher = Difference(3, 0.2, Interval(0.1, 0.3))
    assert gap_of(higher, more_is_better=True) == Gap(-0.2, -0.3, -0.1)
    assert gap_of(higher, more_is_better=False) == Gap(0.2, 0.1, 0.3)
    assert gap_of(Difference(1, 0.2), more_is_better=False) is None


def test_an_answer_that_does_not_hold_as_things_are_cannot_be_flipped() -> None:
    with pytest.raises(ValueError, match="nothing to flip"):
        next(search(Gap(0.1, -1.0, 1.2)))
