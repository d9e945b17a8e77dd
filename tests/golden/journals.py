"""Scenarios whose journals may not change by accident, and their digests as blessed.

`python -m tests.golden.journals "why they moved"` writes the digests of today, with the reason, into `golden.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from scenarios.build import Built, build
from scenarios.load import load_scenario
from scenarios.run import run
from scenarios.spec import PolicySpec, Scenario
from tests.builders import begun, digest_of
from tests.properties.continuing import town_of
from twin.domain.quantities import HOUR
from twin.journal.journal import Nowhere

FILE = Path(__file__).with_name("golden.json")

QUEUE: dict[str, object] = {
    "name": "three desks",
    "travel": "none",
    "city": "none",
    "lasting": "6h",
    "seed": 3,
    "units": [{"name": "Desk {n}", "kind": "desk", "count": 3}],
    "on_scene": {"*": {"dist": "exponential", "mean": "5m"}},
    "demand": [{"name": "callers", "per_day": 700, "matters": {"call": {"needs": ["desk"]}}}],
}


def _shipped(name: str, policy: str) -> str:
    asked = load_scenario(name).model_copy(update={"policy": PolicySpec(use=policy)})
    return _digest(build(asked))


def _queue() -> str:
    return _digest(build(Scenario.model_validate(QUEUE)))


def _digest(built: Built) -> str:
    return run(built, store=Nowhere()).digest


def _town(name: str) -> str:
    return digest_of(begun(*town_of(name, 1)))


def _forked() -> str:
    city = begun(*town_of("roads", 1), until=HOUR).fork(5)
    city.advance_to(2 * HOUR)
    return digest_of(city)


JOURNALS: dict[str, Callable[[], str]] = {
    "demo, own_grid_first": lambda: _shipped("demo", "own_grid_first"),
    "vehicles, nearest": lambda: _shipped("vehicles", "nearest"),
    "vehicles, preference_list": lambda: _shipped("vehicles", "preference_list"),
    "vehicles, random": lambda: _shipped("vehicles", "random"),
    "three desks, travel: none": _queue,
    "a town with diversions, recalls and closures": lambda: _town("roads"),
    "a town in which all alarms tie": lambda: _town("ties"),
    "grids with patrols, problems and shifts": lambda: _town("grids"),
    "a town forked to other luck": _forked,
    "a centre with every step, and a mode": lambda: _town("centre"),
}


def blessed() -> dict[str, dict[str, str]]:
    """Name → digest and the reason why it is that one."""
    known: dict[str, dict[str, str]] = json.loads(FILE.read_text("utf-8"))
    return known


def bless(reason: str) -> list[str]:
    """Write the digests of today; returns the names of those that moved. Others keep their old reason."""
    old = blessed() if FILE.exists() else {}
    new = {name: {"digest": journal(), "reason": reason} for name, journal in JOURNALS.items()}
    moved = [name for name in new if old.get(name, {}).get("digest") != new[name]["digest"]]
    kept = {name: new[name] if name in moved else old[name] for name in new}
    FILE.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return moved


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise SystemExit('give the reason: python -m tests.golden.journals "why they moved"')
    sys.stdout.write("".join(f"moved: {name}\n" for name in bless(sys.argv[1])))
