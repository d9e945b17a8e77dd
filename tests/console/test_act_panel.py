"""Acting from the panels, without a browser: every button gives its command, and says what became of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.console.paper_desk import HOSTILE, LAST_CASE, PaperDesk
from twin.domain.commands import (
    AssignUnit,
    ChangePolicy,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    Why,
)
from twin.domain.seat import ADMIN, DISPATCHER, LOCAL_ADMIN, PLANNER, VIEWER, Role, Seat


def page(desk, seat, lang, what):
    from twin.console import act_dialogs, act_panel
    from twin.views.palette import Theme
    from twin.views.words import Language, Words

    words = Words(Language(lang))
    if what == "room":
        act_panel.show_acts(desk, seat=seat, words=words)
        act_dialogs.show_dialog(desk, seat=seat, words=words, theme=Theme.LIGHT)
    elif what in ("road", "report"):
        form = act_dialogs.road_form if what == "road" else act_dialogs.report_form
        form(desk, seat, words, Theme.LIGHT)
    elif what[0] == "case":
        act_panel.show_case_acts(desk, desk.moment.cases[what[1]], seat=seat, words=words)
    else:
        act_panel.show_unit_acts(desk, desk.moment.units[what[1]], seat=seat, words=words)


Shown = str | tuple[str, int]


def panel(desk: PaperDesk, what: Shown = "room", *, seat: Seat = LOCAL_ADMIN, lang: str = "en") -> AppTest:
    return AppTest.from_function(page, args=(desk, seat, lang, what), default_timeout=30).run()


def press(shown: AppTest, key: str) -> AppTest:
    assert not shown.exception
    assert not shown.button(key=key).disabled
    shown.button(key=key).click().run()
    assert not shown.exception
    return shown


def commands(desk: PaperDesk) -> list[Command]:
    return [command for command, _, _ in desk.given]


def toasts(shown: AppTest) -> list[str]:
    return [toast.value.replace("\\", "") for toast in shown.toast]


def labels(shown: AppTest) -> dict[str, str]:
    return {button.key or "": button.label.replace("\\", "") for button in shown.button}


def test_candidates_are_offered_soonest_first_and_are_sent_by_one_press() -> None:
    desk = PaperDesk()
    shown = panel(desk, ("case", 1))
    offered = [label for key, label in labels(shown).items() if key.startswith("case_send")]
    assert offered == [
        f"Send {name} · {span}"
        for name, span in zip(
            ("car 0", "grid worker 1", HOSTILE), ("1 min 04 s", "2 min 05 s", "3 min 30 s"), strict=True
        )
    ]
    press(shown, "case_send_0_1")
    assert commands(desk) == [AssignUnit(1, 2, 0)]
    assert toasts(shown) == ["grid worker 1 is sent."]


def test_a_unit_on_its_way_elsewhere_can_be_diverted() -> None:
    desk = PaperDesk()
    press(panel(desk, ("case", 1)), "case_divert_0_3")
    assert commands(desk) == [DivertUnit(3, 2, 0)]


def test_a_unit_on_its_way_can_be_recalled_from_its_case_and_from_its_card() -> None:
    desk = PaperDesk()
    press(panel(desk, ("case", 2)), "case_recall_3")
    press(panel(desk, ("unit", 3)), "unit_recall")
    assert commands(desk) == [RecallUnit(3)] * 2


def test_a_case_that_waits_for_nobody_says_so() -> None:
    shown = panel(PaperDesk(), ("case", 0))
    assert not shown.button
    assert "Nothing is waiting" in shown.caption[0].value


def test_a_free_unit_is_sent_and_one_on_its_way_is_diverted_to_a_case_it_is_fit_for() -> None:
    desk = PaperDesk()
    shown = press(panel(desk, ("unit", 0)), "unit_case_2")
    assert labels(shown)["unit_case_2"] == "Rubbish · 仁厚社区 · priority 3 · 08:05"
    press(panel(desk, ("unit", 3)), "unit_case_2")
    assert commands(desk) == [AssignUnit(0, 2), DivertUnit(3, 2)]


def test_a_unit_is_taken_off_duty_from_its_card_and_from_the_room() -> None:
    desk = PaperDesk()
    press(panel(desk, ("unit", 1)), "unit_stand_down")
    shown = panel(desk)
    shown.selectbox(key="act_unit").set_value(3).run()
    shown.selectbox(key="act_lasting").set_value(7_200.0).run()
    press(shown, "act_stand_down")
    assert commands(desk) == [StandDown(1, 1_800.0), StandDown(3, 7_200.0)]
    assert toasts(shown) == ["car 3 goes off duty."]


def test_a_unit_off_duty_is_offered_nothing() -> None:
    assert not panel(PaperDesk(), ("unit", 5)).button


def test_the_policy_is_changed() -> None:
    desk = PaperDesk()
    shown = panel(desk)
    shown.selectbox(key="act_policy").set_value("own_grid_first").run()
    press(shown, "act_policy_give")
    assert commands(desk) == [ChangePolicy("own_grid_first")]


def test_a_closed_street_is_opened_again_in_both_directions() -> None:
    desk = PaperDesk()
    desk.moment = replace(desk.moment, closed=frozenset({730, 733}))
    shown = panel(desk)
    assert labels(shown)["act_reopen_730"] == "Reopen 车陂路 #730"
    press(shown, "act_reopen_730")
    assert commands(desk) == [ReopenRoad((730, 733))]


def look_up(shown: AppTest, name: str, text: str) -> AppTest:
    shown.text_input(key=f"{name}_text").set_value(text).run()
    return shown.radio[0].set_value(0).run()


def test_a_street_that_is_looked_up_is_closed_and_then_opened_again() -> None:
    desk = PaperDesk()
    shown = panel(desk, "road")
    assert shown.button(key="act_road_give").disabled
    look_up(shown, "act_road", "#730")
    press(shown, "act_road_give")
    assert "closed now" in panel_lines(shown)
    press(shown, "act_road_give")
    assert commands(desk) == [CloseRoad((730, 733)), ReopenRoad((730, 733))]


def test_a_problem_is_reported_at_a_place_that_is_looked_up() -> None:
    desk = PaperDesk()
    shown = panel(desk, "report")
    shown.selectbox(key="act_report_matter").set_value("fire").run()
    look_up(shown, "act_report", "西华医院")
    press(shown, "act_report_give")
    assert desk.city is not None
    hospital = next(facility for facility in desk.city.facilities if facility.name == "西华医院")
    assert commands(desk) == [ReportProblem("fire", hospital.spot.edge, hospital.spot.offset_mm, "东岸社区")]


def test_a_refused_closure_leaves_the_dialog_as_it_is_and_says_why() -> None:
    desk = PaperDesk(refuse=Why.NO_SUCH_STREET)
    shown = look_up(panel(desk, "road"), "act_road", "#730")
    press(shown, "act_road_give")
    assert toasts(shown) == ["Not done: no such street"]
    assert "open now" in panel_lines(shown)


def test_the_dialogs_open_with_nothing_chosen_and_stay_open_until_it_is_done() -> None:
    desk = PaperDesk()
    shown = press(panel(desk), "act_open_road")
    look_up(shown, "act_road", "#730")
    press(shown, "act_road_give")
    assert "act_road_give" not in labels(shown)
    assert toasts(shown) == ["Closed: 车陂路 #730."]
    press(shown, "act_open_report")
    assert shown.button(key="act_report_give").disabled
    shown.run()
    assert "act_report_give" in labels(shown)


def panel_lines(shown: AppTest) -> str:
    return "\n".join(caption.value for caption in shown.caption)


def test_every_press_has_a_token_of_its_own_and_carries_the_seat() -> None:
    desk = PaperDesk()
    shown = panel(desk, ("case", 1))
    press(press(shown, "case_send_0_0"), "case_send_0_0")
    (_, first_seat, first), (_, _, second) = desk.given
    assert first_seat is LOCAL_ADMIN
    assert first != second


def test_a_refusal_says_why_in_the_language_of_the_page() -> None:
    desk = PaperDesk(refuse=Why.NO_WAY)
    shown = press(panel(desk, ("case", 1), lang="zh"), "case_send_0_0")
    assert desk.given == []
    assert toasts(shown)[0].startswith("未执行：")


@pytest.mark.parametrize("role", [VIEWER, PLANNER])
def test_who_may_not_dispatch_sees_why_and_cannot_press(role: Role) -> None:
    seat = Seat("somebody", role)
    for what in (("case", 1), ("case", 2), ("unit", 0)):
        buttons = panel(PaperDesk(), what, seat=seat).button
        assert buttons
        assert all(button.disabled and "seat" in button.help for button in buttons)


def test_a_dispatcher_may_report_but_neither_close_roads_nor_change_the_policy() -> None:
    shown = panel(PaperDesk(), seat=Seat("somebody", DISPATCHER))
    disabled = {button.key: button.disabled for button in shown.button}
    assert disabled == {
        "act_open_report": False,
        "act_open_road": True,
        "act_policy_give": True,
        "act_stand_down": False,
    }


def test_a_seat_limited_to_another_area_cannot_send_there_or_change_the_policy() -> None:
    seat = Seat("somebody", ADMIN, areas=("永泰社区",))
    assert all(button.disabled for button in panel(PaperDesk(), ("case", 1), seat=seat).button)
    assert panel(PaperDesk(), seat=seat).button(key="act_policy_give").disabled
    at_home = Seat("somebody", ADMIN, areas=("仁厚社区",))
    assert not panel(PaperDesk(), ("case", 1), seat=at_home).button(key="case_send_0_0").disabled


def test_what_is_over_takes_no_commands() -> None:
    desk = PaperDesk()
    desk.about = replace(desk.about, is_live=False)
    shown = panel(desk)
    assert not shown.button
    assert "over" in shown.info[0].value
    assert all(button.disabled for button in panel(desk, ("case", 1)).button)


def test_units_of_one_name_can_be_told_apart() -> None:
    desk = PaperDesk()
    twins = tuple(unit._replace(name="car", kind="patrol_vehicle") for unit in desk.moment.units)
    desk.moment = replace(desk.moment, units=twins)
    options = panel(desk).selectbox(key="act_unit").options
    assert len(set(options)) == len(options)


def test_the_case_that_is_looked_at_comes_first() -> None:
    desk = PaperDesk()
    waiting = tuple(case._replace(waiting=((0, "order"),)) for case in desk.moment.cases)
    desk.moment = replace(desk.moment, cases=waiting)
    shown = panel(desk, ("unit", 0))
    assert next(iter(labels(shown))) == "unit_case_1"
    shown.session_state["room_case"] = LAST_CASE
    assert next(iter(labels(shown.run()))) == f"unit_case_{LAST_CASE}"
