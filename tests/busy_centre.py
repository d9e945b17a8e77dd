"""A few grids with a centre in which everything happens to cases within two hours: desks, returns, whistles, visits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from agents.city import CityModel
from agents.setting import Setting
from scenarios.build import build
from scenarios.centre import name_desks
from scenarios.spec import Scenario
from tests.builders import facts_of
from tests.grid_town import SAID, spread
from twin.domain import facts as f
from twin.domain.quantities import HOUR

STEPS = {"accept": "taking", "register": "leading", "dispatch": "sending", "send check": "sending", "close": "leading"}
BESIDE = {"visit": "taking", "mediate": "taking", "extend": "leading", "supervise": "leading", "chief": "leading"}
CENTRE = {
    "desks": {
        "taking": {"seats": {"always": 2}},
        "sending": {"seats": {"always": 1}},
        "leading": {"seats": {"always": 1}},
        "bureau": {"seats": {"always": 1}},
    },
    "steps": {step: {"desk": desk, "lasting": spread("40s")} for step, desk in (STEPS | BESIDE).items()}
    | {"remote": {"desk": "taking", "lasting": "30s"}},
    "channels": {
        "hotline": {"desk": "taking", "lasting": spread("1m"), "consultation": "30s", "emergency": "10s"},
        "app": {"desk": "taking", "lasting": "20s", "delay": spread("1m")},
    },
    "told_by": {"hotline": 2, "app": 1},
    "contacts": [
        {"name": "advice", "channel": "hotline", "what": "consultation", "per_day": 900},
        {"name": "alarms", "channel": "hotline", "what": "emergency", "per_day": 200},
    ],
    "departments": {"street": {}, "housing": {"office": "bureau", "lasting": spread("1m")}},
    "matters": {
        "*": {
            "department": "street",
            "botched": 0.3,
            "held": {"share": 0.2, "lasting": spread("5m")},
            "asks": {"share": 0.8, "more": "5m"},
            "visited": 0.8,
            "mediated": 0.4,
        },
        "rubbish": {"department": "street", "remote": {"share": 0.6, "works": 0.4}, "chief": True},
        "vendor": {"department": "housing"},
        "dispute": {"joint": True},
    },
    "judgement": {
        "automatic_share": 0.5,
        "by_hand_right": 0.7,
        "refuses_real": 0.1,
        "not_registered": 0.1,
        "grants": 0.5,
    },
    "returns": spread("2m"),
    "raises": 1,
    "reopens": 0.9,
    "carriers": ["grid_worker"],
    "modes": {"storm": {"seats": {"taking": 6}}},
}
TROUBLES = SAID["problems"][0]["matters"]  # type: ignore[index]
SCENARIO = Scenario.model_validate(
    {key: value for key, value in SAID.items() if key not in ("spells", "demand", "intake")}
    | {
        "limits": {"rubbish": "12m", "vendor": "6m", "dispute": "12m"},
        "problems": [
            {
                **SAID["problems"][0],  # type: ignore[index]
                "per_day": 1_200,
                "matters": {
                    **TROUBLES,
                    "vendor": {**TROUBLES["vendor"], "told": {"share": 0.8, "after": spread("5m")}},
                    "dispute": {
                        "priority": 2,
                        "needs": ["patrol", "order"],
                        "share": 0.3,
                        "lasts": spread("40m"),
                        "told": {"share": 0.8, "after": spread("2m")},
                    },
                },
            }
        ],
        "centre": CENTRE,
    }
)
DESKS = name_desks(SCENARIO.centre) or ()
UNTIL = 2 * HOUR


@cache
def busy_centre() -> Setting:
    """The setting."""
    return build(SCENARIO).setting


@cache
def busy_facts() -> Sequence[f.Fact]:
    """All that happens in it."""
    city = CityModel.begin(busy_centre())
    city.advance_to(UNTIL)
    return facts_of(city)
