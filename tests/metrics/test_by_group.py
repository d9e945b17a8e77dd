"""Who gains and who loses, group by group; and reading a service curve between its levels."""

from __future__ import annotations

import pytest

from tests.console.fake_lab import curve
from twin.metrics.answer import Tried
from twin.metrics.by_group import by_group
from twin.metrics.measure import Row
from twin.metrics.read_off import people_at, read_off


def run(**late: float | None) -> tuple[Row, list[Row]]:
    return {}, [{"by": "hour", "group": hour, "n": 4, "late_share": share} for hour, share in late.items()]


def test_differences_are_taken_seed_by_seed_and_what_is_missing_is_left_out() -> None:
    base = Tried("a", {}, None, "", [run(**{"9": 0.5, "10": 0.2}), run(**{"9": 0.3}), None])
    other = Tried("b", {}, "a", "", [run(**{"9": 0.4}), run(**{"9": 0.1, "10": None}), run(**{"9": 0.9})])
    nine, ten = by_group([base, other], "hour", "late_share")
    assert (nine.group, ten.group) == ("9", "10")  # in the order of numbers
    assert nine.n == pytest.approx(4 * 5 / 5)
    assert nine.differences["b"].n == 2
    assert nine.differences["b"].mean == pytest.approx(-0.15)
    assert ten.levels["a"].mean == pytest.approx(0.2)
    assert ten.differences["b"].mean is None


def test_between_levels_the_curve_is_read_along_straight_lines_and_beyond_at_its_ends() -> None:
    found = curve()
    half = read_off(found, 9)
    assert half.measures["p90 response_s"].mean == pytest.approx((895 + 700) / 2)
    assert half.cost_per_day == pytest.approx(9 * 960)
    assert half.is_within
    beyond = read_off(found, 40)
    assert beyond.measures["p90 response_s"].mean == pytest.approx(680)
    assert not beyond.is_within


def test_people_between_levels_are_whole_and_as_many_as_the_line_says() -> None:
    assert people_at(curve(), 0.7) in (
        {("van", "night"): 4, ("clerk", "always"): 3},
        {("van", "night"): 3, ("clerk", "always"): 4},
    )
    assert people_at(curve(), 1.0) == {("van", "night"): 5, ("clerk", "always"): 5}
