"""Sensors in a scenario: where they stand, how often they are wrong, and what cannot be said of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.sensor_rules import Rotating, SensorRule, Watched
from city_data.built_in import built_in_city
from scenarios.build import build
from scenarios.load import load_scenario
from twin.domain.problem import Channel
from twin.domain.quantities import MINUTE, SECOND
from twin.errors import ScenarioError

HEAD = """\
name: x
lasting: 1d
rosters: { day: { from: "08:00", to: "20:00" } }
problems: [{ name: p, per_day: 0, matters: { smoke: { needs: [see] }, vendor: { needs: [see] } } }]
centre:
  desks: { screens: { seats: { day: 2, always: 1 } } }
  sensors:
    - """
PLAIN = "channel: smoke sensor, covers: 0.5"


def written(folder: Path, sensor: str) -> Path:
    file = folder / "scenario.yaml"
    file.write_text(f"{HEAD}{{ {sensor} }}\n", "utf-8")
    return file


def rule_of(folder: Path, sensor: str) -> SensorRule:
    loop = build(load_scenario(written(folder, sensor))).setting.loop
    assert loop is not None
    return loop.sensors[0]


def test_cameras_stand_where_the_city_has_them_and_are_watched_from_a_desk(tmp_path: Path) -> None:
    city = built_in_city()
    rule = rule_of(tmp_path, "channel: video, at: camera, radius_m: 60, dwell: 10s, watchers: screens")
    cameras = [each for each in city.layers.facilities if each.kind == "camera"]
    assert rule.n == len(cameras)
    assert rule.rounds == Watched(len(cameras), 10 * SECOND, ((0, 2), (None, 1)))
    assert rule.coverage is not None
    near = [number for number, camera in enumerate(cameras) if camera.distance_m < 50]
    assert near
    assert all(number in rule.coverage.at(cameras[number].spot) for number in near)


@pytest.mark.parametrize("where", ["street_length", "residents"])
def test_sensors_are_spread_evenly(where: str, tmp_path: Path) -> None:
    said = f"channel: thermal camera, count: 40, where: {where}, radius_m: 300, period: 2m, line_of_sight: 0.4"
    rule = rule_of(tmp_path, said)
    assert (rule.n, rule.rounds, rule.in_view) == (40, Rotating(2 * MINUTE), 0.4)
    assert rule.coverage is not None
    assert np.unique(rule.coverage.place).size == 40
    of_streets = np.unique(np.flatnonzero(np.diff(rule.coverage.first))).size / built_in_city().roads.n_edges
    assert of_streets > 0.5


def test_false_alarms_come_at_their_rate_from_where_the_sensors_are(tmp_path: Path) -> None:
    said = "channel: ai camera, matters: [vendor, smoke], at: camera, radius_m: 40, false_per_day: 0.5"
    built = build(load_scenario(written(tmp_path, said)))
    source = built.setting.sources[-1]
    cameras = [each for each in built_in_city().layers.facilities if each.kind == "camera"]
    assert source.rates_per_h.sum() * 24 == pytest.approx(0.5 * len(cameras))
    assert not source.are_problems
    assert set(source.places.edge.tolist()) == {camera.spot.edge for camera in cameras}
    assert [kind.channel for kind in built.setting.contacts.values()] == [Channel.AI_CAMERA]


@pytest.mark.parametrize(
    ("sensor", "key", "why"),
    [
        ("channel: hotline, covers: 1", "channel", "nothing senses by 'hotline'"),
        ("channel: vehicle camera, covers: 1", "channel", "vehicle_cameras"),
        ("channel: smoke sensor", "count", "one of"),
        ("channel: smoke sensor, covers: 1, count: 3", "count", "not by count and covers"),
        ("channel: smoke sensor, count: 3", "radius_m", "so many metres"),
        ("channel: smoke sensor, covers: 1, radius_m: 20", "radius_m", "none"),
        ("channel: smoke sensor, covers: 1, line_of_sight: 0.5", "line_of_sight", "covers"),
        ("channel: smoke sensor, covers: 1, where: residents", "where", "count"),
        ("channel: smoke sensor, at: lamp, radius_m: 20", "at", "hydrant"),
        ("channel: smoke sensor, at: hydrant, radius_m: 0", "radius_m", "greater than 0"),
        ("channel: video, at: camera, radius_m: 60", "watchers", "somebody watches"),
        ("channel: video, at: camera, radius_m: 60, dwell: 10s", "watchers", "go together"),
        ("channel: video, covers: 0.2, dwell: 10s, watchers: screens", "feeds", "how many"),
        ("channel: video, covers: 0.2, feeds: 9, dwell: 10s, watchers: nobody", "watchers", "no desk 'nobody'"),
        ("channel: video, covers: 0.2, feeds: 9, dwell: 10s, watchers: { night: 1 }", "watchers", "no roster 'night'"),
        ("channel: video, covers: 0.2, feeds: 9, dwell: 10s, period: 2m, watchers: screens", "period", "not both"),
        (f"{PLAIN}, feeds: 9", "feeds", "watchers"),
        (f"{PLAIN}, period: 0", "period", "greater than 0"),
        (f"{PLAIN}, again: 0s", "again", "greater than 0"),
        (f"{PLAIN}, seen: 2", "seen", "less than"),
        (f"{PLAIN}, false_per_day: 1", "matters", "name the matters"),
        (f"{PLAIN}, matters: [fog]", "matters", "no matter 'fog'"),
        (f"{PLAIN}, matters: fog", "matters", "*"),
        (f"{PLAIN}, fov: 90", "fov", "unknown key"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(sensor: str, key: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as told:
        build(load_scenario(written(tmp_path, sensor)))
    assert told.value.key == f"centre.sensors.0.{key}"
    assert why in told.value.message


def test_where_all_is_in_one_place_sensors_have_none(tmp_path: Path) -> None:
    file = written(tmp_path, "channel: lift sensor, at: hydrant, radius_m: 20")
    file.write_text(file.read_text("utf-8") + "travel: none\ncity: none\n", "utf-8")
    with pytest.raises(ScenarioError) as told:
        build(load_scenario(file))
    assert told.value.key == "centre.sensors.0.at"
    assert "no places" in told.value.message
