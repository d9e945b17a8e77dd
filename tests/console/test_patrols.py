"""A run with patrols, looked at again: everybody is drawn where the engine had them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from scenarios.build import build
from scenarios.load import load_scenario
from scenarios.opening import open_run
from scenarios.record import run_scenario
from scenarios.room import Room
from scenarios.run_folder import facts_of
from tests.grid_town import SAID
from twin.console.desk import Drive, Gear
from twin.domain.facts import FocusSet
from twin.domain.quantities import HOUR
from twin.domain.seat import LOCAL_ADMIN
from twin.domain.unit import OFF_DUTY, PATROLLING
from twin.roads.terrain import Terrain
from twin.views.crew import trail_of
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
def room(run: Path) -> Iterator[Room]:
    room = open_run(run)
    yield room
    room.close()


@pytest.fixture(scope="module")
def terrain(scenario: Path) -> Terrain:
    return build(load_scenario(scenario), seed=3).setting.terrain


def test_everybody_is_drawn_where_the_engine_had_them(run: Path, room: Room, terrain: Terrain) -> None:
    state, drawn, statuses = State(), 0, set()
    exact = with_focus(terrain, state)
    facts = iter(facts_of(run))
    fact = next(facts, None)
    for at in sorted(Random(1).sample(range(2 * HOUR), 150)):
        while fact is not None and fact.at <= at:
            fold_one(state, fact)
            fact = next(facts, None)
        room.drive(Drive(Gear.SEEK, at=at), seat=LOCAL_ADMIN)
        for unit in room.moment.units:
            assert unit.status is state.fleet.status_of(unit.unit)
            assert unit.spot == spot_of(state, exact, unit.unit, at=at), (unit.name, at)
            drawn += unit.status is PATROLLING
            statuses.add(unit.status)
    assert drawn > 300
    assert statuses >= {PATROLLING, OFF_DUTY}
    assert any(isinstance(fact, FocusSet) for fact in facts_of(run))


def test_what_a_patrol_has_walked_leads_to_where_it_is(room: Room) -> None:
    assert room.streets is not None
    n_walked = 0
    for at in range(HOUR // 2, HOUR, HOUR // 12):
        room.drive(Drive(Gear.SEEK, at=at), seat=LOCAL_ADMIN)
        for unit in room.moment.units:
            behind, _ = trail_of(unit, at, room.streets)
            if unit.status is PATROLLING and behind is not None:
                assert (behind.edges[-1], behind.end_mm) == (unit.spot.edge, unit.spot.offset_mm)
                n_walked += 1
    assert n_walked > 20


def test_a_run_whose_manifest_lacks_the_scenario_is_shown_without_its_patrols_tours(run: Path, tmp_path: Path) -> None:
    for file in run.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    del manifest["scenario"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    room = open_run(tmp_path)
    assert room.reach(room.moment.units[0].spot) == ()
    room.close()
