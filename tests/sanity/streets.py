"""Runs of the built-in street with something taken to an extreme, and what their journals come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from agents.city import CityModel
from scenarios.build import Built, build
from scenarios.run import run
from scenarios.spec import Scenario
from twin.domain.facts import Fact
from twin.journal.journal import Memory
from twin.metrics.summary import Summary, summarise
from twin.world.invariants import check

PLAIN: dict[str, object] = {
    "name": "extremes",
    "lasting": "6h",
    "seed": 5,
    "units": [{"name": "Patrol {n}", "kind": "patrol", "count": 4}],
    "turnout": {"*": {"dist": "lognormal", "mean": "60s", "cv": 0.4}},
    "on_scene": {"*": {"dist": "exponential", "mean": "12m"}},
    "travel": {"speed": {"*": 0.6}},
    "demand": [{"name": "street", "per_day": 240, "matters": {"dispute": {"needs": ["patrol"]}}}],
}


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    built: Built
    city: CityModel
    facts: list[Fact]
    summary: Summary

    def count(self, kind: type[Fact]) -> int:
        return Counter(type(fact) for fact in self.facts)[kind]

    def of(self, *kinds: type[Fact]) -> list[Fact]:
        return [fact for fact in self.facts if isinstance(fact, kinds)]


def ended(**changes: object) -> Ended:
    """The plain scenario with some of its keys changed, run to its end."""
    store = Memory()
    built = build(Scenario.model_validate({**PLAIN, **changes}))
    finished = run(built, store=store)
    assert check(finished.city.state, at_rest=True) == []
    assert not finished.city.state.anomalies
    summary = summarise(store.facts, until=finished.until, remarks=(), limits_s=built.scenario.response_limits)
    return Ended(built, finished.city, store.facts, summary)


def matters(*needs: str, per_day: float = 240.0, priority: int = 1) -> list[dict[str, object]]:
    """Demand of one matter with these needs."""
    return [{"name": "street", "per_day": per_day, "matters": {"case": {"needs": list(needs), "priority": priority}}}]
