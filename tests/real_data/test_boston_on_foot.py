"""Boston with all its modes: what was recorded of 2015, and June 2016 with grid workers who find things first."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from city_data.build import build_city
from city_data.folder import save_city
from city_data.lay_grids import GridOrder, lay_grids
from city_data.loads import Balance
from scenarios.record import replay_history, run_scenario
from scenarios.replay import Source

SCENARIOS = Path(__file__).parent / "scenarios"
CASES = "open311_cases_district_2008_2018H1.csv.gz"


@pytest.fixture(scope="module")
def study(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as docs/boston.md makes it: the city with its grids, two parts of the history, and the scenarios."""
    folder = tmp_path_factory.mktemp("study")
    city = build_city(shared_data / "boston" / "overpass_all_2022-04-27.json.gz", folder / "boston", on_foot=True)
    laid, report = lay_grids(city, GridOrder(n_grids=40, balance=Balance.WALKED_LENGTH))
    assert report.quality is not None
    assert report.quality.connected
    save_city(laid, folder / "boston")
    rows = pd.read_csv(shared_data / "boston" / CASES, dtype=str)
    month = rows.requested_datetime.str[:7]
    rows[month.between("2014-12", "2016-01") | (month == "2016-06")].to_csv(folder / "cases.csv.gz", index=False)
    for file in SCENARIOS.glob("boston*.yaml"):
        shutil.copy(file, folder)
    return folder


def test_what_was_recorded_of_2015_is_openings_and_closings(study: Path) -> None:
    source = Source(study / "boston", study / "cases.csv.gz", "boston_open311", "2015-01-01", "2016-01-01")
    recorded = replay_history(source, out=study / "recorded", policy=None)
    totals = recorded.kpi["totals"]
    assert (totals["n_cases"], totals["n_closed"], totals["n_units"]) == (8_176, 7_321, 0)  # type: ignore[index]
    assert recorded.manifest["n_facts"] == 15_499
    assert recorded.manifest["scenario"]["assumptions"] == []  # type: ignore[index]


def test_grid_workers_find_some_of_what_was_recorded_before_citizens_tell(study: Path) -> None:
    run = run_scenario(str(study / "boston_workers.yaml"), out=study / "workers", until="3d")
    problems = run.kpi["problems"]
    assert problems["n_arose"] == sum(problems["n_ended"].values()) + problems["n_there"]  # type: ignore[index]
    assert 0.2 < problems["by_patrol_share"] < 0.6  # type: ignore[index]
    assert len(run.manifest["scenario"]["assumptions"]) == 7  # type: ignore[index]
