"""Shares of fates: plain proportions where all is known, and no bias where the end of a run cuts the watching short."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.metrics.fates import CENSORED, OVER, REPORTED, fates

HOUR_US = 3_600_000_000


@given(rows=st.lists(st.tuples(st.integers(0, 50), st.sampled_from([REPORTED, OVER])), min_size=1, max_size=60))
def test_without_censoring_the_shares_are_the_plain_ones(rows: list[tuple[int, int]]) -> None:
    age, fate = np.array([age for age, _ in rows]), np.array([fate for _, fate in rows])
    found = fates(np.zeros(age.size, np.int64), age, fate)
    assert found.reported_share == pytest.approx((fate == REPORTED).mean())
    assert found.over_share == pytest.approx((fate == OVER).mean())
    for limit in (0, 10, 50):
        within = ((fate == REPORTED) & (age <= limit)).mean()
        assert found.reported_within([limit])[0] == pytest.approx(within)


def test_whoever_is_lost_counts_only_as_long_as_it_is_watched() -> None:
    ages, kinds = np.array([10, 20, 30, 40]), np.array([REPORTED, CENSORED, OVER, REPORTED])
    found = fates(np.zeros(4, np.int64), ages, kinds)
    assert found.reported_share == pytest.approx(1 / 4 + 3 / 4 * 1 / 2)
    assert found.over_share == pytest.approx(3 / 4 * 1 / 2)


def test_whoever_comes_late_is_not_watched_before() -> None:
    found = fates(np.array([0, 0, 15]), np.array([10, 20, 20]), np.array([REPORTED, OVER, OVER]))
    assert found.reported_share == pytest.approx(1 / 2)
    assert found.over_share == pytest.approx(1 / 2)


def test_of_nobody_nothing_is_told() -> None:
    none = np.zeros(0, np.int64)
    found = fates(none, none, none)
    assert (found.reported_share, found.over_share, found.reported_within([5]).tolist()) == (0, 0, [0])


def test_the_end_of_a_run_does_not_bias_the_shares_as_it_biases_those_of_what_is_over() -> None:
    """Reports come fast, ends by themselves slowly: what is over early in a short run is mostly what was reported."""
    random = np.random.default_rng(11)
    n, run_h = 20_000, 36.0
    born = random.uniform(0, run_h, n)
    reported = np.where(random.random(n) < 0.5, random.exponential(2, n), np.inf)
    over = random.exponential(8, n)
    truth = (over < reported).mean()
    age = np.minimum(np.minimum(reported, over), run_h - born)
    fate = np.where(age == reported, REPORTED, np.where(age == over, OVER, CENSORED))
    found = fates(np.zeros(n, np.int64), (age * HOUR_US).astype(np.int64), fate)
    naive = (fate == OVER).sum() / (fate != CENSORED).sum()
    assert found.over_share == pytest.approx(truth, abs=0.015)
    assert truth - naive > 0.03
