"""Scenario files: what may be said, how one extends another, and that errors name file, line and key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.load import library, load_scenario, made_up, merged, overlaid, schema
from scenarios.spec import PolicySpec, Scenario
from scenarios.spread import Spread
from twin.domain.quantities import DAY, HOUR
from twin.errors import ScenarioError


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_every_shipped_scenario_can_be_read() -> None:
    for name, file in library().items():
        assert load_scenario(name) == load_scenario(file)


def test_a_scenario_extends_another_and_says_only_what_is_different(tmp_path: Path) -> None:
    file = written(tmp_path, "extends: vehicles\nseed: 9\nlasting: 2h\nintake: 30s\n")
    scenario = load_scenario(file)
    demo = load_scenario("vehicles")
    assert (scenario.seed, scenario.lasting) == (9, 2 * HOUR)
    assert (scenario.units, scenario.demand) == (demo.units, demo.demand)
    assert scenario.intake == Spread.model_validate("30s")


def test_a_file_beside_it_comes_before_a_shipped_one(tmp_path: Path) -> None:
    written(tmp_path, "name: my own demo\nlasting: 3d\n", "demo")
    assert load_scenario(written(tmp_path, "extends: demo\n")).lasting == 3 * DAY


def test_scenarios_that_extend_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    written(tmp_path, "name: a\nextends: b.yaml\n", "a.yaml")
    written(tmp_path, "name: b\nextends: a.yaml\n", "b.yaml")
    with pytest.raises(ScenarioError, match="circle"):
        load_scenario(tmp_path / "a.yaml")


def test_an_overlay_lies_over_the_scenario(tmp_path: Path) -> None:
    file = written(tmp_path, "name: mine\nturnout: { engine: 60s, patrol: 50s }\n")
    overlay = written(tmp_path, "turnout: { engine: 75s }\n", "fitted.yaml")
    scenario = load_scenario(file, overlays=[overlay])
    assert {kind: spread.mean for kind, spread in scenario.turnout.items()} == {"engine": 75.0, "patrol": 50.0}
    made = overlaid(made_up({"name": "by a program", "seed": 4}), [made_up({"seed": 5})])
    assert made.data == {"name": "by a program", "seed": 5}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name: x\nlastign: 1d\n", "lastign"),
        ("name: x\nlasting: -5\n", "lasting"),
        ("name: x\nseed: -1\n", "seed"),
        ("name: x\nzone: Mars/Olympus\n", "zone"),
        ("name: x\nepoch: '2026-03-02T00:00:00'\n", "epoch"),
        ("name: x\nintake: { dist: lognormal, mean: 60s }\n", "intake"),
        ("name: x\nintake: { dist: triangular, mean: 60s }\n", "intake"),
        ("name: x\nunits: [{ name: Engine, kind: engine, count: 2 }]\n", "units"),
        ("name: x\ndemand: [{ name: a, per_day: 5, matters: {} }]\n", "matters"),
        ("name: x\ndemand: [{ name: a, per_day: -5, matters: { m: { needs: [] } } }]\n", "per_day"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ScenarioError) as raised:
        load_scenario(file)
    assert raised.value.file == str(file)
    assert key in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"units": "history"}, "needs a history"),
        ({"travel": "none", "history": {"file": "a.csv", "mapping": "m"}}, "no roads"),
        ({"demand": [{"name": "a", "per_day": 1, "matters": {"m": {"needs": []}}}] * 2}, "called 'a'"),
    ],
)
def test_what_contradicts_itself_is_refused(changes: dict[str, object], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Scenario.model_validate({"name": "x", **changes})


def test_a_scenario_nobody_knows_is_told_what_there_is() -> None:
    with pytest.raises(ScenarioError, match="demo"):
        load_scenario("no such scenario")


def test_the_schema_is_one_that_editors_can_read() -> None:
    read = json.loads(schema())
    assert read["additionalProperties"] is False
    assert set(read["properties"]) >= {"name", "units", "demand", "policy"}


def test_a_policy_may_be_a_plain_name() -> None:
    assert PolicySpec.model_validate("nearest") == PolicySpec(use="nearest")


TREES = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)
TREE = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


@given(below=TREE, above=TREE, top=TREE)
def test_laying_one_over_another_keeps_what_is_above(
    below: dict[str, object], above: dict[str, object], top: dict[str, object]
) -> None:
    assert merged(below, {}) == below
    assert merged({}, above) == above
    assert merged(merged(below, above), above) == merged(below, above)
    for key, value in above.items():
        if not isinstance(value, dict):
            assert merged(below, above)[key] == value
    assert set(merged(merged(below, above), top)) == set(below) | set(above) | set(top)


def test_a_distribution_is_replaced_as_a_whole() -> None:
    below = {"intake": {"dist": "lognormal", "mean": "60s", "cv": 1.0}}
    above = {"intake": {"dist": "exponential", "mean": "30s"}}
    assert merged(below, above) == above
