"""The dispatcher: checks orders and carries them out, whether a policy or a person gave them.

In: an order. Out: the facts it leads to, or why it cannot be carried out, for whoever gave it to say in a fact of its
own. Numbers may be any that somebody could think of: a bad order changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from agents.base import City, CityAgent
from agents.field_unit import FieldUnit
from twin.domain import facts as f
from twin.domain.case import ON_THE_SPOT
from twin.domain.commands import Why
from twin.domain.orders import (
    ASSIGN,
    DIVERT,
    FOCUS,
    RECALL,
    REMOTE,
    REPOSITION,
    Assign,
    Divert,
    FocusOn,
    HandleRemotely,
    Order,
    OrderKind,
    Recall,
    Reposition,
)
from twin.domain.unit import DIVERTED, FREE, MOVING, RECALLABLE, RECALLED
from twin.errors import NoRouteError
from twin.world.world_view import WorldView

KINDS: dict[type[Order], OrderKind] = {
    Assign: ASSIGN,
    Divert: DIVERT,
    Recall: RECALL,
    FocusOn: FOCUS,
    Reposition: REPOSITION,
    HandleRemotely: REMOTE,
}
NOBODY = -1
"""Stands in a refusal where the order named nothing, or a number no journal can keep."""


class Dispatcher(CityAgent):
    """Passes orders on to units."""

    def __init__(self, city: City, units: Sequence[FieldUnit]) -> None:
        super().__init__(city)
        self.units = units

    def send(self, order: Assign | Divert, view: WorldView) -> Why | None:
        """Send a unit to a need; why not, if it cannot be."""
        city, state = self.city, self.city.state
        why = self.objection(order)
        if why is not None:
            return why
        unit, route = self.units[order.unit], view.route_found(order.unit, order.case)
        if route is None:
            here, there = city.spot(order.unit), state.cases[order.case].spot
            try:
                route = unit.ways.route(here, there, band=city.band, closed=state.closed)
            except NoRouteError:
                return Why.NO_WAY
        moving = state.fleet.status_of(order.unit) in MOVING
        unit.pause_patrol()
        if isinstance(order, Divert):
            unit.give_up_job(DIVERTED)
        unit.assign(order.case, order.need, route, order.reason, moving=moving)
        if city.whistle is not None:
            city.whistle.cover(order.unit, order.case)
        return None

    def recall(self, order: Recall) -> Why | None:
        """Take a unit off its case; whoever gave the order says what it does next. Why not, if it cannot be."""
        if not 0 <= order.unit < len(self.units):
            return Why.NO_SUCH_UNIT
        if not self._is_on_its_way(order.unit):
            return Why.NOT_ON_ITS_WAY
        self.units[order.unit].give_up_job(RECALLED)
        return None

    def reposition(self, order: Reposition) -> Why | None:
        """Have a free unit wait elsewhere; why not, if it cannot. Where it is posted already, nothing happens."""
        state = self.city.state
        if not 0 <= order.unit < len(self.units):
            return Why.NO_SUCH_UNIT
        unit = self.units[order.unit]
        if not makes_sense(order):
            return Why.NO_SENSE
        if order.to is not None and not self.city.terrain.has(order.to):
            return Why.NO_SUCH_STREET
        post = unit.unit.home if order.to is None else order.to
        if unit.unit.patrols:
            return Why.ON_PATROL
        if state.fleet.status_of(order.unit) not in FREE:
            return Why.NOT_FREE
        if post == unit.post() and (order.unit in state.movements or post == state.fleet.spot(order.unit)):
            return None
        return None if unit.wait_at(post, order.reason) else Why.NO_WAY

    def objection(self, order: Assign | Divert) -> Why | None:
        """Why a unit cannot be sent, as far as can be told without looking for a way."""
        state = self.city.state
        if not 0 <= order.unit < len(self.units):
            return Why.NO_SUCH_UNIT
        case = state.cases.get(order.case)
        if case is None:
            return Why.NO_SUCH_CASE
        if not 0 <= order.need < len(case.needs):
            return Why.NO_SUCH_NEED
        if (order.case, order.need) not in state.queue:
            return Why.NOT_WAITING
        if not state.fleet.able(case.needs[order.need])[order.unit]:
            return Why.LACKS_SKILL
        if order.unit in case.barred_now:
            return Why.HANDLED_IT
        if not makes_sense(order):
            return Why.NO_SENSE
        if isinstance(order, Divert):
            return None if self._is_on_its_way(order.unit) else Why.NOT_ON_ITS_WAY
        return None if state.fleet.status_of(order.unit) in FREE else Why.NOT_FREE

    def _is_on_its_way(self, unit: int) -> bool:
        """Whether it was sent to a case and has not arrived; whoever settles what it has found itself was not sent."""
        state = self.city.state
        if state.fleet.status_of(unit) not in RECALLABLE:
            return False
        job = state.jobs[unit]
        return state.cases[job.case].needs[job.need] != ON_THE_SPOT


def refusal(order: Order, why: Why, *, at: int) -> f.OrderRefused:
    """The fact that an order could not be carried out."""
    unit, case, need = (getattr(order, part, NOBODY) for part in ("unit", "case", "need"))
    unit, case, need = (number if _can_be_kept(number) else NOBODY for number in (unit, case, need))
    return f.OrderRefused(at, KINDS[type(order)], unit, case, need, why)


def makes_sense(order: Order) -> bool:
    """Whether a journal can keep the numbers of an order that are not the names of anything."""
    numbers: list[int] = [order.reason.expected_us, *chain.from_iterable(order.reason.runners_up)]
    if isinstance(order, FocusOn):
        numbers += (order.factor, *order.streets)
    elif isinstance(order, Reposition) and order.to is not None:
        numbers += (order.to.edge, order.to.offset_mm)
    elif isinstance(order, HandleRemotely) and order.within_us is not None:
        numbers.append(order.within_us)
    return all(map(_can_be_kept, numbers))


def _can_be_kept(number: object) -> bool:
    return isinstance(number, int) and -(1 << 63) <= number < 1 << 63
