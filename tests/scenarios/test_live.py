"""A running twin is the same city as a run, however it is driven; what was stopped goes on where it was."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from scenarios.build import Built, build
from scenarios.live import LiveEngine
from scenarios.load import load_scenario
from scenarios.run import run
from twin.domain.commands import AssignUnit, ReportProblem, Why
from twin.domain.facts import CommandGiven, CommandRefused, Fact
from twin.domain.quantities import HOUR, MINUTE, SECOND
from twin.errors import JournalError
from twin.journal.journal import Memory
from twin.journal.sqlite import SqliteStore, read_facts
from twin.world.invariants import check

END = 3 * HOUR


@cache
def built() -> Built:
    return build(load_scenario("vehicles").model_copy(update={"lasting": END}))


@cache
def whole_run() -> tuple[str, tuple[Fact, ...]]:
    store = Memory()
    finished = run(built(), store=store, until=END)
    return finished.digest, tuple(store.facts)


def begun(file: Path) -> LiveEngine:
    return LiveEngine.begin(built(), store=SqliteStore.create(file, {}))


def gone_on_with(file: Path) -> LiveEngine:
    store = SqliteStore.open(file)
    return LiveEngine.resume(built(), read_facts(file), now=store.clock or 0, store=store)


def all_facts(file: Path) -> list[Fact]:
    return [fact for chunk in read_facts(file) for fact in chunk]


@pytest.mark.parametrize("step", [END, 7 * MINUTE + 3 * SECOND, 1_234_567_891])
def test_a_twin_driven_in_any_steps_is_the_run(tmp_path: Path, step: int) -> None:
    engine = begun(tmp_path / "journal.sqlite")
    while engine.now < END:
        engine.advance_to(min(END, engine.now + step))
        engine.commit()
    engine.close()
    assert engine.city.world.journal.digest.hexdigest() == whole_run()[0]
    assert tuple(all_facts(tmp_path / "journal.sqlite")) == whole_run()[1]


def test_a_twin_that_was_stopped_now_and_then_is_the_run(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    engine = begun(file)
    for until in (20 * MINUTE, 21 * MINUTE, 100 * MINUTE, END):
        engine.advance_to(until)
        engine.commit()
        engine.close()
        if until < END:
            before = engine.watch.tally.read(engine.state, engine.now)
            engine = gone_on_with(file)
            assert engine.now == until
            assert engine.watch.tally.read(engine.state, engine.now) == before
            assert check(engine.state, at_rest=True) == []
    assert engine.city.world.journal.digest.hexdigest() == whole_run()[0]


def test_what_was_not_written_down_is_gone_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    engine = begun(file)
    engine.advance_to(100 * MINUTE)
    engine.commit()
    n_facts = engine.n_facts
    engine.advance_to(160 * MINUTE)
    assert engine.n_facts > n_facts
    engine.close()
    engine = gone_on_with(file)
    assert (engine.n_facts, engine.now) == (n_facts, 100 * MINUTE)
    engine.advance_to(END)
    engine.commit()
    engine.close()
    assert tuple(all_facts(file)) == whole_run()[1]


def test_a_command_is_written_down_with_who_gave_it_and_what_came_of_it(tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    engine = begun(file)
    engine.advance_to(30 * MINUTE)
    matter = built().setting.sources[0].matters[0].name
    assert engine.carry_out(ReportProblem(matter, edge=3, offset_mm=10), by="East desk", token="t1").at == 30 * MINUTE
    refused = engine.carry_out(AssignUnit(10**6, 0), by="East desk", token="t2")
    assert isinstance(refused, CommandRefused)
    assert refused.why is Why.NO_SUCH_UNIT
    engine.commit()
    engine.close()
    given = [fact for fact in all_facts(file) if isinstance(fact, CommandGiven)]
    assert [(fact.by, fact.token, fact.at) for fact in given] == [
        ("East desk", "t1", 30 * MINUTE),
        ("East desk", "t2", 30 * MINUTE),
    ]
    engine = gone_on_with(file)
    assert engine.carry_out(ReportProblem(matter, edge=3, offset_mm=10), by="East desk", token="t1") == given[0]
    assert engine.state.n_commands == 2
    engine.advance_to(END)
    engine.commit()
    engine.close()
    again = Memory()
    run(build(built().scenario, journal=all_facts(file)), store=again, until=END)
    assert again.facts == all_facts(file)


def test_two_twins_cannot_keep_one_journal(tmp_path: Path) -> None:
    engine = begun(tmp_path / "journal.sqlite")
    with pytest.raises(JournalError):
        gone_on_with(tmp_path / "journal.sqlite")
    engine.close()
