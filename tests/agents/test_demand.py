"""Modelled demand: the right rate, hour, kind and place, the same under any policy, and continued by a fork."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare, poisson

from agents.demand import Births, PoissonDemand, draw_day, rows_of
from agents.habits import Habits
from tests.builders import MATTERS, begun, demand, facts_of, setting, streets
from tests.policies.diverting import Diverting
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.quantities import DAY, HOUR, CivilTime
from twin.policies.nearest import Nearest
from twin.policies.random import Random

CIVIL = CivilTime(datetime.fromisoformat("2026-03-02T00:00:00+08:00"), ZoneInfo("Asia/Shanghai"))
CITY = demand(30.0, ways=streets())


def day_of(source: PoissonDemand = CITY, *, day: int = 0, seed: int = 1, since: int = 0, first: int = 0) -> Births:
    return draw_day(source, Streams(seed), entity=day, day=day, civil=CIVIL, since=since, first=first)


def test_a_day_has_its_mean_number_of_cases_and_the_spread_of_poisson() -> None:
    counts = [len(day_of(day=day).at) for day in range(300)]
    assert abs(np.mean(counts) - 720) < 3 * np.sqrt(720 / 300)
    assert 0.75 < np.var(counts, ddof=1) / 720 < 1.3


def test_a_small_demand_is_poisson_too() -> None:
    rare = demand(0.05, ways=streets())
    counts = np.bincount([len(day_of(rare, day=day).at) for day in range(4_000)], minlength=6)
    expected = np.array([*poisson.pmf(range(4), 1.2), poisson.sf(3, 1.2)]) * 4_000
    assert chisquare([*counts[:4], counts[4:].sum()], expected).pvalue > 0.01


@given(seed=st.integers(0, 1_000), n_areas=st.integers(1, 4), n_matters=st.integers(1, 3), hourly=st.booleans())
def test_rows_are_those_found_by_going_down_all_rates(seed: int, n_areas: int, n_matters: int, hourly: bool) -> None:
    chance = np.random.default_rng(seed)
    rates = chance.random((n_areas, n_matters)) * (chance.random((n_areas, n_matters)) < 0.7)
    rates[chance.integers(n_areas), chance.integers(n_matters)] = 1.0
    presence = np.maximum(0.1, chance.random((24, n_areas))) if hourly else None
    source = replace(CITY, rates_per_h=rates, presence=presence, matters=MATTERS[:1] * n_matters)
    hour, u = chance.integers(24, size=200), chance.random(200)
    plain = []
    for at, number in zip(hour.tolist(), u.tolist(), strict=True):
        upto = np.cumsum(source.rates_at(at))
        plain.append(int(np.searchsorted(upto[:-1] / upto[-1], number, side="right")))
    assert rows_of(source, hour, u).tolist() == plain


def test_the_hours_follow_the_rhythm_of_the_wall_clock() -> None:
    only_nine = np.zeros(168)
    only_nine[9::24] = 24.0
    source = replace(CITY, rhythm=only_nine)
    for day in range(5):
        at = np.array(day_of(source, day=day).at)
        assert (at // HOUR == day * 24 + 9).all()


def test_kinds_and_areas_have_their_shares() -> None:
    rows = np.concatenate([day_of(day=day).row for day in range(40)])
    areas, kinds = np.divmod(rows, len(MATTERS))
    assert np.bincount(areas) / rows.size == pytest.approx([0.5, 0.5], abs=0.01)
    assert np.bincount(kinds) / rows.size == pytest.approx([0.5, 0.3, 0.2], abs=0.01)


def test_places_lie_on_the_streets_of_their_area_by_length() -> None:
    days = [day_of(day=day) for day in range(60)]
    edge = np.concatenate([births.edge for births in days])
    offset_mm = np.concatenate([births.offset_mm for births in days])
    area = np.concatenate([births.row for births in days]) // len(MATTERS)
    lengths_mm = streets().network.length_mm
    assert (offset_mm >= 0).all()
    assert (offset_mm < lengths_mm[edge]).all()
    for number, edges in enumerate(np.array_split(np.arange(lengths_mm.size), 2)):
        here = edge[area == number]
        assert np.isin(here, edges).all()
        expected = lengths_mm[edges] / lengths_mm[edges].sum() * here.size
        assert chisquare([np.count_nonzero(here == one) for one in edges], expected).pvalue > 0.001


@given(since=st.integers(0, DAY - 1), first=st.integers(0, 500), seed=st.integers(0, 50))
@settings(max_examples=30)
def test_the_rest_of_a_day_lies_after_the_instant_and_goes_on_counting(since: int, first: int, seed: int) -> None:
    births = day_of(seed=seed, since=since, first=first)
    assert births.first == first
    assert births.at == sorted(births.at)
    assert all(since <= at < DAY for at in births.at)


def test_days_do_not_repeat_each_other() -> None:
    assert [at % DAY for at in day_of(day=0).at] != [at % DAY for at in day_of(day=7).at]
    assert day_of(seed=1).at != day_of(seed=2).at


def test_a_source_of_nothing_brings_nothing() -> None:
    assert day_of(demand(0.0, ways=streets())).at == []


def test_the_same_cases_come_under_any_policy() -> None:
    def cases(policy: Nearest | Random | Diverting) -> list[f.Fact]:
        city = begun(setting(policy=policy, per_hour=20.0), until=6 * HOUR)
        return [fact for fact in facts_of(city) if isinstance(fact, f.CaseReported)]

    assert cases(Nearest()) == cases(Random()) == cases(Diverting())


def test_cases_are_numbered_by_day_and_come_in_order() -> None:
    city = begun(setting(habits=Habits(), units=(), per_hour=2.0), until=3 * DAY)
    reported = [fact for fact in facts_of(city) if isinstance(fact, f.CaseReported)]
    assert [fact.at for fact in reported] == sorted(fact.at for fact in reported)
    for day in range(3):
        of_day = [fact.ref for fact in reported if fact.at // DAY == day]
        assert of_day == [f"city-{day}-{number}" for number in range(len(of_day))]


def test_a_source_that_dries_up_is_the_end_of_it() -> None:
    nothing = replace(CITY, rates_per_h=np.zeros_like(CITY.rates_per_h))
    city = begun(replace(setting(), sources=(nothing,)), until=HOUR)
    assert city.state.agenda.due("birth", 0) is None
    assert not [fact for fact in facts_of(city) if isinstance(fact, f.CaseReported)]
