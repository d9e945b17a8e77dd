"""Commands given to small towns: a town that nobody answers calls in, and what comes of telling it something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from agents.city import CityModel
from agents.habits import Habits
from tests.builders import HISTORY, begun, facts_of, report, roster, setting
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.commands import Command, encode
from twin.domain.ids import case_id
from twin.domain.orders import Decision
from twin.domain.quantities import MINUTE
from twin.world.invariants import check
from twin.world.view import CASE_QUEUED, Trigger, View

F = TypeVar("F", bound=f.Fact)
WORK = Habits(on_scene={("*", "*"): Deterministic(600.0)}, turnout={"*": Deterministic(60.0)})
CASES = [case_id(HISTORY, 0, number) for number in range(4)]
DIVERTING = "tests.policies.diverting:Diverting"
"""Wants a period and keeps a diary."""


class Idle:
    """Leaves everything to people."""

    name, memory_type = "idle", None
    period_s: float | None = None
    triggers = frozenset({CASE_QUEUED})

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        return Decision()


def town(*needs: tuple[str, ...], policy: Any = None, calls_at: Sequence[int] = (11, 20, 29), **more: Any) -> CityModel:
    """Three units and a call a minute, each wanting these skills, that nobody answers unless a policy does."""
    said = {"habits": WORK, "per_hour": 0.0, "units": roster(3), "policy": policy or Idle(), **more}
    calls = [report((1 + n) * MINUTE, n, needs=each, edge=calls_at[n]) for n, each in enumerate(needs)]
    return begun(setting(**said), calls, until=(1 + len(needs)) * MINUTE)


def tell(city: CityModel, command: Command | bytes, *, token: str = "") -> list[f.Fact]:
    """Give a command now; what came of it at once."""
    before = len(facts_of(city))
    given = command if isinstance(command, bytes) else encode(command)
    city.receive(f.CommandGiven(city.now, "desk 2", token or f"token {before}", given, origin=f.INPUT))
    first, *rest = facts_of(city)[before:]
    assert isinstance(first, f.CommandGiven)
    assert all(fact.origin is f.MODEL for fact in rest)
    assert check(city.state, at_rest=True) == []
    return rest


def of(facts: Sequence[f.Fact], kind: type[F]) -> list[F]:
    return [fact for fact in facts if isinstance(fact, kind)]


def only(facts: Sequence[f.Fact], kind: type[F]) -> F:
    (found,) = of(facts, kind)
    return found
