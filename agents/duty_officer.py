"""The duty officer: carries out what people in the room command, or says why it cannot be done.

In: commands, each an input fact. Out: the facts it leads to, all of them the model's, or a `CommandRefused`. Units are
sent through the same dispatcher as by a policy; nothing that a command says is taken on trust.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from agents.base import City, CityAgent
from agents.case_source import Named, told
from agents.command_centre import CommandCentre
from agents.consulting import DISPATCH_DESK
from agents.dispatcher import Dispatcher
from agents.problems import Problems
from agents.road_works import RoadWorks
from twin.domain import facts as f
from twin.domain.commands import (
    AssignUnit,
    ChangeMode,
    ChangePolicy,
    CloseRoad,
    Command,
    DivertUnit,
    RecallUnit,
    ReopenRoad,
    ReportProblem,
    StandDown,
    Why,
    decode,
)
from twin.domain.ids import child_id
from twin.domain.orders import BY_HAND, Assign, Divert, Reason, Recall
from twin.domain.problem import Problem
from twin.domain.quantities import to_us
from twin.domain.route import Spot
from twin.domain.unit import AWAY, OFF_DUTY
from twin.errors import PolicyError
from twin.policies.declared import declared
from twin.policies.loading import OF_PATROL, OF_POSTING, load_policy
from twin.world.view import CASE_QUEUED, Trigger

REPORTED_HERE = -(1 << 62)
"""What people in the room report is a child of this, which is the number of nothing else."""
RUNNERS_UP = 2
"""How many units that could have been sent instead are named in the reason."""
DEEPEST = 32
"""How deep parameters of a policy may be nested."""
LONGEST = 500
"""Characters of an explanation that are kept."""


class Objection(NamedTuple):
    """Why a command is not carried out, and more about it."""

    why: Why
    detail: str = ""


class DutyOfficer(CityAgent):
    """Does by hand what policies, sources and injects do otherwise."""

    def __init__(
        self,
        city: City,
        *,
        dispatcher: Dispatcher,
        centre: CommandCentre,
        road_works: RoadWorks,
        problems: Problems,
    ) -> None:
        super().__init__(city)
        self.dispatcher, self.centre, self.road_works, self.problems = dispatcher, centre, road_works, problems

    def carry_out(self, fact: f.CommandGiven) -> None:
        """Do what a command that has just been given says."""
        objection = self._done(fact.command)
        if objection is not None:
            detail = objection.detail[:LONGEST]
            self.city.record(f.CommandRefused(self.city.now, fact.token, objection.why, detail))

    def _done(self, given: bytes) -> Objection | None:
        try:
            command = decode(given)
        except RecursionError:
            return Objection(Why.NO_SENSE, "nested too deeply")
        except ValueError as error:
            return Objection(Why.NO_SENSE, str(error))
        match command:
            case ReportProblem():
                return self._report(command)
            case ChangePolicy():
                return self._change_policy(command)
            case ChangeMode():
                return self._change_mode(command.name)
        why = self._done_on_the_ground(command)
        return None if why is None else Objection(why)

    def _done_on_the_ground(self, command: Command) -> Why | None:
        """Units and streets."""
        match command:
            case AssignUnit() | DivertUnit():
                return self._send(command)
            case RecallUnit():
                return self._recall(command.unit)
            case StandDown():
                return self._stand_down(command.unit, to_us(command.lasting_s))
            case CloseRoad() | ReopenRoad():
                return self._roads(command)
            case _:
                raise TypeError(f"nobody knows how to carry out {command!r}")

    # ---------------------------------------------------------------------- units

    def _send(self, command: AssignUnit | DivertUnit) -> Why | None:
        city, state, unit = self.city, self.city.state, command.unit
        need = self._first_need(unit, command.case) if command.need is None else command.need
        kind = Assign if isinstance(command, AssignUnit) else Divert
        order = kind(unit, command.case, need, Reason(BY_HAND))
        why = self.dispatcher.objection(order)
        if why is not None:
            return why
        view, left = city.view(), state.jobs.get(unit)
        waiting = view.waiting(Trigger(CASE_QUEUED, case=command.case))
        wanted = next(each for each in waiting if each.need == need)
        expected = view.expect(wanted, unit)
        others = view.nearest(wanted, k=RUNNERS_UP, without=(unit,))
        others_us = tuple((other.unit, other.expected_us) for other in others)
        reason = Reason(BY_HAND, 0 if expected is None else expected.expected_us, others_us)
        why = self.dispatcher.send(replace(order, reason=reason), view)
        if why is None and left is not None:
            city.decide(Trigger(CASE_QUEUED, case=left.case))
        return why

    def _first_need(self, unit: int, case: int) -> int:
        """The first waiting need of a case that the unit is able for, or else one that tells why there is none."""
        state, known = self.city.state, self.city.state.cases.get(case)
        if known is None or unit >= len(self.dispatcher.units):
            return 0
        waiting = [need for need in range(len(known.needs)) if (case, need) in state.queue]
        able = [need for need in waiting if state.fleet.able(known.needs[need])[unit]]
        return (able or waiting or [0])[0]

    def _recall(self, unit: int) -> Why | None:
        """The policy is not asked about the unit at once: it would send it straight back."""
        why = self.dispatcher.recall(Recall(unit, Reason(BY_HAND)))
        if why is None:
            self.dispatcher.units[unit].stand_by()
        return why

    def _stand_down(self, unit: int, lasting_us: int) -> Why | None:
        if unit >= len(self.dispatcher.units):
            return Why.NO_SUCH_UNIT
        if self.city.state.fleet.status_of(unit) in (AWAY, OFF_DUTY):
            return Why.AWAY_ALREADY
        self.dispatcher.units[unit].stand_down(lasting_us)
        return None

    # ---------------------------------------------------------------------- streets

    def _roads(self, command: CloseRoad | ReopenRoad) -> Why | None:
        network, edges = self.city.terrain.network, tuple(sorted(set(command.edges)))
        if network is None or not edges or edges[-1] >= network.n_edges:
            return Why.NO_SUCH_STREET
        if isinstance(command, CloseRoad):
            self.road_works.close(edges)
        else:
            self.road_works.reopen(edges)
        return None

    # ---------------------------------------------------------------------- problems

    def _report(self, command: ReportProblem) -> Objection | None:
        city, spot = self.city, Spot(command.edge, command.offset_mm)
        sources = [(n, each) for n, each in enumerate(city.setting.sources) if n not in city.setting.contacts]
        source, demand = next(((n, each) for n, each in sources if command.matter in each.by_name), (0, None))
        if demand is None:
            return Objection(Why.NO_SUCH_MATTER, command.matter)
        if not city.terrain.has(spot):
            return Objection(Why.NO_SUCH_STREET)
        matter = demand.by_name[command.matter]
        number = child_id(REPORTED_HERE, city.state.n_commands)
        if demand.are_problems:
            problem = Problem(source, command.area, matter.name, matter.priority, matter.needs, spot, city.now)
            self.problems.told_of(number, problem)
        else:
            named = Named(number, f"{demand.name}-{number}", command.area)
            city.record(told(named, matter, spot, at=city.now, source=source))
            self.centre.take(number)
        return None

    # ---------------------------------------------------------------------- the policy, and the mode

    def _change_mode(self, name: str) -> Objection | None:
        city = self.city
        loop = city.setting.loop
        if name and (loop is None or name not in loop.modes):
            return Objection(Why.NO_SUCH_MODE, name)
        if name != city.state.mode:
            city.record(f.ModeChanged(city.now, name))
            city.mode_changed()
        return None

    def _change_policy(self, command: ChangePolicy) -> Objection | None:
        city, use, parameters = self.city, command.use, command.parameters
        if _is_deeper(parameters, than=DEEPEST):
            return Objection(Why.NO_SENSE, "nested too deeply")
        try:
            policy = load_policy(use, parameters)
        except PolicyError as error:
            return Objection(Why.NO_SUCH_POLICY, error.message)
        if type(policy) in OF_PATROL.values():
            return Objection(Why.NOT_PLANNED_HERE)
        if type(policy) in OF_POSTING.values():
            return Objection(Why.NO_SUCH_POLICY, "it says where units wait, not who is sent")
        fault = declared(policy)
        if fault is not None:
            return Objection(Why.NO_SUCH_POLICY, fault)
        city.record(f.PolicyChanged(city.now, DISPATCH_DESK, use, msgspec.msgpack.encode(parameters)))
        self.centre.arm()
        self.centre.ask_about_all()
        return None


def _is_deeper(value: object, *, than: int) -> bool:
    """Whether a value is nested deeper than so."""
    if than < 0:
        return True
    inner = (*value.keys(), *value.values()) if isinstance(value, dict) else value
    return isinstance(inner, list | tuple) and any(_is_deeper(each, than=than - 1) for each in inner)
