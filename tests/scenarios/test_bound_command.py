"""`gridtwin bound`: a lower bound under every policy on the same cases, and one sentence where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scenarios.bound import Bounded, bound_run
from scenarios.bound_crews import Standing
from scenarios.record import replay_history, run_scenario
from scenarios.replay import Source
from tests.histories import POLICE, full, told
from tests.scenarios.commands import Gridtwin
from twin.domain.quantities import MINUTE, to_s
from twin.errors import JournalError

POLICIES = ("nearest", "own_grid_first", "preempt", "random", "batch_assignment", "cutoff", "dmexclp")
UNTIL = "60m"
LATE = 6 * MINUTE
BUSY = """
name: A busy morning
extends: vehicles
demand:
  - name: street
    per_day: 360
    matters:
      vendor: { priority: 3, needs: [order], share: 40 }
      dispute: { priority: 2, needs: [patrol], share: 26 }
      fire_alarm: { priority: 1, needs: [rescue, patrol], share: 10 }
injects: []
"""
NO_ROADS = """
travel: none
city: none
units: [{ name: "Patrol {n}", kind: patrol_vehicle, count: 1, skills: [patrol] }]
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bound")
    (folder / "busy.yaml").write_text(BUSY, "utf-8")
    for policy in POLICIES:
        run_scenario(str(folder / "busy.yaml"), out=folder / policy, policy=policy, until=UNTIL)
    return {policy: folder / policy for policy in POLICIES}


@pytest.fixture(scope="module")
def bounded(runs: dict[str, Path]) -> Bounded:
    return bound_run(runs["nearest"], late_after_us=LATE)


def measured(folder: Path) -> dict[str, float]:
    """What a run came to, from its table of cases alone."""
    until = json.loads((folder / "manifest.json").read_text("utf-8"))["until"]
    cases = pq.read_table(folder / "cases.parquet", columns=["reported_at", "first_arrived_at"]).to_pylist()
    waited = [(case["first_arrived_at"] or until) - case["reported_at"] for case in cases]
    n = len(waited)
    return {"mean response_s": to_s(sum(waited)) / n, "late_share": sum(wait > LATE for wait in waited) / n}


def test_no_policy_is_better_than_the_bound_of_the_same_cases(runs: dict[str, Path], bounded: Bounded) -> None:
    assert {gap.standing for gap in bounded.gaps} == set(Standing)
    for policy, folder in runs.items():
        found = measured(folder)
        for gap in bounded.gaps:
            if policy == "preempt" and gap.standing is Standing.STATIONED:
                continue  # it diverts, which that bound does not cover
            assert gap.bound <= found[gap.measure] + 1e-9, (policy, gap)


def test_the_run_is_measured_as_its_table_of_cases_says(runs: dict[str, Path], bounded: Bounded) -> None:
    found = measured(runs["nearest"])
    assert all(gap.run == pytest.approx(found[gap.measure]) for gap in bounded.gaps)


def test_units_that_have_to_come_from_stations_are_later(bounded: Bounded) -> None:
    mean = {gap.standing: gap.bound for gap in bounded.gaps if gap.measure == "mean response_s"}
    assert 0 < mean[Standing.ANYWHERE] < mean[Standing.STATIONED]


def test_the_gap_is_printed(runs: dict[str, Path], gridtwin: Gridtwin) -> None:
    said = json.loads(gridtwin("bound", runs["random"], "--late-after", "6m", "--json").out)
    assert said["policy"] == "random"
    assert all(row["gap"] == pytest.approx(row["run"] - row["bound"]) for row in said["bounds"])
    assert "more than 2 n times is not covered" in said["assumes"]


def test_a_history_is_said_to_be_held_against_our_speeds(city_folder: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    file, rules = told(tmp_path, [full("a", f"{POLICE} P1", begin=11), full("b", f"{POLICE} P1", begin=60)])
    replay_history(Source(city_folder, file, str(rules)), out=tmp_path / "recorded", policy=None)
    said = json.loads(gridtwin("bound", tmp_path / "recorded", "--json").out)
    assert "our roads at our speeds" in said["assumes"]
    assert {row["units stand"] for row in said["bounds"]} == {"anywhere"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [(NO_ROADS, "no roads"), ("units: []\n", "no units"), ("demand: []\n", "no cases")],
)
def test_a_run_without_roads_units_or_cases_says_so(changed: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text(f"name: Bare\nextends: vehicles\ninjects: []\n{changed}", "utf-8")
    run_scenario(str(tmp_path / "bare.yaml"), out=tmp_path / "run", until="1m")
    with pytest.raises(JournalError, match=sentence):
        bound_run(tmp_path / "run", late_after_us=LATE)


def test_a_limit_that_is_no_span_is_refused_in_one_sentence(runs: dict[str, Path], gridtwin: Gridtwin) -> None:
    said = gridtwin("bound", runs["nearest"], "--late-after", "soon")
    assert said.status == 2
    assert "soon" in said.err
