"""Cases: what the centre opens from a report and settles, and how far each has come."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from twin.domain.desk import Step
from twin.domain.problem import UNKNOWN, Channel
from twin.domain.route import Spot


class CaseStatus(StrEnum):
    """How far a case has come."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    """A department has it; nobody has been asked to go there yet, or nobody needs to."""
    QUEUED = "queued"
    """Somebody is to go there: every need of this stage is waiting, being served, or given up."""
    HANDLED = "handled"
    CHECKED = "checked"
    CLOSED = "closed"
    """Closed, and still to be followed up."""


REPORTED, ACCEPTED, REGISTERED, DISPATCHED, QUEUED, HANDLED, CHECKED, CLOSED = CaseStatus


class Stage(StrEnum):
    """What is being done about a case; each stage has needs of its own, and the next begins when all are done."""

    VERIFY = "verify"
    HANDLE = "handle"
    CHECK = "check"


VERIFY, HANDLE, CHECK = Stage


class NeedLost(StrEnum):
    """Why a need of a case is given up or cannot be met for now."""

    NO_SUCH_SKILL = "no such skill"
    NO_ROUTE = "no route"
    NO_ROOM = "no room"


class Refused(StrEnum):
    """Why the way of a case ends before it was handled."""

    REJECTED = "rejected"
    """Not the centre's business: 不予受理."""
    NOT_REGISTERED = "not registered"
    """Accepted, but not put on file: 不予立案."""


ON_THE_SPOT = "on the spot"
"""What a case needs that its finder settles at once: nobody is sent."""


class Case(msgspec.Struct, frozen=True, array_like=True):
    """An open case; gone from the state when it closes.

    `needs` are skills, one a unit, in the order of the stages: the first `n_verify` go and see whether there is
    anything, the last `n_check` whether it was done. Of those of its `stage`, `n_waiting` wait for a unit, `n_served`
    have one now, and `n_done` are done.

    `channel` is the way it came in, `finder` the unit that found it. `department` has it, after `n_returns` by others;
    `n_reworks` checks of it failed. `handlers` and `checkers` are the units that have handled it, or looked afterwards;
    units `barred` must not check it. `is_done`: whether it was handled properly, which no view shows. `problem`: what a
    closed case that is followed up was about; None while it is open.

    `deadline_at`: what the centre goes by, where it supervises; it was pushed out by `extra_us` of the time its limit
    counts in. Since `held_since` it is suspended, and its clock stands still. `is_late`: it was escalated. `owed`: how
    it is still to be followed up, once it is closed.
    `tried_remotely`: somebody has tried to settle it by video, or dispatch has left it to them.
    """

    ref: str
    area: str
    matter: str
    priority: int
    needs: tuple[str, ...]
    spot: Spot
    reported_at: int
    status: CaseStatus = CaseStatus.REPORTED
    since: int = 0
    n_waiting: int = 0
    n_served: int = 0
    n_verify: int = 0
    n_check: int = 0
    stage: Stage = HANDLE
    n_done: int = 0
    finder: int | None = None
    department: str = ""
    n_returns: int = 0
    n_reworks: int = 0
    n_extensions: int = 0
    n_reopened: int = 0
    handlers: tuple[int, ...] = ()
    checkers: tuple[int, ...] = ()
    barred: tuple[int, ...] = ()
    is_done: bool = True
    is_late: bool = False
    problem: int | None = None
    extra_us: int = 0
    held_since: int | None = None
    deadline_at: int | None = None
    channel: Channel = UNKNOWN
    owed: tuple[Step, ...] = ()
    tried_remotely: bool = False

    @property
    def barred_now(self) -> tuple[int, ...]:
        """Units that may not be sent to it at this stage."""
        return self.barred if self.stage is CHECK else ()

    def needs_of(self, stage: Stage) -> range:
        """Numbers of the needs of a stage."""
        before_check = len(self.needs) - self.n_check
        if stage is HANDLE:
            return range(self.n_verify, before_check)
        return range(self.n_verify) if stage is VERIFY else range(before_check, len(self.needs))


class Waiting(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One need in the queue, in the order of the queue: priority, then age, then id."""

    priority: int
    reported_at: int
    case: int
    need: int
