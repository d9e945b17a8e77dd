"""The way of a case: who refuses it, who verifies, handles and checks it, and what comes after it is closed."""

from __future__ import annotations

from typing import Any

import pytest

from agents.life import Life
from agents.loop_rules import Department, Held
from tests.agents.commanding import only, tell
from tests.agents.small_centre import CASE, at, began, called, centre, crew, desks, lived, minutes, steps_of, trouble
from tests.agents.small_centre import WORK as WORK_US
from twin.clock.distributions import Deterministic
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, VERIFY, Refused
from twin.domain.commands import AssignUnit, Why
from twin.domain.desk import Step
from twin.domain.light import Limits
from twin.domain.problem import Channel
from twin.domain.quantities import HOUR, MINUTE
from twin.domain.unit import COMMAND

WORK = WORK_US / MINUTE
SEEN: dict[str, Any] = {"needs": ("medic", "fire"), "n_verify": 1}
CHECKED: dict[str, Any] = {"needs": ("fire", "fire"), "n_check": 1}
TWO = crew(("fire",), ("fire",))

# ---------------------------------------------------------------------- before it is handled


def test_a_case_is_accepted_registered_dispatched_handled_and_closed() -> None:
    facts = lived(centre(departments=(Department("all"),), routing={("*", "*"): 0}), called())
    way = ["CaseReported", "CaseAccepted", "CaseRegistered", "CaseDispatched", "CaseQueued", "CaseHandled"]
    assert steps_of(facts) == [*way, "CaseClosed"]
    assert only(facts, f.CaseDispatched).department == "all"


def test_each_step_takes_its_time_at_its_desk() -> None:
    steps = {Step.ACCEPT: at(0, 2), Step.REGISTER: at(1, 3), Step.DISPATCH: at(0, 4), Step.CLOSE: at(1, 5)}
    facts = lived(centre(steps=steps, desks=desks(1, 1)), called(minute=1))
    assert [began(facts, step) for step in steps] == [[1], [3], [6], [10 + WORK]]
    assert minutes(facts, f.CaseClosed) == [15 + WORK]


def test_what_is_not_the_centres_business_is_refused() -> None:
    facts = lived(centre(judgement={"refuses_real": 1.0}), called())
    assert steps_of(facts) == ["CaseReported", "CaseRefused"]
    assert only(facts, f.CaseRefused).why is Refused.REJECTED


def test_what_is_accepted_may_still_not_be_put_on_file() -> None:
    facts = lived(centre(judgement={"not_registered": 1.0}), called())
    assert steps_of(facts) == ["CaseReported", "CaseAccepted", "CaseRefused"]
    assert only(facts, f.CaseRefused).why is Refused.NOT_REGISTERED


def test_where_somebody_is_to_look_first_a_case_is_accepted_when_they_have_seen_it() -> None:
    facts = lived(centre(), called(**SEEN))
    assert steps_of(facts)[:4] == ["CaseReported", "CaseQueued", "CaseAccepted", "CaseRegistered"]
    assert minutes(facts, f.CaseAccepted) == [1 + WORK]
    assert [fact.stage for fact in facts if isinstance(fact, f.CaseQueued)] == [VERIFY, HANDLE]


def test_a_case_whose_problem_is_gone_when_somebody_looks_is_void() -> None:
    facts = lived(centre(life=Life(), verify="medic"), trouble(7, minute=1, told=2, ends=5))
    assert only(facts, f.ProblemEnded).at == 5 * MINUTE
    assert steps_of(facts, but=[f.ProblemArose, f.ReportMade, f.ProblemEnded]) == [
        "CaseReported",
        "CaseQueued",
        "CaseClosed",
    ]
    assert only(facts, f.CaseClosed).void


# ---------------------------------------------------------------------- dispatch

BODIES = (Department("right"), Department("wrong"))
ROUTED: dict[str, Any] = {"departments": BODIES, "routing": {("*", "*"): 0}, "return_after": Deterministic(600.0)}


def test_some_cases_are_dispatched_with_nobodys_help() -> None:
    steps, seats = {Step.DISPATCH: at(0, 4)}, desks(1)
    by_hand = lived(centre(steps=steps, desks=seats, **ROUTED), called())
    alone = lived(centre(steps=steps, desks=seats, judgement={"automatic_share": 1.0}, **ROUTED), called())
    assert (only(by_hand, f.CaseDispatched).by_hand, minutes(by_hand, f.CaseDispatched)) == (True, [5])
    assert (only(alone, f.CaseDispatched).by_hand, minutes(alone, f.CaseDispatched)) == (False, [1])


def test_a_wrong_department_sends_it_back_and_it_is_dispatched_again_by_hand() -> None:
    judgement = {"automatic_share": 1.0, "automatic_right": 0.0}
    facts = lived(centre(steps={Step.DISPATCH: at(0, 4)}, desks=desks(1), judgement=judgement, **ROUTED), called())
    sent = [(fact.department, fact.by_hand) for fact in facts if isinstance(fact, f.CaseDispatched)]
    assert sent == [("wrong", False), ("right", True)]
    assert minutes(facts, f.CaseReturned) == [11]
    assert minutes(facts, f.CaseDispatched) == [1, 15]
    assert len(minutes(facts, f.CaseClosed)) == 1


def test_a_department_with_an_office_handles_it_at_its_own_desk() -> None:
    office = Department("housing", 0, Deterministic(1_200.0))
    facts = lived(centre(departments=(office,), routing={("*", "*"): 0}, desks=desks(1)), called())
    assert minutes(facts, f.CaseHandled) == [21]
    assert not [fact for fact in facts if isinstance(fact, f.UnitAssigned | f.CaseQueued)]


# ---------------------------------------------------------------------- on hold, and by when


def test_the_clock_of_a_suspended_case_stands_still_and_its_deadline_is_later_by_the_time_it_was_held() -> None:
    held = Held(1.0, Deterministic(30 * 60.0))
    facts = lived(centre(matter={"held": held}, limit=45 * MINUTE), called())
    first, second = (fact for fact in facts if isinstance(fact, f.DeadlineSet))
    assert minutes(facts, f.CaseResumed) == [31]
    assert (first.deadline_at, second.deadline_at) == (46 * MINUTE, 76 * MINUTE)
    assert minutes(facts, f.CaseClosed) == [31 + WORK]
    assert not minutes(facts, f.CaseEscalated)


def test_a_case_is_not_escalated_while_it_is_suspended_even_if_time_is_allowed_meanwhile() -> None:
    held = Held(1.0, Deterministic(60 * 60.0))
    matter = {"held": held, "asks_share": 1.0, "extension_us": MINUTE}
    limits = Limits({"*": 10 * MINUTE}, yellow_us=10 * MINUTE, yellow_share=1.0)
    steps = {Step.DISPATCH: at(0, 1), Step.EXTEND: at(1, 5)}
    city = centre(matter=matter, limit=limits, steps=steps, desks=desks(1, 1))
    facts = lived(city, called(), until=61 * MINUTE)
    assert (minutes(facts, f.CaseSuspended), minutes(facts, f.DeadlineExtended)) == ([2], [6])
    assert not minutes(facts, f.CaseEscalated)
    city.advance_to(24 * HOUR)
    last = [fact for fact in lived(city) if isinstance(fact, f.DeadlineSet)][-1]
    assert last.deadline_at == (1 + 10 + 1 + 60) * MINUTE


def test_whoever_will_be_late_asks_for_more_time_once_and_gets_it_or_not() -> None:
    limits = Limits({"*": 9 * MINUTE}, yellow_us=3 * MINUTE, yellow_share=1.0)
    matter = {"asks_share": 1.0, "extension_us": 5 * MINUTE}
    said: dict[str, Any] = {"matter": matter, "limit": limits, "steps": {Step.EXTEND: at(0, 1)}, "desks": desks(1)}
    granted = lived(centre(**said), called())
    refused = lived(centre(judgement={"grants": 0.0}, **said), called())
    assert minutes(granted, f.DeadlineExtended) == minutes(refused, f.ExtensionRefused) == [8]
    assert [fact.deadline_at / MINUTE for fact in granted if isinstance(fact, f.DeadlineSet)] == [10, 15]
    assert not minutes(granted, f.CaseEscalated)
    assert minutes(refused, f.CaseEscalated) == [10]


def test_a_late_case_is_escalated_comes_before_others_of_its_age_and_its_handlers_are_pressed() -> None:
    city = centre(limit=15 * MINUTE, raises_by=1, steps={Step.SUPERVISE: at(0, 1)}, desks=desks(1))
    calls = [called(minute=minute, number=n) for n, minute in enumerate((1, 2, 3, 4))]
    facts = lived(city, *calls[:3], called(minute=15, number=3, priority=1))
    late = [fact.case - CASE for fact in facts if isinstance(fact, f.CaseEscalated)]
    order = [fact.case - CASE for fact in facts if isinstance(fact, f.UnitAssigned)]
    assert late == [1, 2, 3]
    assert order == [0, 1, 2, 3], "the second was late at 17 minutes, as urgent as the last, and older"
    assert len(minutes(facts, f.CaseSupervised)) == 3


def test_a_case_that_waits_at_a_desk_is_taken_up_earlier_when_it_is_late() -> None:
    city = centre(limit=5 * MINUTE, raises_by=1, steps={Step.DISPATCH: at(0, 10)}, desks=desks(1))
    calls = [called(minute=1, number=0), called(minute=2, number=1), called(minute=8, number=2, priority=1)]
    facts = lived(city, *calls)
    assert [fact.case - CASE for fact in facts if isinstance(fact, f.CaseDispatched)] == [0, 1, 2]


def test_a_closed_case_is_never_escalated_even_where_nobody_sits_at_a_desk() -> None:
    facts = lived(centre(limit=5 * HOUR), called())
    assert not minutes(facts, f.CaseEscalated)


# ---------------------------------------------------------------------- handling


def test_the_grids_chief_looks_first_and_whistles_where_several_are_needed() -> None:
    steps = {Step.CHIEF: at(0, 2)}
    facts = lived(centre(matter={"by_chief": True, "is_joint": True}, steps=steps, desks=desks(1)), called())
    assert only(facts, f.ChiefDecided).whistles
    assert minutes(facts, f.CaseHandled) == [3 + WORK]


@pytest.mark.parametrize(("works", "way"), [(1.0, 0), (0.0, 1)])
def test_what_can_be_seen_by_video_is_settled_from_the_desk_or_somebody_goes(works: float, way: int) -> None:
    matter = {"remote_share": 1.0, "remote_works": works}
    steps = {Step.REMOTE: at(0, 3)}
    city = centre(matter=matter, steps=steps, desks=desks(1), carriers=("crew",))
    facts = lived(city, called(finder=1))
    assert minutes(facts, f.CaseHandled) == [4 + way * WORK]
    assert len(minutes(facts, f.RemoteFailed)) == way
    assert len(minutes(facts, f.UnitAssigned)) == way


# ---------------------------------------------------------------------- checking


def test_those_who_handled_a_case_may_not_check_it() -> None:
    city = centre(units=TWO)
    facts = lived(city, called(**CHECKED))
    assert [fact.unit for fact in facts if isinstance(fact, f.UnitAssigned)] == [0, 1]
    assert steps_of(facts)[-3:] == ["CaseQueued", "CaseChecked", "CaseClosed"]


def test_nor_may_their_body_and_a_case_that_nobody_may_check_is_closed_without() -> None:
    city = centre(units=crew(("fire",), ("fire",), ("fire",)), bodies={0: "the grids", 1: "the grids"})
    facts = lived(city, called(**CHECKED))
    assert [fact.unit for fact in facts if isinstance(fact, f.UnitAssigned)] == [0, 2]
    alone = lived(centre(units=TWO, bodies={0: "the grids", 1: "the grids"}), called(**CHECKED))
    assert steps_of(alone)[-3:] == ["CaseQueued", "NeedGivenUp", "CaseClosed"]


def test_they_are_not_offered_for_it_and_an_order_for_them_is_refused() -> None:
    city = centre(units=TWO)
    city.receive(called(**CHECKED))
    city.receive(f.UnitAway(2 * MINUTE, 1, 0, 0, 60 * MINUTE, 0, origin=f.INPUT, reason=COMMAND))
    city.advance_to(20 * MINUTE)
    (need,) = city.view().waiting()
    assert city.state.cases[CASE].stage is CHECK
    assert (city.view().nearest(need), city.view().own_units(need), city.view().expect(need, 0)) == ((), (), None)
    assert city.view().n_free("fire") == 1
    assert not city.state.unreachable
    assert only(tell(city, AssignUnit(0, CASE)), f.CommandRefused).why is Why.HANDLED_IT
    facts = lived(city)
    assert [fact.unit for fact in facts if isinstance(fact, f.UnitAssigned)] == [0, 1]


BOTCHED: dict[str, Any] = {"matter": {"botched_share": 0.5}, "units": crew(("fire",), ("fire",), ("fire",))}


def n_reworks(**judgement: object) -> int:
    city = centre(judgement=judgement, **BOTCHED)
    facts = lived(city, *(called(minute=1 + 60 * n, number=n, **CHECKED) for n in range(40)), until=48 * HOUR)
    return sum(isinstance(fact, f.CaseChecked) and not fact.passed for fact in facts)


def test_who_checks_their_own_work_finds_less_to_be_done_again() -> None:
    assert n_reworks(own_checks=True, finds_own=0.0) < n_reworks() / 2


def test_a_failed_check_leads_to_rework_by_the_same_department_and_to_another_check() -> None:
    facts = lived(centre(**BOTCHED), *(called(minute=1 + 60 * n, number=n, **CHECKED) for n in range(12)))
    case = next(fact.case for fact in facts if isinstance(fact, f.CaseChecked) and not fact.passed)
    way = steps_of(fact for fact in facts if getattr(fact, "case", None) == case)
    again = way[way.index("CaseChecked") + 1 :]
    assert again[:5] == ["CaseDispatched", "CaseQueued", "CaseHandled", "CheckSent", "CaseQueued"]


def test_who_checks_the_second_time_is_judged_by_themselves_alone() -> None:
    """The first to check may have to do the rework: the next check is still by somebody else."""
    city = centre(judgement={"finds_own": 0.0}, **BOTCHED)
    facts = lived(city, *(called(minute=1 + 60 * n, number=n, **CHECKED) for n in range(23)), until=48 * HOUR)
    handled: dict[int, bool] = {}
    for fact in facts:
        if isinstance(fact, f.CaseHandled):
            handled[fact.case] = fact.is_done
        if isinstance(fact, f.CaseChecked):
            assert fact.passed is handled[fact.case]


# ---------------------------------------------------------------------- after it is closed

CITIZEN: dict[str, Any] = {"channel": Channel.HOTLINE}
VISITED: dict[str, Any] = {"matter": {"visited_share": 1.0}, "steps": {Step.VISIT: at(0, 3)}, "desks": desks(1)}


def test_a_citizen_is_called_back_and_the_case_archived() -> None:
    facts = lived(centre(**VISITED), called(**CITIZEN))
    assert steps_of(facts)[-4:] == ["FollowUpDue", "CaseClosed", "CaseVisited", "CaseArchived"]
    assert only(facts, f.CaseVisited).resolved
    assert minutes(facts, f.CaseArchived) == [4 + WORK]


def test_nobody_is_called_back_where_no_citizen_told_of_it() -> None:
    facts = lived(centre(**VISITED), called(channel=Channel.PATROL))
    assert steps_of(facts)[-1] == "CaseClosed"


def test_what_was_not_done_properly_is_dispatched_again_after_the_call_or_not() -> None:
    visited = VISITED | {"matter": {"visited_share": 1.0, "botched_share": 0.6}}
    calls = [called(minute=1 + 60 * n, number=n, **CITIZEN) for n in range(12)]
    again, given_up = lived(centre(reopens_share=1.0, **visited), *calls), lived(centre(**visited), *calls)
    for facts in (again, given_up):
        done: dict[int, bool] = {}
        for fact in facts:
            if isinstance(fact, f.CaseHandled):
                done[fact.case] = fact.is_done
            if isinstance(fact, f.CaseVisited):
                assert fact.resolved is done[fact.case]
    n_unresolved = sum(isinstance(fact, f.CaseVisited) and not fact.resolved for fact in again)
    assert len(minutes(again, f.CaseReopened)) == n_unresolved > 3
    assert len(minutes(again, f.CaseArchived)) == len(minutes(given_up, f.CaseArchived)) == 12
    assert not minutes(given_up, f.CaseReopened)


@pytest.mark.parametrize("at_desks", [(), (Step.VISIT,), (Step.MEDIATE,), (Step.VISIT, Step.MEDIATE)])
def test_a_case_is_archived_when_it_has_been_visited_and_mediated(at_desks: tuple[Step, ...]) -> None:
    steps = {step: at(0, 3) for step in at_desks}
    matter = {"visited_share": 1.0, "mediated_share": 1.0}
    facts = lived(centre(matter=matter, steps=steps, desks=desks(1)), called(**CITIZEN))
    assert sorted(steps_of(facts)[-3:-1]) == ["CaseMediated", "CaseVisited"]
    assert steps_of(facts)[-1] == "CaseArchived"
