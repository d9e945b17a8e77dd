"""Two runs side by side: differences known beforehand, and honest intervals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from tests.metrics.small_journal import began, enrolled, whole_case
from twin.clock.streams import Streams
from twin.domain.quantities import HOUR
from twin.errors import GridtwinError, JournalError
from twin.metrics.bootstrap import compare_pairs, compare_samples, ks_distance
from twin.metrics.compare import RunTables, compare_runs, compare_tables, sample
from twin.metrics.summary import summarise

SAMPLES = st.lists(st.integers(0, 20).map(float), min_size=2, max_size=30).map(np.array)


def run_of(*travels_s: int, unit: int = 0) -> RunTables:
    """A run of one case after the other, the first by an engine and then in turn by truck and engine."""
    facts = [began(), enrolled(0), enrolled(1, kind="truck")]
    for case, travel_s in enumerate(travels_s):
        facts += whole_case(case, (unit + case) % 2, at_s=case * 2_000, travel_s=travel_s)
    found = summarise(facts, until=24 * HOUR, remarks=())
    return RunTables(found.cases, found.jobs)


def group(first: RunTables, second: RunTables, name: str = "all", **asked: Any) -> Any:
    return compare_tables(first, second, n_boot=200, **asked)["groups"][name]  # type: ignore[index]


def test_differences_are_second_minus_first() -> None:
    found = group(run_of(100, 200, 300), run_of(110, 220, 330), interval="travel_s")
    assert (found["n_a"], found["n_b"]) == (3, 3)
    assert (found["p50"]["a"], found["p50"]["b"], found["p50"]["difference"]) == (200, 220, 20)
    assert found["p90"]["difference"] == 28


def test_pairs_are_the_cases_that_both_runs_have() -> None:
    found = group(run_of(100, 200, 300), run_of(110, 220), interval="travel_s")["paired"]
    assert found["n_pairs"] == 2
    assert found["mean_difference"]["value"] == 15


def test_a_run_against_itself_differs_by_nothing() -> None:
    run = run_of(100, 200, 300)
    found = group(run, run, interval="response_s")
    assert found["ks"]["distance"] == 0
    assert found["paired"]["mean_difference"] == {"value": 0, "low": 0, "high": 0}


def test_the_headline_and_the_rest_are_told_apart() -> None:
    first, second = run_of(100, 200, 300, 400), run_of(100, 210, 300, 410)
    assert group(first, second, "headline", interval="travel_s", headline=["engine"])["mean"]["difference"] == 0
    assert group(first, second, "rest", interval="travel_s", headline=["engine"])["mean"]["difference"] == 10
    both = compare_tables(first, second, interval="travel_s", headline=["engine", "truck"], n_boot=50)["groups"]
    assert list(both) == ["all", "headline", "engine", "truck", "rest"]  # type: ignore[call-overload]


def test_the_response_of_a_kind_of_unit_is_up_to_its_first_arrival() -> None:
    run = run_of(100, 200, 300)
    assert sample(run, "response_s", kinds=["truck"]).values_s.tolist() == [230]
    assert sorted(sample(run, "response_s", kinds=["engine", "truck"]).values_s) == [130, 230, 330]


def test_the_same_question_has_the_same_answer() -> None:
    first, second = run_of(100, 200, 300), run_of(110, 150, 330)
    answers = [json.dumps(compare_tables(first, second, interval="travel_s", seed=3, n_boot=50)) for _ in range(2)]
    assert answers[0] == answers[1]
    assert json.dumps(compare_tables(first, second, interval="travel_s", seed=4, n_boot=50)) != answers[0]


def test_of_a_group_that_is_empty_nothing_is_told() -> None:
    found = group(run_of(100), run_of(100), "headline", interval="travel_s", headline=["boat"])
    assert (found["n_a"], found["p50"]["difference"], found["ks"]["distance"]) == (0, None, None)
    assert found["paired"] == {
        "n_pairs": 0,
        "mean_difference": {"value": None, "low": None, "high": None},
        "p50_difference": {"value": None, "low": None, "high": None},
    }


@given(a=SAMPLES, b=SAMPLES)
def test_the_ks_distance_is_the_one_of_the_textbooks(a: Any, b: Any) -> None:
    assert ks_distance(a, b) == pytest.approx(ks_2samp(a, b, method="asymp").statistic)


def test_resampling_in_blocks_changes_nothing_but_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = np.arange(50.0), np.arange(50.0) + 10
    whole: Any = compare_samples(a, b, streams=Streams(1), purpose="test", n_boot=500)
    monkeypatch.setattr("twin.metrics.bootstrap._AT_ONCE", 1_000)
    blocks: Any = compare_samples(a, b, streams=Streams(1), purpose="test", n_boot=500)
    assert blocks["p50"]["difference"] == whole["p50"]["difference"] == 10
    assert blocks["p50"]["low"] == pytest.approx(whole["p50"]["low"], abs=2)
    assert blocks["ks"]["high"] == pytest.approx(whole["ks"]["high"], abs=0.1)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """60 repetitions at 95 %: 50 hits or fewer would be a chance of 1 in 2,000 for exact intervals."""
    truth = Streams(7)
    hits_mean = hits_paired = 0
    for n in range(60):
        a = truth.block("a", n, size=80) * 100
        b = truth.block("b", n, size=80) * 100 + 5
        found: Any = compare_samples(a, b, streams=Streams(n), purpose="test", n_boot=300)
        hits_mean += found["mean"]["low"] <= 5 <= found["mean"]["high"]
        pairs: Any = compare_pairs(a, b, streams=Streams(n), purpose="test", n_boot=300)
        hits_paired += pairs["mean_difference"]["low"] <= 5 <= pairs["mean_difference"]["high"]
    assert hits_mean > 50
    assert hits_paired > 50


# ---------------------------------------------------------------------------------------------- run folders


def test_run_folders_are_compared_by_their_tables(tmp_path: Path) -> None:
    for name, run in (("first", run_of(100, 200)), ("second", run_of(100, 260))):
        (tmp_path / name).mkdir()
        pq.write_table(run.cases, tmp_path / name / "cases.parquet")
        pq.write_table(run.jobs, tmp_path / name / "units.parquet")
    found: Any = compare_runs(tmp_path / "first", tmp_path / "second", interval="response_s", n_boot=50)
    assert found["groups"]["all"]["mean"]["difference"] == 30


def test_a_folder_without_a_finished_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"cases\.parquet: is not there"):
        compare_runs(tmp_path, tmp_path, interval="travel_s")


def test_an_unknown_interval_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(GridtwinError, match="'speed' is no interval: choose from intake_s"):
        compare_runs(tmp_path, tmp_path, interval="speed")
