"""A centre with other people, cameras, limits and rules: what comes out moves the way it must."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from scenarios.build import build
from scenarios.run import run
from scenarios.spec import Scenario
from tests.metrics.centre_town import SAID
from twin.journal.journal import Memory
from twin.metrics.summary import summarise

Change = Callable[[dict[str, Any]], None]


def figures(change: Change) -> Any:
    """What a centre comes to in an afternoon, on the same luck."""
    said = copy.deepcopy(SAID)
    said["lasting"] = "3h"
    said["injects"] = []
    change(said)
    built = build(Scenario.model_validate(said))
    store = Memory()
    run(built, store=store)
    return summarise(store.facts, until=built.scenario.lasting, remarks=(), limits_s=(), plan=built.plan).kpi


@cache
def as_usual() -> Any:
    return figures(lambda said: None)


def seats(said: dict[str, Any], n: int) -> None:
    said["centre"]["desks"] = {name: {"seats": {"always": n}} for name in said["centre"]["desks"]}


def test_fewer_people_at_the_desks_answer_and_close_later() -> None:
    short, usual = figures(lambda said: seats(said, 1))["centre"], as_usual()["centre"]
    assert short["answers"]["answer_s"]["p90"] > usual["answers"]["answer_s"]["p90"]
    assert short["answers"]["within_share"] < usual["answers"]["within_share"]
    assert short["cases"]["n_by_outcome"]["closed"] < usual["cases"]["n_by_outcome"]["closed"]


def test_fewer_units_come_later() -> None:
    def fewer(said: dict[str, Any]) -> None:
        for group in said["units"][1:]:
            group["count"] = 1

    short, usual = figures(fewer), as_usual()
    assert short["intervals"]["response_s"]["all"]["p90"] > usual["intervals"]["response_s"]["all"]["p90"]


def test_cameras_find_problems_sooner_and_there_are_more_duplicates() -> None:
    def watched(said: dict[str, Any]) -> None:
        sensor = {"channel": "ai camera", "covers": 0.9, "delay": "30s", "again": "10m", "quiet": False}
        said["centre"]["sensors"] = [sensor]

    seen, usual = figures(watched), as_usual()
    assert seen["problems"]["discovery_s"]["all"]["p50"] < 0.5 * usual["problems"]["discovery_s"]["all"]["p50"]
    assert seen["centre"]["reports"]["n_merged"] > usual["centre"]["reports"]["n_merged"]


def test_tighter_limits_are_kept_less_often() -> None:
    def tighter(said: dict[str, Any]) -> None:
        said["limits"] = dict.fromkeys(said["limits"], "8m")

    tight, usual = figures(tighter)["centre"], as_usual()["centre"]
    assert tight["indicators"]["on_time_closing"]["value"] < usual["indicators"]["on_time_closing"]["value"]
    assert tight["loop"]["n_escalated"] > usual["loop"]["n_escalated"]


def test_worse_work_is_done_again_and_satisfies_fewer() -> None:
    def botched(said: dict[str, Any]) -> None:
        said["centre"]["matters"]["*"]["botched"] = 0.9

    bad, usual = figures(botched)["centre"], as_usual()["centre"]
    assert bad["indicators"]["rework"]["value"] > usual["indicators"]["rework"]["value"]
    assert bad["visits"]["resolved_share"] < usual["visits"]["resolved_share"]
    assert bad["visits"]["satisfied_share"] < usual["visits"]["satisfied_share"]
    assert bad["cases"]["effective_share"] < usual["cases"]["effective_share"]


@pytest.mark.parametrize("right", [0.0, 1.0])
def test_whoever_always_sends_cases_rightly_gets_none_back(right: float) -> None:
    def judged(said: dict[str, Any]) -> None:
        said["centre"]["judgement"] |= {"by_hand_right": right, "automatic_right": right}

    found = figures(judged)["centre"]
    assert (found["loop"]["n_returned"] > 0) is (right == 0.0)
    assert found["cases"]["n"] > 0


def test_without_anybody_at_the_desks_nothing_is_settled_but_on_the_spot() -> None:
    found = figures(lambda said: seats(said, 0))["centre"]
    assert found["cases"]["n_by_outcome"]["closed"] == 0
    assert found["reports"]["n"] == sum(
        found["reports"][part] for part in ("n_cases", "n_merged", "n_unheard", "n_pending")
    )
    assert found["contacts"]["consultation"]["pending"] > 0
