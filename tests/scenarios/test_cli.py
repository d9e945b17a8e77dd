"""The command line as a user meets it: what every command says, to people and to programs, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.record import Recorded
from scenarios.run_folder import KPI, MANIFEST
from tests.bad_input.roads import SQUARE_OSM
from tests.histories import full, told
from tests.scenarios.commands import Gridtwin

COMMANDS = [
    (),
    *[(word,) for word in ("run", "replay", "calibrate", "compare", "verify", "serve", "demo", "warm", "catalogue")],
    *[("city", word) for word in ("build", "check")],
    *[("scenario", word) for word in ("check", "list", "schema")],
    *[("policy", word) for word in ("list", "check")],
    ("feed", "check"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], gridtwin: Gridtwin) -> None:
    said = gridtwin(*words, "--help")
    assert (said.status, said.err) == (0, "")
    assert "Usage: gridtwin" in said.out


@pytest.mark.parametrize("words", [("bogus",), ("run",), ("run", "demo"), ("city", "bogus"), ("demo", "--port", "-1")])
def test_a_command_that_is_not_one_ends_with_2(words: tuple[str, ...], gridtwin: Gridtwin) -> None:
    said = gridtwin(*words)
    assert (said.status, said.out) == (2, "")
    assert "Usage: gridtwin" in said.err


# ---------------------------------------------------------------------------------------------- cities and feeds


def test_a_city_is_built_and_checked(tmp_path: Path, gridtwin: Gridtwin) -> None:
    (tmp_path / "square.osm").write_text(SQUARE_OSM, "utf-8")
    built = gridtwin("city", "build", "--from", tmp_path / "square.osm", "--out", tmp_path / "city")
    checked = gridtwin("city", "check", tmp_path / "city")
    assert (built.status, built.err, checked.status) == (0, "", 0)
    assert "n_nodes" in checked.out


def test_a_city_is_told_to_programs_as_it_was_built(tmp_path: Path, gridtwin: Gridtwin) -> None:
    (tmp_path / "square.osm").write_text(SQUARE_OSM, "utf-8")
    words = ("city", "build", "--from", tmp_path / "square.osm", "--out", tmp_path / "city", "--json")
    built = json.loads(gridtwin(*words).out)
    checked = json.loads(gridtwin("city", "check", tmp_path / "city", "--json").out)
    assert built == checked
    assert (built["n_nodes"], len(built["checksum"])) == (2, 64)


@pytest.mark.parametrize("words", [(), ("--from", "a.osm", "--place", "Wuhai")])
def test_a_city_comes_from_a_file_or_from_a_place(words: tuple[str, ...], tmp_path: Path, gridtwin: Gridtwin) -> None:
    said = gridtwin("city", "build", "--out", tmp_path / "city", *words)
    assert (said.status, said.err) == (2, "error: give either --from FILE or --place NAME\n")


def test_a_feed_has_a_page_for_people_and_one_for_programs(tmp_path: Path, gridtwin: Gridtwin) -> None:
    file, rules = told(tmp_path, [full("a", "U", begin=0), full("b", "U", begin=60, reported="yesterday")])
    page = gridtwin("feed", "check", file, "--mapping", rules)
    read = json.loads(gridtwin("feed", "check", file, "--mapping", rules, "--json").out)
    assert (page.status, page.err) == (0, "")
    assert "2 rows" in page.out
    assert "yesterday" not in page.out
    assert isinstance(read, dict)


# ---------------------------------------------------------------------------------------------- scenarios, policies


def test_a_scenario_is_checked_without_being_run(scenario_file: Path, gridtwin: Gridtwin) -> None:
    checked = json.loads(gridtwin("scenario", "check", scenario_file, "--json").out)
    assert checked == {
        "name": "a small day",
        "spec_hash": checked["spec_hash"],
        "policy": "nearest",
        "units": 2,
        "inputs": 1,
        "cases a day, modelled": 120.0,
        "warnings": [],
    }


@pytest.mark.parametrize(
    ("good", "bad", "warning"),
    [
        ("units:\n  - { name: \"Patrol {n}\", kind: patrol, count: 2 }", "units: []", "no units"),
        ("per_day: 120", "per_day: 0", "no demand"),
        ("needs: [patrol]", "needs: [diver]", "no unit has the skill 'diver'"),
        ('"*": 10m', "patrl: 10m", "on_scene speaks of 'patrl'"),
        ("at: 2h", "at: 7h", "injects.0 comes after the end"),
    ],
)  # fmt: skip
def test_what_is_legal_and_strange_is_warned_of(
    good: str, bad: str, warning: str, scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin
) -> None:
    text = scenario_file.read_text("utf-8")
    assert good in text
    if not bad.endswith("7h"):
        text = text[: text.index("injects:")]
    (tmp_path / "strange.yaml").write_text(text.replace(good, bad), "utf-8")
    said = gridtwin("scenario", "check", tmp_path / "strange.yaml")
    assert said.status == 0
    assert warning in said.out


def test_the_shipped_scenarios_are_listed(gridtwin: Gridtwin) -> None:
    assert json.loads(gridtwin("scenario", "list", "--json").out)["demo"] == "A day in the street"


def test_the_schema_is_json(gridtwin: Gridtwin) -> None:
    assert json.loads(gridtwin("scenario", "schema").out)["title"] == "Scenario"


def test_the_policies_are_listed(gridtwin: Gridtwin) -> None:
    assert {"nearest", "preference_list", "random"} <= set(json.loads(gridtwin("policy", "list", "--json").out))


def test_parameters_of_a_policy_are_json(gridtwin: Gridtwin) -> None:
    said = gridtwin("policy", "check", "nearest", "--parameters", "{")
    assert (said.status, said.out) == (2, "")
    assert "'--parameters': not JSON" in said.err


# ---------------------------------------------------------------------------------------------- runs


def test_a_run_says_what_it_came_to(scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    said = gridtwin("run", scenario_file, "--out", tmp_path / "run")
    assert (said.status, said.err) == (0, "")
    for word in ("a small day", "n_cases", "response_s", "digest", "facts"):
        assert word in said.out


def test_a_run_is_told_to_programs_as_it_is_kept(scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    told = json.loads(gridtwin("run", scenario_file, "--out", tmp_path / "run", "--json").out)
    assert told["manifest"] == json.loads((tmp_path / "run" / MANIFEST).read_text("utf-8"))
    assert told["kpi"] == json.loads((tmp_path / "run" / KPI).read_text("utf-8"))
    assert told["warnings"] == []


def test_seed_policy_and_length_can_be_given(scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    words = ("run", scenario_file, "--seed", 7, "--policy", "random", "--until", "2h", "--json")
    told = json.loads(gridtwin(*words, "--out", tmp_path / "run").out)["manifest"]
    assert (told["seed"], told["policy"], told["until"]) == (7, "random", 2 * 3_600_000_000)
    assert told["scenario"]["seed"] == 7
    assert gridtwin("verify", tmp_path / "run").status == 0


def test_naming_the_scenarios_own_policy_keeps_its_parameters(tmp_path: Path, gridtwin: Gridtwin) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("extends: vehicles\npolicy: { use: nearest, parameters: { runners_up: 0 } }\n", "utf-8")
    for policy, parameters in (("nearest", {"runners_up": 0}), ("random", {})):
        words = ("run", file, "--policy", policy, "--until", "1h", "--json", "--out", tmp_path / policy)
        assert json.loads(gridtwin(*words).out)["manifest"]["scenario"]["policy"]["parameters"] == parameters


def test_a_run_replaces_an_older_one(scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    digests = []
    for seed in (1, 2):
        said = gridtwin("run", scenario_file, "--seed", seed, "--out", tmp_path / "run", "--json")
        digests.append(json.loads(said.out)["manifest"]["journal_digest"])
        assert gridtwin("verify", tmp_path / "run").status == 0
    assert digests[0] != digests[1]


def test_verify_says_what_it_compared(small_run: Recorded, gridtwin: Gridtwin) -> None:
    told = json.loads(gridtwin("verify", small_run.out, "--json").out)
    assert told == {
        "digest": small_run.manifest["journal_digest"],
        "facts compared": small_run.manifest["n_facts"],
        "figures": "the same",
        "policy": "nearest",
    }


def test_a_run_in_a_city_folder_is_verified_from_anywhere_and_where_the_city_has_moved(
    scenario_file: Path, city_folder: Path, tmp_path: Path, gridtwin: Gridtwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, city = tmp_path / "mine.yaml", tmp_path / "city"
    file.write_text(scenario_file.read_text("utf-8") + "city: city\n", "utf-8")
    city.symlink_to(city_folder)
    monkeypatch.chdir(tmp_path)
    assert gridtwin("run", "mine.yaml", "--out", "run").status == 0
    monkeypatch.chdir(tmp_path.parent)
    assert gridtwin("verify", tmp_path / "run").status == 0
    manifest = json.loads((tmp_path / "run" / MANIFEST).read_text("utf-8"))
    manifest["scenario"]["city"] = str(tmp_path / "moved")
    (tmp_path / "run" / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    assert gridtwin("verify", tmp_path / "run").status == 2
    assert gridtwin("verify", tmp_path / "run", "--city", city_folder).status == 0


def test_two_runs_are_compared(small_run: Recorded, scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    gridtwin("run", scenario_file, "--policy", "random", "--out", tmp_path / "random")
    said = gridtwin("compare", small_run.out, tmp_path / "random", "--headline", "patrol")
    told = json.loads(gridtwin("compare", small_run.out, tmp_path / "random", "--json").out)
    assert (said.status, said.err) == (0, "")
    assert "response_s" in said.out
    assert [found["interval"] for found in told["comparisons"]] == ["travel_s", "unit_response_s", "response_s"]


def test_progress_is_told_on_the_error_stream_alone(
    scenario_file: Path, tmp_path: Path, gridtwin: Gridtwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = gridtwin("run", scenario_file, "--out", tmp_path / "run", "--json")
    monkeypatch.setattr("scenarios.cli_output.QUIET_S", 0.0)
    monkeypatch.setattr("scenarios.cli_output.LINE_EVERY_S", 0.0)
    told = gridtwin("run", scenario_file, "--out", tmp_path / "run", "--json")
    assert "simulating: day 1, 0" in told.err
    assert json.loads(told.out)["kpi"] == json.loads(quiet.out)["kpi"]


def test_the_demo_stops_after_the_table(tmp_path: Path, gridtwin: Gridtwin) -> None:
    said = gridtwin("demo", "--no-app", "--out", tmp_path / "run")
    assert said.status == 0
    assert "A day in the street" in said.out
    assert (tmp_path / "run" / MANIFEST).exists()


@pytest.mark.parametrize("what", ["nowhere", "."])
def test_there_must_be_something_to_show(
    what: str, tmp_path: Path, gridtwin: Gridtwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = gridtwin("serve", what)
    assert (said.status, said.out) == (2, "")
    assert "nothing to show" in said.err


# ---------------------------------------------------------------------------------------------- as a process


def process(*words: object, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "scenarios.cli", *(str(word) for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        cwd=Path(__file__).resolve().parents[2],
    )


def test_ctrl_c_stops_a_run_without_a_traceback_and_leaves_nothing(tmp_path: Path) -> None:
    scenario = tmp_path / "endless.yaml"
    scenario.write_text("extends: vehicles\nlasting: 20000d\n", "utf-8")
    with process("run", scenario, "--out", tmp_path / "run") as running:
        assert running.stderr is not None
        first = running.stderr.readline()  # progress: the simulation is under way
        assert b"simulating" in first
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert not (tmp_path / "run").exists()


def test_a_terminal_without_our_letters_shows_the_rest() -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    for words in (("scenario", "check", "demo", "--json"), ("policy", "list")):
        with process(*words, **plain) as command:
            out, err = command.communicate(timeout=60)
        assert (command.returncode, b"Traceback" in err) == (0, False)
        out.decode("ascii")
