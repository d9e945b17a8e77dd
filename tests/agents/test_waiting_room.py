"""A scenario may limit how many needs wait for a unit: what finds the waiting room full is lost, counted and closed."""

from __future__ import annotations

import pytest

from scenarios.build import build
from scenarios.run import Finished, run
from scenarios.spec import Scenario
from twin.domain import facts as f
from twin.domain.case import NeedLost
from twin.journal.journal import Memory
from twin.world.world import fold


def busy_hour(waiting_room: int | str, *, needs: tuple[str, ...] = ("crew",)) -> tuple[Finished, list[f.Fact]]:
    """One hour in which two units meet twelve times the cases they could serve."""
    scenario = Scenario.model_validate(
        {
            "name": "busy hour",
            "city": "none",
            "travel": "none",
            "lasting": "1h",
            "waiting_room": waiting_room,
            "units": [{"name": "Unit {n}", "kind": "crew", "count": 2}],
            "on_scene": {"*": "5m"},
            "demand": [{"name": "calls", "per_day": 6912, "matters": {"call": {"needs": needs}}}],
        }
    )
    store = Memory()
    finished = run(build(scenario), store=store)
    return finished, store.facts


def lost(facts: list[f.Fact]) -> list[f.NeedGivenUp]:
    return [fact for fact in facts if isinstance(fact, f.NeedGivenUp)]


def longest_line(facts: list[f.Fact]) -> int:
    """The longest line that lasted."""
    longest = now = at = 0
    for fact in facts:
        if fact.at > at:
            longest, at = max(longest, now), fact.at
        if isinstance(fact, f.CaseQueued):
            now += 1
        elif isinstance(fact, f.UnitAssigned | f.NeedGivenUp):
            now -= 1
    return longest


@pytest.mark.parametrize("room", [0, 1, 7])
def test_no_more_needs_wait_than_there_is_room_for(room: int) -> None:
    _, facts = busy_hour(room)
    assert longest_line(facts) == room


def test_a_case_that_finds_no_room_is_lost_at_once_and_closed() -> None:
    finished, facts = busy_hour(0)
    closed = {fact.case: fact.at for fact in facts if isinstance(fact, f.CaseClosed)}
    assert lost(facts)
    assert {fact.why for fact in lost(facts)} == {NeedLost.NO_ROOM}
    assert all(closed[fact.case] == fact.at for fact in lost(facts))
    assert set(finished.city.state.cases) == {job.case for job in finished.city.state.jobs.values()}


def test_nobody_is_lost_while_a_unit_is_free() -> None:
    _, facts = busy_hour(0)
    busy = 0
    for fact in facts:
        busy += isinstance(fact, f.UnitAssigned) - isinstance(fact, f.UnitFreed)
        assert not (isinstance(fact, f.NeedGivenUp) and busy < 2)


def test_a_case_that_gets_one_of_two_units_keeps_it_and_closes_when_that_is_done() -> None:
    _, facts = busy_hour(0, needs=("crew", "crew", "crew"))
    first = next(fact.case for fact in facts if isinstance(fact, f.CaseReported))
    told = [type(fact) for fact in facts if getattr(fact, "case", None) == first]
    assert told.count(f.UnitAssigned) == 2
    assert told.count(f.NeedGivenUp) == 1
    assert told[-1] is f.CaseClosed


def test_without_a_limit_nobody_is_lost() -> None:
    _, facts = busy_hour("unlimited")
    assert lost(facts) == []


def test_the_journal_of_a_full_waiting_room_folds_to_the_state() -> None:
    finished, facts = busy_hour(3)
    assert fold(facts).dump() == finished.city.state.dump()
