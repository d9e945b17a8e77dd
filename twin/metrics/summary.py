"""What a run comes to: its journal goes in once, tables and the key figures come out.

Nothing is counted on the side: whatever is told here can be counted again from the journal file alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from twin.domain.facts import Fact
from twin.domain.quantities import to_s
from twin.metrics.centre import centre_figures
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.coverage import Coverage, cover, coverage_figures, coverage_table, street_table
from twin.metrics.discovery import discovery
from twin.metrics.grids import grid_figures, grid_refs
from twin.metrics.ground import Ground
from twin.metrics.intervals import Intervals, intervals
from twin.metrics.patrol import patrol
from twin.metrics.performance import DEFAULT_LIMITS_S, Figures, expectation_figures, interval_figures, totals
from twin.metrics.stages import stages
from twin.metrics.workload import queues, workload

SCHEMA_VERSION = 1
LOOP = "loop.parquet"


@dataclass(frozen=True, slots=True)
class Summary:
    """Tables and figures of a run.

    `cases`: one row a case; `jobs`: one row a unit's job; `problems`: one row a problem, None where none arose;
    `streets`: one row a street, and `coverage`: one row an hour of the week, None where nobody patrols. `loop`: one row
    a case as it is appraised, `contacts`: one row a contact, `desks`: one row a task, None where there is no centre.
    `kpi`: figures.
    """

    cases: pa.Table
    jobs: pa.Table
    kpi: Figures
    problems: pa.Table | None = None
    streets: pa.Table | None = None
    coverage: pa.Table | None = None
    loop: pa.Table | None = None
    contacts: pa.Table | None = None
    desks: pa.Table | None = None

    def files(self) -> dict[str, pa.Table]:
        """The tables there are, by the names of their files."""
        tables = {
            "cases.parquet": self.cases,
            "units.parquet": self.jobs,
            "problems.parquet": self.problems,
            "streets.parquet": self.streets,
            "coverage.parquet": self.coverage,
            LOOP: self.loop,
            "contacts.parquet": self.contacts,
            "desks.parquet": self.desks,
        }
        return {name: table for name, table in tables.items() if table is not None}


def summarise(
    facts: Iterable[Fact],
    *,
    until: int,
    remarks: Iterable[str],
    limits_s: Sequence[float] = DEFAULT_LIMITS_S,
    ground: Ground | None = None,
    plan: CentrePlan | None = None,
) -> Summary:
    """Everything that is derived from a run.

    Parameters
    ----------
    facts : the journal, in order; read once.
    until : when the run ended (microseconds).
    remarks : what the journal says beside its facts, counted as anomalies.
    limits_s : the intervals that end with an arrival are also told as shares within these.
    ground : where it took place; without it nothing is told of coverage and grids.
    plan : what its scenario says of the centre; None where it has none.
    """
    read = intervals(facts, until=until, plan=plan)
    seen = None if ground is None else cover(read, ground)
    return Summary(
        cases=read.cases,
        jobs=read.jobs,
        kpi=kpis(read, remarks=remarks, limits_s=limits_s, ground=ground, coverage=seen),
        problems=read.problems if read.problems.num_rows else None,
        streets=None if seen is None else street_table(seen),
        coverage=None if seen is None else coverage_table(seen),
        loop=None if read.centre is None else _placed(read.loop, ground),
        contacts=None if read.centre is None else read.contacts,
        desks=None if read.centre is None else read.tasks,
    )


def _placed(loop: pa.Table, ground: Ground | None) -> pa.Table:
    """With the grids that cases lie in."""
    if ground is None:
        return loop
    return loop.set_column(loop.schema.get_field_index("grid"), "grid", grid_refs(loop, ground))


def kpis(
    read: Intervals,
    *,
    remarks: Iterable[str],
    limits_s: Sequence[float] = DEFAULT_LIMITS_S,
    ground: Ground | None = None,
    coverage: Coverage | None = None,
) -> Figures:
    """The key figures, ready for JSON, in an order that depends on nothing but the facts.

    `stages`, `problems`, `patrol`, `coverage`, `grids` and `centre` are there only where there is something to tell.
    """
    always: Figures = {
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
    sections = {
        "stages": stages(read),
        "problems": discovery(read),
        "patrol": patrol(read, ground),
        "coverage": None if coverage is None else coverage_figures(coverage),
        "grids": None if ground is None else grid_figures(read, ground, coverage=coverage),
        "centre": centre_figures(read),
    }
    return always | {name: section for name, section in sections.items() if section is not None}
