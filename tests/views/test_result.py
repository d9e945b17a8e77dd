"""How a run folder becomes a result."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.run_folder import CASES, KPI, facts_of, read_manifest
from tests.console.run_folders import small_run
from twin.domain.quantities import DAY, HOUR, MINUTE
from twin.errors import JournalError
from twin.views.frames import Cell, case_frame, group_frame, unit_frame
from twin.views.result import Result, instants_of, result_of
from twin.views.scene import Scene, scene_of
from twin.views.words import Language, Words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_run(tmp_path / "run")


def read(folder: Path, scene: Scene | None = None) -> Result:
    return result_of(
        read_manifest(folder),
        scene or scene_of(facts_of(folder)),
        figures=folder / KPI,
        cases=folder / CASES,
        folder="a run",
    )


def test_figures_are_those_of_the_metrics(folder: Path) -> None:
    result, kpi = read(folder), json.loads((folder / KPI).read_text())
    assert result.response.p90_s == kpi["intervals"]["response_s"]["all"]["p90"]
    assert result.totals.n_closed == kpi["totals"]["n_closed"]
    assert result.workload.busy_share == kpi["workload"]["busy_share"]


def test_the_limit_shown_is_one_of_the_runs_own(folder: Path) -> None:
    assert read(folder).limit_s == 480.0


def test_the_command_that_repeats_it_can_be_typed(folder: Path) -> None:
    assert read(folder).again == "gridtwin verify 'a run'"


def test_the_map_opens_when_most_units_are_out(folder: Path) -> None:
    result = read(folder)
    assert result.instants[result.busiest] == 31 * MINUTE


def test_tables_have_a_row_a_group_a_unit_and_a_case(folder: Path) -> None:
    result, words = read(folder), Words(Language.ENGLISH)
    priority, unit, cases = (
        group_frame(result, "priority", words),
        unit_frame(result, words),
        case_frame(result, words, most=2),
    )
    assert [column.values for column in priority][:3] == [["1"], [1], [6.0]]
    assert unit[0].values == ["Engine 1", "Patrol <b>2</b>", "Engine 3"]
    assert len(cases[0].values) == 2
    assert cases[0].cell is Cell.INSTANT


def test_a_case_the_journal_does_not_know_is_an_error(folder: Path) -> None:
    with pytest.raises(JournalError, match="journal has no case"):
        read(folder, Scene())


@given(st.integers(0, 4_000 * DAY))
def test_instants_cover_the_run_and_stay_few(until: int) -> None:
    instants = instants_of(until)
    assert instants[0] == 0
    assert instants[-1] <= until
    assert len(instants) <= 401
    steps = {later - sooner for sooner, later in pairwise(instants)}
    assert len(steps) <= 1
    assert all(step % MINUTE == 0 and until - instants[-1] < step for step in steps)


def test_a_day_is_cut_into_five_minutes() -> None:
    assert instants_of(DAY)[1] == 5 * MINUTE
    assert instants_of(7 * DAY)[1] == 30 * MINUTE
    assert instants_of(2 * HOUR)[1] == MINUTE
