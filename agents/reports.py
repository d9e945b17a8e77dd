"""Reports: somebody tells the centre of a problem, and it opens a case or adds the report to one it has.

The centre does not know which problem a report is about. It takes a report for a second one of a case if an open case
has the same matter, lies near and is not too old. It can be wrong either way: metrics count that, nobody there sees it.
"""

from __future__ import annotations

from collections.abc import Callable

from agents.base import City, CityAgent
from agents.case_source import all_needs
from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.contact import Telling
from twin.domain.ids import child_id
from twin.domain.problem import Channel, Problem
from twin.domain.route import Spot

FURTHER_CASE = 2_000
"""Cases about a problem beyond the first are its children from this number on."""


class Reports(CityAgent):
    """The ear of the command centre."""

    def __init__(self, city: City, *, take: Callable[[int], None]) -> None:
        super().__init__(city)
        self._take = take

    def take(self, problem: int, *, channel: Channel, told_at: int | None) -> None:
        """A citizen's report: a new case, or a second report of an open one."""
        found = self.city.state.problems[problem]
        known = self.same(found.matter, found.spot)
        if known is not None:
            self.city.record(f.ReportMade(self.city.now, problem, known, channel, None, opened=False, told_at=told_at))
        else:
            self._take(self.open(problem, channel=channel, told_at=told_at))

    def open(
        self,
        problem: int,
        *,
        channel: Channel,
        unit: int | None = None,
        told_at: int | None = None,
        settles: bool = False,
    ) -> int:
        """A report that opens a case; returns the case. `settles`: whoever found it puts it right at once."""
        city = self.city
        found = city.state.problems[problem]
        case = problem if not found.n_reports else child_id(problem, FURTHER_CASE + found.n_reports)
        city.record(f.ReportMade(city.now, problem, case, channel, unit, opened=True, told_at=told_at))
        self._report(case, found, found.needs, channel=channel, unit=unit, settles=settles)
        return case

    def open_for(self, telling: Telling, problem: int, case: int) -> None:
        """A contact that was listened to opens a case; the centre has it from there."""
        city = self.city
        city.record(f.ReportMade(city.now, problem, case, telling.channel, None, opened=True))
        there = city.state.problems.get(problem)
        matter = city.setting.sources[telling.source].by_name[telling.matter]
        needs = matter.needs if there is None else there.needs
        self._report(case, telling, needs, channel=telling.channel, told_at=telling.made_at)
        self._take(case)

    def _report(
        self,
        case: int,
        told: Problem | Telling,
        needs: tuple[str, ...],
        *,
        channel: Channel,
        unit: int | None = None,
        settles: bool = False,
        told_at: int | None = None,
    ) -> None:
        city = self.city
        demand = city.setting.sources[told.source]
        matter = demand.by_name[told.matter]
        verify = matter.verify is not None and unit is None
        priority = city.priority_of(told.matter, told.priority)
        city.record(
            f.CaseReported(
                city.now,
                case,
                f"{demand.name}-{case}",
                told.area,
                told.matter,
                priority,
                (ON_THE_SPOT,)
                if settles
                else all_needs(needs, verify=matter.verify if verify else None, check=matter.check),
                told.spot.edge,
                told.spot.offset_mm,
                told.source,
                n_verify=int(verify and not settles),
                n_check=int(matter.check is not None and not settles),
                channel=channel,
                told_at=told_at,
                finder=unit,
            )
        )

    def same(self, matter: str, spot: Spot) -> int | None:
        """The open case a report is taken for a second one of: the nearest; of equals the oldest."""
        city, state, merging = self.city, self.city.state, self.city.setting.merging
        if merging is None:
            return None
        since = city.now - merging.within_us
        like = [
            (number, case)
            for number, case in state.cases.items()
            if case.matter == matter and case.reported_at >= since
        ]
        apart = city.terrain.apart_m(spot, [case.spot for _, case in like])
        near = [
            (away, case.reported_at, number)
            for away, (number, case) in zip(apart, like, strict=True)
            if away <= merging.within_m
        ]
        return min(near)[2] if near else None
