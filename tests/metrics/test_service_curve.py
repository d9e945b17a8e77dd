"""From what runs came to at each level to an answer: cheapest, knee, and what each next person buys."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from twin.errors import GridtwinError
from twin.metrics.knee import knee_of
from twin.metrics.measure import Met, Row, Target
from twin.metrics.service_curve import Crew, ServiceCurve, Staffed, Theory, service_curve

P90 = "p90 response_s"
TARGET = "p90 response_s <= 900"


def level(n: int, p90_s: list[float | None], *, cost: float | None = None, expected_s: float | None = None) -> Staffed:
    """A level of `n` people, a replication a value."""
    runs: list[tuple[Row, list[Row]] | None] = [
        None if value is None else ({"response_s_p90": value, "cost_per_day": cost}, []) for value in p90_s
    ]
    theory = None if expected_s is None else Theory((), {P90: expected_s}, ("short run",))
    return Staffed(n / 10, (Crew("van", "always", n),), runs, theory)


def curve(*levels: Staffed, targets: tuple[str, ...] = (TARGET,), currency: str | None = None) -> ServiceCurve:
    asked = [Target.parse(text) for text in targets]
    return service_curve(levels, asked, scenario="x", late_after_s=900, currency=currency)


FALLING = (
    level(6, [1_500, 1_480, 1_520], expected_s=1_400),
    level(8, [880, 910, 895], expected_s=880),
    level(10, [700, 705, 710], expected_s=700),
    level(12, [680, 682, 684], expected_s=680),
)


def test_surely_means_the_whole_interval_and_by_mean_the_mean() -> None:
    found = curve(*FALLING)
    assert (found.cheapest, found.cheapest_by_mean, found.cheapest_by_theory) == (1.0, 0.8, 0.8)
    assert [each.targets[TARGET] for each in found.levels] == [Met.MISSED, Met.UNSURE, Met.MET, Met.MET]


def test_the_cheapest_is_by_cost_where_there_are_costs() -> None:
    dear_few = level(8, [800, 801, 802], cost=5_000)
    cheap_many = level(10, [700, 701, 702], cost=4_000)
    found = curve(dear_few, cheap_many, currency="CNY")
    assert (found.cheapest, found.over) == (1.0, "cost_per_day")


def test_none_is_told_where_none_does() -> None:
    found = curve(*FALLING, targets=("p90 response_s <= 100",))
    assert (found.cheapest, found.cheapest_by_mean, found.cheapest_by_theory) == (None, None, None)


def test_one_run_is_never_sure() -> None:
    found = curve(level(8, [800]), level(10, [700]))
    assert (found.cheapest, found.cheapest_by_mean) == (None, 0.8)


def test_each_next_person_is_worth_their_part_of_the_difference() -> None:
    step = curve(*FALLING).steps[1]
    gain = step.gains[P90]
    assert step.n_people == 2
    assert gain.all.mean == pytest.approx(-190)
    assert gain.per_person == pytest.approx(-95)
    assert gain.per_person_t is not None
    assert gain.all.t is not None
    assert gain.per_person_t.half_width == pytest.approx(gain.all.t.half_width / 2)


def test_differences_are_of_the_same_seeds_and_leave_failed_runs_out() -> None:
    before, after = level(8, [100, 1_000, None]), level(10, [90, 990, 5])
    found = curve(before, after)
    gain = found.steps[0].gains[P90].all
    assert (gain.n, found.n_failed) == (2, 1)
    assert gain.mean == pytest.approx(-10)
    assert gain.t is not None
    assert gain.t.half_width == pytest.approx(0)


def test_the_knee_is_the_point_farthest_below_the_chord() -> None:
    found = curve(*FALLING).knee
    assert found is not None
    assert (found.times, found.measure, found.over, found.share) == (0.8, P90, "n_people", 1.0)


def test_a_line_a_rise_and_two_points_have_no_knee() -> None:
    x = np.array([1.0, 2.0, 3.0])
    assert knee_of(x, np.array([[3.0], [2.0], [1.0]]), seed=1) is None
    assert knee_of(x, np.array([[1.0], [2.0], [9.0]]), seed=1) is None
    assert knee_of(x[:2], np.array([[3.0], [1.0]]), seed=1) is None


def test_an_unsure_knee_says_so() -> None:
    rng = np.random.default_rng(1)
    noisy = np.array([10.0, 5.0, 4.4, 4.0, 3.9])[:, None] + rng.normal(0, 3, (5, 10))
    found = knee_of(np.arange(5.0), noisy, seed=1)
    assert found is not None
    assert 0 < found.share < 1


def test_a_measure_nothing_tells_of_is_refused() -> None:
    with pytest.raises(GridtwinError, match="no run tells of 'on_time_share'"):
        curve(*FALLING, targets=("on_time_share >= 0.9",))


def test_the_answer_is_plain_data_and_comes_back_the_same() -> None:
    found = curve(*FALLING)
    assert msgspec.json.decode(msgspec.json.encode(found), type=ServiceCurve) == found
