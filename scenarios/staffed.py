"""Staffing laid over a scenario: the same scenario with its groups, desks, rosters and sensors written out as asked.

In: a scenario with `staffing`, and its city. Out: one without, that a person could have written by hand, and that has
the same checksum.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from city_data.city import City
from scenarios.fleet import grids_of
from scenarios.spec import Scenario, UnitGroup
from scenarios.spec_centre import CentreSpec, DeskSpec
from scenarios.spec_roster import MINUTES_A_DAY, RosterSpec, minutes
from scenarios.spec_sensors import SensorSpec
from scenarios.spec_staffing import StaffingSpec
from scenarios.staffing import ALWAYS
from twin.domain.problem import Channel
from twin.errors import ScenarioError

OTHERS = "*"


@dataclass(frozen=True, slots=True)
class Post:
    """So many people who do the same in the same shift.

    Parameters
    ----------
    what : "units", "desk" or "watchers".
    place : number of the group or of the sensors; name of the desk.
    names : by which `staffing` may speak of them.
    """

    what: str
    place: int | str
    roster: str
    names: tuple[str, ...]
    n: int


def staffed(scenario: Scenario, city: City | None) -> Scenario:
    """A scenario with its `staffing` written out.

    Raises
    ------
    ScenarioError : a roster, a kind, a desk or sensors that are not there, or nobody left.
    """
    said = scenario.staffing
    if said is None:
        return scenario
    if scenario.units == "history":
        raise ScenarioError("units: history are those that were there: name groups of units instead", key="staffing")
    before = posts(scenario, city)
    scenario = scenario.model_copy(update={"rosters": _rosters(scenario.rosters, said), "staffing": None})
    wanted = _scaled(_shifts(scenario, list(before), said), said)
    if not any(post.n for post in wanted) and any(post.n for post in before):
        raise ScenarioError("leaves nobody at work", key="staffing")
    groups = _groups(scenario, before, wanted, city)
    centre = scenario.centre
    if said.sensors and centre is None:
        raise ScenarioError("there is no centre to have sensors", key="staffing.sensors")
    if centre is not None:
        centre = _centre(centre, wanted, said)
    return scenario.model_copy(update={"units": _attending(groups, said), "centre": centre})


def posts(scenario: Scenario, city: City | None) -> tuple[Post, ...]:
    """Everybody who works in a scenario: groups of units, seats at desks, and those who watch pictures."""
    found: list[Post] = []
    for place, group in enumerate(() if scenario.units == "history" else scenario.units):
        beats = () if group.beat is None else grids_of(city, group.beat, key=f"units.{place}.beat")
        n = (len(beats) if group.beat is not None else 1) if group.count is None else group.count
        found.append(Post("units", place, group.roster or ALWAYS, (group.kind, group.name), n))
    centre = scenario.centre
    if centre is None:
        return tuple(found)
    for name, desk in centre.desks.items():
        found += [Post("desk", name, roster, (name,), n) for roster, n in desk.seats.items()]
    for place, sensor in enumerate(centre.sensors):
        if isinstance(sensor.watchers, Mapping):
            channel = (sensor.channel.value,)
            found += [Post("watchers", place, roster, channel, n) for roster, n in sensor.watchers.items()]
    return tuple(found)


def largest_remainder(quotas: Sequence[float], total: int) -> list[int]:
    """Whole numbers near `quotas` that add up to `total`: each its whole part, then one more by largest remainder.

    Of equal remainders the first counts.

    >>> largest_remainder([4.4, 2.2, 3.3], 10)
    [5, 2, 3]
    """
    whole = [math.floor(quota + 1e-9) for quota in quotas]
    by_rest = sorted(range(len(quotas)), key=lambda place: (round(whole[place] - quotas[place], 9), place))
    for place in by_rest[: total - sum(whole)]:
        whole[place] += 1
    return whole


# ---------------------------------------------------------------------------------------------- how many


def _scaled(before: Sequence[Post], said: StaffingSpec) -> list[Post]:
    """Everybody times the factors; all who have one are rounded together."""
    if isinstance(said.scale, float):
        factors = [said.scale] * len(before)
    else:
        by_name = said.scale
        for name in by_name:
            if name != OTHERS:
                _require_known(name, before, key=f"staffing.scale.{name}")
        factors = [
            next((by_name[name] for name in post.names if name in by_name), by_name.get(OTHERS, 1.0)) for post in before
        ]
    quotas = [post.n * factor for post, factor in zip(before, factors, strict=True)]
    numbers = largest_remainder(quotas, math.floor(sum(quotas) + 0.5))
    return [_with(post, n) for post, n in zip(before, numbers, strict=True)]


def _shifts(scenario: Scenario, now: list[Post], said: StaffingSpec) -> list[Post]:
    """So many in a shift; whoever does not work it yet is added, like the first of its kind."""
    for roster, numbers in said.shifts.items():
        key = f"staffing.{roster}"
        if roster != ALWAYS and roster not in scenario.rosters:
            known = ", ".join((*scenario.rosters, ALWAYS))
            raise ScenarioError(f"there is no roster {roster!r}: there are {known}", key=key)
        for name, n in numbers.items():
            like = _require_known(name, now, key=f"{key}.{name}")
            here = [place for place, post in enumerate(now) if post.roster == roster and name in post.names]
            if not here:
                now.append(Post(like.what, like.place, roster, like.names, n))
                continue
            people = sum(now[place].n for place in here)
            shares = [now[place].n / people if people else 1 / len(here) for place in here]
            for place, each in zip(here, largest_remainder([n * share for share in shares], n), strict=True):
                now[place] = _with(now[place], each)
    return now


def _require_known(name: str, among: Iterable[Post], *, key: str) -> Post:
    names: dict[str, Post] = {}
    for post in among:
        for each in post.names:
            names.setdefault(each, post)
    if name not in names:
        known = ", ".join(names) or "nobody"
        raise ScenarioError(f"{name!r} is no kind of unit, group or desk of this scenario: there are {known}", key=key)
    return names[name]


def _with(post: Post, n: int) -> Post:
    return Post(post.what, post.place, post.roster, post.names, n)


# ---------------------------------------------------------------------------------------------- written out


def _groups(
    scenario: Scenario, before: Sequence[Post], wanted: Sequence[Post], city: City | None
) -> tuple[UnitGroup, ...]:
    assert scenario.units != "history"
    groups: list[UnitGroup] = list(scenario.units)
    for number, post in enumerate(wanted):
        if post.what != "units":
            continue
        assert isinstance(post.place, int)
        like = scenario.units[post.place]
        if number < len(before):
            was = before[number].n
            if was != post.n:
                grids = 0 if like.beat is None else len(grids_of(city, like.beat, key=f"units.{post.place}.beat"))
                groups[post.place] = _sized(like, post.n, evenly=bool(grids) and was >= grids)
        else:
            roster = None if post.roster == ALWAYS else post.roster
            added = like.model_copy(update={"name": f"{like.name} ({post.roster})", "roster": roster, "attends": 1.0})
            groups.append(_sized(added, post.n, evenly=like.evenly))
    return tuple(groups)


def _sized(group: UnitGroup, n: int, *, evenly: bool) -> UnitGroup:
    """A group of so many; `evenly` over its grids where it looked after all of them."""
    name = group.name if n < 2 or "{n}" in group.name else f"{group.name} {{n}}"
    return group.model_copy(update={"name": name, "count": n, "evenly": evenly or group.evenly})


def _attending(groups: Sequence[UnitGroup], said: StaffingSpec) -> tuple[UnitGroup, ...]:
    found = list(groups)
    for name, share in said.attends.items():
        key = f"staffing.attends.{name}"
        here = [place for place, group in enumerate(found) if name in (group.kind, group.name)]
        if not here:
            known = ", ".join(dict.fromkeys(group.kind for group in groups)) or "none"
            raise ScenarioError(f"{name!r} is no kind or group of units: there are {known}", key=key)
        for place in here:
            if share < 1 and found[place].roster is None:
                raise ScenarioError(f"{found[place].name!r} is on duty always: who is absent needs a roster", key=key)
            found[place] = found[place].model_copy(update={"attends": share})
    return tuple(found)


def _rosters(rosters: Mapping[str, RosterSpec], said: StaffingSpec) -> dict[str, RosterSpec]:
    """Shifts that begin at other times, breaks and all."""
    found = dict(rosters)
    for name, start in said.starts.items():
        if name not in rosters:
            known = ", ".join(rosters) or "none"
            raise ScenarioError(f"there is no roster {name!r}: there are {known}", key=f"staffing.starts.{name}")
        roster = rosters[name]
        later = minutes(start) - minutes(roster.start)
        moved: dict[str, object] = {"start": start, "end": _moved(roster.end, later)}
        if roster.rest is not None:
            moved["rest"] = roster.rest.model_copy(update={"at": _moved(roster.rest.at, later)})
        found[name] = roster.model_copy(update=moved)
    return found


def _moved(clock: str, later: int) -> str:
    hours, rest = divmod((minutes(clock) + later) % MINUTES_A_DAY, 60)
    return f"{hours:02}:{rest:02}"


def _centre(centre: CentreSpec, wanted: Sequence[Post], said: StaffingSpec) -> CentreSpec:
    desks: dict[str, DeskSpec] = {
        name: desk.model_copy(update={"seats": _seats(wanted, "desk", name)}) for name, desk in centre.desks.items()
    }
    sensors: list[SensorSpec] = [
        sensor.model_copy(update={"watchers": _seats(wanted, "watchers", place)})
        if isinstance(sensor.watchers, Mapping)
        else sensor
        for place, sensor in enumerate(centre.sensors)
    ]
    for channel, n in said.sensors.items():
        sensors = _counted(sensors, channel, n)
    return centre.model_copy(update={"desks": desks, "sensors": tuple(sensors)})


def _seats(wanted: Iterable[Post], what: str, place: int | str) -> dict[str, int]:
    return {post.roster: post.n for post in wanted if (post.what, post.place) == (what, place)}


def _counted(sensors: Sequence[SensorSpec], channel: Channel, n: int) -> list[SensorSpec]:
    """So many sensors of a channel, in the proportions that they were in; those of which none are left are gone."""
    key = f"staffing.sensors.{channel.value}"
    here = [place for place, sensor in enumerate(sensors) if sensor.channel is channel]
    if not here:
        known = ", ".join(dict.fromkeys(sensor.channel.value for sensor in sensors)) or "none"
        raise ScenarioError(f"there are no sensors of this channel: there are {known}", key=key)
    counts = [sensors[place].count for place in here]
    if None in counts:
        raise ScenarioError("these stand `at` facilities or cover a share: only a `count` can be changed", key=key)
    total = sum(count or 0 for count in counts)
    shared = largest_remainder([n * (count or 0) / total for count in counts], n)
    new = dict(zip(here, shared, strict=True))
    changed = [
        sensor.model_copy(update={"count": new[place]}) if place in new else sensor
        for place, sensor in enumerate(sensors)
    ]
    return [sensor for place, sensor in enumerate(changed) if new.get(place, 1)]
