"""The digest says what happened: the same for any rhythm of flushing, another when one fact is another."""

from __future__ import annotations

from functools import cache

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from tests.builders import END, begun, bytes_of, digest_of, facts_of, live
from tests.properties.continuing import town_of
from twin.domain.facts import Fact
from twin.journal.digest import BLOCK, Digest, canonical
from twin.journal.journal import Journal, Memory, Nowhere
from twin.world.state import State
from twin.world.world import World, fold


@cache
def journal() -> tuple[Fact, ...]:
    """A little more than two blocks of facts."""
    facts: list[Fact] = []
    for seed in range(1, 5):
        facts += facts_of(begun(*town_of("ties", seed)))
    return tuple(facts[: 2 * BLOCK + 137])


def digest(facts: tuple[Fact, ...] | list[Fact], *, chunk: int = 65_536) -> str:
    kept = Journal(Nowhere(), chunk=chunk)
    for fact in facts:
        kept.append(fact)
    kept.flush()
    return kept.digest.hexdigest()


@given(chunk=st.integers(1, 3 * BLOCK), n_facts=st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 137]))
@settings(max_examples=30)
def test_it_does_not_depend_on_how_often_the_journal_is_flushed(chunk: int, n_facts: int) -> None:
    facts = journal()[:n_facts]
    assert digest(facts, chunk=chunk) == digest(facts)


@given(where=st.integers(0, 2 * BLOCK + 136))
def test_it_differs_when_one_fact_is_a_microsecond_later(where: int) -> None:
    facts = list(journal())
    facts[where] = msgspec.structs.replace(facts[where], at=facts[where].at + 1)
    assert digest(facts) != digest(journal())


@given(where=st.integers(0, 2 * BLOCK + 136))
def test_it_differs_when_one_fact_is_missing(where: int) -> None:
    facts = list(journal())
    del facts[where]
    assert digest(facts) != digest(journal())


@given(where=st.integers(0, 2 * BLOCK + 135))
def test_it_differs_when_two_neighbours_change_places(where: int) -> None:
    facts = list(journal())
    facts[where], facts[where + 1] = facts[where + 1], facts[where]
    assert digest(facts) != digest(journal())


@given(cut=st.integers(0, 2 * BLOCK + 137))
def test_a_copy_goes_on_by_itself(cut: int) -> None:
    facts = journal()
    first = Digest()
    first.update(facts[:cut])
    copy = first.copy()
    copy.update(facts[cut:])
    assert copy.hexdigest() == digest(facts)
    assert first.hexdigest() == digest(facts[:cut])


@given(sizes=st.lists(st.integers(0, 40), max_size=6))
def test_facts_have_the_same_bytes_alone_and_together(sizes: list[int]) -> None:
    facts, parts = journal(), []
    for size in sizes:
        parts.append(facts[:size])
        facts = facts[size:]
    together = [fact for part in parts for fact in part]
    assert canonical(together) == b"".join(canonical(part) for part in parts)


@given(chunk=st.integers(1, 300))
@settings(max_examples=10)
def test_a_run_is_the_same_for_any_rhythm_of_flushing(chunk: int) -> None:
    setting, inputs = town_of("roads", 1)
    city = CityModel(setting, State(), now=0, journal=Journal(Memory(), chunk=chunk))
    begun_as_usual = begun(setting, inputs)
    for fact in facts_of(begun_as_usual):
        city.record(fact)
    assert digest_of(city) == digest_of(begun_as_usual)
    assert bytes_of(city.state) == bytes_of(begun_as_usual.state)


def test_two_seeds_are_two_runs() -> None:
    assert digest_of(begun(*town_of("ties", 1))) != digest_of(begun(*town_of("ties", 2)))


def test_looking_at_a_run_while_it_goes_on_does_not_change_it() -> None:
    setting, inputs = town_of("roads", 1)
    watched = CityModel.begin(setting)
    for until in range(0, END, END // 37):
        live(watched, inputs, until=until)
        watched.snapshot()
        watched.view().units()
    assert digest_of(live(watched, inputs)) == digest_of(begun(setting, inputs))


def test_remarks_stand_outside_it() -> None:
    with_remark, without = Journal(Memory()), Journal(Memory())
    for kept in (with_remark, without):
        world = World(State(), kept)
        world.record(journal()[0])
    with_remark.remark("odd")
    assert with_remark.digest.hexdigest() == without.digest.hexdigest()
    with_remark.flush()
    without.flush()
    assert with_remark.digest.hexdigest() == without.digest.hexdigest()
    assert fold(journal()[:1]).at == 0
