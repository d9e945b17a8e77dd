"""Fork with new luck: what could be seen stays, what could not is drawn anew, and what has elapsed has elapsed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from agents.city import CityModel
from agents.habits import Habits, Spells
from agents.setting import Setting
from tests.builders import END, InSteps, begun, demand, digest_of, facts_of, fixed_habits, live, roster, setting
from tests.policies.diverting import Diverting
from tests.properties.continuing import town_of
from twin.clock.distributions import Deterministic, Exponential, Lognormal
from twin.domain import facts as f
from twin.domain.quantities import DAY, HOUR, MINUTE, SECOND
from twin.domain.unit import EN_ROUTE, ON_SCENE, TURNOUT
from twin.roads.ways import NoTravel

TOWNS = st.sampled_from(("roads", "ties", "posts"))
CUTS = st.integers(MINUTE, END)
LUCK = st.integers(1, 1_000)
HIDDEN = ("birth", "register", "queue", "roll", "arrive", "leave", "spell")


def seen_of(city: CityModel) -> tuple[object, ...]:
    """Everything that could be observed of a city now."""
    saved = city.state.dump()
    places = [city.spot(unit) for unit in range(len(city.units))]
    status = saved.columns[0], saved.columns[3:]
    return (
        status,
        places,
        saved.cases,
        saved.lines,
        saved.unreachable,
        saved.closed,
        saved.memories,
        city.view().units(),
    )


@given(town=TOWNS, seed=st.integers(1, 3), cut=CUTS, luck=LUCK)
@settings(max_examples=40)
def test_what_can_be_seen_does_not_change_at_the_fork(town: str, seed: int, cut: int, luck: int) -> None:
    built, inputs = town_of(town, seed)
    city = begun(built, inputs, until=cut)
    assert seen_of(city.fork(luck)) == seen_of(city)


@given(town=TOWNS, cut=CUTS, luck=LUCK)
@settings(max_examples=20)
def test_nothing_new_is_due_before_now_and_the_old_alarms_are_still_there(town: str, cut: int, luck: int) -> None:
    built, inputs = town_of(town, 2)
    city = begun(built, inputs, until=cut)
    twin = city.fork(luck)
    dues = {(kind, who): due for kind, who, due in twin.state.agenda.pending()}

    assert all(due >= cut for due in dues.values())
    kept = {(kind, who) for kind, who, _ in city.state.agenda.pending() if kind != "birth"}
    assert {key for key in dues if key[0] != "birth"} == kept


def test_what_cannot_be_seen_is_drawn_anew() -> None:
    redrawn: set[str] = set()
    built, inputs = town_of("roads", 1)
    for cut in range(10 * MINUTE, END, 200 * SECOND):
        city = begun(built, inputs, until=cut)
        twin = city.fork(7)
        before = {(kind, who): due for kind, who, due in city.state.agenda.pending()}
        after = {(kind, who): due for kind, who, due in twin.state.agenda.pending()}
        spells = {unit for unit, absence in city.state.absences.items() if absence.until_at is None}
        for (kind, who), due in before.items():
            hidden = kind in HIDDEN or (kind == "back" and who in spells)
            assert (after.get((kind, who)) != due) is hidden, f"{kind} of {who} at {cut}"
            redrawn |= {kind} if hidden else set()
    assert redrawn == {*HIDDEN, "back"}


@given(town=TOWNS, cut=CUTS, luck=LUCK)
@settings(max_examples=15)
def test_the_same_luck_gives_the_same_future_and_another_another(town: str, cut: int, luck: int) -> None:
    built, inputs = town_of(town, 3)
    city = begun(built, inputs, until=cut)
    ends = [digest_of(live(city.fork(k), until=cut + HOUR)) for k in (luck, luck, luck + 1)]
    assert ends[0] == ends[1] != ends[2]


def test_a_luck_is_new_at_every_instant_even_for_a_fork_that_has_it_already() -> None:
    built, _ = town_of("ties", 1)
    city = CityModel.begin(built)
    futures = []
    for minute in (10, 20):
        city = live(city, until=minute * MINUTE).fork(3)
        assert city.streams.block("births", 0).tolist() not in futures
        futures.append(city.streams.block("births", 0).tolist())
    assert CityModel.from_snapshot(built, city.snapshot()).streams.block("births", 0).tolist() == futures[-1]


@pytest.mark.parametrize("luck", [0, -1])
def test_the_luck_of_the_run_itself_cannot_be_forked_to(luck: int) -> None:
    with pytest.raises(ValueError, match="from 1"):
        begun(*town_of("ties", 1), until=MINUTE).fork(luck)


@given(cuts=st.lists(st.integers(0, 2 * DAY), min_size=1, max_size=4).map(sorted), n_alarms=st.integers(0, 3))
@settings(max_examples=25)
def test_case_ids_never_collide_however_often_luck_changes(cuts: list[int], n_alarms: int) -> None:
    built = setting(ways=NoTravel(), habits=Habits(), per_hour=1.5)
    built = replace(built, sources=(*built.sources, demand(0.05, ways=built.terrain.ways[0], name="rare")))
    city = CityModel.begin(built)
    for luck, cut in enumerate(cuts, start=1):
        city.advance_to(cut)
        for _ in range(n_alarms):
            city.clock.step()
        city.change_luck(luck)
    city.advance_to(3 * DAY)
    reported = [fact for fact in facts_of(city) if isinstance(fact, f.CaseReported)]
    assert len({fact.case for fact in reported}) == len(reported)
    assert len({fact.ref for fact in reported}) == len(reported)


# ---------------------------------------------------------------------------------------------- what has elapsed


@given(cut=CUTS, luck=LUCK)
@settings(max_examples=20)
def test_certain_times_keep_their_due(cut: int, luck: int) -> None:
    spells = {"*": Spells(Deterministic(1_200.0), Deterministic(400.0))}
    habits = replace(fixed_habits(), travel_noise=Deterministic(1.0), spells=spells)
    city = begun(setting(policy=Diverting(), habits=habits), until=cut)
    before = [alarm for alarm in city.state.agenda.pending() if alarm[0] != "birth"]
    assert [alarm for alarm in city.fork(luck).state.agenda.pending() if alarm[0] != "birth"] == before


@given(cut=CUTS, luck=LUCK)
@settings(max_examples=20)
def test_times_in_steps_stay_in_steps(cut: int, luck: int) -> None:
    city = begun(*town_of("ties", 1), until=cut)
    for kind, who, due in city.fork(luck).state.agenda.pending():
        if kind in ("register", "queue", "roll", "leave"):
            assert (due - _since(city, kind, who)) % MINUTE == 0


def _since(city: CityModel, kind: str, who: int) -> int:
    state = city.state
    if kind in ("register", "queue"):
        return state.cases[who].since
    job = state.jobs[who]
    since = job.assigned_at if kind == "roll" else job.arrived_at
    assert since is not None
    return since


def test_a_unit_under_way_does_not_jump_and_arrives_at_the_same_place() -> None:
    built, inputs = town_of("roads", 2)
    n_moving = 0
    for cut in range(5 * MINUTE, END, 3 * MINUTE):
        city = begun(built, inputs, until=cut)
        twin = city.fork(11)
        for unit, movement in city.state.movements.items():
            n_moving += 1
            assert twin.spot(unit) == city.spot(unit)
            assert twin.state.movements[unit].leg.route.goal == movement.leg.route.goal
    assert n_moving > 20


def rests_of(status_wanted: int, built: Setting, *, after_s: float, kind: str, n: int) -> list[float]:
    """What is left of one unit's alarm, seconds, over many lucks, when `after_s` seconds of its status are over."""
    city = CityModel.begin(built)
    unit = 0
    while int(city.state.fleet.status[unit]) != status_wanted:
        city.clock.step()
    city.advance_to(int(city.state.fleet.since[unit]) + int(after_s * SECOND))
    assert int(city.state.fleet.status[unit]) == status_wanted
    forks = (city.fork(luck) for luck in range(1, n + 1))
    return [(due - city.now) / SECOND for twin in forks if (due := twin.state.agenda.due(kind, unit)) is not None]


def test_what_is_left_of_an_exponential_time_is_exponential_again() -> None:
    mean_s = 3_000.0
    built = setting(ways=NoTravel(), habits=Habits(on_scene={("*", "*"): Exponential(mean_s)}), units=roster(3), seed=4)
    rests = rests_of(ON_SCENE, built, after_s=500.0, kind="leave", n=400)
    assert kstest(rests, "expon", args=(0, mean_s)).pvalue > 0.01


def test_what_is_left_of_a_lognormal_time_is_its_tail() -> None:
    turnout = Lognormal.of(200.0, 0.5)
    built = setting(habits=Habits(turnout={"*": turnout}), units=roster(3), seed=2)
    after_s = 100.0
    rests = np.array(rests_of(TURNOUT, built, after_s=after_s, kind="roll", n=400))
    gone = turnout.share_below(after_s)
    shares = [(turnout.share_below(after_s + rest) - gone) / (1 - gone) for rest in rests]
    assert kstest(shares, "uniform").pvalue > 0.01


def test_a_trip_is_slower_or_faster_by_its_noise_given_that_it_is_not_over() -> None:
    noise = Lognormal.of(1.0, 0.3)
    built = setting(habits=Habits(travel_noise=noise), units=roster(1), seed=2)
    city = CityModel.begin(built)
    while int(city.state.fleet.status[0]) != EN_ROUTE:
        city.clock.step()
    leg = city.state.movements[0].leg
    expected_us = built.terrain.ways[0].driving_us(leg.route.travel_us)
    elapsed_us = min(expected_us, leg.arrives_at - leg.departed_at) // 2
    city.advance_to(leg.departed_at + elapsed_us)
    dues = [city.fork(luck).state.agenda.due("arrive", 0) for luck in range(1, 401)]
    gone = noise.share_below(elapsed_us / expected_us)
    factors = [(due - leg.departed_at) / expected_us for due in dues if due is not None]
    shares = [(noise.share_below(factor) - gone) / (1 - gone) for factor in factors]
    assert len(shares) == 400
    assert kstest(shares, "uniform").pvalue > 0.01


def test_demand_after_a_fork_has_the_rate_it_should_have() -> None:
    built = setting(ways=NoTravel(), habits=Habits(), units=(), per_hour=30.0)
    city = begun(built, until=90 * MINUTE)
    known = len(city.state.cases)
    counts = [len(live(city.fork(luck), until=4 * HOUR).state.cases) - known for luck in range(1, 101)]
    expected = 30.0 * 2.5
    assert abs(np.mean(counts) - expected) < 3 * np.sqrt(expected / 100)
    assert 0.6 < np.var(counts, ddof=1) / expected < 1.5


def test_steps_of_a_distribution_are_told_truly() -> None:
    steps = InSteps(Exponential(100.0), 60.0)
    draws = steps.quantile(np.linspace(0.0005, 0.9995, 1_000))
    assert set(np.unique(draws % 60.0)) == {0.0}
    assert steps.share_below(119.0) == pytest.approx(float(np.mean(draws <= 119.0)), abs=2e-3)
