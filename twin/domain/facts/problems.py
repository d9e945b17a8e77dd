"""Problems, which no view shows, and reports about them."""

from __future__ import annotations

from twin.domain.facts.base import Fact
from twin.domain.problem import Channel, Ended


class ProblemArose(Fact, frozen=True, gc=False, array_like=True):
    """Something is wrong somewhere, and nobody may know.

    `arose_at` lies before `at` only where chance was drawn anew. `needs`: the skills it takes to settle it.
    `ends_at`: when it would end by itself; `told_at`: when a citizen will tell of it; `offspring_at`: when it leads to
    others; `parent`: what led to it. `next_…`: the next of the same modelled source.
    """

    problem: int
    source: int
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    edge: int
    offset_mm: int
    arose_at: int
    ends_at: int | None = None
    told_at: int | None = None
    offspring_at: tuple[int, ...] = ()
    parent: int | None = None
    next_case: int | None = None
    next_at: int | None = None


class ProblemEnded(Fact, frozen=True, gc=False, array_like=True):
    """It is no longer there. `again_at`: when it breaks out again at the same place."""

    problem: int
    why: Ended
    again_at: int | None = None


class ReportMade(Fact, frozen=True, gc=False, array_like=True):
    """Somebody told the centre about a problem: a new case, or (`opened` is false) one of the cases it has already.

    `unit` is who found it on patrol. `told_at`: when a citizen will tell of it next.
    """

    problem: int
    case: int
    channel: Channel
    unit: int | None
    opened: bool
    told_at: int | None = None
