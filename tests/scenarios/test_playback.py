"""A run that is over can be looked at at any instant, forwards and back, and is always what it was."""

from __future__ import annotations

from functools import cache

import pytest

from scenarios.build import build, build_limits
from scenarios.load import load_scenario
from scenarios.playback import EVERY, Playback
from scenarios.run import run
from twin.domain.facts import CaseClosed, Fact
from twin.domain.quantities import HOUR, MINUTE
from twin.journal.journal import Memory
from twin.world.state import State
from twin.world.world import fold

END = 14 * HOUR
INSTANTS = (9 * HOUR, 3 * HOUR, 13 * HOUR + 59 * MINUTE, 0, 8 * HOUR + 1, END, 10 * MINUTE)


@cache
def facts() -> tuple[Fact, ...]:
    store = Memory()
    run(build(load_scenario("demo").model_copy(update={"lasting": END})), store=store)
    return tuple(store.facts)


@cache
def playback() -> Playback:
    return Playback(facts(), limits=build_limits(load_scenario("demo")), until=END, policy="own_grid_first")


def folded(at: int) -> State:
    return fold(fact for fact in facts() if fact.at <= at)


def test_the_journal_is_long_enough_for_several_kept_states() -> None:
    assert len(facts()) > 2 * EVERY


@pytest.mark.parametrize("at", INSTANTS)
def test_any_instant_in_any_order_is_what_the_journal_folds_to(at: int) -> None:
    played = playback()
    played.seek(at)
    assert played.now == at
    assert played.state.dump() == folded(at).dump()


def test_going_on_is_the_same_as_going_there() -> None:
    played = playback()
    played.seek(HOUR)
    for at in range(HOUR, 9 * HOUR, 17 * MINUTE):
        played.advance_to(at)
    at = played.now
    gone = played.state.dump(), played.watch.tally.read(played.state, at)
    played.seek(END)
    played.seek(at)
    assert (played.state.dump(), played.watch.tally.read(played.state, at)) == gone


def test_it_opens_where_most_units_are_on_a_case() -> None:
    played = playback()
    n_busy = []
    for at in range(0, END, 30 * MINUTE):
        played.seek(at)
        n_busy.append(len(played.state.jobs))
    played.seek(played.busiest_at)
    assert len(played.state.jobs) >= max(n_busy)


def test_files_of_cases_reach_as_far_as_the_instant() -> None:
    played = playback()
    case = next(fact.case for fact in facts() if isinstance(fact, CaseClosed) and fact.at > 9 * HOUR)
    whole = played.watch.casebook.of_case(case)
    part = played.watch.casebook.of_case(case, until=whole[0].at)
    assert 0 < len(part) < len(whole)
