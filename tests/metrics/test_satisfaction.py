"""Satisfaction goes the right way."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import GridtwinError
from twin.metrics.satisfaction import SatisfactionParameters, satisfied_share

SECONDS = st.floats(0, 1e7)
PARAMETERS = st.builds(
    SatisfactionParameters,
    odds_at_once=st.floats(0.01, 100),
    patience_s=st.floats(1, 1e6),
    response_weight=st.floats(0, 5),
    rework_factor=st.floats(0.01, 1),
    resolved_factor=st.floats(1, 1_000),
)


@given(SECONDS, SECONDS, st.integers(0, 20), st.booleans(), PARAMETERS)
def test_a_slower_response_never_satisfies_more(
    one_s: float, other_s: float, n: int, resolved: bool, parameters: SatisfactionParameters
) -> None:
    fast, slow = (
        satisfied_share(s, n_reworks=n, resolved=resolved, parameters=parameters) for s in sorted((one_s, other_s))
    )
    assert 0 <= slow <= fast <= 1


@given(SECONDS, st.booleans(), PARAMETERS)
def test_more_rework_never_satisfies_more(
    response_s: float, resolved: bool, parameters: SatisfactionParameters
) -> None:
    shares = [satisfied_share(response_s, n_reworks=n, resolved=resolved, parameters=parameters) for n in range(5)]
    assert all(less <= more for more, less in pairwise(shares))


@given(SECONDS, st.integers(0, 5))
def test_a_resolved_problem_satisfies_more(response_s: float, n_reworks: int) -> None:
    resolved, not_resolved = (
        satisfied_share(response_s, n_reworks=n_reworks, resolved=is_so) for is_so in (True, False)
    )
    assert resolved > not_resolved


def test_each_parameter_multiplies_the_odds() -> None:
    parameters = SatisfactionParameters(
        odds_at_once=3, patience_s=100, response_weight=2, rework_factor=0.5, resolved_factor=8
    )
    share = satisfied_share(100, n_reworks=1, resolved=True, parameters=parameters)
    assert math.isclose(share / (1 - share), 3 * 2**-2 * 0.5 * 8)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("odds_at_once", 0),
        ("patience_s", 0),
        ("response_weight", -1),
        ("rework_factor", 1.5),
        ("rework_factor", 0),
        ("resolved_factor", 0.9),
        ("patience_s", float("nan")),
    ],
)
def test_parameters_that_would_reward_bad_service_are_refused_by_name(key: str, value: float) -> None:
    with pytest.raises(GridtwinError, match=key):
        SatisfactionParameters(**{key: value})


@pytest.mark.parametrize(("response_s", "n_reworks"), [(-1, 0), (float("nan"), 0), (0, -1)])
def test_a_response_or_rework_below_nothing_is_refused(response_s: float, n_reworks: int) -> None:
    with pytest.raises(GridtwinError, match="must not be less than 0"):
        satisfied_share(response_s, n_reworks=n_reworks, resolved=True)
