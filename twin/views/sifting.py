"""Which cases of a centre are wanted, and in which order: by stage, department and light; what is urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from twin.domain.light import Light
from twin.views.moment import CaseShown
from twin.views.stands import STANDS, stand_of


class Sifting(NamedTuple):
    """What cases are chosen by; None: any."""

    stage: str | None = None
    department: str | None = None
    light: Light | None = None


def sifted(cases: Iterable[CaseShown], by: Sifting) -> list[CaseShown]:
    """Those that are wanted."""
    return [
        case
        for case in cases
        if by.stage in (None, stand_of(case))
        and by.department in (None, case.department)
        and by.light in (None, case.light)
    ]


def _by_left(case: CaseShown) -> tuple[float, ...]:
    return case.deadline_at is None, case.deadline_at or 0, case.priority, case.case


def _by_stage(case: CaseShown) -> tuple[float, ...]:
    return STANDS.index(stand_of(case)), *_by_left(case)


ORDERS: dict[str, Callable[[CaseShown], tuple[float, ...]]] = {
    "left": _by_left,
    "priority": lambda case: (case.priority, *_by_left(case)),
    "oldest": lambda case: (case.reported_at, case.case),
    "stage": _by_stage,
}
"""By what they can be sorted."""
