"""A few grids of the built-in city with a centre at which everything happens that may happen, and not much of it."""

from __future__ import annotations

from city_data.built_in import built_in_city
from scenarios.spec import Scenario


def often(mean: str) -> dict[str, str]:
    """An exponential span."""
    return {"dist": "exponential", "mean": mean}


SAID: dict[str, object] = {
    "name": "a centre",
    "epoch": "2026-03-02T08:00:00+08:00",
    "lasting": "5h",
    "seed": 3,
    "policy": "own_grid_first",
    "units": [
        {
            "name": "Walker {n}",
            "kind": "grid_worker",
            "mode": "walk",
            "beat": "security",
            "count": 8,
            "skills": ["see", "order"],
            "patrol": {"mps": 9.0},
        },
        {"name": "Cleaner {n}", "kind": "crew", "count": 6, "skills": ["sanitation", "order"]},
        {"name": "Joint {n}", "kind": "joint_patrol", "count": 1, "skills": ["patrol", "order"]},
        {"name": "Car {n}", "kind": "car", "count": 4, "skills": ["patrol"]},
    ],
    "rosters": {
        "early": {"from": "08:00", "to": "11:00", "break": {"at": "09:00", "lasting": "10m", "parties": 2}},
        "late": {"from": "11:00", "to": "20:00"},
    },
    "on_scene": {"*": often("5m"), "verify": "1m", "check": "1m"},
    "found_gone": "1m",
    "limits": {"rubbish": "1h", "vendor": "30m", "dispute": "20m"},
    "merge": {"within": "1h", "within_m": 150},
    "demand": [{"name": "passed down", "per_day": 100, "matters": {"lamp": {"needs": ["order"]}}}],
    "problems": [
        {
            "name": "street",
            "per_day": 1_800,
            "areas": dict.fromkeys(built_in_city().areas[:3], 1.0),
            "matters": {
                "rubbish": {
                    "priority": 3,
                    "needs": ["sanitation"],
                    "share": 5,
                    "lasts": often("1h"),
                    "told": {"share": 0.4, "after": often("20m"), "again": often("20m")},
                    "seen": 0.8,
                    "settles": {"grid_worker": 0.3},
                    "verify": "see",
                    "check": "see",
                },
                "vendor": {
                    "priority": 3,
                    "needs": ["order"],
                    "share": 3,
                    "lasts": often("2h"),
                    "told": {"share": 0.3, "after": "30m"},
                },
                "dispute": {
                    "priority": 1,
                    "needs": ["patrol", "order"],
                    "share": 2,
                    "lasts": often("1h"),
                    "told": {"share": 0.3, "after": "8m"},
                },
            },
        }
    ],
    "centre": {
        "desks": {
            "takers": {"seats": {"early": 6, "late": 4}},
            "acceptor": {"seats": {"early": 5, "late": 4}},
            "leader": {"seats": {"always": 3}},
            "dispatcher": {"seats": {"always": 2}},
            "housing office": {"seats": {"always": 2}},
        },
        "steps": {
            "accept": {"desk": "acceptor", "lasting": often("90s"), "within": "3m"},
            "register": {"desk": "leader", "lasting": "40s", "within": "2m"},
            "dispatch": {"desk": "dispatcher", "lasting": "30s", "within": "1m"},
            "chief": {"desk": "dispatcher", "lasting": "20s"},
            "remote": {"desk": "takers", "lasting": "2m"},
            "send check": {"desk": "acceptor", "lasting": "20s"},
            "close": {"desk": "leader", "lasting": "30s"},
            "visit": {"desk": "takers", "lasting": "2m"},
            "mediate": {"desk": "acceptor", "lasting": "10m"},
            "extend": {"desk": "leader", "lasting": "1m"},
            "supervise": {"desk": "leader", "lasting": "1m"},
        },
        "channels": {
            "hotline": {"desk": "takers", "lasting": often("2m"), "consultation": "1m", "emergency": "20s"},
            "wechat": {"desk": "acceptor", "lasting": "30s", "delay": "5m"},
        },
        "told_by": {"hotline": 5, "wechat": 3, "app": 2},
        "contacts": [
            {"name": "questions", "channel": "hotline", "what": "consultation", "per_day": 900},
            {"name": "small talk", "channel": "wechat", "what": "consultation", "per_day": 100},
            {"name": "emergencies", "channel": "hotline", "what": "emergency", "per_day": 200},
            {
                "name": "nothing",
                "channel": "hotline",
                "what": "report",
                "per_day": 250,
                "matters": {"rubbish": 2, "vendor": 1},
            },
        ],
        "departments": {
            "sanitation": {},
            "enforcement": {},
            "police": {},
            "housing": {"office": "housing office", "lasting": "5m"},
        },
        "layers": ["street class"],
        "routes": [{"matters": ["vendor"], "grounds": ["residential"], "department": "housing"}],
        "matters": {
            "*": {
                "department": "enforcement",
                "botched": 0.3,
                "visited": 0.6,
                "mediated": 0.1,
                "held": {"share": 0.15, "lasting": often("20m")},
                "asks": {"share": 0.5, "more": "20m"},
            },
            "rubbish": {"department": "sanitation"},
            "vendor": {"department": "enforcement", "remote": {"share": 0.5, "works": 0.5}, "chief": True},
            "dispute": {"department": "police", "joint": True, "mediated": 0.5},
        },
        "judgement": {
            "by_hand_right": 0.7,
            "automatic_share": 0.4,
            "automatic_right": 0.6,
            "finds_botched": 0.9,
            "spots_nothing": 0.3,
            "refuses_real": 0.05,
            "not_registered": 0.05,
            "grants": 0.7,
        },
        "returns": often("5m"),
        "raises": 1,
        "reopens": 0.8,
        "carriers": ["grid_worker"],
        "modes": {"busy": {"seats": {"takers": 8}, "limits": 0.5, "priorities": {"rubbish": 1}, "silent": ["wechat"]}},
        "answer_within": "20s",
    },
    "injects": [{"at": "3h", "mode": "busy", "lasting": "40m"}],
}
"""What can be said is said once."""


def scenario() -> Scenario:
    """The centre's scenario."""
    return Scenario.model_validate(SAID)
