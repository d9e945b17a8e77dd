"""The only wiring: from a scenario to everything a run needs.

In: a `Scenario`, its paths absolute. Out: `Built`: the setting forks share, the inputs to replay,
what was set aside on the way, and warnings a person should read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from pydantic.main import IncEx

from agents.demand import PoissonDemand
from agents.habits import Habits, Merging, Spells
from agents.loop_rules import Kind
from agents.setting import Setting
from city_data.city import City
from city_data.feeds.quarantine import QuarantineWriter
from city_data.past import Past, read_past
from scenarios.catalogued import with_catalogues
from scenarios.centre import build_centre, build_contacts, plan_of
from scenarios.costs import unpriced
from scenarios.demand import build_demand
from scenarios.fleet import Force, build_rosters, build_units
from scenarios.injects import build_injects
from scenarios.lists import needs_lists, preference_lists
from scenarios.problems import build_problems
from scenarios.recorded_problems import as_problems, source_of_records
from scenarios.sensors import build_false_alarms
from scenarios.spec import History, PolicySpec, Scenario
from scenarios.spec_centre import CentreSpec
from scenarios.spec_limits import limits_of
from scenarios.staffed import staffed
from scenarios.terrain import build_terrain, city_of
from twin.domain.case import Stage
from twin.domain.facts import INPUT, CommandGiven, Fact, UnitEnrolled
from twin.domain.light import Limits
from twin.domain.quantities import CivilTime, to_us
from twin.domain.route import Spot
from twin.domain.unit import AwayReason, Unit
from twin.errors import PolicyError
from twin.metrics.centre_plan import CentrePlan
from twin.policies.loading import load_policy
from twin.policies.protocol import Policy

NO_UNITS = "there are no units: every case will wait"
ANY = "*"
"""All kinds or matters that are not named."""


@dataclass(frozen=True, eq=False)
class Built:
    """Everything a run needs. `inputs` are facts of origin input before the run's end, in order of time.

    `limits` are for those who look at it; only a centre with a case loop goes by them. `plan`: what metrics
    are to know of the centre.
    """

    scenario: Scenario
    setting: Setting
    city: City | None
    inputs: tuple[Fact, ...]
    past: Past | None = None
    warnings: tuple[str, ...] = field(default=())
    limits: Limits = field(default_factory=Limits)
    plan: CentrePlan | None = None


def build(
    scenario: Scenario,
    *,
    seed: int | None = None,
    journal: Sequence[Fact] = (),
    quarantine: QuarantineWriter | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Built:
    """Put a scenario together.

    Parameters
    ----------
    seed : overrides the scenario's.
    journal : a run to be repeated: its inputs, commands among them, and its roster are taken from there, and no history
        file is read.
    quarantine : where unusable rows of a history are told.

    Raises
    ------
    ScenarioError, CityError, FeedError, PolicyError : something named in it cannot be used.
    """
    scenario = with_catalogues(scenario)
    civil = CivilTime(scenario.epoch, ZoneInfo(scenario.zone))
    city = city_of(scenario)
    scenario = staffed(scenario, city)
    habits = build_habits(scenario)
    past = None
    if scenario.history is not None and city is not None and not journal:
        progress(f"reading {scenario.history.file.name}")
        past = _past(scenario.history, city=city, civil=civil, quarantine=quarantine)
    if scenario.units == "history":
        units = enrolled(journal) if past is None else past.units(_turnouts(habits))
        force = Force(units, (None,) * len(units), {})
    else:
        force = build_units(scenario, city, habits)
    units = force.units
    seed = scenario.seed if seed is None else seed
    terrain = build_terrain(scenario, city, units, force.patrols, seed=seed)
    sources = _sources(scenario, city)
    recorded = None if scenario.history is None else scenario.history.as_problems
    injects = _in_time(build_injects(scenario, city, units), scenario)
    if journal:
        inputs = [fact for fact in journal if fact.origin is INPUT]
    else:
        given = [*_in_time(() if past is None else past.inputs(units), scenario), *injects]
        if recorded is not None:
            given = as_problems(given, recorded, source=len(sources), seed=seed)
        inputs = sorted(given, key=lambda fact: fact.at)
    asked = [*inputs, *(fact for fact in sorted(injects, key=lambda fact: fact.at) if fact not in inputs)]
    if recorded is not None:
        sources.append(source_of_records(inputs, recorded))
    loop, plan = None, None
    contacts: dict[int, Kind] = {}
    if scenario.centre is not None:
        loop = build_centre(scenario.centre, rosters=build_rosters(scenario)[1], sources=sources, city=city)
        plan = plan_of(loop, answer_within_us=scenario.centre.answer_within)
        for demand, kind in _told_of_nothing(scenario.centre, sources, city):
            contacts[len(sources)] = kind
            sources.append(demand)
    if needs_lists(scenario.policy):
        lists = preference_lists(units, city=city, past=past, ways=terrain.ways[0])
        parameters = {**scenario.policy.parameters, "lists": lists}
        scenario = scenario.model_copy(update={"policy": PolicySpec(use=scenario.policy.use, parameters=parameters)})
    setting = Setting(
        terrain=terrain,
        civil=civil,
        habits=replace(habits, attends=force.attends),
        units=units,
        sources=tuple(sources),
        policy=_policy(scenario.policy, key="policy"),
        spec=spec_hash(scenario, asked),
        city="" if city is None else city.checksum,
        seed=seed,
        waiting_room=None if scenario.waiting_room == "unlimited" else scenario.waiting_room,
        rosters=build_rosters(scenario)[0],
        merging=None if scenario.merge is None else Merging(scenario.merge.within_m, scenario.merge.within),
        patrol_policy=_desk_policy(scenario.patrol_policy, key="patrol_policy"),
        reposition_policy=_desk_policy(scenario.reposition_policy, key="reposition_policy"),
        loop=loop,
        contacts=contacts,
        bodies=force.bodies,
        limits=build_limits(scenario),
    )
    warnings = (
        *_outside(past),
        *_warnings(setting, inputs),
        *_unused(scenario, setting.units),
        *unpriced(scenario, setting),
    )
    return Built(scenario, setting, city, tuple(inputs), past, warnings, setting.limits, plan)


def _sources(scenario: Scenario, city: City | None) -> list[PoissonDemand]:
    return [
        *(build_demand(demand, city, key=f"demand.{place}") for place, demand in enumerate(scenario.demand)),
        *(build_problems(source, city, key=f"problems.{place}") for place, source in enumerate(scenario.problems)),
    ]


def _in_time(facts: Iterable[Fact], scenario: Scenario) -> list[Fact]:
    return [fact for fact in facts if fact.at < scenario.lasting]


def _told_of_nothing(
    spec: CentreSpec, sources: Sequence[PoissonDemand], city: City | None
) -> list[tuple[PoissonDemand, Kind]]:
    """Sources of what is told and is no problem."""
    return [
        *build_contacts(spec, sources=sources, city=city),
        *build_false_alarms(spec.sensors, sources=sources, city=city),
    ]


def enrolled(journal: Iterable[Fact]) -> tuple[Unit, ...]:
    """The roster of a run."""
    return tuple(
        Unit(
            fact.name,
            fact.unit_kind,
            fact.skills,
            Spot(fact.edge, fact.offset_mm),
            fact.turnout_us,
            fact.placed,
            fact.mode,
            fact.beat,
            fact.patrols,
            fact.roster,
        )
        for fact in journal
        if isinstance(fact, UnitEnrolled)
    )


def build_habits(scenario: Scenario) -> Habits:
    """How long things take."""
    travel = scenario.travel
    noise = None if travel == "none" or travel.noise is None else travel.noise.distribution()
    return Habits(
        intake=None if scenario.intake is None else scenario.intake.distribution(),
        processing=None if scenario.processing is None else scenario.processing.distribution(),
        turnout={kind: spread.distribution() for kind, spread in scenario.turnout.items()},
        on_scene={_matter_and_kind(key): spread.distribution() for key, spread in scenario.on_scene.items()},
        travel_noise=noise,
        spells={
            kind: Spells(spell.every.distribution(), spell.lasting.distribution(), AwayReason(spell.reason))
            for kind, spell in scenario.spells.items()
        },
        found_gone=None if scenario.found_gone is None else scenario.found_gone.distribution(),
    )


def build_limits(scenario: Scenario) -> Limits:
    """By when cases should be closed, and how urgent that looks."""
    light, on = scenario.light, scenario.calendars
    return Limits(
        limits_of(scenario.limits, on, key="limits"),
        yellow_us=light.yellow_below,
        yellow_share=light.share,
        upstream=limits_of(scenario.upstream, on, key="upstream"),
        calendars={name: spec.calendar() for name, spec in on.items()},
        civil=CivilTime(scenario.epoch, ZoneInfo(scenario.zone)),
    )


def spec_hash(scenario: Scenario, inputs: list[Fact]) -> str:
    """Checksum of what was asked for: the scenario, without seed, assumptions, costs, translations and places of files,
    and its inputs. Keys that are newer than others count where they say something.

    Where nobody supervises, limits with their calendars and lights are no part of it either: they change nothing that
    happens, and a run may be judged by others. The limit on answers never is. Nor are commands: a run begins before
    anybody gives one.
    """
    judged = () if scenario.centre is not None else ("calendars", "limits", "upstream", "light")
    of_each = {"__all__": {"english"}}
    beside: dict[str, IncEx | bool] = dict.fromkeys(("seed", "assumptions", "city", "costs", *judged), True)
    beside |= {name: True for name in ("staffing", "reposition_policy") if getattr(scenario, name) is None}
    if scenario.units != "history" and not any(group.evenly for group in scenario.units):
        beside["units"] = {"__all__": {"evenly"}}
    beside |= {
        "demand": {"__all__": {"matters": of_each}},
        "problems": {"__all__": {"matters": of_each, "kinds": of_each}},
        "history": {"file", "mapping"},
        "centre": {"answer_within"},
    }
    said = scenario.model_dump(mode="json", exclude=beside)
    asked = [fact for fact in inputs if not isinstance(fact, CommandGiven)]
    content = msgspec.json.encode(said, order="deterministic") + msgspec.msgpack.encode(asked)
    return blake2b(content, digest_size=16).hexdigest()


def _policy(spec: PolicySpec, *, key: str) -> Policy:
    try:
        return load_policy(spec.use, spec.parameters)
    except PolicyError as error:
        raise PolicyError(f"{spec.use!r}: {error.message}", key=key) from error


def _desk_policy(spec: PolicySpec | None, *, key: str) -> Policy | None:
    """That of a desk which need not have one."""
    return None if spec is None else _policy(spec, key=key)


def _mapping(name: str) -> str | Path:
    return Path(name) if name.endswith((".yaml", ".yml")) else name


def _matter_and_kind(key: str) -> tuple[str, str]:
    matter, slash, kind = key.partition("/")
    return matter, kind if slash else ANY


def _past(history: History, *, city: City, civil: CivilTime, quarantine: QuarantineWriter | None) -> Past:
    return read_past(
        history.file,
        mapping=_mapping(history.mapping),
        city=city,
        civil=civil,
        start=history.start,
        end=history.end,
        quarantine=quarantine,
    )


def _turnouts(habits: Habits) -> dict[str, int]:
    return {kind: to_us(turnout.mean_s) for kind, turnout in habits.turnout.items()}


def _warnings(setting: Setting, inputs: list[Fact]) -> list[str]:
    found = []
    skills = {skill for unit in setting.units for skill in unit.skills}
    matters = [matter for demand in setting.sources for matter in demand.matters]
    wanted = {skill for matter in matters for skill in (*matter.needs, matter.verify, matter.check) if skill}
    wanted |= {skill for fact in inputs for skill in getattr(fact, "needs", ())}
    if not setting.units:
        found.append(NO_UNITS)
    for skill in sorted(wanted - skills) if setting.units else ():
        found.append(f"no unit has the skill {skill!r}: whatever needs it will be counted as unserved")
    if not inputs and not any(demand.rates_per_h.sum() for demand in setting.sources):
        found.append("there is no demand: nothing will happen")
    return found


def _outside(past: Past | None) -> Iterator[str]:
    if past is not None and not past.calls:
        yield f"none of the {past.n_calls:,} calls lies inside the city: is it the city of this history?"


def _unused(scenario: Scenario, units: Sequence[Unit]) -> Iterator[str]:
    """What is spoken of and not there, or comes too late: most often a slip of the pen."""
    for place, inject in enumerate(scenario.injects):
        if inject.at >= scenario.lasting:
            yield f"injects.{place} comes after the end: nothing comes of it"
    lists = scenario.policy.parameters.get("lists")
    named = {str(name) for names in lists.values() for name in names} if isinstance(lists, dict) else set()
    posts = None if scenario.reposition_policy is None else scenario.reposition_policy.parameters.get("table")
    named |= {str(name) for row in posts for name in row} if isinstance(posts, list) else set()
    for name in sorted(named - {unit.name for unit in units}):
        yield f"policy lists the unit {name!r}, which this scenario does not have"
    if scenario.units == "history" or scenario.history is not None:
        return
    kinds = {group.kind for group in scenario.units} | {ANY}
    matters = {matter for demand in scenario.demand for matter in demand.matters}
    matters |= {matter for source in scenario.problems for matter in source.matters} | {ANY, *map(str, Stage)}
    spoken = [("turnout", kind, kinds) for kind in scenario.turnout] + [
        ("spells", kind, kinds) for kind in scenario.spells
    ]
    for key in scenario.on_scene:
        matter, kind = _matter_and_kind(key)
        spoken += [("on_scene", matter, matters), ("on_scene", kind, kinds)]
    spoken += [("limits", matter, matters - {*map(str, Stage)}) for matter in scenario.limits]
    for key, name, known in spoken:
        if name not in known:
            yield f"{key} speaks of {name!r}, which this scenario does not have"
