"""What a journal says about problems: one row a problem, and what became of every report about one.

Facts flow in, in the order of the journal; rows and counts flow out. A report about a problem that is not there, or of
which this journal does not say how it arose, is left out: nobody can tell whether it was the first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.ids import child_id
from twin.metrics.handlers import Handlers, Listen
from twin.metrics.rows import Rows
from twin.world.apply_problems import AGAIN

FORGOTTEN = "forgotten"
"""Why a problem that nobody had reported is no longer there when chance is drawn anew."""

_INT, _TEXT, _BOOL = pa.int64(), pa.string(), pa.bool_()
_PROBLEM_ROW = {
    "problem": _INT,
    "source": _INT,
    "area": _TEXT,
    "matter": _TEXT,
    "priority": _INT,
    "edge": _INT,
    "offset_mm": _INT,
    "parent": _INT,
    "is_again": _BOOL,
    "arose_at": _INT,
    "since_at": _INT,
    "first_reported_at": _INT,
    "channel": _TEXT,
    "found_by": _INT,
    "n_reports": _INT,
    "n_cases": _INT,
    "ended_at": _INT,
    "why": _TEXT,
}
_OPENING_ROW = {"case": _INT, "problem": _INT, "channel": _TEXT, "on_the_spot": _BOOL}


@dataclass(slots=True, eq=False)
class _OpenProblem:
    fact: f.ProblemArose
    order: int
    first_reported_at: int | None = None
    channel: str | None = None
    found_by: int | None = None
    n_reports: int = 0
    n_cases: int = 0


@dataclass(slots=True, eq=False)
class _OpenCase:
    """A case that was opened because of a problem; from need `first_check` on they only go and check."""

    problem: int
    channel: str
    first_check: int = 0
    is_verified: bool = False
    is_followed_up: bool = False


class ProblemReading:
    """A method a kind of fact.

    `problem_rows`: one a problem. `opening_rows`: one a case that was opened because of a problem. `n_told`: reports by
    channel. `n_told_as`: reports by what the centre made of them; `n_came`: arrivals at such cases.
    """

    def __init__(self, listen: Listen) -> None:
        self.problem_rows, self.opening_rows = Rows(_PROBLEM_ROW), Rows(_OPENING_ROW)
        self.n_told: Counter[str] = Counter()
        self.n_told_as: Counter[str] = Counter()
        self.n_came: Counter[str] = Counter()
        self._problems: dict[int, _OpenProblem] = {}
        self._cases: dict[int, _OpenCase] = {}
        self._after: dict[int, _OpenCase] = {}
        self._n_open: Counter[int] = Counter()
        self._on_job: dict[int, tuple[int, int]] = {}
        self._n = self._n_openings = 0
        self._listen = listen
        listen({f.ProblemArose: self._arose})

    def _of_problems(self) -> Handlers:
        """What is to be heard of once there are problems."""
        return {
            f.ProblemEnded: self._ended,
            f.ReportMade: self._told,
            f.CaseReported: self._reported,
            f.CaseClosed: self._closed,
            f.CaseRefused: self._refused,
            f.FollowUpDue: self._follow_up_due,
            f.CaseReopened: self._reopened,
            f.CaseArchived: self._archived,
            f.UnitAssigned: self._assigned,
            f.UnitArrived: self._arrived,
            f.UnitFreed: self._freed,
            f.LuckForked: self._forked,
        }

    def finish(self) -> None:
        """The run is over: write down what is open."""
        for number in list(self._problems):
            self._write(number, ended_at=None, why=None)

    # ------------------------------------------------------------------------------------------ problems

    def _arose(self, fact: f.ProblemArose) -> None:
        if not self._n:
            self._listen(self._of_problems())
        if fact.problem not in self._problems:
            self._problems[fact.problem] = _OpenProblem(fact, self._n)
            self._n += 1

    def _ended(self, fact: f.ProblemEnded) -> None:
        if fact.problem in self._problems:
            self._write(fact.problem, ended_at=fact.at, why=fact.why)

    def _forked(self, fact: f.LuckForked) -> None:
        for number in [number for number, problem in self._problems.items() if not problem.n_reports]:
            self._write(number, ended_at=fact.at, why=FORGOTTEN)

    def _told(self, fact: f.ReportMade) -> None:
        problem = self._problems.get(fact.problem)
        if problem is None:
            return
        self.n_told[fact.channel] += 1
        self.n_told_as["again" if problem.n_reports else "first"] += 1
        if problem.first_reported_at is None:
            problem.first_reported_at, problem.channel, problem.found_by = fact.at, fact.channel, fact.unit
        problem.n_reports += 1
        self.n_told_as["to be merged"] += self._n_open[fact.problem] > 0
        if fact.opened:
            self.n_told_as["opened twice" if self._n_open[fact.problem] else "opened"] += 1
            problem.n_cases += 1
            self._n_open[fact.problem] += 1
            self._cases[fact.case] = _OpenCase(fact.problem, fact.channel)
        else:
            known = self._cases.get(fact.case)
            is_right = known is not None and known.problem == fact.problem
            self.n_told_as["merged rightly" if is_right else "merged wrongly"] += 1

    # ------------------------------------------------------------------------------------------ cases about problems

    def _reported(self, fact: f.CaseReported) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        case.first_check = len(fact.needs) - fact.n_check
        case.is_verified = fact.n_verify > 0
        row = (self._n_openings, fact.case, case.problem, case.channel, fact.needs == (ON_THE_SPOT,))
        self.opening_rows.add(row)
        self._n_openings += 1

    def _over(self, number: int) -> _OpenCase | None:
        """A case is not open any more."""
        case = self._cases.pop(number, None)
        if case is not None:
            self._n_open[case.problem] -= 1
            if not self._n_open[case.problem]:
                del self._n_open[case.problem]
        return case

    def _refused(self, fact: f.CaseRefused) -> None:
        self._over(fact.case)

    def _follow_up_due(self, fact: f.FollowUpDue) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.is_followed_up = True

    def _reopened(self, fact: f.CaseReopened) -> None:
        case = self._after.pop(fact.case, None)
        if case is not None:
            case.is_followed_up, case.is_verified = False, False
            self._cases[fact.case] = case
            self._n_open[case.problem] += 1

    def _archived(self, fact: f.CaseArchived) -> None:
        self._after.pop(fact.case, None)

    def _closed(self, fact: f.CaseClosed) -> None:
        case = self._over(fact.case)
        if case is None:
            return
        if case.is_followed_up:
            self._after[fact.case] = case
        if case.is_verified:
            self.n_came["verified"] += 1
            self.n_came["void"] += fact.void

    def _assigned(self, fact: f.UnitAssigned) -> None:
        if fact.case in self._cases and fact.rule != ON_THE_SPOT:
            self._on_job[fact.unit] = fact.case, fact.need
        else:
            self._on_job.pop(fact.unit, None)

    def _arrived(self, fact: f.UnitArrived) -> None:
        number, need = self._on_job.pop(fact.unit, (None, 0))
        case = None if number is None else self._cases.get(number)
        if case is not None and need < case.first_check:
            self.n_came["came"] += 1
            self.n_came["came too late"] += case.problem not in self._problems

    def _freed(self, fact: f.UnitFreed) -> None:
        number, _ = self._on_job.get(fact.unit, (None, 0))
        if number == fact.case:
            del self._on_job[fact.unit]

    def _write(self, number: int, *, ended_at: int | None, why: str | None) -> None:
        problem = self._problems.pop(number)
        fact = problem.fact
        is_again = fact.parent is not None and number == child_id(fact.parent, AGAIN)
        what = (number, fact.source, fact.area, fact.matter, fact.priority)
        where = (fact.edge, fact.offset_mm, fact.parent, is_again)
        told = (problem.first_reported_at, problem.channel, problem.found_by, problem.n_reports, problem.n_cases)
        self.problem_rows.add((problem.order, *what, *where, fact.arose_at, fact.at, *told, ended_at, why))
