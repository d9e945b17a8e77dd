"""What is shown of a unit that was told to wait elsewhere: on the map, on its card, and among what happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import begun, facts_of, fixed_habits, roster, setting
from tests.policies.wandering import Scripted
from tests.views.moments import moment_of
from twin.domain.light import Limits
from twin.domain.orders import Assign, Reason, Reposition
from twin.domain.quantities import MINUTE
from twin.domain.route import Spot
from twin.views.casebook import Casebook
from twin.views.crew import crew_of
from twin.views.unit_card import UnitCard, unit_card
from twin.views.words import Language, Words

ORDERS = [Reposition(0, Spot(40, 1_000), Reason("compliance_table")), Reposition(9, None, Reason("compliance_table"))]


def card_at(minutes: int, language: Language = Language.ENGLISH) -> tuple[str, UnitCard]:
    """What the map says the unit is doing, and its card, so long after it was posted."""
    base = setting(habits=fixed_habits(), per_hour=0.0, units=roster(2))
    desk = Scripted([*ORDERS, Assign(0, 0, 0, Reason("by test"))], period_s=60.0)
    city = begun(replace(base, reposition_policy=desk), until=(1 + minutes) * MINUTE)
    (unit, _), _ = crew_of(city.state, None, city.now)
    book = Casebook()
    for fact in facts_of(city):
        book.take(fact)
    moment = moment_of(city.state, city.now, limits=Limits())
    card = unit_card(book.of_unit(0), moment, 0, civil=city.setting.civil, words=Words(language))
    assert card is not None
    return unit.doing, card


@pytest.mark.parametrize(
    ("minutes", "doing", "said"),
    [(1, "status.to_posting", "On the way to its posting"), (60, "status.posted", "Waiting at its posting")],
)
def test_a_posted_unit_is_shown_as_such(minutes: int, doing: str, said: str) -> None:
    shown, card = card_at(minutes)
    assert (shown, card.status) == (doing, said)


def test_its_card_tells_where_the_order_came_from_and_which_were_refused() -> None:
    _, card = card_at(60)
    posted, refused = card.timeline
    assert posted.phrase == "unit 0 to wait at another place"
    assert posted.detail.startswith("By the table of posts: expected after")
    assert (refused.phrase, refused.detail) == ("Order refused: send unit 0", "this desk only says where units wait")


def test_it_does_so_in_chinese_too() -> None:
    _, card = card_at(60, Language.CHINESE)
    assert card.status == "驻点待命"
    assert card.timeline[0].phrase == "unit 0调往驻点"
    assert card.timeline[0].detail.startswith("依据按驻点表")
