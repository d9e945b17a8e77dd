"""What is fitted to a history is what the history was made with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from scenarios.calibrate import FEWEST, calibrate_history, fit_spans
from scenarios.load import read_scenario
from scenarios.record import Recorded, replay_history, run_scenario
from scenarios.replay import Source
from scenarios.spec import Travel
from scenarios.spread import Spread
from tests.histories import FIRE, as_history, full, past_of, told
from tests.scenarios.commands import Gridtwin
from twin.errors import FeedError, ScenarioError

TRUTH = """\
name: the truth
lasting: 8d
seed: 3
units:
  - { name: "东圃消防救援站 E{n}", kind: engine, count: 3, skills: [rescue], at: 东圃消防救援站 }
  - { name: "车陂派出所 P{n}", kind: patrol, count: 3, skills: [patrol], at: 车陂派出所 }
intake: 90s
processing: { dist: lognormal, mean: 40s, cv: 0.3 }
turnout: { engine: { dist: lognormal, mean: 75s, cv: 0.3 }, patrol: 30s }
on_scene: { "*": { dist: lognormal, mean: 6m, cv: 0.4 } }
travel: { speed: { "*": 0.55 }, ramp: 10s, noise: { dist: lognormal, mean: 1, cv: 0.1 } }
demand:
  - name: street
    per_day: 40
    matters: { fire_alarm: { needs: [rescue] }, dispute: { needs: [patrol] } }
"""


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("truth")
    (folder / "truth.yaml").write_text(TRUTH, "utf-8")
    return run_scenario(str(folder / "truth.yaml"), out=folder / "run")


@pytest.fixture(scope="module")
def source(truth: Recorded, city_folder: Path) -> Source:
    file, rules = as_history(truth, truth.out.parent)
    return Source(city_folder, file, str(rules))


@pytest.fixture(scope="module")
def fitted(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fitted") / "calibration.yaml"
    calibrate_history(source, out=out)
    return out


def spread(overlay: dict[str, object], *keys: str) -> np.ndarray:
    """Quantiles of a fitted distribution, seconds."""
    found: object = overlay
    for key in keys:
        assert isinstance(found, dict)
        found = found[key]
    values = Spread.model_validate(found).values
    assert values is not None
    return np.array(values)


def test_speeds_are_recovered(fitted: Path) -> None:
    travel = Travel.model_validate(yaml.safe_load(fitted.read_text("utf-8"))["travel"])
    assert travel.ramp == pytest.approx(10.0, abs=4.0)
    for factors in (travel.speed, *(band.speed for band in travel.bands)):
        for name in ("primary", "secondary", "tertiary", "residential"):
            assert factors[name] == pytest.approx(0.55, rel=0.12)


def test_spans_are_recovered(fitted: Path) -> None:
    overlay = yaml.safe_load(fitted.read_text("utf-8"))
    assert spread(overlay, "intake") == pytest.approx(np.full(41, 90.0), abs=0.1)
    assert np.median(spread(overlay, "turnout", "patrol")) == pytest.approx(30.0, abs=0.1)
    assert spread(overlay, "turnout", "engine").mean() == pytest.approx(75.0, rel=0.08)
    assert spread(overlay, "on_scene", "*").mean() == pytest.approx(360.0, rel=0.08)
    assert spread(overlay, "on_scene", "fire_alarm/engine").mean() == pytest.approx(360.0, rel=0.1)
    assert spread(overlay, "travel", "noise").mean() == pytest.approx(1.0, abs=0.05)


def test_the_calibrated_replay_comes_nearer_to_what_happened(source: Source, fitted: Path, tmp_path: Path) -> None:
    def travel_s(policy: str | None, calibration: Path | None) -> float:
        out = tmp_path / f"{policy} {calibration is None}"
        kpi = replay_history(source, out=out, policy=policy, calibration=calibration).kpi
        median = kpi["intervals"]["travel_s"]["all"]["p50"]  # type: ignore[index]
        assert isinstance(median, float)
        return median

    happened, raw, calibrated = travel_s(None, None), travel_s("nearest", None), travel_s("nearest", fitted)
    assert calibrated == pytest.approx(happened, rel=0.06)
    assert raw < 0.8 * happened


def test_the_overlay_is_a_part_of_a_scenario_that_can_be_extended(fitted: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(f"extends: {fitted}\nname: mine\n", "utf-8")
    document = read_scenario(scenario)
    assert set(document.data) == {"name", "turnout", "on_scene", "intake", "processing", "travel"}
    assert fitted.read_text("utf-8").startswith("# Fitted to history.csv, ")


def test_a_group_that_was_seldom_seen_is_not_fitted_apart(tmp_path: Path) -> None:
    rows = [
        full(str(number), f"{FIRE} E1", begin=60 * number, kind="engine" if number < FEWEST else "truck")
        for number in range(FEWEST + 5)
    ]
    spans = fit_spans(past_of(tmp_path, rows))
    assert set(spans["turnout"]) == {"*", "engine"}
    assert set(spans["on_scene"]) == {"*", "*/engine", "dispute/engine"}


def test_too_few_trips_are_refused(city_folder: Path, tmp_path: Path) -> None:
    file, rules = told(tmp_path, [full("a", f"{FIRE} E1", begin=0)])
    with pytest.raises(FeedError, match=r"history\.csv: only 1 trips"):
        calibrate_history(Source(city_folder, file, str(rules)), out=tmp_path / "calibration.yaml")
    assert not (tmp_path / "calibration.yaml").exists()


def test_a_place_that_cannot_be_written_is_refused_before_the_work(source: Source, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "no such folder" / "calibration.yaml"):
        with pytest.raises(ScenarioError, match="cannot be written"):
            calibrate_history(source, out=out)


def test_the_command_says_what_was_found(source: Source, tmp_path: Path, gridtwin: Gridtwin) -> None:
    files = ("--city", source.city, "--history", source.history, "--mapping", source.mapping)
    said = gridtwin("calibrate", *files, "--out", tmp_path / "calibration.yaml")
    assert said.status == 0
    assert "trips fitted" in said.out
    assert (tmp_path / "calibration.yaml").exists()
