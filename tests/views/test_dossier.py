"""Cards say how a case and a unit stand, what happened and why, in both languages, and nothing nobody can know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from agents.city import CityModel
from tests.builders import facts_of
from tests.grid_town import grid_town
from tests.metrics.small_journal import arrived, began, enrolled, freed, queued, reported, rolled, whole_case
from tests.views.moments import moment_of
from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.commands import AssignUnit, RecallUnit, Why, encode
from twin.domain.light import GREEN, RED, YELLOW, Limits
from twin.domain.orders import ASSIGN
from twin.domain.problem import PATROL
from twin.domain.quantities import DAY, HOUR, MINUTE, SECOND, CivilTime
from twin.domain.unit import AwayReason, Freed
from twin.policies.loading import BUILT_IN
from twin.views.casebook import Casebook
from twin.views.dossier import Dossier, dossier
from twin.views.moment import Moment
from twin.views.unit_card import UnitCard, unit_card
from twin.views.words import PHRASES, Language, Words
from twin.world.state import State
from twin.world.world import fold

CIVIL = CivilTime(datetime.fromisoformat("2026-03-02T07:00:00+08:00"), ZoneInfo("Asia/Shanghai"))
LIMITS = Limits({"fire": HOUR, "*": 10 * MINUTE})
ENGLISH, CHINESE = Words(Language.ENGLISH), Words(Language.CHINESE)


def sent(at_s: int, unit: int, case: int, *, expected_s: int = 0, rule: str = "nearest") -> f.UnitAssigned:
    return f.UnitAssigned(
        at_s * SECOND,
        unit,
        case,
        0,
        (),
        0,
        0,
        0,
        0,
        expected_s * SECOND,
        rule,
        (2, 1),
        (240 * SECOND, 300 * SECOND),
        rolls_at=None,
    )


TOWN: list[f.Fact] = [began(), *(enrolled(unit) for unit in range(3))]


def at(facts: Sequence[f.Fact], at_s: int) -> tuple[Casebook, Moment]:
    book, until = Casebook(), at_s * SECOND
    for fact in facts:
        book.take(fact)
    state = fold([fact for fact in facts if fact.at <= until], state=State())
    return book, moment_of(state, until, limits=LIMITS)


def card(facts: Sequence[f.Fact], at_s: int, case: int = 1, *, words: Words = ENGLISH) -> Dossier | None:
    book, moment = at([*TOWN, *facts], at_s)
    names = [unit.name for unit in moment.units]
    return dossier(book.of_case(case), moment, case, civil=CIVIL, words=words, names=names)


def of_case(facts: Sequence[f.Fact], at_s: int, *, words: Words = ENGLISH) -> Dossier:
    found = card(facts, at_s, words=words)
    assert found is not None
    return found


def of_unit(facts: Sequence[f.Fact], at_s: int, *, words: Words = ENGLISH) -> UnitCard:
    book, moment = at([*TOWN, *facts], at_s)
    found = unit_card(book.of_unit(0), moment, 0, civil=CIVIL, words=words)
    assert found is not None
    return found


def phrases(card: Dossier | UnitCard) -> list[str]:
    return [entry.phrase for entry in card.timeline]


# ---------------------------------------------------------------------------------------------- how a case stands


@pytest.mark.parametrize(
    ("at_s", "light", "said", "countdown"),
    [
        (600, GREEN, "in time", "50 min 00 s left"),
        (3_000, YELLOW, "near its limit", "10 min 00 s left"),
        (3_601, RED, "past its limit", "1 s over"),
    ],
)
def test_the_light_and_the_countdown_follow_the_clock(at_s: int, light: str, said: str, countdown: str) -> None:
    shown = of_case([reported(0, 1)], at_s)
    assert (shown.light, shown.light_said, shown.countdown) == (light, said, countdown)


def test_a_case_is_taken_down_queued_handled_and_closed() -> None:
    facts = whole_case(1, 0, at_s=0)
    assert [of_case(facts, at_s).stage for at_s in (5, 10, 200, 700)] == [
        "Being taken down",
        "To be handled",
        "To be handled",
        "Closed",
    ]
    over = of_case(facts, 700)
    assert (over.light, over.light_said, over.countdown) == (GREEN, "Closed", "closed after 10 min 30 s")
    assert not over.is_open


def test_there_is_no_card_of_what_is_not_reported_yet_or_not_on_file() -> None:
    facts = whole_case(1, 0, at_s=100)
    assert card(facts, 99) is None
    assert card(facts, 100) is not None
    assert card(facts, 100, case=7) is None


def test_who_is_coming_is_expected_when_the_order_said_and_then_on_scene_since_its_arrival() -> None:
    facts = [reported(0, 1), queued(10, 1), sent(60, 0, 1, expected_s=180), rolled(90, 0), arrived(400, 0)]
    (coming,) = of_case(facts, 100).coming
    assert (coming.name, coming.at, coming.said) == (
        "engine 0",
        240 * SECOND,
        "expected after 3 min 00 s, at 07:04",
    )
    assert of_case(facts, 30).coming == of_case(facts, 400).coming == ()
    (here,) = of_case(facts, 460).here
    assert (here.name, here.at, here.said) == ("engine 0", 400 * SECOND, "since 07:06 (1 min 00 s)")


def test_what_nobody_was_sent_for_is_waiting() -> None:
    facts = [reported(0, 1, needs=("patrol", "engine")), queued(10, 1)]
    assert of_case(facts, 20).waiting == ("police", "engine")
    assert of_case([*facts, sent(30, 0, 1)], 40).waiting == ("engine",)


def test_why_this_order_names_the_rule_the_expectation_and_the_runners_up() -> None:
    facts = [reported(0, 1, needs=("repair",)), queued(10, 1), sent(60, 0, 1, expected_s=180)]
    (why,) = of_case(facts, 100).orders
    assert (why.name, why.skill, why.rule) == ("engine 0", "repair", "The nearest")
    assert [(other.name, other.expected) for other in why.runners_up] == [
        ("engine 2", "4 min 00 s"),
        ("engine 1", "5 min 00 s"),
    ]
    in_chinese = of_case(facts, 100, words=CHINESE).orders[0]
    assert (in_chinese.rule, in_chinese.expected) == ("就近派遣", "预计3分00秒，07:04 到达")


def test_what_a_finder_settled_took_no_order() -> None:
    facts = [
        f.ReportMade(0, 1, 1, PATROL, 0, opened=True),
        reported(0, 1, needs=(ON_THE_SPOT,)),
        queued(0, 1),
        sent(0, 0, 1, rule=ON_THE_SPOT),
        rolled(0, 0),
        arrived(0, 0),
        freed(4, 0, 1),
    ]
    shown = of_case(facts, 5)
    assert shown.orders == ()
    assert phrases(shown) == ["Found on patrol by engine 0", "engine 0 settles it on the spot", "engine 0 is done"]


def test_the_timeline_tells_a_whole_case() -> None:
    shown = of_case(whole_case(1, 0, at_s=0), 700)
    assert phrases(shown) == [
        "Reported",
        "Registered",
        "Waits to be handled",
        "engine 0 sent",
        "engine 0 sets out",
        "engine 0 on scene",
        "engine 0 is done",
        "Closed",
    ]
    assert shown.timeline[0].detail == "fire, priority 1, north"
    assert shown.timeline[3].detail == "The nearest: expected after 1 min 40 s, at 07:01"
    assert shown.timeline[0].when == "Mon 2026-03-02 07:00"


def test_orders_and_commands_refused_say_why() -> None:
    facts = [
        reported(0, 1),
        f.OrderRefused(5 * SECOND, ASSIGN, 0, 1, 0, Why.NOT_FREE),
        f.CommandGiven(6 * SECOND, "desk 1", "token", encode(AssignUnit(unit=99, case=1)), origin=f.INPUT),
        f.CommandRefused(6 * SECOND, "token", Why.NO_SUCH_UNIT, ""),
        queued(7, 1),
        sent(8, 0, 1),
        f.CommandGiven(9 * SECOND, "desk 2", "other", encode(RecallUnit(unit=0)), origin=f.INPUT),
        freed(9, 0, 1, cause=Freed.RECALLED),
    ]
    lines = [(entry.phrase, entry.detail) for entry in of_case(facts, 10).timeline]
    assert lines[1:4] == [
        ("Order refused: send engine 0", "the unit is not free"),
        ("desk 1: send unit 99", ""),
        ("Refused", "no such unit"),
    ]
    assert lines[-2:] == [("desk 2: recall engine 0", ""), ("engine 0 recalled", "somebody else is needed")]


def test_an_old_journal_may_say_why_in_words_of_its_own() -> None:
    refused = f.OrderRefused(5 * SECOND, ASSIGN, 0, 1, 0, "the unit is on scene")  # type: ignore[arg-type]
    assert of_case([reported(0, 1), refused], 10).timeline[-1].detail == "the unit is on scene"


# ---------------------------------------------------------------------------------------------- how a unit stands


def test_the_card_of_a_unit_says_what_it_does_since_when_and_when_it_is_expected() -> None:
    facts = [reported(0, 1), queued(10, 1), sent(60, 0, 1, expected_s=180), rolled(90, 0)]
    shown = of_unit(facts, 150)
    assert (shown.name, shown.kind, shown.mode, shown.skills) == ("engine 0", "Fire engine", "by car", ("engine",))
    assert (shown.status, shown.since, shown.case) == ("On its way", "since 07:01 (1 min 00 s)", 1)
    assert shown.expected == "expected after 3 min 00 s, at 07:04"
    assert of_unit([*facts, arrived(200, 0)], 210).expected is None


def test_the_jobs_of_the_day_are_told_and_those_of_yesterday_are_not() -> None:
    day = DAY // SECOND
    facts = [*whole_case(1, 0, at_s=0), *whole_case(2, 0, at_s=day), reported(day + 900, 3), sent(day + 900, 0, 3)]
    jobs = of_unit(facts, day + 960).jobs
    assert [(job.case, job.sent, job.arrived, job.freed, job.outcome) for job in jobs] == [
        (2, "07:00", "07:02", "07:10", "done"),
        (3, "07:15", "–", "–", "under way"),
    ]


def test_absences_are_part_of_what_happened_to_a_unit() -> None:
    facts: list[f.Fact] = [
        f.UnitAway(60 * SECOND, 0, 0, 0, None, 0, AwayReason.DUTY),
        f.UnitLeft(60 * SECOND, 0, 900 * SECOND, 0, 0),
        f.UnitBack(900 * SECOND, 0),
        f.UnitOffDuty(1_000 * SECOND, 0),
    ]
    assert phrases(of_unit(facts, 1_000)) == [
        "engine 0 wanted for another duty",
        "engine 0 away",
        "engine 0 in service again",
        "engine 0 off duty",
    ]


def test_there_is_no_card_of_a_unit_that_is_not_there() -> None:
    _, moment = at(TOWN, 10)
    assert unit_card((), moment, 3, civil=CIVIL, words=ENGLISH) is None


# ---------------------------------------------------------------------------------------------- a whole town


@cache
def town() -> Sequence[f.Fact]:
    city = CityModel.begin(grid_town())
    city.advance_to(2 * HOUR)
    return facts_of(city)


def cards(facts: Sequence[f.Fact], words: Words, *, minutes: int) -> list[Dossier | UnitCard | None]:
    """All cards of cases and of units at an instant."""
    book, moment = at(facts, minutes * 60)
    names = [unit.name for unit in moment.units]
    numbers = [fact.case for fact in facts if isinstance(fact, f.CaseReported)]
    files = [dossier(book.of_case(n), moment, n, civil=CIVIL, words=words, names=names) for n in numbers]
    units = [unit_card(book.of_unit(n), moment, n, civil=CIVIL, words=words) for n in range(len(names))]
    return [*files, *units]


@pytest.mark.parametrize("minutes", [20, 75, 120])
@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_case_and_unit_of_a_town_has_a_card_at_any_time(words: Words, minutes: int) -> None:
    shown = [card for card in cards(town(), words, minutes=minutes) if card is not None]
    n_reported = sum(isinstance(fact, f.CaseReported) and fact.at <= minutes * MINUTE for fact in town())
    assert sum(isinstance(card, Dossier) for card in shown) == n_reported
    assert sum(isinstance(card, UnitCard) for card in shown) == sum(isinstance(fact, f.UnitEnrolled) for fact in town())
    assert all(entry.phrase for card in shown for entry in card.timeline)


LATER: dict[type[f.Fact], Callable[[f.Fact], f.Fact]] = {
    f.IntakeBegan: lambda fact: replace(fact, ends_at=DAY),
    f.CaseRegistered: lambda fact: replace(fact, queues_at=DAY),
    f.UnitAssigned: lambda fact: replace(fact, rolls_at=DAY, travel_us=1),
    f.UnitRolled: lambda fact: replace(fact, arrives_at=DAY),
    f.LegRetimed: lambda fact: replace(fact, arrives_at=DAY, travel_us=1),
    f.UnitArrived: lambda fact: replace(fact, leaves_at=DAY),
    f.UnitLeft: lambda fact: replace(fact, back_at=DAY),
    f.UnitBack: lambda fact: replace(fact, spell_at=DAY),
    f.ReportMade: lambda fact: replace(fact, problem=0, told_at=DAY),
}
"""Facts with another problem behind them, and other times drawn for what is still to come."""


def test_no_card_depends_on_the_problem_behind_a_case_or_on_times_only_chance_knows() -> None:
    book, moment = at(town(), 75 * 60)
    names = [unit.name for unit in moment.units]
    seen = set()
    for case in moment.cases:
        facts = book.of_case(case.case)
        others = [LATER.get(type(fact), lambda same: same)(fact) for fact in facts]
        seen |= {type(fact) for fact in facts}
        first, second = (
            dossier(told, moment, case.case, civil=CIVIL, words=ENGLISH, names=names) for told in (facts, others)
        )
        assert first == second
    for number in range(len(names)):
        facts = book.of_unit(number)
        others = [LATER.get(type(fact), lambda same: same)(fact) for fact in facts]
        seen |= {type(fact) for fact in facts}
        first_unit, second_unit = (
            unit_card(told, moment, number, civil=CIVIL, words=ENGLISH) for told in (facts, others)
        )
        assert first_unit == second_unit
    assert {f.ReportMade, f.UnitAssigned, f.UnitRolled, f.UnitArrived, f.UnitLeft} <= seen


# ---------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize("why", Why)
def test_every_reason_for_a_refusal_has_words_in_both_languages(why: Why) -> None:
    english, chinese = PHRASES[f"why.{why.name.lower()}"]
    assert english != chinese


def test_the_rules_of_all_policies_of_dispatch_have_names() -> None:
    assert [name for name in BUILT_IN if ENGLISH.named("rule", name) == name] == []
