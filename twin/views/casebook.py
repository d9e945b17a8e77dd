"""The casebook: which facts are about which case and which unit, kept up fact by fact, for cards.

In: facts, in order. Out: those about one case, or the latest ones about one unit, up to an instant. What a unit does on
a job is about the case of that job. What nobody has reported, and times only chance knows, is in no file: facts about
problems are left out, but for the report that tells of one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final

from twin.domain import facts as f
from twin.domain.commands import RecallUnit, ReportProblem, decode

MOST_CLOSED: Final = 5_000
"""Files of so many closed cases are kept: those closed last."""
MOST_OF_UNIT: Final = 50
"""So many facts about a unit are kept: the latest."""

_AT = attrgetter("at")


class Casebook:
    """Files of all open cases and of those closed last, and a short one of every unit.

    Parameters
    ----------
    most_closed, most_of_unit : how many closed cases, and facts about a unit, are kept; None keeps all.
    """

    def __init__(self, *, most_closed: int | None = MOST_CLOSED, most_of_unit: int | None = MOST_OF_UNIT) -> None:
        self._most_closed, self._most_of_unit = most_closed, most_of_unit
        self._open: dict[int, list[f.Fact]] = {}
        self._closed: OrderedDict[int, list[f.Fact]] = OrderedDict()
        self._units: dict[int, deque[f.Fact]] = {}
        self._on: dict[int, int] = {}
        """Unit → the case it is on."""
        self._given: tuple[int | None, int | None] = None, None
        """Case and unit the last command was about."""
        self._reporting: f.CommandGiven | None = None
        """The last command, if it told of a problem and no case has come of it yet."""

    def take(self, fact: f.Fact) -> None:
        """File a fact, if it is about a case or a unit."""
        takes = _TAKES.get(type(fact))
        if takes is not None:
            takes(self, fact)

    def of_case(self, case: int, *, until: int | None = None) -> tuple[f.Fact, ...]:
        """All facts about a case, up to and including those at `until`; none where it has no file (any more)."""
        return _up_to(self._file(case) or (), until)

    def of_unit(self, unit: int, *, until: int | None = None) -> tuple[f.Fact, ...]:
        """The latest facts about a unit, up to and including those at `until`."""
        return _up_to(self._units.get(unit, ()), until)

    # ------------------------------------------------------------------------------------------ filing

    def _file(self, case: int) -> list[f.Fact] | None:
        found = self._open.get(case)
        return self._closed.get(case) if found is None else found

    def _add(self, case: int, fact: f.Fact) -> None:
        """To a case that has a file; whatever is said of a case nobody reported is in none."""
        found = self._file(case)
        if found is not None:
            found.append(fact)

    def _add_to_unit(self, unit: int, fact: f.Fact) -> None:
        """To a unit that is there."""
        found = self._units.get(unit)
        if found is not None:
            found.append(fact)

    def _enrolled(self, fact: f.UnitEnrolled) -> None:
        self._units.setdefault(fact.unit, deque(maxlen=self._most_of_unit))

    def _opened(self, fact: f.CaseReported) -> None:
        found = self._open.get(fact.case)
        if found is None:
            found = self._open[fact.case] = self._closed.pop(fact.case, [])
        self._add_reporting(fact)
        found.append(fact)

    def _told(self, fact: f.ReportMade) -> None:
        if fact.opened and self._file(fact.case) is None:
            self._open[fact.case] = []
        self._add_reporting(fact)
        self._add(fact.case, fact)
        if fact.unit is not None:
            self._add_to_unit(fact.unit, fact)

    def _add_reporting(self, fact: f.CaseReported | f.ReportMade) -> None:
        """The command this report came of, if it came of one, stands before it."""
        if self._reporting is not None and self._reporting.at == fact.at:
            self._add(fact.case, self._reporting)
        self._reporting = None

    def _of_case(self, fact: f.IntakeBegan) -> None:
        self._add(fact.case, fact)

    def _reopened(self, fact: f.CaseReopened) -> None:
        found = self._closed.pop(fact.case, None)
        if found is not None:
            self._open[fact.case] = found
        self._add(fact.case, fact)

    def _covered(self, fact: f.NeedsCovered) -> None:
        self._add(fact.case, fact)
        self._add_to_unit(fact.unit, fact)

    def _ended(self, fact: f.CaseClosed | f.CaseRefused) -> None:
        found = self._open.pop(fact.case, None)
        if found is None:
            self._add(fact.case, fact)
            return
        found.append(fact)
        self._closed[fact.case] = found
        if self._most_closed is not None and len(self._closed) > self._most_closed:
            self._closed.popitem(last=False)

    def _assigned(self, fact: f.UnitAssigned) -> None:
        self._on[fact.unit] = fact.case
        self._add(fact.case, fact)
        self._add_to_unit(fact.unit, fact)

    def _on_job(self, fact: f.UnitRolled) -> None:
        case = self._on.get(fact.unit)
        if case is not None:
            self._add(case, fact)
        self._add_to_unit(fact.unit, fact)

    def _freed(self, fact: f.UnitFreed) -> None:
        if self._on.get(fact.unit) == fact.case:
            del self._on[fact.unit]
        self._add(fact.case, fact)
        self._add_to_unit(fact.unit, fact)

    def _off_job(self, fact: f.UnitAway) -> None:
        self._add_to_unit(fact.unit, fact)

    def _refused(self, fact: f.OrderRefused) -> None:
        self._add(fact.case, fact)
        self._add_to_unit(fact.unit, fact)

    def _commanded(self, fact: f.CommandGiven) -> None:
        command = decode(fact.command)
        unit: int | None = getattr(command, "unit", None)
        case: int | None = getattr(command, "case", None)
        if isinstance(command, RecallUnit):
            case = self._on.get(command.unit)
        self._given = case, unit
        self._reporting = fact if isinstance(command, ReportProblem) else None
        self._of_command(fact)

    def _denied(self, fact: f.CommandRefused) -> None:
        self._reporting = None
        self._of_command(fact)

    def _of_command(self, fact: f.CommandGiven | f.CommandRefused) -> None:
        case, unit = self._given
        if case is not None:
            self._add(case, fact)
        if unit is not None:
            self._add_to_unit(unit, fact)


_ON_JOB = (f.UnitRolled, f.LegRetimed, f.UnitArrived, f.UnitTransporting, f.UnitAtHospital)
_OF_LOOP = (
    f.CaseAccepted,
    f.CaseDispatched,
    f.CaseReturned,
    f.ChiefDecided,
    f.WorkBegan,
    f.RemoteTried,
    f.RemoteGivenUp,
    f.RemoteFailed,
    f.CaseHandled,
    f.CheckSent,
    f.CaseChecked,
    f.CaseSuspended,
    f.CaseResumed,
    f.DeadlineSet,
    f.DeadlineExtended,
    f.ExtensionRefused,
    f.CaseEscalated,
    f.CaseSupervised,
    f.FollowUpDue,
    f.CaseMediated,
    f.CaseVisited,
    f.CaseArchived,
)
_TAKES: dict[type[f.Fact], Callable[[Casebook, Any], None]] = {
    f.UnitEnrolled: Casebook._enrolled,
    f.CaseReported: Casebook._opened,
    f.ReportMade: Casebook._told,
    **dict.fromkeys(
        (f.IntakeBegan, f.CaseRegistered, f.CaseQueued, f.NeedGivenUp, f.NeedUnreachable), Casebook._of_case
    ),
    **dict.fromkeys(_OF_LOOP, Casebook._of_case),
    f.CaseReopened: Casebook._reopened,
    f.NeedsCovered: Casebook._covered,
    **dict.fromkeys((f.CaseClosed, f.CaseRefused), Casebook._ended),
    f.UnitAssigned: Casebook._assigned,
    **dict.fromkeys(_ON_JOB, Casebook._on_job),
    f.UnitFreed: Casebook._freed,
    **dict.fromkeys((f.UnitPosted, f.UnitAway, f.UnitLeft, f.UnitBack, f.UnitOffDuty), Casebook._off_job),
    f.OrderRefused: Casebook._refused,
    f.CommandGiven: Casebook._commanded,
    f.CommandRefused: Casebook._denied,
}
"""What is done with a fact, by its kind; others are about no case and no unit in particular."""


def _up_to(facts: Iterable[f.Fact], until: int | None) -> tuple[f.Fact, ...]:
    found = tuple(facts)
    return found if until is None else found[: bisect_right(found, until, key=_AT)]
