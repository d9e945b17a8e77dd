"""What a what-if shows, in sentences: direction, interval, what else changes, and how many more futures it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.console.paper_desk import CIVIL
from tests.views.branches import compared, line, shown
from twin.domain.branching import Branching
from twin.domain.commands import ChangeMode, ChangePolicy, RecallUnit
from twin.domain.quantities import CivilTime
from twin.metrics.branch_pairs import Pair, compare_pairs
from twin.views.branch_charts import course_markup, gaps_markup, table_markup
from twin.views.branch_told import (
    answer_said,
    change_said,
    others_said,
    rows_of,
    sure_said,
    until_midnight_s,
)
from twin.views.palette import Theme, palette
from twin.views.words import Language, Words

english, chinese = Words(Language.ENGLISH), Words(Language.CHINESE)
COLOURS = palette(Theme.LIGHT)


def answer(p90_s: float, words: Words = english, *, spread_s: float = 2.0) -> str:
    return answer_said(shown(compared(p90_s, spread_s=spread_s)), "dispatch by nearest", words)


def test_the_answer_is_a_sentence_with_its_interval() -> None:
    said = "With dispatch by nearest, P90 response in the next 2 h would be 1 min 00 s shorter (95%: 58 s–1 min 02 s)"
    assert answer(-60.0) == f"{said}, 12 futures."
    assert "1 min 00 s longer" in answer(60.0)
    assert answer(-60.0, chinese).startswith("如果dispatch by nearest，未来 2 小时的响应 P90 将缩短 1分00秒")


def test_what_may_be_nothing_is_not_called_a_difference() -> None:
    said = answer(5.0, spread_s=40.0)
    assert "may not differ" in said
    assert "shorter to" in said
    assert "is the same in each of 12 futures" in answer(0.0, spread_s=0.0)


def test_too_few_futures_and_none_with_cases_are_said() -> None:
    one = compare_pairs([Pair(1, line(1), line(1))])
    assert "One future so far" in answer_said(shown(one), "x", english)
    assert others_said(one, english) == []
    nothing = replace(line(1), figures=dict.fromkeys(line(1).figures, float("nan")))
    none = compare_pairs([Pair(1, nothing, nothing), Pair(2, nothing, nothing)])
    assert "No case counts" in answer_said(shown(none), "x", english)


def test_fewer_cases_that_come_in_are_no_merit() -> None:
    said = others_said(compared(-60.0, n_new=-8), english)
    assert any("Also changed: cases that came in" in each for each in said)
    assert any("what nobody finds" in each for each in said)
    assert others_said(compared(-60.0), english) == ["None of the other figures can be told from what it is."]


def test_it_says_how_many_more_futures_would_help() -> None:
    assert any("would halve the interval" in each for each in sure_said(shown(compared(-60.0)), english))
    assert any("would decide it" in each for each in sure_said(shown(compared(25.0, spread_s=40.0)), english))
    hardly = sure_said(shown(compared(0.0, spread_s=40.0)), english)
    assert any("hardly matters" in each for each in hardly)
    assert any("Fewer than 20 futures" in each for each in hardly)
    lost = replace(shown(compared(-60.0)), lost=("3: no memory",))
    assert any("3: no memory" in each for each in sure_said(lost, english))


def test_what_would_be_different_is_one_phrase() -> None:
    asked = Branching((ChangePolicy("nearest"), ChangeMode("flood"), RecallUnit(3)), {"grid_worker": 2})
    said = change_said(asked, english, units={}, city=None)
    assert said == "dispatch by nearest, mode flood, grid worker +2, other commands: 1"
    assert change_said(asked, chinese, units={}, city=None).count("、") == 3


@pytest.mark.parametrize("words", [english, chinese])
def test_pictures_say_what_they_show_and_names_are_escaped(words: Words) -> None:
    found = shown(compared(-60.0))
    assert found.compared is not None
    picture = course_markup(found, "n_open", civil=CIVIL, colours=COLOURS, words=words)
    assert 'alt="' in picture
    assert "10.5" in picture
    assert 'alt="' in gaps_markup(found.compared, colours=COLOURS, words=words)
    assert gaps_markup(compared(0.0, spread_s=0.0), colours=COLOURS, words=words) == ""
    hostile = rows_of(found.compared, words)[0]._replace(name="<img>")
    assert "<img>" not in table_markup([hostile], words=words)


def test_midnight_is_the_end_of_the_civil_day() -> None:
    civil: CivilTime = CIVIL
    assert until_midnight_s(0, civil) == 16 * 3_600.0
