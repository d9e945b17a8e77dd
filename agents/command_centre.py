"""The command centre: takes cases down, queues them by priority, asks the policy and passes its orders on.

Bad orders are refused with the reason, as a fact; a policy can be wrong without stopping the city.
"""

from __future__ import annotations

from collections.abc import Sequence

from agents.base import City, CityAgent
from agents.case_loop import CaseLoop
from agents.consulting import DISPATCH_DESK, consult
from agents.dispatcher import Dispatcher, makes_sense, refusal
from agents.field_unit import FieldUnit
from twin.clock.distributions import Distribution
from twin.domain import facts as f
from twin.domain.case import CHECK, HANDLE, ON_THE_SPOT, QUEUED, VERIFY, Case, NeedLost, Stage
from twin.domain.commands import Why
from twin.domain.ids import batch_and_number
from twin.domain.orders import Assign, Divert, FocusOn, HandleRemotely, Order, Reason, Recall, Reposition
from twin.domain.quantities import to_us
from twin.domain.route import Route
from twin.errors import PolicyError
from twin.world.view import CASE_QUEUED, PERIOD, ROADS, SHIFT, Trigger
from twin.world.world_view import WorldView


class CommandCentre(CityAgent):
    """Has units sent for cases. Without a `loop` it takes them down and puts them on file itself, as the habits say."""

    loop: CaseLoop | None = None

    def __init__(self, city: City, units: Sequence[FieldUnit], *, dispatcher: Dispatcher) -> None:
        super().__init__(city)
        self.units, self.dispatcher = units, dispatcher

    # ---------------------------------------------------------------------- cases

    def take(self, case: int) -> None:
        """A report came in."""
        if self.loop is not None:
            self.loop.take(case)
            return
        intake = self.city.setting.habits.intake
        if intake is None:
            self.register(case)
        else:
            self.city.record(f.IntakeBegan(self.city.now, case, self.city.now + self._span_us(intake, "intake", case)))

    def register(self, case: int) -> None:
        """It is on file."""
        city, processing = self.city, self.city.setting.habits.processing
        if processing is None:
            city.record(f.CaseRegistered(city.now, case))
            self.queue(case)
        else:
            city.record(f.CaseRegistered(city.now, case, city.now + self._span_us(processing, "processing", case)))

    def queue(self, case: int) -> None:
        """It can be dispatched: first to be verified, if it is to be."""
        self.begin(case, VERIFY if self.city.state.cases[case].n_verify else HANDLE)

    def begin(self, case: int, stage: Stage) -> None:
        """Have units sent for a stage of a case."""
        city = self.city
        city.record(f.CaseQueued(city.now, case, stage))
        known = city.state.cases[case]
        for need in known.needs_of(stage):
            if self.units and not self._is_anybody(known, known.needs[need]):
                city.record(f.NeedGivenUp(city.now, case, need, NeedLost.NO_SUCH_SKILL))
        if self.close_if_done(case):
            return
        city.decide(Trigger(CASE_QUEUED, case=case))
        if city.setting.waiting_room is not None:
            self._turn_away(case, room=city.setting.waiting_room)

    def _is_anybody(self, case: Case, skill: str) -> bool:
        """Whether there is anybody who can, and may, do what a case wants."""
        fleet = self.city.state.fleet
        if not case.barred_now:
            return fleet.has(skill)
        return bool(fleet.able(skill, barred=case.barred_now).any())

    def settle_on_the_spot(self, case: int, unit: FieldUnit) -> None:
        """Whoever found it puts it right at once; the centre only takes note."""
        city = self.city
        city.record(f.CaseRegistered(city.now, case))
        city.record(f.CaseQueued(city.now, case))
        spot = city.state.cases[case].spot
        route = Route((spot.edge,), spot.offset_mm, spot.offset_mm, 0, city.band)
        unit.assign(case, 0, route, Reason(ON_THE_SPOT), moving=True)

    def _turn_away(self, case: int, *, room: int) -> None:
        """Give up what this case would still wait for where the waiting room is full; nobody else loses a place."""
        city = self.city
        queue, needs = city.state.queue, city.state.cases[case].needs
        n_too_many = sum(len(line) for line in queue.lines.values()) - room
        waiting = [need for need in range(len(needs)) if (case, need) in queue]
        if n_too_many <= 0 or not waiting:
            return
        for need in waiting[-n_too_many:]:
            city.record(f.NeedGivenUp(city.now, case, need, NeedLost.NO_ROOM))
        self.close_if_done(case)

    def close_if_done(self, case: int) -> bool:
        """Go on to the next stage of a case that nobody waits for and nobody is on, or close it; whether it was so."""
        city, known = self.city, self.city.state.cases.get(case)
        if known is None or known.status is not QUEUED or known.n_waiting or known.n_served:
            return False
        is_done = known.n_done == len(known.needs_of(known.stage))
        if self.loop is not None and is_done and not (known.stage is VERIFY and city.is_gone(case)):
            self._go_on(case, known, self.loop)
            return True
        if known.stage is VERIFY and is_done:
            if city.is_gone(case):
                city.close(case, void=True)
            else:
                self.begin(case, HANDLE)
            return True
        if known.stage is HANDLE and is_done:
            city.settled(case)
            if known.n_check:
                self.begin(case, CHECK)
                return True
        city.close(case)
        return True

    @staticmethod
    def _go_on(case: int, known: Case, loop: CaseLoop) -> None:
        """What was to be done in the field at this stage is done."""
        if known.stage is VERIFY:
            loop.verified(case)
        elif known.stage is CHECK:
            loop.checked(case)
        elif known.needs == (ON_THE_SPOT,):
            loop.on_the_spot(case)
        else:
            loop.handled(case)

    def _span_us(self, distribution: Distribution, purpose: str, case: int) -> int:
        return self.city.streams.span_us(distribution, purpose, *batch_and_number(case))

    # ---------------------------------------------------------------------- the policy

    def wake(self) -> None:
        """The policy's own period."""
        self.arm()
        self.city.decide(Trigger(PERIOD))

    def arm(self) -> None:
        """Have the policy woken when its period is over, if it has one."""
        period_s = self.city.policy.period_s
        if period_s is not None:
            self.city.record(f.PolicyWoke(self.city.now, self.city.now + to_us(period_s)))

    def ask_about_all(self) -> None:
        """Another policy decides from now on: ask it about everything that waits, in a way it wants to be asked."""
        city = self.city
        for kind in (ROADS, SHIFT, PERIOD):
            if kind in city.policy.triggers:
                city.decide(Trigger(kind))
                return
        for case in dict.fromkeys(need.case for need in city.view().waiting()):
            if case in city.state.cases:
                city.decide(Trigger(CASE_QUEUED, case=case))

    def decide(self, trigger: Trigger) -> None:
        """Ask the policy and carry out what it orders."""
        city, policy = self.city, self.city.policy
        if not city.state.queue.lines and policy.period_s is None:
            return
        view = city.view()
        self.give(consult(city, policy, view, trigger, desk=DISPATCH_DESK), view)
        self._count_unreachable(trigger, view)

    def give(self, orders: Sequence[Order], view: WorldView) -> None:
        """Carry out orders, or have it on record why they cannot be."""
        for order in orders:
            self._carry_out(order, view)

    def _carry_out(self, order: Order, view: WorldView) -> None:
        match order:
            case Assign() | Divert():
                why = self.dispatcher.send(order, view)
            case Recall():
                why = self.dispatcher.recall(order)
                if why is None:
                    self.units[order.unit].after_job()
            case Reposition():
                why = self.dispatcher.reposition(order)
            case HandleRemotely():
                why = self._leave_to_video(order)
            case FocusOn():
                why = Why.NOT_PLANNED_HERE
            case _:
                raise PolicyError(f"{order!r} is not an order", key=self.city.policy.name)
        if why is not None and not (why is Why.NOT_WAITING and self._is_covered(order)):
            self.city.record(refusal(order, why, at=self.city.now))

    def _leave_to_video(self, order: HandleRemotely) -> Why | None:
        """Have a case settled by video, if it can be; why not, if it cannot."""
        if order.case not in self.city.state.cases:
            return Why.NO_SUCH_CASE
        if self.loop is None or not self.loop.can_try_remotely(order.case):
            return Why.NOT_BY_VIDEO
        if not makes_sense(order) or (order.within_us or 0) < 0:
            return Why.NO_SENSE
        self.loop.try_remotely(order.case, within_us=order.within_us, rule=order.reason.rule)
        return None

    def _is_covered(self, order: Order) -> bool:
        """Whether somebody sent to the same case does that as well: the policy could not know when it decided."""
        if not isinstance(order, Assign | Divert):
            return False
        return any(job.case == order.case and order.need in job.covers for job in self.city.state.jobs.values())

    def _count_unreachable(self, trigger: Trigger, view: WorldView) -> None:
        """A need that still waits although capable units are free: is there no way there?

        With all roads open there is one: it is worth asking of a new case, and of others only where roads are closed.
        """
        if trigger.kind is not CASE_QUEUED and not self.city.state.closed:
            return
        case = None if trigger.case is None else self.city.state.cases.get(trigger.case)
        if case is not None and not case.n_waiting:
            return
        for need in view.waiting(trigger):
            known = (need.case, need.need) in self.city.state.unreachable
            barred = self.city.state.cases[need.case].barred_now
            if not known and view.n_free(need.skill, without=barred) and not view.nearest(need):
                self.city.record(f.NeedUnreachable(self.city.now, need.case, need.need))
