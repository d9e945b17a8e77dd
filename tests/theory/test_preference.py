"""Three units with preference lists by area: workloads, states and shares are those of Larson and Odoni's hypercube."""

from __future__ import annotations

from tests.theory.checks import Check
from tests.theory.outcomes import outcome

ABOUT = "hypercube"


def test_workloads_states_and_shares_are_those_of_the_hypercube(check: Check, precise: bool) -> None:
    found = outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.violations == ()
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []
