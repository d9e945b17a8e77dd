"""One unit and three classes: the urgent go first, nobody is interrupted, and each class waits as Cobham says."""

from __future__ import annotations

from tests.theory.checks import Check
from tests.theory.outcomes import outcome

ABOUT = "cobham"


def test_each_class_waits_as_cobham_says(check: Check, precise: bool) -> None:
    found = outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.violations == ()
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []
