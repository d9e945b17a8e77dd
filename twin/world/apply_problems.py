"""What facts about problems and reports do to the state; see `twin.world.apply`."""

from __future__ import annotations

from msgspec.structs import replace

from twin.domain import facts as f
from twin.domain.ids import child_id, source_of
from twin.domain.problem import CITIZEN, OF_CITIZENS, Offspring, Problem
from twin.domain.route import Spot
from twin.world.reducer import Reducers, Remark
from twin.world.state import State

NO_PROBLEM = -1
"""What a case is about that no problem opened, where problems were taken for the same."""

AGAIN = 1_000
"""The child of a problem that is the same problem broken out again; its other children count from 0."""


def arose(s: State, fact: f.ProblemArose) -> Remark:
    problem, spot = fact.problem, Spot(fact.edge, fact.offset_mm)
    s.agenda.disarm("birth", problem)
    s.agenda.disarm("again", problem)
    s.offspring.pop(problem, None)
    if fact.next_case is not None and fact.next_at is not None:
        s.agenda.arm("birth", fact.next_case, fact.next_at)
    if fact.origin is f.MODEL and fact.arose_at == fact.at and source_of(problem) == fact.source:
        s.last_cases[fact.source] = problem
    s.problems[problem] = known = Problem(
        fact.source, fact.area, fact.matter, fact.priority, fact.needs, spot, fact.arose_at
    )
    s.unseen_add(problem, known)
    if fact.ends_at is not None:
        s.agenda.arm("end", problem, fact.ends_at)
    if fact.told_at is not None:
        s.agenda.arm("tell", problem, fact.told_at)
    for k, at in enumerate(fact.offspring_at):
        _expect(s, problem, known, k=k, at=at)
    return None


def ended(s: State, fact: f.ProblemEnded) -> Remark:
    problem = s.problems.pop(fact.problem, None)
    s.agenda.disarm("end", fact.problem)
    s.agenda.disarm("tell", fact.problem)
    s.agenda.disarm("sense", fact.problem)
    s.sensors.pop(fact.problem, None)
    if problem is None:
        return "a problem ended that was not there"
    s.unseen_drop(fact.problem, problem)
    if fact.again_at is not None:
        _expect(s, fact.problem, problem, k=AGAIN, at=fact.again_at)
    return None


def told(s: State, fact: f.ReportMade) -> Remark:
    number, problem = fact.problem, s.problems.get(fact.problem)
    if problem is None:
        s.about[fact.case] = (*s.about.get(fact.case, () if fact.opened else (NO_PROBLEM,)), number)
        return None
    if fact.channel is CITIZEN and not problem.n_called:
        s.agenda.disarm("tell", number)
    if fact.told_at is not None:
        s.agenda.arm("tell", number, fact.told_at)
    s.unseen_drop(number, problem)
    case = fact.case if problem.case is None else problem.case
    told_of = s.about.get(fact.case, () if fact.opened else (NO_PROBLEM,))
    if number not in told_of:
        s.about[fact.case] = (*told_of, number)
    cited = fact.channel in OF_CITIZENS
    s.problems[number] = replace(
        problem,
        n_reports=problem.n_reports + 1,
        n_cited=problem.n_cited + cited,
        since=fact.at if fact.channel is CITIZEN and not problem.n_called else problem.since,
        case=case,
    )
    return None


def forget(s: State, case: int) -> None:
    """A case is closed: what it was about and is still there, nobody at the centre knows of any more."""
    for number in s.about.pop(case, ()):
        problem = s.problems.get(number)
        if problem is not None and problem.case == case:
            s.problems[number] = again = replace(problem, case=None)
            s.unseen_add(number, again)


def forget_unseen(s: State) -> None:
    """Chance is drawn anew: whatever nobody has reported yet is open again."""
    for number in [number for number, problem in s.problems.items() if not problem.is_known]:
        s.unseen_drop(number, s.problems.pop(number))
    s.offspring.clear()
    s.sensors.clear()
    s.lookouts.clear()


def _expect(s: State, parent: int, problem: Problem, *, k: int, at: int) -> None:
    child = child_id(parent, k)
    s.offspring[child] = Offspring(parent, problem)
    s.agenda.arm("again", child, at)


OF_PROBLEMS: Reducers = {f.ProblemArose: arose, f.ProblemEnded: ended, f.ReportMade: told}
