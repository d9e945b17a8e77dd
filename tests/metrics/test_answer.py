"""What an experiment has found, of runs made up for the purpose."""

from __future__ import annotations

import numpy as np
import pytest

from twin.errors import GridtwinError
from twin.metrics.answer import Answer, Asked, Compared, Tried, answer
from twin.metrics.measure import Met, Target

LUCK = np.random.default_rng(3).normal(size=24)
SHAKE = np.random.default_rng(4).normal(size=(4, 24))


def tried(name: str, response_s: float, *, late: float = 0.1, against: str | None = "a", place: int = 0) -> Tried:
    """An alternative: its figures rise and fall with the luck of the seed, and shake a little by themselves."""
    runs = [
        ({"response_s_p90": response_s + 50 * luck + 5 * shake, "late_share": late + 0.02 * shake}, ())
        for luck, shake in zip(LUCK, SHAKE[place], strict=True)
    ]
    return Tried(name, {"policy": name}, None if name == against else against, "", runs)


def asked(*targets: str, **half_width: float) -> Asked:
    wanted = {name.replace("__", " "): width for name, width in half_width.items()}
    return Asked("test", targets=[Target.parse(target) for target in targets], half_width=wanted)


def compared(found: Answer, name: str, *, measure: str = "p90 response_s") -> Compared:
    return next(each for each in found.measures if each.measure == measure).differences[name]


THREE = [tried("a", 700), tried("b", 640, place=1), tried("c", 698, place=2)]


def test_the_best_is_named_with_how_far_ahead_it_is() -> None:
    (verdict,) = answer(THREE, asked()).verdicts
    assert (verdict.measure, verdict.best, verdict.runner_up, verdict.is_decided) == ("p90 response_s", "b", "c", True)
    assert verdict.gap is not None
    assert verdict.gap.mean == pytest.approx(-58, abs=4)


def test_common_luck_is_worth_a_hundred_times_as_many_runs() -> None:
    gap = compared(answer(THREE, asked()), "b").difference
    assert gap.variance_factor is not None
    assert 40 < gap.variance_factor < 250


def test_what_cannot_be_told_apart_says_how_many_more_runs_would() -> None:
    found = answer(THREE[::2], asked())
    close = compared(found, "c")
    assert not found.verdicts[0].is_decided
    assert close.difference.t is not None
    assert close.difference.t.low < 0 < close.difference.t.high
    assert close.n_more is not None
    assert close.n_more > 0
    assert compared(answer(THREE, asked()), "b").n_more is None


def test_a_half_width_that_was_asked_for_is_held_against_the_differences() -> None:
    wide, narrow = answer(THREE, asked(p90__response_s=10.0)), answer(THREE, asked(p90__response_s=1.0))
    assert (wide.is_exact, narrow.is_exact) == (True, False)
    assert compared(wide, "b").n_more is None
    needed = compared(narrow, "b").n_more
    assert needed is not None
    assert needed > 100


def test_p_values_are_adjusted_over_all_that_is_compared() -> None:
    found = answer(THREE, asked())
    gaps = [each.difference for told in found.measures for each in told.differences.values()]
    assert len(gaps) == 4  # two alternatives against the first, by two measures
    assert all(gap.p is not None and gap.p_holm is not None and gap.p_holm >= gap.p for gap in gaps)
    least = min(gaps, key=lambda gap: gap.p or 0)
    assert least.p_holm == pytest.approx(4 * (least.p or 0))


def test_targets_are_met_or_missed_by_the_interval_and_rank_by_the_first() -> None:
    found = answer(THREE, asked("late_share <= 0.2", "p90 response_s <= 670"))
    by_name = {each.name: list(each.targets.values()) for each in found.alternatives}
    assert by_name == {"a": [Met.MET, Met.MISSED], "b": [Met.MET, Met.MET], "c": [Met.MET, Met.MISSED]}
    assert found.verdicts[0].measure == "late_share"
    assert found.verdicts[0].meeting == ("b",)


def test_of_a_share_that_should_be_high_the_highest_is_best() -> None:
    def closing(name: str, share: float) -> Tried:
        runs = [({"on_time_share": share + 0.01 * shake}, ()) for shake in SHAKE[0]]
        return Tried(name, {}, None if name == "a" else "a", "", runs)

    (verdict,) = answer([closing("a", 0.7), closing("b", 0.9)], asked("on_time_share >= 0.8")).verdicts
    assert (verdict.best, verdict.meeting) == ("b", ("b",))


def test_a_run_that_failed_takes_its_pair_with_it() -> None:
    broken = Tried("b", {}, "a", "", [None, *THREE[1].runs[1:]])
    found = answer([THREE[0], broken], asked())
    assert (found.n, found.n_failed, [each.n for each in found.alternatives]) == (24, 1, [24, 23])
    assert compared(found, "b").difference.n == 23


def test_what_no_run_tells_of_is_left_out_or_refused_where_it_was_asked_for() -> None:
    assert [each.measure for each in answer(THREE, asked()).measures] == ["p90 response_s", "late_share"]
    with pytest.raises(GridtwinError, match="no run tells of 'cost'"):
        answer(THREE, asked("cost <= 5"))
