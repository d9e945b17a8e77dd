"""What happened, in words: facts about a case or a unit as lines that a person reads.

In: facts from the casebook, in order. Out: one `Entry` a fact. Problems, and times only chance knows, are in no line:
of a report it is said by which way it came, of a unit under way what was expected of it when it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.commands import Why, decode, name_of
from twin.domain.quantities import CivilTime, to_s
from twin.domain.unit import BACK_TO_QUEUE
from twin.views.words import Words

_WHYS = {why.value: why for why in Why}


class Entry(NamedTuple):
    """A line: what happened, more about it, and whom and what it is about, for links."""

    at: int
    when: str
    phrase: str
    detail: str = ""
    unit: int | None = None
    case: int | None = None


Said = tuple[str, str]
"""A phrase and a detail."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells it, and to whom.

    Parameters
    ----------
    civil : the clock on the wall. words : in which language.
    names : of units, by number.
    report : of the case it is about; opening : the report to the centre that opened it, where there was one.
    """

    civil: CivilTime
    words: Words
    names: Sequence[str]
    report: f.CaseReported | None = None
    opening: f.ReportMade | None = None

    def instant(self, at: int) -> str:
        """Civil date and time."""
        return self.words.instant(self.civil.civil(at))

    def clock(self, at: int) -> str:
        """Civil time of day."""
        return f"{self.civil.civil(at):%H:%M}"

    def span(self, microseconds: int) -> str:
        """A span of time."""
        return self.words.span(to_s(microseconds))

    def unit(self, number: int) -> str:
        """What a unit is called."""
        if 0 <= number < len(self.names):
            return self.names[number]
        return self.words("card.nobody", number=number)

    def skill(self, need: int) -> str:
        """What a need of the case takes, nothing where nobody knows."""
        needs = () if self.report is None else self.report.needs
        return self.words.named("skill", needs[need]) if 0 <= need < len(needs) else ""

    @property
    def is_on_the_spot(self) -> bool:
        """Whether the case was settled by who found it: nobody waited and nobody set out."""
        return self.report is not None and self.report.needs == (ON_THE_SPOT,)

    def rule(self, rule: str) -> str:
        """What a policy's rule is called; rules of the user's own as they are."""
        return self.words.named("rule", rule)

    def why(self, why: str) -> str:
        """Why something was refused; journals of old may say it in words of their own."""
        known = _WHYS.get(why)
        return why if known is None else self.words(f"why.{known.name.lower()}")

    def expected(self, fact: f.UnitAssigned) -> str:
        """When a unit was expected to arrive, as it was known when it was sent."""
        if not fact.expected_us:
            return self.words("card.not_expected")
        at = fact.at + fact.expected_us
        return self.words("card.expected", span=self.span(fact.expected_us), clock=self.clock(at))


def entries(facts: Iterable[f.Fact], telling: Telling) -> tuple[Entry, ...]:
    """One line a fact, in their order; what says nothing to a person is left out."""
    lines = []
    for fact in facts:
        tells = _TELLS.get(type(fact))
        said = None if tells is None else tells(fact, telling)
        if said is not None:
            unit, case = getattr(fact, "unit", None), getattr(fact, "case", None)
            lines.append(Entry(fact.at, telling.instant(fact.at), *said, unit, case))
    return tuple(lines)


# ---------------------------------------------------------------------- cases


def _reported(fact: f.CaseReported, t: Telling) -> Said:
    what = t.words(
        "fact.reported.what",
        matter=t.words.named("matter", fact.matter),
        priority=fact.priority,
        area=fact.area,
    )
    return t.words("fact.reported") if t.opening is None else _opening(t.opening, t), what


def _told(fact: f.ReportMade, t: Telling) -> Said | None:
    if fact.opened:  # of a case it is said where that is reported; of a unit, it is what it found
        return None if t.report is not None else (_opening(fact, t), "")
    channel, unit = _channel(fact, t)
    return t.words(f"fact.again.{channel}", unit=unit), t.words("fact.again.what")


def _opening(fact: f.ReportMade, t: Telling) -> str:
    channel, unit = _channel(fact, t)
    return t.words(f"fact.reported.{channel}", unit=unit)


def _channel(fact: f.ReportMade, t: Telling) -> tuple[str, str]:
    return fact.channel.value, "" if fact.unit is None else t.unit(fact.unit)


def _queued(fact: f.CaseQueued, t: Telling) -> Said | None:
    return None if t.is_on_the_spot else (t.words(f"fact.queued.{fact.stage.value}"), "")


def _given_up(fact: f.NeedGivenUp, t: Telling) -> Said:
    return t.words(f"fact.given_up.{fact.why.name.lower()}"), t.skill(fact.need)


# ---------------------------------------------------------------------- units


def _assigned(fact: f.UnitAssigned, t: Telling) -> Said:
    if fact.rule == ON_THE_SPOT:
        return t.words("fact.on_the_spot", unit=t.unit(fact.unit)), ""
    detail = t.words("card.because", rule=t.rule(fact.rule), expected=t.expected(fact))
    return t.words("fact.assigned", unit=t.unit(fact.unit)), detail


def _rolled(fact: f.UnitRolled, t: Telling) -> Said | None:
    if t.is_on_the_spot:
        return None
    return t.words("fact.rolled", unit=t.unit(fact.unit)), t.words("fact.inferred") if fact.inferred else ""


def _arrived(fact: f.UnitArrived, t: Telling) -> Said | None:
    return None if t.is_on_the_spot else (t.words("fact.arrived", unit=t.unit(fact.unit)), "")


def _freed(fact: f.UnitFreed, t: Telling) -> Said:
    again = t.words("fact.waits_again") if fact.cause in BACK_TO_QUEUE else ""
    return t.words(f"fact.freed.{fact.cause.name.lower()}", unit=t.unit(fact.unit)), again


def _away(fact: f.UnitAway, t: Telling) -> Said:
    return t.words(f"fact.away.{fact.reason.name.lower()}", unit=t.unit(fact.unit)), ""


# ---------------------------------------------------------------------- orders and commands


def _refused(fact: f.OrderRefused, t: Telling) -> Said:
    return t.words(f"fact.order.{fact.kind.value}", unit=t.unit(fact.unit)), t.why(fact.why)


def _commanded(fact: f.CommandGiven, t: Telling) -> Said:
    command = decode(fact.command)
    unit: int | None = getattr(command, "unit", None)
    key = name_of(type(command)).replace(" ", "_")
    return t.words(f"fact.command.{key}", seat=fact.by, unit="" if unit is None else t.unit(unit)), ""


def _denied(fact: f.CommandRefused, t: Telling) -> Said:
    return t.words("fact.command_refused"), t.why(fact.why)


_TELLS: dict[type[f.Fact], Callable[[Any, Telling], Said | None]] = {
    f.CaseReported: _reported,
    f.ReportMade: _told,
    f.IntakeBegan: lambda fact, t: (t.words("fact.intake"), ""),
    f.CaseRegistered: lambda fact, t: (t.words("fact.registered"), ""),
    f.CaseQueued: _queued,
    f.NeedGivenUp: _given_up,
    f.NeedUnreachable: lambda fact, t: (t.words("fact.unreachable"), t.skill(fact.need)),
    f.CaseClosed: lambda fact, t: (t.words("fact.void") if fact.void else t.words("fact.closed"), ""),
    f.UnitAssigned: _assigned,
    f.UnitRolled: _rolled,
    f.LegRetimed: lambda fact, t: (t.words("fact.retimed", unit=t.unit(fact.unit)), ""),
    f.UnitArrived: _arrived,
    f.UnitTransporting: lambda fact, t: (t.words("fact.transporting", unit=t.unit(fact.unit)), ""),
    f.UnitAtHospital: lambda fact, t: (t.words("fact.at_hospital", unit=t.unit(fact.unit)), ""),
    f.UnitFreed: _freed,
    f.UnitAway: _away,
    f.UnitLeft: lambda fact, t: (t.words("fact.left", unit=t.unit(fact.unit)), ""),
    f.UnitBack: lambda fact, t: (t.words("fact.back", unit=t.unit(fact.unit)), ""),
    f.UnitOffDuty: lambda fact, t: (t.words("fact.off_duty", unit=t.unit(fact.unit)), ""),
    f.OrderRefused: _refused,
    f.CommandGiven: _commanded,
    f.CommandRefused: _denied,
}
