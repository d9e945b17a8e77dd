"""What happened to a case on its way through a centre, in words; see `twin.views.timeline`.

When a suspended case will go on, when a wrong department will send one back, when its handlers will ask for time, and
whether it was handled properly before anybody has looked: all that only chance knows, and no line says it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.domain import facts as f
from twin.views.telling import Said, Telling


def _plainly(key: str) -> Callable[[f.Fact, Telling], Said]:
    """Tell it by one phrase."""
    return lambda fact, t: (t.words(key), "")


def _dispatched(fact: f.CaseDispatched, t: Telling) -> Said:
    how = t.words("fact.dispatched.by_hand" if fact.by_hand else "fact.dispatched.automatically")
    if not fact.department:
        return t.words("fact.dispatched"), how
    return t.words("fact.dispatched.to", department=t.words.named("department", fact.department)), how


def _due(fact: f.DeadlineSet, t: Telling) -> Said | None:
    """Nothing to be told where it was past before it was set."""
    return (t.words("fact.due", instant=t.instant(fact.deadline_at)), "") if fact.deadline_at > fact.at else None


def _covered(fact: f.NeedsCovered, t: Telling) -> Said:
    skills = ", ".join(skill for need in fact.covers if (skill := t.skill(need)))
    return t.words("fact.covered", unit=t.unit(fact.unit)), skills


def _follow_up(fact: f.FollowUpDue, t: Telling) -> Said:
    due = ((fact.visit, "fact.follow_up.visit"), (fact.mediate, "fact.follow_up.mediate"))
    return t.words("fact.follow_up"), ", ".join(t.words(key) for is_due, key in due if is_due)


def _visited(fact: f.CaseVisited, t: Telling) -> Said:
    resolved = t.words("fact.visited.resolved" if fact.resolved else "fact.visited.unresolved")
    satisfied = t.words("fact.visited.satisfied" if fact.satisfied else "fact.visited.unsatisfied")
    return t.words("fact.visited", resolved=resolved, satisfied=satisfied), ""


OF_LOOP: dict[type[f.Fact], Callable[[Any, Telling], Said | None]] = {
    f.CaseAccepted: _plainly("fact.accepted"),
    f.CaseRefused: lambda fact, t: (t.words(f"fact.refused.{fact.why.name.lower()}"), ""),
    f.CaseDispatched: _dispatched,
    f.CaseReturned: _plainly("fact.returned"),
    f.ChiefDecided: lambda fact, t: (t.words("fact.chief.whistles" if fact.whistles else "fact.chief.alone"), ""),
    f.NeedsCovered: _covered,
    f.WorkBegan: _plainly("fact.work_began"),
    f.RemoteTried: _plainly("fact.remote_tried"),
    f.RemoteGivenUp: _plainly("fact.remote_given_up"),
    f.RemoteFailed: _plainly("fact.remote_failed"),
    f.CaseHandled: _plainly("fact.handled"),
    f.CheckSent: _plainly("fact.check_sent"),
    f.CaseChecked: lambda fact, t: (t.words("fact.checked.passed" if fact.passed else "fact.checked.failed"), ""),
    f.CaseSuspended: _plainly("fact.suspended"),
    f.CaseResumed: _plainly("fact.resumed"),
    f.DeadlineSet: _due,
    f.DeadlineExtended: _plainly("fact.extended"),
    f.ExtensionRefused: _plainly("fact.extension_refused"),
    f.CaseEscalated: lambda fact, t: (
        t.words("fact.escalated"),
        t.words("fact.escalated.what", priority=fact.priority),
    ),
    f.CaseSupervised: _plainly("fact.supervised"),
    f.FollowUpDue: _follow_up,
    f.CaseMediated: _plainly("fact.mediated"),
    f.CaseVisited: _visited,
    f.CaseReopened: _plainly("fact.reopened"),
    f.CaseArchived: _plainly("fact.archived"),
}
"""What is told of each kind of fact."""
