"""A scenario as queueing theory sees it: work that comes in by the hour, and pools of units that do it.

In: a built scenario. Out: `Model`: rates of cases by matter, area and hour of the week, units on duty by hour, how long
it takes them from where they stand to the middle of each area. What it leaves out is named in `LEAVES_OUT`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.demand import Matter, PoissonDemand
from agents.life import Life
from scenarios.build import Built
from scenarios.lists import area_middles
from scenarios.run import end_of
from twin.domain.case import Stage
from twin.domain.facts import CaseReported
from twin.domain.mode import MODES
from twin.domain.quantities import HOUR, to_s
from twin.roads.travel import HOURS_A_WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_STEPS = 256
"""Quantiles by which the chance is worked out that somebody tells of a problem before it ends."""

LEAVES_OUT: Mapping[str, str] = {
    "carry-over": "each hour is taken for itself, so that what an hour leaves undone is not carried into the next",
    "short run": "runs begin empty and end, where theory speaks of the long run",
    "service law": "work is taken to be exponential, and units alike",
    "several": "units for one case are taken to come independently of one another",
    "areas": "cases lie in the middle of their area, and units come from their stations by ways that are all open",
    "policy": "units are taken to be sent by expected arrival, whatever the policy prefers",
    "repositioning": "free units wait at their stations, wherever they are told to wait",
    "patrols": "what patrols find, settle or merge is left out",
    "checks": "looking before and after is taken for jobs of its own",
    "skills": "units with different skills are taken for one pool",
    "absence": "absence and spells away are taken as fewer units all the time",
    "desks": "the desks of the centre take no time",
    "waiting room": "whoever finds the waiting room full is not lost but waits",
}
"""What a scenario may hold that the model does not, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Cases of a matter in an area.

    Parameters
    ----------
    firsts : skills of the jobs of which the first to arrive ends the response.
    jobs : (skill, what it is called in `on_scene`) of all jobs.
    rates_per_h : by hour of the week, shape (168,).
    """

    matter: str
    priority: int
    area: str
    firsts: tuple[str, ...]
    jobs: tuple[tuple[str, str], ...]
    rates_per_h: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """See the top of the file.

    Parameters
    ----------
    hours : how often each hour of the week occurs in a run, shape (168,).
    areas : names.
    travel_s : from each unit's station to each area by time band, shape (n_bands, n_areas, n_units); infinite where
        there is no way.
    band_of_hour : time band of each hour of the week, shape (168,).
    on_duty : share of each hour of the week that a unit is there, shape (n_units, 168).
    pools : units that share work; each skill belongs to one.
    """

    built: Built
    work: tuple[Work, ...]
    hours: Floats
    areas: tuple[str, ...]
    travel_s: Floats
    band_of_hour: Ints
    on_duty: Floats
    pools: tuple[tuple[tuple[str, ...], Ints], ...]
    leaves_out: tuple[str, ...]

    @property
    def pool_of(self) -> dict[str, int]:
        """Number of the pool of each skill."""
        return {skill: place for place, (skills, _) in enumerate(self.pools) for skill in skills}


def model_of(built: Built) -> Model:
    """A built scenario as queueing theory sees it."""
    hours = _hours(built)
    work = tuple(_work(built, hours))
    areas = tuple(dict.fromkeys(each.area for each in work))
    bands = np.zeros(HOURS_A_WEEK, np.int64)
    if built.city is not None:
        bands[:] = [built.setting.terrain.ways[0].band_at(hour) for hour in range(HOURS_A_WEEK)]
    return Model(
        built=built,
        work=work,
        hours=hours,
        areas=areas,
        travel_s=np.array([_travel_s(built, areas, band) for band in range(int(bands.max()) + 1)]),
        band_of_hour=bands,
        on_duty=_on_duty(built),
        pools=tuple(_pools(built)),
        leaves_out=tuple(_leaves_out(built)),
    )


# ---------------------------------------------------------------------------------------------- work


def _hours(built: Built) -> Floats:
    """How often each hour of the week occurs in a run."""
    civil, until = built.setting.civil, end_of(built)
    hours = np.zeros(HOURS_A_WEEK)
    for at in range(0, until, HOUR):
        hours[civil.hour_of_week(at)] += min(HOUR, until - at) / HOUR
    return hours


def _work(built: Built, hours: Floats) -> Iterator[Work]:
    setting = built.setting
    for number, source in enumerate(setting.sources):
        if number not in setting.contacts:
            yield from _of_source(source)
    recorded: dict[tuple[str, str, int, tuple[str, ...]], Floats] = defaultdict(lambda: np.zeros(HOURS_A_WEEK))
    for fact in built.inputs:
        if isinstance(fact, CaseReported):
            key = (fact.area, fact.matter, fact.priority, fact.needs)
            recorded[key][setting.civil.hour_of_week(fact.at)] += 1
    for (area, matter, priority, needs), n in recorded.items():
        rates = np.divide(n, hours, out=np.zeros_like(n), where=hours > 0)
        yield Work(matter, priority, area, needs, tuple((skill, matter) for skill in needs), rates)


def _of_source(source: PoissonDemand) -> Iterator[Work]:
    hour = np.arange(HOURS_A_WEEK) % 24
    rows: dict[str, list[int]] = {}
    for row, area in enumerate(source.areas):
        rows.setdefault(area, []).append(row)
    for area, own in rows.items():
        presence = np.ones((24, len(own))) if source.presence is None else source.presence[:, own]
        for place, matter in enumerate(source.matters):
            by_hour = (source.rates_per_h[own, place] * presence).sum(axis=1)
            rates = by_hour[hour] * source.rhythm * (1.0 if matter.life is None else told_share(matter.life))
            if rates.any() and matter.needs:
                yield _case(matter, area, rates)


def _case(matter: Matter, area: str, rates: Floats) -> Work:
    jobs = [(skill, matter.name) for skill in matter.needs]
    if matter.verify is not None:
        jobs.insert(0, (matter.verify, str(Stage.VERIFY)))
    if matter.check is not None:
        jobs.append((matter.check, str(Stage.CHECK)))
    firsts = matter.needs if matter.verify is None else (matter.verify,)
    return Work(matter.name, matter.priority, area, firsts, tuple(jobs), rates)


def told_share(life: Life) -> float:
    """Problems that citizens tell of before they end, for each that is drawn: those that follow from others included.

    What patrols settle before is not taken off.
    """
    if life.told_after is None:
        return 0.0
    told_s = life.told_after.quantile((np.arange(_STEPS) + 0.5) / _STEPS)
    there = 1.0 if life.lasts is None else np.mean([1 - life.lasts.share_below(at_s) for at_s in told_s.tolist()])
    more = life.again_share * (life.lasts is not None) + life.n_offspring
    return float(life.told_share * there / max(1 - more, 0.1))


# ---------------------------------------------------------------------------------------------- units


def _on_duty(built: Built) -> Floats:
    """Share of each hour of the week that each unit is on duty and not away, shape (n_units, 168)."""
    setting = built.setting
    of_roster = np.zeros((len(setting.rosters), HOURS_A_WEEK))
    for number, roster in enumerate(setting.rosters):
        for turn in roster.turns:
            minutes = np.arange(turn.start, turn.end) % (60 * HOURS_A_WEEK)
            of_roster[number] += np.bincount(minutes // 60, minlength=HOURS_A_WEEK) / 60
    found = np.ones((len(setting.units), HOURS_A_WEEK))
    for number, unit in enumerate(setting.units):
        if unit.roster is not None:
            found[number] = of_roster[unit.roster]
        found[number] *= setting.habits.attends_of(unit.name)
        spells = setting.habits.spells_of(unit.kind)
        if spells is not None:
            found[number] *= spells.every.mean_s / (spells.every.mean_s + spells.lasting.mean_s)
    return found


def _travel_s(built: Built, areas: tuple[str, ...], band: int) -> Floats:
    """From each station to the middle of each area in a time band, shape (n_areas, n_units)."""
    units, city = built.setting.units, built.city
    if city is None or not units:
        return np.zeros((len(areas), len(units)))
    middles = area_middles(city) | ({} if built.past is None else dict(built.past.area_middles))
    edges = np.array([unit.home.edge for unit in units])
    offsets_mm = np.array([unit.home.offset_mm for unit in units])
    modes = np.array([MODES.index(unit.mode) for unit in units])
    found = np.full((len(areas), len(units)), np.inf)
    for place, area in enumerate(areas):
        for mode, ways in enumerate(built.setting.terrain.ways):
            able = modes == mode
            if not able.any() or area not in middles:
                continue
            reached = ways.first_reached(
                middles[area],
                edges=edges,
                offsets_mm=offsets_mm,
                delays_us=np.zeros(len(units), np.int64),
                able=able,
                band=band,
                closed=frozenset(),
                k=len(units),
            )
            for unit, arrival_us, _ in reached:
                found[place, unit] = to_s(arrival_us)
    return found


def _pools(built: Built) -> Iterator[tuple[tuple[str, ...], Ints]]:
    """Skills that are connected by units which have several, and the units that have any of them."""
    units = built.setting.units
    left = [set(unit.skills) for unit in units if unit.skills]
    while left:
        skills = left.pop(0)
        while joined := [other for other in left if other & skills]:
            skills = skills.union(*joined)
            left = [other for other in left if not other & skills]
        numbers = [number for number, unit in enumerate(units) if skills & set(unit.skills)]
        yield tuple(sorted(skills)), np.array(numbers)


def _leaves_out(built: Built) -> Iterator[str]:
    setting, habits = built.setting, built.setting.habits
    matters = [matter for source in setting.sources for matter in source.matters]
    problems = any(source.are_problems for source in setting.sources)
    rhythm = any(np.ptp(source.rhythm) > 0 for source in setting.sources)
    rostered = any(unit.roster is not None for unit in setting.units)
    here = {
        "carry-over": rhythm or rostered or bool(built.inputs),
        "short run": True,
        "service law": True,
        "several": any(len(matter.needs) > 1 for matter in matters),
        "areas": built.city is not None,
        "policy": setting.policy.name not in ("nearest", "preference_list"),
        "repositioning": setting.reposition_policy is not None,
        "patrols": problems,
        "checks": any(matter.verify or matter.check for matter in matters),
        "skills": any(
            len({unit.skills for unit in setting.units if set(unit.skills) & set(skills)}) > 1
            for skills, _ in _pools(built)
        ),
        "absence": bool(habits.attends) or bool(habits.spells),
        "desks": setting.loop is not None,
        "waiting room": setting.waiting_room is not None,
    }
    return (name for name in LEAVES_OUT if here[name])
