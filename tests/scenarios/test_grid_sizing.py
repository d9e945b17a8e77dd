"""How many grids: the same problems under other grids, laws beside the runs, and nothing half made."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from city_data.built_in import built_in_city
from city_data.folder import save_city
from city_data.lay_grids import OWN, GridOrder, lay_grids
from scenarios.build import build
from scenarios.cli_size import numbers_of
from scenarios.grid_sizing import ANSWER, TABLE, Sizing, size_grids
from scenarios.lab.trial import reseeded
from scenarios.load import load_scenario
from scenarios.record import Recorded
from scenarios.run import run
from scenarios.sizing_laws import answer, estimate, patrol_law, square_root_law
from scenarios.sizing_row import Row
from scenarios.sizing_watch import Finds, expected_finds, first_seen_s, simulated_finds, watched
from scenarios.spec import Scenario
from scenarios.spec_roster import PatrolSpec
from tests.scenarios.commands import Gridtwin
from twin.domain.facts import Fact, ProblemArose
from twin.errors import GridtwinError
from twin.journal.journal import Memory
from twin.metrics.intervals import intervals
from twin.roads.laps import Order

SMALL = """\
name: a small street
epoch: "2026-03-02T08:00:00+08:00"
lasting: 1h
policy: own_grid_first
units:
  - { name: "Grid {n}", kind: grid_worker, mode: walk, beat: base, skills: [order], patrol: { mps: 5 }, roster: day }
  - { name: "Night {n}", kind: rider, mode: e_bike, beat: security, count: 2, skills: [order] }
rosters:
  day: { from: "08:00", to: "18:00" }
on_scene: { "*": 2m }
problems:
  - name: street
    per_day: 4800
    matters:
      vendor:
        needs: [order]
        lasts: { dist: exponential, mean: 20m }
        told: { share: 0.2, after: { dist: exponential, mean: 10m } }
        seen: 0.8
        settles: { "*": 0.9 }
"""
ASKED = Sizing(numbers=(20, 40), seeds=(5, 6))
ONE = Sizing(numbers=(20,), seeds=(5,))
DRAWN = PatrolSpec(mps=5.0, order=Order.RANDOM)


@pytest.fixture(scope="module")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sizing") / "small.yaml"
    path.write_text(SMALL, "utf-8")
    return path


@pytest.fixture(scope="module")
def small(small_file: Path) -> Scenario:
    return load_scenario(small_file)


@pytest.fixture(scope="module")
def sized(small: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sized") / "one"
    size_grids(small, ASKED, out=out, n_processes=1)
    return out


def in_grids(scenario: Scenario, n_grids: int, folder: Path) -> Scenario:
    laid, _ = lay_grids(built_in_city(), GridOrder(n_grids=n_grids, areas=OWN))
    save_city(laid, folder / str(n_grids))
    return scenario.model_copy(update={"city": str(folder / str(n_grids))})


def facts_of(scenario: Scenario) -> list[Fact]:
    store = Memory()
    run(build(scenario, seed=5), store=store)
    return store.facts


# ---------------------------------------------------------------------------------------------- runs


def test_there_is_a_row_a_number_and_seed(sized: Path) -> None:
    rows = pq.read_table(sized / TABLE).to_pylist()
    assert [(row["n_grids"], row["seed"]) for row in rows] == [(20, 5), (20, 6), (40, 5), (40, 6)]
    assert [row["n_workers"] for row in rows] == [20, 20, 40, 40]
    assert len({row["digest"] for row in rows}) == 4


def test_the_same_seed_brings_the_same_problems_whatever_the_grids(small: Scenario, tmp_path: Path) -> None:
    few, many = (facts_of(in_grids(small, n_grids, tmp_path)) for n_grids in (20, 40))
    assert _first_problems(few) == _first_problems(many) != []


def _first_problems(facts: Sequence[Fact]) -> list[tuple[object, ...]]:
    arose = (fact for fact in facts if isinstance(fact, ProblemArose) and fact.parent is None)
    return [(fact.problem, fact.at, fact.matter, fact.edge, fact.offset_mm, fact.ends_at) for fact in arose]


def test_a_run_on_tours_worked_out_for_another_seed_is_the_run_of_its_own(small: Scenario, tmp_path: Path) -> None:
    units = [group.model_copy(update={"patrol": DRAWN}) for group in small.units if group.beat == "base"]  # type: ignore[union-attr]
    scenario = in_grids(small, 20, tmp_path).model_copy(update={"units": tuple(units)})
    first = build(scenario, seed=4)
    run(first, store=Memory())
    again = run(reseeded(first, 5), store=Memory())
    assert again.digest == run(build(scenario, seed=5), store=Memory()).digest


def test_more_grids_with_more_people_find_more_and_sooner(sized: Path) -> None:
    few, many = json.loads((sized / ANSWER).read_text("utf-8"))["table"]
    assert many["discovered_share"]["mean"] > few["discovered_share"]["mean"]
    assert many["discovery_mean_s"]["mean"] < few["discovery_mean_s"]["mean"]
    assert many["lap_m"]["mean"] < few["lap_m"]["mean"]


def test_what_comes_out_does_not_depend_on_the_number_of_processes(
    sized: Path, small: Scenario, tmp_path: Path
) -> None:
    size_grids(small, ASKED, out=tmp_path / "two", n_processes=2)
    for name in (TABLE, ANSWER):
        assert (tmp_path / "two" / name).read_bytes() == (sized / name).read_bytes()


def test_a_fixed_number_of_workers_shares_the_grids(small: Scenario, tmp_path: Path) -> None:
    found = size_grids(small, replace(ONE, n_workers=30), out=tmp_path / "fixed", n_processes=1)
    assert [row["n_workers"] for row in pq.read_table(tmp_path / "fixed" / TABLE).to_pylist()] == [30]
    assert str(found["question"]).startswith("30 workers whatever the grids")


def test_problems_that_last_longer_are_found_more_often(sized: Path, small: Scenario, tmp_path: Path) -> None:
    found = size_grids(small, replace(ONE, lasts=4.0), out=tmp_path / "long", n_processes=1)
    before = json.loads((sized / ANSWER).read_text("utf-8"))["table"][0]["discovered_share"]["mean"]
    assert found["table"][0]["discovered_share"]["mean"] > before  # type: ignore[index]


# ---------------------------------------------------------------------------------------------- the law of the tour


MIDDLES = (np.arange(20_000) + 0.5) / 20_000


def first_seen(*, n: int = 1, seen: float = 1.0, order: Order = Order.REGULAR) -> np.ndarray:
    return first_seen_s(MIDDLES, lap_s=np.array([600.0]), n=np.array([n]), seen=seen, order=order)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_first_of_n_regular_patrols_comes_by_after_a_part_of_a_lap(n: int) -> None:
    assert first_seen(n=n).mean() == pytest.approx(600 / (n + 1), rel=1e-3)


def test_who_notices_half_of_what_is_there_needs_a_lap_more() -> None:
    assert first_seen(seen=0.5).mean() == pytest.approx(600 / 2 + 600, rel=2e-3)


def test_a_regular_patrol_finds_what_is_there_for_part_of_a_lap_with_that_chance() -> None:
    assert (first_seen() < 150).mean() == pytest.approx(150 / 600, abs=1e-4)
    assert (first_seen() < 900).all()


def test_laps_of_chance_find_by_koopmans_formula() -> None:
    waits = first_seen(n=2, order=Order.RANDOM)
    assert (waits < 600).mean() == pytest.approx(1 - math.exp(-2), abs=1e-4)


def test_what_nobody_notices_is_never_found() -> None:
    assert np.isinf(first_seen(seen=0.0)).all()


def test_a_run_agrees_with_the_law_of_its_tours_and_not_with_that_of_slower_ones(
    small: Scenario, tmp_path: Path
) -> None:
    scenario = in_grids(small, 20, tmp_path)
    built, store = build(scenario, seed=5), Memory()
    done = run(built, store=store)
    read = intervals(store.facts, until=done.until)
    setting = built.setting
    workers = np.arange(20)
    (base,) = (overlay for overlay in setting.terrain.overlays if overlay.name == "base")
    first = sum(len(known.grids) for known in setting.terrain.overlays[: setting.terrain.overlays.index(base)])
    seen = watched(setting, read, overlay=base, first=first, workers=workers)
    found = simulated_finds(seen, workers)
    law = expected_finds(seen, setting.sources, order=Order.REGULAR)
    slower = expected_finds(replace(seen, lap_s=2 * seen.lap_s), setting.sources, order=Order.REGULAR)
    assert found.share is not None
    sigma = math.sqrt(found.share * (1 - found.share) / seen.lap_s.size)
    assert _apart(found, law) < 4 * sigma < _apart(found, slower)


def _apart(one: Finds, other: Finds) -> float:
    assert one.share is not None
    assert other.share is not None
    return abs(one.share - other.share)


# ---------------------------------------------------------------------------------------------- figures and sentences


def made_up(way_m: float, *, n_grids: int, seed: int, noise: float = 0.01) -> Row:
    """A row whose ways and shares vary a little from seed to seed."""
    wobble = 1 + noise * (seed - 2)
    return {
        "n_grids": n_grids,
        "seed": seed,
        "digest": "",
        "n_free": float(n_grids),
        "travel_told_mean_m": way_m * wobble,
        "lap_m": 40_000 / n_grids,
        "half_lap_s": 600.0,
        "wait_on_duty_s": 300.0 * wobble,
        "wait_on_duty_law_s": 300.0,
        "found_on_duty_share": 0.5 * wobble,
        "found_on_duty_law": 0.8,
    }


def rows_of(*ways_m: float) -> list[Row]:
    return [
        made_up(way_m, n_grids=100 * 4**place, seed=seed) for place, way_m in enumerate(ways_m) for seed in (1, 2, 3)
    ]


def test_an_interval_is_students_t() -> None:
    found = estimate([1.0, 2.0, None, 3.0])
    assert (found["mean"], found["n"]) == (2.0, 3)
    assert found["high"] == pytest.approx(2 + 4.302653 / math.sqrt(3), abs=1e-5)


def test_one_run_has_no_interval_and_none_no_mean() -> None:
    assert estimate([7.0]) == {"mean": 7.0, "low": None, "high": None, "n": 1}
    assert estimate([None]) == {"mean": None, "low": None, "high": None, "n": 0}


def test_differences_are_taken_seed_by_seed() -> None:
    step = answer(rows_of(200.0, 100.0), area_m2=4e6)["differences"][0]["travel_told_mean_m"]  # type: ignore[index]
    assert step["mean"] == pytest.approx(-100)
    assert step["high"] == pytest.approx(-100 + 4.302653 / math.sqrt(3), abs=1e-4)


def test_ways_that_halve_with_four_times_the_workers_obey_the_square_root_law() -> None:
    law = square_root_law(rows_of(200.0, 100.0), area_m2=4e6)
    assert law["c"] == pytest.approx(1.0)
    assert [row["law_m"] for row in law["numbers"]] == [200.0, 100.0]  # type: ignore[attr-defined]


def test_a_law_that_holds_and_one_that_does_not_are_told_apart() -> None:
    agrees = answer(rows_of(200.0, 100.0), area_m2=4e6)["sentences"]
    disagrees = answer(rows_of(200.0, 150.0), area_m2=4e6)["sentences"]
    assert "agrees within the 95% intervals at 400 grids" in agrees[0]  # type: ignore[index]
    assert "disagrees at 400 grids the way is 150 m and the law gives 100 m (+50.0%)" in disagrees[0]  # type: ignore[index]


def test_finds_are_held_against_their_own_law_run_by_run() -> None:
    (row,) = patrol_law(rows_of(200.0))
    assert row["found_beyond_law"]["mean"] == pytest.approx(-0.3)  # type: ignore[index]
    sentences = answer(rows_of(200.0), area_m2=4e6)["sentences"]
    assert any("disagrees at 100 grids 50.0% where the law gives 80.0%" in said for said in sentences)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------- the command


def test_numbers_of_grids_are_a_list() -> None:
    assert numbers_of("200, 50,100") == (50, 100, 200)


@pytest.mark.parametrize("text", ["", "50,", "a", "1.5", "-50", "5０"])
def test_what_is_no_list_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(GridtwinError, match="grids"):
        numbers_of(text)


@pytest.mark.parametrize(
    ("words", "key", "says"),
    [
        (("--grids", "20", "--overlay", "bogus"), "overlay", "it has base"),
        (("--grids", "20", "--overlay", "fire"), "units", "no units patrol"),
        (("--grids", "99999"), "grids", "cells"),
        (("--grids", "20,20"), "grids", "different numbers"),
        (("--grids", "0"), "grids", "1 or more"),
        (("--grids", "20,60", "--workers", "30"), "workers", "without any"),
        (("--grids", "20", "--lasts", "0"), "lasts", "factor above 0"),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_error(
    words: tuple[str, ...], key: str, says: str, small_file: Path, tmp_path: Path, gridtwin: Gridtwin
) -> None:
    said = gridtwin("size", small_file, *words, "--out", tmp_path / "out")
    assert (said.status, said.out) == (2, "")
    assert f"key {key!r}" in said.err
    assert says in " ".join(said.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_without_a_city_has_no_grids(tmp_path: Path, gridtwin: Gridtwin) -> None:
    (tmp_path / "desk.yaml").write_text("name: desk\ntravel: none\ncity: none\nunits: []\n", "utf-8")
    said = gridtwin("size", tmp_path / "desk.yaml", "--grids", "20", "--out", tmp_path / "out")
    assert (said.status, "key 'city'" in said.err, (tmp_path / "out").exists()) == (2, True, False)


def test_a_run_folder_is_not_written_over(small_run: Recorded, small: Scenario) -> None:
    before = sorted(small_run.out.iterdir())
    with pytest.raises(GridtwinError, match="another --out"):
        size_grids(small, ASKED, out=small_run.out)
    assert sorted(small_run.out.iterdir()) == before


def test_a_sizing_that_is_interrupted_leaves_nothing(small: Scenario, tmp_path: Path) -> None:
    def interrupt(news: object) -> None:
        if "runs" in str(news):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        size_grids(small, ONE, out=tmp_path / "out", n_processes=1, progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_people_get_tables_and_programs_the_answer(small_file: Path, tmp_path: Path, gridtwin: Gridtwin) -> None:
    words = ("size", small_file, "--grids", "15,20", "--runs", "1", "--until", "10m", "--processes", "1")
    people = gridtwin(*words, "--out", tmp_path / "a")
    programs = gridtwin(*words, "--out", tmp_path / "a", "--json")
    assert (people.status, programs.status) == (0, 0)
    for title in ("one worker a grid", "difference seed by seed", "square-root law", "patrol law", "what theory says"):
        assert title in people.out
    assert json.loads(programs.out) == json.loads((tmp_path / "a" / ANSWER).read_text("utf-8"))
