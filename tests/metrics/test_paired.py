"""Paired differences against scipy and known values: t, BCa, Holm, what pairing is worth, how many more are needed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from twin.metrics.paired import (
    Difference,
    Interval,
    bca_interval,
    difference,
    holm,
    level,
    n_more,
    t_interval,
)

rng = np.random.default_rng(7)
SKEWED = rng.exponential(100.0, size=30)


def test_the_t_interval_is_scipys() -> None:
    found = t_interval(SKEWED)
    theirs = stats.ttest_1samp(SKEWED, 0.0).confidence_interval(0.95)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert t_interval(SKEWED[:1]) is None


@pytest.mark.parametrize("values", [SKEWED, rng.normal(size=25), rng.integers(0, 3, size=40).astype(float)])
def test_the_bca_interval_is_scipys_but_for_the_resamples(values: np.ndarray) -> None:
    found = bca_interval(values, seed=1, n_boot=20_000)
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="BCa", rng=1).confidence_interval
    assert found is not None
    assert found.low == pytest.approx(theirs.low, abs=0.04 * float(np.ptp([theirs.low, theirs.high])))
    assert found.high == pytest.approx(theirs.high, abs=0.04 * float(np.ptp([theirs.low, theirs.high])))


def test_the_bca_interval_of_skewed_values_reaches_further_up_than_down() -> None:
    found, middle = bca_interval(SKEWED, seed=1), float(SKEWED.mean())
    assert found is not None
    assert found.high - middle > 1.1 * (middle - found.low)
    assert found == bca_interval(SKEWED, seed=1)
    assert found != bca_interval(SKEWED, seed=2)


def test_too_few_or_equal_values_have_no_bootstrap() -> None:
    assert bca_interval(np.arange(4.0), seed=1) is None
    assert bca_interval(np.full(9, 3.0), seed=1) == Interval(3.0, 3.0)


def test_a_difference_is_that_of_a_paired_t_test() -> None:
    a, b = SKEWED, SKEWED + rng.normal(5.0, 10.0, size=30)
    found, theirs = difference(a, b), stats.ttest_rel(a, b)
    assert found.p == pytest.approx(theirs.pvalue)
    assert found.mean == pytest.approx(float((a - b).mean()))
    assert found.variance_factor == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))
    assert found.variance_factor is not None
    assert found.variance_factor > 20  # pairs that rise and fall together tell much more than strangers


def test_a_pair_of_which_one_is_missing_is_left_out() -> None:
    a, b = np.array([1.0, 2.0, math.nan, 4.0]), np.array([0.0, math.nan, 0.0, 1.0])
    assert (difference(a, b).n, difference(a, b).mean) == (2, 2.0)
    assert difference(a[:2], b[:2]) == Difference(1, 1.0)
    assert difference(a[2:3], b[2:3]) == Difference(0)


def test_alternatives_that_never_differ_are_not_told_apart() -> None:
    found = difference(SKEWED, SKEWED)
    assert (found.mean, found.p, found.variance_factor, found.is_decided) == (0.0, 1.0, None, False)
    assert found.t == found.bca == Interval(0.0, 0.0)
    always = difference(np.arange(6.0), np.arange(6.0) + 2)
    assert (always.mean, always.p, always.is_decided) == (-2.0, 0.0, True)


def test_holm_adjusts_as_in_his_paper() -> None:
    assert holm([0.005, 0.011, 0.02, 0.04, 0.13]) == pytest.approx([0.025, 0.044, 0.06, 0.08, 0.13])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


def test_an_adjusted_p_decides() -> None:
    assert Difference(9, 1.0, p=0.04).is_decided
    assert not Difference(9, 1.0, p=0.04, p_holm=0.08).is_decided


def test_half_the_width_takes_four_times_as_many() -> None:
    assert n_more(25, 10.0, wanted=5.0) == 75
    assert n_more(25, 10.0, wanted=10.0) == 0
    assert n_more(25, 10.0, wanted=20.0) == 0


def test_a_level_leaves_out_what_has_nothing_to_tell() -> None:
    assert level(np.array([math.nan, 2.0, 4.0])).mean == 3.0
    assert level(np.array([math.nan])).n == 0
