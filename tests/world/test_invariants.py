"""Each invariant notices when it is broken: a sound state is damaged in one place, and the complaint says where."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.builders import begun, roster, setting, surprises
from twin.domain.case import Waiting
from twin.domain.quantities import HOUR
from twin.domain.unit import EN_ROUTE, ON_SCENE, PARKED, RETURNING
from twin.world.invariants import check
from twin.world.state import State

Damage = Callable[[State], None]


def sound() -> State:
    """A state in which units are at work, under way and waited for."""
    return begun(setting(units=roster(8), seed=3), surprises(), until=HOUR).state


def unit_in(state: State, *wanted: int) -> int:
    return next(number for number, status in enumerate(state.fleet.status.tolist()) if status in wanted)


def a_job_is_lost(state: State) -> None:
    del state.jobs[unit_in(state, EN_ROUTE, ON_SCENE)]


def a_parked_unit_moves(state: State) -> None:
    moving = next(iter(state.movements))
    state.movements[unit_in(state, PARKED, ON_SCENE)] = state.movements[moving]


def a_unit_at_work_never_arrived(state: State) -> None:
    unit = unit_in(state, ON_SCENE)
    state.jobs[unit] = replace(state.jobs[unit], arrived_at=None)


def two_units_have_one_need(state: State) -> None:
    first, second = list(state.jobs)[:2]
    state.jobs[second] = replace(state.jobs[second], case=state.jobs[first].case, need=state.jobs[first].need)


def the_free_column_lies(state: State) -> None:
    state.fleet.free[0] = not state.fleet.free[0]


def the_delay_column_lies(state: State) -> None:
    state.fleet.delay_us[0] += 1


def a_status_is_from_the_future(state: State) -> None:
    state.fleet.since[0] = state.at + 1


def a_case_counts_wrongly(state: State) -> None:
    number = next(iter(state.cases))
    state.cases[number] = replace(state.cases[number], n_waiting=state.cases[number].n_waiting + 1)


def a_case_vanishes_with_units_on_it(state: State) -> None:
    del state.cases[next(iter(state.jobs.values())).case]


def a_line_is_out_of_order(state: State) -> None:
    line = next(iter(state.queue.lines.values()))
    line.append(Waiting(-1, 0, line[0].case, line[0].need))


def an_empty_line_is_kept(state: State) -> None:
    state.queue.lines["diver"] = []


def an_alarm_was_missed(state: State) -> None:
    state.agenda.arm("policy", 0, state.at - 1)


def a_unit_under_way_will_never_arrive(state: State) -> None:
    state.agenda.disarm("arrive", unit_in(state, EN_ROUTE))


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (a_job_is_lost, "has no job"),
        (a_parked_unit_moves, "moves although"),
        (a_unit_at_work_never_arrived, "its job says otherwise"),
        (two_units_have_one_need, "has several units"),
        (the_free_column_lies, "free units"),
        (the_delay_column_lies, "delays"),
        (a_status_is_from_the_future, "in the future"),
        (a_case_counts_wrongly, "counts"),
        (a_case_vanishes_with_units_on_it, "is closed, but"),
        (a_line_is_out_of_order, "out of order"),
        (an_empty_line_is_kept, "empty line"),
        (an_alarm_was_missed, "lies in the past"),
        (a_unit_under_way_will_never_arrive, "alarm 'arrive' says otherwise"),
    ],
)
def test_damage_is_noticed(damage: Damage, complaint: str) -> None:
    state = sound()
    assert check(state, at_rest=True) == []
    damage(state)
    assert any(complaint in line for line in check(state, at_rest=True)), check(state, at_rest=True)


def test_the_sound_state_has_something_of_everything() -> None:
    state = sound()
    assert {EN_ROUTE, ON_SCENE} <= set(state.fleet.status.tolist())
    assert state.queue.lines
    assert set(state.fleet.status.tolist()) & {PARKED, RETURNING, ON_SCENE}
