"""Units without a waiting room: the share of cases lost is Erlang's, whatever the law of the service time."""

from __future__ import annotations

from tests.theory.checks import Check
from tests.theory.outcomes import outcome

ABOUT = "erlang_b"


def test_the_share_lost_is_erlang_b(check: Check, precise: bool) -> None:
    found = outcome(check, n_runs=check.n_runs(precise=precise))
    assert found.violations == ()
    assert found.disagreeing == []
    assert found.blunt(precise=precise) == []
