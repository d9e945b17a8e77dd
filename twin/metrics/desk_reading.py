"""What a journal says about desks: one row a task, from when it was asked for to when it was done, and seats staffed.

Facts flow in, in the order of the journal. A task is done when the fact it leads to comes; that is not always when it
was to be, as chance may be drawn anew meanwhile. What nobody has begun is dropped when it is not wanted any more.
`ended_at` is when it was done or dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.case import VERIFY
from twin.domain.desk import BESIDE, Step
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.handlers import Handlers
from twin.metrics.rows import Rows

_INT, _TEXT = pa.int64(), pa.string()
_TASK_ROW = (
    {"desk": _INT, "name": _TEXT, "step": _TEXT, "about": _INT, "priority": _INT}
    | dict.fromkeys(("queued_at", "begun_at", "ended_at"), _INT)
    | {"outcome": _TEXT, "in_limit": pa.bool_()}
)

_LEADS_TO: dict[type[f.Fact], tuple[Step, ...]] = {
    f.CaseAccepted: (Step.ACCEPT,),
    f.CaseRefused: (Step.ACCEPT, Step.REGISTER),
    f.CaseRegistered: (Step.REGISTER,),
    f.CaseDispatched: (Step.DISPATCH,),
    f.ChiefDecided: (Step.CHIEF,),
    f.RemoteFailed: (Step.REMOTE,),
    f.CaseHandled: (Step.REMOTE, Step.OFFICE),
    f.CheckSent: (Step.SEND_CHECK,),
    f.CaseClosed: (Step.CLOSE,),
    f.CaseVisited: (Step.VISIT,),
    f.CaseMediated: (Step.MEDIATE,),
    f.DeadlineExtended: (Step.EXTEND,),
    f.ExtensionRefused: (Step.EXTEND,),
    f.CaseSupervised: (Step.SUPERVISE,),
}
"""Steps that are done when a fact comes."""
_DROPS: dict[type[f.Fact], tuple[Step, ...]] = {
    f.CaseClosed: BESIDE,
    f.CaseRefused: BESIDE,
    f.CaseReopened: (Step.MEDIATE,),
    f.RemoteGivenUp: (Step.REMOTE,),
}
"""Steps that nobody need begin any more when a fact comes."""


class Done(StrEnum):
    """How far a task has come."""

    DONE = "done"
    UNDER_WAY = "under way"
    WAITING = "waiting"
    DROPPED = "dropped"


@dataclass(slots=True, eq=False)
class _OpenTask:
    order: int
    desk: int
    step: Step
    about: int
    priority: int
    queued_at: int
    limit_us: int | None
    begun_at: int | None = None


class DeskReading:
    """A method a kind of fact. `rows`: one a task; `seat_us`: staffed time of all seats, by desk.

    Parameters
    ----------
    until : when the run ended.
    matter_of : the matter of a case; None for what is no case.
    """

    def __init__(self, until: int, *, plan: CentrePlan, matter_of: Callable[[int], str | None]) -> None:
        self.until, self.plan = until, plan
        self.rows = Rows(_TASK_ROW)
        self.seat_us: Counter[int] = Counter()
        self._matter_of = matter_of
        self._tasks: dict[tuple[Step, int], _OpenTask] = {}
        self._seats: dict[int, tuple[int, int]] = {}
        self._n = 0

    def handlers(self) -> Handlers:
        """Which method takes which fact."""
        found: Handlers = {
            f.TaskQueued: self._queued,
            f.TaskBegan: self._began,
            f.SeatsStaffed: self._staffed,
            f.ContactEnded: lambda fact: self._done(Step.ANSWER, fact.contact, fact.at),
            f.CaseQueued: self._case_queued,
        }
        for kind in _LEADS_TO.keys() | _DROPS.keys():
            found[kind] = partial(self._moved, _LEADS_TO.get(kind, ()), _DROPS.get(kind, ()))
        return found

    def finish(self) -> None:
        """The run is over: write down what is not done."""
        for task in self._tasks.values():
            waits = task.begun_at is None
            self._write(task, Done.WAITING if waits else Done.UNDER_WAY, ended_at=None)
        self._tasks.clear()
        for desk in self._seats:
            self._count_seats(desk, at=self.until)

    def _queued(self, fact: f.TaskQueued) -> None:
        self._ask(fact, queued_at=fact.at)

    def _began(self, fact: f.TaskBegan) -> None:
        task = self._tasks.get((fact.step, fact.about))
        if task is None:
            task = self._ask(fact, queued_at=fact.at if fact.queued_at is None else fact.queued_at)
        task.begun_at, task.priority = fact.at, fact.priority

    def _ask(self, fact: f.TaskQueued | f.TaskBegan, *, queued_at: int) -> _OpenTask:
        step = fact.step
        matter = None if step is Step.ANSWER else self._matter_of(fact.about)
        limit_us = self.plan.answer_within_us if step is Step.ANSWER else self.plan.limit_us(step, matter)
        older = self._tasks.get((step, fact.about))
        if older is not None:
            self._write(older, Done.DROPPED, ended_at=fact.at)
        task = _OpenTask(self._n, fact.desk, step, fact.about, fact.priority, queued_at, limit_us)
        self._tasks[step, fact.about] = task
        self._n += 1
        return task

    def _case_queued(self, fact: f.CaseQueued) -> None:
        if fact.stage is VERIFY:
            self._done(Step.ACCEPT, fact.case, fact.at)

    def _moved(self, done: tuple[Step, ...], dropped: tuple[Step, ...], fact: f.CaseClosed) -> None:
        for step in done:
            self._done(step, fact.case, fact.at)
        for step in dropped:
            task = self._tasks.get((step, fact.case))
            if task is not None and task.begun_at is None:
                self._write(self._tasks.pop((step, fact.case)), Done.DROPPED, ended_at=fact.at)

    def _done(self, step: Step, about: int, at: int) -> None:
        task = self._tasks.pop((step, about), None)
        if task is not None:
            self._write(task, Done.DONE, ended_at=at)

    def _write(self, task: _OpenTask, outcome: Done, *, ended_at: int | None) -> None:
        what = (task.desk, self.plan.name_of(task.desk), task.step.value, task.about, task.priority)
        stamps = (task.queued_at, task.begun_at, ended_at)
        self.rows.add((task.order, *what, *stamps, outcome.value, self._in_limit(task, outcome, ended_at)))

    def _in_limit(self, task: _OpenTask, outcome: Done, ended_at: int | None) -> bool | None:
        """Listening is in the limit when it begins, all else when it is done; None where nobody can know yet."""
        if task.limit_us is None or outcome is Done.DROPPED:
            return None
        reached_at = task.begun_at if task.step is Step.ANSWER else ended_at
        if reached_at is not None:
            return reached_at - task.queued_at <= task.limit_us
        return False if self.until - task.queued_at > task.limit_us else None

    def _staffed(self, fact: f.SeatsStaffed) -> None:
        self._count_seats(fact.desk, at=fact.at)
        self._seats[fact.desk] = fact.n_seats, fact.at

    def _count_seats(self, desk: int, *, at: int) -> None:
        n_seats, since_at = self._seats.get(desk, (0, at))
        self.seat_us[desk] += n_seats * (at - since_at)
