"""Which cases a statistic of a window is about: those due in it, reported in it, or completed in it.

Instants of one step of cases flow in (reported, limit, completed), flags flow out: who is counted, who is done, in time
and overdue. A figure of a window never looks past its end: what is completed at `to_at` or later is open.

`DUE_TO` is the rule by which city-management offices count (from memory, hence a choice and not "the standard"): a case
is counted when its limit falls inside the window *or* it was completed inside the window; one whose limit lies after
the window and which is open at its end is not. Read to the letter:

- completed before the window, limit inside: counted, as done in time. So one case may be in two windows, that of its
  completion and that of its limit, be it early or late; in one window it is counted once;
- limit before the window, completed inside: counted, as late; open at the end: not counted any more;
- limit inside, completed after the window: counted, as open and overdue;
- no limit: never due, hence in no figure about that limit, whatever the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from twin.errors import GridtwinError

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).max)
"""Instant of what did not happen, and limit of what has none."""


class WindowRule(StrEnum):
    """Which cases a window counts."""

    DUE_TO = "due_to"
    REPORTED_IN = "reported_in"
    COMPLETED_IN = "completed_in"


@dataclass(frozen=True, slots=True)
class Window:
    """From `from_at`, which belongs to it, to `to_at`, which belongs to the next; microseconds.

    Raises
    ------
    GridtwinError : it does not end after it begins.
    """

    from_at: int
    to_at: int

    def __post_init__(self) -> None:
        if self.to_at <= self.from_at:
            raise GridtwinError(f"must lie after the beginning of the window, {self.from_at}", key="to_at")

    def holds(self, at: Ints) -> Flags:
        """Which instants lie in it; shapes (n,)."""
        inside: Flags = (at >= self.from_at) & (at < self.to_at)
        return inside


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a window counts of one step, bool (n_cases,) each.

    Parameters
    ----------
    due : who is counted at all: the denominator. The others are parts of it.
    done : completed before the window's end.
    in_time : of those, not after the limit.
    overdue : not completed by the window's end although the limit lies before it.
    """

    due: Flags
    done: Flags
    in_time: Flags
    overdue: Flags

    @property
    def late(self) -> Flags:
        """Completed after the limit."""
        late: Flags = self.done & ~self.in_time
        return late


def counted(reported_at: Ints, due_at: Ints, done_at: Ints, *, window: Window, rule: WindowRule) -> Counted:
    """Count one step of cases in a window.

    Parameters
    ----------
    reported_at, due_at, done_at : int64 (n_cases,), microseconds, `NEVER` where there is none.

    >>> at = np.array
    >>> limit, done = at([15, 15, 25, 25]), at([12, NEVER, 18, NEVER])
    >>> found = counted(at([1, 1, 1, 1]), limit, done, window=Window(10, 20), rule=WindowRule.DUE_TO)
    >>> found.due.tolist(), found.in_time.tolist(), found.overdue.tolist()
    ([True, True, True, False], [True, False, True, False], [False, True, False, False])
    """
    if rule is WindowRule.DUE_TO:
        chosen = window.holds(due_at) | window.holds(done_at)
    else:
        chosen = window.holds(reported_at if rule is WindowRule.REPORTED_IN else done_at)
    due: Flags = chosen & (due_at != NEVER)
    done: Flags = due & (done_at < window.to_at)
    return Counted(
        due=due,
        done=done,
        in_time=done & (done_at <= due_at),
        overdue=due & ~done & (due_at < window.to_at),
    )


def happened(reported_at: Ints, at: Ints, *, window: Window, rule: WindowRule) -> Flags:
    """Of what has no limit: which cases a window counts because something happened to them.

    It happened inside the window; or, where the report decides, the report was inside and it happened by the end.

    Parameters
    ----------
    reported_at, at : int64 (n_cases,), microseconds, `NEVER` where there is none.
    """
    if rule is WindowRule.REPORTED_IN:
        found: Flags = window.holds(reported_at) & (at < window.to_at)
        return found
    return window.holds(at)
