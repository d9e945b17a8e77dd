"""Key figures of journals small enough to work out by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.metrics.made_up_journal import UNTIL, made_up_journal
from tests.metrics.small_journal import (
    arrived,
    assigned,
    away,
    back,
    began,
    closed,
    enrolled,
    freed,
    queued,
    registered,
    reported,
    whole_case,
)
from twin.domain import facts as f
from twin.domain.commands import Why
from twin.domain.orders import OrderKind
from twin.domain.quantities import SECOND
from twin.metrics.performance import by_group, figures_of
from twin.metrics.summary import summarise
from twin.metrics.workload import gini


def kpi(*facts: f.Fact, until_s: int = 1_000, **more: Any) -> Any:
    return summarise([began(), *facts], until=until_s * SECOND, remarks=more.pop("remarks", ()), **more).kpi


# ---------------------------------------------------------------------------------------------- percentiles and shares


def test_percentiles_lie_between_neighbours_in_proportion() -> None:
    (found,) = figures_of(np.array([40.0, 10.0, 30.0, 20.0]), np.zeros(4, np.int64), n_groups=1, limits_s=[20, 25])
    assert found == {"n": 4, "mean": 25, "p50": 25, "p90": 37, "max": 40, "within_share": {"20": 0.5, "25": 0.5}}


def test_of_nothing_there_is_nothing_to_tell() -> None:
    (found,) = figures_of(np.empty(0), np.empty(0, np.int64), n_groups=1, limits_s=[240])
    assert found == {"n": 0, "mean": None, "p50": None, "p90": None, "max": None, "within_share": {"240": None}}


@given(
    rows=st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 4)), max_size=40),
)
def test_every_group_has_the_figures_that_numpy_gives_it_alone(rows: list[tuple[float, int]]) -> None:
    values, codes = np.array([v for v, _ in rows], float), np.array([c for _, c in rows], np.int64)
    for group, found in enumerate(figures_of(values, codes, n_groups=5)):
        own = values[codes == group]
        assert found["n"] == own.size
        if own.size:
            expected = [own.mean(), *np.percentile(own, [50, 90]), own.max()]
            assert [found[name] for name in ("mean", "p50", "p90", "max")] == pytest.approx(expected, abs=1e-5)


def test_groups_stand_in_order_and_rows_without_one_are_in_none() -> None:
    table = pa.table({"priority": pa.array([10, 2, None, 2], pa.int64())})
    found = by_group(table, pa.chunked_array([[1.0, 2.0, 3.0, None]], pa.float64()), groups=("priority",))
    assert list(found["by_priority"]) == ["2", "10"]  # type: ignore[call-overload]
    assert found["all"]["n"] == 3  # type: ignore[index]
    assert found["by_priority"]["2"]["n"] == 1  # type: ignore[index]


def test_shares_within_limits_are_told_for_intervals_that_end_with_an_arrival() -> None:
    facts = [enrolled(0), *whole_case(1, 0, at_s=0), *whole_case(2, 0, at_s=640, travel_s=300, on_scene_s=10)]
    found = kpi(*facts, limits_s=(130.0, 200.0))
    assert found["limits_s"] == {"values": [130.0, 200.0], "are_defaults": False}
    assert found["intervals"]["response_s"]["all"]["within_share"] == {"130": 0.5, "200": 0.5}
    assert "within_share" not in found["intervals"]["on_scene_s"]["all"]


def test_default_limits_are_marked_as_defaults() -> None:
    assert kpi()["limits_s"] == {"values": [240.0, 480.0, 600.0, 900.0], "are_defaults": True}


def test_expected_and_actual_are_compared_where_something_was_expected() -> None:
    found = kpi(
        enrolled(0),
        reported(0, 1),
        assigned(0, 0, 1, expected_s=50),
        arrived(40, 0),
        freed(60, 0, 1),
        assigned(70, 0, 1, expected_s=50),
        arrived(150, 0),
        freed(160, 0, 1),
        assigned(170, 0, 1),
        arrived(900, 0),
    )["expected"]
    assert (found["error_s"]["all"]["n"], found["error_s"]["all"]["mean"]) == (2, 10)
    assert found["absolute_error_s"]["by_unit_kind"]["engine"]["mean"] == 20


# ---------------------------------------------------------------------------------------------- totals


def test_totals_are_counts_of_facts() -> None:
    refusal = f.OrderRefused(5, OrderKind.ASSIGN, 0, 1, 0, Why.NO_WAY)
    found = kpi(enrolled(0), reported(0, 1), refusal, refusal, reported(1, 2), closed(2, 2), remarks=["odd", "odd"])
    totals = found["totals"]
    assert (totals["n_cases"], totals["n_closed"], totals["n_open"], totals["n_units"]) == (2, 1, 1, 1)
    assert totals["n_refusals"] == {"there is no way there": 2}
    assert totals["n_anomalies"] == {"odd": 2}
    assert (totals["n_facts"], totals["facts_per_case"]) == (7, 3.5)


def test_the_figures_of_an_empty_run_are_plain_json() -> None:
    found = kpi(until_s=0)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["queue"] == {"all": {"mean": None, "max": 0}, "by_skill": {}}
    assert found["totals"]["facts_per_case"] is None


def test_the_same_facts_give_the_same_text() -> None:
    journal = made_up_journal(1)
    texts = [json.dumps(summarise(iter(journal), until=UNTIL, remarks=()).kpi, allow_nan=False) for _ in range(2)]
    assert texts[0] == texts[1]


# ---------------------------------------------------------------------------------------------- workload


def test_busy_time_is_a_share_of_the_time_a_unit_was_not_away() -> None:
    found = kpi(
        enrolled(0),
        enrolled(1),
        reported(0, 1),
        assigned(0, 0, 1),
        freed(300, 0, 1),
        *away(500, 0, back_s=900),
        back(900, 0),
    )["workload"]
    assert [(unit["n_jobs"], unit["busy_share"], unit["away_share"]) for unit in found["by_unit"]] == [
        (1, 0.5, 0.4),
        (0, 0.0, 0.0),
    ]
    assert found["busy_share"] == pytest.approx(300 / 1_600)
    assert found["busy_gini"] == 0.5


def test_a_unit_on_a_job_while_it_is_away_counts_as_away() -> None:
    found = kpi(
        enrolled(0), reported(0, 1), assigned(0, 0, 1), *away(200, 0, back_s=700), freed(800, 0, 1), back(800, 0)
    )
    (unit,) = found["workload"]["by_unit"]
    assert (unit["busy_share"], unit["away_share"]) == (0.5, 0.6)


def test_a_job_dropped_for_another_counts_up_to_the_other() -> None:
    found = kpi(enrolled(0), reported(0, 1), assigned(0, 0, 1), assigned(100, 0, 2), freed(200, 0, 2))
    assert found["workload"]["by_unit"][0]["busy_share"] == 0.2


def test_a_job_under_way_and_an_absence_count_up_to_the_end() -> None:
    found = kpi(enrolled(0), enrolled(1), reported(0, 1), assigned(600, 0, 1), *away(900, 1, back_s=5_000))
    first, second = found["workload"]["by_unit"]
    assert (first["busy_share"], second["away_share"]) == (0.4, 0.1)


def test_nobody_is_free_while_all_are_on_jobs_or_away() -> None:
    found = kpi(
        enrolled(0),
        enrolled(1),
        reported(0, 1),
        assigned(100, 0, 1),
        assigned(150, 1, 1),
        freed(300, 0, 1),
        freed(400, 1, 1),
        *away(400, 1, back_s=1_000),
        assigned(900, 0, 1),
    )
    assert found["workload"]["all_busy_share"] == 0.25


def test_without_units_no_shares_are_told() -> None:
    assert kpi(reported(0, 1))["workload"] == {
        "busy_gini": None,
        "busy_share": None,
        "all_busy_share": None,
        "by_unit": [],
    }


@given(amounts=st.lists(st.integers(0, 100), min_size=1, max_size=20))
def test_gini_is_half_the_mean_difference_over_the_mean(amounts: list[int]) -> None:
    x = np.array(amounts, float)
    if not x.sum():
        assert np.isnan(gini(x))
    else:
        assert gini(x) == pytest.approx(np.abs(np.subtract.outer(x, x)).mean() / (2 * x.mean()))


# ---------------------------------------------------------------------------------------------- queues


def test_a_queue_is_weighted_by_time_and_told_by_skill() -> None:
    found = kpi(
        enrolled(0),
        reported(0, 1, needs=("engine", "truck")),
        registered(0, 1),
        queued(0, 1),
        assigned(200, 0, 1),
        reported(100, 2),
        queued(100, 2),
        closed(500, 1),
        until_s=1_000,
    )["queue"]
    assert found["by_skill"]["engine"] == {"mean": 0.2 + 0.9, "max": 2}
    assert found["by_skill"]["truck"] == {"mean": 0.5, "max": 1}
    assert found["all"] == {"mean": 1.6, "max": 3}


def test_a_need_served_the_instant_it_is_queued_has_not_waited() -> None:
    assert kpi(enrolled(0), *whole_case(1, 0, at_s=0))["queue"] == {"all": {"mean": 0.0, "max": 0}, "by_skill": {}}


def test_nothing_is_told_of_queues_where_a_history_has_none() -> None:
    assert kpi(enrolled(0), reported(0, 1), assigned(5, 0, 1))["queue"] == {
        "all": {"mean": None, "max": None},
        "by_skill": {},
    }
