"""Facts about problems in few words; instants are given in whole seconds."""

from __future__ import annotations

from tests.metrics.small_journal import reported
from twin.domain import facts as f
from twin.domain.problem import BY_ITSELF, CITIZEN, PATROL, Channel, Ended
from twin.domain.quantities import SECOND


def arose(
    at_s: int, problem: int, *, arose_s: int | None = None, matter: str = "leak", parent: int | None = None
) -> f.ProblemArose:
    since_s = at_s if arose_s is None else arose_s
    return f.ProblemArose(
        at_s * SECOND, problem, 0, "north", matter, 1, ("engine",), 0, 0, since_s * SECOND, parent=parent
    )


def ended(at_s: int, problem: int, *, why: Ended = BY_ITSELF) -> f.ProblemEnded:
    return f.ProblemEnded(at_s * SECOND, problem, why)


def told(at_s: int, problem: int, case: int, *, unit: int | None = None, opened: bool = True) -> f.ReportMade:
    channel: Channel = CITIZEN if unit is None else PATROL
    return f.ReportMade(at_s * SECOND, problem, case, channel, unit, opened)


def found(at_s: int, problem: int, case: int, *, unit: int | None = None) -> list[f.Fact]:
    """A report that opens a case, and the case."""
    return [told(at_s, problem, case, unit=unit), reported(at_s, case)]
