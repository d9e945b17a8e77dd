"""What a journal says about the case loop: one row a case, as things stand when the run ends.

Facts flow in, in the order of the journal; rows of `LOOP_ROW` and counts flow out. A first stamp stands, but for what
rework or reopening undoes: handled, checked and closed are those that hold. Valid is what was handled, or what somebody
has gone to see; not valid, where they found nothing. A dispatch was right when the department handled the case, wrong
when it came back. Where somebody goes and sees first, the time that takes is not the acceptor's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from twin.domain import facts as f
from twin.domain.case import ACCEPTED, CHECKED, DISPATCHED, HANDLE, HANDLED, REGISTERED, VERIFY, Refused
from twin.domain.desk import Step
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.handlers import Handlers
from twin.metrics.loop_records import LOOP_ROW, ON_HOLD, WHISTLE_ROW, CaseOutcome, OpenLoop, Way, opened, written
from twin.metrics.rows import Rows

_DUE: Mapping[Step, tuple[str, str]] = {
    Step.ACCEPT: ("accept_due_at", "accepted_at"),
    Step.REGISTER: ("register_due_at", "registered_at"),
    Step.DISPATCH: ("dispatch_due_at", "dispatched_at"),
}
"""Columns of the limit and of the completion of steps that have a limit of their own."""


class LoopReading:
    """A method a kind of fact.

    `rows`: one a case. `whistles`: one a time that services assembled. `n_returned`: cases sent back, by the department
    that did; `n_handled`: times handled, by the way; `n`: other things that happened, by name.

    Parameters
    ----------
    until : when the run ended.
    names : name and kind of units, by number, as they become known.
    """

    def __init__(self, until: int, *, plan: CentrePlan, names: Mapping[int, tuple[str, str]]) -> None:
        self.until, self.plan = until, plan
        self.rows, self.whistles = Rows(LOOP_ROW), Rows(WHISTLE_ROW)
        self.n: Counter[str] = Counter()
        self.n_returned: Counter[str] = Counter()
        self.n_handled: Counter[str] = Counter()
        self.modes: list[tuple[str, int]] = []
        self._names = names
        self._cases: dict[int, OpenLoop] = {}
        self._jobs: dict[int, int] = {}
        self._n_cases = 0

    def handlers(self) -> Handlers:
        """Which method takes which fact."""
        return {
            f.CaseReported: self.reported,
            f.TaskQueued: lambda fact: self._asked(fact, fact.at),
            f.TaskBegan: self._task_began,
            f.CaseQueued: self._queued,
            f.CaseAccepted: self._accepted,
            f.CaseRefused: self._refused,
            f.CaseRegistered: self._registered,
            f.CaseDispatched: self._dispatched,
            f.CaseReturned: self._returned,
            f.CaseSuspended: self._suspended,
            f.CaseResumed: self._resumed,
            f.WorkBegan: self._work_began,
            f.RemoteTried: self._remote_tried,
            f.RemoteFailed: self._remote_failed,
            f.CaseHandled: self._handled,
            f.CheckSent: self._check_sent,
            f.CaseChecked: self._checked,
            f.DeadlineSet: self._deadline_set,
            f.DeadlineExtended: self._extended,
            f.ExtensionRefused: lambda _: self._happened("extensions refused"),
            f.CaseEscalated: lambda _: self._happened("escalated"),
            f.CaseSupervised: lambda _: self._happened("supervised"),
            f.FollowUpDue: self._follow_up_due,
            f.CaseClosed: self._closed,
            f.CaseVisited: self._visited,
            f.CaseMediated: lambda _: self._happened("mediated"),
            f.CaseReopened: self._reopened,
            f.CaseArchived: self._archived,
            f.UnitAssigned: self._assigned,
            f.UnitArrived: self._arrived,
            f.UnitFreed: self._freed,
            f.ModeChanged: lambda fact: self.modes.append((fact.name, fact.at)),
        }

    def matter_of(self, case: int) -> str | None:
        """The matter of a case that is open or followed up."""
        known = self._cases.get(case)
        return None if known is None else known.report.matter

    def finish(self) -> None:
        """The run is over: write down what may still change."""
        for case in self._cases.values():
            self.rows.add(written(case, until=self.until))
        self._cases.clear()

    def _happened(self, what: str) -> None:
        self.n[what] += 1

    # ------------------------------------------------------------------------------------------ before it is dispatched

    def reported(self, fact: f.CaseReported) -> None:
        """A case is there."""
        if fact.case not in self._cases:
            named = None if fact.finder is None else self._names.get(fact.finder)
            person = None if named is None else named[0]
            self._cases[fact.case] = opened(fact, order=self._n_cases, person=person)
            self._n_cases += 1

    def _task_began(self, fact: f.TaskBegan) -> None:
        self._asked(fact, fact.at if fact.queued_at is None else fact.queued_at)
        case = self._cases.get(fact.about) if fact.step in (Step.OFFICE, Step.REMOTE) else None
        if case is not None and case.row["responded_at"] is None:
            case.row["responded_at"] = fact.at

    def _asked(self, fact: f.TaskQueued | f.TaskBegan, asked_at: int) -> None:
        """A step is to be done from now on."""
        case = None if fact.step is Step.ANSWER else self._cases.get(fact.about)
        if case is None:
            return
        if fact.step is Step.OFFICE:
            case.way = Way.OFFICE
        due, done = _DUE.get(fact.step, ("", ""))
        limit_us = self.plan.limit_us(fact.step, case.report.matter) if due else None
        if limit_us is not None and case.row[due] is None and case.row[done] is None:
            case.row[due] = asked_at + limit_us

    def _queued(self, fact: f.CaseQueued) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        case.status = fact.stage.value
        if fact.stage is VERIFY:
            case.row["verify_sent_at"] = case.verifies_since = fact.at
        elif fact.stage is HANDLE:
            case.way = Way.ON_THE_SPOT if case.row["on_the_spot"] else Way.FIELD
            case.first_here_at = None

    def _accepted(self, fact: f.CaseAccepted) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        case.row["accepted_at"], case.status = fact.at, ACCEPTED.value
        if case.verifies_since is not None:
            case.put_off("accept_due_at", fact.at - case.verifies_since)
            case.row["verified_at"], case.row["valid"], case.verifies_since = fact.at, True, None

    def _refused(self, fact: f.CaseRefused) -> None:
        case = self._cases.pop(fact.case, None)
        if case is not None:
            is_rejected = fact.why is Refused.REJECTED
            case.row["rejected" if is_rejected else "not_registered"] = True
            self._end(case, CaseOutcome.REJECTED if is_rejected else CaseOutcome.NOT_REGISTERED)

    def _registered(self, fact: f.CaseRegistered) -> None:
        case = self._cases.get(fact.case)
        if case is not None and case.row["registered_at"] is None:
            case.row["registered_at"], case.status = fact.at, REGISTERED.value

    # ------------------------------------------------------------------------------------------ dispatch and handling

    def _dispatched(self, fact: f.CaseDispatched) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        if case.row["dispatched_at"] is None:
            case.row["dispatched_at"] = fact.at
        case.row["department"], case.status, case.way = fact.department or None, DISPATCHED.value, None

    def _returned(self, fact: f.CaseReturned) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        self.n_returned[str(case.row["department"])] += 1
        case.count("n_returns")
        case.row["department"], case.row["dispatch_right"], case.status = None, False, REGISTERED.value

    def _suspended(self, fact: f.CaseSuspended) -> None:
        self._happened("suspended")
        case = self._cases.get(fact.case)
        if case is not None:
            case.held_since, case.status = fact.at, ON_HOLD

    def _resumed(self, fact: f.CaseResumed) -> None:
        case = self._cases.get(fact.case)
        if case is not None and case.held_since is not None:
            case.row["suspended_us"] = case.so_far_us("suspended_us") + fact.at - case.held_since
            case.held_since, case.status = None, DISPATCHED.value

    def _assigned(self, fact: f.UnitAssigned) -> None:
        if fact.case in self._cases:
            self._jobs[fact.unit] = fact.case
        else:
            self._jobs.pop(fact.unit, None)

    def _arrived(self, fact: f.UnitArrived) -> None:
        case = self._cases.get(self._jobs.get(fact.unit, -1))
        if case is None:
            return
        if case.row["responded_at"] is None:
            case.row["responded_at"] = fact.at
        if case.first_here_at is None:
            case.first_here_at = fact.at

    def _freed(self, fact: f.UnitFreed) -> None:
        self._jobs.pop(fact.unit, None)

    def _work_began(self, fact: f.WorkBegan) -> None:
        case = self._cases.get(fact.case)
        if case is not None and case.first_here_at is not None:
            self.whistles.add((fact.at, fact.case, case.first_here_at, fact.at))

    def _remote_tried(self, fact: f.RemoteTried) -> None:
        """Nobody is to go there for now."""
        case = self._cases.get(fact.case)
        if case is not None:
            case.way, case.status = None, DISPATCHED.value

    def _remote_failed(self, fact: f.RemoteFailed) -> None:
        self._happened("remote failed")
        case = self._cases.get(fact.case)
        if case is not None and case.row["responded_at"] is None:
            case.row["responded_at"] = fact.at

    def _handled(self, fact: f.CaseHandled) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        if case.way is None:
            case.way = Way.REMOTE
            case.row["responded_at"] = case.row["responded_at"] or fact.at
        self.n_handled[case.way.value] += 1
        case.row["handled_at"], case.row["valid"], case.status = fact.at, True, HANDLED.value
        case.row["done_well"] = fact.is_done
        if case.row["dispatched_at"] is not None and case.row["dispatch_right"] is None:
            case.row["dispatch_right"] = True

    def _check_sent(self, fact: f.CheckSent) -> None:
        case = self._cases.get(fact.case)
        if case is not None and case.row["check_sent_at"] is None:
            case.row["check_sent_at"] = fact.at

    def _checked(self, fact: f.CaseChecked) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        case.row["checked_at"], case.status = fact.at, CHECKED.value
        if not fact.passed:
            case.count("n_reworks")
            case.row["handled_at"] = case.row["checked_at"] = None
            case.status = REGISTERED.value

    # ------------------------------------------------------------------------------------------ deadlines

    def _deadline_set(self, fact: f.DeadlineSet) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.row["handle_due_at"] = case.row["close_due_at"] = fact.deadline_at

    def _extended(self, fact: f.DeadlineExtended) -> None:
        self._happened("extended")
        case = self._cases.get(fact.case)
        if case is not None:
            case.count("n_extensions")

    # ------------------------------------------------------------------------------------------ the end, and after it

    def _follow_up_due(self, fact: f.FollowUpDue) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.is_followed_up = True

    def _closed(self, fact: f.CaseClosed) -> None:
        case = self._cases.get(fact.case)
        if case is None:
            return
        case.row["closed_at"], case.row["void"] = fact.at, fact.void
        outcome = CaseOutcome.CLOSED if case.row["handled_at"] is not None else CaseOutcome.UNSERVED
        if fact.void:
            case.row["valid"], outcome = False, CaseOutcome.VOID
            case.row["verified_at"] = fact.at
            case.verifies_since = None
        if case.is_followed_up:
            case.row["outcome"] = outcome.value
        else:
            self._end(self._cases.pop(fact.case), outcome)

    def _visited(self, fact: f.CaseVisited) -> None:
        self.n["visited"] += 1
        self.n["visited and resolved"] += fact.resolved
        self.n["visited and satisfied"] += fact.satisfied
        case = self._cases.get(fact.case)
        if case is not None:
            case.row |= {"visited_at": fact.at, "resolved": fact.resolved, "satisfied": fact.satisfied}

    def _reopened(self, fact: f.CaseReopened) -> None:
        case = self._cases.get(fact.case)
        if case is not None:
            case.count("reopened")
            case.row["closed_at"] = case.row["handled_at"] = case.row["checked_at"] = None
            case.row["outcome"] = CaseOutcome.OPEN.value
            case.is_followed_up, case.status = False, REGISTERED.value

    def _archived(self, fact: f.CaseArchived) -> None:
        case = self._cases.pop(fact.case, None)
        if case is not None:
            case.is_followed_up = False
            self.rows.add(written(case, until=self.until))

    def _end(self, case: OpenLoop, outcome: CaseOutcome) -> None:
        case.row["outcome"] = outcome.value
        self.rows.add(written(case, until=self.until))
