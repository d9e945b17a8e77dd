"""A scenario as queueing theory sees it: rates, pools, crews by the hour, and who would be sent where."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agents.life import Life
from scenarios.build import Built, build
from scenarios.lab.queue_answer import theory_of
from scenarios.lab.queue_model import model_of, told_share
from scenarios.lab.queue_pools import solve
from scenarios.load import load_scenario
from scenarios.spec import Scenario
from tests.scenarios.test_staffing import scenario
from twin.clock.distributions import Exponential
from twin.metrics.measure import Target
from twin.metrics.queueing import erlang_c
from twin.metrics.service_curve import Theory

THEORY = Path(__file__).parents[1] / "theory" / "scenarios"


@cache
def vehicles() -> Built:
    return build(load_scenario("vehicles"))


def theory(built: Built, *measures: str, targets: tuple[str, ...] = ()) -> Theory:
    asked = [Target.parse(text) for text in targets]
    return theory_of(built, measures=measures, targets=asked, late_after_us=900_000_000)


def test_the_published_hypercube_comes_out_of_its_scenario() -> None:
    model = model_of(build(load_scenario(THEORY / "hypercube.yaml")))
    solved = solve(model, 0)
    assert solved is not None
    (shift,) = solved.shifts
    assert shift.workloads == pytest.approx([0.5574, 0.4734, 0.4693], abs=5e-5)
    assert solved.wait_share[0, 0] == pytest.approx(9 / 38)


def test_units_that_share_work_are_one_pool() -> None:
    model = model_of(vehicles())
    assert [(skills, units.size) for skills, units in model.pools] == [
        (("patrol",), 4),
        (("rescue",), 2),
        (("order", "sanitation"), 5),
    ]


def test_all_cases_are_there_and_each_need_is_a_job() -> None:
    model = model_of(vehicles())
    n = sum(float(each.rates_per_h @ model.hours) for each in model.work)
    assert n == pytest.approx(160 * model_day_share(model), rel=1e-6)
    assert {each.matter: len(each.jobs) for each in model.work}["fire_alarm"] == 2


def model_day_share(model: Any) -> float:
    """A day's part of the mean day: rhythms by weekday may differ from 1."""
    rhythm = model.built.setting.sources[0].rhythm
    return float(rhythm @ model.hours) / 24


def test_a_crew_is_there_in_the_hours_of_its_roster_and_breaks_count() -> None:
    model = model_of(build(scenario()))
    day, night, van = model.on_duty[0], model.on_duty[10], model.on_duty[14]
    assert (day[8], day[12], day[20]) == (1, 0, 0)
    assert (night[8], night[20], night[3]) == (0, 1, 1)
    assert van.tolist() == [1] * 168


def test_part_timers_and_spells_are_fewer_units() -> None:
    spells = {
        "crew": {"every": {"dist": "exponential", "mean": "3h"}, "lasting": {"dist": "exponential", "mean": "1h"}}
    }
    model = model_of(build(scenario(spells=spells, staffing={"attends": {"Day {n}": 0.8}})))
    assert model.on_duty[0, 9] == pytest.approx(0.8 * 0.75)
    assert "absence" in model.leaves_out


def test_whoever_comes_when_nobody_is_there_waits_for_the_shift() -> None:
    only_day = {"units": [{"name": "Day {n}", "kind": "crew", "count": 20, "roster": "day"}], "lasting": "1d"}
    rosters = {"rosters": {"day": {"from": "08:00", "to": "20:00"}}}
    said = theory(build(scenario(**only_day, **rosters)), "mean response_s", "p90 response_s")
    p90_s = said.values["p90 response_s"]
    assert p90_s is not None
    assert 8 * 3_600 < p90_s < 12 * 3_600


def test_work_that_is_never_done_has_no_mean_but_a_share_that_is_late() -> None:
    busy = scenario(units=[{"name": "Van {n}", "kind": "crew", "count": 1}])
    said = theory(build(busy), "mean response_s", "late_share", "busy_share")
    assert said.values == {"mean response_s": None, "late_share": 1.0, "busy_share": 1.0}
    assert said.pools[0].overloaded_share == 1
    assert said.pools[0].wait_s is None


def test_urgent_cases_wait_less() -> None:
    said = theory(vehicles(), "mean response_s", "mean response_s priority 2", "mean response_s priority 3")
    urgent, others = said.values["mean response_s priority 2"], said.values["mean response_s priority 3"]
    assert urgent is not None
    assert others is not None
    assert urgent < others


def test_measures_theory_knows_nothing_of_are_left_out() -> None:
    assert theory(vehicles(), "busy_gini", "unserved_share", "mean response_s grid 3").values == {}


def test_more_servers_are_needed_for_a_harder_target() -> None:
    said = theory(vehicles(), targets=("p90 response_s <= 1200", "p90 response_s <= 600"))
    for pool in said.pools:
        soft, hard = pool.needed
        assert soft.erlang is not None
        assert hard.erlang is None or hard.erlang >= soft.erlang


def test_no_number_of_servers_shortens_the_way() -> None:
    said = theory(vehicles(), targets=("p90 response_s <= 60",))
    assert all(pool.needed[0].erlang is None and pool.needed[0].square_root is None for pool in said.pools)


def test_a_pool_of_its_own_waits_as_erlang_says() -> None:
    built = build(load_scenario(THEORY / "erlang_c.yaml"))
    (pool,) = theory(built).pools
    assert pool.waits_share == pytest.approx(erlang_c(3, 1.5))


def test_who_tells_before_it_ends_is_a_race() -> None:
    life = Life(lasts=Exponential(3_600), told_share=0.5, told_after=Exponential(1_200))
    assert told_share(life) == pytest.approx(0.5 * 3 / 4, rel=0.01)
    assert told_share(Life()) == 0
    assert told_share(Life(told_after=Exponential(60), again_share=0.5)) == pytest.approx(1)


def test_what_a_scenario_has_that_theory_lacks_is_named() -> None:
    plain = model_of(build(load_scenario(THEORY / "erlang_c.yaml"))).leaves_out
    assert plain == ("short run", "service law")
    assert {"several", "areas", "absence", "carry-over"} <= set(model_of(vehicles()).leaves_out)


def test_the_same_question_has_the_same_answer() -> None:
    first = theory(vehicles(), "p90 response_s")
    assert theory(vehicles(), "p90 response_s") == first


def test_a_scenario_in_which_nothing_happens_has_no_theory() -> None:
    said = theory(build(Scenario(name="quiet")), "mean response_s")
    assert (said.pools, said.values) == ((), {})
    assert np.isfinite(model_of(build(Scenario(name="quiet"))).hours).all()
