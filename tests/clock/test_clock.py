"""The clock rings in order, alone or beside other processes of its SimPy environment, and rests where it is told."""

from __future__ import annotations

from collections.abc import Generator

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from twin.clock.alarms import Agenda, Alarm
from twin.clock.clock import Clock

Heard = list[tuple[int, str, int]]


def clock_with(alarms: list[Alarm], *, again: dict[int, int] | None = None) -> tuple[Clock, Heard]:
    """A clock whose bells write down (now, kind, who) and disarm; those named in `again` are armed once more."""
    agenda, heard = Agenda(alarms), Heard()
    once_more = dict(again or {})

    def bell(kind: str, who: int) -> None:
        heard.append((clock.now, kind, who))
        agenda.disarm(kind, who)
        if who in once_more:
            agenda.arm(kind, who, clock.now + once_more.pop(who))

    clock = Clock(agenda, {kind: lambda who, kind=kind: bell(kind, who) for kind in ("a", "b")})  # type: ignore[misc]
    return clock, heard


ALARMS = st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(0, 5)), st.integers(0, 20), max_size=12)


@given(
    alarms=ALARMS,
    stops=st.lists(st.integers(0, 25), max_size=5),
    again=st.dictionaries(st.integers(0, 5), st.integers(0, 9)),
)
def test_stopping_on_the_way_changes_nothing(
    alarms: dict[tuple[str, int], int], stops: list[int], again: dict[int, int]
) -> None:
    pending = [(kind, who, due) for (kind, who), due in alarms.items()]
    straight, heard_straight = clock_with(pending, again=again)
    straight.advance_to(60)
    halting, heard_halting = clock_with(pending, again=again)
    for stop in [*stops, 60]:
        halting.advance_to(stop)
    stepping, heard_stepping = clock_with(pending, again=again)
    while stepping.step():
        pass

    assert heard_straight == heard_halting == heard_stepping
    assert [at for at, _, _ in heard_straight] == sorted(at for at, _, _ in heard_straight)
    assert straight.n_rung == len(heard_straight)
    assert straight.now == 60


@given(alarms=ALARMS, delays=st.lists(st.integers(1, 9), max_size=6), steps=st.integers(0, 5))
def test_another_process_in_the_same_environment_keeps_its_place(
    alarms: dict[tuple[str, int], int], delays: list[int], steps: int
) -> None:
    pending = [(kind, who, due) for (kind, who), due in alarms.items()]
    clock, heard = clock_with(pending)
    for _ in range(steps):
        clock.step()
    visits: list[tuple[int, int]] = []

    def other() -> Generator[simpy.Event, None, None]:
        for delay in delays:
            yield clock._env.timeout(delay)
            visits.append((int(clock._env.now), len(heard)))

    clock._env.process(other())
    clock.advance_to(80)

    alone, heard_alone = clock_with(pending)
    alone.advance_to(80)
    assert heard == heard_alone
    for at, n_heard in visits:
        n_before = sum(due < at for due, _, _ in heard)
        n_by_then = sum(due <= at for due, _, _ in heard)
        assert n_before <= max(n_heard, steps)
        assert n_heard <= max(n_by_then, steps)


def test_what_is_due_at_the_end_is_left_for_after_it() -> None:
    clock, heard = clock_with([("a", 1, 10), ("b", 1, 5)])
    clock.advance_to(10)
    assert heard == [(5, "b", 1)]
    assert clock.now == 10
    clock.advance_to(11)
    assert heard[1:] == [(10, "a", 1)]


def test_the_clock_never_goes_back() -> None:
    clock, _ = clock_with([])
    clock.advance_to(10)
    clock.advance_to(5)
    assert clock.now == 10


def test_a_step_rings_one_alarm_of_a_tie() -> None:
    clock, heard = clock_with([("a", 1, 10), ("b", 1, 10)])
    assert clock.step()
    assert heard == [(10, "a", 1)]
    assert clock.step()
    assert not clock.step()


def test_a_clock_may_begin_late() -> None:
    agenda = Agenda([("a", 1, 70)])
    rung: list[int] = []

    def bell(who: int) -> None:
        rung.append(clock.now)
        agenda.disarm("a", who)

    clock = Clock(agenda, {"a": bell}, now=50)
    clock.advance_to(100)
    assert rung == [70]


def test_a_bell_that_answers_with_no_fact_is_a_bug_that_crashes() -> None:
    clock = Clock(Agenda([("a", 1, 10)]), {"a": lambda _: None})
    with pytest.raises(RuntimeError, match="'a' of 1 rang at 10 and no fact answered it"):
        clock.advance_to(20)
