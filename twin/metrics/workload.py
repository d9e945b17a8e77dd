"""How busy: each unit's share of time on jobs and away, how evenly work is spread, and how many needs wait.

The spans of a journal flow in, shares and lengths weighted by time flow out. Away wins over busy: a unit that a
recorded history shows on a job while it is away counts as away.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.domain.quantities import to_s
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Figures, Floats, Ints, rounded

Flags = NDArray[np.bool_]


def workload(read: Intervals) -> Figures:
    """Busy and away shares by unit, the Gini coefficient of busy time, and the share of time nobody was free.

    `busy_share` is of the time a unit was there and not away, `away_share` of the time it was there; a job that has not
    ended counts up to the unit's next job or the end of the run. `all_busy_share` is the share of the run's span in
    which every unit that was there was on a job or away.
    """
    units = read.units
    enrolled_at = _ints(units, "enrolled_at")
    unit, at, busy, away = _sweep(read)
    lasting = np.diff(at, append=at[-1:])
    away_us = np.bincount(unit, weights=lasting * away, minlength=units.num_rows).astype(np.float64)
    busy_us = np.bincount(unit, weights=lasting * (busy & ~away), minlength=units.num_rows).astype(np.float64)
    there_us = (read.until - enrolled_at).astype(np.float64)
    n_jobs = np.bincount(_ints(read.jobs, "unit"), minlength=units.num_rows)
    busy_share, away_share = _shares(busy_us, there_us - away_us), _shares(away_us, there_us)
    names, kinds = units["name"].to_pylist(), units["unit_kind"].to_pylist()
    numbers = _ints(units, "unit").tolist()
    of_all = _shares(busy_us.sum(keepdims=True), (there_us - away_us).sum(keepdims=True))
    return {
        "busy_gini": rounded(gini(busy_us)),
        "busy_share": rounded(of_all[0]),
        "all_busy_share": rounded(_all_busy_share(at, busy | away, read=read, enrolled_at=enrolled_at)),
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


def _sweep(read: Intervals) -> tuple[Ints, Ints, Flags, Flags]:
    """Every instant at which a unit's duty changes: (unit, at, on a job from then on, away from then on), sorted."""
    unit, start, end = _jobs(read)
    away_unit, left, back = (_ints(read.absences, name) for name in ("unit", "left_at", "back_at"))
    units = np.concatenate([unit, unit, away_unit, away_unit])
    at = np.concatenate([start, end, left, back])
    none, some = np.zeros(2 * unit.size, np.int64), np.ones(unit.size, np.int64)
    gone = np.ones(away_unit.size, np.int64)
    jobs_change = np.concatenate([some, -some, np.zeros(2 * away_unit.size, np.int64)])
    away_change = np.concatenate([none, gone, -gone])
    order = np.lexsort((at, units))
    # Every span ends, so that the running sums are back at zero where the next unit begins.
    busy, away = np.cumsum(jobs_change[order]) > 0, np.cumsum(away_change[order]) > 0
    return units[order], at[order], busy, away


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


def _all_busy_share(at: Ints, taken: Flags, *, read: Intervals, enrolled_at: Ints) -> float:
    span_us = read.until - read.began_at
    if not span_us or not enrolled_at.size:
        return float("nan")
    before = np.concatenate([[False], taken[:-1]]) if taken.size else taken
    change = taken.astype(np.int64) - before
    instants = np.concatenate([enrolled_at, at, [read.until]])
    n_free = np.concatenate([np.ones(enrolled_at.size, np.int64), -change, [0]])
    n_there = np.concatenate([np.ones(enrolled_at.size, np.int64), np.zeros(at.size + 1, np.int64)])
    order = np.argsort(instants, kind="stable")
    lasting = np.append(np.diff(instants[order]), 0)
    nobody = (np.cumsum(n_free[order]) == 0) & (np.cumsum(n_there[order]) > 0)
    return float((lasting * nobody).sum() / span_us)


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
