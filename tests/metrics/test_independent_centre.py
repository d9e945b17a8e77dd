"""The figures of a centre against a second count of the same journal file by other means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.build import Built, build
from scenarios.run import run
from scenarios.spec import Scenario
from tests.metrics.centre_town import SAID, scenario
from tests.metrics.independent_centre import centre
from tests.metrics.independent_desks import PlainPlan
from tests.metrics.independent_reader import assert_same, recompute
from twin.domain.quantities import MINUTE, SECOND
from twin.journal.parquet import ParquetStore, read_journal
from twin.metrics.summary import Summary, summarise

LIMITS_S = (240.0, 480.0)


REMOTE = {"use": "remote_first", "parameters": {"base": "own_grid_first", "wait_s": 60, "urgent": None}}


@pytest.fixture(scope="module", params=["own_grid_first", REMOTE], ids=["at once", "by video first"])
def built(request: pytest.FixtureRequest) -> Built:
    return build(Scenario.model_validate({**scenario().model_dump(), "policy": request.param}))


@pytest.fixture(scope="module")
def journal(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("centre") / "journal.parquet"
    with ParquetStore(file) as store:
        run(built, store=store)
    return file


@pytest.fixture(scope="module")
def summary(built: Built, journal: Path) -> Summary:
    facts = (fact for chunk in read_journal(journal) for fact in chunk)
    return summarise(facts, until=built.scenario.lasting, remarks=(), limits_s=LIMITS_S, plan=built.plan)


def plain_plan() -> PlainPlan:
    within_us = {"accept": 3 * MINUTE, "register": 2 * MINUTE, "dispatch": MINUTE}
    return PlainPlan(list(SAID["centre"]["desks"]), within_us, 20 * SECOND)  # type: ignore[index]


def test_every_figure_of_a_centre_is_counted_the_same_by_an_independent_reader(
    built: Built, journal: Path, summary: Summary
) -> None:
    again = centre(journal, until=built.scenario.lasting, plan=plain_plan())
    assert_same(summary.kpi["centre"], again, "centre")


def test_what_is_told_of_every_run_is_counted_the_same_where_there_is_a_centre(
    built: Built, journal: Path, summary: Summary
) -> None:
    told = {name: section for name, section in summary.kpi.items() if name not in ("centre", "coverage", "patrol")}
    again = recompute(journal, until=built.scenario.lasting, limits_s=list(LIMITS_S))
    assert_same(told, {name: section for name, section in again.items() if name not in ("coverage", "patrol")})


def test_every_report_opened_a_case_or_was_added_to_one_or_is_unheard_or_pending(summary: Summary) -> None:
    told: Any = summary.kpi["centre"]
    reports = told["reports"]
    assert reports["n"] == sum(reports[part] for part in ("n_cases", "n_merged", "n_unheard", "n_pending"))
    assert reports["n_cases"] == told["cases"]["n"] == sum(told["cases"]["n_by_outcome"].values())
    assert sum(told["cases"]["n_open_by_status"].values()) == told["cases"]["n_by_outcome"]["open"]
    assert sum(channel["n_reports"] for channel in told["channels"].values()) == reports["n"]
    assert min(reports.values()) > 0


def test_the_town_has_everything_that_is_counted(summary: Summary) -> None:
    told: Any = summary.kpi["centre"]
    n_by_outcome = told["cases"]["n_by_outcome"]
    assert all(n_by_outcome[name] for name in ("closed", "void", "rejected", "not registered"))
    assert all(n for name, n in told["loop"].items() if name != "n_handled_by_way")
    assert all(told["loop"]["n_handled_by_way"].values())
    assert told["remote"]["n_tried"] > told["remote"]["n_worked"] > 0
    assert told["whistle"]["assembled_s"]["n"] > 0
    assert told["mode_s"] == {"": 15_600, "busy": 2_400}
