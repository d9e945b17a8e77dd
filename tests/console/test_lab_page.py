"""The policy lab and staffing without a browser: what is asked, what is shown, and what bad input comes to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

import app
from tests.console.fake_lab import HOSTILE, SLOW, FakeLab, curve, experiment
from tests.console.test_page import markup
from twin.console.lab import Bench, PolicyQuestion, Progress, StaffingQuestion, Try
from twin.console.seats import Seats
from twin.domain.commands import Why
from twin.domain.seat import Role, Seat
from twin.errors import ScenarioError

Load = Callable[..., AppTest]
QUESTION = PolicyQuestion("demo", (Try("nearest"), Try("random", "x1.2", "surge = x1.5")), ("late_share <= 0.1",), 12)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> FakeLab:
    fake = FakeLab()
    monkeypatch.setattr(app.house, "lab", fake)
    return fake


@pytest.fixture
def turn_to(lab: FakeLab) -> Load:
    """Come to a page of the lab by its address."""

    def load(page: str, *, lang: str = "en") -> AppTest:
        shown = AppTest.from_file(app.__file__, default_timeout=60)
        shown.query_params["lang"], shown.query_params["page"] = lang, page
        shown.run()
        assert not shown.exception
        return shown

    return load


def said(shown: AppTest) -> str:
    """All text of a page, as Markdown has it."""
    return "\n".join(
        each.value for each in (*shown.markdown, *shown.caption, *shown.info, *shown.error, *shown.warning)
    )


def charts(shown: AppTest) -> list[str]:
    return [each.proto.spec for each in shown.get("vega_lite_chart")]


# ---------------------------------------------------------------------------------------------- asking


def test_two_alternatives_are_asked_for_with_targets_and_length(turn_to: Load, lab: FakeLab) -> None:
    shown = turn_to("lab")
    assert "Ask on the left" in said(shown)
    shown.selectbox(key="lab_policy_0").set_value("nearest")
    shown.text_input(key="lab_staffing_1").set_value(" x1.2 ")
    shown.text_input(key="lab_settings_1").set_value("units.3.count = 4")
    shown.text_area(key="lab_targets").set_value("late_share <= 0.1\n\non_time_share >= 0.9 ")
    shown.number_input(key="lab_n").set_value(8)
    shown.text_input(key="lab_lasting").set_value("6h").run()
    shown.button(key="lab_start").click().run()
    assert lab.asked == [
        PolicyQuestion(
            "demo",
            (Try("nearest"), Try("nearest", "x1.2", "units.3.count = 4")),
            ("late_share <= 0.1", "on_time_share >= 0.9"),
            8,
            "6h",
        )
    ]


def test_there_are_two_to_six_alternatives(turn_to: Load, lab: FakeLab) -> None:
    shown = turn_to("lab")
    assert shown.button(key="lab_remove_0").disabled
    for _ in range(4):
        shown.button(key="lab_add").click().run()
    assert "lab_add" not in [button.key for button in shown.button]
    shown.button(key="lab_remove_0").click().run()
    shown.button(key="lab_start").click().run()
    assert [each.policy for each in lab.asked[0].tries] == ["nearest", "", "", "", ""]  # type: ignore[union-attr]


def test_the_form_begins_with_the_question_on_the_bench(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(1, QUESTION)
    shown = turn_to("lab")
    assert shown.selectbox(key="lab_policy_1").value == "random"
    assert shown.text_input(key="lab_settings_1").value == "surge = x1.5"
    assert shown.text_area(key="lab_targets").value == "late_share <= 0.1"
    assert shown.number_input(key="lab_n").value == 12


def test_what_is_wrong_with_a_question_is_one_sentence_and_nothing_is_lost(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(1, QUESTION, fault=ScenarioError("there is no item 99 of <b>units</b>", key="units.99.count"))
    shown = turn_to("lab")
    assert "there is no item 99 of \\<b\\>units" in shown.error[0].value
    assert shown.text_input(key="lab_staffing_1").value == "x1.2"


@pytest.mark.parametrize(("why", "says"), [(Why.BUSY, "another question"), (Why.NO_RIGHT, "may not ask this")])
def test_why_a_question_is_not_taken_is_said(turn_to: Load, lab: FakeLab, why: Why, says: str) -> None:
    lab.why = why
    shown = turn_to("lab")
    shown.button(key="lab_start").click().run()
    assert says in shown.error[0].value
    assert lab.asked == []


def test_a_viewer_may_look_and_not_ask(turn_to: Load, lab: FakeLab, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = Seat("<i>eye</i>", Role.VIEWER)
    monkeypatch.setattr(Seats, "seat_of", lambda *_: viewer)
    lab.policy = Bench(1, QUESTION, found=experiment())
    shown = turn_to("lab")
    assert "is best by P90 response" in said(shown)
    shown.button(key="lab_start").click().run()
    assert lab.asked == []


# ---------------------------------------------------------------------------------------------- the answer


def test_while_runs_are_made_the_answer_so_far_is_shown_and_it_can_be_stopped(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(3, QUESTION, Progress("runs", 5, 24), experiment())
    shown = turn_to("lab")
    assert "So far, after 6 replications" in said(shown)
    assert shown.button(key="lab_start").disabled
    shown.button(key="lab_stop").click().run()
    assert lab.n_stops == 1


def test_a_sentence_with_its_interval_comes_first_and_names_are_plain_text(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(4, QUESTION, found=experiment(), folder="runs/lab-x")
    shown = turn_to("lab")
    first = next(each.value for each in shown.markdown if each.value.startswith("####"))
    assert "is best by P90 response: 13 min" in first.replace("\\", "")
    assert "3 min 19 s less than slow (95 % interval −3 min" in first.replace("\\", "")
    assert "<img" not in first.replace("\\<", "")
    assert "That has its price" in said(shown)
    assert "runs/lab-x" in said(shown).replace("\\", "")
    assert not any("<img" in text for text in markup(shown).split("\n"))


def test_differences_spread_hours_and_groups_are_drawn(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(4, QUESTION, found=experiment())
    drawn = charts(turn_to("lab"))
    assert len(drawn) == 4  # differences; how long people wait; hours; priorities
    assert json.loads(drawn[0])["layer"][1]["encoding"]["x"]["title"] == "better ← difference, % → worse"
    assert all(HOSTILE in spec for spec in drawn)


def test_tables_hold_all_measures_together_and_failures_with_their_seeds(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(4, QUESTION, found=experiment())
    shown = turn_to("lab")
    columns = [list(table.value.columns) for table in shown.dataframe]
    levels = next(names for names in columns if "P50 response" in names)
    assert {"P90 response", "late share", "unevenness of work (Gini)"} <= set(levels)
    assert any("Variance reduction" in names for names in columns)
    failures = next(table.value for table in shown.dataframe if "Seed" in table.value.columns)
    assert failures["Seed"].tolist() == [41]
    assert "6 replications of each alternative" in said(shown)


def test_the_answer_speaks_chinese(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(4, QUESTION, found=experiment(names=(SLOW, "fast", "faster")))
    text = said(turn_to("lab", lang="zh"))
    assert "按响应时间 P90，“faster”最优" in text.replace("\\", "")
    assert "把握" in "\n".join(each.value for each in turn_to("lab", lang="zh").subheader)


def test_a_stopped_question_says_how_to_go_on(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(5, QUESTION, was_stopped=True)
    assert "goes on from here" in said(turn_to("lab"))


# ---------------------------------------------------------------------------------------------- staffing


def test_levels_are_asked_for(turn_to: Load, lab: FakeLab) -> None:
    shown = turn_to("staffing")
    shown.text_input(key="staff_levels").set_value("0.8,1")
    shown.text_input(key="staff_only").set_value("engine, grid_worker").run()
    shown.button(key="staff_start").click().run()
    assert lab.asked == [StaffingQuestion("demo", "0.8,1", ("p90 response_s <= 900",), ("engine", "grid_worker"))]


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "x1 (10 people, 9,600 CNY a day) is the cheapest level that surely meets all targets."),
        ("zh", "确定能全部达标的最省水平是 x1（10 人，每日 9,600 CNY）。"),
    ],
)
def test_the_cheapest_level_that_is_enough_comes_first(turn_to: Load, lab: FakeLab, lang: str, says: str) -> None:
    lab.staffing = Bench(1, found=curve())
    shown = turn_to("staffing", lang=lang)
    first = next(each.value for each in shown.markdown if each.value.startswith("####"))
    assert says in first.replace("\\", "")
    assert len(charts(shown)) == 1


def test_sliders_read_the_curve_between_the_levels_that_were_run(turn_to: Load, lab: FakeLab) -> None:
    question = StaffingQuestion("demo", "0.6,0.8,1,1.2", n_replications=3)
    lab.staffing = Bench(1, question, found=curve())
    shown = turn_to("staffing")
    shown.slider(key="staff_level").set_value(0.7).run()
    figures = {metric.label: metric.value for metric in shown.metric}
    assert (figures["People"], figures["Cost a day"]) == ("7", "6,720")
    assert figures["P90 response"] == "19 min 58 s"
    shown.button(key="staff_run").click().run()
    assert lab.asked == [replace(question, levels="0.6,0.7,0.8,1,1.2")]


def test_other_numbers_by_shift_are_read_and_compared_in_the_policy_lab(turn_to: Load, lab: FakeLab) -> None:
    lab.staffing = Bench(1, StaffingQuestion("demo", "0.6,0.8,1,1.2"), found=curve(currency=None))
    shown = turn_to("staffing")
    shown.number_input(key="staff_crew_1_0").set_value(6).run()
    figures = {metric.label: metric.value for metric in shown.metric}
    assert figures["People"] == "11"
    assert "Cost a day" not in figures
    shown.button(key="staff_run").click().run()
    (asked,) = lab.asked
    assert isinstance(asked, PolicyQuestion)
    assert asked.tries == (
        Try(staffing="x1"),
        Try(settings="staffing.shifts.night.van = 6; staffing.shifts.always.clerk = 5"),
    )
    assert shown.query_params["page"] in ("lab", ["lab"])


# ---------------------------------------------------------------------------------------------- the ways


def test_the_start_page_leads_to_both_and_back(page: Load, lab: FakeLab) -> None:
    shown = page()
    shown.button(key="start_lab").click().run()
    assert "<h1>Policy lab</h1>" in markup(shown)
    shown.button(key="way_staffing").click().run()
    assert "<h1>Staffing</h1>" in markup(shown)
    shown.button(key="way_home").click().run()
    assert shown.title[0].value == "gridtwin"


def test_hostile_names_reach_charts_as_data_only(turn_to: Load, lab: FakeLab) -> None:
    lab.policy = Bench(4, QUESTION, found=experiment())
    shown = turn_to("lab")
    assert HOSTILE not in said(shown)
    assert HOSTILE not in markup(shown)
