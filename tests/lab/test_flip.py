"""What would flip an answer: the numbers a scenario assumes, and break-evens that queueing theory knows."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.optimize import brentq

from city_data.yaml_file import YamlDocument
from scenarios.lab import flip
from scenarios.lab.assumptions import assumptions_of, multiplied
from scenarios.lab.flip import FLIP, Contest, flips, searched, values_over
from scenarios.lab.outcome import Lens
from scenarios.load import Tree, check, library, load_scenario
from tests.lab.small_experiment import DESK
from twin.domain.quantities import MINUTE
from twin.errors import GridtwinError
from twin.metrics.break_even import Assumed, gap_of
from twin.metrics.paired import difference
from twin.metrics.queueing import erlang_c

PER_DAY = 72
LENS = Lens(15 * MINUTE)
SEEDS = (1, 2, 3)


def desk(*, count: int, mean: str) -> Tree:
    """A desk as manifests keep it: half a day of one kind of case."""
    told = yaml.safe_load(DESK)
    told |= {"lasting": "12h", "limits": {}, "on_scene": {"*": {"dist": "exponential", "mean": mean}}}
    told["units"][0]["count"] = count
    told["demand"][0] |= {"per_day": PER_DAY, "matters": {"plain": {"needs": ["order"]}}}
    return tree_of(told)


def tree_of(told: Tree) -> Tree:
    scenario = check(YamlDocument(Path("desk.yaml"), told, {}))
    found: Tree = json.loads(scenario.model_dump_json(by_alias=True, exclude_none=True))
    return found


def contest(best: Tree, other: Tree) -> Contest:
    """Both on the same seeds, by the mean time to close."""
    of_each = [values_over(flip.Sweep(flip.task_of(tree), SEEDS, LENS, "mean case_s")) for tree in (best, other)]
    return Contest("fast", "many", (best, other), "mean case_s", (of_each[0], of_each[1]), SEEDS, LENS, None)


@pytest.fixture(scope="module")
def fast_or_many() -> Contest:
    return contest(desk(count=1, mean="5m"), desk(count=3, mean="10m"))


def test_one_fast_clerk_beats_three_slow_ones_until_demand_is_what_erlang_says(
    fast_or_many: Contest, tmp_path: Path
) -> None:
    def gap_min(per_hour: float) -> float:
        """Time in system of M/M/1 with 12 an hour less that of M/M/3 with 6 an hour each, minutes."""
        waiting = erlang_c(3, per_hour / 6) * 60 / (18 - per_hour)
        return 60 / (12 - per_hour) - (10 + waiting)

    expected = brentq(gap_min, 1, 11) * 24 / PER_DAY
    now = gap_of(difference(*map(np.array, fast_or_many.values)), more_is_better=False)
    assert now is not None
    (told,) = searched(fast_or_many, [Assumed("demand", low=0.5, high=3.0)], now, n_processes=1)
    assert told.found.factor == pytest.approx(expected, rel=0.25)
    assert told.found.factor is not None
    assert told.found.sure_until is not None
    assert told.found.sure_until < told.found.factor


def test_what_was_found_is_kept_and_found_again(
    fast_or_many: Contest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    def none(_: Contest, assumed: object, *__: object, **___: object) -> list[object]:
        looked.append(assumed)
        return []

    monkeypatch.setattr(flip, "searched", none)
    first = flips(tmp_path, fast_or_many)
    assert flips(tmp_path, fast_or_many) == first
    assert len(looked) == 1
    (tmp_path / FLIP).write_text("{")
    assert flips(tmp_path, fast_or_many) == first
    assert len(looked) == 2


def test_runs_that_cannot_be_made_again_are_one_error(fast_or_many: Contest) -> None:
    gone = deepcopy(fast_or_many.scenarios[0]) | {"travel": {}, "city": "/nowhere/at/all"}
    broken = Contest("fast", "many", (gone, gone), "mean case_s", ([1.0, 2.0], [3.0, 5.0]), (1, 2), LENS, None)
    now = gap_of(difference(*map(np.array, broken.values)), more_is_better=False)
    assert now is not None
    with pytest.raises(GridtwinError, match=r"cannot be made again with other assumptions: .*nowhere"):
        searched(broken, [Assumed("demand")], now, n_processes=1)


def test_what_a_scenario_assumes_is_known_with_its_value_and_its_range() -> None:
    tree = json.loads(load_scenario("demo").model_dump_json(by_alias=True, exclude_none=True))
    told = {each.name: each for each in assumptions_of(tree, commonest="rubbish")}
    assert set(told) == {
        *("demand", "on_scene", "on_scene_of", "speed", "noise", "intake", "processing", "turnout"),
        *("attends", "spells", "told_share", "told_after"),
    }
    assert told["intake"].now == 90.0
    assert told["attends"].high == pytest.approx(1.0)
    assert told["on_scene_of"].of == "rubbish"
    assert told["noise"].low == 0.25


def test_one_assumption_is_multiplied_and_nothing_else() -> None:
    tree = tree_of(yaml.safe_load(DESK))
    before = deepcopy(tree)
    longer = multiplied(tree, Assumed("on_scene_of", "plain"), 2.0)
    assert tree == before
    assert longer["on_scene"] == {
        "*": {"dist": "exponential", "mean": 600.0},
        "plain": {"dist": "exponential", "mean": 1200.0},
    }
    more = multiplied(tree, Assumed("demand"), 1.5)
    assert more["demand"][0]["per_day"] == 540  # type: ignore[index]
    assert {**more, "demand": None} == {**before, "demand": None}


def test_what_goes_by_the_kind_of_unit_is_still_told_apart() -> None:
    spread = {"dist": "exponential", "mean": 60.0}
    tree: Tree = {"on_scene": {"*": spread, "*/van": {**spread, "mean": 120.0}, "other": spread}}
    assert multiplied(tree, Assumed("on_scene_of", "plain"), 2.0)["on_scene"] == {
        **tree["on_scene"],  # type: ignore[dict-item]
        "plain": {**spread, "mean": 120.0},
        "plain/van": {**spread, "mean": 240.0},
    }


@pytest.mark.parametrize("name", sorted(library()))
def test_every_shipped_scenario_can_be_had_with_any_of_its_assumptions_at_its_ends(name: str) -> None:
    tree = json.loads(load_scenario(name).model_dump_json(by_alias=True, exclude_none=True))
    told = assumptions_of(tree, commonest="rubbish")
    assert len(told) > 5
    for each in told:
        for factor in (each.low, each.high):
            check(YamlDocument(Path(name), multiplied(tree, each, factor), {}))
