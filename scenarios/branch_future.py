"""One future of a what-if, in whatever process it falls to: both lines from one snapshot, with the same fresh luck.

In: a `Future`. Out: a `Pair` of lines, or the `Objection` where what is asked cannot be done. What does not change is
built once a process. Neither line knows what the room's own future will be: recorded inputs and injects still to come
are not handed over, and whatever nobody could have seen is drawn anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from msgspec.structs import replace as with_fields

from agents.city import CityModel
from agents.collector import collector_held_off
from agents.duty_officer import Objection
from agents.setting import Setting
from scenarios.build import build
from scenarios.spec import Scenario
from twin.domain.branching import Branching
from twin.domain.commands import Why, encode
from twin.domain.facts import INPUT, CommandGiven, CommandRefused, Fact
from twin.domain.quantities import HOUR, MINUTE, to_us
from twin.domain.unit import Unit
from twin.journal.journal import Nowhere
from twin.metrics.branch_line import Line, LineReader
from twin.metrics.branch_pairs import Pair

AFTER = HOUR
"""So long a line goes on after its horizon at most, until somebody has come to every case that counts."""
N_SAMPLES = 60


@dataclass(frozen=True, slots=True)
class Start:
    """Where futures begin.

    Parameters
    ----------
    scenario : a checked scenario as JSON. seed : of the room.
    at : when (microseconds). policy : what dispatch goes by then.
    snapshot : of the room. unreached : cases nobody has come to → when each was reported.
    """

    scenario: str
    seed: int
    at: int
    policy: str
    snapshot: bytes
    unreached: dict[int, int]


@dataclass(frozen=True, slots=True)
class Future:
    """A future to be lived twice."""

    start: Start
    asked: Branching
    luck: int


def live_twice(future: Future) -> Pair | Objection:
    """As it is, and as it could be."""
    start = future.start
    setting = _setting(start.scenario, start.seed)
    with collector_held_off():
        base = _line(future, setting, Branching(horizon_s=future.asked.horizon_s))
        other = _line(future, setting, future.asked)
    if isinstance(other, Objection):
        return other
    assert not isinstance(base, Objection)
    return Pair(future.luck, base, other)


@lru_cache(maxsize=2)
def _setting(scenario: str, seed: int) -> Setting:
    return build(Scenario.model_validate_json(scenario), seed=seed).setting


def _line(future: Future, setting: Setting, asked: Branching) -> Line | Objection:
    """One line: forked, changed, lived through the horizon, and on until somebody has come to all that count."""
    reinforced = _reinforced(setting, asked)
    if isinstance(reinforced, Objection):
        return reinforced
    city = CityModel.from_snapshot(reinforced, future.start.snapshot, store=Nowhere())
    city.change_luck(future.luck)
    for unit in city.units[len(setting.units) :]:
        unit.enrol()
    now, until = city.now, city.now + to_us(asked.horizon_s)
    reader = LineReader(city.state, future.start.unreached, now=now, until=until)
    refused: list[Objection] = []

    def take(fact: Fact) -> None:
        reader.take(fact)
        if isinstance(fact, CommandRefused):
            refused.append(Objection(fact.why, fact.detail))

    city.world.listen(take)
    for number, command in enumerate(asked.commands):
        city.receive(CommandGiven(now, "what if", f"what if {number}", encode(command), origin=INPUT))
        if refused:
            return refused[0]
    if asked.more:
        city.centre.ask_about_all()
    step = max(MINUTE, -(-(until - now) // N_SAMPLES // MINUTE) * MINUTE)
    reader.sample(now)
    while city.now < until:
        city.advance_to(min(until, city.now + step))
        reader.sample(city.now)
    while reader.unreached and city.now < until + AFTER:
        city.advance_to(city.now + MINUTE)
    return reader.line(city.now)


def _reinforced(setting: Setting, asked: Branching) -> Setting | Objection:
    """The setting with more units: each like one there is, in turn, always on duty and on no tour."""
    units = list(setting.units)
    for kind, n in sorted(asked.more.items()):
        alike = [unit for unit in setting.units if unit.kind == kind]
        if not alike:
            return Objection(Why.NO_SUCH_UNIT, kind)
        units += [_another(alike[place % len(alike)], place) for place in range(n)]
    return replace(setting, units=tuple(units)) if asked.more else setting


def _another(unit: Unit, place: int) -> Unit:
    return with_fields(unit, name=f"{unit.name} + {place + 1}", patrols=False, roster=None)
