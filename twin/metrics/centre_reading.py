"""What a journal says about a centre: cases of the loop, contacts and desks, read beside everything else.

A centre is there when a scenario says so, or from the first fact that only a centre records; until then nothing is kept
but the cases that are open, so that a journal without a centre costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa

from twin.domain import facts as f
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.contact_reading import ContactReading
from twin.metrics.desk_reading import DeskReading
from twin.metrics.handlers import Handler, Handlers, Listen
from twin.metrics.loop_reading import LoopReading
from twin.metrics.rows import span_s

_TELLING = (
    f.ContactMade,
    f.SensorSet,
    f.SeatsStaffed,
    f.TaskQueued,
    f.TaskBegan,
    f.CaseAccepted,
    f.CaseRefused,
    f.CaseDispatched,
    f.CaseHandled,
    f.ModeChanged,
)
"""Facts that only a centre records, and of which one comes first."""


@dataclass(frozen=True, slots=True, eq=False)
class CentreRead:
    """What a journal with a centre comes to, beside the tables.

    Parameters
    ----------
    plan : what was known beforehand.
    n, n_returned, n_handled : see `LoopReading`; n_direct, n_direct_merged: see `ContactReading`.
    seat_us : staffed time of all seats, by desk.
    whistles : one row a time that services assembled, with `assembled_s`: first arrival → everybody begins.
    mode_us : time in each mode, "" the usual one.
    """

    plan: CentrePlan
    n: Mapping[str, int]
    n_returned: Mapping[str, int]
    n_handled: Mapping[str, int]
    n_direct: Mapping[str, int]
    n_direct_merged: Mapping[str, int]
    seat_us: Mapping[int, int]
    whistles: pa.Table
    mode_us: Mapping[str, int]


class CentreReading:
    """Three readings that wake together.

    Parameters
    ----------
    until : when the run ended.
    plan : what is known of the centre; None where nobody has said that there is one.
    names : name and kind of units, by number, as they become known.
    """

    def __init__(
        self, until: int, listen: Listen, *, plan: CentrePlan | None, names: Mapping[int, tuple[str, str]]
    ) -> None:
        known = plan or CentrePlan()
        self.until, self.plan = until, known
        self.loop = LoopReading(until, plan=known, names=names)
        self.contacts = ContactReading()
        self.desks = DeskReading(until, plan=known, matter_of=self.loop.matter_of)
        self.is_there = False
        self._listen = listen
        self._open: dict[int, f.CaseReported] = {}
        if plan is not None:
            self._awake()
        else:
            listen(dict.fromkeys(_TELLING, self._first))
            listen({f.CaseReported: self._reported, f.CaseClosed: self._closed})

    def finish(self) -> None:
        """The run is over: write down what is open."""
        for reading in (self.loop, self.contacts, self.desks):
            reading.finish()

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Cases of the loop, contacts, and tasks at desks, with their intervals."""
        contacts = _with_spans(
            self.contacts.rows.table(), answer_s=("made_at", "answered_at"), talk_s=("answered_at", "ended_at")
        )
        tasks = _with_spans(self.desks.rows.table(), wait_s=("queued_at", "begun_at"), work_s=("begun_at", "ended_at"))
        return self.loop.rows.table(), contacts, tasks

    def read(self, *, began_at: int) -> CentreRead | None:
        """What is to be told beside the tables; None where there is no centre."""
        if not self.is_there:
            return None
        loop, contacts = self.loop, self.contacts
        return CentreRead(
            plan=self.plan,
            n=loop.n,
            n_returned=loop.n_returned,
            n_handled=loop.n_handled,
            n_direct=contacts.n_direct,
            n_direct_merged=contacts.n_direct_merged,
            seat_us=self.desks.seat_us,
            whistles=_with_spans(loop.whistles.table(), assembled_s=("first_arrived_at", "began_at")),
            mode_us=self._mode_us(began_at),
        )

    def _mode_us(self, began_at: int) -> dict[str, int]:
        changes = [("", began_at), *self.loop.modes, ("", self.until)]
        found: dict[str, int] = {}
        for (name, since_at), (_, until_at) in pairwise(changes):
            found[name] = found.get(name, 0) + until_at - since_at
        return found

    def _reported(self, fact: f.CaseReported) -> None:
        if not self.is_there:
            self._open[fact.case] = fact

    def _closed(self, fact: f.CaseClosed) -> None:
        self._open.pop(fact.case, None)

    def _first(self, fact: f.Fact) -> None:
        if self.is_there:
            return
        handlers = self._awake()
        for report in self._open.values():
            for handler in handlers[f.CaseReported]:
                handler(report)
        self._open.clear()
        for handler in handlers.get(type(fact), ()):
            handler(fact)

    def _awake(self) -> dict[type[f.Fact], list[Handler]]:
        """Hear of everything from now on; says who hears of what."""
        self.is_there = True
        found: dict[type[f.Fact], list[Handler]] = {}
        for reading in (self.loop, self.contacts, self.desks):
            own: Handlers = reading.handlers()
            self._listen(own)
            for kind, handler in own.items():
                found.setdefault(kind, []).append(handler)
        return found


def _with_spans(table: pa.Table, **spans: tuple[str, str]) -> pa.Table:
    for name, (start, end) in spans.items():
        values, _ = span_s(table, start, end)
        table = table.append_column(name, values)
    return table
