"""From what a scenario says about the centre to the rules its people live by.

In: a `CentreSpec`, rosters, and the sources whose matters it speaks of. Out: `LoopRules`, and the sources of contacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from agents.demand import Matter, PoissonDemand
from agents.loop_rules import (
    ANY,
    ChannelRule,
    Department,
    Desk,
    Held,
    Judgement,
    Kind,
    LoopRules,
    MatterRule,
    Mode,
    StepRule,
)
from agents.routing import AREA, STREET_CLASS
from city_data.city import City
from scenarios.demand import by_area, shares, weekly
from scenarios.sensors import build_sensors
from scenarios.spec_centre import (
    CentreSpec,
    ChannelSpec,
    ContactsSpec,
    DeskSpec,
    MatterLoop,
    ModeSpec,
    StepSpec,
)
from scenarios.staffing import by_roster
from twin.clock.distributions import Distribution
from twin.domain.contact import Contact
from twin.domain.desk import STEPS, Step
from twin.domain.problem import Channel
from twin.errors import PolicyError, ScenarioError
from twin.metrics.centre_plan import ANSWER_WITHIN_US, CentrePlan
from twin.policies.loading import load_policy
from twin.roads.network import CLASSES
from twin.views.centre import DeskNamed

LEAST_URGENT = 9


def name_desks(spec: CentreSpec | None) -> tuple[DeskNamed, ...] | None:
    """What each desk is called, by number, and whether a department deals with cases there; None without a centre."""
    if spec is None:
        return None
    offices = {department.office for department in spec.departments.values()}
    return tuple(DeskNamed(name, name in offices) for name in spec.desks)


def build_centre(
    spec: CentreSpec, *, rosters: Mapping[str, range], sources: Sequence[PoissonDemand], city: City | None
) -> LoopRules:
    """The rules of a centre.

    Raises
    ------
    ScenarioError : a roster, matter, layer or ground that the scenario and its city do not have.
    """
    numbers = {name: number for number, name in enumerate(spec.desks)}
    departments = tuple(
        Department(
            name,
            None if body.office is None else numbers[body.office],
            None if body.lasting is None else body.lasting.distribution(),
        )
        for name, body in spec.departments.items()
    )
    _require_matters(spec, sources)
    _require_layers(spec, city)
    desks = tuple(_desk(name, desk, rosters) for name, desk in spec.desks.items())
    return LoopRules(
        desks=desks,
        steps={Step(name): _step(step, numbers) for name, step in spec.steps.items()},
        authorities={name: _step(step, numbers) for name, step in spec.authorities.items()},
        channels={channel: _channel(rule, numbers) for channel, rule in spec.channels.items()},
        told_by=_told_by(spec.told_by),
        departments=departments,
        layers=spec.layers,
        routing=_routing(spec),
        matters=_matters(spec),
        judgement=Judgement(**spec.judgement.model_dump()),
        return_after=None if spec.returns is None else spec.returns.distribution(),
        raises_by=spec.raises,
        reopens_share=spec.reopens,
        carriers=spec.carriers,
        cameras_on=spec.vehicle_cameras,
        sensors=build_sensors(spec.sensors, desks=desks, rosters=rosters, city=city),
        modes={name: _mode(name, mode, numbers, rosters) for name, mode in spec.modes.items()},
    )


def build_contacts(
    spec: CentreSpec, *, sources: Sequence[PoissonDemand], city: City | None
) -> Iterator[tuple[PoissonDemand, Kind]]:
    """The sources of contacts that are about no problem, and what each is."""
    for place, contacts in enumerate(spec.contacts):
        yield _contacts(contacts, sources, city, key=f"centre.contacts.{place}"), Kind(contacts.channel, contacts.what)


def plan_of(rules: LoopRules, *, answer_within_us: int = ANSWER_WITHIN_US) -> CentrePlan:
    """What metrics are to know of a centre."""
    steps = {step: rule.within_us for step in STEPS if (rule := rules.rule_of(step, ANY)) is not None}
    of_matter = {
        (Step.DISPATCH, matter): rule.within_us
        for matter in rules.matters
        if rules.authorities and (rule := rules.rule_of(Step.DISPATCH, matter)) is not None
    }
    return CentrePlan(tuple(desk.name for desk in rules.desks), steps, of_matter, answer_within_us)


def _desk(name: str, desk: DeskSpec, rosters: Mapping[str, range]) -> Desk:
    return Desk(name, by_roster(desk.seats, rosters, key=f"centre.desks.{name}.seats"))


def _step(step: StepSpec, numbers: Mapping[str, int]) -> StepRule:
    return StepRule(numbers[step.desk], step.lasting.distribution(), step.within)


def _channel(rule: ChannelSpec, numbers: Mapping[str, int]) -> ChannelRule:
    spans = {Contact.REPORT: rule.lasting, Contact.CONSULTATION: rule.consultation, Contact.EMERGENCY: rule.emergency}
    lasting: dict[str, Distribution] = {
        what.value: spread.distribution() for what, spread in spans.items() if spread is not None
    }
    delay = None if rule.delay is None else rule.delay.distribution()
    return ChannelRule(None if rule.desk is None else numbers[rule.desk], lasting, delay)


def _told_by(weights: Mapping[Channel, float]) -> tuple[tuple[Channel, float], ...]:
    if not weights:
        return ()
    upto = np.cumsum(shares(list(weights.values()), key="centre.told_by"))
    return (*zip(list(weights)[:-1], upto[:-1].tolist(), strict=True), (list(weights)[-1], 1.0))


def _routing(spec: CentreSpec) -> dict[tuple[str, str], int]:
    numbers = {name: number for number, name in enumerate(spec.departments)}
    routing = {
        (matter, ANY): numbers[rule.department] for matter, rule in spec.matters.items() if rule.department is not None
    }
    for route in spec.routes:
        routing |= {(matter, ground): numbers[route.department] for matter in route.matters for ground in route.grounds}
    return routing


def _matters(spec: CentreSpec) -> dict[str, MatterRule]:
    """Rules by matter: what a matter does not say for itself is as for its department, or for all."""
    rules = {ANY: _matter(MatterRule(), spec.matters.get(ANY, MatterLoop()))}
    for name, matter in spec.matters.items():
        if name == ANY:
            continue
        authority = None if matter.department is None else spec.departments[matter.department].authority
        usual = rules[ANY] if authority is None else replace(rules[ANY], authority=authority)
        rules[name] = _matter(usual, matter)
    return rules


def _matter(usual: MatterRule, said: MatterLoop) -> MatterRule:
    plain = {
        "is_joint": said.joint,
        "by_chief": said.chief,
        "botched_share": said.botched,
        "visited_share": said.visited,
        "mediated_share": said.mediated,
        "authority": said.authority,
    }
    changed: dict[str, object] = {name: value for name, value in plain.items() if value is not None}
    if said.remote is not None:
        changed |= {"may_be_remote": True, "remote_share": said.remote.share, "remote_works": said.remote.works}
    if said.held is not None:
        changed["held"] = Held(said.held.share, said.held.lasting.distribution())
    if said.asks is not None:
        changed |= {"asks_share": said.asks.share, "extension_us": said.asks.more}
    return replace(usual, **changed)  # type: ignore[arg-type]  # names and types are those of the fields above


def _mode(name: str, mode: ModeSpec, numbers: Mapping[str, int], rosters: Mapping[str, range]) -> Mode:
    key = f"centre.modes.{name}"
    for roster in mode.rosters:
        if roster not in rosters:
            raise ScenarioError(f"there is no roster {roster!r}", key=f"{key}.rosters")
    policy = None
    if mode.patrol_policy is not None:
        try:
            policy = load_policy(mode.patrol_policy, {})
        except PolicyError as error:
            raise PolicyError(f"{mode.patrol_policy!r}: {error.message}", key=f"{key}.patrol_policy") from error
    return Mode(
        name,
        seats={numbers[desk]: n for desk, n in mode.seats.items()},
        rosters=tuple(number for roster in mode.rosters for number in rosters[roster]),
        priorities=mode.priorities,
        limit_factor=mode.limits,
        silent=mode.silent,
        patrol_policy=policy,
    )


def _contacts(
    contacts: ContactsSpec, sources: Sequence[PoissonDemand], city: City | None, *, key: str
) -> PoissonDemand:
    names, area_share, places = by_area(contacts.areas, city, key=key)
    known = {matter.name: matter for source in sources for matter in source.matters}
    for matter in contacts.matters:
        if matter not in known:
            raise ScenarioError(f"there is no matter {matter!r} in `problems` or `demand`", key=f"{key}.matters")
    matters = tuple(replace(known[name], life=None) for name in contacts.matters)
    weights = shares(list(contacts.matters.values()) or [1.0], key=f"{key}.matters")
    return PoissonDemand(
        name=contacts.name,
        areas=names,
        matters=matters or (Matter(contacts.what.value, LEAST_URGENT, ()),),
        rates_per_h=contacts.per_day / 24 * np.outer(area_share, weights),
        rhythm=weekly(contacts.rhythm),
        places=places,
    )


def _require_matters(spec: CentreSpec, sources: Sequence[PoissonDemand]) -> None:
    known = {matter.name for source in sources for matter in source.matters} | {ANY}
    spoken = [
        *((f"centre.matters.{name}", name) for name in spec.matters),
        *((f"centre.routes.{n}.matters", name) for n, route in enumerate(spec.routes) for name in route.matters),
        *((f"centre.sensors.{n}.matters", name) for n, sensor in enumerate(spec.sensors) for name in sensor.matters),
        *((f"centre.modes.{mode}.priorities", name) for mode, said in spec.modes.items() for name in said.priorities),
    ]
    for key, name in spoken:
        if name not in known:
            raise ScenarioError(f"there is no matter {name!r} in `problems` or `demand`", key=key)


def _require_layers(spec: CentreSpec, city: City | None) -> None:
    overlays = {} if city is None else {overlay.name: overlay for overlay in city.layers.overlays}
    grounds: set[str] = set()
    for layer in spec.layers:
        if layer == STREET_CLASS:
            grounds.update(CLASSES)
        elif layer == AREA:
            grounds.update(() if city is None else city.areas)
        elif layer in overlays:
            grounds.update(grid.ref for grid in overlays[layer].grids)
        else:
            known = ", ".join((STREET_CLASS, AREA, *overlays))
            raise ScenarioError(f"there is no layer {layer!r}: there are {known}", key="centre.layers")
    for place, route in enumerate(spec.routes):
        for ground in route.grounds:
            if ground not in grounds:
                raise ScenarioError(
                    f"no layer of `layers` has a ground {ground!r}", key=f"centre.routes.{place}.grounds"
                )
