"""How a run folder becomes a result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenarios.run_folder import CASES, KPI, facts_of, read_manifest
from tests.console.run_folders import small_run
from twin.domain.facts import CaseReported
from twin.domain.route import Spot
from twin.errors import JournalError
from twin.views.frames import Cell, case_frame, group_frame, unit_frame
from twin.views.result import Result, result_of
from twin.views.words import Language, Words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_run(tmp_path / "run")


def read(folder: Path, places: dict[int, Spot] | None = None) -> Result:
    if places is None:
        reports = (fact for fact in facts_of(folder) if isinstance(fact, CaseReported))
        places = {fact.case: Spot(fact.edge, fact.offset_mm) for fact in reports}
    return result_of(
        read_manifest(folder),
        places,
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
        read(folder, {})
