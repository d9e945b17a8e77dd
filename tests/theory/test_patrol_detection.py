"""Patrols find what is there as often and as soon as the theory of search says, on regular and on random laps."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.spec import Scenario
from tests.theory.outcomes import blunt
from tests.theory.patrol_checks import (
    MPS,
    PATROL_CHECKS,
    RANDOM,
    REGULAR,
    THREE_WALKERS,
    UNEQUAL,
    Change,
    PatrolCheck,
    Patrolled,
    patrol_findings,
    patrolled,
)
from tests.theory.patrol_forms import (
    found_while_fading,
    found_within,
    koopman,
    koopman_exponential,
    mean_wait,
    swept_rate,
    together,
)
from tests.theory.street_grid import BLOCK_M
from twin.domain.quantities import DAY
from twin.roads.laps import Order

PUBLISHED = 2e-6
"""Relative: expected values have six digits."""

CLUMPED = 0.1
"""Relative: by how much passes that follow each other closely may make Koopman's law too high."""

SEEN, LASTS_S, STREETS_M = 0.1, 32_000.0, 40 * BLOCK_M
"""Of `unequal_streets`: chance to be noticed on a pass, how long problems last, and the length of all streets."""


# ---------------------------------------------------------------------- the formulas


def test_koopmans_law_has_the_expected_values() -> None:
    one, two = (swept_rate(20, speed=12, n_units=n) for n in (1, 2))
    assert koopman(one, lasts=1) == pytest.approx(0.451188, rel=PUBLISHED)
    assert koopman(two, lasts=1) == pytest.approx(0.698806, rel=PUBLISHED)
    assert koopman_exponential(one, mean=1) == pytest.approx(0.375, rel=1e-12)
    assert koopman(swept_rate(24, speed=12, n_units=3), lasts=0.5) == pytest.approx(0.527633, rel=PUBLISHED)


@pytest.mark.parametrize("lasts", [0.1, 0.5, 1.0, 1.7])
def test_a_regular_tour_finds_what_lasts_as_long_as_its_share_of_the_period(lasts: float) -> None:
    assert found_within(1, chance=1, lasts=lasts) == pytest.approx(min(1, lasts), rel=1e-12)
    assert mean_wait(1) == 0.5


def test_many_small_chances_to_be_found_come_to_koopmans_law() -> None:
    every, chance, rate = 1e-4, 0.75e-4, 0.75
    assert found_within(every, chance=chance, lasts=2) == pytest.approx(float(koopman(rate, lasts=2)), rel=1e-4)
    assert found_while_fading(every, chance=chance, mean=2) == pytest.approx(
        koopman_exponential(rate, mean=2), rel=1e-4
    )
    assert mean_wait(every, chance=chance) == pytest.approx(1 / rate, rel=1e-4)
    assert together(chance, n_units=3) == pytest.approx(3 * chance, rel=1e-4)


def test_forty_loops_are_near_koopmans_law() -> None:
    loop_s = BLOCK_M / MPS
    rate = swept_rate(40 * BLOCK_M, speed=MPS)
    assert RANDOM.results["brief"] == pytest.approx(float(koopman(rate, lasts=40 * loop_s)), rel=0.01)
    assert RANDOM.results["fading"] == pytest.approx(koopman_exponential(rate, mean=40 * loop_s), rel=0.01)
    assert RANDOM.results["wait for lasting"] == pytest.approx(1 / rate, rel=0.015)
    assert THREE_WALKERS.results["brief"] == pytest.approx(float(koopman(3 * rate, lasts=800)), rel=0.02)
    assert THREE_WALKERS.results["hard to see"] == pytest.approx(float(koopman(1.5 * rate, lasts=1_600)), rel=0.02)


# ---------------------------------------------------------------------- the engine


@pytest.mark.parametrize("check", PATROL_CHECKS, ids=lambda check: check.scenario)
def test_patrols_find_what_theory_says(check: PatrolCheck, precise: bool) -> None:
    found = patrol_findings(check, n_runs=check.n_runs(precise=precise))
    assert [str(finding) for finding in found if not finding.agrees] == []
    assert blunt(found, precise=precise) == []


@pytest.fixture(scope="module")
def unequal() -> Patrolled:
    """Streets that the ways between others lead along are walked more often than the rest."""
    (one,) = patrolled(UNEQUAL, n=1)
    return one


def test_all_that_is_walked_is_the_pace_of_the_patrol(unequal: Patrolled) -> None:
    assert unequal.swept_per_s.mean() == pytest.approx(swept_rate(STREETS_M, speed=MPS), rel=1e-6)
    assert unequal.swept_per_s.min() < 0.5 * unequal.swept_per_s.mean()


@pytest.mark.parametrize("third", [0, 1, 2], ids=["least swept", "in between", "most swept"])
def test_where_streets_are_swept_unequally_koopmans_law_holds_street_by_street(unequal: Patrolled, third: int) -> None:
    found, rates = _by_third(unequal, third)
    assert found.mean() == pytest.approx(koopman(SEEN * rates, lasts=LASTS_S).mean(), rel=CLUMPED)


def test_one_rate_for_all_streets_is_noticed(unequal: Patrolled) -> None:
    found, _ = _by_third(unequal, 0)
    assert found.mean() < (1 - 2 * CLUMPED) * koopman(SEEN * unequal.swept_per_s.mean(), lasts=LASTS_S)


def _by_third(one: Patrolled, third: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether problems on a third of the ground were found, least swept first, and the swept rate of their streets."""
    rates = one.swept_per_s[one.edge]
    counted = np.flatnonzero((one.matter == "hard to see") & (one.arose_s < one.until_s - LASTS_S))
    rows = np.array_split(counted[np.argsort(rates[counted], kind="stable")], 3)[third]
    return ~np.isnan(one.found_s[rows]), rates[rows]


# ---------------------------------------------------------------------- engines that are wrong on purpose


def faster(scenario: Scenario) -> Scenario:
    """They walk a quarter faster."""
    return _with_patrol(scenario, mps=1.25 * MPS)


def in_order(scenario: Scenario) -> Scenario:
    """What should be laps of chance is always the same lap."""
    return _with_patrol(scenario, order=Order.REGULAR)


def seeing_all(scenario: Scenario) -> Scenario:
    """Whatever is passed is noticed."""
    (source,) = scenario.problems
    matters = {name: matter.model_copy(update={"seen": 1.0}) for name, matter in source.matters.items()}
    return scenario.model_copy(update={"problems": (source.model_copy(update={"matters": matters}),)})


def one_alone(scenario: Scenario) -> Scenario:
    """The others stay at home."""
    assert scenario.units != "history"
    (group,) = scenario.units
    return scenario.model_copy(update={"units": (group.model_copy(update={"count": 1}),)})


@pytest.mark.parametrize(
    ("check", "result", "wrong"),
    [
        (REGULAR, "brief", faster),
        (REGULAR, "hard to see", seeing_all),
        (RANDOM, "brief", in_order),
        (THREE_WALKERS, "brief", one_alone),
    ],
    ids=lambda value: getattr(value, "scenario", getattr(value, "__name__", value)),
)
def test_wrong_engines_are_noticed(check: PatrolCheck, result: str, wrong: Change) -> None:
    def changed(scenario: Scenario) -> Scenario:
        return wrong(scenario).model_copy(update={"lasting": max(2 * DAY, scenario.lasting // 3)})

    found = {finding.name: finding for finding in patrol_findings(check, n_runs=1, changed=changed)}
    assert not found[result].agrees


def _with_patrol(scenario: Scenario, **changes: object) -> Scenario:
    assert scenario.units != "history"
    (group,) = scenario.units
    assert group.patrol is not None
    patrol = group.patrol.model_copy(update=changes)
    return scenario.model_copy(update={"units": (group.model_copy(update={"patrol": patrol}),)})
