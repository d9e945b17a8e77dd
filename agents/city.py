"""The city: the Mesa model that joins world, clock, chance and agents, and can be saved, forked and resumed.

Agents hold an id and habits only. Everything that changes is in the world's state, so `snapshot()` is bytes and
`from_snapshot` goes on exactly where they were taken. Mesa keeps the registry of agents and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import mesa
import msgspec

from agents.case_source import CaseSource
from agents.collector import collector_held_off
from agents.command_centre import CommandCentre
from agents.consulting import DISPATCH_DESK, PATROL_DESK, REPOSITION_DESK, in_force
from agents.contacts import ContactSource
from agents.discovery import Discovery
from agents.dispatcher import Dispatcher
from agents.duty_officer import DutyOfficer
from agents.field_unit import FieldUnit
from agents.imagining import Imagination
from agents.lookout import Lookout
from agents.luck import change_luck
from agents.office import Office
from agents.patrol_desk import PatrolDesk
from agents.problem_source import ProblemSource
from agents.problems import Problems
from agents.reports import Reports
from agents.reposition_desk import RepositionDesk
from agents.road_works import RoadWorks
from agents.setting import Setting
from agents.shifts import Shifts
from agents.snapshot import Snapshot
from agents.source import Source
from twin.clock.clock import Bell, Clock
from twin.clock.streams import Streams
from twin.domain import facts as f
from twin.domain.case import Refused
from twin.domain.ids import source_of
from twin.domain.quantities import HOUR
from twin.domain.route import Spot
from twin.journal.journal import Journal, Memory, Nowhere, Store
from twin.policies.protocol import Policy
from twin.world.apply_problems import NO_PROBLEM
from twin.world.state import State
from twin.world.view import Trigger
from twin.world.whereabouts import spot_of, with_focus
from twin.world.world import World
from twin.world.world_view import WorldView


class CityModel(mesa.Model):
    """A running twin. `model.step` and Mesa's own clock and random numbers are never used."""

    def __init__(self, setting: Setting, state: State, *, now: int, journal: Journal) -> None:
        super().__init__()
        self.setting = setting
        self.state = state
        self.is_imagined = False
        self.terrain = with_focus(setting.terrain, state)
        self.world = World(state, journal)
        self.record = self.world.record
        self.streams = Streams(
            setting.seed,
            replication=setting.replication,
            luck=state.luck,
            since=state.luck_since,
            keep=6 * len(setting.units),
        )
        self._dice = Streams(setting.seed, replication=setting.replication)
        self.lookout = Lookout(self)
        self.units = [FieldUnit(self, number, lookout=self.lookout) for number in range(len(setting.units))]
        dispatcher = Dispatcher(self, self.units)
        self.centre = CommandCentre(self, self.units, dispatcher=dispatcher)
        self.road_works = RoadWorks(self, self.units)
        self.patrol_desk = PatrolDesk(self, lookout=self.lookout)
        self.reposition_desk = RepositionDesk(self, dispatcher=dispatcher)
        reports = Reports(self, take=self.centre.take)
        self.office = None
        if setting.loop is not None:
            self.office = Office(self, setting.loop, centre=self.centre, reports=reports, units=self.units)
        self.whistle = None if self.office is None else self.office.whistle
        self.shifts = Shifts(self, self.units, changed=self._staff)
        contacts = None if self.office is None else self.office.contacts
        self.problems = Problems(self, reports=reports, lookout=self.lookout, contacts=contacts)
        self.discovery = Discovery(self, lookout=self.lookout, reports=reports, centre=self.centre, contacts=contacts)
        self.duty_officer = DutyOfficer(
            self, dispatcher=dispatcher, centre=self.centre, road_works=self.road_works, problems=self.problems
        )
        self.sources = [self._source(number) for number in range(len(setting.sources))]
        self._band = (0, 0, 0)
        self._policy = state.policies.get(DISPATCH_DESK), in_force(setting, state)
        self.clock = Clock(state.agenda, self._bells(), now=now)
        # Mesa keeps count of the agents of every model for ever, and so would every fork; all of ours are made by now.
        mesa.Agent._ids.pop(self, None)

    def _source(self, number: int) -> Source:
        demand = self.setting.sources[number]
        kind = self.setting.contacts.get(number)
        if kind is not None:
            assert self.office is not None
            return ContactSource(self, number, demand=demand, kind=kind, attend=self.office.contacts.attend)
        if demand.are_problems:
            noticed = self.lookout.has_noticed
            return ProblemSource(self, number, demand=demand, there=self.problem_there, noticed=noticed)
        return CaseSource(self, number, demand=demand, take=self.centre.take)

    def _bells(self) -> dict[str, Bell]:
        """Who answers which alarm."""
        units, centre, problems = self.units, self.centre, self.problems
        desks: dict[int, CommandCentre | RepositionDesk | PatrolDesk] = {
            DISPATCH_DESK: centre,
            PATROL_DESK: self.patrol_desk,
            REPOSITION_DESK: self.reposition_desk,
        }
        return {
            "birth": lambda number: self.sources[source_of(number)].give_birth(number),
            "again": problems.arise_from,
            "end": problems.end,
            "tell": problems.tell,
            "discover": self.discovery.discover,
            "register": centre.register,
            "queue": centre.queue,
            "policy": lambda desk: desks[desk].wake(),
            "shift": self.shifts.change,
            "roll": lambda unit: units[unit].roll(),
            "arrive": lambda unit: units[unit].arrive(),
            "leave": lambda unit: units[unit].finish(),
            "home": lambda unit: units[unit].come_home(),
            "spell": lambda unit: units[unit].fall_out(),
            "back": lambda unit: units[unit].come_back(),
        } | ({} if self.office is None else self.office.bells())

    # ---------------------------------------------------------------------- beginning, saving, forking

    @classmethod
    def begin(cls, setting: Setting, *, store: Store | None = None) -> CityModel:
        """A new run at its epoch, with everybody enrolled."""
        city = cls(setting, State(), now=0, journal=Journal(store or Memory()))
        city.record(f.TwinBegan(0, setting.spec, setting.city, setting.seed, setting.replication))
        for unit in city.units:
            unit.enrol()
        for source in city.sources:
            source.open()
        city.shifts.open()
        city._staff()
        for unit in city.units:
            if unit.unit.roster is None:
                unit.patrol()
        city.patrol_desk.open()
        city.centre.arm()
        city.reposition_desk.arm()
        return city

    def snapshot(self) -> bytes:
        """Everything the future depends on."""
        self.world.journal.flush()
        taken = Snapshot.of(self.setting, self.state, self.world.journal.digest, now=self.now)
        return msgspec.msgpack.encode(taken)

    @classmethod
    @collector_held_off()
    def from_snapshot(cls, setting: Setting, data: bytes, *, store: Store | None = None) -> CityModel:
        """Go on from a snapshot, in this process or another; the digest goes on too.

        Raises
        ------
        JournalError : not a snapshot, or one of another scenario, city or seed.
        """
        saved = Snapshot.read(data, setting)
        journal = Journal(store or Memory(), digest=saved.digest())
        return cls(setting, State.load(saved.state), now=saved.now, journal=journal)

    def fork(self, luck: Literal["same"] | int, *, store: Store | None = None) -> CityModel:
        """A second twin from here: with the same luck it goes on identically, with luck k chance is drawn anew.

        Under new luck everything not yet observable is drawn again: modelled demand from now on, and what is left of
        the times under way. Recorded inputs still to come belong to the past of this luck and are not handed over.

        Raises
        ------
        ValueError : a luck below 1, which no fork can have.
        """
        twin = CityModel.from_snapshot(self.setting, self.snapshot(), store=store)
        if luck != "same":
            twin.change_luck(luck)
        return twin

    def change_luck(self, luck: int) -> None:
        """Draw anew, from now on, all that chance has not shown yet."""
        change_luck(self, luck, sources=self.sources, units=self.units, office=self.office, lookout=self.lookout)

    def imagined(self, state: State) -> CityModel:
        """A city in a given state at this instant, in which nobody imagines anything."""
        future = CityModel(self.setting, state, now=self.now, journal=Journal(Nowhere()))
        future.is_imagined = True
        return future

    # ---------------------------------------------------------------------- running

    @property
    def now(self) -> int:
        """Microseconds since the epoch."""
        return self.clock.now

    def advance_to(self, until: int) -> None:
        """Let everything due before `until` happen."""
        self.clock.advance_to(until)

    def receive(self, fact: f.Fact) -> None:
        """Take an input: advance to its instant, record it, and let those concerned act on it.

        A command that has been given already changes nothing, and is not recorded again.
        """
        self.advance_to(fact.at)
        if isinstance(fact, f.CommandGiven) and fact.token in self.state.tokens:
            return
        self.record(fact)
        match fact:
            case f.CaseReported():
                self.centre.take(fact.case)
            case f.ProblemArose():
                self.problem_there(fact.problem)
            case f.UnitAway():
                self.units[fact.unit].leave_if_free()
            case f.RoadClosed():
                self.road_works.closed(fact.edges)
            case f.RoadReopened():
                self.road_works.reopened()
            case f.ModeChanged():
                self.mode_changed()
            case f.CommandGiven():
                self.duty_officer.carry_out(fact)
            case _:
                raise TypeError(f"{type(fact).__name__} is not an input of a simulated run")

    # ---------------------------------------------------------------------- what agents ask

    @property
    def policy(self) -> Policy:
        """The policy of dispatch in force; the state says which."""
        changed = self.state.policies.get(DISPATCH_DESK)
        if changed is not self._policy[0]:
            self._policy = changed, in_force(self.setting, self.state)
        return self._policy[1]

    @property
    def band(self) -> int:
        """The time band of now."""
        start, end, band = self._band
        if not start <= self.now < end:
            civil = self.setting.civil
            local = civil.civil(self.now)
            into_hour = ((local.minute * 60) + local.second) * 1_000_000 + local.microsecond
            start = self.now - into_hour
            band = self.terrain.ways[0].band_at(civil.hour_of_week(self.now))
            self._band = (start, start + HOUR, band)
        return band

    def view(self) -> WorldView:
        """What the policy may see now."""
        imagine = None if self.is_imagined else Imagination(self.state, self.now, another=self.imagined)
        by_video = None if self.office is None else self.office.loop.can_try_remotely
        return WorldView(
            self.state, self.terrain, self._dice, now=self.now, band=self.band, by_video=by_video, imagine=imagine
        )

    def spot(self, unit: int) -> Spot:
        """Where a unit is now."""
        return spot_of(self.state, self.terrain, unit, at=self.now)

    def decide(self, trigger: Trigger) -> None:
        """Ask the policies of dispatch and of postings, if they want to be asked about this."""
        if trigger.kind in self.policy.triggers:
            self.centre.decide(trigger)
        self.reposition_desk.decide(trigger)

    def settled(self, case: int) -> None:
        """A case was handled: if the problem behind it was still there, it is no more."""
        for problem in self.state.about.get(case, ())[:1]:
            self.problems.settled(problem)

    def close(self, case: int, *, void: bool = False) -> None:
        """A case is over; what it was about and is still there is again for patrols to find."""
        about = self.state.about.get(case, ())
        self.record(f.CaseClosed(self.now, case, void))
        self._find_again(about)

    def refuse(self, case: int, why: Refused) -> None:
        """The way of a case ends before it was handled."""
        about = self.state.about.get(case, ())
        self.record(f.CaseRefused(self.now, case, why))
        self._find_again(about)

    def _find_again(self, about: Sequence[int]) -> None:
        for problem in about:
            known = self.state.problems.get(problem)
            if known is not None and known.case is None:
                self.problem_there(problem)

    def problem_there(self, problem: int) -> None:
        """A problem is there that nobody at the centre knows of: patrols and sensors may notice it."""
        self.lookout.problem_there(problem)
        if self.office is not None:
            self.office.eyes.problem_there(problem)

    def unseen_no_more(self, problem: int) -> None:
        """Somebody at the centre knows of a problem now: no patrol needs to notice it."""
        self.lookout.problem_gone(problem)

    def is_on(self, roster: int) -> bool:
        """Whether those of a roster are on duty now."""
        return self.shifts.is_on(roster)

    def turn(self, roster: int) -> tuple[int, int]:
        """(begin, end) of the turn of a roster that is on now, or comes next."""
        return self.shifts.turn(roster)

    def is_watched(self, spot: Spot) -> bool:
        """Whether a camera that somebody could look through sees a place."""
        return self.office is not None and self.office.eyes.is_watched(spot)

    def priority_of(self, matter: str, usual: int) -> int:
        """How urgent a new case of a matter is, in the mode the centre works in."""
        if self.setting.loop is None or not self.state.mode:
            return usual
        return self.setting.loop.modes[self.state.mode].priorities.get(matter, usual)

    def mode_changed(self) -> None:
        """The centre works in another mode from now on."""
        self.shifts.mode_changed()
        self._staff()
        self.patrol_desk.mode_changed()

    def _staff(self) -> None:
        if self.office is not None:
            self.office.desks.staff()

    def is_gone(self, case: int) -> bool:
        """Whether a case is about a problem, and that is over."""
        about = self.state.about.get(case, (NO_PROBLEM,))[0]
        return about != NO_PROBLEM and about not in self.state.problems

    def job_over(self, unit: int, case: int) -> None:
        """A unit came free of a case: close the case if that was all, and see what the unit does next."""
        self.centre.close_if_done(case)
        self.units[unit].after_job()
