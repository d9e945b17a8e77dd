"""What must hold of desks is noticed when it does not: a sound centre is damaged in one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.agents.small_centre import CASE, at, called, centre, desks
from twin.domain.desk import Step, Task
from twin.domain.quantities import MINUTE
from twin.world.desks import ALARM
from twin.world.invariants import check
from twin.world.state import State

Damage = Callable[[State], None]


def sound() -> State:
    """One case is being accepted, two wait."""
    city = centre(steps={Step.ACCEPT: at(0, 10)}, desks=desks(1))
    for number in range(3):
        city.receive(called(number=number))
    city.advance_to(2 * MINUTE)
    return city.state


def somebody_is_idle(state: State) -> None:
    state.desks.n_seats[0] = 2


def a_desk_forgets_what_is_under_way(state: State) -> None:
    state.desks.n_busy[0] = 0
    state.desks.n_seats[0] = 0


def a_line_is_out_of_order(state: State) -> None:
    state.desks.lines[0].reverse()


def what_is_under_way_never_ends(state: State) -> None:
    state.agenda.disarm(ALARM[Step.ACCEPT], CASE)


def a_case_is_gone_from_under_a_desk(state: State) -> None:
    del state.cases[CASE]


def a_case_is_at_two_desks(state: State) -> None:
    state.desks.put(Task(2, MINUTE, CASE, Step.CLOSE, 0))


def a_closed_case_is_open(state: State) -> None:
    state.after[CASE] = replace(state.cases[CASE])


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (somebody_is_idle, "has nothing to do"),
        (a_desk_forgets_what_is_under_way, "do not follow from the tasks"),
        (a_line_is_out_of_order, "out of order"),
        (what_is_under_way_never_ends, "without an alarm"),
        (a_case_is_gone_from_under_a_desk, "which is not there"),
        (a_case_is_at_two_desks, "at 2 desks at once"),
        (a_closed_case_is_open, "open and closed"),
    ],
)
def test_damage_at_desks_is_noticed(damage: Damage, complaint: str) -> None:
    state = sound()
    assert check(state, at_rest=True) == []
    damage(state)
    assert any(complaint in line for line in check(state, at_rest=True)), check(state, at_rest=True)
