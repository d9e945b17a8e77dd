"""Reading a service curve between the levels that were run: straight lines over the number of people.

In: a `ServiceCurve` and how many people. Out: what to expect of service and cost there, with intervals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from twin.metrics.paired import Interval, Level
from twin.metrics.service_curve import ServiceCurve

_ALMOST = 1e-9


@dataclass(frozen=True, slots=True)
class ReadOff:
    """What is expected.

    Parameters
    ----------
    cost_per_day : None without costs.
    is_within : whether so many people lie between levels that were run; otherwise it is the nearest of them.
    """

    n_people: float
    cost_per_day: float | None
    measures: Mapping[str, Level]
    is_within: bool


def read_off(curve: ServiceCurve, n_people: float) -> ReadOff:
    """What the curve says of so many people, in all shifts together."""
    levels = sorted(curve.levels, key=lambda each: each.n_people)
    at = [float(each.n_people) for each in levels]
    costs = [each.cost_per_day for each in levels]
    return ReadOff(
        n_people=n_people,
        cost_per_day=None
        if any(cost is None or cost.mean is None for cost in costs)
        else _between(n_people, at, [cost.mean for cost in costs if cost is not None and cost.mean is not None]),
        measures={name: _level(n_people, at, [each.measures[name] for each in levels]) for name in levels[0].measures},
        is_within=at[0] <= n_people <= at[-1],
    )


def people_at(curve: ServiceCurve, times: float) -> dict[tuple[str, str], int]:
    """How many of each crew there are at a level, by name and shift; between levels, to whole people."""
    levels = sorted(curve.levels, key=lambda each: each.times)
    at = [each.times for each in levels]
    keys = dict.fromkeys((crew.name, crew.shift) for each in levels for crew in each.crews)
    exact = {
        key: _between(
            times,
            at,
            [float(sum(crew.n for crew in each.crews if (crew.name, crew.shift) == key)) for each in levels],
        )
        for key in keys
    }
    found = {key: int(n + _ALMOST) for key, n in exact.items()}
    missing = round(sum(exact.values())) - sum(found.values())
    for key in sorted(exact, key=lambda key: found[key] - exact[key])[: max(0, missing)]:  # the largest remainders
        found[key] += 1
    return found


def _level(x: float, at: Sequence[float], found: Sequence[Level]) -> Level:
    known = [(place, each) for place, each in zip(at, found, strict=True) if each.mean is not None]
    if not known:
        return Level(0, None, None)
    places = [place for place, _ in known]
    mean = _between(x, places, [each.mean for _, each in known if each.mean is not None])
    spans = [each.t for _, each in known if each.t is not None]
    t = None
    if len(spans) == len(known):
        low, high = (_between(x, places, edges) for edges in ([t.low for t in spans], [t.high for t in spans]))
        t = Interval(low, high)
    return Level(min(each.n for _, each in known), mean, t)


def _between(x: float, at: Sequence[float], values: Sequence[float]) -> float:
    return float(np.interp(x, at, values))
