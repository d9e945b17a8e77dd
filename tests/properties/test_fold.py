"""Folding a journal gives the whole snapshot: state, alarms in order, counters and memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from tests.builders import END, begun, bytes_of, facts_of, live, step_into
from tests.properties.continuing import town_of
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY, Stage
from twin.domain.quantities import MINUTE
from twin.domain.unit import BACK_TO_QUEUE
from twin.journal.parquet import ParquetStore, read_journal
from twin.world.invariants import check
from twin.world.state import Saved, State
from twin.world.world import fold, fold_one

TOWNS = ("roads", "ties", "grids", "posts")
WITH_CENTRE = (*TOWNS, "centre")


@given(
    town=st.sampled_from(WITH_CENTRE),
    seed=st.integers(1, 3),
    cut=st.integers(1, END),
    n_alarms=st.integers(0, 5),
    lucks=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 40)), max_size=3),
)
@settings(max_examples=25)
def test_folding_the_journal_gives_the_whole_snapshot(
    town: str, seed: int, cut: int, n_alarms: int, lucks: list[tuple[int, int]]
) -> None:
    setting, inputs = town_of(town, seed)
    city = begun(setting, inputs, until=cut)
    step_into(city, inputs, n_alarms=n_alarms)
    for luck, minutes in lucks:
        city.change_luck(luck)
        city.advance_to(city.now + minutes * MINUTE)

    folded = fold(facts_of(city))
    assert bytes_of(folded) == bytes_of(city.state)
    assert folded.agenda.pending() == city.state.agenda.pending()


@pytest.mark.parametrize("town", WITH_CENTRE)
def test_a_journal_read_back_from_its_file_folds_to_the_same_state(town: str, tmp_path: Path) -> None:
    setting, inputs = town_of(town, 1)
    file = tmp_path / "journal.parquet"
    with ParquetStore(file) as store:
        city = live(CityModel.begin(setting, store=store), inputs, until=70 * MINUTE)
        city.change_luck(5)
        city.advance_to(END)
        city.world.journal.flush()
    chunks = list(read_journal(file))
    assert bytes_of(fold(fact for chunk in chunks for fact in chunk)) == bytes_of(city.state)


def test_a_journal_may_be_folded_in_parts() -> None:
    city = begun(*town_of("roads", 2))
    facts = facts_of(city)
    half = len(facts) // 2
    saved = msgspec.msgpack.decode(bytes_of(fold(facts[:half])), type=Saved)
    assert bytes_of(fold(facts[half:], state=State.load(saved))) == bytes_of(city.state)


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_must_always_hold_holds_after_every_fact(town: str, seed: int) -> None:
    setting, inputs = town_of(town, seed)
    city = begun(setting, inputs, until=80 * MINUTE)
    city.change_luck(2)
    city.advance_to(END)
    state, before = State(), 0
    for number, fact in enumerate(facts_of(city)):
        assert fact.at >= before, f"fact {number} lies before the one before it"
        before = fact.at
        assert fold_one(state, fact) is None, f"fact {number} is an anomaly"
        assert check(state) == [], f"after fact {number}, {fact}"
    assert check(city.state, at_rest=True) == []


@pytest.mark.parametrize("town", TOWNS)
def test_counts_of_the_journal_agree_with_the_state_it_leads_to(town: str) -> None:
    city = begun(*town_of(town, 3))
    facts = facts_of(city)
    n = Counter(type(fact) for fact in facts)
    state = city.state

    assert n[f.CaseReported] - n[f.CaseClosed] == len(state.cases)
    assert n[f.UnitAssigned] - n[f.UnitFreed] == len(state.jobs)
    assert n[f.UnitLeft] - n[f.UnitBack] == sum(kind == "back" for kind, _, _ in state.agenda.pending())
    assert _recounted(facts) == {(need.case, need.need) for line in state.queue.lines.values() for need in line}


def _recounted(facts: list[f.Fact]) -> set[tuple[int, int]]:
    """Needs that wait, by the journal alone."""
    reports: dict[int, f.CaseReported] = {}
    waiting: set[tuple[int, int]] = set()
    for fact in facts:
        match fact:
            case f.CaseReported():
                reports[fact.case] = fact
            case f.CaseQueued():
                waiting |= {(fact.case, need) for need in _of_stage(reports[fact.case], fact.stage)}
            case f.UnitAssigned() | f.NeedGivenUp():
                waiting.remove((fact.case, fact.need))
            case f.UnitFreed() if fact.cause in BACK_TO_QUEUE:
                waiting.add((fact.case, fact.need))
            case f.CaseClosed():
                assert not [need for need in waiting if need[0] == fact.case]
    return waiting


def _of_stage(report: f.CaseReported, stage: Stage) -> range:
    first, last = report.n_verify, len(report.needs) - report.n_check
    return {VERIFY: range(first), HANDLE: range(first, last), CHECK: range(last, len(report.needs))}[stage]


def test_nobody_is_given_a_job_while_away_or_busy() -> None:
    facts = facts_of(begun(*town_of("roads", 1)))
    busy: dict[int, str] = {}
    for fact in facts:
        match fact:
            case f.UnitAssigned():
                assert fact.unit not in busy
                busy[fact.unit] = "on a job"
            case f.UnitLeft():
                assert fact.unit not in busy
                busy[fact.unit] = "away"
            case f.UnitFreed() | f.UnitBack():
                del busy[fact.unit]
