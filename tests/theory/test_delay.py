"""Several units and one line: who waits, and how long, is Erlang's."""

from __future__ import annotations

from tests.theory.checks import Check
from tests.theory.outcomes import outcome

ABOUT = "erlang_c"


def test_the_wait_is_erlang_c(check: Check, precise: bool) -> None:
    found = outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.violations == ()
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []
