"""From facts to intervals: one row a case, one row a unit's job, and the spans that workload and queues are made of.

Facts flow in once, in the order of the journal. Recorded histories skip stages and contradict themselves: an interval
that would be negative is null and counted by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from twin.domain import facts as f
from twin.domain.case import Stage
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.centre_reading import CentreRead
from twin.metrics.reading import Reading
from twin.metrics.rows import span_s

CASE_SPANS: Mapping[str, tuple[str, str]] = {
    "intake_s": ("reported_at", "registered_at"),
    "processing_s": ("registered_at", "dispatched_at"),
    "wait_s": ("queued_at", "dispatched_at"),
    "response_s": ("reported_at", "first_arrived_at"),
    "assembled_s": ("reported_at", "assembled_at"),
    "case_s": ("reported_at", "closed_at"),
}
"""Intervals of a case: the stamps they lie between. `assembled_at` is the last arrival once nobody else is expected."""

JOB_SPANS: Mapping[str, tuple[str, str]] = {
    "turnout_s": ("assigned_at", "rolled_at"),
    "travel_s": ("rolled_at", "arrived_at"),
    "unit_response_s": ("assigned_at", "arrived_at"),
    "on_scene_s": ("arrived_at", "freed_at"),
    "job_s": ("assigned_at", "freed_at"),
}
"""Intervals of a unit's job: the stamps they lie between."""

STAGE_SPANS: Mapping[str, Stage] = {f"{stage.value}_s": stage for stage in Stage}
"""How long each stage of a case took, from its being queued for it to the next stage or the end."""

PROBLEM_SPANS: Mapping[str, tuple[str, str]] = {
    "discovery_s": ("arose_at", "first_reported_at"),
    "problem_open_s": ("arose_at", "ended_at"),
}
"""Intervals of a problem: the stamps they lie between."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """What a journal comes to, as column tables; instants in microseconds, nothing later than `until`.

    `cases` and `jobs` are what `cases.parquet` and `units.parquet` hold, in the order of reports and of assignments.
    `units`: who was there; `absences`: who was away, from when to when; `waits`: for which skill a need waited, ditto.
    `duties`: when each unit was on duty by its roster; `patrols`: when it was on patrol, and the phase it began with;
    `returns`: when a unit that patrols was on its way back. `focuses`: what patrols were to look at more.

    `problems`: what `problems.parquet` holds, in the order they arose. `openings`: one row a case that was opened
    because of a problem. `n_told`, `n_told_as`, `n_came`: reports and arrivals, see `ProblemReading`.

    `loop`: one row a case of a centre's loop; `contacts`: one row a contact; `tasks`: one row a task at a desk; all
    three empty, and `centre` None, where there is no centre.
    """

    cases: pa.Table
    jobs: pa.Table
    units: pa.Table
    absences: pa.Table
    waits: pa.Table
    duties: pa.Table
    patrols: pa.Table
    returns: pa.Table
    focuses: tuple[f.FocusSet, ...]
    problems: pa.Table
    openings: pa.Table
    n_told: Mapping[str, int]
    n_told_as: Mapping[str, int]
    n_came: Mapping[str, int]
    loop: pa.Table
    contacts: pa.Table
    tasks: pa.Table
    centre: CentreRead | None
    began_at: int
    until: int
    n_facts: int
    refusals: Mapping[str, int]
    n_contradictory: Mapping[str, int]


def intervals(facts: Iterable[f.Fact], *, until: int, plan: CentrePlan | None = None) -> Intervals:
    """Read a journal once.

    Parameters
    ----------
    facts : in the order they were recorded.
    until : when the run ended: what is open then stays open, and workload and queues are counted up to there.
    plan : what is known beforehand of the centre; None where nobody has said that there is one.
    """
    reading = Reading(until, plan=plan)
    reading.read(facts)
    reading.finish()
    cases, odd_cases = _with_spans(reading.case_rows.table(), CASE_SPANS, before="n_units")
    jobs, odd_jobs = _with_spans(reading.job_rows.table(), JOB_SPANS, before="n_retimed")
    seen, duty = reading.problems, reading.duty
    problems, _ = _with_spans(seen.problem_rows.table(), PROBLEM_SPANS)
    began_at = until if reading.began_at is None else reading.began_at
    loop, contacts, tasks = reading.centre.tables()
    for name in STAGE_SPANS:
        cases = _in_seconds(cases, f"{name[:-2]}_us", name)
    return Intervals(
        cases=cases.drop_columns("assembled_at"),
        jobs=_in_seconds(jobs, "expected_us", "expected_s"),
        units=reading.unit_rows.table(),
        absences=reading.absence_rows.table(),
        waits=reading.wait_rows.table(),
        duties=duty.duty_rows.table(),
        patrols=duty.patrol_rows.table(),
        returns=duty.return_rows.table(),
        focuses=tuple(duty.focuses),
        problems=problems,
        openings=seen.opening_rows.table(),
        n_told=seen.n_told,
        n_told_as=seen.n_told_as,
        n_came=seen.n_came,
        loop=loop,
        contacts=contacts,
        tasks=tasks,
        centre=reading.centre.read(began_at=began_at),
        began_at=began_at,
        until=until,
        n_facts=reading.n_facts,
        refusals=dict(sorted(reading.refusals.items())),
        n_contradictory=odd_cases | odd_jobs,
    )


def _with_spans(
    table: pa.Table, spans: Mapping[str, tuple[str, str]], *, before: str | None = None
) -> tuple[pa.Table, dict[str, int]]:
    """The table with its intervals, ahead of a column or at the end, and how many would have been negative."""
    n_contradictory = {}
    for name, (start, end) in spans.items():
        values, n_contradictory[name] = span_s(table, start, end)
        place = table.num_columns if before is None else table.schema.get_field_index(before)
        table = table.add_column(place, name, values)
    return table, n_contradictory


def _in_seconds(table: pa.Table, name: str, new_name: str) -> pa.Table:
    """A column of microseconds, as seconds under another name."""
    zero = pa.array(np.zeros(table.num_rows, np.int64))
    values_s, _ = span_s(table.append_column("zero", zero), "zero", name)
    return table.set_column(table.schema.get_field_index(name), new_name, values_s)
