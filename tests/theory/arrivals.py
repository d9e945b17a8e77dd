"""Does modelled demand arrive as a Poisson process with the rhythm of its scenario?

In: what the scenario file promises, hour by hour. Out: comparisons of counts with their exact expectations: dispersion
and independence of neighbouring minutes (both 1 for a Poisson process), hours of the day, weekends, a matter's share.
"""

from __future__ import annotations

import numpy as np

from scenarios.spec import Scenario
from tests.theory.checks import N_COMPARISONS, OF_ARRIVALS
from tests.theory.comparison import Finding, Floats, find
from tests.theory.running import Change, Ran, replications
from twin.domain.quantities import HOUR, MINUTE

QUICK_RUNS, PRECISE_RUNS = 1, 25

NIGHT, DAYTIME, WEEKEND = (0, 1, 2, 3, 4, 5), (8, 9, 10, 11, 12, 13, 14, 15, 16, 17), (5, 6)


def findings(*, n_runs: int, changed: Change = lambda scenario: scenario) -> tuple[Finding, ...]:
    """Run the scenario and compare its counts with what it says before it is `changed`."""
    parts = [_counted(ran) for ran in replications("arrivals", n=n_runs, changed=changed)]
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    assert len(values) == OF_ARRIVALS
    return tuple(
        find(name, 0.75 if name == "share of vendors" else 1.0, values=column, n_comparisons=N_COMPARISONS)
        for name, column in values.items()
    )


def expected_per_hour(scenario: Scenario) -> Floats:
    """Cases expected in each hour of the week, shape (168,), Monday midnight first."""
    (demand,) = scenario.demand
    hours, days = demand.rhythm.hours, demand.rhythm.weekdays
    day_mean, hour_mean = sum(days) / len(days), sum(hours)
    return np.array([demand.per_day * day / day_mean * hour / hour_mean for day in days for hour in hours])


def _counted(ran: Ran) -> dict[str, Floats]:
    """Observations with known expectations, each of its own shape (n,)."""
    at = ran.read.cases["reported_at"].to_numpy()
    per_hour = expected_per_hour(ran.promised)
    n_hours = ran.until // HOUR
    hour_of_week = np.arange(n_hours) % per_hour.size
    ratio = np.bincount(at // HOUR, minlength=n_hours) / per_hour[hour_of_week]
    by_day = np.isin(hour_of_week % 24, DAYTIME)
    per_minute = np.repeat(per_hour[hour_of_week] / 60, 60)
    excess = (np.bincount(at // MINUTE, minlength=per_minute.size) - per_minute) / np.sqrt(per_minute)
    is_vendor = np.array(ran.read.cases["matter"].to_pylist()) == "vendor"
    return {
        "dispersion of minutes": excess**2,
        "independence of neighbours": 1 + excess[:-1] * excess[1:],
        "cases by night": ratio[np.isin(hour_of_week % 24, NIGHT)],
        "cases by day": ratio[by_day],
        "cases at weekends": ratio[by_day & np.isin(hour_of_week // 24, WEEKEND)],
        "share of vendors": is_vendor.astype(np.float64),
    }
