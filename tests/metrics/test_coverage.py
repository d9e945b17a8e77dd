"""Coverage and swept rates of a patrol round a square block: four streets of 100 m at 1 m/s, a lap in 400 s."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.metrics.patrol_town import UNTIL, made_up_town, walker
from tests.metrics.patrol_town import ground as town_ground
from tests.roads.streets import EAST_M, NORTH_M, streets
from twin.domain import facts as f
from twin.domain.mode import WALK_BIT
from twin.domain.quantities import DAY, HOUR, SECOND, CivilTime
from twin.domain.unit import Placed
from twin.metrics import walked
from twin.metrics.coverage import Coverage, cover, coverage_figures, coverage_table, street_table, swept_rates
from twin.metrics.ground import Ground
from twin.metrics.intervals import Intervals, intervals
from twin.metrics.patrol import patrol
from twin.metrics.summary import summarise
from twin.roads.beats import BeatPlan, make_beats
from twin.roads.laps import Order, patrols_of
from twin.roads.network import RoadNetwork
from twin.roads.terrain import Terrain


@cache
def block() -> RoadNetwork:
    """A square, and a street that nobody patrols from one of its corners."""
    x = EAST_M + np.array([0.0, 100.0, 100.0, 0.0, -100.0])
    y = NORTH_M + np.array([0.0, 0.0, 100.0, 100.0, 0.0])
    start, end = np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 4])
    return streets(x, y, start=start, end=end, two_way=np.ones(5, np.bool_))


@cache
def ground(*, pace_mps: float = 1.05) -> Ground:
    """The streets are 105 m long, which this pace makes up for."""
    network = block()
    round_it = np.array([edge for edge in range(network.n_edges) if network.node_x[network.tail[edge]] >= EAST_M - 1])
    round_it = round_it[network.node_x[network.head[round_it]] >= EAST_M - 1]
    beats = make_beats(network, [BeatPlan(round_it, WALK_BIT, pace_mps)])
    patrols = patrols_of(beats, [0], order_of_unit=[Order.REGULAR], draw=lambda unit, lap, n: np.zeros(n))
    terrain = Terrain(network=network, patrols=patrols)
    return Ground(terrain, CivilTime(datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC")))


def read(*facts: f.Fact, until: int) -> Intervals:
    return intervals([f.TwinBegan(0, "", "", 1, 0), walker(0), *facts], until=until)


def covered(*facts: f.Fact, until: int) -> Coverage:
    found = cover(read(*facts, until=until), ground())
    assert found is not None
    return found


def test_a_patrol_that_is_never_interrupted_sweeps_at_its_pace_over_its_streets() -> None:
    told = read(f.PatrolBegan(0, 0, 0, 0), until=2 * HOUR)
    rates = swept_rates(told, ground())
    assert sorted(set(np.round(rates, 9))) == pytest.approx([0, 9])
    found = covered(f.PatrolBegan(0, 0, 0, 0), until=2 * HOUR)
    assert sorted(found.n_passes.tolist()) == [0, 18, 18, 18, 18]
    assert found.hour_share() == pytest.approx(4 / 5)


def test_metres_of_streets_walked_in_part_count_in_part() -> None:
    found = covered(f.PatrolBegan(0, 0, 0, 0), f.PatrolPaused(130 * SECOND, 0, 0, 130 * SECOND, 0, 0), until=HOUR)
    assert sorted(found.walked_mm) == pytest.approx([0, 0, 0, 30 * 1_050, 105_000])
    assert sorted(found.n_passes.tolist()) == [0, 0, 0, 0, 1]


def test_what_is_walked_in_two_goes_is_what_is_walked_in_one() -> None:
    whole = covered(f.PatrolBegan(0, 0, 0, 0), until=HOUR)
    parts = covered(
        f.PatrolBegan(0, 0, 0, 0),
        f.PatrolPaused(950 * SECOND, 0, 2, 150 * SECOND, 0, 0),
        f.PatrolBegan(950 * SECOND, 0, 2, 150 * SECOND),
        until=HOUR,
    )
    assert parts.n_passes.tolist() == whole.n_passes.tolist()
    assert parts.walked_mm == pytest.approx(whole.walked_mm)


def test_only_hours_with_a_pass_are_covered_and_only_whole_hours_and_days_count() -> None:
    begins = f.PatrolBegan(30 * 60 * SECOND, 0, 0, 0)
    stops = f.PatrolPaused(2 * HOUR, 0, 0, 0, 0, 0)
    found = covered(begins, stops, until=DAY + 30 * 60 * SECOND)
    assert (found.n_hours, found.n_days) == (24, 1)
    assert found.hour_share() == pytest.approx(4 / 5 * 2 / 24)
    assert found.day_share() == pytest.approx(4 / 5)
    table = coverage_table(found).to_pylist()
    assert [row["street_share"] for row in table[:3]] == pytest.approx([0.8, 0.8, 0])
    assert table[100]["street_share"] is None
    assert coverage_figures(found)["n_streets_never_passed"] == 1


def test_a_street_is_revisited_as_often_as_the_span_holds_passes() -> None:
    figures = coverage_figures(covered(f.PatrolBegan(0, 0, 0, 0), until=2 * HOUR))
    assert figures["revisit_s"] == {"mean": 400, "p50": 400, "p90": 400}
    assert figures["never_passed_share"] == pytest.approx(1 / 5)


def test_a_row_a_street_adds_up_to_what_was_walked() -> None:
    found = covered(f.PatrolBegan(0, 0, 0, 0), until=HOUR)
    table = street_table(found)
    assert sum(table["walked_m"].to_pylist()) == pytest.approx(3_780)
    assert sorted(table["swept_per_h"].to_pylist()) == pytest.approx([0, 9, 9, 9, 9])


def test_nobody_on_patrol_leaves_nothing_to_tell() -> None:
    assert cover(read(until=HOUR), ground()) is None
    assert np.isnan(swept_rates(read(until=HOUR), ground())).all()


def test_blocks_of_hours_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = made_up_town(5, n_problems=0)
    told = [summarise(iter(journal), until=UNTIL, remarks=(), ground=town_ground())]
    monkeypatch.setattr(walked, "AT_ONCE", 1_000)
    told.append(summarise(iter(journal), until=UNTIL, remarks=(), ground=town_ground()))
    assert told[0].kpi["coverage"] == told[1].kpi["coverage"]
    assert told[0].coverage == told[1].coverage


# ---------------------------------------------------------------------------------------------- walked against planned


def test_planned_is_all_duty_time_at_the_pace_of_the_beat() -> None:
    facts = [f.PatrolBegan(0, 0, 0, 0), f.PatrolPaused(HOUR // 4, 0, 2, 0, 0, 0)]
    told: Any = patrol(read(*facts, until=HOUR), ground())
    (row,) = told["by_unit"]
    assert (row["walked_m"], row["planned_m"], row["walked_share"]) == (945, 3_780, 0.25)
    assert (row["duty_h"], row["patrol_share"], row["other_share"]) == (1, 0.25, 0.75)


def test_shares_of_duty_time_add_up() -> None:
    told = summarise(made_up_town(3), until=UNTIL, remarks=(), ground=town_ground()).kpi["patrol"]
    for row in (told["all"], *told["by_unit"]):  # type: ignore[index]
        parts = [row[f"{name}_share"] for name in ("patrol", "case", "away", "returning", "other")]
        assert sum(parts) == pytest.approx(1, abs=1e-5)
        assert min(parts) >= 0


def test_metres_of_patrols_and_metres_of_streets_are_the_same_metres() -> None:
    told = summarise(made_up_town(4), until=UNTIL, remarks=(), ground=town_ground()).kpi
    walked_m = told["patrol"]["all"]["walked_m"]  # type: ignore[index]
    assert told["coverage"]["walked_m"] == pytest.approx(walked_m)  # type: ignore[index]
    by_grid = told["grids"]["fire"]["by_grid"].values()  # type: ignore[index]
    assert sum(row["patrol_m"] for row in by_grid) == pytest.approx(walked_m)


def test_a_shift_goes_on_with_the_patrol_where_the_last_one_ended() -> None:
    unit = f.UnitEnrolled(
        0,
        0,
        "w",
        "grid_worker",
        ("look",),
        0,
        0,
        0,
        Placed.STATION,
        beat=0,
        patrols=True,
        roster=0,
        into_us=50 * SECOND,
    )
    shifts = [f.ShiftEnded(0, 0, HOUR), f.ShiftBegan(HOUR, 0, (), 2 * HOUR), f.ShiftEnded(2 * HOUR, 0, 3 * HOUR)]
    shifts.append(f.ShiftBegan(3 * HOUR, 0, (), 4 * HOUR))
    spans = intervals([f.TwinBegan(0, "", "", 1, 0), unit, *shifts], until=4 * HOUR).patrols.to_pylist()
    assert [(row["since_at"], row["until_at"]) for row in spans] == [(HOUR, 2 * HOUR), (3 * HOUR, 4 * HOUR)]
    assert [row["into_us"] for row in spans] == [50 * SECOND, HOUR + 50 * SECOND]
