"""Files of cases and units hold what is about them, all of it, and nothing that nobody at the centre knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from agents.city import CityModel
from tests.builders import facts_of
from tests.grid_town import grid_town
from tests.metrics.small_journal import arrived, assigned, closed, enrolled, freed, reported, rolled, whole_case
from twin.domain import facts as f
from twin.domain.commands import AssignUnit, Command, RecallUnit, ReportProblem, StandDown, Why, encode
from twin.domain.problem import CITIZEN
from twin.domain.quantities import HOUR, SECOND
from twin.domain.unit import Freed
from twin.views.casebook import Casebook

HIDDEN = (f.ProblemArose, f.ProblemEnded, f.LookoutSet, f.SpellPutOff)


@cache
def town() -> Sequence[f.Fact]:
    city = CityModel.begin(grid_town())
    city.advance_to(2 * HOUR)
    return facts_of(city)


def filed(facts: Sequence[f.Fact], book: Casebook | None = None) -> Casebook:
    book = Casebook() if book is None else book
    for fact in facts:
        book.take(fact)
    return book


def given(at_s: int, command: Command) -> f.CommandGiven:
    return f.CommandGiven(at_s * SECOND, "desk 1", "token", encode(command), origin=f.INPUT)


def test_the_file_of_a_case_is_all_that_was_recorded_of_it_and_of_the_units_on_it() -> None:
    expected: dict[int, list[f.Fact]] = defaultdict(list)
    on: dict[int, int] = {}
    for fact in town():
        case = getattr(fact, "case", None)
        if case is None and isinstance(fact, f.UnitRolled | f.UnitArrived | f.LegRetimed):
            case = on.get(fact.unit)
        if isinstance(fact, f.UnitAssigned):
            on[fact.unit] = fact.case
        elif isinstance(fact, f.UnitFreed):
            del on[fact.unit]
        if case is not None:
            expected[case].append(fact)
    book = filed(town())
    assert len(expected) > 20
    assert {case: list(book.of_case(case)) for case in expected} == expected


def test_a_file_can_be_read_as_it_was_at_an_instant() -> None:
    book = filed([enrolled(0), *whole_case(1, 0, at_s=0)])
    kinds = [type(fact) for fact in book.of_case(1, until=30 * SECOND)]
    assert kinds == [f.CaseReported, f.CaseRegistered, f.CaseQueued, f.UnitAssigned, f.UnitRolled]
    assert [type(fact) for fact in book.of_unit(0, until=30 * SECOND)] == [f.UnitAssigned, f.UnitRolled]
    assert book.of_case(1, until=-1) == book.of_case(2) == book.of_unit(9) == ()


def test_what_nobody_knows_is_in_no_file() -> None:
    facts = town()
    book = filed(facts)
    files = [book.of_case(fact.case) for fact in facts if isinstance(fact, f.CaseReported)]
    files += [book.of_unit(fact.unit) for fact in facts if isinstance(fact, f.UnitEnrolled)]
    assert any(isinstance(fact, HIDDEN) for fact in facts)
    assert not any(isinstance(fact, HIDDEN) for file in files for fact in file)


def test_the_cases_closed_last_are_kept_and_all_that_are_open() -> None:
    facts = [enrolled(0), reported(0, 99)]
    for case in range(10):
        facts += whole_case(case, 0, at_s=1_000 * case)
    book = filed(facts, Casebook(most_closed=3))
    assert [case for case in range(100) if book.of_case(case)] == [7, 8, 9, 99]
    every = filed(facts, Casebook(most_closed=None))
    assert [case for case in range(100) if every.of_case(case)] == [*range(10), 99]


def test_the_latest_about_a_unit_is_kept() -> None:
    facts: list[f.Fact] = [enrolled(0)]
    for case in range(4):
        facts += whole_case(case, 0, at_s=1_000 * case)
    book = filed(facts, Casebook(most_of_unit=6))
    kinds = [f.UnitArrived, f.UnitFreed, f.UnitAssigned, f.UnitRolled, f.UnitArrived, f.UnitFreed]
    assert [type(fact) for fact in book.of_unit(0)] == kinds


def test_a_unit_free_again_is_no_longer_about_its_case() -> None:
    book = filed([enrolled(0), reported(0, 1), assigned(5, 0, 1), freed(9, 0, 1, cause=Freed.RECALLED), rolled(10, 0)])
    assert [fact.at for fact in book.of_case(1)] == [0, 5 * SECOND, 9 * SECOND]


def test_a_unit_that_is_still_there_when_its_case_is_closed_is_on_file() -> None:
    book = filed([enrolled(0), reported(0, 1), assigned(5, 0, 1), closed(6, 1), arrived(7, 0), freed(8, 0, 1)])
    assert [fact.at // SECOND for fact in book.of_case(1)] == [0, 5, 6, 7, 8]


def test_a_case_nobody_reported_has_no_file() -> None:
    assert filed([enrolled(0), assigned(5, 0, 1), arrived(7, 0), freed(8, 0, 1)]).of_case(1) == ()


def test_a_command_and_its_refusal_are_about_the_case_and_the_unit_they_name() -> None:
    send, no = given(2, AssignUnit(unit=0, case=1)), f.CommandRefused(2 * SECOND, "token", Why.NOT_FREE, "")
    book = filed([enrolled(0), reported(0, 1), send, no, given(3, AssignUnit(unit=7, case=8))])
    assert book.of_case(1)[1:] == book.of_unit(0) == (send, no)
    assert book.of_unit(7) == book.of_case(8) == ()


def test_to_recall_a_unit_is_about_the_case_it_is_on() -> None:
    recall, rest = given(6, RecallUnit(unit=0)), given(7, StandDown(unit=0, lasting_s=600))
    book = filed([enrolled(0), reported(0, 1), assigned(5, 0, 1), recall, rest])
    assert recall in book.of_case(1)
    assert book.of_unit(0)[1:] == (recall, rest)


def test_what_the_desk_reports_stands_before_the_case_it_is_taken_for() -> None:
    tell = given(5, ReportProblem(matter="leak", edge=0, offset_mm=0))
    book = filed([enrolled(0), tell, reported(5, 1), reported(5, 2)])
    assert book.of_case(1) == (tell, reported(5, 1))
    assert book.of_case(2) == (reported(5, 2),)
    again = f.ReportMade(5 * SECOND, 9, 1, CITIZEN, None, opened=False)
    assert filed([reported(0, 1), tell, again, reported(5, 2)]).of_case(1) == (reported(0, 1), tell, again)
    refused = f.CommandRefused(5 * SECOND, "token", Why.NO_SUCH_MATTER, "")
    assert filed([tell, refused, reported(5, 1)]).of_case(1) == (reported(5, 1),)
