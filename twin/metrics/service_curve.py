"""The service curve: how service goes with staffing, what it costs, where it bends, and which level is enough.

What runs came to flows in, level by level on common seeds, with what queueing theory expects beside it; a
`ServiceCurve` flows out: plain data for sentences, charts and `staff.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from twin.errors import GridtwinError
from twin.metrics.knee import knee_of
from twin.metrics.measure import Measure, Met, Row, Sense, Target
from twin.metrics.paired import LEVEL, Difference, Floats, Interval, Level, difference, level

PANEL = ("p50 response_s", "p90 response_s", "mean response_s", "late_share", "on_time_share", "busy_share")
"""What is told of every level, besides what targets are about."""
HEADLINE = "p90 response_s"
"""By what the knee is found where no target names a measure."""
COST = "cost_per_day"


@dataclass(frozen=True, slots=True)
class Crew:
    """So many of a kind of unit, or at a desk, who work a shift."""

    name: str
    shift: str
    n: int


@dataclass(frozen=True, slots=True)
class Needed:
    """The fewest servers of a pool with which it would meet a target, if it were alone, in its busiest hour.

    Parameters
    ----------
    erlang, square_root : by Erlang C and by the law of Halfin and Whitt; None where no number would do.
    """

    target: str
    erlang: int | None
    square_root: int | None


@dataclass(frozen=True, slots=True)
class Pool:
    """Units that do the same work, as queueing theory sees them.

    Parameters
    ----------
    skills : of their work.
    n_units : who are on its roster.
    servers, load : on duty and erlangs of work in the busiest hour of the week.
    busy_share : of all its hours.
    waits_share, wait_s : jobs that wait, and the mean wait of all; None where work is never done.
    overloaded_share : of its jobs that come in hours with more work than can be done.
    service_s : turnout, way and work of a job.
    travel_s : mean way by the hypercube; `is_exact` or by the approximation.
    busiest_share, idlest_share : busy share of single units by the hypercube.
    needed : by target.
    """

    skills: tuple[str, ...]
    n_units: int
    servers: float
    load: float
    busy_share: float
    waits_share: float
    wait_s: float | None
    overloaded_share: float
    service_s: float
    travel_s: float
    is_exact: bool
    busiest_share: float
    idlest_share: float
    needed: tuple[Needed, ...]


@dataclass(frozen=True, slots=True)
class Theory:
    """What queueing theory expects of a level.

    `values`: by measure; None where it says nothing, or where work is never done. `leaves_out`: what of the scenario is
    not in it, by short names (`scenarios.lab.queue_model.LEAVES_OUT`).
    """

    pools: tuple[Pool, ...]
    values: Mapping[str, float | None]
    leaves_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staffed:
    """A level and what its runs came to; None for one that failed; the same seeds at the same places for all."""

    times: float
    crews: tuple[Crew, ...]
    runs: Sequence[tuple[Row, Sequence[Row]] | None]
    theory: Theory | None = None

    @property
    def n_people(self) -> int:
        """Units and seats, in all shifts."""
        return sum(crew.n for crew in self.crews)


@dataclass(frozen=True, slots=True)
class LevelTold:
    """A level of staffing.

    Parameters
    ----------
    times : everybody so many times.
    n_people : units and seats, in all shifts together.
    n : replications that came to something.
    cost_per_day : None without costs.
    targets : whether each is met: `met` where the whole interval meets it.
    by_mean : the same by the mean alone.
    """

    times: float
    n_people: int
    crews: tuple[Crew, ...]
    n: int
    cost_per_day: Level | None
    measures: Mapping[str, Level]
    targets: Mapping[str, Met]
    by_mean: Mapping[str, bool]
    theory: Theory | None


@dataclass(frozen=True, slots=True)
class Gain:
    """What more people change in a measure, seed by seed: in all, and for each of them."""

    all: Difference
    per_person: float | None
    per_person_t: Interval | None


@dataclass(frozen=True, slots=True)
class Step:
    """From one level to the next; `cost_per_day`: what it costs more."""

    of: float
    to: float
    n_people: int
    cost_per_day: Difference | None
    gains: Mapping[str, Gain]


@dataclass(frozen=True, slots=True)
class Knee:
    """Where the curve bends most: see `twin.metrics.knee`; `over`: what levels are ordered by."""

    times: float
    measure: str
    over: str
    bend: float
    share: float


@dataclass(frozen=True, slots=True)
class ServiceCurve:
    """The answer.

    Parameters
    ----------
    over : what levels are ordered and priced by: "cost_per_day", or "n_people" where there are no costs.
    cheapest, cheapest_by_mean, cheapest_by_theory : the cheapest level that meets all targets, surely, by its means,
        and as queueing theory expects it; None where none does, or nothing was asked.
    is_told : whether theory speaks of all targets.
    """

    scenario: str
    n: int
    n_failed: int
    level: float
    late_after_s: float
    currency: str | None
    over: str
    targets: tuple[str, ...]
    levels: tuple[LevelTold, ...]
    steps: tuple[Step, ...]
    knee: Knee | None
    cheapest: float | None
    cheapest_by_mean: float | None
    cheapest_by_theory: float | None
    is_told: bool


def measures_of(targets: Sequence[Target]) -> list[str]:
    """What is told of every level: what targets are about first."""
    return list(dict.fromkeys([*(str(target.measure) for target in targets), *PANEL]))


def service_curve(
    staffed: Sequence[Staffed],
    targets: Sequence[Target],
    *,
    scenario: str,
    late_after_s: float,
    currency: str | None = None,
    seed: int = 1,
) -> ServiceCurve:
    """The answer to what levels of staffing come to.

    Parameters
    ----------
    staffed : levels with different crews, in ascending order.
    currency : None without costs.
    seed : by what resamples are keyed.

    Raises
    ------
    GridtwinError : no run tells of what a target is about.
    """
    values = {text: [_values(each, text) for each in staffed] for text in measures_of(targets)}
    for target in targets:
        if all(np.isnan(found).all() for found in values[str(target.measure)]):
            raise GridtwinError(
                f"no run tells of {str(target.measure)!r}: nothing of the kind happens in this scenario"
            )
    values = {text: found for text, found in values.items() if not all(np.isnan(each).all() for each in found)}
    costs = None if currency is None else [_values(each, COST) for each in staffed]
    levels = tuple(_told(each, place, values, costs, targets) for place, each in enumerate(staffed))
    over = COST if costs is not None else "n_people"
    measure = str(targets[0].measure) if targets else HEADLINE
    return ServiceCurve(
        scenario=scenario,
        n=max(len(each.runs) for each in staffed),
        n_failed=sum(run is None for each in staffed for run in each.runs),
        level=LEVEL,
        late_after_s=late_after_s,
        currency=currency,
        over=over,
        targets=tuple(map(str, targets)),
        levels=levels,
        steps=tuple(_steps(staffed, values, costs, seed=seed)),
        knee=_knee(levels, values[measure], measure=measure, over=over, seed=seed) if measure in values else None,
        cheapest=_cheapest(levels, targets, lambda each: all(met is Met.MET for met in each.targets.values())),
        cheapest_by_mean=_cheapest(levels, targets, lambda each: all(each.by_mean.values())),
        cheapest_by_theory=_cheapest(levels, targets, lambda each: _expected(each, targets)),
        is_told=bool(targets) and any(_is_told(each, targets) for each in levels),
    )


def _knee(levels: Sequence[LevelTold], values: Sequence[Floats], *, measure: str, over: str, seed: int) -> Knee | None:
    sign = -1.0 if Measure.parse(measure).more_is_better else 1.0
    x = np.array([_price(each) for each in levels])
    found = knee_of(x, sign * np.array(values), seed=seed)
    return None if found is None else Knee(levels[found.place].times, measure, over, found.bend, found.share)


def _values(staffed: Staffed, text: str) -> Floats:
    measure = Measure.parse(text)
    return np.array([np.nan if run is None else measure.value(*run) for run in staffed.runs])


def _told(
    each: Staffed,
    place: int,
    values: Mapping[str, Sequence[Floats]],
    costs: Sequence[Floats] | None,
    targets: Sequence[Target],
) -> LevelTold:
    measures = {text: level(found[place]) for text, found in values.items()}
    met, by_mean = {}, {}
    for target in targets:
        found = measures[str(target.measure)]
        met[str(target)] = Met.UNSURE if found.t is None else target.met(found.t.low, found.t.high)
        by_mean[str(target)] = found.mean is not None and _holds(target, found.mean)
    return LevelTold(
        times=each.times,
        n_people=each.n_people,
        crews=each.crews,
        n=sum(run is not None for run in each.runs),
        cost_per_day=None if costs is None else level(costs[place]),
        measures=measures,
        targets=met,
        by_mean=by_mean,
        theory=each.theory,
    )


def _holds(target: Target, value: float) -> bool:
    return value <= target.limit if target.sense is Sense.AT_MOST else value >= target.limit


def _steps(
    staffed: Sequence[Staffed], values: Mapping[str, Sequence[Floats]], costs: Sequence[Floats] | None, *, seed: int
) -> list[Step]:
    found = []
    for (place, before), (_, after) in pairwise(enumerate(staffed)):
        n_people = after.n_people - before.n_people
        of = f"{before.times:g} {after.times:g}"
        gains = {}
        for text, each in values.items():
            gap = difference(each[place + 1], each[place], seed=seed, purpose=f"{text} {of}")
            gains[text] = _gain(gap, n_people)
        more = None
        if costs is not None:
            more = difference(costs[place + 1], costs[place], seed=seed, purpose=f"cost {of}")
        found.append(Step(before.times, after.times, n_people, more, gains))
    return found


def _gain(gap: Difference, n_people: int) -> Gain:
    if n_people < 1 or gap.mean is None:
        return Gain(gap, None, None)
    t = None if gap.t is None else Interval(gap.t.low / n_people, gap.t.high / n_people)
    return Gain(gap, gap.mean / n_people, t)


def _price(each: LevelTold) -> float:
    if each.cost_per_day is None or each.cost_per_day.mean is None:
        return float(each.n_people)
    return each.cost_per_day.mean


def _cheapest(
    levels: Sequence[LevelTold], targets: Sequence[Target], is_enough: Callable[[LevelTold], bool]
) -> float | None:
    """The cheapest level that is enough; None where none is, or nothing was asked."""
    enough = [each for each in levels if targets and is_enough(each)]
    return min(enough, key=lambda each: (_price(each), each.times)).times if enough else None


def _is_told(each: LevelTold, targets: Sequence[Target]) -> bool:
    return each.theory is not None and all(str(target.measure) in each.theory.values for target in targets)


def _expected(each: LevelTold, targets: Sequence[Target]) -> bool:
    """Whether theory expects a level to meet all targets."""
    if each.theory is None or not _is_told(each, targets):
        return False
    values = [each.theory.values[str(target.measure)] for target in targets]
    return all(value is not None and _holds(target, value) for target, value in zip(targets, values, strict=True))
