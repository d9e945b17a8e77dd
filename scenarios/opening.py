"""Open something to look at: a scenario as a running twin, a twin that was stopped, or a run that is over.

In: a name or a folder. Out: a `Room`, or a city by itself. A running twin keeps its journal in a room folder
(`journal.sqlite`) and goes on from there when it is opened again, whatever stopped it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path

from city_data.check import describe
from city_data.city import City
from city_data.grounds import ground_features
from city_data.named import city_called
from city_data.yaml_file import YamlDocument
from scenarios.build import Built, build, build_limits
from scenarios.centre import name_desks
from scenarios.fleet import build_rosters
from scenarios.furniture import Furniture
from scenarios.live import LiveEngine
from scenarios.load import check, load_scenario
from scenarios.playback import Playback
from scenarios.reach import Reachable
from scenarios.room import Room
from scenarios.run_folder import CASES, KPI, MANIFEST, ROOM, facts_of, read_manifest, said
from scenarios.run_terrain import terrain_of_run
from scenarios.spec import Scenario
from scenarios.spec_demand import MatterSpec
from scenarios.travel import build_all_ways
from twin.console.desk import About, MatterShown
from twin.console.launch import as_typed
from twin.domain.facts import CaseReported, Fact, FocusSet
from twin.domain.light import Limits
from twin.domain.quantities import SECOND
from twin.domain.route import Spot
from twin.errors import CityError, JournalError
from twin.journal.sqlite import SqliteStore, read_facts
from twin.metrics.ground import with_focuses
from twin.policies.loading import BUILT_IN as POLICIES
from twin.roads.terrain import Terrain
from twin.roads.ways import Ways
from twin.views.city import CityShown
from twin.views.crew import Streets
from twin.views.result import Result, result_of

Manifest = Mapping[str, object]
Say = Callable[[str], None]


def open_twin(source: str | Scenario, *, folder: Path, begin: time | None = None, say: Say = lambda _: None) -> Room:
    """A new running twin of a scenario, its journal in `folder`.

    Parameters
    ----------
    begin : civil time of the first day to have got to when the room opens; None is the scenario's own beginning.

    Raises
    ------
    GridtwinError : the scenario, or something named in it, cannot be used; or there is a journal in the folder.
    """
    scenario = source if isinstance(source, Scenario) else load_scenario(source)
    say("building")
    built = build(scenario, progress=say)
    folder.mkdir(parents=True, exist_ok=True)
    told = {"scenario": scenario.model_dump(mode="json", by_alias=True, exclude_none=True), "source": _told(source)}
    store = SqliteStore.create(folder / ROOM, told)
    engine = LiveEngine.begin(built, store=store)
    if begin is not None:
        civil = built.setting.civil
        first = civil.civil(0)
        start = datetime.combine(first.date(), begin, first.tzinfo) - first
        say("starting")
        engine.advance_to(min(max(0, round(start.total_seconds()) * SECOND), scenario.lasting))
        engine.commit()
    return _live_room(built, engine, name=_told(source))


def resume_twin(folder: Path, *, say: Say = lambda _: None) -> Room:
    """Go on with a twin that was stopped, from the last fact that was written down.

    Raises
    ------
    JournalError : the journal is damaged, in use, or does not belong to the scenario as it is now.
    """
    store = SqliteStore.open(folder / ROOM)
    about = store.about
    scenario = check(YamlDocument(folder / ROOM, dict(said(about, "scenario", dict, out=folder)), {}))
    say("building")
    built = build(scenario, progress=say)
    say("reading")
    engine = LiveEngine.resume(built, read_facts(folder / ROOM), now=store.clock or 0, store=store)
    return _live_room(built, engine, name=str(about.get("source", "")))


def open_run(folder: Path, *, beside: Path | None = None, say: Say = lambda _: None) -> Room:
    """A finished run, and perhaps another one of the same city and period beside it.

    Raises
    ------
    GridtwinError : a folder is damaged, its city is another one, or the two do not fit together.
    """
    manifest = read_manifest(folder)
    city = _city_of(manifest, folder)
    say("reading")
    facts = list(facts_of(folder))
    places = {fact.case: Spot(fact.edge, fact.offset_mm) for fact in facts if isinstance(fact, CaseReported)}
    result = result_of(manifest, places, figures=folder / KPI, cases=folder / CASES, folder=as_typed(folder))
    playback, ground = _playback(facts, manifest, city, folder)
    other, other_ground = None, None
    if beside is not None:
        theirs = read_manifest(beside)
        for key in ("city", "epoch", "zone"):
            if theirs.get(key) != manifest.get(key):
                raise JournalError("this is a run of another city or day, and cannot be set beside it", file=beside)
        other, other_ground = _playback(list(facts_of(beside)), theirs, city, beside)
    scenario = _scenario_of(manifest, folder)
    about = About(
        name=result.about.name,
        scenario=as_typed(folder),
        seed=result.about.seed,
        civil=result.civil,
        until=result.about.until,
        is_live=False,
        has_limits=bool(playback.watch.limits.by_matter),
        shifts=_shifts(scenario),
        english={} if scenario is None else _english(scenario),
    )
    furniture = _furnished(about, city, ground, ways=_ways_of(manifest, city, folder), result=result)
    playback.seek(playback.busiest_at)
    if other is not None:
        other.seek(playback.busiest_at)
    return Room(furniture, over=playback, other=other, other_streets=_streets(city, other_ground))


def _shifts(scenario: Scenario | None) -> tuple[str, ...]:
    """What each roster is called, by number: the parties of one that has breaks share its name."""
    parties = {} if scenario is None else build_rosters(scenario)[1]
    return tuple(name for name, numbers in parties.items() for _ in numbers)


def _english(scenario: Scenario) -> dict[str, str]:
    """What its matters are called in English, where it says so."""
    matters: dict[str, MatterSpec] = {}
    for source in scenario.demand:
        matters |= source.matters
    for problems in scenario.problems:
        matters |= problems.matters
    return {name: matter.english for name, matter in matters.items() if matter.english is not None}


def _told(source: str | Scenario) -> str:
    return source if isinstance(source, str) else source.name


def _live_room(built: Built, engine: LiveEngine, *, name: str) -> Room:
    scenario, city = built.scenario, built.city
    matters = {matter.name: matter for source in built.setting.sources for matter in source.matters}
    about = About(
        name=scenario.name,
        scenario=name,
        seed=built.setting.seed,
        civil=built.setting.civil,
        until=scenario.lasting,
        is_live=True,
        matters=tuple(MatterShown(each.name, each.priority, each.needs) for each in matters.values()),
        policies=tuple(POLICIES),
        has_limits=bool(built.limits.by_matter),
        shifts=_shifts(scenario),
        modes=() if scenario.centre is None else tuple(scenario.centre.modes),
        english=_english(scenario),
    )
    ways = None if city is None else build_all_ways(scenario, city)
    return Room(_furnished(about, city, engine.city.terrain, ways=ways, result=None), live=engine)


def _furnished(
    about: About, city: City | None, terrain: Terrain | None, *, ways: tuple[Ways, ...] | None, result: Result | None
) -> Furniture:
    """What stands still: viewers get ways and memories of their own."""
    theirs = terrain if terrain is None or ways is None else terrain.apart(ways)
    return Furniture(
        about=about,
        city=None if city is None else city_shown(city),
        result=result,
        streets=_streets(city, theirs),
        engine_streets=_streets(city, terrain),
        reachable=None if ways is None else Reachable(ways, about.civil),
    )


def _streets(city: City | None, terrain: Terrain | None) -> Streets | None:
    return None if city is None else Streets(city.roads, terrain)


def _playback(
    facts: list[Fact], manifest: Manifest, city: City | None, folder: Path
) -> tuple[Playback, Terrain | None]:
    """A run under the needle, and the ground it took place on, where the manifest tells."""
    scenario = _scenario_of(manifest, folder)
    limits = Limits() if scenario is None else build_limits(scenario)
    playback = Playback(
        facts,
        limits=limits,
        until=said(manifest, "until", int, out=folder),
        policy=str(manifest.get("policy", "")),
        desks=None if scenario is None else name_desks(scenario.centre),
    )
    if city is None or scenario is None:
        return playback, None
    terrain = terrain_of_run(scenario, city, seed=said(manifest, "seed", int, out=folder))
    if terrain.patrols is not None:
        focuses = [fact for fact in facts if isinstance(fact, FocusSet)]
        terrain = replace(terrain, patrols=with_focuses(terrain.patrols, focuses))
    return playback, terrain


def _scenario_of(manifest: Manifest, folder: Path) -> Scenario | None:
    """The scenario of a run; none in manifests that were written by hand."""
    if "scenario" not in manifest:
        return None
    return check(YamlDocument(folder / MANIFEST, dict(said(manifest, "scenario", dict, out=folder)), {}))


def _ways_of(manifest: Manifest, city: City | None, folder: Path) -> tuple[Ways, ...] | None:
    scenario = _scenario_of(manifest, folder)
    return None if city is None or scenario is None else build_all_ways(scenario, city)


def _city_of(manifest: Manifest, folder: Path) -> City | None:
    """The city a run took place in, which must not have changed."""
    named = said(manifest, "city", dict, out=folder)
    if named.get("folder") is None:
        return None
    city = city_called(str(named["folder"]))
    if city.checksum != named.get("checksum"):
        raise CityError("this is not the city the run took place in: run it again", file=str(named["folder"]))
    return city


def city_shown(city: City) -> CityShown:
    """A city as pages know it."""
    about, layers = describe(city), city.layers
    return CityShown(
        name=city.name,
        roads=city.roads,
        stations=city.stations,
        areas=city.areas,
        credit=city.origin.provenance.licence,
        checksum=city.checksum,
        edge_area=city.edge_area,
        facts=about.facts,
        warnings=about.warnings,
        cells=layers.cells,
        overlays=layers.overlays,
        facilities=layers.facilities,
        grounds=ground_features(layers.grounds),
        residents=layers.residents,
    )
