"""What is held of a case and of a unit's job while it is open, and the rows they become when it is over."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY, Stage

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


@dataclass(slots=True, eq=False)
class OpenCase:
    """A case that is open, or closed while units are still on it."""

    report: f.CaseReported
    order: int
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
    stage_us: dict[Stage, int] = field(default_factory=dict)
    """How long each stage took that is over."""
    n_given_up: int = 0
    n_unreachable: int = 0
    inferred: bool = False
    void: bool = False
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


def stage_of(report: f.CaseReported, need: int) -> Stage:
    """The stage that a need of a case belongs to."""
    if need < report.n_verify:
        return VERIFY
    return CHECK if report.n_check and need >= len(report.needs) - report.n_check else HANDLE


def end_stage(case: OpenCase, *, at: int) -> None:
    """The stage that is on is over: the next begins, or the case is closed."""
    if case.stage_since_at is not None:
        case.stage_us.setdefault(case.stage, at - case.stage_since_at)
