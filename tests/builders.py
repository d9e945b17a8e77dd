"""Small towns full of work for tests of the kernel: everything that can happen happens within two hours.

In: what a test wants to be different. Out: a `Setting`, inputs, and cities driven to an instant and even into a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from agents.city import CityModel
from agents.demand import Matter, Places, PoissonDemand
from agents.habits import Habits, Spells
from agents.setting import Setting
from tests.roads.streets import town
from twin.clock.distributions import Deterministic, Distribution, Exponential, Floats, Lognormal
from twin.domain import facts as f
from twin.domain.ids import case_id
from twin.domain.mode import MODES
from twin.domain.quantities import HOUR, MINUTE, CivilTime
from twin.domain.route import Spot
from twin.domain.unit import AwayReason, Placed, Unit
from twin.journal.journal import Memory, Store
from twin.policies.nearest import Nearest
from twin.policies.protocol import Policy
from twin.roads.router import Router
from twin.roads.terrain import Terrain
from twin.roads.travel import TravelModel
from twin.roads.ways import NoTravel, Ways
from twin.world.state import State

END = 2 * HOUR
SKILLS = ("fire", "medic")
HISTORY = 999
MATTERS = (
    Matter("alarm", 1, ("fire", "medic")),
    Matter("injury", 2, ("medic",)),
    Matter("rubbish", 3, ("fire",)),
)


@dataclass(frozen=True, slots=True)
class InSteps:
    """A distribution rounded up to whole steps, so that many alarms fall on the same instant."""

    inner: Distribution
    step_s: float

    @property
    def mean_s(self) -> float:
        return self.inner.mean_s

    def quantile(self, u: Floats) -> Floats:
        return np.ceil(self.inner.quantile(u) / self.step_s) * self.step_s

    def share_below(self, x_s: float) -> float:
        return self.inner.share_below(np.floor(x_s / self.step_s) * self.step_s)


@cache
def streets() -> Router:
    return Router(town(5, 5, seed=3, block_m=1_000.0), TravelModel.free_flow(ramp_s=6.0))


def busy_habits(*, step_s: float | None = None, noise: bool = True) -> Habits:
    """Everything takes a random time; in steps of `step_s`, if given."""

    def spread(inner: Distribution) -> Distribution:
        return inner if step_s is None else InSteps(inner, step_s)

    return Habits(
        intake=spread(Lognormal.of(40.0, 0.8)),
        processing=spread(Exponential(30.0)),
        turnout={"*": spread(Lognormal.of(60.0, 0.5))},
        on_scene={("*", "*"): spread(Lognormal.of(240.0, 1.0)), ("rubbish", "*"): spread(Exponential(150.0))},
        travel_noise=Lognormal.of(1.0, 0.3) if noise else None,
        spells={"engine": Spells(spread(Exponential(1_800.0)), spread(Lognormal.of(300.0, 0.5)))},
    )


def fixed_habits(on_scene_s: float = 300.0) -> Habits:
    """Every time is certain."""
    return Habits(
        intake=Deterministic(60.0),
        processing=Deterministic(30.0),
        turnout={"*": Deterministic(60.0)},
        on_scene={("*", "*"): Deterministic(on_scene_s)},
    )


def roster(n_units: int = 5, *, ways: Ways | None = None, turnout_us: int = MINUTE) -> tuple[Unit, ...]:
    """Engines and ambulances in turn, spread over the streets."""
    ways = streets() if ways is None else ways
    kinds = (("engine", ("fire",)), ("ambulance", ("medic",)), ("rescue", SKILLS))
    units = []
    for n in range(n_units):
        kind, skills = kinds[n % len(kinds)]
        home = Spot(0, 0)
        if isinstance(ways, Router):
            edge = n * 7 % ways.network.n_edges
            home = Spot(edge, int(ways.network.length_mm[edge]) // 2)
        units.append(Unit(f"unit {n}", kind, skills, home, turnout_us, Placed.STATION))
    return tuple(units)


def demand(per_hour: float, *, ways: Ways, matters: Sequence[Matter] = MATTERS, name: str = "city") -> PoissonDemand:
    """Cases anywhere, in two areas."""
    lengths_mm = ways.network.length_mm if isinstance(ways, Router) else np.ones(2, np.int64)
    edges = tuple(np.array_split(np.arange(lengths_mm.size), 2))
    shares = np.array([0.5, 0.3, 0.2])[: len(matters)] if len(matters) > 1 else np.ones(1)
    return PoissonDemand(
        name=name,
        areas=("north", "south"),
        matters=tuple(matters),
        rates_per_h=per_hour * np.outer([0.5, 0.5], shares / shares.sum()),
        rhythm=np.ones(168),
        places=Places.whole_edges(edges, length_mm=lengths_mm),
    )


def ground(ways: Ways) -> Terrain:
    """Everybody gets about alike, and nobody patrols."""
    return Terrain(ways=(ways,) * len(MODES), network=ways.network if isinstance(ways, Router) else None)


def setting(
    *,
    policy: Policy | None = None,
    ways: Ways | None = None,
    habits: Habits | None = None,
    units: tuple[Unit, ...] | None = None,
    per_hour: float = 12.0,
    seed: int = 1,
) -> Setting:
    """A small town under high load, unless told otherwise."""
    ways = streets() if ways is None else ways
    return Setting(
        terrain=ground(ways),
        civil=CivilTime(datetime.fromisoformat("2026-03-02T06:00:00+08:00"), ZoneInfo("Asia/Shanghai")),
        habits=busy_habits() if habits is None else habits,
        units=roster(ways=ways) if units is None else units,
        sources=(demand(per_hour, ways=ways),),
        policy=Nearest() if policy is None else policy,
        spec="spec",
        city="city",
        seed=seed,
    )


def tied(policy: Policy | None = None, *, seed: int = 1) -> Setting:
    """`travel: none` and times in whole minutes: most alarms ring in ties."""
    base = setting(policy=policy, ways=NoTravel(), habits=busy_habits(step_s=60.0, noise=False), seed=seed)
    return replace(base, sources=(demand(24.0, ways=base.terrain.ways[0]),))


def report(
    at: int, number: int, *, needs: tuple[str, ...] = ("fire",), priority: int = 2, edge: int = 5
) -> f.CaseReported:
    """A case from outside."""
    case = case_id(HISTORY, 0, number)
    return f.CaseReported(
        at, case, f"call {number}", "north", "call", priority, needs, edge, 0, HISTORY, origin=f.INPUT
    )


def calls(*, n: int = 12, every: int = 9 * MINUTE) -> list[f.Fact]:
    """Calls in twos and threes at the same instant."""
    return [report((1 + number // 3) * every, number, needs=(SKILLS[number % 2],), edge=number) for number in range(n)]


def surprises(ways: Ways | None = None) -> list[f.Fact]:
    """Streets closed across the legs under way and opened again, a unit taken off duty, and calls in ties."""
    router = streets() if ways is None else ways
    some: tuple[int, ...] = ()
    if isinstance(router, Router):
        some = tuple(range(0, router.network.n_edges, 5))
    facts: list[f.Fact] = [
        *calls(),
        f.RoadClosed(25 * MINUTE, some, origin=f.INPUT),
        f.RoadReopened(55 * MINUTE, some, origin=f.INPUT),
        f.RoadClosed(70 * MINUTE, some[::2], origin=f.INPUT),
        f.UnitAway(31 * MINUTE, 1, 0, 0, 50 * MINUTE, 0, AwayReason.COMMAND, origin=f.INPUT),
        f.UnitAway(40 * MINUTE, 0, 0, 0, 48 * MINUTE, 0, AwayReason.OUTSIDE, origin=f.INPUT),
    ]
    return sorted(facts, key=lambda fact: fact.at)


def live(city: CityModel, inputs: Sequence[f.Fact] = (), *, until: int = END) -> CityModel:
    """Hand a city the inputs still to come, and let it go on to `until`."""
    for fact in inputs[city.state.n_inputs :]:
        if fact.at >= until:
            break
        city.receive(fact)
    city.advance_to(until)
    return city


def begun(
    setting: Setting, inputs: Sequence[f.Fact] = (), *, until: int = END, store: Store | None = None
) -> CityModel:
    """A city that has run to `until`."""
    return live(CityModel.begin(setting, store=store), inputs, until=until)


def step_into(city: CityModel, inputs: Sequence[f.Fact], *, n_alarms: int) -> int:
    """Ring some more alarms, one at a time, but none that an input comes before; how many of them rang."""
    coming = inputs[city.state.n_inputs :]
    limit = min([END, *(fact.at for fact in coming[:1])])
    for rung in range(n_alarms):
        entry = city.state.agenda.head()
        if entry is None or entry[0] >= limit:
            return rung
        city.clock.step()
    return n_alarms


def facts_of(city: CityModel) -> list[f.Fact]:
    """What the city has recorded, since it began or was forked."""
    city.world.journal.flush()
    store = city.world.journal.store
    assert isinstance(store, Memory)
    return store.facts


def digest_of(city: CityModel) -> str:
    city.world.journal.flush()
    return city.world.journal.digest.hexdigest()


def bytes_of(state: State) -> bytes:
    return msgspec.msgpack.encode(state.dump())


def kinds(facts: Iterable[f.Fact]) -> set[type[f.Fact]]:
    return {type(fact) for fact in facts}
