"""A pool of units solved: how long jobs wait hour by hour, who is sent where, and how busy each unit is.

In: a `Model` and one of its pools. Out: `Solved`. Each hour of the week is taken for itself (the pointwise stationary
approximation of Green and Kolesar, Management Science 37, 1991); a job that comes while nobody is on duty waits for the
next shift; between two whole numbers of units waits are interpolated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.lab.queue_model import Floats, Ints, Model
from twin.domain.quantities import to_s
from twin.metrics.hypercube import hypercube
from twin.metrics.queueing import ENDLESS, NO_DELAY, Delay, WaitLaw, delay_of_class, erlang_c
from twin.policies.preference_list import PreferenceList
from twin.roads.travel import HOURS_A_WEEK

HOUR_S = 3_600.0
_FULLEST = 0.98
"""Load up to which the hypercube is solved; above, nobody could say who is sent where."""
_FAR_S = 4 * HOUR_S
"""The way where there is none."""
_THERE = 0.5
"""Share of an hour from which on somebody counts as there."""
_ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """The units that are on duty together in some hours of one time band.

    Parameters
    ----------
    units : numbers.
    band : by which they travel.
    sent : share of the jobs of each area that each of them is sent to, shape (n_areas, n_here); rows of areas without
        jobs are even.
    workloads : shape (n_here,).
    """

    units: Ints
    band: int
    sent: Floats
    workloads: Floats
    is_exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """A pool.

    Parameters
    ----------
    priorities : of its jobs, most urgent first.
    loads : erlangs by priority and hour of the week, shape (n_priorities, 168).
    servers : on duty and not away, shape (168,).
    wait_share, wait_mean_s : of jobs, by priority and hour; the mean is of those that wait, infinite where work is
        never done.
    until_shift_s : until somebody comes on duty, by hour.
    shifts, shift_of : crews, and which of them is there in each hour (−1: nobody).
    n_jobs : expected in a run by hour, shape (168,).
    """

    skills: tuple[str, ...]
    units: Ints
    priorities: tuple[int, ...]
    loads: Floats
    servers: Floats
    service_s: float
    travel_s: float
    wait_share: Floats
    wait_mean_s: Floats
    until_shift_s: Floats
    shifts: tuple[Shift, ...]
    shift_of: Ints
    n_jobs: Floats

    def delay(self, servers: float, hour: int, rank: int, *, law: WaitLaw = erlang_c) -> Delay:
        """How long jobs of a class wait if there were so many servers in an hour."""
        return interpolated(servers, self.loads[:, hour].tolist(), rank, service_s=self.service_s, law=law)


@dataclass(frozen=True, slots=True, eq=False)
class _Jobs:
    """What a pool has to do, per hour: by area, shape (n_areas, 168), and by priority, shape (n_priorities, 168)."""

    by_area: Floats
    by_priority: Floats
    priorities: tuple[int, ...]
    work_s: float


def solve(model: Model, number: int) -> Solved | None:
    """Solve a pool; None where it has no work."""
    skills, units = model.pools[number]
    jobs = _jobs(model, skills, units)
    if jobs is None:
        return None
    shift_of, crews = _crews(model.on_duty[units], model.band_of_hour)
    ways_s = np.minimum(model.travel_s, _FAR_S)
    n_by_crew = [jobs.by_area[:, hours] @ model.hours[hours] for _, hours in crews]  # in a run, shape (n_areas,)
    travel_s = float(ways_s[0][:, units].min(axis=1).mean())
    shifts: list[Shift] = []
    for _ in range(_ROUNDS):  # how far one goes depends on how busy all are, and that on how far one goes
        service_s = max(jobs.work_s + travel_s, 1e-6)
        shifts = [
            _shift(
                model,
                units[here],
                int(model.band_of_hour[hours[0]]),
                n * service_s / HOUR_S / max(float(model.hours[hours].sum()), 1e-9),
            )
            for (here, hours), n in zip(crews, n_by_crew, strict=True)
        ]
        way_s = sum(
            float(n @ (shift.sent * ways_s[shift.band][:, shift.units]).sum(axis=1))
            for shift, n in zip(shifts, n_by_crew, strict=True)
        )
        n_all = sum(float(n.sum()) for n in n_by_crew)
        travel_s = way_s / n_all if n_all else travel_s
    loads = jobs.by_priority * service_s / HOUR_S
    servers = model.on_duty[units].sum(axis=0)
    share, mean_s = _waits(loads, servers, shift_of, service_s=service_s)
    return Solved(
        skills=skills,
        units=units,
        priorities=jobs.priorities,
        loads=loads,
        servers=servers,
        service_s=service_s,
        travel_s=travel_s,
        wait_share=share,
        wait_mean_s=mean_s,
        until_shift_s=_until_shift(shift_of),
        shifts=tuple(shifts),
        shift_of=shift_of,
        n_jobs=jobs.by_area.sum(axis=0) * model.hours,
    )


def interpolated(servers: float, loads: Sequence[float], rank: int, *, service_s: float, law: WaitLaw) -> Delay:
    """How long a class waits with a number of servers that need not be whole."""
    if not sum(loads):
        return NO_DELAY
    below = math.floor(servers + 1e-9)
    above = min(1.0, max(0.0, servers - below))
    few = delay_of_class(below, loads, rank, service_s=service_s, law=law) if below else ENDLESS
    if above < 1e-9:
        return few
    many = delay_of_class(below + 1, loads, rank, service_s=service_s, law=law)
    if few is ENDLESS or many is ENDLESS:
        return many if above >= _THERE else few
    return Delay(few.share + above * (many.share - few.share), few.mean_s + above * (many.mean_s - few.mean_s))


# ---------------------------------------------------------------------------------------------- parts


def _jobs(model: Model, skills: Sequence[str], units: Ints) -> _Jobs | None:
    own = [(each, skill, name) for each in model.work for skill, name in each.jobs if skill in skills]
    if not own:
        return None
    rates = np.array([each.rates_per_h for each, _, _ in own])
    weights = (rates * model.hours).sum(axis=1)
    if not weights.sum():
        return None
    area = np.array([model.areas.index(each.area) for each, _, _ in own])
    priorities = tuple(sorted({each.priority for each, _, _ in own}))
    rank = np.array([priorities.index(each.priority) for each, _, _ in own])
    by_area, by_priority = np.zeros((len(model.areas), HOURS_A_WEEK)), np.zeros((len(priorities), HOURS_A_WEEK))
    np.add.at(by_area, area, rates)
    np.add.at(by_priority, rank, rates)
    known: dict[tuple[str, str], float] = {}
    for _, skill, name in own:
        if (skill, name) not in known:
            known[skill, name] = _on_scene_s(model, skill, name, units)
    on_scene_s = [known[skill, name] for _, skill, name in own]
    turnout_s = float(np.mean([to_s(model.built.setting.units[unit].turnout_us) for unit in units]))
    return _Jobs(by_area, by_priority, priorities, float(np.average(on_scene_s, weights=weights)) + turnout_s)


def _on_scene_s(model: Model, skill: str, name: str, units: Ints) -> float:
    """Mean time on scene of a kind of job, over the units that can do it."""
    setting = model.built.setting
    kinds = [setting.units[unit].kind for unit in units.tolist() if skill in setting.units[unit].skills]
    spans = [setting.habits.on_scene_of(name, kind) for kind in kinds]
    return float(np.mean([0.0 if span is None else span.mean_s for span in spans]))


def _crews(on_duty: Floats, band_of_hour: Ints) -> tuple[Ints, list[tuple[Ints, Ints]]]:
    """Which crew is there in each hour (−1: nobody), and of each its units (by place in the pool) and its hours.

    The same people in two time bands are two crews.
    """
    usual = on_duty.max(axis=1, keepdims=True)
    here = (on_duty >= _THERE * usual) & (usual > 0)
    crews: dict[tuple[int, bytes], int] = {}
    members: list[Ints] = []
    shift_of = np.full(HOURS_A_WEEK, -1, np.int64)
    for hour in range(HOURS_A_WEEK):
        if here[:, hour].any():
            key = int(band_of_hour[hour]), here[:, hour].tobytes()
            if key not in crews:
                crews[key] = len(members)
                members.append(np.flatnonzero(here[:, hour]))
            shift_of[hour] = crews[key]
    return shift_of, [(units, np.flatnonzero(shift_of == crew)) for crew, units in enumerate(members)]


def _shift(model: Model, units: Ints, band: int, rates: Floats) -> Shift:
    """Who is sent where, by the hypercube; `rates`: erlangs by area."""
    lists = _lists(model, units, band)
    sent = np.full((rates.size, units.size), 1 / units.size)
    busy = np.flatnonzero(rates > 0)
    if not busy.size:
        return Shift(units, band, sent, np.zeros(units.size), True)
    most = _FULLEST * units.size
    own = rates[busy] * min(1.0, most / float(rates.sum()))
    solved = hypercube(own, lists[busy])
    sent[busy] = solved.sent / solved.sent.sum(axis=1, keepdims=True)
    return Shift(units, band, sent, solved.workloads, solved.is_exact)


def _lists(model: Model, units: Ints, band: int) -> Ints:
    """Whom each area wants first, as places among `units`: as the policy lists them, the others by time from home."""
    setting = model.built.setting
    turnout_s = np.array([to_s(setting.units[unit].turnout_us) for unit in units.tolist()])
    order = np.argsort(model.travel_s[band][:, units] + turnout_s, axis=1, kind="stable")
    if not isinstance(setting.policy, PreferenceList):
        return order
    places = {setting.units[unit].name: place for place, unit in enumerate(units.tolist())}
    for row, area in enumerate(model.areas):
        named = [places[name] for name in setting.policy.lists.get(area, ()) if name in places]
        order[row] = [*named, *(place for place in order[row].tolist() if place not in named)]
    return order


def _waits(loads: Floats, servers: Floats, shift_of: Ints, *, service_s: float) -> tuple[Floats, Floats]:
    """Share and mean of the wait by class and hour; of hours without anybody, those of the next shift's first."""
    share, mean_s = np.zeros_like(loads), np.zeros_like(loads)
    known: dict[tuple[float, ...], Delay] = {}
    for hour in range(HOURS_A_WEEK):
        of_hour = loads[:, hour].tolist()
        n = float(servers[_next_shift(shift_of, hour)])
        for rank in range(len(of_hour)):
            key = (n, float(rank), *of_hour)
            if key not in known:
                known[key] = interpolated(n, of_hour, rank, service_s=service_s, law=erlang_c)
            share[rank, hour], mean_s[rank, hour] = known[key].share, known[key].mean_s
    return share, mean_s


def _next_shift(shift_of: Ints, hour: int) -> int:
    """The first hour from this one on in which somebody is there."""
    later = [(hour + more) % HOURS_A_WEEK for more in range(HOURS_A_WEEK)]
    return next((each for each in later if shift_of[each] >= 0), hour)


def _until_shift(shift_of: Ints) -> Floats:
    """From the middle of each hour until somebody comes on duty, seconds; 0 where somebody is there."""
    found = np.zeros(HOURS_A_WEEK)
    for hour in np.flatnonzero(shift_of < 0).tolist():
        found[hour] = ((_next_shift(shift_of, hour) - hour) % HOURS_A_WEEK - 0.5) * HOUR_S
    return found
