"""A run with patrols on the page: everybody is drawn where the engine had them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from streamlit.testing.v1 import AppTest

from app import open_run
from scenarios.build import build
from scenarios.load import load_scenario
from scenarios.record import run_scenario
from scenarios.run_folder import facts_of
from tests.grid_town import SAID
from twin.console.desk import Desk
from twin.domain.facts import FocusSet
from twin.domain.quantities import HOUR
from twin.domain.unit import OFF_DUTY, PATROLLING
from twin.errors import JournalError
from twin.roads.terrain import Terrain
from twin.views.scene import Scene
from twin.world.state import State
from twin.world.whereabouts import spot_of, with_focus
from twin.world.world import fold_one

ROAMING = "tests.policies.roaming:Roaming"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few grids, walked in fixed and in changing order, with shifts, breaks and cases."""
    file = tmp_path_factory.mktemp("patrols") / "grids.yaml"
    file.write_text(json.dumps({**SAID, "patrol_policy": ROAMING}), "utf-8")
    return file


@pytest.fixture(scope="module")
def run(scenario: Path) -> Path:
    out = scenario.parent / "run"
    run_scenario(str(scenario), out=out, seed=3)
    return out


@pytest.fixture(scope="module")
def desk(run: Path) -> Desk:
    return open_run(run)


@pytest.fixture(scope="module")
def terrain(scenario: Path) -> Terrain:
    return build(load_scenario(scenario), seed=3).setting.terrain


def test_everybody_is_drawn_where_the_engine_had_them(run: Path, desk: Desk, terrain: Terrain) -> None:
    state, drawn = State(), 0
    exact = with_focus(terrain, state)
    instants = sorted(Random(1).sample(range(2 * HOUR), 150))
    facts = iter(facts_of(run))
    fact = next(facts, None)
    for at in instants:
        while fact is not None and fact.at <= at:
            fold_one(state, fact)
            fact = next(facts, None)
        for unit in desk.crew_at(at):
            assert unit.status is state.fleet.status_of(unit.unit)
            assert unit.spot == spot_of(state, exact, unit.unit, at=at), (unit.name, at)
            drawn += unit.status is PATROLLING
    assert drawn > 300
    assert desk.scene.statuses >= {PATROLLING, OFF_DUTY}
    assert any(isinstance(fact, FocusSet) for fact in desk.scene.focuses)


def test_the_page_counts_patrols_and_those_off_duty(page: Callable[..., AppTest], run: Path) -> None:
    shown = page(run, lang="zh")
    assert not shown.exception
    shown.select_slider(key="map_at").set_value(HOUR).run()
    assert re.search(r"巡查 \d+，办案 \d+", "\n".join(caption.value for caption in shown.caption))
    legend = "\n".join(element.proto.body for element in shown.get("html"))
    assert all(word in legend for word in ("巡查中", "下班", "网格员", "巡逻车", "近 3 分钟巡查轨迹"))


def test_what_a_patrol_has_walked_leads_to_where_it_is(desk: Desk) -> None:
    for at in range(HOUR // 2, HOUR, HOUR // 12):
        for unit in desk.crew_at(at):
            if unit.behind is not None:
                assert (unit.behind.edges[-1], unit.behind.end_mm) == (unit.spot.edge, unit.spot.offset_mm)


def test_a_run_without_patrols_puts_no_tours_together(run_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.terrain_of_run", lambda *_: pytest.fail("nobody patrols in this run"))
    assert open_run(run_folder).crew_at(0)


def test_a_run_with_patrols_whose_manifest_lacks_the_scenario_is_refused(run: Path, tmp_path: Path) -> None:
    for file in run.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    del manifest["scenario"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(JournalError, match="scenario"):
        open_run(tmp_path)


def test_problems_nobody_has_reported_are_not_part_of_the_scene() -> None:
    assert [name for name in Scene.__dataclass_fields__ if "problem" in name] == []
