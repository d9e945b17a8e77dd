"""The contract tests for any policy: a few simulated hours in the built-in street, watched decision by decision.

In: a policy's name and parameters. Out: a report with one line a rule. The street is small and overloaded, so that
units are short, cases queue, streets close and units fall out of service; it is cut into thirds, which some units look
after. A policy of patrol has some quieter weeks there instead, and one of repositioning units that do not patrol.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec

from agents.city import CityModel
from scenarios.build import Built, build
from scenarios.policy_watch import Rule, Watched
from scenarios.run import play
from scenarios.spec import PolicySpec, Scenario
from twin.domain.facts import OrderRefused
from twin.domain.grid import Grid, Overlay
from twin.domain.quantities import to_s, to_us
from twin.journal.journal import Memory
from twin.policies.declared import declared
from twin.policies.loading import OF_PATROL, OF_POSTING
from twin.policies.protocol import Policy
from twin.world.view import Trigger, TriggerKind

POISON = 7
"""The luck of the other future."""

DECISIONS, WITH_ORDERS = 60, 8
"""How many decisions of a trial are enough, and how many of them must have led to orders."""

PERIODS = 3
"""How many periods of a policy of patrol are enough."""

THIRDS = "thirds"
"""The overlay of the trial."""

TRIAL: Mapping[str, object] = {
    "name": "trial of a policy",
    "lasting": "4h",
    "seed": 11,
    "units": [
        {
            "name": "Patrol {n}",
            "kind": "patrol_vehicle",
            "count": 3,
            "skills": ["patrol"],
            "beat": "security",
            "patrol": {"mps": 3, "order": "focus"},
        },
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

QUIETER: Mapping[str, object] = {
    "lasting": "29d",
    "demand": [
        {"name": "street", "per_day": 60, "matters": {"dispute": {"priority": 3, "needs": ["patrol"], "share": 1}}}
    ],
    "spells": {},
    "injects": [],
}
"""What is otherwise in the trial of a policy of patrol."""

STANDING: Mapping[str, object] = {
    "lasting": "8h",
    "units": [
        {"name": "Patrol {n}", "kind": "patrol_vehicle", "count": 4, "skills": ["patrol"]},
        {"name": "Engine {n}", "kind": "engine", "count": 2, "skills": ["rescue", "patrol"]},
    ],
    "demand": [
        {"name": "street", "per_day": 250, "matters": {"dispute": {"priority": 3, "needs": ["patrol"], "share": 1}}}
    ],
}
"""What is otherwise in the trial of a policy of repositioning."""


class DeskKind(StrEnum):
    """Which policies a desk asks; the value is the key of a scenario that names its policy."""

    DISPATCH = "policy"
    PATROL = "patrol_policy"
    REPOSITION = "reposition_policy"


OTHERWISE: Mapping[DeskKind, Mapping[str, object]] = {
    DeskKind.DISPATCH: {},
    DeskKind.PATROL: QUIETER,
    DeskKind.REPOSITION: STANDING,
}
"""What is otherwise in a trial, by desk."""


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


def check_policy(
    name: str, parameters: Mapping[str, object] | None = None, *, desk: DeskKind | None = None
) -> PolicyReport:
    """Hold a policy to the contract.

    Parameters
    ----------
    name : short name, entry point or `module:Class`.
    parameters : as a scenario would give them; preference lists are made where they are needed and not given.
    desk : who is to ask it; None: dispatch, unless it is one of ours for another desk.

    Raises
    ------
    PolicyError : it cannot be loaded.
    """
    spec = PolicySpec(use=name, parameters=dict(parameters or {}))
    seat = _Desk(spec, _desk_of(name) if desk is None else desk)
    full = seat.built()
    fault = declared(seat.policy_of(full))
    if fault is not None:
        return PolicyReport(name, {Rule.DECLARED: fault}, 0)
    watched = Watched(seat.policy_of(full), luck=POISON)
    faults = _run(seat.with_policy(full, watched), watched, enough=seat.has_seen_enough)
    faults |= _copes(seat.built(units=[], injects=[]), seat, Rule.NO_UNITS)
    faults |= _copes(seat.built(demand=[]), seat, Rule.NO_DEMAND)
    return PolicyReport(name, {rule: faults[rule] for rule in Rule if rule in faults}, watched.n_decisions)


def _desk_of(name: str) -> DeskKind:
    if name in OF_POSTING:
        return DeskKind.REPOSITION
    return DeskKind.PATROL if name in OF_PATROL else DeskKind.DISPATCH


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the policy sits: it sends units, plans their patrols, or says where they wait."""

    spec: PolicySpec
    kind: DeskKind

    def has_seen_enough(self, watched: Watched) -> bool:
        """Whether the trial may end: a policy that is asked often, mostly about nothing, is watched for longer."""
        if self.kind is DeskKind.PATROL:
            return watched.n_decisions >= PERIODS
        return watched.n_decisions >= DECISIONS and watched.n_with_orders >= WITH_ORDERS

    def built(self, **changes: object) -> Built:
        """The trial, in thirds."""
        trial = Scenario.model_validate({**TRIAL, **OTHERWISE[self.kind], **changes})
        return in_thirds(build(trial.model_copy(update={self.kind.value: self.spec})))

    def policy_of(self, built: Built) -> Policy:
        """The policy under trial."""
        setting = built.setting
        policies = {
            DeskKind.DISPATCH: setting.policy,
            DeskKind.PATROL: setting.patrol_policy,
            DeskKind.REPOSITION: setting.reposition_policy,
        }
        policy = policies[self.kind]
        assert policy is not None
        return policy

    def with_policy(self, built: Built, policy: Policy) -> Built:
        """The same trial with another policy in its place."""
        setting = built.setting
        changed = {
            DeskKind.DISPATCH: replace(setting, policy=policy),
            DeskKind.PATROL: replace(setting, patrol_policy=policy),
            DeskKind.REPOSITION: replace(setting, reposition_policy=policy),
        }
        return replace(built, setting=changed[self.kind])


def in_thirds(built: Built) -> Built:
    """The same city as one overlay of three grids, looked after by its units in turn.

    The last grid has nobody for some skills.
    """
    setting, overlays = built.setting, built.setting.terrain.overlays
    finer = overlays[0]
    grids = tuple(Grid(f"{THIRDS}-{third}", f"{third}") for third in range(3))
    thirds = Overlay(THIRDS, "", grids, finer.of_cell * 3 // len(finer.grids))
    of_kind: Counter[str] = Counter()
    units = []
    for unit in setting.units:
        units.append(msgspec.structs.replace(unit, beat=of_kind[unit.kind] % 3))
        of_kind[unit.kind] += 1
    terrain = replace(setting.terrain, overlays=(thirds,))
    return replace(built, setting=replace(setting, units=tuple(units), terrain=terrain))


def _run(built: Built, watched: Watched, *, enough: Callable[[Watched], bool]) -> dict[Rule, str]:
    """The trial itself, every decision watched."""
    store = Memory()
    city = CityModel.begin(built.setting, store=store)
    watched.city = city
    crash = _crash(lambda: _play(city, built, enough=lambda: enough(watched)))
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


def _copes(built: Built, desk: _Desk, rule: Rule) -> dict[Rule, str]:
    """A run in which something is missing, and every kind of question at its end."""
    city, policy = CityModel.begin(built.setting), desk.policy_of(built)

    def ask() -> None:
        _play(city, built, enough=lambda: city.now > to_us(3_600.0))
        for trigger in _questions(city):
            if trigger.kind in policy.triggers:
                policy.decide(city.view(), trigger, None)

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
    others = [Trigger(kind) for kind in (TriggerKind.ROADS, TriggerKind.SHIFT, TriggerKind.PERIOD)]
    return [*others, *waiting[:3], *free[:3]]


def _crash(trial: Callable[[], None]) -> str | None:
    try:
        trial()
    except Exception as error:  # noqa: BLE001 - whatever a policy under trial raises is what the report is about
        return f"{type(error).__name__}: {error}"
    return None
