"""Experiments whole: rows that a run makes again, the same bytes whatever made them, failures told, kills survived."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scenarios.lab.design import load_experiment
from scenarios.lab.experiment import answers, run_experiment
from scenarios.lab.outcome import Lens
from scenarios.lab.results import ANSWER, DISTRIBUTION, EXPERIMENT, FAILURES, GROUPS, ROWS, RUNS
from scenarios.lab.trial import Trial, as_task, responses_of, settles_at, try_out
from scenarios.load import load_scenario
from scenarios.record import Recorded, run_scenario
from scenarios.run_folder import MANIFEST
from tests.lab.small_experiment import CLERKS, DESK, written
from tests.scenarios.commands import Gridtwin, gridtwin
from twin.domain.quantities import HOUR, MINUTE
from twin.errors import GridtwinError, PolicyError, ScenarioError
from twin.metrics.answer import Answer

SAME = (EXPERIMENT, ROWS, GROUPS, DISTRIBUTION, FAILURES, ANSWER)
"""Files that depend on nothing but what was asked."""
PATIENCE_S = 120.0


def tried(folder: Path, text: str = CLERKS, *, scenario: str = DESK, n_processes: int = 1) -> Answer:
    plan = load_experiment(written(folder, text, scenario=scenario))
    return run_experiment(plan, out=folder / "out", n_processes=n_processes)


def bytes_of(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in SAME}


@pytest.fixture(scope="module")
def clerks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clerks")
    tried(folder)
    return folder


def test_every_row_is_a_run_that_anybody_can_make_again(clerks: Path, tmp_path: Path) -> None:
    rows = pq.read_table(clerks / "out" / ROWS).to_pylist()
    assert [(row["alternative"], row["replication"], row["seed"]) for row in rows] == [
        (name, k, 1 + k) for name in ("three", "four") for k in range(6)
    ]
    row = rows[2]
    run = run_scenario(str(clerks / "desk.yaml"), out=tmp_path / "run", seed=row["seed"])
    assert (row["digest"], row["spec_hash"]) == (run.manifest["journal_digest"], run.manifest["spec_hash"])
    assert _figures_of(run) == {name: row[name] for name in _figures_of(run)}


def _figures_of(run: Recorded) -> dict[str, object]:
    intervals, totals, work = (dict(run.kpi[name]) for name in ("intervals", "totals", "workload"))  # type: ignore[call-overload]
    told = {name: totals[name] for name in ("n_cases", "n_closed", "n_units", "n_facts")}
    told |= {name: work[name] for name in ("busy_share", "busy_gini")}
    for span in ("response_s", "unit_response_s", "case_s"):
        told |= {f"{span}_{figure}": intervals[span]["all"][figure] for figure in ("mean", "p50", "p90")}
    return told


def test_the_same_seed_is_the_same_demand_for_every_alternative(clerks: Path) -> None:
    rows = pq.read_table(clerks / "out" / ROWS, columns=["alternative", "n_cases"]).to_pylist()
    three, four = ([row["n_cases"] for row in rows if row["alternative"] == name] for name in ("three", "four"))
    assert three == four
    assert len(set(three)) > 1


def test_groups_and_bins_add_up_to_the_rows(clerks: Path) -> None:
    rows = pq.read_table(clerks / "out" / ROWS).to_pandas()
    groups = pq.read_table(clerks / "out" / GROUPS).to_pandas()
    for by in ("priority", "matter", "hour"):
        assert groups[groups["by"] == by]["n"].sum() == rows["n_cases"].sum()
    bins = pq.read_table(clerks / "out" / DISTRIBUTION).to_pandas()
    assert bins["low_s"].mod(30).eq(0).all()
    assert 0.9 * rows["n_cases"].sum() < bins["n"].sum() <= rows["n_cases"].sum()


def test_the_number_of_processes_changes_no_byte(clerks: Path, tmp_path: Path) -> None:
    two = tmp_path / "two"
    run_experiment(load_experiment(clerks / "experiment.yaml"), out=two, n_processes=2)
    assert bytes_of(two) == bytes_of(clerks / "out")
    assert {file.name for file in two.iterdir()} == {*SAME, MANIFEST}


def test_the_answer_is_what_its_own_file_says(clerks: Path) -> None:
    told = json.loads((clerks / "out" / ANSWER).read_text("utf-8"))
    assert [each["n"] for each in told["alternatives"]] == [6, 6]
    response = next(each for each in told["measures"] if each["measure"] == "p90 response_s")
    gap = response["differences"]["four"]
    levels = {name: level["mean"] for name, level in response["levels"].items()}
    assert gap["against"] == "three"
    assert gap["difference"]["mean"] == pytest.approx(levels["four"] - levels["three"])
    assert gap["difference"]["t"]["low"] < gap["difference"]["mean"] < gap["difference"]["t"]["high"]
    assert gap["difference"]["variance_factor"] > 0
    assert told["verdicts"][0]["best"] == "four"


def test_an_experiment_goes_on_until_it_is_exact_enough(tmp_path: Path) -> None:
    text = CLERKS.replace("at_least: 6", "at_least: 20, at_most: 200, half_width: { late_share: 0.06 }")
    plan = load_experiment(written(tmp_path, text))
    looks = list(answers(plan, out=tmp_path / "out", n_processes=1))
    widths = [
        next(each for each in look.measures if each.measure == "late_share").differences["four"].difference.t
        for look in looks
    ]
    assert [look.n for look in looks] == [20 + 10 * k for k in range(len(looks))]
    assert [look.is_exact for look in looks] == [False] * (len(looks) - 1) + [True]
    assert [width is not None and width.half_width <= 0.06 for width in widths] == [look.is_exact for look in looks]
    assert 1 < len(looks) < 19


def test_an_experiment_ends_at_its_cap(tmp_path: Path) -> None:
    text = CLERKS.replace("at_least: 6", "at_least: 20, at_most: 22, half_width: { mean response_s: 0.001 }")
    found = tried(tmp_path, text)
    assert (found.n, found.is_exact) == (22, False)
    more = next(each for each in found.measures if each.measure == "mean response_s").differences["four"].n_more
    assert more is not None
    assert more > 1_000


# ------------------------------------------------------------------------------------------------------- failures

FRAGILE = CLERKS.replace(
    "targets:", '  - { name: fragile, set: { policy: "tests.lab.fragile:Fragile" } }\ntargets:'
).replace("replications: { at_least: 6 }\n", "")


def test_a_run_that_fails_is_told_with_its_seed_and_stops_no_other(tmp_path: Path) -> None:
    found = tried(tmp_path, FRAGILE + "replications: { at_least: 6 }\nseed: 3\n")
    failures = json.loads((tmp_path / "out" / FAILURES).read_text("utf-8"))
    rows = pq.read_table(tmp_path / "out" / ROWS).to_pylist()
    groups = pq.read_table(tmp_path / "out" / GROUPS).to_pylist()
    ended_by = {row["replication"] for row in groups if row["alternative"] == "three" and row["group"] == "rare"}
    assert 0 < len(failures) < 6
    assert {failure["seed"] - 3 for failure in failures} == ended_by
    assert all(f["alternative"] == "fragile" and f["message"] == "RuntimeError: priority 9" for f in failures)
    assert len(rows) == 18 - len(failures)
    assert (found.n_failed, [each.n for each in found.alternatives]) == (len(failures), [6, 6, 6 - len(failures)])


def test_where_every_run_fails_there_is_no_answer_and_no_folder(tmp_path: Path) -> None:
    broken = DESK.replace("policy: nearest", 'policy: "tests.lab.fragile:Fragile"').replace(
        "priority: 2", "priority: 9"
    )
    with pytest.raises(GridtwinError, match="every run failed; three, seed 1: RuntimeError: priority 9"):
        tried(tmp_path, scenario=broken)
    assert not (tmp_path / "out").exists()


def test_every_alternative_is_built_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        tried(tmp_path, CLERKS.replace("units.0.count: 4", "policy: naerest"))
    assert (caught.value.file, caught.value.line) == (str(tmp_path / "experiment.yaml"), 6)
    assert not (tmp_path / "out").exists()


def test_a_measure_of_which_no_run_tells_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GridtwinError, match="no run tells of 'p90 response_s priority 7'"):
        tried(tmp_path, CLERKS.replace("p90 response_s <= 900", "p90 response_s <= 900 priority 7"))


def test_nobody_elses_folder_is_written_over(tmp_path: Path, clerks: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").touch()
    with pytest.raises(GridtwinError, match="another --out"):
        tried(tmp_path)
    run_scenario(str(clerks / "desk.yaml"), out=tmp_path / "run")
    with pytest.raises(GridtwinError, match="another --out"):
        run_experiment(load_experiment(clerks / "experiment.yaml"), out=tmp_path / "run", n_processes=1)


def test_an_experiment_that_was_killed_goes_on_where_it_stopped(clerks: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("experiment", clerks / "experiment.yaml", "--out", out, "--processes", "1", "--replications", "400")
    command = [sys.executable, "-m", "scenarios.cli", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        ends_at = time.monotonic() + PATIENCE_S
        while len(_kept(out)) < 3:
            assert time.monotonic() < ends_at
            assert process.poll() is None
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    kept = _kept(out)
    assert 3 <= len(kept) < 800
    before = {file: file.stat().st_mtime_ns for file in kept}
    news: list[object] = []

    def watch(told: object) -> None:
        news.append(told)
        if before:
            assert all(file.stat().st_mtime_ns == at for file, at in before.items())

    run_experiment(load_experiment(clerks / "experiment.yaml"), out=out, n_processes=1, progress=watch)
    n_used = min(6, len(kept))
    assert any(str(told) == f"{n_used} of 12 runs were made before" for told in news)
    assert bytes_of(out) == bytes_of(clerks / "out")
    assert not (out / RUNS).exists()


def _kept(out: Path) -> list[Path]:
    """Finished runs of an experiment under way; what is being written beside them does not count."""
    return [file for file in (out / RUNS).glob("*") if "." not in file.name]


# ------------------------------------------------------------------------------------------------------- warm-up


def test_what_is_reported_in_the_warm_up_is_left_out(clerks: Path) -> None:
    task = as_task(load_scenario(clerks / "desk.yaml"))
    whole, late = (try_out(Trial(task, 1, Lens(15 * MINUTE, from_us))) for from_us in (0, HOUR))
    assert whole.row["digest"] == late.row["digest"]
    hours = {group["group"]: group["n"] for group in whole.groups if group["by"] == "hour"}
    assert late.row["n_cases"] == hours["9"]
    assert late.row["duty_h"] == whole.row["duty_h"] / 2  # type: ignore[operator]


def test_a_warm_up_is_found_and_told_or_said_not_to_be_there(tmp_path: Path) -> None:
    calm = CLERKS.replace("count: 3", "count: 5").replace("count: 4", "count: 6").replace("at_least: 6", "at_least: 2")
    found = tried(tmp_path / "steady", calm + "warm_up: mser5\nlasting: 12h\n")
    plan = load_experiment(tmp_path / "steady" / "experiment.yaml")
    cuts = [
        settles_at([responses_of(Trial(as_task(each.scenario), 1 + k, Lens(0))) for k in range(5)])
        for each in plan.alternatives
    ]
    assert found.warm_up_s == max(cut or 0 for cut in cuts) / 1e6
    with pytest.raises(ScenarioError, match="settled") as caught:
        tried(tmp_path / "never", CLERKS.replace("count: 3", "count: 1") + "warm_up: mser5\n")
    assert (caught.value.key, caught.value.line) == ("warm_up", 9)
    with pytest.raises(ScenarioError, match="nothing would be left"):
        tried(tmp_path / "all", CLERKS + "warm_up: 2h\n")


# ------------------------------------------------------------------------------------------------------- the command


def test_people_get_a_sentence_first_and_programs_the_answer(
    clerks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run: Gridtwin = lambda *words: gridtwin(*words, monkeypatch=monkeypatch, capsys=capsys)  # noqa: E731
    words = ("experiment", clerks / "experiment.yaml", "--processes", "1", "--out", tmp_path / "out", "--replications")
    people = run(*words, 8)
    assert people.status == 0
    first = people.out.splitlines()[0]
    assert first.startswith("four is best by p90 response_s: ")
    assert "less than three (95 % interval" in first
    for word in ("p50 response_s", "late_share", "busy_gini", "BCa", "p (Holm)", "worth", "more needed", "targets"):
        assert word in people.out
    programs = run(*words, 2, "--json")
    assert json.loads(programs.out) == json.loads((tmp_path / "out" / ANSWER).read_text("utf-8"))
    bad = run("experiment", tmp_path / "none.yaml", "--out", tmp_path / "bad")
    assert (bad.status, "no such file; shipped are dispatch_rules" in " ".join(bad.err.split())) == (2, True)
