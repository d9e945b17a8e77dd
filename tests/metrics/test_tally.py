"""Running figures are those of the metrics at the end of a day, whatever way the facts came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.city import CityModel
from tests.builders import facts_of
from tests.grid_town import grid_town
from tests.metrics.made_up_journal import UNTIL, made_up_journal
from tests.metrics.small_journal import arrived, assigned, began, closed, enrolled, freed, reported, whole_case
from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT, Refused
from twin.domain.desk import Step
from twin.domain.light import Limits
from twin.domain.quantities import DAY, HOUR, MINUTE, SECOND
from twin.domain.unit import AwayReason
from twin.metrics.performance import figures_of
from twin.metrics.summary import summarise
from twin.metrics.tally import N_SAMPLES, SAMPLE_US, Reading, Tally, percentile_s
from twin.world.state import State
from twin.world.world import fold_one

LIMITS = Limits({"fire": 5 * MINUTE, "rubbish": 4 * MINUTE, "*": 10 * MINUTE})
TWO_HOURS = 2 * HOUR


class Folding:
    """A journal folded with a tally beside it, sampled every ten minutes."""

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self.state, self.tally, self.sample_at = State(), Tally(limits), SAMPLE_US

    def take(self, facts: Iterable[f.Fact]) -> Folding:
        for fact in facts:
            self.sample_before(fact.at)
            fold_one(self.state, fact)
            self.tally.take(fact, self.state)
        return self

    def sample_before(self, at: int) -> None:
        while self.sample_at <= at:
            self.tally.sample(self.state, self.sample_at)
            self.sample_at += SAMPLE_US

    def read(self, at: int) -> Reading:
        self.sample_before(at)
        return self.tally.read(self.state, at)


@cache
def town() -> Sequence[f.Fact]:
    city = CityModel.begin(grid_town())
    city.advance_to(TWO_HOURS)
    return facts_of(city)


# ---------------------------------------------------------------------------------------------- as the metrics say


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_day_of_a_history_full_of_lies_is_told_as_the_metrics_tell_it(seed: int) -> None:
    facts = made_up_journal(seed)
    told = Folding().take(facts).read(UNTIL)
    summary = summarise(facts, until=UNTIL, remarks=())
    response = summary.kpi["intervals"]["response_s"]["all"]  # type: ignore[index]
    assert told.n_responses == response["n"]
    assert (told.p50_response_s, told.p90_response_s) == (response["p50"], response["p90"])
    assert told.within_share == response["within_share"]["480"]
    assert told.now.n_open == summary.kpi["totals"]["n_open"]  # type: ignore[index]


def test_a_run_with_patrols_is_told_as_the_metrics_tell_it_but_for_what_was_settled_on_the_spot() -> None:
    told = Folding().take(town()).read(TWO_HOURS)
    summary = summarise(town(), until=TWO_HOURS, remarks=())
    cases, jobs = summary.cases, summary.jobs
    on_the_spot = jobs.filter(pc.equal(jobs["rule"], ON_THE_SPOT))["case"]
    sent_for = cases.filter(pc.invert(pc.is_in(cases["case"], on_the_spot.combine_chunks())))
    response_s = sent_for["response_s"].drop_null().to_numpy()
    (figures,) = figures_of(response_s, np.zeros(response_s.size, np.int64), n_groups=1, limits_s=[480])
    assert len(on_the_spot) > 5
    assert told.n_responses == figures["n"]
    assert told.n_responses > 5
    assert (told.p50_response_s, told.p90_response_s) == (figures["p50"], figures["p90"])
    assert told.within_share == figures["within_share"]["480"]  # type: ignore[index]


def test_closing_in_time_is_what_the_table_of_cases_says() -> None:
    told = Folding().take(town()).read(TWO_HOURS)
    rows = summarise(town(), until=TWO_HOURS, remarks=()).cases.to_pylist()
    in_time = [
        row["closed_at"] <= (LIMITS.deadline_at(row["matter"], row["reported_at"]) or 0)
        for row in rows
        if row["closed_at"] is not None
    ]
    assert told.n_closed == len(in_time)
    assert told.on_time_share == pytest.approx(np.mean(in_time), abs=1e-6)
    assert 0 < np.mean(in_time) < 1


# ---------------------------------------------------------------------------------------------- whatever way they came


def test_a_live_run_and_the_fold_of_its_journal_read_the_same_at_every_instant() -> None:
    city, tally, live = CityModel.begin(grid_town()), Tally(LIMITS), []
    for fact in facts_of(city):
        tally.take(fact, city.state)
    city.world.listen(lambda fact: tally.take(fact, city.state))
    instants = range(SAMPLE_US, TWO_HOURS + 1, SAMPLE_US)
    for at in instants:
        city.advance_to(at)
        tally.sample(city.state, at)
        live.append(tally.read(city.state, at))
    folding, replayed = Folding(), []
    for at in instants:
        folding.take(fact for fact in town() if at - SAMPLE_US <= fact.at < at)
        replayed.append(folding.read(at))
    assert live == replayed
    assert live[-1].course[-1] == live[-1].now


@settings(max_examples=10, deadline=None)
@given(cut=st.integers(0, 10_000))
def test_a_copy_goes_on_by_itself(cut: int) -> None:
    facts = town()
    cut %= len(facts)
    first = Folding().take(facts[:cut])
    second = Folding().take(facts[:cut])
    second.tally = first.tally.copy()
    first.take(facts[cut:])
    assert second.take(facts[cut:]).read(TWO_HOURS) == first.read(TWO_HOURS)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 100), places=st.lists(st.integers(0, 10_000), max_size=20))
def test_facts_about_other_things_change_nothing(seed: int, places: list[int]) -> None:
    facts = made_up_journal(seed)
    more = list(facts)
    for place in places:
        index = place % len(facts) + 1
        at = more[index - 1].at
        more[index:index] = [
            f.RoadClosed(at, (7,)),
            f.PolicyRemembered(at, b"x"),
            f.OrderRefused(at, "assign", 0, 1, 0, "no"),  # type: ignore[arg-type]
        ]
    assert Folding().take(more).read(UNTIL) == Folding().take(facts).read(UNTIL)


# ---------------------------------------------------------------------------------------------- by hand


def test_only_the_last_day_counts() -> None:
    first = whole_case(1, 0, at_s=100)  # reached at 230 s, after 130 s
    folding = Folding(limits=Limits({"fire": 600 * SECOND})).take([began(), enrolled(0), *first])
    assert folding.read(230 * SECOND + DAY).n_responses == 1
    gone = folding.read(231 * SECOND + DAY)
    assert (gone.n_responses, gone.p50_response_s, gone.within_share) == (0, None, None)
    assert (gone.n_closed, gone.on_time_share) == (1, 0.0)  # closed at 730 s
    assert folding.read(731 * SECOND + DAY).n_closed == 0


def test_the_first_to_come_counts_and_a_finder_on_the_spot_does_not() -> None:
    facts = [began(), enrolled(0), enrolled(1), reported(0, 1), assigned(0, 0, 1), assigned(0, 1, 1)]
    facts += [arrived(100, 1), arrived(400, 0), freed(500, 0, 1), freed(500, 1, 1), closed(500, 1)]
    facts += [reported(600, 2, needs=(ON_THE_SPOT,)), assigned(600, 0, 2), arrived(600, 0)]
    told = Folding().take(facts).read(700 * SECOND)
    assert (told.n_responses, told.p50_response_s) == (1, 100.0)


def test_a_limit_met_to_the_microsecond_is_met() -> None:
    limits = Limits({"fire": 630 * SECOND})
    told = Folding(limits=limits).take([began(), enrolled(0), *whole_case(1, 0, at_s=0)]).read(HOUR)
    assert (told.n_closed, told.on_time_share) == (1, 1.0)
    assert Folding(limits=Limits()).take([began(), enrolled(0), *whole_case(1, 0, at_s=0)]).read(HOUR).n_closed == 0


def test_open_cases_are_counted_by_their_light_and_units_by_what_they_do() -> None:
    facts = [began(), *(enrolled(unit) for unit in range(4)), reported(0, 1), reported(0, 2, matter="leak")]
    facts += [reported(100, 3, matter="leak"), f.CaseQueued(100 * SECOND, 3), assigned(120, 0, 1)]
    facts += [
        f.UnitLeft(130 * SECOND, 1, 900 * SECOND, 0, 0),
        f.UnitAway(130 * SECOND, 1, 0, 0, None, 0, AwayReason.DUTY),
    ]
    facts += [f.UnitOffDuty(140 * SECOND, 2)]
    limits = Limits({"fire": 200 * SECOND, "leak": 300 * SECOND}, yellow_share=0.5)
    now = Folding(limits=limits).take(facts).read(201 * SECOND).now
    assert (now.n_open, now.n_waiting, now.n_yellow, now.n_red) == (3, 1, 1, 1)
    assert (now.n_free, now.n_busy, now.n_off) == (1, 1, 2)


def test_the_course_keeps_the_last_day() -> None:
    reading = Folding().take([began(), enrolled(0)]).read(2 * DAY)
    assert len(reading.course) == len(reading.responses) == N_SAMPLES
    assert [sample.at for sample in reading.course][:: N_SAMPLES - 1] == [DAY + SAMPLE_US, 2 * DAY]


@given(spans=st.lists(st.integers(0, 10**10), min_size=1, max_size=50), share=st.sampled_from([0.0, 0.5, 0.9, 1.0]))
def test_percentiles_are_linear_ones(spans: list[int], share: float) -> None:
    expected = np.percentile(np.array(spans) / SECOND, 100 * share)
    assert percentile_s(sorted(spans), share) == pytest.approx(expected, abs=1e-5)


# ---------------------------------------------------------------------------------------------- a centre


def test_a_case_that_was_refused_is_open_no_more_and_was_not_closed() -> None:
    told = Folding().take([began(), enrolled(0), reported(0, 1), f.CaseRefused(MINUTE, 1, Refused.REJECTED)]).read(HOUR)
    assert (told.now.n_open, told.n_closed, told.on_time_share) == (0, 0, None)


def test_a_deadline_that_was_pushed_out_counts_as_it_was_when_the_case_was_closed() -> None:
    opened = [began(), enrolled(0), reported(0, 1)]
    extended = f.DeadlineSet(MINUTE, 1, 15 * MINUTE, 10 * MINUTE)
    late, in_time = (
        Folding().take([*opened, *more, closed(12 * 60, 1)]).read(HOUR).on_time_share for more in ([], [extended])
    )
    assert (late, in_time) == (0.0, 1.0)


def test_what_is_at_desks_escalated_or_suspended_is_counted() -> None:
    facts = [
        began(),
        enrolled(0),
        reported(0, 1),
        reported(0, 2),
        f.SeatsStaffed(0, 0, 1),
        f.TaskBegan(0, 0, Step.ACCEPT, 1, 3, 9 * MINUTE),
        f.TaskQueued(0, 0, Step.ANSWER, 7, 1),
        f.CaseEscalated(0, 1, 1),
        f.CaseSuspended(0, 2, 9 * MINUTE),
    ]
    now = Folding().take(facts).read(MINUTE).now
    assert (now.n_at_desks, now.n_calls, now.n_escalated, now.n_suspended) == (1, 1, 1, 1)
