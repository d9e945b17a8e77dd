"""Run or replay into a run folder: the commands `run`, `demo` and `replay` as functions.

In: names and paths as people give them. Out: a folder that holds the run, and what to print about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from city_data.feeds.quarantine import QuarantineWriter
from city_data.yaml_file import YamlDocument
from scenarios.build import NO_UNITS, Built, build
from scenarios.live import LiveEngine
from scenarios.load import check, made_up, overlaid, read_scenario, telling_where
from scenarios.replay import Source, record, replay_scenario
from scenarios.run import end_of, run
from scenarios.run_folder import QUARANTINE, ROOM, finish, prepare, said, written_whole
from scenarios.spec import Scenario
from twin.journal.journal import Journal
from twin.journal.sqlite import SqliteStore, read_facts, read_remarks
from twin.metrics.ground import Ground
from twin.world.state import State

Tick = Callable[[object], None]
RECORDED = "recorded"


@dataclass(frozen=True)
class Recorded:
    """A run folder that has just been written."""

    out: Path
    manifest: Mapping[str, object]
    kpi: Mapping[str, object]
    warnings: tuple[str, ...] = field(default=())


def run_scenario(
    source: str,
    *,
    out: Path,
    policy: str | None = None,
    seed: int | None = None,
    until: str | None = None,
    progress: Tick = lambda _: None,
) -> Recorded:
    """Simulate a scenario file or shipped scenario.

    Raises
    ------
    ScenarioError, CityError, FeedError, PolicyError, JournalError : something given cannot be used.
    """
    document = read_scenario(source)
    asked: dict[str, object] = {"policy": policy, "seed": seed, "lasting": until}
    if policy is not None and policy == check(document).policy.use:
        del asked["policy"]
    changes = made_up({key: value for key, value in asked.items() if value is not None})
    document = overlaid(document, [changes])
    scenario = check(document)
    with telling_where(document):
        return simulate(scenario, out=out, progress=progress)


def replay_history(
    source: Source,
    *,
    out: Path,
    policy: str | None,
    calibration: Path | None = None,
    seed: int = 1,
    progress: Tick = lambda _: None,
) -> Recorded:
    """Replay a history, as it happened where `policy` is None.

    Raises
    ------
    ScenarioError, CityError, FeedError, PolicyError, JournalError : something given cannot be used.
    """
    overlays = () if calibration is None else (calibration,)
    progress(f"reading {source.history.name}")
    scenario = replay_scenario(source, policy=policy or "nearest", overlays=overlays, seed=seed)
    if policy is not None:
        return simulate(scenario, out=out, progress=progress)
    scenario = scenario.model_copy(update={"assumptions": ()})  # what happened assumes nothing
    with written_whole(out) as stage:
        with prepare(stage) as store, QuarantineWriter(stage / QUARANTINE) as quarantine:
            built = build(scenario, quarantine=quarantine, progress=progress)
            end_at, digest, state = record(built, store=store, progress=progress)
        told = manifest(
            built, policy=RECORDED, until=end_at, digest=digest.hexdigest(), n_facts=digest.n_facts, cpu_s=None
        )
        return _finish(stage, built, out=out, until=end_at, told=told, state=state, ground=None)


def record_room(room: Path, *, out: Path, progress: Tick = lambda _: None) -> Recorded:
    """Make a run folder of what a running twin has come to so far, its commands among it; the twin can be gone on with.

    Raises
    ------
    JournalError : there is no twin in the folder, or it is running, or `out` is taken.
    """
    with SqliteStore.open(room / ROOM) as kept, written_whole(out) as stage:
        document = YamlDocument(room / ROOM, dict(said(kept.about, "scenario", dict, out=room)), {})
        scenario = check(document)
        built = build(scenario, progress=progress)
        engine = LiveEngine.resume(built, read_facts(room / ROOM), now=kept.clock or 0, store=kept)
        engine.advance_to(engine.now + 1)
        engine.commit()
        until = engine.now
        with prepare(stage) as store:
            journal, remarks = Journal(store), read_remarks(room / ROOM)
            for fact in chain.from_iterable(read_facts(room / ROOM)):
                journal.append(fact)
                if len(journal) - 1 in remarks:
                    journal.remark(remarks[len(journal) - 1])
            journal.flush()
        told = manifest(
            built,
            policy=scenario.policy.use,
            until=until,
            digest=journal.digest.hexdigest(),
            n_facts=journal.digest.n_facts,
            cpu_s=None,
        )
        ground = Ground(built.setting.terrain, built.setting.civil)
        return _finish(stage, built, out=out, until=until, told=told, state=engine.state, ground=ground)


def simulate(scenario: Scenario, *, out: Path, progress: Tick = lambda _: None) -> Recorded:
    """Simulate a checked scenario into a run folder."""
    with written_whole(out) as stage:
        with prepare(stage) as store, QuarantineWriter(stage / QUARANTINE) as quarantine:
            built = build(scenario, quarantine=quarantine, progress=progress)
            finished = run(built, store=store, until=end_of(built), progress=progress)
        told = manifest(
            built,
            policy=scenario.policy.use,
            until=finished.until,
            digest=finished.digest,
            n_facts=finished.n_facts,
            cpu_s=finished.cpu_s,
        )
        ground = Ground(built.setting.terrain, built.setting.civil)
        return _finish(stage, built, out=out, until=finished.until, told=told, state=finished.city.state, ground=ground)


def manifest(
    built: Built, *, policy: str, until: int, digest: str, n_facts: int, cpu_s: float | None
) -> dict[str, object]:
    """Where a run came from, so that it can be repeated and checked. `until`: microseconds since the epoch."""
    scenario, city = built.scenario, built.city
    layout = {} if built.past is None else {"layout": built.past.layout.as_dict()}
    inputs = [] if scenario.history is None else [input_file(scenario.history.file) | layout]
    return {
        "schema": 1,
        "name": scenario.name,
        "policy": policy,
        "seed": built.setting.seed,
        "replication": built.setting.replication,
        "spec_hash": built.setting.spec,
        "journal_digest": digest,
        "n_facts": n_facts,
        "us_per_fact": None if cpu_s is None else round(cpu_s / n_facts * 1e6, 2),
        "epoch": scenario.epoch.isoformat(),
        "zone": scenario.zone,
        "until": until,
        "city": {
            "name": "" if city is None else city.name,
            "folder": scenario.city if city is not None else None,
            "checksum": built.setting.city,
        },
        "inputs": inputs,
        "period": None
        if built.past is None
        else {
            "n_calls": built.past.n_calls,
            "n_responses": built.past.n_responses,
            "n_calls_inside": len(built.past.calls),
            "n_responses_inside": built.past.n_inside,
            "n_rejected": built.past.n_rejected,
        },
        "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_none=True),
    }


def _finish(
    stage: Path,
    built: Built,
    *,
    out: Path,
    until: int,
    told: dict[str, object],
    state: State,
    ground: Ground | None,
) -> Recorded:
    limits_s, is_recorded = built.scenario.response_limits, told["policy"] == RECORDED
    plan = None if is_recorded else built.plan
    kpi = finish(stage, until=until, limits_s=limits_s, told=told, ground=ground, plan=plan)
    warnings = [warning for warning in built.warnings if not (is_recorded and warning == NO_UNITS)]
    return Recorded(out, told, kpi, (*warnings, *_afterthoughts(state)))


def _afterthoughts(state: State) -> list[str]:
    odd = sum(state.anomalies.values())
    waiting = sum(len(line) for line in state.queue.lines.values())
    found = []
    if odd:
        found.append(f"{odd} facts contradict what went before; they were applied, marked and counted")
    if waiting:
        found.append(f"{waiting} needs were still waiting for a unit at the end")
    return found


def input_file(path: Path) -> dict[str, object]:
    """A file that a run was made from, and its checksum."""
    with path.open("rb") as stream:
        digest = blake2b(digest_size=16)
        while block := stream.read(1 << 20):
            digest.update(block)
    return {"file": str(path), "checksum": digest.hexdigest()}
