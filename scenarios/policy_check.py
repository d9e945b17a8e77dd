"""The contract tests for any policy: a few simulated hours in the built-in street, watched decision by decision.

In: a policy's name and parameters. Out: a report with one line a rule. The street is small and overloaded, so that
units are short, cases queue, streets close and units fall out of service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from agents.city import CityModel
from scenarios.build import Built, build
from scenarios.policy_watch import Rule, Watched, declared
from scenarios.run import play
from scenarios.spec import PolicySpec, Scenario
from twin.domain.facts import OrderRefused
from twin.domain.quantities import to_s, to_us
from twin.journal.journal import Memory
from twin.world.view import Trigger, TriggerKind

POISON = 7
"""The luck of the other future."""

DECISIONS = 60
"""How many decisions of each trial are enough."""

TRIAL: Mapping[str, object] = {
    "name": "trial of a policy",
    "lasting": "4h",
    "seed": 11,
    "units": [
        {"name": "Patrol {n}", "kind": "patrol_vehicle", "count": 3, "skills": ["patrol"]},
        {"name": "Engine {n}", "kind": "engine", "count": 2, "skills": ["rescue", "patrol"]},
    ],
    "intake": {"dist": "lognormal", "mean": "60s", "cv": 0.5},
    "processing": {"dist": "exponential", "mean": "30s"},
    "turnout": {"*": {"dist": "lognormal", "mean": "60s", "cv": 0.4}},
    "on_scene": {"*": {"dist": "lognormal", "mean": "10m", "cv": 1.0}},
    "spells": {"*": {"every": {"dist": "exponential", "mean": "2h"}, "lasting": "10m"}},
    "travel": {"speed": {"*": 0.4}, "noise": {"dist": "lognormal", "mean": 1, "cv": 0.3}},
    "demand": [
        {
            "name": "street",
            "per_day": 400,
            "matters": {
                "dispute": {"priority": 3, "needs": ["patrol"], "share": 5},
                "traffic": {"priority": 2, "needs": ["patrol"], "share": 3},
                "fire_alarm": {"priority": 1, "needs": ["rescue", "patrol"], "share": 2},
            },
        }
    ],
    "injects": [
        {"at": "40m", "close": {"lon": 113.3915, "lat": 23.1205}, "lasting": "50m"},
        {"at": "1h", "withdraw": "Patrol 1", "lasting": "30m"},
    ],
}


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """What was found: the first fault against each rule that was broken."""

    policy: str
    faults: Mapping[Rule, str]
    n_decisions: int

    @property
    def ok(self) -> bool:
        """Whether no rule was broken."""
        return not self.faults

    def as_dict(self) -> dict[str, object]:
        """One line a rule: "yes", or why not; then on how many decisions that rests."""
        lines: dict[str, object] = {
            rule.value: f"no: {self.faults[rule]}" if rule in self.faults else "yes" for rule in Rule
        }
        return {**lines, "decisions watched": self.n_decisions}


def check_policy(name: str, parameters: Mapping[str, object] | None = None) -> PolicyReport:
    """Hold a policy to the contract.

    Parameters
    ----------
    name : short name, entry point or `module:Class`.
    parameters : as a scenario would give them; preference lists are made where they are needed and not given.

    Raises
    ------
    PolicyError : it cannot be loaded.
    """
    spec = PolicySpec(use=name, parameters=dict(parameters or {}))
    full = _built(spec)
    fault = declared(full.setting.policy)
    if fault is not None:
        return PolicyReport(name, {Rule.DECLARED: fault}, 0)
    watched = Watched(full.setting.policy, luck=POISON)
    faults = _run(full, watched)
    faults |= _copes(_built(spec, units=[], injects=[]), Rule.NO_UNITS)
    faults |= _copes(_built(spec, demand=[]), Rule.NO_DEMAND)
    return PolicyReport(name, {rule: faults[rule] for rule in Rule if rule in faults}, watched.n_decisions)


def _built(policy: PolicySpec, **changes: object) -> Built:
    scenario = Scenario.model_validate({**TRIAL, **changes})
    return build(scenario.model_copy(update={"policy": policy}))


def _run(built: Built, watched: Watched) -> dict[Rule, str]:
    """The trial itself, every decision watched."""
    store = Memory()
    city = CityModel.begin(replace(built.setting, policy=watched), store=store)
    watched.city = city
    crash = _crash(lambda: _play(city, built, enough=lambda: watched.n_decisions >= DECISIONS))
    city.world.journal.flush()
    faults = dict(watched.faults)
    refused = [fact for fact in store.facts if isinstance(fact, OrderRefused)]
    if refused:
        first = refused[0]
        which = f"{first.kind} unit {first.unit}" + (
            f" to need {first.need} of case {first.case}" if first.case >= 0 else ""
        )
        faults[Rule.ORDERS] = f"after {to_s(first.at):,.0f} s, {which}: {first.why} ({len(refused)} refused in all)"
    if crash is not None and Rule.PURE not in faults:
        faults.setdefault(Rule.ORDERS, f"after {to_s(city.now):,.0f} s it broke off with {crash}")
    return faults


def _copes(built: Built, rule: Rule) -> dict[Rule, str]:
    """A run in which something is missing, and every kind of question at its end."""
    city = CityModel.begin(built.setting)

    def ask() -> None:
        _play(city, built, enough=lambda: city.now > to_us(3_600.0))
        for trigger in _questions(city):
            built.setting.policy.decide(city.view(), trigger, None)

    crash = _crash(ask)
    return {} if crash is None else {rule: f"it broke off with {crash}"}


def _play(city: CityModel, built: Built, *, enough: Callable[[], bool]) -> None:
    """Run the trial in short steps until it has shown enough."""
    step = to_us(300.0)
    while city.now < built.scenario.lasting and not enough():
        play(city, built, until=min(built.scenario.lasting, city.now + step))


def _questions(city: CityModel) -> list[Trigger]:
    waiting = [
        Trigger(TriggerKind.CASE_QUEUED, case=case) for case, known in city.state.cases.items() if known.n_waiting
    ]
    free = [Trigger(TriggerKind.UNIT_FREE, unit=unit.number) for unit in city.units]
    questions = [Trigger(TriggerKind.ROADS), Trigger(TriggerKind.PERIOD), *waiting[:3], *free[:3]]
    return [trigger for trigger in questions if trigger.kind in city.setting.policy.triggers]


def _crash(trial: Callable[[], None]) -> str | None:
    try:
        trial()
    except Exception as error:  # noqa: BLE001 - whatever a policy under trial raises is what the report is about
        return f"{type(error).__name__}: {error}"
    return None
