"""A centre of a few desks in a town without streets: what a test wants otherwise, and what happens to one case there.

Everything takes no time and nobody unless a test says so; the field works ten minutes wherever it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from agents.city import CityModel
from agents.demand import Matter
from agents.habits import Habits, Merging
from agents.life import Life
from agents.loop_rules import ANY, Desk, Judgement, LoopRules, MatterRule, StepRule
from tests.builders import HISTORY, demand, facts_of, report, setting
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.desk import Step
from twin.domain.facts.base import Fact
from twin.domain.ids import case_id
from twin.domain.light import Limits
from twin.domain.mode import CAR
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.route import Spot
from twin.domain.unit import Placed, Unit
from twin.roads.ways import NoTravel
from twin.world.invariants import check

WORK = 10 * MINUTE
"""How long the field works on anything."""
CASE = case_id(HISTORY, 0, 0)
IN_THE_FIELD = (f.UnitAssigned, f.UnitRolled, f.UnitArrived, f.UnitFreed, f.UnitReturning, f.UnitParked, f.UnitEnrolled)
BESIDE = (f.TwinBegan, f.SourceOpened, f.SeatsStaffed, f.TaskBegan, f.TaskQueued, *IN_THE_FIELD)


def crew(*skills: tuple[str, ...]) -> tuple[Unit, ...]:
    """A unit each with these skills."""
    return tuple(Unit(f"unit {n}", "crew", each, Spot(0, 0), 0, Placed.STATION, CAR) for n, each in enumerate(skills))


def at(desk: int, minutes: float) -> StepRule:
    """A step is done at a desk and takes so long."""
    return StepRule(desk, Deterministic(60 * minutes))


def desks(*n_seats: int) -> tuple[Desk, ...]:
    """Desks that are staffed day and night."""
    return tuple(Desk(f"desk {n}", ((None, seats),)) for n, seats in enumerate(n_seats))


def centre(
    *,
    units: tuple[Unit, ...] = crew(("fire",), ("medic",)),
    matter: Mapping[str, Any] | None = None,
    judgement: Mapping[str, Any] | None = None,
    limit: int | Limits | None = None,
    bodies: Mapping[int, str] | None = None,
    life: Life | None = None,
    verify: str | None = None,
    merging: Merging | None = None,
    more: Mapping[str, Any] | None = None,
    **rules: Any,
) -> CityModel:
    """A city with a centre.

    `matter`: what becomes of its cases; `limit`: of all matters, microseconds; `life`, `verify`: of the one matter that
    there are problems of; `more`: of the setting; `rules`: of the loop.
    """
    habits = Habits(on_scene={("*", "*"): Deterministic(WORK / 1e6)})
    base = setting(ways=NoTravel(), habits=habits, units=units, per_hour=0.0)
    loop = LoopRules(matters={ANY: MatterRule(**(matter or {}))}, judgement=Judgement(**(judgement or {})), **rules)
    matters = (Matter("rubbish", 3, ("fire",), verify=verify, life=life),)
    sources = () if life is None else (demand(0.0, ways=base.terrain.ways[0], matters=matters),)
    limits = limit if isinstance(limit, Limits) else Limits({} if limit is None else {"*": limit})
    said = {"loop": loop, "limits": limits, "bodies": bodies or {}, "sources": sources, "merging": merging}
    return CityModel.begin(replace(base, **said, **(more or {})))  # type: ignore[arg-type]


def called(*, needs: tuple[str, ...] = ("fire",), minute: float = 1, number: int = 0, **more: Any) -> f.CaseReported:
    """A case from outside; `n_verify` and `n_check` say which of its needs are for looking."""
    return msgspec.structs.replace(report(round(minute * MINUTE), number, needs=needs, edge=0), **more)


def trouble(number: int, *, minute: float, told: float | None = None, ends: float | None = None) -> f.ProblemArose:
    """Rubbish that arises, is told of and ends by itself at these minutes."""
    arose_at, told_at, ends_at = (None if each is None else round(each * MINUTE) for each in (minute, told, ends))
    assert arose_at is not None
    where = "north", "rubbish", 3, ("fire",), 0, number
    return f.ProblemArose(arose_at, number, 0, *where, arose_at, ends_at, told_at, origin=f.INPUT)


def lived(city: CityModel, *inputs: Fact, until: int = 24 * HOUR) -> list[Fact]:
    """All that happens, everything in order at each input and at the end."""
    for fact in inputs:
        city.receive(fact)
        assert check(city.state, at_rest=True) == []
    city.advance_to(until)
    assert check(city.state, at_rest=True) == []
    assert city.state.anomalies == {}
    return facts_of(city)


def steps_of(facts: Iterable[Fact], *, but: Sequence[type[Fact]] = ()) -> list[str]:
    """What happened to cases, by name of fact, without the field and the desks."""
    return [type(fact).__name__ for fact in facts if not isinstance(fact, (*BESIDE, *but))]


def began(facts: Iterable[Fact], step: Step) -> list[float]:
    """When somebody at a desk took up a step, minutes since the epoch."""
    return [fact.at / MINUTE for fact in facts if isinstance(fact, f.TaskBegan) and fact.step is step]


def minutes(facts: Iterable[Fact], kind: type[Fact]) -> list[float]:
    """When something happened, minutes since the epoch."""
    return [fact.at / MINUTE for fact in facts if isinstance(fact, kind)]
