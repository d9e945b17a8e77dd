"""Measures and targets in words, there and back, and what is wrong with the others."""

from __future__ import annotations

import math

import pytest

from twin.errors import GridtwinError
from twin.metrics.measure import Measure, Met, Row, Target

ROW: Row = {"response_s_p90": 700.0, "late_share": 0.1, "on_time_share": None}
GROUPS: list[Row] = [{"by": "matter", "group": "road works", "response_s_p90": 900.0, "late_share": 0.4}]


@pytest.mark.parametrize("text", ["p90 response_s", "late_share", "mean case_s", "p90 response_s matter road works"])
def test_a_measure_reads_as_it_is_written(text: str) -> None:
    assert str(Measure.parse(f"  {text} ")) == text


def test_a_measure_is_looked_up_in_the_row_or_in_its_group() -> None:
    assert Measure.parse("p90 response_s").value(ROW, GROUPS) == 700.0
    assert Measure.parse("late_share matter road works").value(ROW, GROUPS) == 0.4
    assert math.isnan(Measure.parse("on_time_share").value(ROW, GROUPS))
    assert math.isnan(Measure.parse("late_share grid 12").value(ROW, GROUPS))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "names no measure"),
        ("speed", "no measure 'speed'"),
        ("response_s", "which figure"),
        ("p90 late_share", "is a figure of"),
        ("late_share priority", "of which cases"),
        ("late_share of everybody", "of which cases"),
        ("busy_gini grid 4", "of groups of cases there is"),
        ("n", "say of which cases"),
    ],
)
def test_what_is_no_measure_is_told_why(text: str, says: str) -> None:
    with pytest.raises(GridtwinError, match=says):
        Measure.parse(text)


@pytest.mark.parametrize(
    "text", ["p90 response_s <= 900 priority 1", "p90 response_s priority 1 <= 900", "p90 response_s priority 1<=900"]
)
def test_a_target_may_name_its_cases_before_or_after_the_limit(text: str) -> None:
    assert str(Target.parse(text)) == "p90 response_s priority 1 <= 900"


def test_a_target_is_met_missed_or_unsure() -> None:
    speed, closing = Target.parse("p90 response_s <= 900"), Target.parse("on_time_share >= 0.9")
    assert [speed.met(*at) for at in ((800, 900), (901, 950), (880, 920))] == [Met.MET, Met.MISSED, Met.UNSURE]
    assert [closing.met(*at) for at in ((0.9, 1), (0.8, 0.89), (0.85, 0.95))] == [Met.MET, Met.MISSED, Met.UNSURE]
    assert speed.met(math.nan, math.nan) is Met.UNSURE


@pytest.mark.parametrize(
    ("text", "says"), [("late_share", "no limit"), ("late_share <= soon", "'soon' is not a number")]
)
def test_a_target_needs_a_number(text: str, says: str) -> None:
    with pytest.raises(GridtwinError, match=says):
        Target.parse(text)
