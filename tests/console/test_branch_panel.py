"""What if, from now: the page asks the desk once, shows the answer first, and says plainly what went wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.console.paper_desk import PaperDesk
from tests.views.branches import compared, shown
from twin.domain.branching import Branching
from twin.domain.commands import ChangePolicy, StandDown, Why
from twin.domain.seat import DISPATCHER, LOCAL_ADMIN, VIEWER, Seat
from twin.views.branch import Stage


def page(desk, seat, lang):
    from twin.console.branch_panel import show_branch
    from twin.console.visit import Visit
    from twin.views.palette import Theme
    from twin.views.words import Language, Words

    show_branch(desk, Visit(seat, Words(Language(lang)), Theme.LIGHT))


def panel(desk: PaperDesk, *, seat: Seat = LOCAL_ADMIN, lang: str = "en") -> AppTest:
    found = AppTest.from_function(page, args=(desk, seat, lang), default_timeout=30).run()
    assert not found.exception
    return found


def markup(found: AppTest) -> str:
    return " ".join(each.proto.body for each in found.get("html"))


def test_nothing_is_asked_before_something_would_be_different() -> None:
    assert panel(PaperDesk()).button(key="branch_give").disabled


def test_another_policy_is_asked_about_over_thirty_futures_and_two_hours() -> None:
    desk = PaperDesk()
    found = panel(desk)
    found.selectbox(key="branch_policy").set_value("own_grid_first").run()
    found.button(key="branch_give").click().run()
    assert not found.exception
    assert desk.asked == [Branching((ChangePolicy("own_grid_first"),), {}, 7_200.0, 30)]
    assert [toast.value for toast in found.toast] == ["Trying it out; the room goes on\\."]


def test_fewer_units_are_those_on_duty_free_ones_first_and_more_are_new() -> None:
    desk = PaperDesk()
    found = panel(desk)
    found.selectbox(key="branch_kind").set_value("grid_worker").run()
    found.number_input(key="branch_change").set_value(-2).run()
    found.button(key="branch_give").click().run()
    found.number_input(key="branch_change").set_value(3).run()
    found.button(key="branch_give").click().run()
    fewer, more = desk.asked
    assert fewer.commands == (StandDown(2, 14_400.0), StandDown(1, 14_400.0))
    assert more == Branching((), {"grid_worker": 3}, 7_200.0, 30)


def test_a_refusal_is_said() -> None:
    desk = PaperDesk(refuse=Why.BRANCHING)
    found = panel(desk, seat=Seat("window", VIEWER))
    found.selectbox(key="branch_policy").set_value("nearest").run()
    found.button(key="branch_give").click().run()
    assert "another what\\-if is being worked out" in found.toast[0].value


@pytest.mark.parametrize(("lang", "said"), [("en", "would be 1 min 00 s shorter"), ("zh", "缩短 1分00秒")])
def test_the_answer_stands_first_and_no_figure_alone(lang: str, said: str) -> None:
    found = panel(PaperDesk(branch=shown(compared(-60.0))), lang=lang)
    text = markup(found)
    assert text.index(said) < text.index("gt-also") < text.index("gt-chart") < text.index("<table")
    assert text.count("<tr>") == 9


def test_one_that_is_under_way_can_be_called_off_by_whoever_asked() -> None:
    running = replace(shown(None), stage=Stage.RUNNING, n_done=4, by="east")
    assert panel(PaperDesk(branch=running), seat=Seat("west", DISPATCHER)).button(key="branch_stop").disabled
    desk = PaperDesk(branch=running)
    found = panel(desk, seat=Seat("east", VIEWER))
    found.button(key="branch_stop").click().run()
    assert desk.branch is not None
    assert desk.branch.stage is Stage.STOPPING
    assert found.button(key="branch_stop").disabled


def test_what_could_not_be_tried_says_why() -> None:
    failed = replace(shown(None), stage=Stage.FAILED, why=Why.NO_SUCH_UNIT, detail="boat")
    error = panel(PaperDesk(branch=failed)).error[0].value.replace("\\", "")
    assert error == "This could not be tried: no such unit: boat"
