"""The card of a case: how it stands, what happened to it, who is coming, and why it was they who were sent.

In: the facts about one case (from the casebook) and a moment. Out: a `Dossier`, ready to be written down. An expected
arrival is what was expected when the unit was sent, never the time the engine has drawn; the problem behind a case is
no part of its card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.light import GREEN, Light
from twin.domain.quantities import CivilTime
from twin.views.moment import CaseShown, Moment
from twin.views.stands import desks_said, left_span, stand_said
from twin.views.telling import Telling
from twin.views.timeline import Entry, entries
from twin.views.words import Words


class Who(NamedTuple):
    """A unit on a case: since when, or when it is expected (`at`, None where nobody knows), and that in words."""

    unit: int
    name: str
    at: int | None
    said: str


class Considered(NamedTuple):
    """A unit that might have been sent instead, and how long it was expected to take, in words."""

    unit: int
    name: str
    expected: str


class Because(NamedTuple):
    """Why a unit was sent: for which skill, by which rule, when it was expected, and who came next."""

    at: int
    when: str
    unit: int
    name: str
    skill: str
    rule: str
    expected: str
    runners_up: tuple[Considered, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case.

    Parameters
    ----------
    ref, area : free text from a feed: never part of a page's markup. matter : what it is about, in words.
    light, light_said : how urgent it is; a closed case is green. stage : what is being done about it.
    countdown : how long is left, or over, or how long it took.
    timeline : what happened, oldest first.
    coming, here : units on their way, and on scene. waiting : skills nobody has been sent for.
    orders : why each unit was sent, in order; what a finder settled on the spot took no order.
    department : who has it. channel : the way it came in, in words. desks : what is done at desks, or waits to be.
    due, upstream : by when it should be closed, and by when those who passed it down want that; "" where nobody said.
    is_suspended : its clock stands still. is_late : it was escalated.
    """

    case: int
    ref: str
    matter: str
    priority: int
    area: str
    light: Light
    light_said: str
    countdown: str
    stage: str
    reported: str
    is_open: bool
    timeline: tuple[Entry, ...]
    coming: tuple[Who, ...]
    here: tuple[Who, ...]
    waiting: tuple[str, ...]
    orders: tuple[Because, ...]
    department: str = ""
    channel: str = ""
    desks: tuple[str, ...] = ()
    due: str = ""
    upstream: str = ""
    is_suspended: bool = False
    is_late: bool = False


def dossier(
    facts: Sequence[f.Fact], moment: Moment, case: int, *, civil: CivilTime, words: Words, names: Sequence[str]
) -> Dossier | None:
    """The card of a case at a moment; None where nobody has reported it by then, or it is no longer on file.

    Parameters
    ----------
    facts : those about the case, in order. names : of units, by number.
    """
    known = [fact for fact in facts if fact.at <= moment.at]
    report = next((fact for fact in known if isinstance(fact, f.CaseReported)), None)
    shown = next((shown for shown in moment.cases if shown.case == case), None)
    closed = next((fact for fact in reversed(known) if isinstance(fact, f.CaseClosed | f.CaseRefused)), None)
    followed = next((after for after in moment.followed if after.case == case), None)
    if report is None or (shown is None and closed is None):
        return None
    opening = next((fact for fact in known if isinstance(fact, f.ReportMade) and fact.opened), None)
    telling = Telling(civil, words, names, report, opening)
    on_it = _on_it(known, units=() if shown is None else shown.units)
    now = shown or followed
    centre = moment.centre
    return Dossier(
        case=case,
        ref=report.ref,
        matter=words.named("matter", report.matter),
        priority=report.priority if now is None else now.priority,
        area=report.area,
        light=GREEN if shown is None else shown.light,
        light_said=words("card.stage.closed") if shown is None else words(f"card.light.{shown.light.value}"),
        countdown=_countdown(shown, moment.at, report=report, closed=closed, telling=telling),
        stage=_stage(now, moment, words),
        reported=telling.instant(report.at),
        is_open=shown is not None,
        timeline=entries(known, telling),
        coming=tuple(_coming(sent, telling) for sent, arrived_at in on_it if arrived_at is None),
        here=tuple(_here(sent, at, telling, now=moment.at) for sent, at in on_it if at is not None),
        waiting=() if shown is None else tuple(words.named("skill", skill) for _, skill in shown.waiting),
        orders=tuple(_because(fact, telling) for fact in known if _is_order(fact)),
        department=words.named("department", _department(known)),
        channel="" if centre is None else words.named("channel", report.channel.value),
        desks=() if centre is None or now is None else desks_said(now, centre, moment.at, words),
        due=_instant(None if shown is None else shown.deadline_at, telling),
        upstream=_instant(None if shown is None else shown.upstream_at, telling),
        is_suspended=shown is not None and shown.is_suspended,
        is_late=shown is not None and shown.is_late,
    )


def _department(facts: Sequence[f.Fact]) -> str:
    """Who a case was dispatched to last, and has not sent it back."""
    for fact in reversed(facts):
        if isinstance(fact, f.CaseReturned | f.CaseDispatched):
            return fact.department if isinstance(fact, f.CaseDispatched) else ""
    return ""


def _instant(at: int | None, telling: Telling) -> str:
    return "" if at is None else telling.instant(at)


def _countdown(
    shown: CaseShown | None,
    at: int,
    *,
    report: f.CaseReported,
    closed: f.CaseClosed | f.CaseRefused | None,
    telling: Telling,
) -> str:
    words = telling.words
    if shown is None:
        return words("card.took", span=telling.span((at if closed is None else closed.at) - report.at))
    if shown.left_us is None:
        return words("card.no_limit")
    return words("card.over" if shown.left_us < 0 else "card.left", span=left_span(shown, words))


def _stage(case: CaseShown | None, moment: Moment, words: Words) -> str:
    if case is None:
        return words("card.stage.closed")
    if moment.centre is not None:
        said = stand_said(case, moment.centre, words)
        return said[:1].upper() + said[1:]
    return words(f"card.stage.{case.stage.value}") if case.is_queued else words("card.stage.intake")


def _on_it(facts: Sequence[f.Fact], *, units: Sequence[int]) -> list[tuple[f.UnitAssigned, int | None]]:
    """The orders that `units` are on, in the order they were given, and when each arrived."""
    found: dict[int, tuple[f.UnitAssigned, int | None]] = {}
    for fact in facts:
        match fact:
            case f.UnitAssigned() if fact.unit in units:
                found.pop(fact.unit, None)
                found[fact.unit] = fact, None
            case f.UnitArrived() if fact.unit in found and found[fact.unit][1] is None:
                found[fact.unit] = found[fact.unit][0], fact.at
            case _:
                pass
    return list(found.values())


def _coming(sent: f.UnitAssigned, telling: Telling) -> Who:
    expected_at = sent.at + sent.expected_us if sent.expected_us else None
    return Who(sent.unit, telling.unit(sent.unit), expected_at, telling.expected(sent))


def _here(sent: f.UnitAssigned, at: int, telling: Telling, *, now: int) -> Who:
    since = telling.words("card.since", instant=telling.clock(at), span=telling.span(now - at))
    return Who(sent.unit, telling.unit(sent.unit), at, since)


def _is_order(fact: f.Fact) -> bool:
    return isinstance(fact, f.UnitAssigned) and fact.rule != ON_THE_SPOT


def _because(fact: f.Fact, telling: Telling) -> Because:
    assert isinstance(fact, f.UnitAssigned)
    others = zip(fact.runners_up, fact.runners_up_us, strict=True)
    return Because(
        at=fact.at,
        when=telling.instant(fact.at),
        unit=fact.unit,
        name=telling.unit(fact.unit),
        skill=telling.skill(fact.need),
        rule=telling.rule(fact.rule),
        expected=telling.expected(fact),
        runners_up=tuple(Considered(unit, telling.unit(unit), telling.span(us)) for unit, us in others),
    )
