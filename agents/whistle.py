"""The whistle: where several services must assemble, work starts when the last of them is there.

A unit of several services, such as a joint patrol, does all that it can of what a case wants. Cases that would wait for
each other's people for ever do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agents.base import City, CityAgent
from agents.field_unit import FieldUnit
from agents.loop_rules import LoopRules
from twin.domain import facts as f
from twin.domain.case import HANDLE
from twin.domain.unit import RECALLED


class Whistle(CityAgent):
    """Knows who is still expected."""

    def __init__(self, city: City, rules: LoopRules, units: Sequence[FieldUnit]) -> None:
        super().__init__(city)
        self.rules, self.units = rules, units

    def waits(self, case: int) -> bool:
        """Whether whoever arrives at a case waits for others."""
        known = self.city.state.cases[case]
        return known.stage is HANDLE and len(known.needs_of(HANDLE)) > 1 and self.rules.matter(known.matter).is_joint

    def assembled(self, case: int) -> None:
        """If nobody is expected any more, those who are there begin."""
        city, known = self.city, self.city.state.cases[case]
        jobs = [(unit, job) for unit, job in sorted(city.state.jobs.items()) if job.case == case]
        there = [unit for unit, job in jobs if job.arrived_at is not None]
        if known.n_waiting or len(there) < len(jobs) or not there:
            self._untie()
            return
        leave_at = [city.now + self.units[unit].work_us(city.state.jobs[unit], known) for unit in there]
        city.record(f.WorkBegan(city.now, case, tuple(there), tuple(leave_at)))

    def _untie(self) -> None:
        """Where cases wait for each other's people for ever, those of the least urgent go to the most urgent."""
        city, cases = self.city, self.city.state.cases
        waiting: dict[int, list[int]] = {}
        for unit, job in sorted(city.state.jobs.items()):
            if self.waits(job.case) and job.begun_at is None:
                waiting.setdefault(job.case, []).append(unit)
        stuck = [case for case, units in waiting.items() if cases[case].n_waiting and self._are_there(units)]
        stuck.sort(key=lambda case: (cases[case].priority, cases[case].reported_at, case))
        for place, case in enumerate(stuck):
            for other in reversed(stuck[place + 1 :]):
                wanted = self._wanted(case, waiting[other], waiting=waiting)
                if wanted is not None:
                    self.units[wanted].give_up_job(RECALLED)
                    self.units[wanted].after_job()
                    return

    def _are_there(self, units: Sequence[int]) -> bool:
        return all(self.city.state.jobs[unit].arrived_at is not None for unit in units)

    def _wanted(self, case: int, units: Sequence[int], *, waiting: Mapping[int, Sequence[int]]) -> int | None:
        """Which of these units a case lacks that nobody on duty can bring but those who wait elsewhere."""
        state, fleet = self.city.state, self.city.state.fleet
        held = [unit for there in waiting.values() for unit in there]
        for need, skill in enumerate(state.cases[case].needs):
            if (case, need) not in state.queue:
                continue
            able = fleet.able(skill) & fleet.on_duty
            of_these = [unit for unit in units if able[unit]]
            able[held] = False
            if of_these and not able.any():
                return of_these[0]
        return None

    def cover(self, unit: int, case: int) -> None:
        """A unit that was just sent does what else it can of what a joint case wants."""
        city = self.city
        if not self.waits(case):
            return
        known, skills = city.state.cases[case], self.units[unit].unit.skills
        queue = city.state.queue
        also = [need for need, skill in enumerate(known.needs) if skill in skills and (case, need) in queue]
        if also:
            city.record(f.NeedsCovered(city.now, case, unit, tuple(also)))
