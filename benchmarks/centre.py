"""What the full case loop costs: a month as large as Wuhai's with desks, channels, departments and every step.

1,130 grid workers, one a grid, and 1,151 cases a day, as published for Wuhai; everything else is assumed. Beside it the
bare floor, which knows nothing of desks. Then a town for a year: does the memory of a centre stay flat?
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import month, year
from benchmarks.wuhai import HOURS, SHIFTS, Size, said
from scenarios.spec import Scenario

WUHAI = Size(n_units=1_130, cases_a_day=1_151)
TOWN = Size(n_nodes=1_000, n_units=90, cases_a_day=100, days=365.0)
CALLS_A_CASE = 0.4
"""Questions and emergencies, beside the reports: assumed."""
CASES_A_SEAT = 150
"""So many cases a day keep one person at each desk busy enough, day and night: assumed."""


def scenario(size: Size, *, folder: Path) -> Scenario:
    """The city of the month, with a centre and with problems in place of cases."""
    usual = said(size, folder=folder)
    left_out = ("intake", "processing", "demand")
    return Scenario.model_validate(
        {key: value for key, value in usual.items() if key not in left_out}
        | {
            "name": "A month with the full loop",
            "limits": {"*": "8h"},
            "merge": {"within": "12h", "within_m": 60},
            "found_gone": "5m",
            "on_scene": {**usual["on_scene"], "verify": "5m", "check": "5m"},
            "problems": [_problems(size)],
            "centre": _centre(size),
        }
    )


def _problems(size: Size) -> dict[str, Any]:
    rubbish = {"lasts": _spread("40h"), "told": {"after": _spread("2h"), "again": _spread("12h")}, "check": "grid"}
    return {
        "name": "citizens",
        "per_day": size.cases_a_day,
        "matters": {
            "rubbish": {"priority": 3, "needs": ["grid"], "share": 60, **rubbish},
            "vendor": {"priority": 3, "needs": ["grid"], "share": 25, "told": {"after": "10m"}, "verify": "grid"},
            "dispute": {"priority": 2, "needs": ["grid", "grid"], "share": 15, "told": {"after": "5m"}},
        },
        "rhythm": {"hours": HOURS},
    }


def _centre(size: Size) -> dict[str, Any]:
    n_seats = 1 + size.cases_a_day // CASES_A_SEAT
    seats = {"seats": {"always": n_seats}}
    calls = {"channel": "hotline", "per_day": CALLS_A_CASE / 2 * size.cases_a_day, "rhythm": {"hours": HOURS}}
    return {
        "desks": {
            "takers": {"seats": {name: 3 * n_seats for name, _, _ in SHIFTS}},
            **dict.fromkeys(("acceptors", "leaders", "dispatchers"), seats),
        },
        "steps": {
            "accept": {"desk": "acceptors", "lasting": _spread("90s"), "within": "10m"},
            "register": {"desk": "leaders", "lasting": "40s"},
            "dispatch": {"desk": "dispatchers", "lasting": _spread("60s")},
            "send check": {"desk": "acceptors", "lasting": "20s"},
            "close": {"desk": "leaders", "lasting": "30s"},
            "visit": {"desk": "takers", "lasting": "2m"},
            "extend": {"desk": "leaders", "lasting": "1m"},
            "supervise": {"desk": "leaders", "lasting": "2m"},
        },
        "channels": {
            "hotline": {"desk": "takers", "lasting": _spread("3m"), "consultation": "2m", "emergency": "20s"},
            "wechat": {"desk": "acceptors", "lasting": "1m", "delay": "10m"},
        },
        "told_by": {"hotline": 7, "wechat": 3},
        "contacts": [
            {"name": "questions", "what": "consultation", **calls},
            {"name": "emergencies", "what": "emergency", **calls},
        ],
        "departments": {"cleaning": {}, "enforcement": {}},
        "matters": {
            "*": {
                "department": "cleaning",
                "botched": 0.1,
                "visited": 0.5,
                "held": {"share": 0.05, "lasting": "2h"},
                "asks": {"share": 0.3, "more": "2h"},
            },
            "vendor": {"department": "enforcement"},
            "dispute": {"joint": True, "mediated": 0.3},
        },
        "judgement": {"by_hand_right": 0.9, "automatic_share": 0.5, "automatic_right": 0.8, "finds_botched": 0.9},
        "returns": _spread("10m"),
        "raises": 1,
        "reopens": 0.7,
    }


def _spread(mean: str) -> dict[str, str]:
    return {"dist": "exponential", "mean": mean}


def report(city: Size = WUHAI, town: Size = TOWN, *, n_runs: int, alone: bool) -> None:
    """Print the month of a city and the year of a town."""
    for row in month.rows(city, n_runs=n_runs, alone=alone, make=scenario):
        print(row, flush=True)
    year.report(town, alone=alone, make=scenario)
