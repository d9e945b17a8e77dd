"""The case loop: accepted, dispatched, returned, handled, checked, and what happens beside and after it.

Reported, registered, queued and closed are in `twin.domain.facts.cases`.
"""

from __future__ import annotations

from twin.domain.case import Refused
from twin.domain.facts.base import Fact


class CaseAccepted(Fact, frozen=True, gc=False, array_like=True):
    """The centre takes it for its business."""

    case: int


class CaseRefused(Fact, frozen=True, gc=False, array_like=True):
    """It is not accepted, or not registered: its way ends here."""

    case: int
    why: Refused


class CaseDispatched(Fact, frozen=True, gc=False, array_like=True):
    """A department has it. `returns_at`: when it will send it back as not its own; `by_hand`: not automatically."""

    case: int
    department: str
    returns_at: int | None = None
    by_hand: bool = True


class CaseReturned(Fact, frozen=True, gc=False, array_like=True):
    """The department sends it back: it is not responsible."""

    case: int


class ChiefDecided(Fact, frozen=True, gc=False, array_like=True):
    """The grid's chief has looked: the grid does it by itself, or the chief `whistles` for those it takes."""

    case: int
    whistles: bool


class NeedsCovered(Fact, frozen=True, gc=False, array_like=True):
    """A unit of several services, just sent to a case, does these other needs of it as well."""

    case: int
    unit: int
    covers: tuple[int, ...]


class WorkBegan(Fact, frozen=True, gc=False, array_like=True):
    """The last of those who were whistled for is there: everybody begins. `leave_at`: until when each works."""

    case: int
    units: tuple[int, ...]
    leave_at: tuple[int, ...]


class RemoteTried(Fact, frozen=True, gc=False, array_like=True):
    """Dispatch leaves it to those at the video desk and sends nobody yet, by a rule; it waits for no unit meanwhile.

    `gives_up_at`: when it does send somebody if nobody has begun there by then.
    """

    case: int
    gives_up_at: int | None
    rule: str


class RemoteGivenUp(Fact, frozen=True, gc=False, array_like=True):
    """Nobody at the video desk has had time for it: somebody has to go there."""

    case: int


class RemoteFailed(Fact, frozen=True, gc=False, array_like=True):
    """It could not be settled by video: somebody has to go there."""

    case: int


class CaseHandled(Fact, frozen=True, gc=False, array_like=True):
    """It was handled. `barred`: units that must not check it; `is_done`: whether it was done properly, which nobody
    knows before somebody looks.
    """

    case: int
    barred: tuple[int, ...]
    is_done: bool


class CheckSent(Fact, frozen=True, gc=False, array_like=True):
    """Somebody is to go and see whether it was done."""

    case: int


class CaseChecked(Fact, frozen=True, gc=False, array_like=True):
    """Somebody has looked; where it `passed` it can be closed, otherwise it goes back for rework."""

    case: int
    passed: bool


class CaseSuspended(Fact, frozen=True, gc=False, array_like=True):
    """On hold: its clock stands still until somebody goes on with it."""

    case: int
    until_at: int


class CaseResumed(Fact, frozen=True, gc=False, array_like=True):
    """It goes on, and its clock with it."""

    case: int


class DeadlineSet(Fact, frozen=True, gc=False, array_like=True):
    """By when it should be closed, as things stand; `asks_at`: when its handlers will ask for more time.

    `extra_us`: by how much working time that is later, or earlier, than its limit says.
    """

    case: int
    deadline_at: int
    extra_us: int
    asks_at: int | None = None


class DeadlineExtended(Fact, frozen=True, gc=False, array_like=True):
    """More time is allowed."""

    case: int


class ExtensionRefused(Fact, frozen=True, gc=False, array_like=True):
    """No more time is allowed."""

    case: int


class CaseEscalated(Fact, frozen=True, gc=False, array_like=True):
    """It is past its deadline: somebody above looks after it. `priority`: what it has from now on."""

    case: int
    priority: int


class CaseSupervised(Fact, frozen=True, gc=False, array_like=True):
    """Whoever is late has been pressed."""

    case: int


class FollowUpDue(Fact, frozen=True, gc=False, array_like=True):
    """The case that closes now is not over: a return visit, or mediation, is to follow."""

    case: int
    visit: bool
    mediate: bool


class CaseMediated(Fact, frozen=True, gc=False, array_like=True):
    """People have been brought together over what it left behind."""

    case: int


class CaseVisited(Fact, frozen=True, gc=False, array_like=True):
    """The citizen was asked: is it resolved, and are they satisfied?"""

    case: int
    resolved: bool
    satisfied: bool


class CaseReopened(Fact, frozen=True, gc=False, array_like=True):
    """It was not resolved: it is dispatched again."""

    case: int


class CaseArchived(Fact, frozen=True, gc=False, array_like=True):
    """A closed case that was followed up is over for good; others are archived as they close."""

    case: int


class ModeChanged(Fact, frozen=True, gc=False, array_like=True):
    """The centre works in another mode from now on, until it is changed again."""

    name: str
