"""One pass over a journal: what is open is held, and what is over becomes rows.

Facts flow in, rows of instants flow out: cases, units' jobs, units, absences, needs that waited; `problems`, `duty`
and `centre` read along. The first stamp of a kind stands. Which unit is on which job follows the reducer: a unit given
a case while it has one drops the older.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from twin.domain import facts as f
from twin.domain.unit import BACK_TO_QUEUE, Freed
from twin.metrics.case_records import (
    ABSENCE_ROW,
    CASE_ROW,
    JOB_ROW,
    UNIT_ROW,
    WAIT_ROW,
    OpenCase,
    OpenJob,
    end_stage,
    needs_of,
    open_case,
)
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.centre_reading import CentreReading
from twin.metrics.duty_reading import DutyReading
from twin.metrics.handlers import Handlers, in_turn
from twin.metrics.problem_reading import ProblemReading
from twin.metrics.rows import Rows

_WITHDRAWN = (Freed.CANCELLED, *BACK_TO_QUEUE)


class Reading:
    """A method a kind of fact, found by its type; `until` is when the run ended, `plan` what is known of its centre."""

    def __init__(self, until: int, *, plan: CentrePlan | None = None) -> None:
        self.until = until
        self.n_facts = 0
        self.began_at: int | None = None
        self.case_rows, self.job_rows, self.unit_rows = Rows(CASE_ROW), Rows(JOB_ROW), Rows(UNIT_ROW)
        self.absence_rows, self.wait_rows = Rows(ABSENCE_ROW), Rows(WAIT_ROW)
        self.refusals: Counter[str] = Counter()
        self._cases: dict[int, OpenCase] = {}
        self._after: dict[int, OpenCase] = {}
        self._jobs: dict[int, OpenJob] = {}
        self._names: dict[int, tuple[str, str]] = {}
        self._left: dict[int, int] = {}
        self._n_cases = self._n_jobs = 0
        self._handlers = self._own_handlers()
        self.problems, self.duty = ProblemReading(self._listen), DutyReading(until, self._listen)
        self.centre = CentreReading(until, self._listen, plan=plan, names=self._names)

    def read(self, facts: Iterable[f.Fact]) -> None:
        """Take in facts, in the order they were recorded."""
        handlers = self._handlers
        for fact in facts:
            self.n_facts += 1
            handler = handlers.get(type(fact))
            if handler is not None:
                handler(fact)

    def _listen(self, more: Handlers) -> None:
        """Somebody wants to hear of more kinds of fact, after those who heard of them before."""
        for kind, handler in more.items():
            before = self._handlers.get(kind)
            self._handlers[kind] = handler if before is None else in_turn(before, handler)

    def _own_handlers(self) -> Handlers:
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
            f.CaseRefused: self._case_refused,
            f.CaseAccepted: self._stage_over,
            f.RemoteTried: self._remote_tried,
            f.CaseHandled: self._stage_over,
            f.CaseChecked: self._stage_over,
            f.FollowUpDue: self._follow_up_due,
            f.CaseReopened: self._reopened,
            f.CaseArchived: self._archived,
            f.UnitAssigned: self._assigned,
            f.NeedsCovered: self._covered,
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
        for case in self._after.values():
            self._write_case(case)
        for unit, left_at in self._left.items():
            self.absence_rows.add((left_at, unit, left_at, self.until))
        self.problems.finish()
        self.duty.finish()
        self.centre.finish()

    # ------------------------------------------------------------------------------------------ setting up

    def _began(self, fact: f.TwinBegan) -> None:
        self.began_at = fact.at

    def _enrolled(self, fact: f.UnitEnrolled) -> None:
        self._names[fact.unit] = fact.name, fact.unit_kind
        self.unit_rows.add((fact.unit, fact.unit, fact.name, fact.unit_kind, fact.at, fact.beat, fact.patrols))

    # ------------------------------------------------------------------------------------------ cases

    def _reported(self, fact: f.CaseReported) -> None:
        if fact.case not in self._cases:
            self._cases[fact.case] = open_case(fact, order=self._n_cases)
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
        end_stage(case, at=fact.at)
        case.stage, case.stage_since_at = fact.stage, fact.at
        for need in needs_of(case, fact.stage):
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
            case.closed_at, case.void = fact.at, fact.void
            end_stage(case, at=fact.at)
            self._end_waits(case, at=fact.at)
            if case.is_followed_up:
                self._after[fact.case] = case
            elif not case.n_jobs:
                self._write_case(case)

    # ----------------------------------------------------------------------------------------- cases of a centre's loop

    def _case_refused(self, fact: f.CaseRefused) -> None:
        case = self._cases.pop(fact.case, None)
        if case is not None:
            end_stage(case, at=fact.at)
            self._end_waits(case, at=fact.at)
            self._write_case(case, outcome="refused")

    def _stage_over(self, fact: f.CaseAccepted | f.CaseHandled | f.CaseChecked) -> None:
        """What was to be done in the field is done; desks have it now."""
        case = self._cases.get(fact.case)
        if case is not None:
            end_stage(case, at=fact.at)
            case.stage_since_at = None

    def _remote_tried(self, fact: f.RemoteTried) -> None:
        """Those at the video desk have it: it waits for no unit, and the stage has not begun if it will."""
        case = self._cases.get(fact.case)
        if case is not None:
            case.stage_since_at = None
            self._end_waits(case, at=fact.at)

    def _follow_up_due(self, fact: f.FollowUpDue) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.is_followed_up = True

    def _reopened(self, fact: f.CaseReopened) -> None:
        """It was not closed for good."""
        case = self._after.pop(fact.case, None)
        if case is not None:
            case.closed_at, case.is_followed_up, case.stage_since_at = None, False, None
            self._cases[fact.case] = case

    def _archived(self, fact: f.CaseArchived) -> None:
        case = self._after.pop(fact.case, None)
        if case is not None:
            case.is_followed_up = False
            if not case.n_jobs:
                self._write_case(case)

    # ------------------------------------------------------------------------------------------ units

    def _assigned(self, fact: f.UnitAssigned) -> None:
        dropped = self._jobs.get(fact.unit)
        if dropped is not None:
            self._end_job(dropped, freed_at=None, cause=None)
        case = self._cases.get(fact.case)
        self._jobs[fact.unit] = OpenJob(self._n_jobs, fact, case)
        self._n_jobs += 1
        if case is not None:
            if case.dispatched_at is None:
                case.dispatched_at = fact.at
            case.sent.add(fact.unit)
            case.n_jobs += 1
            case.n_expected += fact.need in case.handling
            self._end_wait(case, fact.need, at=fact.at)

    def _covered(self, fact: f.NeedsCovered) -> None:
        job, case = self._jobs.get(fact.unit), self._cases.get(fact.case)
        if job is None or case is None:
            return
        job.covers = fact.covers
        for need in fact.covers:
            self._end_wait(case, need, at=fact.at)

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
            if job.fact.need in case.handling:
                case.n_expected -= 1
                case.assembled_at = fact.at

    def _freed(self, fact: f.UnitFreed) -> None:
        job = self._jobs.get(fact.unit)
        if job is None or job.fact.case != fact.case:
            return
        case = job.case
        if case is not None:
            if job.arrived_at is None and fact.cause in _WITHDRAWN:
                case.n_expected -= job.fact.need in case.handling
            if case.closed_at is None and fact.cause in BACK_TO_QUEUE:
                for need in (fact.need, *job.covers):
                    if need < len(case.report.needs):
                        case.waiting.setdefault(need, fact.at)
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

    def _end_wait(self, case: OpenCase, need: int, *, at: int) -> None:
        since_at = case.waiting.pop(need, None)
        if since_at is not None and since_at < at:
            self.wait_rows.add((since_at, case.report.needs[need], since_at, at))

    def _end_waits(self, case: OpenCase, *, at: int) -> None:
        for need in list(case.waiting):
            self._end_wait(case, need, at=at)

    def _end_job(self, job: OpenJob, *, freed_at: int | None, cause: Freed | None) -> None:
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
            if case.closed_at is not None and not case.n_jobs and not case.is_followed_up:
                self._write_case(case)

    def _write_case(self, case: OpenCase, *, outcome: str | None = None) -> None:
        report, is_closed = case.report, case.closed_at is not None
        assembled_at = case.assembled_at if is_closed and not case.n_expected else None
        stamps = (report.at, case.registered_at, case.queued_at, case.dispatched_at)
        ends = (case.first_arrived_at, case.last_arrived_at, case.closed_at, assembled_at)
        what = (report.case, *_described(report), len(report.needs), report.source)
        counts = (len(case.sent), len(case.arrived), case.n_given_up, case.n_unreachable)
        outcome = outcome or ("closed" if is_closed else "open")
        more = (case.verify_us, case.handle_us, case.check_us, case.void, report.edge, report.offset_mm)
        self.case_rows.add((case.order, *what, *stamps, *ends, *counts, outcome, case.inferred, *more))


def _described(report: f.CaseReported) -> tuple[str, str, str, int]:
    return report.ref, report.area, report.matter, report.priority
