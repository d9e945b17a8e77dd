"""What one run comes to in an experiment: a flat row, figures by group, and how responses are distributed.

Facts flow in and are read by the metrics that every run is read by. Whatever was reported, or done, before the warm-up
was over is left out. Percentiles are numpy's linear ones, as everywhere (`twin.metrics.performance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scenarios.build import Built
from scenarios.costs import cost_of
from twin.domain.facts import Fact
from twin.domain.quantities import DAY, HOUR
from twin.metrics.discovery import fate_figures
from twin.metrics.due import NEVER
from twin.metrics.grids import grid_refs
from twin.metrics.ground import Ground
from twin.metrics.intervals import Intervals, intervals
from twin.metrics.measure import BY, FIGURES
from twin.metrics.performance import coded, figures_of, rounded
from twin.metrics.workload import gini, spent

Row = dict[str, int | float | str | None]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


BIN_S, LAST_BIN_S = 30, 7_200
"""Width of the bins of responses, and where the last, which is open, begins."""


@dataclass(frozen=True, slots=True)
class Lens:
    """How runs are looked at, all of an experiment alike; microseconds.

    Parameters
    ----------
    late_after_us : a case whose first unit comes later than this after the report is late.
    from_us : what was reported or done before is left out: the warm-up.
    """

    late_after_us: int
    from_us: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run comes to.

    `row`: its figures by name. `groups`: one entry a group of cases, by what (`BY`) and which. `distribution`: lower
    edges of bins in seconds and how many responses lie in each, empty ones left out.
    """

    row: Row
    groups: tuple[Row, ...] = field(default=())
    distribution: tuple[tuple[int, int], ...] = field(default=())


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """Cases reported after the warm-up; shapes (n_cases,).

    `response_s` is NaN where nobody came or nobody had to be sent. `counted`: those of which it is known by the end
    whether they are `late`: reached, or longer without anybody than the limit, or given up. `due`: those whose deadline
    is known and over, or that are closed; `on_time`: closed by then.
    """

    table: pa.Table
    response_s: Floats
    late: Flags
    counted: Flags
    on_time: Flags
    due: Flags


def outcome_of(built: Built, facts: Sequence[Fact], *, until: int, digest: str, lens: Lens) -> Outcome:
    """What a run comes to.

    Parameters
    ----------
    facts : its journal.
    until : when it ended (microseconds).
    """
    read = after_warm_up(intervals(facts, until=until, plan=built.plan), lens.from_us)
    cases = _cases(built, read, lens=lens)
    setting = built.setting
    row: Row = {
        "seed": setting.seed,
        "spec_hash": setting.spec,
        "digest": digest,
        "n_facts": read.n_facts,
        "n_cases": cases.table.num_rows,
        "n_closed": int(pc.sum(pc.equal(cases.table["outcome"], "closed")).as_py() or 0),
        **_spans("response_s", cases.response_s),
        **_spans("unit_response_s", _floats(read.jobs["unit_response_s"])),
        **_spans("case_s", _floats(cases.table["case_s"])),
        "late_share": _share(cases.late, cases.counted),
        "on_time_share": _share(cases.on_time, cases.due),
        "unserved_share": _share(_ints(cases.table["n_given_up"]) > 0, np.ones(cases.table.num_rows, np.bool_)),
        "on_the_spot_share": _share(_on_the_spot(read), np.ones(cases.table.num_rows, np.bool_)),
        **_discovery(read),
        **_work(built, read),
    }
    groups = tuple(_grouped(cases, Ground(setting.terrain, setting.civil)))
    return Outcome(row, groups, _binned(cases.response_s))


def after_warm_up(read: Intervals, from_us: int) -> Intervals:
    """What a journal comes to from an instant on: cases reported since, and the time that units spent since."""
    if not from_us:
        return read

    def since(table: pa.Table, name: str) -> pa.Table:
        return table.filter(pc.greater_equal(table[name], from_us))

    def clipped(table: pa.Table, *names: str) -> pa.Table:
        for name in names:
            later = pc.max_element_wise(table[name], pa.scalar(from_us), skip_nulls=False)
            table = table.set_column(table.schema.get_field_index(name), name, later)
        return table

    # A job belongs to the warm-up when it was ordered in it; the time it takes afterwards still counts as work.
    jobs = read.jobs
    early = pc.less(jobs["assigned_at"], from_us)
    place = jobs.schema.get_field_index("unit_response_s")
    jobs = jobs.set_column(place, "unit_response_s", pc.if_else(early, None, jobs["unit_response_s"]))
    return replace(
        read,
        cases=since(read.cases, "reported_at"),
        jobs=clipped(jobs, "assigned_at", "freed_at"),
        duties=clipped(read.duties, "since_at", "until_at"),
        absences=clipped(read.absences, "left_at", "back_at"),
        problems=since(read.problems, "arose_at"),
        began_at=max(read.began_at, from_us),
    )


def first_responses(built: Built, facts: Sequence[Fact], *, until: int) -> tuple[Ints, Floats]:
    """When each case that somebody reached was reported (microseconds), in order, and its response in seconds."""
    read = intervals(facts, until=until, plan=built.plan)
    response_s = _responses(read)
    known = ~np.isnan(response_s)
    return _ints(read.cases["reported_at"])[known], response_s[known]


# ------------------------------------------------------------------------------------------------------- cases


def _cases(built: Built, read: Intervals, *, lens: Lens) -> _Cases:
    table = read.cases
    reported, first, closed = (_ints(table[name]) for name in ("reported_at", "first_arrived_at", "closed_at"))
    reached, spot = first != NEVER, _on_the_spot(read)
    gone = _ints(table["void"].cast(pa.int64()), missing=0) > 0
    gone |= pc.equal(table["outcome"], "refused").fill_null(False).to_numpy(zero_copy_only=False)
    given_up = _ints(table["n_given_up"]) > 0
    waited_us = np.where(reached, first, np.minimum(closed, read.until)) - reported
    is_open = closed == NEVER
    overdrawn = ~reached & ((is_open & (waited_us > lens.late_after_us)) | given_up)
    counted = ~spot & (reached | (overdrawn & ~gone))
    due_at = _deadlines(built, read)
    due = (due_at != NEVER) & ~gone & ((due_at < read.until) | ~is_open)
    return _Cases(
        table=table,
        response_s=_responses(read),
        late=counted & (overdrawn | (waited_us > lens.late_after_us)),
        counted=counted,
        on_time=due & (closed <= due_at),
        due=due,
    )


def _responses(read: Intervals) -> Floats:
    """Report to first arrival in seconds; NaN where nobody came, and for what a patrol settled where it stood."""
    response_s = _floats(read.cases["response_s"]).copy()
    response_s[_on_the_spot(read)] = np.nan
    return response_s


def _on_the_spot(read: Intervals) -> Flags:
    """Which cases whoever found them took on there and then: nobody had to be sent."""
    there = read.openings.filter(read.openings["on_the_spot"].fill_null(False))["case"]
    found: Flags = pc.is_in(read.cases["case"], there.combine_chunks()).to_numpy(zero_copy_only=False)
    return found


def _deadlines(built: Built, read: Intervals) -> Ints:
    """By when each case should be closed, `NEVER` where nobody has said; a centre's extensions and holds count."""
    table = read.cases
    if read.centre is not None:
        row = pc.index_in(table["case"], read.loop["case"].combine_chunks())
        return _ints(read.loop["close_due_at"].take(row))
    limits = built.limits
    pairs = zip(table["matter"].to_pylist(), table["reported_at"].to_pylist(), strict=True)
    due = (limits.deadline_at(matter, reported_at) for matter, reported_at in pairs)
    return np.array([NEVER if at is None else at for at in due], np.int64)


# ------------------------------------------------------------------------------------------------------- figures


def _spans(name: str, values_s: Floats) -> Row:
    """Mean, median and 90th percentile of the values there are."""
    known = values_s[~np.isnan(values_s)]
    (told,) = figures_of(known, np.zeros(known.size, np.int64), n_groups=1)
    return {f"{name}_{figure}": _number(told[figure]) for figure in FIGURES}


def _share(part: Flags, whole: Flags) -> float | None:
    n = int(whole.sum())
    return rounded(int((part & whole).sum()) / n) if n else None


def _work(built: Built, read: Intervals) -> Row:
    """How much of their time units are on cases, how evenly that is spread, and the cost; duty in hours."""
    time = spent(read)
    cost = cost_of(built.scenario, built.setting, read, time)
    days = (read.until - read.began_at) / DAY
    duty, busy, away = (float(spans.sum()) for spans in (time.duty_us, time.busy_us, time.away_us))
    return {
        "n_units": read.units.num_rows,
        "duty_h": rounded(duty / HOUR),
        "busy_share": rounded(busy / (duty - away)) if duty > away else None,
        "busy_gini": rounded(gini(time.busy_us)),
        "cost": None if cost is None else rounded(cost),
        "cost_per_day": None if cost is None or not days else rounded(cost / days),
    }


def _discovery(read: Intervals) -> Row:
    """How soon and how many of the problems somebody tells of; None where there are no problems."""
    told = fate_figures(read)["discovered_share"] if read.problems.num_rows else None
    return {**_spans("discovery_s", _floats(read.problems["discovery_s"])), "discovered_share": _number(told)}


def _grouped(cases: _Cases, ground: Ground) -> list[Row]:
    table = cases.table
    hours = [ground.civil.civil(at).hour for at in table["reported_at"].to_pylist()]
    columns = {
        "priority": table["priority"],
        "matter": table["matter"],
        "area": table["area"],
        "grid": pa.chunked_array([grid_refs(table, ground)]),
        "hour": pa.chunked_array([pa.array(hours, pa.int64())]),
    }
    found: list[Row] = []
    for by in BY:
        labels, codes = coded(columns[by])
        found += _groups_of(cases, by=by, labels=labels, codes=codes)
    return found


def _groups_of(cases: _Cases, *, by: str, labels: Sequence[str], codes: Ints) -> list[Row]:
    known = (codes >= 0) & ~np.isnan(cases.response_s)
    figures = figures_of(cases.response_s[known], codes[known], n_groups=len(labels))
    n_cases, n_counted, n_late, n_due, n_on_time = (
        np.bincount(codes[chosen & (codes >= 0)], minlength=len(labels)).tolist()
        for chosen in (np.ones(codes.size, np.bool_), cases.counted, cases.late, cases.due, cases.on_time)
    )
    return [
        {
            "by": by,
            "group": label,
            "n": n_cases[place],
            **{f"response_s_{figure}": _number(figures[place][figure]) for figure in FIGURES},
            "late_share": rounded(n_late[place] / n_counted[place]) if n_counted[place] else None,
            "on_time_share": rounded(n_on_time[place] / n_due[place]) if n_due[place] else None,
        }
        for place, label in enumerate(labels)
    ]


def _binned(response_s: Floats) -> tuple[tuple[int, int], ...]:
    known = response_s[~np.isnan(response_s)]
    bins = np.minimum(known // BIN_S, LAST_BIN_S // BIN_S).astype(np.int64)
    n = np.bincount(bins)
    return tuple((int(place) * BIN_S, int(n[place])) for place in np.flatnonzero(n))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _floats(column: pa.ChunkedArray) -> Floats:
    values: Floats = column.to_numpy().astype(np.float64)
    return values


def _ints(column: pa.ChunkedArray, *, missing: int = NEVER) -> Ints:
    values: Ints = column.fill_null(missing).to_numpy()
    return values
