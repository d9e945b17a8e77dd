"""Keyed randomness: a draw depends on its key alone, and no two keys share numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from twin.clock import streams as module
from twin.clock.distributions import Deterministic, Exponential, Lognormal
from twin.clock.streams import BLOCK, Streams
from twin.domain.quantities import SECOND

PURPOSES = st.sampled_from(["turnout", "travel", "on scene 0", "births"])
ENTITIES = st.integers(0, 2**40)
ASKED = st.lists(st.tuples(PURPOSES, ENTITIES, st.integers(0, 1_000)), min_size=1, max_size=12)


@given(asked=ASKED, data=st.data())
def test_draws_do_not_depend_on_the_order_in_which_they_are_asked(
    asked: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    one, other = Streams(5), Streams(5)
    first = {key: one.uniform(*key) for key in asked}
    second = {key: other.uniform(*key) for key in data.draw(st.permutations(asked))}
    assert first == second


def test_forgetting_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [("turnout", entity, n) for entity in range(9) for n in (0, 200)]
    generous = [Streams(5).uniform(*key) for key in keys]
    monkeypatch.setattr(module, "KEEP", 2)
    short = Streams(5)
    assert [short.uniform(*key) for key in keys] == generous
    spans = [short.span_us(Exponential(9.0), *key) for key in keys]
    assert [Streams(5).span_us(Exponential(9.0), *key) for key in keys] == spans


@given(
    entities=st.sets(ENTITIES, min_size=2, max_size=6), blocks=st.sets(st.integers(0, 10**6), min_size=1, max_size=4)
)
def test_blocks_never_share_a_number(entities: set[int], blocks: set[int]) -> None:
    streams = Streams(5)
    drawn = [
        streams.block(purpose, entity, block=block)
        for purpose in ("turnout", "travel")
        for entity in sorted(entities)
        for block in sorted(blocks)
    ]
    assert np.unique(np.concatenate(drawn)).size == len(drawn) * BLOCK


def test_a_longer_block_begins_like_a_shorter_one_and_the_next_does_not() -> None:
    streams = Streams(5)
    long, short = streams.block("births", 3, size=5_000), streams.block("births", 3, size=7)
    assert long[:7].tolist() == short.tolist()
    assert not np.isin(streams.block("births", 3, block=1), long).any()


@pytest.mark.parametrize(
    "other",
    [
        Streams(6),
        Streams(5, replication=1),
        Streams(5, luck=1),
        Streams(5, luck=1, since=1),
        Streams(5, luck=11, since=1),
        Streams(5, luck=1, since=11),
    ],
)
def test_seed_replication_luck_and_its_instant_each_give_other_numbers(other: Streams) -> None:
    assert not np.isin(other.block("births", 0), Streams(5).block("births", 0)).any()


def test_new_luck_keeps_seed_and_replication() -> None:
    forked = Streams(5, replication=2).with_luck(3, since=77)
    assert (forked.seed, forked.replication, forked.luck, forked.since) == (5, 2, 3, 77)


def test_numbers_are_uniform_and_never_0_or_1() -> None:
    seeds = [np.concatenate([Streams(seed).block("births", e, size=200) for e in range(40)]) for seed in range(60)]
    chances = [kstest(drawn, "uniform").pvalue for drawn in seeds]
    drawn = np.concatenate(seeds)
    assert kstest(chances, "uniform").pvalue > 0.001
    assert drawn.min() > 0
    assert drawn.max() < 1
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.01


def test_the_key_is_used_to_its_last_bit() -> None:
    keys = [Streams(seed).block("births", 0, size=1)[0] for seed in range(2_000)]
    assert len(set(keys)) == len(keys)


@given(n=st.integers(0, 600), entity=ENTITIES)
@settings(max_examples=30)
def test_a_span_is_the_quantile_of_its_uniform_number(n: int, entity: int) -> None:
    streams, spread = Streams(5), Lognormal.of(60.0, 0.5)
    u = np.array([streams.uniform("turnout", entity, n)])
    assert streams.span_us(spread, "turnout", entity, n) == round(float(spread.quantile(u)[0]) * SECOND)


def test_two_distributions_for_one_purpose_do_not_mix() -> None:
    streams = Streams(5)
    short = streams.span_us(Deterministic(1.0), "turnout", 0, 0)
    long = streams.span_us(Deterministic(2.0), "turnout", 0, 0)
    assert (short, long) == (SECOND, 2 * SECOND)


@given(elapsed_us=st.integers(0, 10_000 * SECOND), n=st.integers(0, 300))
def test_what_is_left_is_never_less_than_nothing(elapsed_us: int, n: int) -> None:
    streams = Streams(5)
    assert streams.rest_us(Lognormal.of(60.0, 1.0), "turnout", 3, n, elapsed_us=elapsed_us) >= 0
    rest = streams.rest_us(Deterministic(60.0), "turnout", 3, n, elapsed_us=elapsed_us)
    assert rest == max(0, 60 * SECOND - elapsed_us)


def test_with_nothing_elapsed_what_is_left_is_the_whole() -> None:
    streams, spread = Streams(5), Exponential(60.0)
    for n in range(50):
        whole = streams.span_us(spread, "turnout", 3, n)
        assert abs(streams.rest_us(spread, "turnout", 3, n, elapsed_us=0) - whole) <= 1
