"""Facts of a centre in few words; instants are given in whole seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.metrics.small_journal import began, enrolled
from twin.domain import facts as f
from twin.domain.case import Refused
from twin.domain.contact import REPORT, Contact
from twin.domain.desk import Step
from twin.domain.problem import Channel
from twin.domain.quantities import SECOND
from twin.metrics.centre import centre_figures
from twin.metrics.centre_plan import CentrePlan
from twin.metrics.intervals import Intervals, intervals

PLAN = CentrePlan(
    ("takers", "leader"), dict.fromkeys((Step.ACCEPT, Step.REGISTER, Step.DISPATCH, Step.CLOSE), 60 * SECOND)
)


def flat(facts: Iterable[object]) -> Iterator[f.Fact]:
    """Facts out of lists, and lists of lists, of facts."""
    for each in facts:
        if isinstance(each, f.Fact):
            yield each
        else:
            assert isinstance(each, list), each
            yield from flat(each)


def read(*facts: object, until_s: int = 10_000, plan: CentrePlan | None = PLAN) -> Intervals:
    return intervals([began(), enrolled(0), enrolled(1), *flat(facts)], until=until_s * SECOND, plan=plan)


def row(*facts: object, until_s: int = 10_000) -> dict[str, Any]:
    """The only case of a journal; instants and spans in seconds."""
    (found,) = read(*facts, until_s=until_s).loop.to_pylist()
    return {
        name: value // SECOND if name.endswith(("_at", "_us")) and value is not None else value
        for name, value in found.items()
    }


def figures(*facts: object, until_s: int = 10_000, plan: CentrePlan | None = PLAN) -> Any:
    return centre_figures(read(*facts, until_s=until_s, plan=plan))


def reported(at_s: int, case: int = 7, *, verify: int = 0, check: int = 0, finder: int | None = None) -> f.CaseReported:
    needs = ("see",) * verify + ("engine",) + ("see",) * check
    channel = Channel.HOTLINE if finder is None else Channel.PATROL
    return f.CaseReported(
        at_s * SECOND,
        case,
        f"ref {case}",
        "north",
        "leak",
        2,
        needs,
        0,
        0,
        0,
        n_verify=verify,
        n_check=check,
        channel=channel,
        finder=finder,
    )


def asked(at_s: int, step: Step, about: int = 7, *, desk: int = 0) -> f.TaskQueued:
    return f.TaskQueued(at_s * SECOND, desk, step, about, 2)


def begun(
    at_s: int, step: Step, about: int = 7, *, desk: int = 0, lasting_s: int = 10, queued_s: int | None = None
) -> f.TaskBegan:
    queued_at = None if queued_s is None else queued_s * SECOND
    return f.TaskBegan(at_s * SECOND, desk, step, about, 2, (at_s + lasting_s) * SECOND, queued_at)


def made(at_s: int, contact: int, *, what: Contact = REPORT, channel: Channel = Channel.HOTLINE) -> f.ContactMade:
    return f.ContactMade(at_s * SECOND, contact, channel, what, None, "north", "leak", 2, 0, 0, 0)


def ended(at_s: int, contact: int, *, case: int | None = None, opened: bool = False) -> f.ContactEnded:
    return f.ContactEnded(at_s * SECOND, contact, case, opened)


def accepted(at_s: int) -> f.CaseAccepted:
    return f.CaseAccepted(at_s * SECOND, 7)


def refused(at_s: int, why: Refused) -> f.CaseRefused:
    return f.CaseRefused(at_s * SECOND, 7, why)


def dispatched(at_s: int, department: str = "works", *, returns_s: int | None = None) -> f.CaseDispatched:
    return f.CaseDispatched(at_s * SECOND, 7, department, None if returns_s is None else returns_s * SECOND)


def returned(at_s: int) -> f.CaseReturned:
    return f.CaseReturned(at_s * SECOND, 7)


def handled(at_s: int) -> f.CaseHandled:
    return f.CaseHandled(at_s * SECOND, 7, (), True)


def checked(at_s: int, *, passed: bool) -> f.CaseChecked:
    return f.CaseChecked(at_s * SECOND, 7, passed)


def due(at_s: int, deadline_s: int) -> f.DeadlineSet:
    return f.DeadlineSet(at_s * SECOND, 7, deadline_s * SECOND, 0)


def closed(at_s: int, *, void: bool = False) -> f.CaseClosed:
    return f.CaseClosed(at_s * SECOND, 7, void)


def followed(at_s: int) -> list[f.Fact]:
    """Closed, with a return visit to come."""
    return [f.FollowUpDue(at_s * SECOND, 7, visit=True, mediate=False), closed(at_s)]


def to_department(at_s: int = 0) -> list[f.Fact]:
    """Reported, accepted after 10 s, registered after 20 and dispatched after 30; to be closed after 1,000."""
    return [
        reported(at_s),
        accepted(at_s + 10),
        f.CaseRegistered((at_s + 20) * SECOND, 7),
        due(at_s + 20, at_s + 1_000),
        dispatched(at_s + 30),
    ]
