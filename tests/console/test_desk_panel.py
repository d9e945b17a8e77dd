"""A centre on the page, without a browser: its desks and channels, its cases by stage, its mode, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.console.fake_desk import ABOUT, HOSTILE, FakeDesk, centre_moment
from twin.domain.commands import ChangeMode
from twin.domain.seat import LOCAL_ADMIN, Role, Seat

VIEWER = Seat("wall", Role.VIEWER)


def page(desk, seat, lang, what):
    from twin.console.act_panel import show_acts
    from twin.console.cards import show_case_card
    from twin.console.case_table import show_cases
    from twin.console.clock_strip import show_clock
    from twin.console.desk_panel import show_desks
    from twin.console.visit import Visit
    from twin.views.palette import Theme
    from twin.views.words import Language, Words

    visit = Visit(seat, Words(Language(lang)), Theme.LIGHT)
    if what == "act":
        show_acts(desk, seat=seat, words=visit.words)
    else:
        {"desks": show_desks, "cases": show_cases, "case": show_case_card, "clock": show_clock}[what](desk, visit)


def panel(what: str, *, desk: FakeDesk | None = None, seat: Seat = LOCAL_ADMIN, lang: str = "en") -> AppTest:
    about = replace(ABOUT, modes=("emergency", "flood <b>"))
    desk = FakeDesk(centre_moment(), about) if desk is None else desk
    shown = AppTest.from_function(page, args=(desk, seat, lang, what), default_timeout=30).run()
    assert not shown.exception
    return shown


def markup(shown: AppTest) -> str:
    return "\n".join(element.proto.body for element in shown.get("html"))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            ("2 of 2 seats busy", "3 waiting, longest 5 min 00 s", "nobody on duty", "2 waiting, longest 2 min 00 s"),
        ),
        ("zh", ("在岗 2 席，在办 2", "等待 3，最长 5分00秒", "无人在岗", "接听中 1", "热线")),
    ],
)
def test_a_desk_says_who_is_busy_what_waits_and_how_long(lang: str, said: tuple[str, ...]) -> None:
    told = markup(panel("desks", lang=lang))
    assert [text for text in said if text not in told] == []


def test_desks_of_departments_stand_apart_and_names_are_escaped() -> None:
    shown = panel("desks")
    titles = [text.value for text in shown.markdown]
    assert titles == [
        "**Desks of the centre**",
        "**Desks of departments**",
        "**Not yet answered**",
        "**Channels today**",
    ]
    assert "&lt;img src=x" in markup(shown)
    assert "<img src=x" not in markup(shown)


def test_what_waits_is_listed_but_of_callers_only_their_number() -> None:
    shown = panel("desks")
    (line,) = shown.dataframe
    assert line.value.to_dict("records") == [
        {"Step": "dispatch", "Matter": "fire", "Waits, min": 5.0, "Case": "<b>A-1</b>"}
    ]
    assert next(text.value for text in shown.caption) == "Contacts waiting here, of whom nothing is known yet: 2"


def test_a_viewer_sees_counts_only() -> None:
    shown = panel("desks", seat=VIEWER)
    assert "3 waiting" in markup(shown)
    assert not shown.dataframe
    assert shown.caption[0].value == "Your seat sees counts only."


def test_what_came_in_today_adds_up_by_channel() -> None:
    told = markup(panel("desks"))
    assert "<td>hotline</td><td>9</td><td>4</td><td>2</td><td>2</td><td>1</td>" in told


def test_a_centre_without_desks_says_so() -> None:
    moment = centre_moment()
    assert moment.centre is not None
    bare = replace(moment, centre=replace(moment.centre, desks=(), calls=(), channels=()))
    shown = panel("desks", desk=FakeDesk(bare))
    assert "This centre has no desks." in [text.value for text in shown.caption]


def test_the_table_tells_stage_and_desk_and_can_be_sifted() -> None:
    shown = panel("cases")
    (row,) = shown.dataframe[0].value.to_dict("records")
    assert (row["Stage"], row["With"], row["Department"], row["Channel"], row["Escalated"]) == (
        "registered",
        f"{HOSTILE} (waits)",
        "Sanitation",
        "hotline",
        "escalated",
    )
    for key, other in (("cases_stage", "handle"), ("cases_light", "yellow")):
        shown.selectbox(key=key).set_value(other).run()
        assert not shown.dataframe
        shown.selectbox(key=key).set_value("").run()
    shown.selectbox(key="cases_department").set_value("Sanitation").run()
    assert len(shown.dataframe[0].value) == 1


def test_closed_cases_that_are_followed_up_are_found_by_their_stage() -> None:
    shown = panel("cases", lang="zh")
    shown.selectbox(key="cases_stage").set_value("closed").run()
    assert list(shown.dataframe[0].value["环节"]) == ["回访中"]


@pytest.mark.parametrize("order", ["left", "priority", "oldest", "stage"])
def test_the_table_is_sorted_as_is_asked_for(order: str) -> None:
    moment = centre_moment()
    (late,) = moment.cases
    other = late._replace(case=7, priority=2, reported_at=0, deadline_at=None, left_us=None, matter="flood")
    desk = FakeDesk(replace(moment, cases=(other, late)))
    shown = panel("cases", desk=desk)
    shown.selectbox(key="cases_sort").set_value(order).run()
    assert list(shown.dataframe[0].value["Matter"]) == (["flood", "fire"] if order == "oldest" else ["fire", "flood"])


def test_the_clock_tells_the_mode() -> None:
    assert "mode: emergency" in markup(panel("clock"))
    assert "运行模式：应急响应" in markup(panel("clock", lang="zh"))


def test_the_mode_is_changed_by_whoever_may() -> None:
    desk = FakeDesk(centre_moment(), replace(ABOUT, modes=("emergency", "flood <b>")))
    shown = panel("act", desk=desk)
    assert shown.selectbox(key="act_mode").options == ["as usual", "emergency", "flood <b>"]
    shown.selectbox(key="act_mode").set_value("flood <b>").run()
    shown.button(key="act_mode_give").click().run()
    assert [given.command for given in desk.given] == [ChangeMode("flood <b>")]
    assert panel("act", seat=Seat("east", Role.DISPATCHER)).button(key="act_mode_give").disabled
