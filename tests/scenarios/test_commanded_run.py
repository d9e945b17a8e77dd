"""A run that people took part in is kept, verified and figured like any other: their commands are its inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.city import CityModel
from scenarios.build import Built, build
from scenarios.record import manifest
from scenarios.run import play, run, still_to_come
from scenarios.run_folder import facts_of, finish, prepare, written_whole
from scenarios.spec import Scenario
from scenarios.verify import verify_run
from tests.builders import digest_of
from tests.grid_town import SAID
from twin.domain import facts as f
from twin.domain.commands import (
    AssignUnit,
    ChangePolicy,
    CloseRoad,
    Command,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    encode,
)
from twin.domain.quantities import MINUTE
from twin.errors import JournalError
from twin.journal.journal import Memory
from twin.journal.parquet import ParquetStore
from twin.metrics.ground import Ground

COMMANDS: tuple[tuple[int, Command], ...] = (
    (25, ChangePolicy("own_grid_first", {"within_s": 300})),
    (25, ReportProblem("rubbish", 40, 0, "the corner")),
    (25, ReportProblem("rubbish", 40, 100, "the corner")),
    (31, ReportProblem("dispute", 12, 0, "elsewhere")),
    (35, CloseRoad(tuple(range(0, 200, 7)))),
    (35, StandDown(13, 1_200.0)),
    (40, AssignUnit(99, 99)),
    (41, RecallUnit(14)),
    (55, ReopenRoad(tuple(range(0, 200, 7)))),
    (55, ChangePolicy("no_such", {})),
    (60, StandDown(2, 600.0)),
)
UNTIL = 100 * MINUTE
CLOSING = {"at": "25m", "close": {"lon": 113.3915, "lat": 23.1205}, "lasting": "20m"}


@pytest.fixture(scope="module")
def built() -> Built:
    return build(Scenario.model_validate(SAID | {"injects": [CLOSING], "lasting": UNTIL / 1e6}))


@pytest.fixture(scope="module")
def folder(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a room would leave behind."""
    out = tmp_path_factory.mktemp("rooms") / "run"
    with written_whole(out) as stage:
        with prepare(stage) as store:
            city = CityModel.begin(built.setting, store=store)
            attended(city, built)
            city.world.journal.flush()
        digest = city.world.journal.digest
        told = manifest(
            built, policy="nearest", until=UNTIL, digest=digest.hexdigest(), n_facts=digest.n_facts, cpu_s=None
        )
        ground = Ground(built.setting.terrain, built.setting.civil)
        finish(stage, until=UNTIL, limits_s=built.scenario.response_limits, told=told, ground=ground)
    return out


def attended(city: CityModel, built: Built, *, until: int = UNTIL) -> None:
    """Let a city go on with somebody giving the commands that are still to come."""
    for number, (minute, command) in list(enumerate(COMMANDS))[city.state.n_commands :]:
        if minute * MINUTE >= until:
            break
        play(city, built, until=minute * MINUTE)
        city.receive(f.CommandGiven(city.now, "trainer", f"{number}", encode(command), origin=f.INPUT))
    play(city, built, until=until)


def test_it_is_verified_by_giving_its_commands_again(folder: Path) -> None:
    facts = list(facts_of(folder))
    assert verify_run(folder)["facts compared"] == len(facts)
    done = {type(fact) for fact in facts if fact.origin is f.MODEL}
    assert done >= {f.PolicyChanged, f.CommandRefused, f.RoadReopened, f.UnitAway, f.CaseReported}


def test_commands_are_no_part_of_what_was_asked_for(built: Built, folder: Path) -> None:
    again = build(built.scenario, journal=list(facts_of(folder)))
    assert again.setting.spec == built.setting.spec
    assert [fact for fact in again.inputs if not isinstance(fact, f.CommandGiven)] == list(built.inputs)
    assert sum(isinstance(fact, f.CommandGiven) for fact in again.inputs) == len(COMMANDS)


def test_a_run_without_one_of_its_commands_is_another(built: Built, folder: Path) -> None:
    facts = list(facts_of(folder))
    first = next(fact for fact in facts if isinstance(fact, f.CommandGiven))
    with ParquetStore(folder.parent / "without.parquet") as store:
        again = build(built.scenario, journal=[fact for fact in facts if fact != first])
        finished = run(again, store=store, until=UNTIL)
    assert finished.digest != verify_run(folder)["digest"]


def test_a_changed_command_is_found(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    facts = list(facts_of(folder))
    where = next(n for n, fact in enumerate(facts) if isinstance(fact, f.CommandGiven))
    given = facts[where]
    facts[where] = f.CommandGiven(given.at, "trainer", "0", encode(ChangePolicy("random")), origin=f.INPUT)
    with ParquetStore(tmp_path / "journal.parquet") as store:
        store.write(facts, first=0, remarks={})
    with pytest.raises(JournalError, match="differs"):
        verify_run(tmp_path)


@pytest.mark.parametrize("minutes", [30, 50])
def test_a_twin_goes_on_with_what_is_still_to_come_whoever_hands_it_over(
    built: Built, folder: Path, minutes: int
) -> None:
    facts = list(facts_of(folder))
    half = CityModel.begin(built.setting)
    attended(half, built, until=minutes * MINUTE)
    live, replayed = half.fork("same"), half.fork("same")
    attended(live, built)
    play(replayed, build(built.scenario, journal=facts), until=UNTIL)
    assert digest_of(live) == digest_of(replayed) == verify_run(folder)["digest"]


def test_what_is_still_to_come_is_counted_apart_from_commands(built: Built) -> None:
    city = CityModel.begin(built.setting, store=Memory())
    attended(city, built, until=26 * MINUTE)
    assert (city.state.n_inputs, city.state.n_commands) == (4, 3)
    assert [fact.at for fact in still_to_come(built.inputs, city.state)] == [45 * MINUTE]
