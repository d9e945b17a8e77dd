"""What a scenario says of grids, hours and problems reaches the engine; what makes no sense is refused by its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from city_data.built_in import built_in_city
from city_data.yaml_file import YamlDocument
from scenarios.build import build_habits
from scenarios.fleet import build_rosters, build_units, grids_of
from scenarios.load import check
from scenarios.problems import build_problems
from scenarios.spec import Scenario
from scenarios.spec_problems import Problems
from scenarios.spec_roster import RosterSpec
from twin.domain.mode import WALK
from twin.domain.roster import Turn
from twin.errors import ScenarioError

CITY = built_in_city()
WORKER: dict[str, Any] = {"name": "G{n}", "kind": "grid_worker", "mode": "walk", "beat": "base", "patrol": {"mps": 1.0}}
HOURS = {"from": "08:00", "to": "18:00", "weekdays": [0, 1], "break": {"at": "12:00", "lasting": "30m", "parties": 2}}


def scenario(**said: object) -> Scenario:
    return Scenario.model_validate({"name": "s", **said})


def problems(**said: object) -> Problems:
    matters = {"rubbish": {"needs": ["order"], "lasts": "2h"}}
    return Problems.model_validate({"name": "p", "per_day": 240, "matters": matters, **said})


def test_one_unit_a_grid_where_no_number_is_given() -> None:
    asked = scenario(units=[WORKER])
    force = build_units(asked, CITY, build_habits(asked))
    beats = grids_of(CITY, "base", key="")
    assert [unit.beat for unit in force.units] == list(beats)
    assert {(unit.mode, unit.patrols) for unit in force.units} == {(WALK, True)}
    cells = CITY.layers.cells
    assert cells is not None
    (base,) = (overlay for overlay in CITY.layers.overlays if overlay.name == "base")
    homes = cells.at_spots([unit.home.edge for unit in force.units], [unit.home.offset_mm for unit in force.units])
    assert (base.of_cell[homes] + beats.start == list(beats)).all()


def test_more_units_than_grids_share_them_in_turn_and_parties_share_a_roster() -> None:
    asked = scenario(units=[{**WORKER, "count": 200, "roster": "day", "attends": 0.5}], rosters={"day": HOURS})
    force = build_units(asked, CITY, build_habits(asked))
    assert (force.units[197].beat, force.units[198].beat) == (force.units[0].beat, force.units[1].beat)
    assert [unit.roster for unit in force.units[:4]] == [0, 1, 0, 1]
    assert len(force.attends) == 200


def test_a_party_rests_while_the_other_works() -> None:
    rosters, parties = build_rosters(scenario(rosters={"day": HOURS}))
    assert parties == {"day": range(2)}
    assert rosters[0].turns[:2] == (Turn(480, 720), Turn(750, 1080))
    assert rosters[1].turns[:2] == (Turn(480, 750), Turn(780, 1080))
    assert [len(roster.turns) for roster in rosters] == [4, 4]


def test_a_night_ends_on_the_next_day() -> None:
    (night,) = RosterSpec.model_validate({"from": "20:00", "to": "08:00", "weekdays": [6]}).rosters("night")
    assert night.turns == (Turn(6 * 1440 + 1200, 6 * 1440 + 1920),)


def test_problems_arise_by_cell_and_keep_the_names_of_areas() -> None:
    built = build_problems(problems(), CITY, key="problems.0")
    cells = CITY.layers.cells
    assert cells is not None
    assert built.are_problems
    assert len(built.areas) == cells.n
    assert set(built.areas) <= set(CITY.areas)
    assert built.rates_per_h.sum() == pytest.approx(10.0)
    assert built.rates_per_h[:, 0] / 10 == pytest.approx(cells.street_mm / cells.street_mm.sum())


def test_problems_follow_the_people_by_the_hour() -> None:
    built = build_problems(problems(where="residents"), CITY, key="problems.0")
    residents = CITY.layers.residents
    assert residents is not None
    by_hour = [built.rates_at(hour) for hour in range(24)]
    assert np.mean([rates.sum() for rates in by_hour]) == pytest.approx(10.0)
    for hour in (3, 12):
        assert by_hour[hour] / by_hour[hour].sum() == pytest.approx(residents[:, hour] / residents[:, hour].sum())


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"units": [{**WORKER, "beat": "moon"}]}, "units.0.beat"),
        ({"units": [WORKER], "problems": [{"name": "p", "per_day": 1, "matters": {}}]}, "problems.0.matters"),
        ({"units": [{**WORKER, "roster": "night"}]}, "units.0.roster"),
        ({"units": [{**WORKER, "beat": None}]}, "units.0.patrol"),
        ({"units": [{**WORKER, "attends": 0.5}]}, "units.0.attends"),
        ({"units": [{**WORKER, "name": "G"}]}, "units.0.name"),
        ({"rosters": {"day": {**HOURS, "from": "8 am"}}}, "rosters.day.from"),
        ({"rosters": {"day": {**HOURS, "break": {"at": "17:50", "lasting": "30m"}}}}, "rosters.day.break"),
        ({"travel": "none", "city": "none", "units": [{"name": "a{n}", "kind": "k", "beat": "base"}]}, "units.0.beat"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_refused_by_its_key(said: dict[str, object], key: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read({"name": "s", **said})
    assert raised.value.key == key


def read(said: dict[str, object]) -> None:
    asked = check(YamlDocument(Path("day.yaml"), said, {}))
    build_units(asked, CITY, build_habits(asked))


def test_residents_must_be_known() -> None:
    with pytest.raises(ScenarioError, match="residents") as raised:
        build_problems(problems(where="residents"), None, key="problems.0")
    assert raised.value.key == "problems.0.where"


def test_residents_and_areas_cannot_both_say_where() -> None:
    with pytest.raises(ValidationError, match="not both"):
        problems(where="residents", areas={CITY.areas[0]: 1})
