"""What is held of a case and of a unit's job while it is open, and the rows they become when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.case import HANDLE, VERIFY, Stage

_INT, _TEXT, _BOOL = pa.int64(), pa.string(), pa.bool_()
_CASE = {"case": _INT, "ref": _TEXT, "area": _TEXT, "matter": _TEXT, "priority": _INT}
CASE_ROW = (
    _CASE
    | {"n_needs": _INT, "source": _INT}
    | dict.fromkeys(("reported_at", "registered_at", "queued_at", "dispatched_at"), _INT)
    | dict.fromkeys(("first_arrived_at", "last_arrived_at", "closed_at", "assembled_at"), _INT)
    | dict.fromkeys(("n_units", "n_arrived", "n_given_up", "n_unreachable"), _INT)
    | {"outcome": _TEXT, "inferred": _BOOL}
    | {"verify_us": _INT, "handle_us": _INT, "check_us": _INT, "void": _BOOL, "edge": _INT, "offset_mm": _INT}
)
JOB_ROW = (
    {"unit": _INT, "name": _TEXT, "unit_kind": _TEXT}
    | _CASE
    | {"need": _INT, "rule": _TEXT, "assigned_at": _INT, "rolled_at": _INT, "arrived_at": _INT, "freed_at": _INT}
    | {"cause": _TEXT, "expected_us": _INT, "n_retimed": _INT, "inferred": _BOOL}
)
UNIT_ROW = {"unit": _INT, "name": _TEXT, "unit_kind": _TEXT, "enrolled_at": _INT, "beat": _INT, "patrols": _BOOL}
ABSENCE_ROW = {"unit": _INT, "left_at": _INT, "back_at": _INT}
WAIT_ROW = {"skill": _TEXT, "since_at": _INT, "until_at": _INT}


BEYOND = 1 << 30
"""More needs than any case has."""


@dataclass(slots=True, eq=False)
class OpenCase:
    """A case that is open, or closed while units are still on it."""

    report: f.CaseReported
    order: int
    handling: range
    """Needs of those who handle it; recorded histories may number them beyond those it was reported with."""
    registered_at: int | None = None
    queued_at: int | None = None
    dispatched_at: int | None = None
    first_arrived_at: int | None = None
    last_arrived_at: int | None = None
    closed_at: int | None = None
    n_jobs: int = 0
    """Jobs under way."""
    n_expected: int = 0
    """Jobs to handle it that nobody withdrew and whose unit has not arrived."""
    assembled_at: int | None = None
    """Last arrival of those who handle it; whoever verifies or checks is not waited for."""
    stage: Stage = HANDLE
    stage_since_at: int | None = None
    verify_us: int | None = None
    handle_us: int | None = None
    check_us: int | None = None
    n_given_up: int = 0
    n_unreachable: int = 0
    inferred: bool = False
    void: bool = False
    is_followed_up: bool = False
    """Closed, it may still be opened again."""
    sent: set[int] = field(default_factory=set)
    arrived: set[int] = field(default_factory=set)
    waiting: dict[int, int] = field(default_factory=dict)
    """Need → since when it waits for a unit."""


@dataclass(slots=True, eq=False)
class OpenJob:
    """A job under way; its case, if that was reported."""

    order: int
    fact: f.UnitAssigned
    case: OpenCase | None
    rolled_at: int | None = None
    arrived_at: int | None = None
    n_retimed: int = 0
    inferred: bool = False
    covers: tuple[int, ...] = ()
    """Other needs of the case that the unit does as well."""


def open_case(report: f.CaseReported, *, order: int) -> OpenCase:
    """A case as it was reported."""
    return OpenCase(
        report, order, range(report.n_verify, len(report.needs) - report.n_check if report.n_check else BEYOND)
    )


def needs_of(case: OpenCase, stage: Stage) -> range:
    """The needs of a stage of a case."""
    report = case.report
    n, first_check = len(report.needs), len(report.needs) - report.n_check
    if stage is HANDLE:
        return range(report.n_verify, first_check)
    return range(report.n_verify) if stage is VERIFY else range(first_check, n)


def end_stage(case: OpenCase, *, at: int) -> None:
    """The stage that is on is over: the next begins, or the case is closed. The first time it is on counts."""
    if case.stage_since_at is None:
        return
    took_us = at - case.stage_since_at
    if case.stage is HANDLE:
        if case.handle_us is None:
            case.handle_us = took_us
    elif case.stage is VERIFY:
        case.verify_us = took_us if case.verify_us is None else case.verify_us
    else:
        case.check_us = took_us if case.check_us is None else case.check_us
