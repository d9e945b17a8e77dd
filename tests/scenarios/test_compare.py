"""Two runs set side by side, in figures and in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.compare import INTERVALS, compare_folders, in_words
from scenarios.record import Recorded, replay_history
from scenarios.replay import Source
from tests.histories import as_history
from twin.errors import JournalError


@pytest.fixture(scope="module")
def recorded(small_run: Recorded, city_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small run, told as a history and replayed as recorded: the same times in another folder."""
    folder = tmp_path_factory.mktemp("compared")
    file, rules = as_history(small_run, folder)
    return replay_history(Source(city_folder, file, str(rules)), out=folder / "run", policy=None).out


def test_a_run_and_its_own_record_differ_in_nothing(small_run: Recorded, recorded: Path) -> None:
    for comparison in compare_folders(small_run.out, recorded, headline=()):
        overall = comparison["groups"]["all"]
        assert overall["n_a"] == overall["n_b"] > 0
        assert overall["p50"]["difference"] == pytest.approx(0.0, abs=1e-6)
        assert overall["p90"]["difference"] == pytest.approx(0.0, abs=1e-6)
        assert overall["ks"]["distance"] == pytest.approx(0.0, abs=1e-9)


def test_the_intervals_are_told_in_their_order_with_progress(small_run: Recorded, recorded: Path) -> None:
    heard: list[object] = []
    found = compare_folders(small_run.out, recorded, headline=(), say=heard.append)
    assert [comparison["interval"] for comparison in found] == list(INTERVALS) == heard


def test_the_headline_is_told_apart_from_the_rest(small_run: Recorded, recorded: Path) -> None:
    comparison = compare_folders(small_run.out, recorded, headline=("patrol",))[0]
    groups = comparison["groups"]
    assert groups["headline"]["n_a"] == groups["all"]["n_a"]
    assert groups["rest"]["n_a"] == 0


def test_in_words_there_is_a_row_for_each_interval_and_group(small_run: Recorded, recorded: Path) -> None:
    comparisons = compare_folders(small_run.out, recorded, headline=("patrol",))
    rows = in_words(comparisons)
    assert [(row["interval"], row["units"]) for row in rows] == [
        (comparison["interval"], group) for comparison in comparisons for group in comparison["groups"]
    ]
    told = {(row["interval"], row["units"]): row for row in rows}
    assert "→" in str(told["travel_s", "all"]["P50"])
    assert told["travel_s", "rest"]["P50"] == "–"
    assert told["travel_s", "rest"]["KS distance"] == "–"


def test_a_folder_that_is_no_run_is_named(small_run: Recorded, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="nowhere"):
        compare_folders(small_run.out, tmp_path / "nowhere", headline=())
