"""Scores from indicators."""

from __future__ import annotations

import pytest

from twin.errors import GridtwinError
from twin.metrics.appraisal import INDICATORS, MEMORY, SECOND_HAND, Indicator
from twin.metrics.composite import JINHUA, JINNIU, JUNGAR, Composite, Gain, Reached, points, score, unmet


def made(**shares: tuple[int, int]) -> dict[str, Indicator]:
    return dict.fromkeys(INDICATORS, Indicator(0, 0)) | {name: Indicator(*share) for name, share in shares.items()}


def jinniu(**shares: tuple[int, int]) -> dict[str, Indicator]:
    good = {"disposal": (10, 10), "on_time_disposal": (10, 10)}
    none = dict.fromkeys(("rework", "overdue_pending", "extension"), (0, 10))
    return made(**(good | none | shares))


def test_jinniu_gives_a_hundred_to_who_does_everything_right() -> None:
    assert score(JINNIU, jinniu()) == 100


@pytest.mark.parametrize(
    ("name", "share", "expected"),
    [
        ("disposal", (9, 10), 97),
        ("on_time_disposal", (9, 10), 98),
        ("rework", (1, 10), 98),
        ("overdue_pending", (1, 10), 98),
        ("extension", (1, 10), 99),
        ("rework", (15, 10), 70),
    ],
)
def test_jinniu_weighs_thirty_twenty_twenty_twenty_ten(name: str, share: tuple[int, int], expected: float) -> None:
    assert score(JINNIU, jinniu(**{name: share})) == pytest.approx(expected)


def test_a_term_of_which_nobody_is_counted_leaves_no_score() -> None:
    found = jinniu(rework=(0, 0))
    assert score(JINNIU, found) is None
    assert points(JINNIU, found) == [30, 20, None, 20, 10]


@pytest.mark.parametrize(
    ("in_time", "expected"), [((7, 10), 50), ((10, 10), 50), ((60, 100), 40), ((695, 1000), 49.5), ((0, 10), 0)]
)
def test_jinhua_takes_a_point_for_each_percentage_point_short(in_time: tuple[int, int], expected: float) -> None:
    assert points(JINHUA, made(on_time_closing=in_time, closing=(9, 10)))[:2] == [pytest.approx(expected), 20]


def test_jinhua_gives_nothing_for_closing_below_its_mark() -> None:
    assert points(JINHUA, made(on_time_closing=(7, 10), closing=(89, 100)))[1] == 0


def test_jinhua_fines_a_fifth_of_a_point_for_a_rework_and_half_from_the_third() -> None:
    # One case of four reworks and one of one: three at 0.2, two at 0.5.
    found = made(on_time_closing=(7, 10), closing=(9, 10), rework=(5, 10), repeated_rework=(2, 10))
    assert score(JINHUA, found) == pytest.approx(70 - 3 * 0.2 - 2 * 0.5)


def test_requirements_stand_beside_the_score_and_are_not_missed_where_nobody_is_counted() -> None:
    assert unmet(JINHUA, made()) == []
    assert unmet(JINHUA, made(urgent_closing=(9, 10), urgent_on_time_closing=(95, 100))) == ["urgent_closing"]


def test_the_three_rates_of_citizens_are_weighed_thirty_thirty_five_thirty_five() -> None:
    assert points(JUNGAR, made(response=(1, 1), resolution=(1, 2), satisfaction=(1, 1))) == [30, 17.5, 35]


def test_every_indicator_and_every_weight_says_where_it_is_from() -> None:
    assert {INDICATORS[name].confidence for name in ("own_discovery", "missed", "public_report")} == {MEMORY}
    terms = [term for composite in (JINNIU, JINHUA, JUNGAR) for term in composite.terms]
    assert {term.confidence for term in terms} == {SECOND_HAND}


def test_a_composite_of_nothing_or_of_what_is_no_indicator_is_refused() -> None:
    with pytest.raises(GridtwinError, match="no terms"):
        Composite("mine", ())
    with pytest.raises(GridtwinError, match="'speed' is no indicator"):
        Composite("mine", (Gain("closing", 50, MEMORY), Reached("speed", 50, MEMORY, at_least=1)))
