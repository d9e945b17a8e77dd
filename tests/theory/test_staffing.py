"""How many servers does M/M/c need? What `gridtwin staff` finds by simulation is what Erlang C says."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from scenarios.lab.staff import Question, staff
from tests.theory.closed_forms import erlang_c, wait_mmc
from twin.metrics.measure import Target
from twin.metrics.service_curve import ServiceCurve

SCENARIO = Path(__file__).parent / "scenarios" / "staffing.yaml"
SERVICE_S, LOAD, SERVERS = 600.0, 4.0, 10
NUMBERS = range(5, 9)
TARGETS = ("p90 response_s <= 180", "mean response_s <= 60", "late_share <= 0.03")


def expected(text: str, c: int) -> float:
    """What Erlang C says of a measure with c servers; nobody travels, so a response is a wait."""
    waits, ends_s = erlang_c(c, LOAD), SERVICE_S / (c - LOAD)
    if text.startswith("p90"):
        return max(0.0, ends_s * math.log(waits / 0.1))
    if text.startswith("mean"):
        return wait_mmc(c, LOAD, service_s=SERVICE_S)
    return waits * math.exp(-900 / ends_s)


def enough(*targets: str) -> int:
    """The fewest servers with which Erlang C says all targets are met."""
    return next(
        c
        for c in range(math.floor(LOAD) + 1, 100)
        if all(expected(text, c) <= Target.parse(text).limit for text in targets)
    )


def asked(*targets: str, precise: bool) -> ServiceCurve:
    levels = tuple(c / SERVERS for c in NUMBERS)
    question = Question(levels, targets, n_runs=20 if precise else 3, until="20d" if precise else "3d")
    return staff(str(SCENARIO), question, n_processes=None if precise else 1)


@pytest.fixture(scope="module")
def curve(request: pytest.FixtureRequest) -> ServiceCurve:
    return asked(*TARGETS, precise=bool(request.config.getoption("--precise")))


def test_erlang_has_a_different_number_for_different_targets() -> None:
    assert [enough(text) for text in TARGETS] == [7, 7, 6]


def test_the_fewest_servers_are_erlangs(curve: ServiceCurve) -> None:
    wanted = enough(*TARGETS) / SERVERS
    assert curve.cheapest == curve.cheapest_by_mean == curve.cheapest_by_theory == wanted


@pytest.mark.parametrize("text", TARGETS)
def test_each_target_is_met_from_the_number_of_servers_that_erlang_names_on(curve: ServiceCurve, text: str) -> None:
    wanted = {round(c / SERVERS, 6): c >= enough(text) for c in NUMBERS}
    found = {each.times: each.by_mean[str(Target.parse(text))] for each in curve.levels}
    assert found == wanted


def test_the_levels_are_erlangs_within_their_intervals(curve: ServiceCurve, request: pytest.FixtureRequest) -> None:
    for each in curve.levels:
        told = each.measures["mean response_s"]
        exact = expected("mean response_s", each.n_people)
        assert told.mean is not None
        assert told.t is not None
        assert abs(told.mean - exact) <= 2 * told.t.half_width + 0.5
        if request.config.getoption("--precise"):
            assert told.t.half_width <= 0.15 * exact + 0.5


def test_what_theory_is_set_beside_it_is_erlangs_own(curve: ServiceCurve) -> None:
    for each in curve.levels:
        assert each.theory is not None
        (pool,) = each.theory.pools
        assert pool.waits_share == pytest.approx(erlang_c(each.n_people, LOAD), rel=1e-9)
        assert pool.wait_s == pytest.approx(wait_mmc(each.n_people, LOAD, service_s=SERVICE_S), rel=1e-9)
        assert [needed.erlang for needed in pool.needed] == [enough(text) for text in TARGETS]
        assert all(abs((needed.square_root or 0) - (needed.erlang or 0)) <= 1 for needed in pool.needed)
        drawn = each.theory.values["mean response_s"]
        assert drawn == pytest.approx(wait_mmc(each.n_people, LOAD, service_s=SERVICE_S), rel=0.15, abs=0.5)


def test_more_servers_never_hurt(curve: ServiceCurve) -> None:
    for step in curve.steps:
        for text in ("mean response_s", "p90 response_s", "late_share"):
            gain = step.gains[text].all
            assert gain.t is not None
            assert gain.t.low <= 0, f"{text} from {step.of} to {step.to}"
