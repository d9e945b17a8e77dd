"""The agenda against the plainest model of it: a list in which one looks for the least."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from twin.clock.alarms import Agenda, Alarm

KINDS = st.sampled_from(["roll", "arrive", "leave"])
WHO = st.integers(0, 3)
DUE = st.integers(0, 5)
ARM = st.tuples(st.just("arm"), KINDS, WHO, DUE)
DISARM = st.tuples(st.just("disarm"), KINDS, WHO, DUE)
RING = st.tuples(st.just("ring"), KINDS, WHO, DUE)
STEPS = st.lists(ARM | ARM | DISARM | RING, max_size=60)


def first_of(alarms: list[Alarm]) -> Alarm:
    """The first of the earliest; `alarms` are in the order in which they were armed."""
    return min(alarms, key=lambda alarm: alarm[2])


@given(steps=STEPS, saved_after=st.integers(0, 60))
def test_alarms_ring_by_due_and_those_armed_first_ring_first(
    steps: list[tuple[str, str, int, int]], saved_after: int
) -> None:
    agenda, model = Agenda(), list[Alarm]()
    for number, (what, kind, who, due) in enumerate(steps):
        if number == saved_after:
            agenda = Agenda(agenda.pending())
        alarm = (kind, who, due)
        if what == "ring" and model:
            alarm = first_of(model)
            head = agenda.head()
            assert agenda.take(alarm[2]) is None
            entry = agenda.take(alarm[2] + 1)
            assert entry is head
            assert entry is not None
            assert (*entry[2], entry[0]) == alarm
        model = [other for other in model if other[:2] != alarm[:2]]
        if what == "arm":
            agenda.arm(*alarm)
            model.append(alarm)
        else:
            agenda.disarm(*alarm[:2])
        assert agenda.pending() == sorted(model, key=lambda alarm: alarm[2])
        assert len(agenda) == len(model)


def test_arming_again_moves_an_alarm_behind_those_of_the_same_instant() -> None:
    agenda = Agenda([("roll", 1, 10), ("roll", 2, 10)])
    agenda.arm("roll", 1, 10)
    assert agenda.pending() == [("roll", 2, 10), ("roll", 1, 10)]


def test_an_alarm_that_was_moved_is_no_longer_the_one_that_was_armed() -> None:
    agenda = Agenda([("roll", 1, 10)])
    entry = agenda.head()
    assert entry is not None
    assert agenda.is_armed(entry)
    agenda.arm("roll", 1, 10)
    assert not agenda.is_armed(entry)


def test_disarming_what_is_not_armed_does_nothing() -> None:
    agenda = Agenda([("roll", 1, 10)])
    agenda.disarm("roll", 2)
    assert agenda.due("roll", 1) == 10
    assert agenda.due("roll", 2) is None


def test_an_empty_agenda_has_no_head() -> None:
    agenda = Agenda()
    assert agenda.head() is None
    agenda.arm("roll", 1, 3)
    agenda.disarm("roll", 1)
    assert agenda.head() is None
    assert agenda.pending() == []
