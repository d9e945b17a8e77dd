"""The office: the people at the desks of a centre and its departments, and the ways by which things come to them.

Puts desks, the case loop, contacts, sensors and the whistle together for a city whose scenario has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from agents.base import City, CityAgent
from agents.case_loop import CaseLoop
from agents.command_centre import CommandCentre
from agents.contacts import Contacts
from agents.desk_work import DeskWork
from agents.eyes import Eyes
from agents.field_unit import FieldUnit
from agents.loop_rules import LoopRules
from agents.reports import Reports
from agents.whistle import Whistle
from twin.clock.clock import Bell
from twin.domain.desk import STEPS, Step
from twin.world.apply_desks import GIVE_UP
from twin.world.desks import ALARM


class Office(CityAgent):
    """Everybody who works on cases indoors."""

    def __init__(
        self, city: City, rules: LoopRules, *, centre: CommandCentre, reports: Reports, units: Sequence[FieldUnit]
    ) -> None:
        super().__init__(city)
        self.rules = rules
        self.desks = DeskWork(city, rules)
        self.loop = CaseLoop(city, rules, desks=self.desks, begin=centre.begin)
        self.contacts = Contacts(city, rules, desks=self.desks, reports=reports)
        self.eyes = Eyes(city, rules, contacts=self.contacts)
        self.whistle = Whistle(city, rules, units)
        self.desks.then |= self.loop.steps() | {Step.ANSWER: self.contacts.answered}
        centre.loop = self.loop

    def bells(self) -> dict[str, Bell]:
        """Who answers which alarm."""
        return {ALARM[step]: partial(self.desks.finish, step) for step in STEPS} | {
            "attend": self.contacts.attend,
            "sense": self.eyes.sense,
            "return": self.loop.give_back,
            "resume": self.loop.resume,
            "ask": self.loop.ask_for_time,
            "overdue": self.loop.escalate,
            GIVE_UP: self.loop.give_up_remote,
        }
