"""What happened, in words: facts about a case or a unit as lines that a person reads.

In: facts from the casebook, in order. Out: one `Entry` a fact. Problems, and times only chance knows, are in no line:
of a report it is said by which way it came, of a unit under way what was expected of it when it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.commands import decode, name_of
from twin.domain.problem import CITIZEN, PATROL, UNKNOWN, Channel
from twin.domain.unit import BACK_TO_QUEUE
from twin.views.telling import Said, Telling
from twin.views.timeline_loop import OF_LOOP


class Entry(NamedTuple):
    """A line: what happened, more about it, and whom and what it is about, for links."""

    at: int
    when: str
    phrase: str
    detail: str = ""
    unit: int | None = None
    case: int | None = None


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
    if fact.told_at is not None and fact.told_at < fact.at:
        what = t.words("fact.reported.told", what=what, clock=t.clock(fact.told_at))
    channel = fact.channel if t.opening is None else t.opening.channel
    unit = fact.finder if t.opening is None else t.opening.unit
    return _told_by("reported", channel, unit, t), what


def _told(fact: f.ReportMade, t: Telling) -> Said | None:
    if fact.opened:  # of a case it is said where that is reported; of a unit, it is what it found
        return None if t.report is not None else (_told_by("reported", fact.channel, fact.unit, t), "")
    return _told_by("again", fact.channel, fact.unit, t), t.words("fact.again.what")


def _told_by(how: str, channel: Channel, unit: int | None, t: Telling) -> str:
    """That something was "reported", or "again", and by which way."""
    if channel is UNKNOWN:
        return t.words("fact.reported")
    if channel is CITIZEN:
        return t.words(f"fact.{how}.citizen")
    if channel is PATROL and unit is not None:
        return t.words(f"fact.{how}.patrol", unit=t.unit(unit))
    return t.words(f"fact.{how}.by", channel=t.words.named("channel", channel.value))


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


def _posted(fact: f.UnitPosted, t: Telling) -> Said:
    detail = t.words("card.because", rule=t.rule(fact.rule), expected=t.expected(fact))
    return t.words("fact.posted", unit=t.unit(fact.unit)), detail


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
    f.UnitPosted: _posted,
    f.UnitLeft: lambda fact, t: (t.words("fact.left", unit=t.unit(fact.unit)), ""),
    f.UnitBack: lambda fact, t: (t.words("fact.back", unit=t.unit(fact.unit)), ""),
    f.UnitOffDuty: lambda fact, t: (t.words("fact.off_duty", unit=t.unit(fact.unit)), ""),
    f.OrderRefused: _refused,
    f.CommandGiven: _commanded,
    f.CommandRefused: _denied,
    **OF_LOOP,
}
