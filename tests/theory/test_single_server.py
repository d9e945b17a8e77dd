"""One unit: the mean wait is Pollaczek's and Khinchine's for lognormal, gamma and constant service."""

from __future__ import annotations

from tests.theory.checks import Check
from tests.theory.outcomes import outcome

ABOUT = "mg1"


def test_the_wait_is_pollaczek_khinchine(check: Check, precise: bool) -> None:
    found = outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.violations == ()
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []
