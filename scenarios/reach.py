"""Who could be where first, as a moment shows it: searches for those who look, apart from the engine's own.

In: a moment and a place. Out: free units and when each is expected; and the area that a command is about.
"""

from __future__ import annotations

import threading

import numpy as np

from twin.console.desk import Reach
from twin.domain.commands import (
    AssignUnit,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
)
from twin.domain.mode import MODES
from twin.domain.quantities import CivilTime
from twin.domain.route import Spot
from twin.domain.unit import FREE
from twin.roads.ways import Ways
from twin.views.city import CityShown
from twin.views.moment import Moment

_KEPT = 64


class Reachable:
    """Searches for viewers, one at a time.

    Parameters
    ----------
    ways : by mode, used by nobody else.
    civil : tells the time band.
    """

    def __init__(self, ways: tuple[Ways, ...], civil: CivilTime) -> None:
        self._ways, self._civil = ways, civil
        self._lock = threading.Lock()
        self._found: dict[tuple[int, Spot, str | None, int], tuple[Reach, ...]] = {}

    def reach(self, moment: Moment, spot: Spot, *, skill: str | None, most: int) -> tuple[Reach, ...]:
        """Free units with a skill (None: any), soonest first."""
        key = (moment.number, spot, skill, most)
        with self._lock:
            found = self._found.get(key)
            if found is None:
                if len(self._found) >= _KEPT:
                    self._found.clear()
                found = self._found[key] = self._search(moment, spot, skill, most)
        return found

    def _search(self, moment: Moment, spot: Spot, skill: str | None, most: int) -> tuple[Reach, ...]:
        units = moment.units
        fit = [unit.status in FREE and (skill is None or skill in unit.skills) for unit in units]
        if not any(fit):
            return ()
        edges, offsets_mm, delays_us = np.array(
            [(unit.spot.edge, unit.spot.offset_mm, unit.delay_us) for unit in units], np.int64
        ).T.copy()
        modes = np.array([MODES.index(unit.mode) for unit in units])
        able = np.array(fit)
        band = self._ways[0].band_at(self._civil.hour_of_week(moment.at))
        found = []
        for mode, ways in enumerate(self._ways):
            of_mode = able & (modes == mode)
            if of_mode.any():
                reached = ways.first_reached(
                    spot,
                    edges=edges,
                    offsets_mm=offsets_mm,
                    delays_us=delays_us,
                    able=of_mode,
                    band=band,
                    closed=moment.closed,
                    k=most,
                )
                found += [Reach(unit, expected_us) for unit, expected_us, _ in reached]
        return tuple(sorted(found, key=lambda reach: (reach.expected_us, reach.unit))[:most])


def area_of(command: Command, *, moment: Moment, city: CityShown | None) -> str | None:
    """The area that a command is about: a case's own, else the street's; None where it is no place, or several."""
    match command:
        case AssignUnit():
            return _area_of_case(command.case, moment)
        case DivertUnit():
            areas = {_area_of_case(case, moment) for case in (command.case, _case_of(command.unit, moment))}
            return areas.pop() if len(areas) == 1 else None
        case RecallUnit() | StandDown():
            return (
                _area_of_edge(moment.units[command.unit].spot.edge, city) if command.unit < len(moment.units) else None
            )
        case CloseRoad() | ReopenRoad():
            areas = {_area_of_edge(edge, city) for edge in command.edges}
            return areas.pop() if len(areas) == 1 else None
        case ReportProblem():
            return _area_of_edge(command.edge, city)
        case _:
            return None


def _case_of(unit: int, moment: Moment) -> int | None:
    return moment.units[unit].case if unit < len(moment.units) else None


def _area_of_case(number: int | None, moment: Moment) -> str | None:
    return next((case.area for case in moment.cases if case.case == number), None)


def _area_of_edge(edge: int, city: CityShown | None) -> str | None:
    if city is None or not 0 <= edge < city.edge_area.size:
        return None
    return city.areas[int(city.edge_area[edge])]
