"""One pass over a journal: what is open is held, and what is over becomes rows.

Facts flow in, rows of instants flow out: cases, units' jobs, units, absences, needs that waited. The first stamp of a
kind stands. Which unit is on which job follows the reducer: a unit given a case while it has one drops the older.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.unit import BACK_TO_QUEUE, Freed
from twin.metrics.rows import Rows

_WITHDRAWN = (Freed.CANCELLED, *BACK_TO_QUEUE)
_INT, _TEXT, _BOOL = pa.int64(), pa.string(), pa.bool_()
_CASE = {"case": _INT, "ref": _TEXT, "area": _TEXT, "matter": _TEXT, "priority": _INT}
_CASE_ROW = (
    _CASE
    | {"n_needs": _INT, "source": _INT}
    | dict.fromkeys(("reported_at", "registered_at", "queued_at", "dispatched_at"), _INT)
    | dict.fromkeys(("first_arrived_at", "last_arrived_at", "closed_at", "assembled_at"), _INT)
    | dict.fromkeys(("n_units", "n_arrived", "n_given_up", "n_unreachable"), _INT)
    | {"outcome": _TEXT, "inferred": _BOOL}
)
_JOB_ROW = (
    {"unit": _INT, "name": _TEXT, "unit_kind": _TEXT}
    | _CASE
    | {"need": _INT, "rule": _TEXT, "assigned_at": _INT, "rolled_at": _INT, "arrived_at": _INT, "freed_at": _INT}
    | {"cause": _TEXT, "expected_us": _INT, "n_retimed": _INT, "inferred": _BOOL}
)
_UNIT_ROW = {"unit": _INT, "name": _TEXT, "unit_kind": _TEXT, "enrolled_at": _INT}
_ABSENCE_ROW = {"unit": _INT, "left_at": _INT, "back_at": _INT}
_WAIT_ROW = {"skill": _TEXT, "since_at": _INT, "until_at": _INT}


@dataclass(slots=True, eq=False)
class _OpenCase:
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
    """Jobs that nobody withdrew and whose unit has not arrived."""
    n_given_up: int = 0
    n_unreachable: int = 0
    inferred: bool = False
    sent: set[int] = field(default_factory=set)
    arrived: set[int] = field(default_factory=set)
    waiting: dict[int, int] = field(default_factory=dict)
    """Need → since when it waits for a unit."""


@dataclass(slots=True, eq=False)
class _OpenJob:
    order: int
    fact: f.UnitAssigned
    case: _OpenCase | None
    rolled_at: int | None = None
    arrived_at: int | None = None
    n_retimed: int = 0
    inferred: bool = False


class Reading:
    """A method a kind of fact, found by its type; `until` is when the run ended."""

    def __init__(self, until: int) -> None:
        self.until = until
        self.n_facts = 0
        self.began_at: int | None = None
        self.case_rows, self.job_rows, self.unit_rows = Rows(_CASE_ROW), Rows(_JOB_ROW), Rows(_UNIT_ROW)
        self.absence_rows, self.wait_rows = Rows(_ABSENCE_ROW), Rows(_WAIT_ROW)
        self.refusals: Counter[str] = Counter()
        self._cases: dict[int, _OpenCase] = {}
        self._jobs: dict[int, _OpenJob] = {}
        self._names: dict[int, tuple[str, str]] = {}
        self._left: dict[int, int] = {}
        self._n_cases = self._n_jobs = 0

    def read(self, facts: Iterable[f.Fact]) -> None:
        """Take in facts, in the order they were recorded."""
        handlers = self._handlers()
        for fact in facts:
            self.n_facts += 1
            handler = handlers.get(type(fact))
            if handler is not None:
                handler(fact)

    def _handlers(self) -> dict[type[f.Fact], Callable[[Any], None]]:
        """Which method takes which fact; the other kinds of fact say nothing about intervals."""
        return {
            f.TwinBegan: self._began,
            f.UnitEnrolled: self._enrolled,
            f.CaseReported: self._reported,
            f.CaseRegistered: self._registered,
            f.CaseQueued: self._queued,
            f.NeedGivenUp: self._given_up,
            f.NeedUnreachable: self._unreachable,
            f.CaseClosed: self._closed,
            f.UnitAssigned: self._assigned,
            f.UnitRolled: self._rolled,
            f.LegRetimed: self._retimed,
            f.UnitArrived: self._arrived,
            f.UnitFreed: self._freed,
            f.UnitLeft: self._gone,
            f.UnitBack: self._back,
            f.OrderRefused: self._refused,
        }

    def finish(self) -> None:
        """The run is over: write down what is open."""
        for job in list(self._jobs.values()):
            self._end_job(job, freed_at=None, cause=None)
        for case in self._cases.values():
            self._end_waits(case, at=self.until)
            self._write_case(case)
        for unit, left_at in self._left.items():
            self.absence_rows.add((left_at, unit, left_at, self.until))

    # ------------------------------------------------------------------------------------------ setting up

    def _began(self, fact: f.TwinBegan) -> None:
        self.began_at = fact.at

    def _enrolled(self, fact: f.UnitEnrolled) -> None:
        self._names[fact.unit] = fact.name, fact.unit_kind
        self.unit_rows.add((fact.unit, fact.unit, fact.name, fact.unit_kind, fact.at))

    # ------------------------------------------------------------------------------------------ cases

    def _reported(self, fact: f.CaseReported) -> None:
        if fact.case not in self._cases:
            self._cases[fact.case] = _OpenCase(fact, self._n_cases)
            self._n_cases += 1

    def _registered(self, fact: f.CaseRegistered) -> None:
        case = self._cases.get(fact.case)
        if case is not None and case.registered_at is None:
            case.registered_at = fact.at

    def _queued(self, fact: f.CaseQueued) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        if case.queued_at is None:
            case.queued_at = fact.at
        for need in range(len(case.report.needs)):
            case.waiting.setdefault(need, fact.at)

    def _given_up(self, fact: f.NeedGivenUp) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.n_given_up += 1
            self._end_wait(case, fact.need, at=fact.at)

    def _unreachable(self, fact: f.NeedUnreachable) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.n_unreachable += 1

    def _closed(self, fact: f.CaseClosed) -> None:
        case = self._cases.pop(fact.case, None)
        if case is not None:
            case.closed_at = fact.at
            self._end_waits(case, at=fact.at)
            if not case.n_jobs:
                self._write_case(case)

    # ------------------------------------------------------------------------------------------ units

    def _assigned(self, fact: f.UnitAssigned) -> None:
        dropped = self._jobs.get(fact.unit)
        if dropped is not None:
            self._end_job(dropped, freed_at=None, cause=None)
        case = self._cases.get(fact.case)
        self._jobs[fact.unit] = _OpenJob(self._n_jobs, fact, case)
        self._n_jobs += 1
        if case is not None:
            if case.dispatched_at is None:
                case.dispatched_at = fact.at
            case.sent.add(fact.unit)
            case.n_jobs += 1
            case.n_expected += 1
            self._end_wait(case, fact.need, at=fact.at)

    def _rolled(self, fact: f.UnitRolled) -> None:
        job = self._jobs.get(fact.unit)
        if job is None:
            return
        if job.rolled_at is None:
            job.rolled_at = fact.at
        if fact.inferred:
            job.inferred = True
            if job.case is not None:
                job.case.inferred = True

    def _retimed(self, fact: f.LegRetimed) -> None:
        job = self._jobs.get(fact.unit)
        if job is not None:
            job.n_retimed += 1

    def _arrived(self, fact: f.UnitArrived) -> None:
        job = self._jobs.get(fact.unit)
        if job is None or job.arrived_at is not None:
            return
        job.arrived_at = fact.at
        case = job.case
        if case is not None:
            if case.first_arrived_at is None:
                case.first_arrived_at = fact.at
            case.last_arrived_at = fact.at
            case.arrived.add(fact.unit)
            case.n_expected -= 1

    def _freed(self, fact: f.UnitFreed) -> None:
        job = self._jobs.get(fact.unit)
        if job is None or job.fact.case != fact.case:
            return
        case = job.case
        if case is not None:
            if job.arrived_at is None and fact.cause in _WITHDRAWN:
                case.n_expected -= 1
            if case.closed_at is None and fact.cause in BACK_TO_QUEUE and fact.need < len(case.report.needs):
                case.waiting.setdefault(fact.need, fact.at)
        self._end_job(job, freed_at=fact.at, cause=fact.cause)

    def _gone(self, fact: f.UnitLeft) -> None:
        self._left.setdefault(fact.unit, fact.at)

    def _back(self, fact: f.UnitBack) -> None:
        left_at = self._left.pop(fact.unit, None)
        if left_at is not None:
            self.absence_rows.add((left_at, fact.unit, left_at, fact.at))

    def _refused(self, fact: f.OrderRefused) -> None:
        self.refusals[fact.why] += 1

    # ------------------------------------------------------------------------------------------ rows

    def _end_wait(self, case: _OpenCase, need: int, *, at: int) -> None:
        since_at = case.waiting.pop(need, None)
        if since_at is not None and since_at < at:
            self.wait_rows.add((since_at, case.report.needs[need], since_at, at))

    def _end_waits(self, case: _OpenCase, *, at: int) -> None:
        for need in list(case.waiting):
            self._end_wait(case, need, at=at)

    def _end_job(self, job: _OpenJob, *, freed_at: int | None, cause: Freed | None) -> None:
        fact, case = job.fact, job.case
        del self._jobs[fact.unit]
        of_case = (None,) * 4 if case is None else _described(case.report)
        stamps = (fact.at, job.rolled_at, job.arrived_at, freed_at)
        name = self._names.get(fact.unit, (None, None))
        expected_us = fact.expected_us or None
        what = (fact.unit, *name, fact.case, *of_case, fact.need, fact.rule)
        self.job_rows.add((job.order, *what, *stamps, cause, expected_us, job.n_retimed, job.inferred))
        if case is not None:
            case.n_jobs -= 1
            if case.closed_at is not None and not case.n_jobs:
                self._write_case(case)

    def _write_case(self, case: _OpenCase) -> None:
        report, is_closed = case.report, case.closed_at is not None
        assembled_at = case.last_arrived_at if is_closed and not case.n_expected else None
        stamps = (report.at, case.registered_at, case.queued_at, case.dispatched_at)
        ends = (case.first_arrived_at, case.last_arrived_at, case.closed_at, assembled_at)
        what = (report.case, *_described(report), len(report.needs), report.source)
        counts = (len(case.sent), len(case.arrived), case.n_given_up, case.n_unreachable)
        outcome = "closed" if is_closed else "open"
        self.case_rows.add((case.order, *what, *stamps, *ends, *counts, outcome, case.inferred))


def _described(report: f.CaseReported) -> tuple[str, str, str, int]:
    return report.ref, report.area, report.matter, report.priority
