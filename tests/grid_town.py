"""A few grids of the built-in city with everything that grids bring: patrols, problems, shifts, absences, stages."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from agents.life import Life
from agents.setting import Setting
from city_data.built_in import built_in_city
from scenarios.build import build
from scenarios.spec import Scenario
from tests.policies.roaming import Roaming
from twin.policies.protocol import Policy

EXPONENTIAL = "exponential"


def spread(mean: str) -> dict[str, str]:
    """An exponential span."""
    return {"dist": EXPONENTIAL, "mean": mean}


SAID = {
    "name": "a few grids",
    "city": "built-in",
    "epoch": "2026-03-02T07:40:00+08:00",
    "lasting": "2h",
    "units": [
        {
            "name": "regular {n}",
            "kind": "grid_worker",
            "mode": "walk",
            "beat": "security",
            "count": 8,
            "skills": ["order", "see"],
            "patrol": {"mps": 9.0},
            "roster": "day",
            "attends": 0.8,
        },
        {
            "name": "random {n}",
            "kind": "cyclist",
            "mode": "e_bike",
            "beat": "security",
            "count": 4,
            "skills": ["order", "see"],
            "patrol": {"mps": 9.0, "order": "focus"},
        },
        {"name": "car {n}", "kind": "patrol_vehicle", "count": 6, "skills": ["patrol", "order"]},
    ],
    "rosters": {"day": {"from": "08:00", "to": "09:20", "break": {"at": "08:30", "lasting": "5m", "parties": 2}}},
    "spells": {"grid_worker": {"every": spread("20m"), "lasting": spread("4m"), "reason": "other duty"}},
    "turnout": {"patrol_vehicle": spread("1m")},
    "on_scene": {"*": spread("2m"), "verify": "30s", "check": "30s"},
    "found_gone": "1m",
    "intake": "20s",
    "merge": {"within": "30m", "within_m": 80},
    "travel": {"noise": {"dist": "lognormal", "mean": 1, "cv": 0.2}},
    "problems": [
        {
            "name": "street",
            "per_day": 1_400,
            "areas": dict.fromkeys(built_in_city().areas[:3], 1.0),
            "matters": {
                "rubbish": {
                    "priority": 2,
                    "needs": ["order"],
                    "lasts": spread("40m"),
                    "told": {"share": 0.04, "after": spread("10m"), "again": spread("10m")},
                    "seen": 0.7,
                    "settles": {"grid_worker": 0.5},
                    "again": {"share": 0.5, "after": spread("10m")},
                    "offspring": {"mean": 0.3, "after": spread("5m")},
                    "verify": "see",
                    "check": "see",
                },
                "vendor": {
                    "priority": 1,
                    "needs": ["order", "patrol"],
                    "share": 0.2,
                    "told": {"share": 0.04, "after": spread("15m")},
                    "seen": 1.0,
                },
            },
        }
    ],
    "demand": [{"name": "calls", "per_day": 100, "matters": {"dispute": {"priority": 3, "needs": ["patrol"]}}}],
}


@cache
def _built() -> Setting:
    return build(Scenario.model_validate(SAID)).setting


def quiet_town(**life: object) -> Setting:
    """The same grids without anything arising by itself; `life` is that of the matter "rubbish" (see `Life`)."""
    base = _built()
    streets, calls = base.sources[1], base.sources[0]
    matters = tuple(replace(matter, life=Life(**life)) for matter in streets.matters)  # type: ignore[arg-type]
    nothing = [
        replace(source, rates_per_h=0 * source.rates_per_h) for source in (calls, replace(streets, matters=matters))
    ]
    habits = replace(base.habits, spells={}, attends={}, travel_noise=None)
    return replace(base, sources=tuple(nothing), habits=habits)


def grid_town(*, seed: int = 1, policy: Policy | None = None) -> Setting:
    """The setting; all seeds share its tours."""
    base = _built()
    return replace(base, seed=seed, patrol_policy=Roaming(), policy=base.policy if policy is None else policy)
