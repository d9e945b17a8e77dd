"""How far a case has come and who has it now, in words: for the table, the map, the card.

In: a case of a moment, the centre of that moment, words. Out: plain text; desks and departments that are not shipped
are called as the scenario calls them. Where there is no centre a case is only taken down, and then waits for whoever
is sent.
"""

from __future__ import annotations

from collections.abc import Sequence

from twin.domain.case import DISPATCHED
from twin.domain.quantities import to_s
from twin.views.centre import CentreShown
from twin.views.moment import AtDesk, CaseShown
from twin.views.pictograms import Look
from twin.views.words import Words

STANDS = (
    "reported",
    "verify",
    "accepted",
    "registered",
    "dispatched",
    "suspended",
    "handle",
    "handled",
    "check",
    "checked",
    "closed",
)
"""How far cases of a centre can have come, in the order of the loop."""


def stand_of(case: CaseShown) -> str:
    """How far a case of a centre has come: one of `STANDS`."""
    if case.is_suspended:
        return "suspended"
    return case.stage.value if case.is_queued else case.status.value


def stand_said(case: CaseShown, centre: CentreShown | None, words: Words) -> str:
    """How far a case has come."""
    if centre is None:
        return words(f"stage.{case.stage.value}" if case.is_queued else "stage.reported")
    if case.status is DISPATCHED and case.department and not case.is_suspended:
        return words("stand.dispatched_to", department=words.named("department", case.department))
    return words(f"stand.{stand_of(case)}")


def holder(case: CaseShown, centre: CentreShown | None, words: Words, *, names: Sequence[str]) -> str:
    """Who has a case now, shortly: a desk, the units sent, or the department; nobody while it waits for a unit."""
    if centre is not None and case.desks and not case.units:
        return _at_desk(case.desks[0], centre, words)
    units = ", ".join(names[unit] for unit in case.units)
    department = "" if centre is None or case.waiting else case.department
    return units or words.named("department", department)


def desks_said(case: CaseShown, centre: CentreShown, at: int, words: Words) -> tuple[str, ...]:
    """What is done about a case at desks, or waits to be, each with the time it has taken so far."""
    return tuple(
        words(
            "desks.waits_for" if each.waits else "desks.under_way",
            desk=words.named("desk", centre.desks[each.desk].name),
            step=words.named("step", each.step.value),
            span=words.span(to_s(at - each.since)),
        )
        for each in case.desks
    )


def look_of(case: CaseShown, centre: CentreShown | None) -> Look:
    """What the sign of a case tells of it."""
    if case.is_queued:
        return Look(case.stage.value)
    if centre is None:
        return Look.INTAKE
    return Look.HELD if case.is_suspended else Look.DESK


def left_span(case: CaseShown, words: Words) -> str:
    """How much is left of the limit of a case that has one, or by how much it is past, as the limit counts time."""
    assert case.left_us is not None
    span = words.span(to_s(abs(case.left_us)))
    return words("span.working", span=span) if case.on_calendar else span


def mode_said(mode: str, words: Words) -> str:
    """What a mode of the centre is called; "" is as usual."""
    return words.named("mode", mode) if mode else words("modes.usual")


def _at_desk(each: AtDesk, centre: CentreShown, words: Words) -> str:
    desk = words.named("desk", centre.desks[each.desk].name)
    return words("desks.waits_at", desk=desk) if each.waits else desk
