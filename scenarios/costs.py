"""What a run costs: hours on duty by the rates of its scenario, sensors, and what is fixed.

A scenario as it was set up and how its units spent their time flow in, money flows out. Units are paid for the time
that they were on duty in the run, absence and overtime as they came; seats at desks for the hours of their rosters,
those of the centre's ordinary mode. What is said by the year counts for the part of a year that the run lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agents.loop_rules import Mode
from agents.setting import Setting
from scenarios.spec import Scenario
from scenarios.staffing import by_roster
from twin.domain.quantities import DAY, HOUR, CivilTime
from twin.domain.roster import Roster
from twin.metrics.intervals import Intervals
from twin.metrics.workload import Spent

YEAR = round(365.25 * DAY)
Seats = tuple[tuple[int | None, int], ...]


def cost_of(scenario: Scenario, setting: Setting, read: Intervals, time: Spent) -> float | None:
    """What a run costs in its scenario's currency, from `read.began_at` to `read.until`; None without `costs`."""
    costs = scenario.costs
    if costs is None:
        return None
    since, until = read.began_at, read.until
    kinds = read.units["unit_kind"].to_pylist()
    pay = sum(hours * costs.rate_of(kind) for kind, hours in zip(kinds, time.duty_us / HOUR, strict=True))
    for name, seats in _seats(scenario, setting):
        pay += costs.rate_of(name) * seat_hours(setting, seats, since=since, until=until)
    sensors = () if setting.loop is None else setting.loop.sensors
    by_year = costs.fixed_per_year + sum(costs.per_sensor.get(rule.channel, 0.0) * rule.n for rule in sensors)
    return float(pay + by_year * (until - since) / YEAR)


def seat_hours(setting: Setting, seats: Seats, *, since: int, until: int) -> float:
    """Hours that seats are staffed between two instants; none of rosters that work in a mode of the centre only."""
    modes: Mapping[str, Mode] = {} if setting.loop is None else setting.loop.modes
    seldom = {roster for mode in modes.values() for roster in mode.rosters}
    hours = 0.0
    for roster, n in seats:
        if roster is None:
            hours += n * (until - since) / HOUR
        elif n and roster not in seldom:
            hours += n * hours_of(setting.rosters[roster], civil=setting.civil, since=since, until=until)
    return hours


def hours_of(roster: Roster, *, civil: CivilTime, since: int, until: int) -> float:
    """Hours of a roster between two instants."""
    found, at = 0, since
    while at < until:
        begin, end = roster.now_or_next(at, civil=civil)
        found += max(0, min(end, until) - max(begin, at))
        at = end
    return found / HOUR


def unpriced(scenario: Scenario, setting: Setting) -> Iterator[str]:
    """Who has no rate, and which rates are nobody's: a slip of the pen most often."""
    costs = scenario.costs
    if costs is None:
        return
    names = dict.fromkeys([unit.kind for unit in setting.units] + [name for name, _ in _seats(scenario, setting)])
    if "*" not in costs.per_hour:
        for name in names:
            if name not in costs.per_hour:
                yield f"costs.per_hour says nothing of {name!r}: it is taken to cost nothing"
    for name in costs.per_hour:
        if name != "*" and name not in names:
            yield f"costs.per_hour speaks of {name!r}, which this scenario does not have"


def _seats(scenario: Scenario, setting: Setting) -> Iterator[tuple[str, Seats]]:
    """Seats by name: desks, and those who do nothing but watch pictures."""
    loop, centre = setting.loop, scenario.centre
    if loop is None or centre is None:
        return
    for desk in loop.desks:
        yield desk.name, desk.seats
    parties: dict[str, list[int]] = {}
    for number, roster in enumerate(setting.rosters):
        parties.setdefault(roster.name, []).append(number)
    numbers = {name: range(found[0], found[-1] + 1) for name, found in parties.items()}
    for sensor in centre.sensors:
        if isinstance(sensor.watchers, Mapping):
            yield sensor.channel.value, by_roster(sensor.watchers, numbers, key="centre.sensors")
