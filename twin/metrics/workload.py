"""How busy: each unit's share of time on jobs and away, how evenly work is spread, and how many needs wait.

The spans of a journal flow in, shares and lengths weighted by time flow out. A unit is on duty in the hours of its
roster, and beyond them while it is on a job; one without a roster always is. Away wins over busy: a unit that a
recorded history shows on a job while it is away counts as away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.domain.quantities import to_s
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Figures, Floats, Ints, rounded

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Spent:
    """How units spent their time, float64 (n_units,) in microseconds: on duty, and of that on jobs and away."""

    duty_us: Floats
    busy_us: Floats
    away_us: Floats


def spent(read: Intervals) -> Spent:
    """How each unit spent its time; a job that has not ended counts up to the unit's next job or the end of the run."""
    return _spent(_sweep(read), n_units=read.units.num_rows)


def workload(read: Intervals) -> Figures:
    """Busy and away shares by unit, the Gini coefficient of busy time, and the share of time nobody was free.

    `busy_share` is of the time a unit was on duty and not away, `away_share` of the time it was on duty.
    `all_busy_share` is the share of the run's span in which somebody was on duty and everybody who was, was on a job or
    away.
    """
    units = read.units
    sweep = _sweep(read)
    time = _spent(sweep, n_units=units.num_rows)
    n_jobs = np.bincount(_ints(read.jobs, "unit"), minlength=units.num_rows)
    there_us = time.duty_us - time.away_us
    busy_share, away_share = _shares(time.busy_us, there_us), _shares(time.away_us, time.duty_us)
    names, kinds = units["name"].to_pylist(), units["unit_kind"].to_pylist()
    numbers = _ints(units, "unit").tolist()
    of_all = _shares(time.busy_us.sum(keepdims=True), there_us.sum(keepdims=True))
    return {
        "busy_gini": rounded(gini(time.busy_us)),
        "busy_share": rounded(of_all[0]),
        "all_busy_share": rounded(_all_busy_share(sweep, span_us=read.until - read.began_at)),
        "by_unit": [
            {
                "unit": number,
                "name": names[row],
                "unit_kind": kinds[row],
                "n_jobs": int(n_jobs[row]),
                "busy_share": rounded(busy_share[row]),
                "away_share": rounded(away_share[row]),
            }
            for row, number in enumerate(numbers)
        ],
    }


def queues(read: Intervals) -> Figures:
    """Needs that waited for a unit: mean over the run's span and longest length, in all and by skill.

    Only lengths that lasted count: a need that is served the instant it is queued has not waited. Skills for which
    nothing ever waited are left out. Where cases are never queued (recorded histories) there is nothing to tell.
    """
    n_cases = read.cases.num_rows
    if n_cases and read.cases["queued_at"].null_count == n_cases:
        return {"all": {"mean": None, "max": None}, "by_skill": {}}
    since, until = _ints(read.waits, "since_at"), _ints(read.waits, "until_at")
    skills = np.array(read.waits["skill"].to_pylist(), dtype=np.str_)
    span_us = read.until - read.began_at
    by_skill: Figures = {}
    for skill in np.unique(skills):
        wanted = skills == skill
        by_skill[str(skill)] = _queue(since[wanted], until[wanted], span_us=span_us)
    return {"all": _queue(since, until, span_us=span_us), "by_skill": by_skill}


def gini(amounts: Floats) -> float:
    """Gini coefficient: 0 when all have the same, near 1 when one has all; NaN when there is nothing to share out.

    >>> gini(np.array([1.0, 1.0, 1.0])), gini(np.array([0.0, 0.0, 3.0]))
    (0.0, 0.6666666666666666)
    """
    total = amounts.sum()
    if not total:
        return float("nan")
    n = amounts.size
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(amounts) / (n * total))


@dataclass(frozen=True, slots=True, eq=False)
class _Sweep:
    """Instants at which something changes for a unit, by unit and time, and what holds from then on; shape (n,)."""

    unit: Ints
    at: Ints
    duty: Flags
    busy: Flags
    away: Flags


def _sweep(read: Intervals) -> _Sweep:
    """The time of all units. Away is only who is on duty, and busy only who is not away."""
    spans = (
        tuple(_ints(read.duties, name) for name in ("unit", "since_at", "until_at")),
        _jobs(read),
        tuple(_ints(read.absences, name) for name in ("unit", "left_at", "back_at")),
    )
    unit = np.concatenate([np.tile(units, 2) for units, _, _ in spans])
    at = np.concatenate([np.concatenate([start, end]) for _, start, end in spans])
    order = np.lexsort((at, unit))
    holds, done = [], 0
    for units, _, _ in spans:
        change = np.zeros(at.size, np.int64)
        change[done : done + units.size] = 1
        change[done + units.size : done + 2 * units.size] = -1
        done += 2 * units.size
        # Every span ends, so that the running sums are back at zero where the next unit begins.
        holds.append(np.cumsum(change[order]) > 0)
    rostered, on_job, gone = holds
    duty = rostered | on_job
    return _Sweep(unit[order], at[order], duty, on_job & ~gone, gone & duty)


def _spent(sweep: _Sweep, *, n_units: int) -> Spent:
    lasting = np.diff(sweep.at, append=sweep.at[-1:])
    # Between the last change of one unit and the first of the next nothing holds.
    sums = (np.bincount(sweep.unit, lasting * holds, n_units) for holds in (sweep.duty, sweep.busy, sweep.away))
    return Spent(*(total.astype(np.float64) for total in sums))


def _jobs(read: Intervals) -> tuple[Ints, Ints, Ints]:
    """(unit, start, end) of each job; one that was dropped ends with the unit's next, one under way with the run."""
    unit, start = _ints(read.jobs, "unit"), _ints(read.jobs, "assigned_at")
    freed = read.jobs["freed_at"].fill_null(-1).to_numpy()
    order = np.lexsort((np.arange(unit.size), unit))
    unit, start, freed = unit[order], start[order], freed[order]
    following = np.full(unit.size, read.until)
    same = unit[1:] == unit[:-1]
    following[:-1][same] = start[1:][same]
    is_over = read.jobs["freed_at"].is_valid().to_numpy()[order]
    return unit, start, np.where(is_over, freed, following)


def _all_busy_share(sweep: _Sweep, *, span_us: int) -> float:
    if not span_us or not sweep.unit.size:
        return float("nan")
    order = np.argsort(sweep.at, kind="stable")
    n_there, n_free = (
        np.cumsum(_change(holds)[order]) for holds in (sweep.duty, sweep.duty & ~sweep.busy & ~sweep.away)
    )
    at = sweep.at[order]
    lasting = np.diff(at, append=at[-1:])
    return float((lasting * ((n_free == 0) & (n_there > 0))).sum() / span_us)


def _change(holds: Flags) -> Ints:
    """By how much what holds rises or falls at each instant."""
    now = holds.astype(np.int64)
    change: Ints = np.diff(now, prepend=np.zeros(1, np.int64))
    return change


def _queue(since: Ints, until: Ints, *, span_us: int) -> Figures:
    at = np.concatenate([since, until])
    change = np.concatenate([np.ones(since.size, np.int64), -np.ones(until.size, np.int64)])
    order = np.argsort(at, kind="stable")
    at, length = at[order], np.cumsum(change[order])
    lasted = length[np.diff(at, append=at[-1:]) > 0]
    mean = to_s(int((until - since).sum())) / to_s(span_us) if span_us else float("nan")
    return {"mean": rounded(mean), "max": int(lasted.max(initial=0))}


def _shares(part: Floats, whole: Floats) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(part.size, np.nan), where=whole > 0)
    return shares


def _ints(table: pa.Table, name: str) -> Ints:
    column: Ints = table[name].to_numpy()
    return column
