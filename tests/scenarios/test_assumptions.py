"""What nobody has measured stands beside every result, and in its folder."""

from __future__ import annotations

import json
from pathlib import Path

from city_data.built_in import built_in_city
from city_data.folder import save_city
from scenarios.run_folder import MANIFEST
from tests.histories import full, told
from tests.scenarios.commands import Gridtwin

ASSUMPTIONS = 'about: Nobody measured this.\nassumptions: ["crews: two [guessed]"]\n'


def test_a_run_prints_and_keeps_what_it_assumes(scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    (tmp_path / "assumed.yaml").write_text(ASSUMPTIONS + scenario_file.read_text("utf-8"), "utf-8")
    said = gridtwin("run", tmp_path / "assumed.yaml", "--out", tmp_path / "run")
    assert (said.status, said.err) == (0, "")
    for line in ("Nobody measured this.", "Assumed, not measured:", "crews: two [guessed]"):
        assert line in said.out
    kept = json.loads((tmp_path / "run" / MANIFEST).read_text("utf-8"))["scenario"]
    assert kept["assumptions"] == ["crews: two [guessed]"]


def test_a_replay_says_that_its_times_are_defaults_and_a_recorded_one_assumes_nothing(
    tmp_path: Path, gridtwin: Gridtwin
) -> None:

    save_city(built_in_city(), tmp_path / "city")
    file, rules = told(tmp_path, [full("a", "U", begin=0)])
    words = ("replay", "--city", tmp_path / "city", "--history", file, "--mapping", rules)
    simulated = gridtwin(*words, "--policy", "nearest", "--out", tmp_path / "simulated")
    recorded = gridtwin(*words, "--recorded", "--out", tmp_path / "recorded")
    assert (simulated.status, recorded.status) == (0, 0)
    assert "a fire service's defaults" in simulated.out
    assert "Assumed" not in recorded.out
