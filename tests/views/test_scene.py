"""The scene of a journal agrees with the world at every instant."""

from __future__ import annotations

from city_data.built_in import built_in_city
from tests.console.run_folders import small_facts
from twin.domain.quantities import MINUTE
from twin.domain.unit import UnitStatus
from twin.views.crew import Streets, UnitShown, crew_at
from twin.views.scene import Scene, n_out_at, scene_of
from twin.world.state import State
from twin.world.world import fold_one

CITY = built_in_city()
FACTS = small_facts(CITY)
SCENE = scene_of(FACTS)


def crew(minute: float) -> list[UnitShown]:
    return crew_at(SCENE, int(minute * MINUTE), streets=Streets(CITY.roads))


def statuses(minute: float) -> list[UnitStatus]:
    return [unit.status for unit in crew(minute)]


def test_units_are_shown_as_the_world_holds_them() -> None:
    state = State()
    for fact, following in zip(FACTS, [*FACTS[1:], None], strict=True):
        fold_one(state, fact)
        if following is not None and following.at == fact.at:
            continue
        shown = crew_at(SCENE, fact.at, streets=Streets(CITY.roads))
        assert [unit.status for unit in shown] == state.fleet.status.tolist()
        assert [unit.ahead is not None for unit in shown] == [unit in state.movements for unit in range(3)]


def test_a_unit_turns_out_drives_works_and_stands_by_again() -> None:
    first = [statuses(minute)[0] for minute in (10.9, 11, 12, 16, 40)]
    assert first == [
        UnitStatus.PARKED,
        UnitStatus.TURNOUT,
        UnitStatus.EN_ROUTE,
        UnitStatus.ON_SCENE,
        UnitStatus.PARKED,
    ]


def test_a_unit_under_way_is_between_its_start_and_its_goal() -> None:
    unit = crew(14)[0]
    assert unit.ahead is not None
    assert unit.spot == unit.ahead.start
    assert len(unit.ahead.edges) > 1


def test_only_a_way_drawn_between_two_stamps_is_inferred() -> None:
    assert [unit.inferred for unit in crew(14)] == [False, False, False]
    assert [unit.inferred for unit in crew(40)] == [False, True, False]


def test_a_unit_that_left_is_away() -> None:
    assert statuses(1)[2] is UnitStatus.AWAY


def test_nobody_is_there_before_the_first_fact() -> None:
    assert crew(-1) == []


def test_cases_are_where_they_were_reported() -> None:
    assert sorted(SCENE.cases) == [1, 2, 3]


def test_units_out_are_counted_at_many_instants_at_once() -> None:
    assert n_out_at(SCENE, [0, 11 * MINUTE, 31 * MINUTE, 41 * MINUTE]).tolist() == [0, 1, 2, 1]
    assert n_out_at(Scene(), [0, 1]).tolist() == [0, 0]


def test_the_scene_knows_which_statuses_there_are() -> None:
    assert SCENE.statuses == set(UnitStatus) - {UnitStatus.RETURNING, UnitStatus.PATROLLING, UnitStatus.OFF_DUTY}
    assert SCENE.has_inferred
