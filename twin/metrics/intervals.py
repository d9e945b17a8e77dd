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


@dataclass(frozen=True, slots=True)
class Intervals:
    """What a journal comes to, as column tables; instants in microseconds, nothing later than `until`.

    `cases` and `jobs` are what `cases.parquet` and `units.parquet` hold, in the order of reports and of assignments.
    `units`: who was there; `absences`: who was away, from when to when; `waits`: for which skill a need waited, ditto.
    """

    cases: pa.Table
    jobs: pa.Table
    units: pa.Table
    absences: pa.Table
    waits: pa.Table
    began_at: int
    until: int
    n_facts: int
    refusals: Mapping[str, int]
    n_contradictory: Mapping[str, int]


def intervals(facts: Iterable[f.Fact], *, until: int) -> Intervals:
    """Read a journal once.

    Parameters
    ----------
    facts : in the order they were recorded.
    until : when the run ended: what is open then stays open, and workload and queues are counted up to there.
    """
    reading = Reading(until)
    reading.read(facts)
    reading.finish()
    cases, odd_cases = _with_spans(reading.case_rows.table(), CASE_SPANS, before="n_units")
    jobs, odd_jobs = _with_spans(reading.job_rows.table(), JOB_SPANS, before="n_retimed")
    return Intervals(
        cases=cases.drop_columns("assembled_at"),
        jobs=_with_expected(jobs),
        units=reading.unit_rows.table(),
        absences=reading.absence_rows.table(),
        waits=reading.wait_rows.table(),
        began_at=until if reading.began_at is None else reading.began_at,
        until=until,
        n_facts=reading.n_facts,
        refusals=dict(sorted(reading.refusals.items())),
        n_contradictory=odd_cases | odd_jobs,
    )


def _with_spans(
    table: pa.Table, spans: Mapping[str, tuple[str, str]], *, before: str
) -> tuple[pa.Table, dict[str, int]]:
    n_contradictory = {}
    for name, (start, end) in spans.items():
        values, n_contradictory[name] = span_s(table, start, end)
        table = table.add_column(table.schema.get_field_index(before), name, values)
    return table, n_contradictory


def _with_expected(jobs: pa.Table) -> pa.Table:
    """Microseconds to seconds."""
    zero = pa.array(np.zeros(jobs.num_rows, np.int64))
    place = jobs.schema.get_field_index("expected_us")
    expected_s, _ = span_s(jobs.append_column("zero", zero), "zero", "expected_us")
    return jobs.set_column(place, "expected_s", expected_s)
