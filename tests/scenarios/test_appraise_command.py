"""`gridtwin appraise`, and what `run` and `verify` make of a scenario with a centre."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import get_args

import pyarrow.parquet as pq
import pytest
import yaml

from scenarios.cli_appraise import SHOWN, Group, Length, Named, Rule
from scenarios.cli_output import summary_tables
from scenarios.record import Recorded, run_scenario
from scenarios.verify import verify_run
from tests.metrics.centre_town import SAID
from tests.scenarios.commands import Gridtwin
from twin.errors import JournalError
from twin.metrics.appraisal import INDICATORS
from twin.metrics.composite import COMPOSITES
from twin.metrics.due import WindowRule
from twin.metrics.ranking import By, Period


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("centre")
    (folder / "centre.yaml").write_text(yaml.safe_dump(SAID, sort_keys=False), "utf-8")
    return run_scenario(str(folder / "centre.yaml"), out=folder / "run", until="2h")


def test_a_run_with_a_centre_keeps_its_tables_and_they_are_verified(recorded: Recorded, tmp_path: Path) -> None:
    assert verify_run(recorded.out)["figures"] == "the same"
    spoilt = tmp_path / "spoilt"
    shutil.copytree(recorded.out, spoilt)
    pq.write_table(pq.read_table(spoilt / "desks.parquet").slice(1), spoilt / "desks.parquet")
    with pytest.raises(JournalError, match=r"desks\.parquet.*not the table its journal leads to"):
        verify_run(spoilt)
    assert {"loop.parquet", "contacts.parquet"} <= {file.name for file in recorded.out.iterdir()}


def test_cases_lie_in_grids_and_desks_have_names(recorded: Recorded) -> None:
    loop, desks = (pq.read_table(recorded.out / name) for name in ("loop.parquet", "desks.parquet"))
    assert loop["grid"].null_count == 0
    assert {"takers", "acceptor", "leader"} <= set(desks["name"].to_pylist())


def test_a_run_prints_what_a_centre_is_asked_first(recorded: Recorded) -> None:
    titles = [found.title for found in summary_tables(recorded.kpi)]
    assert titles[-1] == "Centre"


def test_departments_are_ranked_by_one_places_score(recorded: Recorded, gridtwin: Gridtwin) -> None:
    said = gridtwin("appraise", recorded.out, "--composite", "jinniu", "--json")
    report = json.loads(said.out)
    ranks = [row["rank"] for row in report["ranking"] if row["rank"] is not None]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1
    assert {row["period"] for row in report["ranking"]} == {"2026-03"}
    assert not any(row["is_whole"] for row in report["ranking"])
    assert report["ranking"][0]["indicators"].keys() == INDICATORS.keys()


@pytest.mark.parametrize("by", get_args(Group))
def test_anybody_is_appraised_without_being_scored(by: str, recorded: Recorded, gridtwin: Gridtwin) -> None:
    said = gridtwin("appraise", recorded.out, "--by", by, "--period", "week", "--window-rule", "reported_in", "--json")
    report = json.loads(said.out)
    assert report["ranking"]
    assert all(row["score"] is None and row["rank"] is None for row in report["ranking"])
    groups = [row["group"] for row in report["ranking"]]
    assert groups == sorted(groups)


def test_people_are_shown_a_table(recorded: Recorded, gridtwin: Gridtwin) -> None:
    said = gridtwin("appraise", recorded.out)
    assert said.status == 0
    assert "2026-03 (part)" in said.out
    assert "closed in time" in said.out


def test_a_run_without_a_centre_cannot_be_appraised(small_run: Recorded, tmp_path: Path, gridtwin: Gridtwin) -> None:
    said = gridtwin("appraise", small_run.out)
    assert (said.status, "without a centre" in said.err) == (2, True)
    assert gridtwin("appraise", tmp_path).status == 2


def test_the_choices_of_the_command_are_those_there_are() -> None:
    assert set(get_args(Group)) == set(By)
    assert set(get_args(Length)) == set(Period)
    assert set(get_args(Rule)) == set(WindowRule)
    assert set(get_args(Named)) == COMPOSITES.keys()
    assert SHOWN.keys() <= INDICATORS.keys()


def test_what_each_role_has_counted_is_told(recorded: Recorded, gridtwin: Gridtwin) -> None:
    roles = json.loads(gridtwin("appraise", recorded.out, "--json").out)["roles"]
    assert roles["shift_leader"]
    assert any(isinstance(n, int) and n > 0 for counters in roles.values() for n in counters.values())
    assert "shift_leader" in gridtwin("appraise", recorded.out).out
