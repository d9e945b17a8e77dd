"""The whistle: where several services must assemble, work starts when the last of them is there.

A unit of several services, such as a joint patrol, does all that it can of what a case wants.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.base import City, CityAgent
from agents.field_unit import FieldUnit
from agents.loop_rules import LoopRules
from twin.domain import facts as f
from twin.domain.case import HANDLE


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
            return
        leave_at = [city.now + self.units[unit].work_us(city.state.jobs[unit], known) for unit in there]
        city.record(f.WorkBegan(city.now, case, tuple(there), tuple(leave_at)))

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
