"""Replay a recorded history: once as it happened, or as our agents would have done it.

Both write the same run folder from the same kinds of facts, so that one set of metrics reads both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from city_data.feeds.mapping import load_mapping
from city_data.past import first_midnight
from city_data.recorded import recorded_facts
from scenarios.build import Built
from scenarios.load import check, made_up, overlaid, read_scenario
from scenarios.run import AFTER
from scenarios.spec import Scenario
from twin.domain.quantities import DAY, SECOND, local_instant
from twin.errors import ScenarioError
from twin.journal.digest import Digest
from twin.journal.journal import Journal, Store
from twin.world.state import State
from twin.world.world import World


@dataclass(frozen=True)
class Source:
    """A city folder, a history file, its mapping, and the period [start, end), local where no offset is given."""

    city: Path
    history: Path
    mapping: str
    start: str | None = None
    end: str | None = None


def replay_scenario(source: Source, *, policy: str, overlays: Sequence[Path] = (), seed: int = 1) -> Scenario:
    """The scenario that a `replay` command stands for; paths are absolute, overlays (calibrations) laid over it.

    Raises
    ------
    ScenarioError, FeedError : a period that makes no sense, or files that cannot be read.
    """
    city, history, mapping, start, end = source.city, source.history, source.mapping, source.start, source.end
    rules = load_mapping(mapping)
    zone = ZoneInfo(rules.stamps.zone or "UTC")
    begin = first_midnight(history, mapping) if start is None else _moment(start, zone, key="--from")
    finish = None if end is None else _moment(end, zone, key="--to")
    lasting_us = 3_650 * DAY if finish is None else round((finish - begin).total_seconds() * SECOND) + AFTER
    if finish is not None and finish <= begin:
        raise ScenarioError(f"the period ends ({finish}) before it begins ({begin})", key="--to")
    tree: dict[str, object] = {
        "name": f"{history.name} on {city.name}",
        "epoch": begin.isoformat(),
        "zone": zone.key,
        "lasting": lasting_us / SECOND,
        "seed": seed,
        "city": str(city.resolve()),
        "units": "history",
        "policy": policy,
        "history": {
            "file": str(history.resolve()),
            "mapping": mapping if not mapping.endswith((".yaml", ".yml")) else str(Path(mapping).resolve()),
            "from": begin.isoformat(),
            "to": None if finish is None else finish.isoformat(),
        },
    }
    assumed = overlaid(made_up(DEFAULTS), [read_scenario(overlay) for overlay in overlays])
    return check(overlaid(assumed, [made_up(tree)]))


def _moment(text: str, zone: ZoneInfo, *, key: str) -> datetime:
    try:
        return local_instant(text, zone)
    except ValueError as error:
        raise ScenarioError(str(error), key=key) from error


DEFAULTS: dict[str, object] = {
    "assumptions": [
        "intake, processing, turnout and on-scene times are a fire service's defaults, where no calibration gives them"
    ],
    "intake": {"dist": "lognormal", "mean": "90s", "cv": 1.0},
    "processing": {"dist": "lognormal", "mean": "45s", "cv": 1.0},
    "turnout": {"*": {"dist": "lognormal", "mean": "80s", "cv": 0.6}},
    "on_scene": {"*": {"dist": "lognormal", "mean": "25m", "cv": 1.0}},
}
"""What a replay assumes until it is calibrated: defaults for a fire service, not measurements."""


def record(
    built: Built, *, store: Store, progress: Callable[[int], None] = lambda _: None
) -> tuple[int, Digest, State]:
    """Write a history as facts, as it happened; returns when it ended, the digest, and the state it led to."""
    assert built.past is not None
    journal = Journal(store)
    world = World(State(), journal)
    end = 0
    setting = built.setting
    for fact in recorded_facts(
        built.past,
        setting.units,
        ways=setting.terrain.ways[0],
        civil=setting.civil,
        spec=setting.spec,
        city=setting.city,
    ):
        world.record(fact)
        if fact.at > end:
            end = fact.at
            progress(end)
    journal.flush()
    return end, journal.digest, world.state
