"""Contacts: citizens, sensors and other departments turn to the centre by a channel, and somebody listens.

In: tellings of problems, and contacts that are about none (consultations, emergency calls, reports with nothing behind
them). Out: reports and cases once they have been listened to. A consultation takes the same people's time; an emergency
is handed over. Until then nobody at the centre knows what it is about.
"""

from __future__ import annotations

from collections.abc import Callable

from agents.base import City, CityAgent
from agents.demand import PoissonDemand
from agents.desk_work import DeskWork
from agents.loop_rules import AS_USUAL, Kind, LoopRules, StepRule
from agents.reports import Reports
from agents.source import Source
from twin.domain import facts as f
from twin.domain.contact import REPORT
from twin.domain.desk import Step
from twin.domain.ids import batch_and_number, child_id
from twin.domain.problem import Channel
from twin.domain.route import Spot

FROM_CONTACT = 10_000
"""Citizens' tellings of a problem are its children from this number on."""
FROM_SENSOR = 20_000
"""Sensors' tellings of a problem are its children from this number on."""
ANSWERED_FIRST = 1
"""Priority of what waits to be listened to: nobody knows how urgent it is."""


class Contacts(CityAgent):
    """The ways into the centre."""

    def __init__(self, city: City, rules: LoopRules, *, desks: DeskWork, reports: Reports) -> None:
        super().__init__(city)
        self.rules, self.desks, self.reports = rules, desks, reports

    def channel_of(self, problem: int, n_told: int) -> Channel:
        """By which channel a citizen tells of a problem for the `n_told`-th time."""
        purpose = f"channel {n_told}" if n_told else "channel"
        u = self.city.streams.uniform(purpose, *batch_and_number(problem))
        return next(channel for channel, upto in self.rules.told_by if u < upto)

    def tell(self, problem: int, *, channel: Channel, told_at: int | None) -> None:
        """A citizen turns to the centre with a problem; the next will at `told_at`."""
        n_called = self.city.state.problems[problem].n_called
        self._turn_to(child_id(problem, FROM_CONTACT + n_called), problem, channel=channel, told_at=told_at)

    def sensed(self, problem: int, *, channel: Channel) -> None:
        """A sensor, or somebody else who is no citizen, tells the centre of a problem."""
        n_sensed = self.city.state.problems[problem].n_sensed
        self._turn_to(child_id(problem, FROM_SENSOR + n_sensed), problem, channel=channel, is_sensed=True)

    def _turn_to(
        self, contact: int, problem: int, *, channel: Channel, told_at: int | None = None, is_sensed: bool = False
    ) -> None:
        known = self.city.state.problems[problem]
        spot = known.spot
        self.city.record(
            f.ContactMade(
                self.city.now,
                contact,
                channel,
                REPORT,
                problem,
                known.area,
                known.matter,
                known.priority,
                spot.edge,
                spot.offset_mm,
                known.source,
                self._ready_at(contact, channel),
                told_at,
                sensed=is_sensed,
            )
        )
        if self.city.state.agenda.due("attend", contact) is None:
            self.attend(contact)

    def _ready_at(self, contact: int, channel: Channel) -> int | None:
        rule = self.rules.channels.get(channel)
        if rule is None or rule.delay is None:
            return None
        return self.city.now + self.city.streams.span_us(rule.delay, "delay", *batch_and_number(contact))

    def attend(self, contact: int) -> None:
        """The centre could listen now."""
        telling = self.city.state.contacts[contact]
        rule = self.rules.channels.get(telling.channel)
        mode = self.rules.modes.get(self.city.state.mode, AS_USUAL)
        if telling.channel in mode.silent:
            self.city.record(f.ContactEnded(self.city.now, contact))
            return
        lasting = None if rule is None else rule.lasting.get(telling.what) or rule.lasting.get(REPORT)
        at_desk = None if rule is None or rule.desk is None or lasting is None else StepRule(rule.desk, lasting)
        self.desks.put(Step.ANSWER, contact, priority=ANSWERED_FIRST, rule=at_desk)

    def answered(self, contact: int) -> None:
        """Somebody has listened: a new case, a second report of one, or none."""
        city, telling = self.city, self.city.state.contacts[contact]
        if telling.what is not REPORT:
            city.record(f.ContactEnded(city.now, contact))
            return
        known = self.reports.same(telling.matter, telling.spot)
        problem = contact if telling.problem is None else telling.problem
        there = city.state.problems.get(problem)
        if known is not None:
            city.record(f.ContactEnded(city.now, contact, known))
            city.record(f.ReportMade(city.now, problem, known, telling.channel, None, opened=False))
        else:
            case = contact if telling.problem is None else child_id(contact, 0)
            if there is not None and not there.n_reports:
                case = problem
            city.record(f.ContactEnded(city.now, contact, case, opened=True))
            self.reports.open_for(telling, problem, case)
        if there is not None:
            city.unseen_no_more(problem)


class ContactSource(Source):
    """Contacts that are about no problem, as many as a scenario says."""

    def __init__(
        self, city: City, number: int, *, demand: PoissonDemand, kind: Kind, attend: Callable[[int], None]
    ) -> None:
        super().__init__(city, number, demand=demand)
        self.kind, self.attend = kind, attend

    def give_birth(self, number: int) -> None:
        """Somebody turns to the centre."""
        city, demand = self.city, self.demand
        day, count, row, edge, offset_mm = self.born(number)
        area, which = divmod(row, len(demand.matters))
        matter, spot = demand.matters[which], Spot(edge, offset_mm)
        city.record(
            f.ContactMade(
                city.now,
                number,
                self.kind.channel,
                self.kind.what,
                None,
                demand.areas[area],
                matter.name,
                matter.priority,
                spot.edge,
                spot.offset_mm,
                self.number,
                None,
                None,
                *self.following(day, count + 1),
            )
        )
        self.attend(number)
