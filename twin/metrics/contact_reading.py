"""What a journal says about contacts: one row each, when it was made and listened to, and what became of it.

Facts flow in, in the order of the journal. Reports that reach the centre without a contact (patrols', and cases that
are put in from outside) are counted beside.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from twin.domain import facts as f
from twin.domain.contact import CONSULTATION, REPORT
from twin.domain.desk import Step
from twin.metrics.handlers import Handlers
from twin.metrics.rows import Rows

_INT, _TEXT = pa.int64(), pa.string()
_CONTACT_ROW = (
    {"contact": _INT}
    | dict.fromkeys(("channel", "what", "area", "matter"), _TEXT)
    | dict.fromkeys(("made_at", "ready_at", "queued_at", "answered_at", "ended_at"), _INT)
    | {"outcome": _TEXT, "case": _INT}
)


class Outcome(StrEnum):
    """What became of a contact."""

    OPENED = "opened"
    """A case of its own."""
    MERGED = "merged"
    """Taken for a second report of a case."""
    CONSULTED = "consulted"
    HANDED_OVER = "handed over"
    UNHEARD = "unheard"
    """It came by a channel that nobody attends to in the mode of the day."""
    PENDING = "pending"
    """Nobody has listened to the end yet."""


@dataclass(slots=True, eq=False)
class _OpenContact:
    fact: f.ContactMade
    order: int
    queued_at: int | None = None
    answered_at: int | None = None


class ContactReading:
    """A method a kind of fact.

    `rows`: one a contact. `n_direct`, `n_direct_merged`: reports without a contact that opened a case, and that were
    added to one, by channel.
    """

    def __init__(self) -> None:
        self.rows = Rows(_CONTACT_ROW)
        self.n_direct: Counter[str] = Counter()
        self.n_direct_merged: Counter[str] = Counter()
        self._open: dict[int, _OpenContact] = {}
        self._n = 0
        self._mode = ""
        self._opens: int | None = None
        self._merges: int | None = None

    def handlers(self) -> Handlers:
        """Which method takes which fact."""
        return {
            f.ContactMade: self._made,
            f.ContactEnded: self._ended,
            f.TaskQueued: self._queued,
            f.TaskBegan: self._began,
            f.CaseReported: self._reported,
            f.ReportMade: self._told,
            f.ModeChanged: self._mode_changed,
        }

    def finish(self) -> None:
        """The run is over: write down what is pending."""
        for contact in self._open.values():
            self._write(contact, Outcome.PENDING, ended_at=None, case=None)
        self._open.clear()

    def _made(self, fact: f.ContactMade) -> None:
        self._open[fact.contact] = _OpenContact(fact, self._n)
        self._n += 1

    def _queued(self, fact: f.TaskQueued) -> None:
        contact = self._open.get(fact.about) if fact.step is Step.ANSWER else None
        if contact is not None:
            contact.queued_at = fact.at

    def _began(self, fact: f.TaskBegan) -> None:
        contact = self._open.get(fact.about) if fact.step is Step.ANSWER else None
        if contact is not None:
            contact.answered_at = fact.at

    def _ended(self, fact: f.ContactEnded) -> None:
        contact = self._open.pop(fact.contact, None)
        if fact.case is not None and fact.opened:
            self._opens = fact.case
        else:
            self._merges = fact.case
        if contact is not None:
            self._write(contact, self._outcome(contact, fact), ended_at=fact.at, case=fact.case)

    def _outcome(self, contact: _OpenContact, fact: f.ContactEnded) -> Outcome:
        """Nobody is unheard but in a mode with silent channels; a report that was heard is always of some case."""
        if fact.case is not None:
            return Outcome.OPENED if fact.opened else Outcome.MERGED
        what = contact.fact.what
        if what is REPORT or (self._mode and contact.answered_at is None):
            return Outcome.UNHEARD
        return Outcome.CONSULTED if what is CONSULTATION else Outcome.HANDED_OVER

    def _told(self, fact: f.ReportMade) -> None:
        if fact.opened:
            return
        if fact.case != self._merges:
            self.n_direct_merged[fact.channel] += 1
        self._merges = None

    def _reported(self, fact: f.CaseReported) -> None:
        if fact.case != self._opens:
            self.n_direct[fact.channel] += 1
        self._opens = None

    def _mode_changed(self, fact: f.ModeChanged) -> None:
        self._mode = fact.name

    def _write(self, contact: _OpenContact, outcome: Outcome, *, ended_at: int | None, case: int | None) -> None:
        made = contact.fact
        what = (made.contact, made.channel.value, made.what.value, made.area, made.matter)
        stamps = (made.at, made.ready_at, contact.queued_at, contact.answered_at, ended_at)
        self.rows.add((contact.order, *what, *stamps, outcome.value, case))
