"""From an experiment file to alternatives: designs, settings laid over a scenario, and where errors stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.lab.design import load_experiment, planned, shipped_experiments
from scenarios.load import made_up
from tests.lab.small_experiment import CLERKS, DESK, written
from twin.errors import GridtwinError, ScenarioError

FACTORS = """\
name: Factors
scenario: desk.yaml
factors:
  units.0.count: [3, 4]
  surge: [x1, x1.5]
"""


def test_all_combinations_are_tried_and_compared_with_the_first(tmp_path: Path) -> None:
    plan = load_experiment(written(tmp_path, FACTORS))
    names = [each.name for each in plan.alternatives]
    assert names == [f"units.0.count={n}, surge={x}" for n in (3, 4) for x in ("x1", "x1.5")]
    assert [each.against for each in plan.alternatives] == [None, names[0], names[0], names[0]]
    last = plan.alternatives[-1].scenario
    assert last.units != "history"
    assert (last.units[0].count, last.units[0].skills, last.demand[0].per_day) == (4, ("order",), 540.0)


def test_alternatives_are_compared_with_the_baseline_at_the_same_point(tmp_path: Path) -> None:
    text = CLERKS + "factors:\n  surge: [x1, x2]\nbaseline: four\n"
    plan = load_experiment(written(tmp_path, text))
    assert [(each.name, each.against, each.point) for each in plan.alternatives] == [
        ("three, surge=x1", "four, surge=x1", "surge=x1"),
        ("four, surge=x1", None, "surge=x1"),
        ("three, surge=x2", "four, surge=x2", "surge=x2"),
        ("four, surge=x2", None, "surge=x2"),
    ]


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_a_sampled_design_spreads_over_ranges_and_lists_and_is_the_same_every_time(design: str, tmp_path: Path) -> None:
    text = f"""\
name: Sampled
scenario: desk.yaml
factors:
  demand.0.per_day: {{ low: 100, high: 500 }}
  units.0.count: {{ low: 1, high: 4 }}
  policy: [nearest, random]
design: {design}
n_points: 8
"""
    first, again = (load_experiment(written(tmp_path, text)).alternatives for _ in range(2))
    assert [each.settings for each in first] == [each.settings for each in again]
    rates = sorted(float(str(each.settings["demand.0.per_day"])) for each in first)
    assert all(100 + 50 * n <= rate <= 150 + 50 * n for n, rate in enumerate(rates))  # one in each eighth
    counts = sorted(int(str(each.settings["units.0.count"])) for each in first)
    assert counts == [1, 1, 2, 2, 3, 3, 4, 4]
    assert [each.settings["policy"] for each in first].count("random") == 4


def test_a_factor_of_ones_own_name_holds_overlays(tmp_path: Path) -> None:
    text = """\
name: Crews
scenario: desk.yaml
factors:
  crew:
    small: { units.0.count: 1, on_scene: { "*": 12m } }
    large: { units.0.count: 5 }
"""
    small, large = load_experiment(written(tmp_path, text)).alternatives
    assert (small.name, large.settings) == ("crew=small", {"crew": "large"})
    assert small.scenario.units[0].count == 1
    assert small.scenario.on_scene["*"].mean == 720.0


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "says"),
    [
        ("units.0.count: 4", "units.0.cuont: 4", 6, "units.0.cuont", "unknown key"),
        ("units.0.count: 4", "units.7.count: 4", 6, "units.7.count", "no item 7"),
        ("units.0.count: 4", "units.0.count: x", 6, "units.0.count", "integer"),
        ("units.0.count: 4", "polcy: nearest", 6, "polcy", "unknown key"),
        ("units.0.count: 4", "surge: 2", 6, "alternatives.1.set.surge", "x1.5"),
        ("name: four", "name: three", 6, "alternatives.1.name", "two alternatives"),
        ("desk.yaml", "dask.yaml", 3, "scenario", "no such file"),
        ("p90 response_s <= 900", "p95 response_s <= 900", 8, "targets.0", "no measure 'p95'"),
        ("p90 response_s <= 900", "p90 response_s", 8, "targets.0", "no limit"),
        ("at_least: 6", "at_least: 6, half_width: { late_share: 0.1 }", 7, "replications.at_least", "20"),
        ("at_least: 6", "atleast: 6", 7, "replications.atleast", "unknown key"),
        ("name: Clerks", "name: Clerks\nbaseline: five", 2, "baseline", "no alternative 'five'"),
        ("name: Clerks", "name: Clerks\ndesign: sobol", 1, "factors", "needs factors"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_key(
    old: str, new: str, line: int, key: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError, match=says) as caught:
        load_experiment(written(tmp_path, CLERKS.replace(old, new)))
    error = caught.value
    assert (error.file, error.key) == (str(tmp_path / "experiment.yaml"), key)
    assert error.line == line or key == "factors"


def test_a_mistake_of_the_scenario_is_told_where_the_scenario_stands(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_experiment(written(tmp_path, scenario=DESK.replace("lasting: 2h", "lasting: 4 parsecs")))
    assert (caught.value.file, caught.value.line, caught.value.key) == (
        str(tmp_path / "desk.yaml"),
        3,
        "lasting",
    )


def test_a_factor_must_not_hide_a_column_of_the_results(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="call it something else"):
        load_experiment(written(tmp_path, FACTORS.replace("units.0.count: [3, 4]", "seed: [3, 4]")))


def test_an_experiment_need_not_stand_in_a_file() -> None:
    asked: dict[str, object] = {
        "name": "x",
        "scenario": "demo",
        "alternatives": [{"name": "a"}, {"name": "b", "set": {"policy": "rendom"}}],
    }
    plan = planned(made_up(asked))
    assert [each.scenario.policy.use for each in plan.alternatives] == ["own_grid_first", "rendom"]
    with pytest.raises(GridtwinError, match="nothing to be tried"):
        planned(made_up({"name": "x", "scenario": "demo"}))


@pytest.mark.parametrize("name", shipped_experiments())
def test_a_shipped_experiment_can_be_planned(name: str) -> None:
    assert len(load_experiment(Path(name)).alternatives) > 1
