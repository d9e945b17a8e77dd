"""Discovery: a patrol notices a problem, tells the centre by app, and settles it on the spot if it can.

A vehicle with a camera does not stop: its camera tells, and it goes on.
"""

from __future__ import annotations

from agents.base import City, CityAgent
from agents.command_centre import CommandCentre
from agents.contacts import Contacts
from agents.lookout import Lookout
from agents.reports import Reports
from twin.domain.ids import batch_and_number
from twin.domain.problem import PATROL, Channel


class Discovery(CityAgent):
    """What happens where a patrol comes by a problem and sees it."""

    def __init__(
        self, city: City, *, lookout: Lookout, reports: Reports, centre: CommandCentre, contacts: Contacts | None
    ) -> None:
        super().__init__(city)
        self.lookout, self.reports, self.centre, self.contacts = lookout, reports, centre, contacts

    def discover(self, number: int) -> None:
        """A unit notices the problem it was on the lookout for."""
        city, unit = self.city, self.centre.units[number]
        problem = city.state.lookouts[number]
        if self.contacts is not None and unit.unit.kind in self.contacts.rules.cameras_on:
            self.contacts.sensed(problem, channel=Channel.VEHICLE)
            if city.state.agenda.due("discover", number) == city.now:
                self.lookout.patrol_on(number)
            return
        found = city.state.problems[problem]
        life = city.setting.sources[found.source].life_of(found.matter)
        settles = city.streams.uniform("settles", *batch_and_number(problem)) < life.settles_by(unit.unit.kind)
        told_at = city.state.agenda.due("tell", problem)
        case = self.reports.open(problem, channel=PATROL, unit=number, told_at=told_at, settles=settles)
        if settles:
            unit.pause_patrol()
        self.lookout.problem_gone(problem)
        if settles:
            self.centre.settle_on_the_spot(case, unit)
        else:
            self.centre.take(case)
