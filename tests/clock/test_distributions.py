"""Distributions: quantile and share are inverse, a mean is the integral of the quantile, tails are conditional."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from twin.clock.distributions import (
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Weibull,
    quantile_beyond,
)

SMOOTH: list[Distribution] = [
    Exponential(90.0),
    Lognormal.of(90.0, 0.5),
    Lognormal.of(1_500.0, 2.0),
    Lognormal.about(60.0, 0.7),
    Gamma.of(90.0, 0.3),
    Gamma.of(90.0, 1.5),
    Gamma(2.5, 40.0),
    Weibull.of(90.0, 0.5),
    Weibull.of(90.0, 2.0),
    Weibull(1.7, 80.0),
    Empirical((30.0, 40.0, 45.0, 100.0, 400.0)),
]
KNOWN = pytest.mark.parametrize("spread", SMOOTH, ids=repr)
SHARES = st.floats(0.001, 0.999)


def at(spread: Distribution, u: float) -> float:
    return float(spread.quantile(np.array([u]))[0])


@KNOWN
@given(u=SHARES)
def test_the_share_below_a_quantile_is_that_share(spread: Distribution, u: float) -> None:
    assert spread.share_below(at(spread, u)) == pytest.approx(u, abs=1e-9)


@KNOWN
def test_the_mean_is_the_integral_of_the_quantile(spread: Distribution) -> None:
    pieces = [0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 0.999_9, 0.999_99, 1 - 1e-7, 1 - 1e-10, 1 - 1e-13]
    integral = sum(quad(lambda u: at(spread, u), low, high, limit=200)[0] for low, high in pairwise(pieces))
    assert spread.mean_s == pytest.approx(integral, rel=1e-4)


@KNOWN
def test_quantiles_never_fall(spread: Distribution) -> None:
    values = spread.quantile(np.linspace(0.001, 0.999, 500))
    assert (np.diff(values) >= 0).all()
    assert values[0] >= 0


@KNOWN
def test_nothing_lasts_less_than_no_time(spread: Distribution) -> None:
    assert spread.share_below(-5.0) == 0.0
    assert spread.share_below(0.0) == 0.0


@pytest.mark.parametrize(("mean", "cv"), [(90.0, 0.1), (90.0, 0.7), (1_500.0, 1.6)])
@pytest.mark.parametrize("kind", [Lognormal, Gamma, Weibull])
def test_a_mean_and_a_coefficient_of_variation_are_kept(
    kind: type[Lognormal] | type[Gamma] | type[Weibull], mean: float, cv: float
) -> None:
    spread = kind.of(mean, cv)
    shares = (np.arange(400_000) + 0.5) / 400_000
    values = spread.quantile(shares)
    assert spread.mean_s == pytest.approx(mean)
    assert values.std() / values.mean() == pytest.approx(cv, rel=0.02)


def test_a_certain_time_is_certain() -> None:
    fixed = Deterministic(60.0)
    assert fixed.quantile(np.array([0.1, 0.9])).tolist() == [60.0, 60.0]
    assert (fixed.share_below(59.9), fixed.share_below(60.0)) == (0.0, 1.0)


def test_observed_values_are_joined_by_straight_lines() -> None:
    spread = Empirical((10.0, 20.0, 60.0))
    assert [at(spread, u) for u in (0.0, 0.25, 0.5, 0.75, 1.0)] == [10.0, 15.0, 20.0, 40.0, 60.0]
    assert spread.mean_s == (15.0 + 40.0) / 2
    assert spread.share_below(9.0) == 0.0
    assert spread.share_below(60.0) == 1.0


def test_one_observed_value_is_always_it() -> None:
    spread = Empirical((10.0,))
    assert (spread.mean_s, at(spread, 0.3), spread.share_below(9.9), spread.share_below(10.0)) == (10.0, 10.0, 0.0, 1.0)


@KNOWN
@given(u=SHARES, elapsed=SHARES)
def test_a_time_that_has_lasted_is_drawn_from_its_tail(spread: Distribution, u: float, elapsed: float) -> None:
    gone_s = at(spread, elapsed)
    whole_s = quantile_beyond(spread, u, elapsed_s=gone_s)
    gone = spread.share_below(gone_s)
    assert whole_s >= gone_s
    assert spread.share_below(whole_s) == pytest.approx(gone + (1 - gone) * u, abs=1e-6)


def test_what_has_lasted_longer_than_it_can_ends_now() -> None:
    assert quantile_beyond(Deterministic(60.0), 0.5, elapsed_s=75.0) == 75.0
    assert quantile_beyond(Empirical((10.0, 20.0)), 0.5, elapsed_s=20.0) == 20.0


@given(elapsed_s=st.floats(0, 5_000), u=SHARES)
def test_an_exponential_time_remembers_nothing(elapsed_s: float, u: float) -> None:
    spread = Exponential(300.0)
    rest_s = quantile_beyond(spread, u, elapsed_s=elapsed_s) - elapsed_s
    assert rest_s == pytest.approx(at(spread, u), rel=1e-5, abs=1e-5)
