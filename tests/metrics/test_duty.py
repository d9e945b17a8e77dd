"""Who is off duty is neither idle nor busy: shares are of the time on duty."""

from __future__ import annotations

from typing import Any

from tests.metrics.patrol_town import walker
from tests.metrics.small_journal import assigned, away, back, began, freed, reported
from twin.domain import facts as f
from twin.domain.quantities import SECOND
from twin.metrics.summary import summarise


def on(at_s: int, *absent: int) -> f.ShiftBegan:
    return f.ShiftBegan(at_s * SECOND, 0, absent, 0)


def off(at_s: int) -> f.ShiftEnded:
    return f.ShiftEnded(at_s * SECOND, 0, 0)


def workload(*facts: f.Fact, n_units: int = 1) -> Any:
    units = [walker(unit, beat=None, roster=0) for unit in range(n_units)]
    return summarise([began(), *units, off(0), *facts], until=1_000 * SECOND, remarks=()).kpi["workload"]


def test_busy_is_a_share_of_the_hours_of_the_roster() -> None:
    told = workload(on(200), reported(300, 1), assigned(300, 0, 1), freed(400, 0, 1), off(600))
    assert told["busy_share"] == 0.25


def test_who_is_absent_is_not_on_duty() -> None:
    told = workload(on(0, 1), reported(0, 1), assigned(0, 0, 1), freed(500, 0, 1), off(1_000), n_units=2)
    assert [row["busy_share"] for row in told["by_unit"]] == [0.5, None]
    assert told["busy_share"] == 0.5


def test_a_case_that_outlasts_the_shift_is_time_on_duty() -> None:
    told = workload(on(0), reported(300, 1), assigned(300, 0, 1), off(400), freed(500, 0, 1))
    assert told["busy_share"] == 0.4


def test_time_away_counts_only_within_the_shift() -> None:
    told = workload(on(0), *away(300, 0, back_s=900), off(400), back(900, 0))
    assert (told["by_unit"][0]["away_share"], told["by_unit"][0]["busy_share"]) == (0.25, 0)


def test_nobody_is_free_only_while_somebody_is_on_duty() -> None:
    told = workload(on(100), reported(100, 1), assigned(100, 0, 1), freed(300, 0, 1), off(400))
    assert told["all_busy_share"] == 0.2
