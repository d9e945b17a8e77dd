"""What one can choose among when acting: who can come, who can be turned round, which case, which street.

In: a moment. Out: units and cases in the order one would look at them, and lines that name them. Whether an act is
carried out is decided where it is handled; this only saves people from asking for what cannot be.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from twin.domain.light import Light
from twin.domain.quantities import CivilTime, to_s
from twin.domain.unit import AWAY, EN_ROUTE, FREE, OFF_DUTY, RECALLABLE
from twin.roads.network import RoadNetwork
from twin.views.around import Coming
from twin.views.moment import CaseShown, Moment, UnitShown
from twin.views.placing import both_ways
from twin.views.words import Words

SPELLS_S = (1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0)
"""How long a unit can be taken off duty for, seconds."""
_URGENCY = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}


class Candidate(NamedTuple):
    """A unit that could come, and the seconds expected until it is there."""

    unit: UnitShown
    expected_s: float


def candidates(moment: Moment, reach: Iterable[Coming]) -> tuple[Candidate, ...]:
    """Units that could come, in the order they are given in."""
    units = {unit.unit: unit for unit in moment.units}
    return tuple(Candidate(units[each.unit], to_s(each.expected_us)) for each in reach if each.unit in units)


def divertible(moment: Moment, case: CaseShown, *, skill: str, most: int) -> tuple[UnitShown, ...]:
    """Units with a skill that are on their way to other cases, nearest first as the crow flies."""
    fit = [
        place
        for place, unit in enumerate(moment.units)
        if unit.status is EN_ROUTE and unit.case != case.case and skill in unit.skills
    ]
    number = next((place for place, each in enumerate(moment.cases) if each.case == case.case), None)
    if number is None:
        return tuple(moment.units[place] for place in fit[:most])
    apart = moment.places[fit] - moment.case_places[number]
    degrees = np.hypot(apart[:, 0] * math.cos(math.radians(float(moment.case_places[number, 1]))), apart[:, 1])
    return tuple(moment.units[fit[place]] for place in np.argsort(degrees, kind="stable")[:most].tolist())


def recallable(moment: Moment, case: CaseShown) -> tuple[UnitShown, ...]:
    """Units that were sent to a case and have not arrived."""
    return tuple(unit for unit in moment.units if unit.case == case.case and may_be_recalled(unit))


def may_be_sent(unit: UnitShown) -> bool:
    """Whether a unit is free."""
    return unit.status in FREE


def may_be_diverted(unit: UnitShown) -> bool:
    """Whether a unit is on its way to a case."""
    return unit.status is EN_ROUTE


def may_be_recalled(unit: UnitShown) -> bool:
    """Whether a unit was sent to a case and has not arrived."""
    return unit.status in RECALLABLE


def may_stand_down(unit: UnitShown) -> bool:
    """Whether a unit is on duty and not away."""
    return unit.status not in (AWAY, OFF_DUTY)


def to_withdraw(moment: Moment, kind: str, n: int) -> tuple[int, ...]:
    """Units of a kind that would go if so many went off duty: free ones first, the last numbers first."""
    there = [unit for unit in moment.units if unit.kind == kind and may_stand_down(unit)]
    there.sort(key=lambda unit: (not may_be_sent(unit), -unit.unit))
    return tuple(unit.unit for unit in there[:n])


def cases_for(moment: Moment, unit: UnitShown, *, first: int | None, most: int) -> tuple[CaseShown, ...]:
    """Cases that wait for what a unit can do: case `first`, then the most urgent, by light, priority and age."""
    fit = [
        case
        for case in moment.cases
        if case.case != unit.case and any(skill in unit.skills for _, skill in case.waiting)
    ]
    fit.sort(key=lambda case: (case.case != first, _URGENCY[case.light], case.priority, case.reported_at))
    return tuple(fit[:most])


def closed_streets(roads: RoadNetwork, closed: Iterable[int]) -> tuple[int, ...]:
    """Closed streets by their lower edges, in order."""
    return tuple(sorted({both_ways(roads, edge)[0] for edge in closed}))


def is_closed(edges: Sequence[int], closed: frozenset[int]) -> bool:
    """Whether a street is closed, in any direction."""
    return not closed.isdisjoint(edges)


def unit_lines(units: Iterable[UnitShown], words: Words) -> dict[int, str]:
    """Units by number, each in a line that stays its own: name and kind, and its number where another is called so."""
    lines = {unit.unit: f"{unit.name} · {words.kind(unit.kind, unit.mode)}" for unit in units}
    often = Counter(lines.values())
    return {number: f"{line} #{number}" if often[line] > 1 else line for number, line in lines.items()}


def case_line(case: CaseShown, words: Words, *, civil: CivilTime) -> str:
    """A case in one line: what it is, where, and since when; without its reference, which is free text."""
    return words(
        "act.case_line",
        matter=words.named("matter", case.matter),
        area=case.area,
        priority=case.priority,
        reported=f"{civil.civil(case.reported_at):%H:%M}",
    )


def spell_line(lasting_s: float, words: Words) -> str:
    """A span in whole hours where it is some, else in minutes."""
    hours, rest_s = divmod(lasting_s, 3_600)
    return words("act.minutes", n=f"{lasting_s / 60:.0f}") if rest_s else words("act.hours", n=f"{hours:.0f}")
