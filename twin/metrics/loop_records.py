"""What is held of a case of the loop while it may still change, and the row it becomes when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT, CaseStatus
from twin.metrics.loop import LOOP_COLUMNS
from twin.metrics.rows import Value

LOOP_ROW = dict(LOOP_COLUMNS) | {
    "outcome": pa.string(),
    "status": pa.string(),
    "way": pa.string(),
    "done_well": pa.bool_(),
    "followed_up": pa.bool_(),
    "edge": pa.int64(),
    "offset_mm": pa.int64(),
}
"""Beside `LOOP_COLUMNS`: what became of it, how far it has come (open ones), how it was handled, whether that was
done properly (which nobody at the centre knows), whether a return visit or mediation is still to come, and where it is.
"""
WHISTLE_ROW = {"case": pa.int64(), "first_arrived_at": pa.int64(), "began_at": pa.int64()}

ON_HOLD = "on hold"
"""How far a case has come that is suspended; others are at a `CaseStatus`, or, in the field, at a `Stage`."""


class CaseOutcome(StrEnum):
    """What became of a case."""

    OPEN = "open"
    CLOSED = "closed"
    VOID = "void"
    """Whoever went to see found nothing."""
    UNSERVED = "unserved"
    """Closed because nobody would ever have come."""
    REJECTED = "rejected"
    NOT_REGISTERED = "not registered"


class Way(StrEnum):
    """How a case was handled."""

    FIELD = "field"
    OFFICE = "office"
    REMOTE = "remote"
    ON_THE_SPOT = "on the spot"


@dataclass(slots=True, eq=False)
class OpenLoop:
    """A case that is open, or closed and still followed up. `row`: its columns so far, `LOOP_ROW`."""

    report: f.CaseReported
    order: int
    row: dict[str, Value]
    status: str = CaseStatus.REPORTED.value
    way: Way | None = None
    is_followed_up: bool = False
    held_since: int | None = None
    verifies_since: int | None = None
    first_here_at: int | None = None
    """When the first of those who were whistled for came."""

    def count(self, column: str) -> None:
        """One more of what a column counts."""
        self.row[column] = self.so_far_us(column) + 1

    def so_far_us(self, column: str) -> int:
        """What a column counts, or sums up, so far."""
        value = self.row[column]
        assert isinstance(value, int)
        return value

    def put_off(self, column: str, by_us: int) -> None:
        """A limit whose clock stood still is so much later, if there is one."""
        due_at = self.row[column]
        if isinstance(due_at, int):
            self.row[column] = due_at + by_us


def opened(report: f.CaseReported, *, order: int, person: str | None) -> OpenLoop:
    """A case as it was reported."""
    row: dict[str, Value] = dict.fromkeys(LOOP_ROW)
    row |= dict.fromkeys(("n_returns", "n_extensions", "n_reworks", "suspended_us", "reopened"), 0)
    row |= dict.fromkeys(("rejected", "not_registered", "void"), False)
    row |= {name: getattr(report, name) for name in ("case", "ref", "area", "matter", "priority", "edge", "offset_mm")}
    row |= {
        "channel": report.channel.value,
        "person": person,
        "reported_at": report.at,
        "on_the_spot": report.needs == (ON_THE_SPOT,),
        "outcome": CaseOutcome.OPEN.value,
    }
    return OpenLoop(report, order, row)


def written(case: OpenLoop, *, until: int) -> tuple[Value, ...]:
    """The row of a case as things stand: what is on hold has a clock that stands still."""
    row = dict(case.row)
    is_open = row["outcome"] == CaseOutcome.OPEN
    if case.held_since is not None and is_open:
        held_us = until - case.held_since
        row["suspended_us"] = case.so_far_us("suspended_us") + held_us
        for column in ("handle_due_at", "close_due_at"):
            due_at = row[column]
            if isinstance(due_at, int) and due_at >= case.held_since:
                row[column] = due_at + held_us
    if case.verifies_since is not None:
        row["accept_due_at"] = None
    row["status"] = case.status if is_open else None
    row["way"] = case.way
    row["followed_up"] = case.is_followed_up
    return (case.order, *(row[name] for name in LOOP_ROW))
