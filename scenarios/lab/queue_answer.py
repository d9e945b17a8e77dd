"""What queueing theory expects of a scenario: its pools, what it would take to meet the targets, and the measures.

In: a built scenario and what is asked. Out: `Theory`. A case's times are put together from those of its parts (taking
down, waiting, turnout, way by the hypercube, work), drawn many times by key: the same question has the same answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.build import Built
from scenarios.lab.queue_model import Flags, Floats, Ints, Model, model_of
from scenarios.lab.queue_pools import Solved, solve
from twin.clock.distributions import Distribution
from twin.clock.streams import Streams
from twin.domain.quantities import HOUR, to_s
from twin.metrics.measure import Measure, Sense, Target
from twin.metrics.queueing import WaitLaw, erlang_c, fewest, halfin_whitt
from twin.metrics.service_curve import Needed, Pool, Theory

N_DRAWN = 20_000
MOST_NEEDED = 10_000
_QUANTILE = {"p50": 0.5, "p90": 0.9}


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """Drawn cases; shapes (n,). `work`: which entry of the model's; `hour` of the week; times infinite where never."""

    work: Ints
    hour: Ints
    response_s: Floats
    closed_s: Floats
    within_s: Floats


def theory_of(built: Built, *, measures: Sequence[str], targets: Sequence[Target], late_after_us: int) -> Theory:
    """What queueing theory expects of a scenario.

    Parameters
    ----------
    measures : what is told of every level; those that theory says nothing of are left out.
    late_after_us : a case that is reached later than that is late.
    """
    model = model_of(built)
    solved = [solve(model, number) for number in range(len(model.pools))]
    pools = [pool for pool in solved if pool is not None]
    values: dict[str, float | None] = {}
    if model.work:
        cases = _drawn(model, solved)
        for text in measures:
            told, value = _value(model, pools, cases, Measure.parse(text), late_after_s=to_s(late_after_us))
            if told:
                values[text] = value
    return Theory(
        tuple(_told(model, pool, targets, late_after_s=to_s(late_after_us)) for pool in pools),
        values,
        model.leaves_out,
    )


# ---------------------------------------------------------------------------------------------- cases


def _drawn(model: Model, solved: Sequence[Solved | None]) -> _Cases:
    """Cases with the times of their parts."""
    streams, habits = Streams(0), model.built.setting.habits
    weights = np.array([each.rates_per_h for each in model.work]) * model.hours
    upto = np.cumsum(weights.ravel())
    drawn = np.searchsorted(upto, _uniform(streams, "case") * upto[-1], side="right")
    work, hour = np.divmod(np.minimum(drawn, upto.size - 1), weights.shape[1])
    begun_s = _spans(habits.intake, streams, "intake") + _spans(habits.processing, streams, "processing")
    response_s, done_s = np.full(N_DRAWN, np.inf), np.zeros(N_DRAWN)
    most = max(len(each.jobs) for each in model.work)
    pool_of = model.pool_of
    for place in range(most):
        for number, each in enumerate(model.work):
            if place >= len(each.jobs) or not (own := np.flatnonzero(work == number)).size:
                continue
            skill, name = each.jobs[place]
            pool = solved[pool_of[skill]] if skill in pool_of else None
            if pool is None:
                done_s[own] = np.inf
                continue
            came_s, work_s = _job(model, pool, own, hour[own], streams, what=(number, place, name))
            arrived_s = begun_s[own] + came_s
            if place < len(each.firsts) and skill == each.firsts[place]:
                response_s[own] = np.minimum(response_s[own], arrived_s)
            done_s[own] = np.maximum(done_s[own], arrived_s + work_s)
    return _Cases(work, hour, response_s, done_s, _limits_s(model, work, hour))


def _job(
    model: Model, pool: Solved, own: Ints, hour: Ints, streams: Streams, *, what: tuple[int, int, str]
) -> tuple[Floats, Floats]:
    """From the queue to the arrival, and the work there, of one job of each of some cases; seconds."""
    number, place, name = what
    setting, each = model.built.setting, model.work[number]
    rank = pool.priorities.index(each.priority)
    u = [_uniform(streams, f"{part} {place}")[own] for part in ("wait", "how long", "unit", "turnout", "noise", "work")]
    waits = u[0] < pool.wait_share[rank, hour]
    mean_s = pool.wait_mean_s[rank, hour]
    wait_s = np.where(waits, -np.log(u[1]) * np.where(waits, mean_s, 0.0), 0.0) + pool.until_shift_s[hour]
    came_s, work_s = np.zeros(own.size), np.zeros(own.size)
    area = model.areas.index(each.area)
    last = np.where(pool.shift_of[hour] >= 0, pool.shift_of[hour], 0)
    for shift_number in np.unique(last).tolist():
        here = np.flatnonzero(last == shift_number)
        shift = pool.shifts[shift_number]
        upto = np.cumsum(shift.sent[area])
        chosen = shift.units[np.minimum(np.searchsorted(upto, u[2][here] * upto[-1], side="right"), upto.size - 1)]
        way_s = model.travel_s[shift.band, area, chosen]
        noise = setting.habits.travel_noise
        if noise is not None:
            way_s = way_s * noise.quantile(u[4][here])
        came_s[here] = wait_s[here] + way_s
        kinds = np.array([setting.units[unit].kind for unit in chosen.tolist()])
        for kind in np.unique(kinds).tolist():
            of_kind = here[kinds == kind]
            came_s[of_kind] += _quantiles(setting.habits.turnout_of(kind), u[3][of_kind])
            work_s[of_kind] = _quantiles(setting.habits.on_scene_of(name, kind), u[5][of_kind])
    return came_s, work_s


def _limits_s(model: Model, work: Ints, hour: Ints) -> Floats:
    """Within how long after its report each case should be closed; NaN where nobody has said."""
    limits, civil = model.built.limits, model.built.setting.civil
    first = {civil.hour_of_week(at): at for at in reversed(range(0, 8 * 24 * HOUR, HOUR))}
    known: dict[tuple[str, int], float] = {}
    found = np.full(work.size, np.nan)
    for place, (number, of_week) in enumerate(zip(work.tolist(), hour.tolist(), strict=True)):
        key = (model.work[number].matter, of_week)
        if key not in known:
            at = first[of_week] + HOUR // 2
            due = limits.deadline_at(key[0], at)
            known[key] = math.nan if due is None else to_s(due - at)
        found[place] = known[key]
    return found


def _uniform(streams: Streams, purpose: str) -> Floats:
    return streams.block(f"theory {purpose}", 0, size=N_DRAWN)


def _spans(spread: Distribution | None, streams: Streams, purpose: str) -> Floats:
    return np.zeros(N_DRAWN) if spread is None else spread.quantile(_uniform(streams, purpose))


def _quantiles(spread: Distribution | None, u: Floats) -> Floats:
    return np.zeros(u.size) if spread is None else spread.quantile(u)


# ---------------------------------------------------------------------------------------------- figures


def _value(
    model: Model, pools: Sequence[Solved], cases: _Cases, measure: Measure, *, late_after_s: float
) -> tuple[bool, float | None]:
    """Whether theory speaks of a measure, and its value; None where work is never done."""
    if measure.name == "busy_share" and measure.by is None:
        return True, _busy_share(model, pools)
    chosen = _of_group(model, cases, measure)
    if chosen is None or not chosen.any():
        return False, None
    response_s = cases.response_s[chosen]
    if measure.name == "response_s":
        if measure.figure == "mean":
            return True, _finite(float(response_s.mean()))
        return True, _finite(float(np.quantile(response_s, _QUANTILE[measure.figure or ""], method="inverted_cdf")))
    if measure.name == "late_share":
        return True, float((response_s > late_after_s).mean())
    due = chosen & ~np.isnan(cases.within_s)
    is_whole = not {"checks", "desks", "patrols"} & set(model.leaves_out)
    if measure.name == "on_time_share" and is_whole and due.any():
        return True, float((cases.closed_s[due] <= cases.within_s[due]).mean())
    return False, None


def _of_group(model: Model, cases: _Cases, measure: Measure) -> Flags | None:
    """Which cases a measure is about; None where theory cannot tell."""
    if measure.by is None:
        return np.ones(cases.work.size, np.bool_)
    if measure.by == "hour":
        return np.array([str(hour % 24) == measure.group for hour in cases.hour.tolist()])
    if measure.by == "grid":
        return None
    of_work = np.array([str(getattr(each, measure.by)) == measure.group for each in model.work])
    return of_work[cases.work]


def _busy_share(model: Model, pools: Sequence[Solved]) -> float | None:
    there = model.on_duty @ model.hours
    work = sum(float((pool.loads.sum(axis=0).clip(max=pool.servers)) @ model.hours) for pool in pools)
    return work / float(there.sum()) if there.sum() else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _told(model: Model, pool: Solved, targets: Sequence[Target], *, late_after_s: float) -> Pool:
    """A pool in figures."""
    load, hours = pool.loads.sum(axis=0), model.hours
    n_by_rank = pool.loads * hours
    n_all = float(n_by_rank.sum())
    with np.errstate(invalid="ignore"):
        wait_s = float(np.nansum(n_by_rank * pool.wait_share * pool.wait_mean_s) / n_all)
    overloaded = (load >= pool.servers) & (pool.shift_of >= 0)
    busiest = _busiest(pool, hours)
    workloads = np.concatenate([shift.workloads for shift in pool.shifts]) if pool.shifts else np.zeros(1)
    return Pool(
        skills=pool.skills,
        n_units=int(pool.units.size),
        servers=round(float(pool.servers[busiest]), 3),
        load=round(float(load[busiest]), 4),
        busy_share=min(1.0, float(load @ hours) / max(float(pool.servers @ hours), 1e-9)),
        waits_share=float((n_by_rank * pool.wait_share).sum() / n_all),
        wait_s=_finite(wait_s),
        overloaded_share=float(n_by_rank[:, overloaded].sum() / n_all),
        service_s=pool.service_s,
        travel_s=pool.travel_s,
        is_exact=all(shift.is_exact for shift in pool.shifts),
        busiest_share=float(workloads.max()),
        idlest_share=float(workloads.min()),
        needed=tuple(
            needed
            for target in targets
            if (needed := _needed(model, pool, target, busiest, late_after_s=late_after_s)) is not None
        ),
    )


def _busiest(pool: Solved, hours: Floats) -> int:
    """The hour of a run with the most work; of those in which somebody is there, if there are any."""
    load = np.where(hours > 0, pool.loads.sum(axis=0), -1.0)
    return int(np.where(pool.shift_of >= 0, load, load - 1e9).argmax())


def _needed(model: Model, pool: Solved, target: Target, hour: int, *, late_after_s: float) -> Needed | None:
    """The fewest servers by Erlang and by the square root; None for targets that are not about how soon one comes."""
    measure, limit = target.measure, target.limit
    if target.sense is not Sense.AT_MOST or measure.name not in ("response_s", "late_share"):
        return None
    if measure.by not in (None, "priority"):
        return None
    rank = len(pool.priorities) - 1
    if measure.by == "priority":
        known = {str(priority): place for place, priority in enumerate(pool.priorities)}
        if measure.group not in known:
            return None
        rank = known[measure.group or ""]
    habits = model.built.setting.habits
    turnout_s = float(np.mean([to_s(model.built.setting.units[unit].turnout_us) for unit in pool.units.tolist()]))
    parts = [habits.intake, habits.processing]
    rest_s = pool.travel_s + turnout_s + sum(0.0 if part is None else part.mean_s for part in parts)
    found = [_fewest(pool, measure, limit, hour, rank, rest_s, law, late_after_s) for law in (erlang_c, halfin_whitt)]
    return Needed(str(target), found[0], found[1])


def _fewest(
    pool: Solved,
    measure: Measure,
    limit: float,
    hour: int,
    rank: int,
    rest_s: float,
    law: WaitLaw,
    late_after_s: float,
) -> int | None:
    """The fewest servers; what is not waiting is taken at its mean."""

    def is_enough(servers: int) -> bool:
        delay = pool.delay(servers, hour, rank, law=law)
        if measure.name == "late_share":
            return delay.beyond(late_after_s - rest_s) <= limit if rest_s <= late_after_s else False
        if measure.figure == "mean":
            return rest_s + delay.wait_s <= limit
        return rest_s <= limit and delay.beyond(limit - rest_s) <= 1 - _QUANTILE[measure.figure or ""]

    return fewest(is_enough, at_most=MOST_NEEDED)
