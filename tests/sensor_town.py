"""A small town where nothing happens by itself, with sensors and a centre as a test wants them.

In: sensors and rules. Out: a `Setting`, problems as inputs, and what the centre was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from agents.city import CityModel
from agents.demand import Matter
from agents.habits import Merging
from agents.life import Life
from agents.loop_rules import LoopRules, Mode
from agents.sensor_rules import SensorRule
from agents.setting import Setting
from tests.builders import demand, facts_of, setting, streets
from twin.domain import facts as f
from twin.domain.problem import Channel
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.roster import Roster
from twin.domain.route import Spot
from twin.roads.coverage import Coverage, cover
from twin.roads.network import to_xy

RUBBISH, VENDOR = "rubbish", "vendor"
DEAF = {"": Mode("", silent=tuple(Channel))}
"""Nobody attends to anything: what sensors tell costs nothing to hear."""


def sensor_town(
    *sensors: SensorRule, life: Life | None = None, rosters: tuple[Roster, ...] = (), seed: int = 1, **rules: Any
) -> Setting:
    """Nobody patrols, nobody calls, and three units look after what the centre is told."""
    ways = streets()
    matters = tuple(Matter(name, 3, ("fire",), life=life or Life()) for name in (RUBBISH, VENDOR))
    base = setting(ways=ways, seed=seed)
    quiet = replace(base.habits, spells={}, travel_noise=None)
    return replace(
        base,
        habits=quiet,
        sources=(demand(0.0, ways=ways, matters=matters),),
        merging=Merging(50.0, 12 * HOUR),
        rosters=rosters,
        loop=LoopRules(sensors=sensors, **rules),
    )


def spot(edge: int = 0) -> Spot:
    """The middle of a street."""
    return Spot(edge, int(streets().network.length_mm[edge]) // 2)


def looking_at(*spots: Spot, radius_m: float = 30.0) -> Coverage:
    """What sensors see that stand at these places."""
    network = streets().network
    lon, lat = network.lonlat_of([each.edge for each in spots], [each.offset_mm for each in spots])
    x, y = to_xy(network.crs, lon, lat)
    return cover(network, np.asarray(x), np.asarray(y), radius_m=radius_m)


def problem(number: int, *, at: int = MINUTE, on: Spot | None = None, matter: str = RUBBISH, **times: Any) -> f.Fact:
    """A problem from outside."""
    here = spot() if on is None else on
    return f.ProblemArose(
        at, number, 0, "north", matter, 3, ("fire",), here.edge, here.offset_mm, at, origin=f.INPUT, **times
    )


def many(n: int, *, every: int, lasts: int | None = None) -> list[f.Fact]:
    """Problems one after another, at odd instants."""
    at = [k * every + (k * 7_919_003) % every for k in range(n)]
    return [problem(k, at=t, ends_at=None if lasts is None else t + lasts) for k, t in enumerate(at)]


def lived(town: Setting, inputs: Sequence[f.Fact], *, until: int) -> tuple[CityModel, list[f.Fact]]:
    """The city at an instant, and its facts so far."""
    city = CityModel.begin(town)
    for fact in inputs:
        city.receive(fact)
    city.advance_to(until)
    return city, facts_of(city)


def tellings(facts: Sequence[f.Fact]) -> list[f.ContactMade]:
    """What the centre was told of problems."""
    return [fact for fact in facts if isinstance(fact, f.ContactMade) and fact.problem is not None]


def opened(facts: Sequence[f.Fact]) -> list[f.CaseReported]:
    """The cases it has opened."""
    return [fact for fact in facts if isinstance(fact, f.CaseReported)]
