"""The pace: asked is asked, what was missed is not caught up with, and the achieved speed is the one achieved."""

from __future__ import annotations

import pytest

from twin.clock.pace import FASTEST, MOST_BEHIND_S, Pacer
from twin.domain.quantities import SECOND


def playing(speed: float | None = 60.0) -> Pacer:
    pacer = Pacer()
    pacer.play(speed, now=1_000 * SECOND, wall_s=50.0)
    return pacer


def test_a_clock_that_stands_has_nowhere_to_go() -> None:
    assert Pacer().target(now=7, wall_s=99.0) == 7


def test_it_goes_so_many_times_as_fast_as_the_wall_clock() -> None:
    assert playing().target(now=1_000 * SECOND, wall_s=50.5) == 1_030 * SECOND


def test_as_fast_as_it_goes_has_no_target() -> None:
    assert playing(None).target(now=1_000 * SECOND, wall_s=50.5) is None


def test_what_was_missed_is_not_caught_up_with() -> None:
    pacer = playing()
    late = pacer.target(now=1_000 * SECOND, wall_s=90.0)
    assert late == 1_000 * SECOND + MOST_BEHIND_S * 60 * SECOND
    assert pacer.target(now=late, wall_s=90.0) == late
    assert pacer.target(now=late, wall_s=90.5) == pytest.approx(late, abs=31 * SECOND)


def test_it_never_goes_back() -> None:
    assert playing().target(now=2_000 * SECOND, wall_s=50.1) == 2_000 * SECOND


def test_the_achieved_speed_is_that_of_the_last_seconds() -> None:
    pacer = playing()
    for step in range(1, 41):
        speed = 10 if step <= 20 else 30
        now = 1_000 + sum((10 if before <= 20 else 30) * 0.25 for before in range(1, step + 1))
        pacer.went(now=round(now * SECOND), wall_s=50.0 + step * 0.25)
    assert speed == 30
    assert pacer.achieved == pytest.approx(30.0)


def test_a_clock_that_is_held_achieves_nothing() -> None:
    pacer = playing()
    pacer.went(now=1_060 * SECOND, wall_s=51.0)
    pacer.hold()
    assert pacer.achieved == 0.0


@pytest.mark.parametrize("speed", [0.0, -1.0, FASTEST + 1, float("nan")])
def test_a_speed_that_cannot_be_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        playing(speed)
