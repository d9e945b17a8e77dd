"""What must hold exactly in every run of a queue, whatever its laws: counted from the facts, held against the tables.

Little's law (area under the number present = sum of the times spent), flow conservation (in = out + present), and work
conservation (nobody is idle while somebody waits). In: one replication. Out: sentences about what does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow.compute as pc

from tests.theory.running import Ran
from twin.domain import facts as f


@dataclass(slots=True)
class Present:
    """How many are somewhere, and the area under that number so far (microseconds)."""

    now: int = 0
    came: int = 0
    area: int = 0


@dataclass(slots=True)
class Tally:
    """Counted fact by fact: cases present, cases in line, units busy; and how long units idled while cases waited."""

    at: int = 0
    idle_us: int = 0
    cases: Present = field(default_factory=Present)
    line: Present = field(default_factory=Present)
    busy: Present = field(default_factory=Present)


def tally(facts: Iterable[f.Fact], *, n_units: int, until: int) -> Tally:
    """Go through a journal once."""
    counted = Tally()
    cases, line, busy = counted.cases, counted.line, counted.busy
    comes = {f.CaseReported: (cases,), f.CaseQueued: (line,), f.UnitAssigned: (busy,)}
    goes = {f.CaseClosed: (cases,), f.UnitAssigned: (line,), f.NeedGivenUp: (line,), f.UnitFreed: (busy,)}
    changes = {kind: (comes.get(kind, ()), goes.get(kind, ())) for kind in sorted(comes.keys() | goes.keys(), key=repr)}
    for fact in facts:
        _pass_time(counted, fact.at, n_units=n_units)
        for present in changes.get(type(fact), ((), ()))[0]:
            present.now += 1
            present.came += 1
        for present in changes.get(type(fact), ((), ()))[1]:
            present.now -= 1
    _pass_time(counted, until, n_units=n_units)
    return counted


def violations(ran: Ran) -> list[str]:
    """Every identity that this run breaks."""
    n_units = ran.read.units.num_rows
    cases, jobs, until = ran.read.cases, ran.read.jobs, ran.until
    counted = tally(ran.facts, n_units=n_units, until=until)
    turned_away_at = pc.if_else(pc.greater(cases["n_given_up"], 0), cases["queued_at"], until)
    waited_until = pc.coalesce(cases["dispatched_at"], turned_away_at)
    expected = {
        "Little's law, cases present": (counted.cases.area, _spent(cases["reported_at"], cases["closed_at"], until)),
        "Little's law, cases in line": (counted.line.area, _spent(cases["queued_at"], waited_until, until)),
        "work done": (counted.busy.area, _spent(jobs["assigned_at"], jobs["freed_at"], until)),
        "flow of cases": (counted.cases.now, cases["closed_at"].null_count),
        "cases that came": (counted.cases.came, cases.num_rows),
        "flow of jobs": (counted.busy.now, jobs["freed_at"].null_count),
        "jobs begun": (counted.busy.came, jobs.num_rows),
        "idle while somebody waits": (counted.idle_us, 0),
    }
    return [f"{name}: {found} is not {wanted}" for name, (found, wanted) in expected.items() if found != wanted]


def _pass_time(counted: Tally, at: int, *, n_units: int) -> None:
    lasted = at - counted.at
    if lasted:
        counted.at = at
        for present in (counted.cases, counted.line, counted.busy):
            present.area += present.now * lasted
        if counted.line.now and counted.busy.now < n_units:
            counted.idle_us += lasted


def _spent(start, end, until: int) -> int:
    """Microseconds between two columns of instants; what has not ended lasts until the run's end."""
    return int(pc.sum(pc.subtract(pc.fill_null(end, until), start)).as_py() or 0)
