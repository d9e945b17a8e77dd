"""The checks can fail: each rejects an engine that is wrong on purpose, by the comparison that passes the right one."""

from __future__ import annotations

import pytest

from scenarios.spec import PolicySpec, Scenario
from scenarios.spread import Spread
from tests.theory.checks import CHECKS, Check
from tests.theory.outcomes import Outcome, outcome
from twin.domain.quantities import DAY

ENOUGH = 20_000
"""Cases of a wrong run."""

QUICK_CHECKS = {check.scenario: check for check in CHECKS if check.quick_runs}


def slow(scenario: Scenario) -> Scenario:
    """All work takes a tenth longer."""
    spread = scenario.on_scene["*"]
    assert spread.mean is not None
    longer = Spread.model_validate(spread.model_dump() | {"mean": 1.1 * spread.mean})
    return shorter(scenario.model_copy(update={"on_scene": {"*": longer}}))


def upside_down(scenario: Scenario) -> Scenario:
    """The least urgent go first."""
    (demand,) = scenario.demand
    last = max(matter.priority for matter in demand.matters.values())
    matters = {
        name: matter.model_copy(update={"priority": 1 + last - matter.priority})
        for name, matter in demand.matters.items()
    }
    return shorter(scenario.model_copy(update={"demand": (demand.model_copy(update={"matters": matters}),)}))


def at_random(scenario: Scenario) -> Scenario:
    """Any free unit is sent."""
    return shorter(scenario.model_copy(update={"policy": PolicySpec(use="random")}))


def shorter(scenario: Scenario) -> Scenario:
    """A wrong engine shows soon: long enough for so many cases."""
    (demand,) = scenario.demand
    return scenario.model_copy(update={"lasting": int(ENOUGH / demand.per_day * DAY)})


def rejected(found: Outcome, check: Check) -> bool:
    """Whether the result that the check is about lies outside its interval, as counted."""
    return any(finding.name == check.telling and not finding.agrees for finding in found.counted)


@pytest.mark.parametrize("check", QUICK_CHECKS.values(), ids=QUICK_CHECKS)
def test_work_that_takes_a_tenth_longer_is_noticed(check: Check) -> None:
    found = outcome(check, n_runs=1, changed=slow)
    assert any(finding.name == "service" and not finding.agrees for finding in found.conditions)
    assert rejected(found, check)


def test_priorities_upside_down_are_noticed() -> None:
    check = QUICK_CHECKS["cobham"]
    assert rejected(outcome(check, n_runs=1, changed=upside_down), check)


def test_sending_any_unit_instead_of_the_preferred_one_is_noticed() -> None:
    check = QUICK_CHECKS["hypercube"]
    assert rejected(outcome(check, n_runs=1, changed=at_random), check)
