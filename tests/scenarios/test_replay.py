"""Histories replayed: as they were recorded, as our agents would have done it, and beside modelled demand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scenarios.build import build
from scenarios.load import load_scenario
from scenarios.record import Recorded, replay_history, run_scenario
from scenarios.replay import Source, replay_scenario
from scenarios.run import run
from scenarios.run_folder import CASES, JOURNAL, QUARANTINE, facts_of
from scenarios.verify import verify_run
from tests.histories import FIRE, MAPPING, OUTSIDE, POLICE, Row, as_history, full, told
from tests.scenarios.commands import Gridtwin
from twin.domain.facts import CaseReported, Fact, UnitAssigned, UnitAway, UnitEnrolled, UnitLeft, UnitRolled
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.unit import Placed
from twin.errors import FeedError, ScenarioError
from twin.journal.journal import Nowhere

ENGINE, PATROL = f"{FIRE} E1", f"{POLICE} P1"
BUSY = [
    full("fire", ENGINE, begin=10, kind="engine", matter="fire_alarm", priority=1),
    full("fire", PATROL, begin=11),
    full("row", PATROL, begin=60),
    full("far", ENGINE, begin=100, kind="engine", at=OUTSIDE, freed=190.0),
    full("late", PATROL, begin=110),
]
"""Two units: a call for both, one for the patrol, the engine away from 102 to 190 minutes, one more for the patrol."""


def replayed(
    city: Path,
    folder: Path,
    rows: Iterable[Row],
    *,
    policy: str | None,
    mapping: str = MAPPING,
    calibration: Path | None = None,
    seed: int = 1,
) -> Recorded:
    file, rules = told(folder, rows, mapping=mapping)
    source = Source(city, file, str(rules))
    return replay_history(source, out=folder / f"run {policy}", policy=policy, calibration=calibration, seed=seed)


def named(run: Recorded) -> dict[int, str]:
    return {fact.unit: fact.name for fact in facts_of(run.out) if isinstance(fact, UnitEnrolled)}


def of(run: Recorded, kind: type[Fact]) -> list[Fact]:
    return [fact for fact in facts_of(run.out) if isinstance(fact, kind)]


# ---------------------------------------------------------------------------------------------- as it was recorded


def test_a_recorded_run_has_the_recorded_times(city_folder: Path, tmp_path: Path) -> None:
    run = replayed(city_folder, tmp_path, BUSY, policy=None)
    jobs = pq.read_table(run.out / "units.parquet").to_pylist()
    cases = pq.read_table(run.out / CASES).to_pylist()
    assert [(job["name"], job["turnout_s"], job["travel_s"], job["on_scene_s"]) for job in jobs] == [
        (name, 60.0, 120.0, 900.0) for name in (ENGINE, PATROL, PATROL, PATROL)
    ]
    assert [(case["ref"], case["response_s"]) for case in cases] == [("fire", 300.0), ("row", 300.0), ("late", 300.0)]
    assert run.warnings == ()


def test_a_recorded_run_counts_what_lies_inside(city_folder: Path, tmp_path: Path) -> None:
    rows = [*BUSY, full("", PATROL, begin=150), full("broken", PATROL, begin=150, reported="??")]
    run = replayed(city_folder, tmp_path, rows, policy=None)
    assert run.manifest["period"] == {
        "n_calls": 4,
        "n_responses": 5,
        "n_calls_inside": 3,
        "n_responses_inside": 4,
        "n_rejected": 2,
    }
    assert len((run.out / QUARANTINE).read_text("utf-8").splitlines()) == 3


def test_a_recorded_run_is_verified(city_folder: Path, tmp_path: Path) -> None:
    run = replayed(city_folder, tmp_path, BUSY, policy=None)
    report = verify_run(run.out)
    assert (report["policy"], report["facts compared"]) == ("recorded", run.manifest["n_facts"])


def test_a_history_of_another_city_is_warned_of(city_folder: Path, tmp_path: Path) -> None:
    run = replayed(city_folder, tmp_path, [full("a", ENGINE, begin=0, at=OUTSIDE)], policy=None)
    assert run.warnings[0] == "none of the 1 calls lies inside the city: is it the city of this history?"


def test_recorded_ways_are_marked_as_inferred(city_folder: Path, tmp_path: Path) -> None:
    rolled = of(replayed(city_folder, tmp_path, BUSY, policy=None), UnitRolled)
    assert [fact.inferred for fact in rolled if isinstance(fact, UnitRolled)] == [True] * 4


def test_contradictions_are_applied_and_counted(city_folder: Path, tmp_path: Path) -> None:
    rows = [full("a", ENGINE, begin=0), full("b", ENGINE, begin=10), full("c", ENGINE, begin=60, arrived=50.0)]
    run = replayed(city_folder, tmp_path, rows, policy=None)
    assert any("contradict" in warning for warning in run.warnings)
    spans = pq.read_table(run.out / "units.parquet").select(["turnout_s", "travel_s", "on_scene_s"]).to_pylist()
    assert all(value is None or value >= 0 for row in spans for value in row.values())
    assert verify_run(run.out)


def test_a_history_of_cases_alone_is_replayed(city_folder: Path, tmp_path: Path) -> None:
    rows = [full(str(number), "", begin=8 * number) for number in range(4)]
    run = replayed(city_folder, tmp_path, rows, policy=None)
    enrolled = [fact for fact in of(run, UnitEnrolled) if isinstance(fact, UnitEnrolled)]
    assert [(fact.name, fact.placed) for fact in enrolled] == [
        (f"patrol {number}", Placed.INFERRED) for number in (1, 2, 3)
    ]
    assert verify_run(run.out)


# ---------------------------------------------------------------------------------------------- as agents would


def test_agents_serve_the_recorded_calls(city_folder: Path, tmp_path: Path) -> None:
    run = replayed(city_folder, tmp_path, BUSY, policy="nearest")
    cases = [fact for fact in of(run, CaseReported) if isinstance(fact, CaseReported)]
    assert [(case.ref, case.at, case.needs) for case in cases] == [
        ("fire", 10 * MINUTE, ("rescue", "patrol")),
        ("row", 60 * MINUTE, ("patrol",)),
        ("late", 110 * MINUTE, ("patrol",)),
    ]
    assert run.kpi["totals"]["n_closed"] == 3  # type: ignore[index]
    assert verify_run(run.out)["facts compared"] == run.manifest["n_facts"]


def test_a_job_outside_keeps_its_unit_away_for_its_recorded_time(city_folder: Path, tmp_path: Path) -> None:
    rows = [*BUSY, full("second fire", ENGINE, begin=120, kind="engine", matter="fire_alarm")]
    run = replayed(city_folder, tmp_path, rows, policy="nearest")
    names = named(run)
    (away,) = (fact for fact in of(run, UnitAway) if isinstance(fact, UnitAway))
    (left,) = (fact for fact in of(run, UnitLeft) if isinstance(fact, UnitLeft))
    sent = [fact.at for fact in of(run, UnitAssigned) if isinstance(fact, UnitAssigned) and names[fact.unit] == ENGINE]
    assert (names[away.unit], away.until_at, left.at) == (ENGINE, 190 * MINUTE, 102 * MINUTE)
    assert [102 * MINUTE < at < 190 * MINUTE for at in sent] == [False, False]
    assert sent[-1] >= 190 * MINUTE


def test_luck_is_that_of_the_seed(city_folder: Path, tmp_path: Path) -> None:
    digests = [
        replayed(city_folder, tmp_path, BUSY, policy="nearest", seed=seed).manifest["journal_digest"]
        for seed in (1, 1, 2)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_the_digest_does_not_depend_on_where_the_files_lie(city_folder: Path, tmp_path: Path) -> None:
    digests = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        digests.append(replayed(city_folder, tmp_path / name, BUSY, policy="nearest").manifest["journal_digest"])
    assert digests[0] == digests[1]


def test_lists_made_for_a_history_are_kept_in_the_manifest(city_folder: Path, tmp_path: Path) -> None:
    rows = [full("a", ENGINE, begin=0, area=FIRE, kind="engine"), full("b", PATROL, begin=50, area=POLICE)]
    run = replayed(city_folder, tmp_path, rows, policy="preference_list")
    scenario = run.manifest["scenario"]
    assert isinstance(scenario, dict)
    lists = scenario["policy"]["parameters"]["lists"]
    assert lists[FIRE] == [ENGINE, PATROL]
    assert lists[POLICE] == [PATROL, ENGINE]
    assert verify_run(run.out)


def test_a_calibration_lies_over_what_is_assumed(city_folder: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "fitted.yaml"
    overlay.write_text("turnout: { engine: 100s }\ntravel: { speed: { '*': 0.5 } }\n", "utf-8")
    run = replayed(city_folder, tmp_path, BUSY, policy="nearest", calibration=overlay)
    jobs = pq.read_table(run.out / "units.parquet").to_pylist()
    assert {job["turnout_s"] for job in jobs if job["unit_kind"] == "engine"} == {100.0}
    assert len({job["turnout_s"] for job in jobs if job["unit_kind"] == "patrol"}) == 3


@pytest.mark.parametrize(
    ("start", "end", "n_calls"),
    [
        (None, None, 4),
        ("2026-03-02T01:00", None, 3),
        (None, "2026-03-02T01:00", 1),
        ("2026-03-02T01:00+08:00", "2026-03-02T01:40", 1),
    ],
)
def test_a_period_can_be_taken(
    start: str | None, end: str | None, n_calls: int, city_folder: Path, tmp_path: Path
) -> None:
    file, rules = told(tmp_path, BUSY)
    run = replay_history(Source(city_folder, file, str(rules), start, end), out=tmp_path / "run", policy=None)
    assert isinstance(run.manifest["period"], dict)
    assert run.manifest["period"]["n_calls"] == n_calls


@pytest.mark.parametrize(
    ("start", "end", "key", "says"),
    [
        ("yesterday", None, "--from", "'yesterday' is not a moment"),
        (None, "tomorrow", "--to", "'tomorrow' is not a moment"),
        ("2026-03-03", "2026-03-02", "--to", "before it begins"),
    ],
)
def test_a_period_that_cannot_be_is_refused_by_its_option(
    start: str | None, end: str | None, key: str, says: str, city_folder: Path, tmp_path: Path
) -> None:
    file, rules = told(tmp_path, BUSY)
    with pytest.raises(ScenarioError, match=says) as refusal:
        replay_scenario(Source(city_folder, file, str(rules), start, end), policy="nearest")
    assert refusal.value.key == key


def test_a_history_that_cannot_be_read_leaves_no_folder(city_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("", "utf-8")
    with pytest.raises(FeedError, match=r"empty\.csv"):
        replay_history(Source(city_folder, tmp_path / "empty.csv", "datasf_fire"), out=tmp_path / "run", policy=None)
    assert not (tmp_path / "run").exists()


def test_the_command_replays_both_ways(city_folder: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    file, rules = told(tmp_path, BUSY)
    words = ("replay", "--city", city_folder, "--history", file, "--mapping", rules, "--json")
    recorded = gridtwin(*words, "--recorded", "--out", tmp_path / "recorded")
    nearest = gridtwin(*words, "--policy", "nearest", "--out", tmp_path / "nearest")
    assert [json.loads(said.out)["manifest"]["policy"] for said in (recorded, nearest)] == ["recorded", "nearest"]
    refused = gridtwin(*words, "--recorded", "--policy", "nearest", "--out", tmp_path / "both")
    assert (refused.status, "it is what happened" in refused.err) == (2, True)


# ---------------------------------------------------------------------------------------------- in a scenario file


def scenario_with(folder: Path, rows: Sequence[Row], *, more: str = "") -> Path:
    told(folder, rows)
    path = folder / "scenario.yaml"
    path.write_text(
        "name: the day again\nepoch: '2026-03-02T00:00:00+08:00'\nlasting: 8h\n"
        "history: { file: history.csv, mapping: made_up.yaml }\n" + more,
        "utf-8",
    )
    return path


MORE_DEMAND = "demand: [{ name: extra, per_day: 240, matters: { dispute: { needs: [patrol] } } }]\n"


def test_a_history_and_modelled_demand_come_together(tmp_path: Path) -> None:
    path = scenario_with(tmp_path, BUSY, more=f"units: history\non_scene: {{ '*': 5m }}\n{MORE_DEMAND}")
    run = run_scenario(str(path), out=tmp_path / "run")
    refs = [fact.ref for fact in of(run, CaseReported) if isinstance(fact, CaseReported)]
    assert {"fire", "row", "late"} < set(refs)
    assert sum(ref.startswith("extra-") for ref in refs) > 20
    assert verify_run(run.out)["facts compared"] == run.manifest["n_facts"]


def test_a_history_may_be_served_by_units_of_the_scenario(tmp_path: Path) -> None:
    units = "units: [{ name: 'Van {n}', kind: van, count: 2, skills: [rescue, patrol] }]\n"
    run = run_scenario(str(scenario_with(tmp_path, BUSY, more=units)), out=tmp_path / "run")
    assert set(named(run).values()) == {"Van 1", "Van 2"}
    assert not of(run, UnitAway)


def test_a_history_without_an_end_stops_soon_after_its_last_call(tmp_path: Path) -> None:
    path = scenario_with(tmp_path, BUSY, more="units: history\n")
    assert run_scenario(str(path), out=tmp_path / "a", until="30d").manifest["until"] == 110 * MINUTE + 6 * HOUR
    assert run_scenario(str(path), out=tmp_path / "b", until="2h").manifest["until"] == 2 * HOUR


def test_a_run_is_verified_without_the_history_it_came_from(tmp_path: Path) -> None:
    path = scenario_with(tmp_path, BUSY, more="units: history\n")
    run = run_scenario(str(path), out=tmp_path / "run")
    (tmp_path / "history.csv").unlink()
    assert verify_run(run.out)["facts compared"] == run.manifest["n_facts"]


# ---------------------------------------------------------------------------------------------- there and back


def test_a_simulated_day_told_as_a_history_is_replayed_with_its_own_times(
    small_run: Recorded, city_folder: Path, tmp_path: Path
) -> None:
    file, rules = as_history(small_run, tmp_path)
    again = replay_history(Source(city_folder, file, str(rules)), out=tmp_path / "run", policy=None)
    spans = ["turnout_s", "travel_s", "unit_response_s", "on_scene_s"]
    first = pq.read_table(small_run.out / "units.parquet").select(["ref", *spans]).to_pylist()
    second = pq.read_table(again.out / "units.parquet").select(["ref", *spans]).to_pylist()
    assert second == first
    assert again.warnings == ()


def test_nothing_depends_on_the_store(small_run: Recorded) -> None:
    scenario = small_run.manifest["scenario"]
    assert isinstance(scenario, dict)
    spec = load_scenario("vehicles")
    assert run(build(spec), store=Nowhere(), until=HOUR).n_facts > 0
    assert (small_run.out / JOURNAL).stat().st_size > 0
