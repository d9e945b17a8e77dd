"""What a run comes to: its journal goes in once, two tables and the key figures come out.

Nothing is counted on the side: whatever is told here can be counted again from the journal file alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from twin.domain.facts import Fact
from twin.domain.quantities import to_s
from twin.metrics.intervals import Intervals, intervals
from twin.metrics.performance import DEFAULT_LIMITS_S, Figures, expectation_figures, interval_figures, totals
from twin.metrics.workload import queues, workload

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Summary:
    """`cases`: one row a case (`cases.parquet`); `jobs`: one row a unit's job (`units.parquet`); `kpi`: `kpi.json`."""

    cases: pa.Table
    jobs: pa.Table
    kpi: Figures


def summarise(
    facts: Iterable[Fact], *, until: int, remarks: Iterable[str], limits_s: Sequence[float] = DEFAULT_LIMITS_S
) -> Summary:
    """Everything that is derived from a run.

    Parameters
    ----------
    facts : the journal, in order; read once.
    until : when the run ended (microseconds).
    remarks : what the journal says beside its facts, counted as anomalies.
    limits_s : the intervals that end with an arrival are also told as shares within these.
    """
    read = intervals(facts, until=until)
    return Summary(read.cases, read.jobs, kpis(read, remarks=remarks, limits_s=limits_s))


def kpis(read: Intervals, *, remarks: Iterable[str], limits_s: Sequence[float] = DEFAULT_LIMITS_S) -> Figures:
    """The key figures, ready for JSON, in an order that depends on nothing but the facts."""
    return {
        "schema": SCHEMA_VERSION,
        "span": {
            "began_at": read.began_at,
            "until_at": read.until,
            "span_s": to_s(read.until - read.began_at),
        },
        "limits_s": {"values": list(limits_s), "are_defaults": tuple(limits_s) == DEFAULT_LIMITS_S},
        "totals": totals(read, n_remarks=Counter(remarks)),
        "intervals": interval_figures(read, limits_s=limits_s),
        "expected": expectation_figures(read.jobs),
        "workload": workload(read),
        "queue": queues(read),
    }
