"""The card of a unit: who it is, what it is doing and since when, and its jobs of the day.

In: the latest facts about one unit (from the casebook) and a moment. Out: a `UnitCard`, ready to be written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from twin.domain import facts as f
from twin.domain.quantities import CivilTime
from twin.domain.unit import EN_ROUTE, TURNOUT
from twin.views.moment import Moment, UnitShown
from twin.views.telling import Telling
from twin.views.timeline import Entry, entries
from twin.views.words import Words


class JobDone(NamedTuple):
    """A job of the day: its case, and when the unit was sent, arrived and was free again, as times of day."""

    case: int
    sent: str
    arrived: str
    freed: str
    outcome: str


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit.

    Parameters
    ----------
    kind, mode, skills, status, since : in words. beat : the number of the grid it looks after, None if it has none.
    case : what it is on; expected : when it was expected there as it was sent, None unless it is on its way.
    jobs : those begun on the civil day of the moment, or still under way, that the facts given reach back to.
    timeline : what happened to it, oldest first.
    """

    unit: int
    name: str
    kind: str
    mode: str
    skills: tuple[str, ...]
    beat: int | None
    status: str
    since: str
    case: int | None
    expected: str | None
    jobs: tuple[JobDone, ...]
    timeline: tuple[Entry, ...]


def unit_card(facts: Sequence[f.Fact], moment: Moment, unit: int, *, civil: CivilTime, words: Words) -> UnitCard | None:
    """The card of a unit at a moment; None where there is no such unit.

    Parameters
    ----------
    facts : the latest ones about it, in order.
    """
    shown = next((shown for shown in moment.units if shown.unit == unit), None)
    if shown is None:
        return None
    known = [fact for fact in facts if fact.at <= moment.at]
    telling = Telling(civil, words, [member.name for member in moment.units])
    span = telling.span(moment.at - shown.since)
    return UnitCard(
        unit=unit,
        name=shown.name,
        kind=words.named("kind", shown.kind),
        mode=words(f"card.mode.{shown.mode.value}"),
        skills=tuple(words.named("skill", skill) for skill in shown.skills),
        beat=shown.beat,
        status=words(shown.doing),
        since=words("card.since", instant=telling.clock(shown.since), span=span),
        case=shown.case,
        expected=_expected(known, shown, telling),
        jobs=_jobs(known, telling, at=moment.at),
        timeline=entries(known, telling),
    )


def _expected(facts: Sequence[f.Fact], shown: UnitShown, telling: Telling) -> str | None:
    if shown.status not in (TURNOUT, EN_ROUTE):
        return None
    sent = (fact for fact in reversed(facts) if isinstance(fact, f.UnitAssigned) and fact.case == shown.case)
    return next((telling.expected(fact) for fact in sent), None)


def _jobs(facts: Sequence[f.Fact], telling: Telling, *, at: int) -> tuple[JobDone, ...]:
    """Jobs of the day, in the order they were begun; an order given while on a job ends that unrecorded."""
    words, today = telling.words, telling.civil.civil(at).date()
    dash = words("none")
    found: list[tuple[int, JobDone]] = []
    is_on = False
    for fact in facts:
        match fact:
            case f.UnitAssigned():
                found.append((fact.at, JobDone(fact.case, telling.clock(fact.at), dash, dash, dash)))
                is_on = True
            case f.UnitArrived() if is_on and found[-1][1].arrived == dash:
                found[-1] = found[-1][0], found[-1][1]._replace(arrived=telling.clock(fact.at))
            case f.UnitFreed() if is_on and found[-1][1].case == fact.case:
                outcome = words(f"card.job.{fact.cause.name.lower()}")
                found[-1] = found[-1][0], found[-1][1]._replace(freed=telling.clock(fact.at), outcome=outcome)
                is_on = False
            case _:
                pass
    if is_on:
        found[-1] = at, found[-1][1]._replace(outcome=words("card.job.under_way"))
    return tuple(job for sent_at, job in found if telling.civil.civil(sent_at).date() == today)
