"""The page of a running twin, without a browser: it is played, commanded and left, and says what came of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import app
from scenarios.room import Room
from tests.console.test_page import markup, tiles
from twin.console.desk import Drive, Gear, Wish
from twin.console.seats import Seats
from twin.domain.commands import ReportProblem
from twin.domain.quantities import HOUR
from twin.domain.seat import LOCAL_ADMIN, Role, Seat
from twin.domain.unit import UnitStatus

Load = Callable[..., AppTest]


@pytest.fixture
def live(page: Load, tmp_path: Path) -> AppTest:
    """The vehicles of the built-in street in the morning, with a case that has just been reported."""
    shown = page("vehicles", folder=str(tmp_path / "room"), begin="10:00")
    desk().act(ReportProblem("vendor", edge=40, offset_mm=500), seat=LOCAL_ADMIN, token="a vendor")
    return shown.run()


def desk() -> Room:
    room = app.house.desk
    assert room is not None
    return room


def open_tab(shown: AppTest, name: str) -> AppTest:
    return shown.button_group(key="room_tab").set_value(name).run()


def the_vendor() -> int:
    return next(case.case for case in desk().moment.cases if case.spot.edge == 40)


def test_the_clock_is_set_going_and_held(live: AppTest) -> None:
    assert not live.exception
    assert "paused" in markup(live)
    live.button(key="clock_play").click().run()
    assert desk().moment.pace.is_playing
    live.button(key="clock_play").click().run()
    assert not desk().moment.pace.is_playing


def test_a_step_is_a_minute(live: AppTest) -> None:
    assert "10:00:00" in markup(live)
    live.button(key="clock_step").click().run()
    assert "10:01:00" in markup(live)


def test_the_speed_is_the_one_asked_for(live: AppTest) -> None:
    live.selectbox(key="clock_speed").set_value(300.0).run()
    assert desk().moment.pace.asked == 300.0
    live.selectbox(key="clock_speed").set_value(0.0).run()
    assert desk().moment.pace.asked is None


def test_without_limits_nothing_can_turn_red(live: AppTest) -> None:
    assert live.button(key="clock_until_red").disabled == (not desk().about.has_limits)


def test_open_cases_stand_in_the_table(live: AppTest) -> None:
    table = live.dataframe[0].value
    assert len(table) == len(desk().moment.cases) > 0
    assert set(table["Area"]) == {case.area for case in desk().moment.cases}


def test_the_table_shows_what_is_wanted(live: AppTest) -> None:
    live.segmented_control(key="cases_wanted").set_value("waiting").run()
    waiting = sum(bool(case.waiting) for case in desk().moment.cases)
    assert waiting == (len(live.dataframe[0].value) if live.dataframe else 0)


def test_the_card_of_a_case_tells_its_story_and_why_who_was_sent(live: AppTest) -> None:
    case = the_vendor()
    for _ in range(15):
        desk().drive(Drive(Gear.STEP), seat=LOCAL_ADMIN)
    live.session_state["room_case"] = case
    open_tab(live, "case")
    assert not live.exception
    told = markup(live)
    assert "Reported" in told
    assert "Registered" in told
    assert any("Why this order" in text.value for text in live.markdown)


def test_the_card_of_a_unit_is_found_by_its_name(live: AppTest) -> None:
    open_tab(live, "unit")
    live.selectbox(key="unit_choice").set_value(0).run()
    assert not live.exception
    assert desk().moment.units[0].name in markup(live)
    assert live.session_state["room_unit"] == 0


def test_a_unit_is_taken_off_duty_from_its_card(live: AppTest) -> None:
    number = next(unit.unit for unit in desk().moment.units if unit.status is UnitStatus.PARKED)
    live.session_state["room_unit"] = number
    open_tab(live, "unit")
    live.button(key="unit_stand_down").click().run()
    assert not live.exception
    assert desk().moment.units[number].status is UnitStatus.AWAY


def test_the_policy_is_changed_and_the_head_says_so(live: AppTest) -> None:
    open_tab(live, "act")
    live.selectbox(key="act_policy").set_value("random").run()
    live.button(key="act_policy_give").click().run()
    live.run()
    assert desk().moment.policy == "random"
    assert "Policy <b>random</b>" in markup(live)


def test_what_lies_around_a_case_is_found(live: AppTest) -> None:
    live.session_state["room_case"] = the_vendor()
    open_tab(live, "area")
    assert not live.exception
    assert live.metric


def test_a_viewer_sees_everything_and_may_do_nothing(live: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Seats, "seat_of", lambda self, token: Seat("wall", Role.VIEWER))
    live.run()
    assert live.button(key="clock_play").disabled
    assert live.selectbox(key="clock_speed").disabled
    assert "Seat: wall (viewer)" in markup(live)
    assert "Open cases" in tiles(live)


def test_without_a_seat_nothing_is_shown(live: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Seats, "seat_of", lambda self, token: None)
    live.run()
    assert not live.exception
    assert live.title[0].value == "No seat"
    assert not live.button
    assert not tiles(live)


def test_leaving_closes_the_twin_and_it_can_be_gone_on_with(live: AppTest, page: Load, tmp_path: Path) -> None:
    at = desk().moment.at
    next(button for button in live.button if button.label == "Start page").click().run()
    assert app.house.desk is None
    shown = page(tmp_path / "room")
    assert desk().moment.at == at
    assert not shown.exception


def test_the_start_page_offers_what_is_shipped(page: Load) -> None:
    shown = page()
    assert not shown.exception
    assert "A day in the street" in shown.selectbox(key="start_scenario").options
    assert not shown.button(key="start_run").disabled


def test_the_start_page_speaks_chinese(page: Load) -> None:
    shown = page(lang="zh")
    assert shown.title[0].value == "网格孪生"
    assert shown.button(key="start_run").label == "运行"


def test_a_scenario_is_opened_from_the_start_page(page: Load) -> None:
    shown = page()
    shown.selectbox(key="start_scenario").set_value("vehicles").run()
    shown.button(key="start_run").click().run()
    for _ in range(600):
        if app.house.desk is not None:
            break
        time.sleep(0.1)
    assert desk().about.scenario == "vehicles"
    assert desk().moment.at == 8 * HOUR
    shown.run()
    assert re.search(r'gt-time">08:', markup(shown))


def test_what_cannot_be_opened_is_said_and_nothing_is_lost(live: AppTest, tmp_path: Path) -> None:
    assert not live.exception
    app.house.open_now(Wish(str(tmp_path / "nowhere")))
    assert app.house.desk is desk()
    assert "nothing to show" in str(app.house.fault)
