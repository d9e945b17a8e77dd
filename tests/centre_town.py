"""A few grids of the built-in city with a whole centre: desks, channels, departments, every step, and a mode.

In: a seed, or what one centre does otherwise than another. Out: the `Setting`, and the inputs that change its mode.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from agents.life import Life
from agents.loop_rules import Judgement, LoopRules, MatterRule
from agents.setting import Setting
from scenarios.build import build
from scenarios.spec import Scenario
from tests.agents.test_problems import off_all_beats
from tests.grid_town import SAID, spread
from twin.domain import facts as f
from twin.domain.quantities import MINUTE
from twin.policies.protocol import Policy

HURRY = "hurry"
"""The centre's other mode."""

CENTRE: dict[str, Any] = {
    "desks": {
        "takers": {"seats": {"day": 3, "always": 1}},
        "acceptors": {"seats": {"always": 2}},
        "leaders": {"seats": {"always": 2}},
        "housing": {"seats": {"day": 1}},
    },
    "steps": {
        "accept": {"desk": "acceptors", "lasting": spread("40s"), "within": "10m"},
        "register": {"desk": "leaders", "lasting": "10s"},
        "dispatch": {"desk": "leaders", "lasting": spread("20s")},
        "chief": {"desk": "acceptors", "lasting": spread("20s")},
        "remote": {"desk": "leaders", "lasting": spread("30s")},
        "send check": {"desk": "acceptors", "lasting": "10s"},
        "close": {"desk": "leaders", "lasting": spread("10s")},
        "visit": {"desk": "takers", "lasting": spread("1m")},
        "mediate": {"desk": "acceptors", "lasting": spread("2m")},
        "extend": {"desk": "leaders", "lasting": spread("1m")},
        "supervise": {"desk": "leaders", "lasting": spread("30s")},
    },
    "channels": {
        "hotline": {"desk": "takers", "lasting": spread("2m"), "consultation": spread("1m"), "emergency": "20s"},
        "wechat": {"desk": "acceptors", "lasting": "15s", "delay": spread("2m")},
    },
    "told_by": {"hotline": 6, "wechat": 3, "app": 1},
    "contacts": [
        {"name": "questions", "channel": "hotline", "what": "consultation", "per_day": 300},
        {"name": "emergencies", "channel": "hotline", "what": "emergency", "per_day": 60},
        {"name": "nothing", "channel": "app", "what": "report", "per_day": 100, "matters": {"rubbish": 1, "vendor": 1}},
    ],
    "departments": {
        "cleaning": {},
        "enforcement": {},
        "housing": {"office": "housing", "lasting": spread("4m")},
    },
    "layers": ["street class"],
    "routes": [{"matters": ["vendor"], "grounds": ["residential"], "department": "housing"}],
    "matters": {
        "*": {
            "department": "cleaning",
            "botched": 0.3,
            "visited": 0.6,
            "held": {"share": 0.2, "lasting": spread("5m")},
            "asks": {"share": 0.5, "more": "8m"},
        },
        "rubbish": {"remote": {"share": 0.4, "works": 0.5}, "mediated": 0.2},
        "vendor": {"department": "enforcement", "joint": True, "chief": True},
    },
    "judgement": {
        "spots_nothing": 0.3,
        "refuses_real": 0.05,
        "not_registered": 0.05,
        "automatic_share": 0.4,
        "automatic_right": 0.6,
        "by_hand_right": 0.8,
        "finds_botched": 0.8,
        "finds_own": 0.1,
        "grants": 0.7,
    },
    "returns": spread("1m"),
    "raises": 1,
    "reopens": 0.7,
    "carriers": ["cyclist"],
    "modes": {
        HURRY: {
            "seats": {"takers": 6},
            "rosters": ["reserve"],
            "priorities": {"rubbish": 1},
            "limits": 0.5,
            "silent": ["wechat"],
            "patrol_policy": "tests.policies.roaming:Roaming",
        }
    },
}

GRIDS: dict[str, Any] = dict(SAID)
STREET: dict[str, Any] = GRIDS["problems"][0]
"""What the grid town says about problems."""

WHOLE: dict[str, Any] = {
    **{key: value for key, value in GRIDS.items() if key != "intake"},
    "name": "a few grids and their centre",
    "units": [
        {**GRIDS["units"][0], "body": "the grids"},
        *GRIDS["units"][1:],
        {"name": "reserve {n}", "kind": "crew", "count": 2, "skills": ["patrol", "order"], "roster": "reserve"},
    ],
    "rosters": {**GRIDS["rosters"], "reserve": {"from": "00:00", "to": "24:00"}},
    "limits": {"*": "20m"},
    "problems": [
        {
            **STREET,
            "per_day": 900,
            "matters": {
                name: {**matter, "told": {"share": 0.5, "after": spread("6m"), "again": spread("12m")}}
                for name, matter in STREET["matters"].items()
            },
        }
    ],
    "centre": CENTRE,
}


@cache
def _built() -> Setting:
    return build(Scenario.model_validate(WHOLE)).setting


def centre_town(*, seed: int = 1, policy: Policy | None = None, **different: Any) -> Setting:
    """The setting; `different`: rules of the loop (see `LoopRules`) that are not as above."""
    base = _built()
    assert base.loop is not None
    loop = replace(base.loop, **different)
    return replace(base, seed=seed, loop=loop, policy=base.policy if policy is None else policy)


def quiet_centre(*, life: Life | None = None, **different: Any) -> Setting:
    """The same centre without anything arising by itself; `life` is that of all problems, `different` as above."""
    base = centre_town(**different)
    quiet = []
    for source in base.sources:
        matters = tuple(replace(each, life=life) if each.life is not None and life else each for each in source.matters)
        quiet.append(replace(source, matters=matters, rates_per_h=0 * source.rates_per_h))
    habits = replace(base.habits, spells={}, attends={}, travel_noise=None)
    return replace(base, sources=tuple(quiet), habits=habits)


def street_problem(setting: Setting, number: int, *, at: int, told_at: int | None = None) -> f.ProblemArose:
    """Rubbish from outside, that nobody passes by."""
    source = next(n for n, each in enumerate(setting.sources) if each.are_problems)
    spot, needs = off_all_beats(setting), ("order",)
    where = "here", "rubbish", 2, needs, spot.edge, spot.offset_mm
    return f.ProblemArose(at, number, source, *where, at, None, told_at, origin=f.INPUT)


def rules_of(setting: Setting) -> LoopRules:
    """The rules of a centre that has some."""
    assert setting.loop is not None
    return setting.loop


def judging(setting: Setting, **shares: Any) -> Judgement:
    """The judgement of a centre, with other shares."""
    return replace(rules_of(setting).judgement, **shares)


def matters_with(setting: Setting, **rules: Any) -> dict[str, MatterRule]:
    """The matters of a centre, each with these rules instead of its own."""
    return {name: replace(rule, **rules) for name, rule in rules_of(setting).matters.items()}


def hurries(*, begin: int = 40 * MINUTE, end: int = 75 * MINUTE) -> list[f.Fact]:
    """The centre works in its other mode for a while."""
    return [f.ModeChanged(begin, HURRY, origin=f.INPUT), f.ModeChanged(end, "", origin=f.INPUT)]
