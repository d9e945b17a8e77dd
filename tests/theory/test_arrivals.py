"""Modelled demand is a Poisson process with the rhythm of its scenario."""

from __future__ import annotations

from scenarios.spec import Scenario
from tests.theory.arrivals import PRECISE_RUNS, QUICK_RUNS, findings
from tests.theory.outcomes import blunt
from twin.domain.quantities import WEEK


def test_cases_arrive_as_a_poisson_process_in_the_rhythm_of_the_scenario(precise: bool) -> None:
    found = findings(n_runs=PRECISE_RUNS if precise else QUICK_RUNS)
    assert [str(finding) for finding in found if not finding.agrees] == []
    assert blunt(found, precise=precise) == []


def test_a_rhythm_that_is_an_hour_late_is_noticed() -> None:
    def late(scenario: Scenario) -> Scenario:
        (demand,) = scenario.demand
        hours = (demand.rhythm.hours[-1], *demand.rhythm.hours[:-1])
        rhythm = demand.rhythm.model_copy(update={"hours": hours})
        return scenario.model_copy(update={"lasting": WEEK, "demand": (demand.model_copy(update={"rhythm": rhythm}),)})

    assert not all(finding.agrees for finding in findings(n_runs=1, changed=late))
