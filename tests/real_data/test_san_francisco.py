"""One real week: San Francisco's fire and medical dispatch history on San Francisco's streets.

The published counts are asserted before any figure is looked at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from city_data.build import build_city
from scenarios.calibrate import calibrate_history
from scenarios.compare import compare_folders
from scenarios.record import Recorded, replay_history
from scenarios.replay import Source
from scenarios.run_folder import JOURNAL, KPI, facts_of
from scenarios.verify import verify_run
from tests.metrics.independent_reader import assert_same, recompute
from twin.domain.facts import UnitAssigned, UnitAway
from twin.world.world import fold

HEADLINE = ("ENGINE", "TRUCK")


@pytest.fixture(scope="module")
def san_francisco(shared_data: Path) -> Path:
    return shared_data / "san_francisco"


@pytest.fixture(scope="module")
def history(san_francisco: Path) -> Path:
    return san_francisco / "sffd_dispatch_2018-01-13_20.csv.gz"


@pytest.fixture(scope="module")
def city(san_francisco: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sf") / "city"
    build_city(san_francisco / "osm_north_sf_2020-01.osm.gz", folder, stations=san_francisco / "fire_stations.geojson")
    return folder


def replayed(city: Path, history: Path, out: Path, *, policy: str | None, **more: Any) -> Recorded:
    start, end = more.pop("start", None), more.pop("end", None)
    return replay_history(Source(city, history, "datasf_fire", start, end), out=out, policy=policy, **more)


def assert_agrees(run: Path) -> None:
    """A second reader, which shares nothing with ours, comes to the same figures."""
    kpi = json.loads((run / KPI).read_text("utf-8"))
    counted = recompute(run / JOURNAL, until=kpi["span"]["until_at"], limits_s=kpi["limits_s"]["values"])
    assert_same(kpi, counted)


@pytest.fixture(scope="module")
def recorded(city: Path, history: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return replayed(city, history, tmp_path_factory.mktemp("recorded") / "run", policy=None)


@pytest.fixture(scope="module")
def held_out(city: Path, history: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """18 to 20 January: as it happened, raw, and calibrated on 13 to 17 January."""
    folder = tmp_path_factory.mktemp("held-out")
    calibration = folder / "calibration.yaml"
    calibrate_history(Source(city, history, "datasf_fire", "2018-01-13", "2018-01-18"), out=calibration)
    days = {"start": "2018-01-18", "end": "2018-01-21"}
    replayed(city, history, folder / "recorded", policy=None, **days)
    replayed(city, history, folder / "raw", policy="nearest", **days)
    replayed(city, history, folder / "calibrated", policy="nearest", calibration=calibration, **days)
    replayed(city, history, folder / "lists", policy="preference_list", calibration=calibration, **days)
    return {name: folder / name for name in ("recorded", "raw", "calibrated", "lists")}


def test_the_published_counts_hold(recorded: Recorded) -> None:
    period = recorded.manifest["period"]
    assert period == {
        "n_calls": 3_210,
        "n_responses": 6_709,
        "n_calls_inside": 1_257,
        "n_responses_inside": 2_715,
        "n_rejected": 0,
    }
    assert recorded.kpi["totals"]["n_cases"] == 1_257  # type: ignore[index]
    assert recorded.kpi["totals"]["n_jobs"] == 2_715  # type: ignore[index]


def test_a_recorded_week_keeps_every_stamp_of_the_file(recorded: Recorded, history: Path) -> None:
    rows = pd.read_csv(history)
    bounds = (rows.longitude.between(-122.485, -122.3942)) & (rows.latitude.between(37.7805, 37.811))
    inside = rows[bounds & rows.unit_type.isin(HEADLINE)]
    stamps = {
        name: pd.to_datetime(inside[f"{name}_timestamp"].str.removesuffix(" UTC")) for name in ("response", "on_scene")
    }
    in_file = (stamps["on_scene"] - stamps["response"]).dt.total_seconds().dropna()
    jobs = pd.read_parquet(recorded.out / "units.parquet")
    in_run = jobs[jobs.unit_kind.isin(HEADLINE)].travel_s.dropna()
    assert len(in_run) >= 0.995 * len(in_file[in_file >= 0])
    assert in_run.median() == pytest.approx(in_file[in_file >= 0].median(), rel=0.005)


def test_a_recorded_week_is_what_its_folder_says(recorded: Recorded) -> None:
    report = verify_run(recorded.out)
    assert report["facts compared"] == recorded.manifest["n_facts"]
    assert_agrees(recorded.out)


def test_contradictions_are_counted_and_never_make_a_negative_interval(recorded: Recorded) -> None:
    state = fold(facts_of(recorded.out))
    assert state.anomalies["assigned while on another case"] >= 1
    jobs = pd.read_parquet(recorded.out / "units.parquet")
    spans = jobs[[name for name in jobs.columns if name.endswith("_s")]]
    assert (spans.min().dropna() >= 0).all()


@pytest.mark.parametrize("name", ["raw", "calibrated", "lists"])
def test_a_simulated_replay_is_what_its_folder_says(held_out: dict[str, Path], name: str) -> None:
    verify_run(held_out[name])
    assert_agrees(held_out[name])


def test_nobody_is_sent_who_was_on_a_recorded_job_outside(held_out: dict[str, Path]) -> None:
    away: dict[int, int] = {}
    kept_away = 0
    for fact in facts_of(held_out["calibrated"]):
        if isinstance(fact, UnitAway) and fact.until_at is not None:
            away[fact.unit] = max(fact.until_at, away.get(fact.unit, 0))
            kept_away += 1
        elif isinstance(fact, UnitAssigned) and fact.unit in away:
            assert fact.at >= away[fact.unit]
    assert kept_away > 500


def test_calibration_brings_engines_and_trucks_near_what_happened(held_out: dict[str, Path]) -> None:
    def distances(name: str) -> dict[str, float]:
        comparisons = compare_folders(held_out["recorded"], held_out[name], headline=HEADLINE)
        return {found["interval"]: found["groups"]["headline"]["ks"]["distance"] for found in comparisons}

    raw, calibrated = distances("raw"), distances("calibrated")
    assert raw["travel_s"] > 0.4
    assert calibrated["travel_s"] < 0.2
    assert calibrated["response_s"] < 0.2
