"""The patrol desk: asks the patrol policy, period by period, which streets each patrol should go to more often."""

from __future__ import annotations

from agents.base import City, CityAgent
from agents.consulting import PATROL_DESK, consult
from agents.dispatcher import makes_sense, refusal
from agents.lookout import Lookout
from twin.domain import facts as f
from twin.domain.commands import Why
from twin.domain.orders import FocusOn, Reason
from twin.domain.quantities import to_us
from twin.domain.unit import PATROLLING
from twin.policies.protocol import Policy
from twin.world.view import PERIOD, Trigger
from twin.world.whereabouts import patrolled

AS_USUAL = "as usual"
"""The rule by which patrols go round without a focus again."""


class PatrolDesk(CityAgent):
    """Sees to it that a new focus holds from each unit's next lap on: the lap under way is walked to its end."""

    def __init__(self, city: City, *, lookout: Lookout) -> None:
        super().__init__(city)
        self.lookout = lookout

    def open(self) -> None:
        """Arm the first period, if there is a policy that has one."""
        policy = self._policy()
        if policy is not None and policy.period_s is not None:
            self.city.record(f.PolicyWoke(self.city.now, self.city.now + to_us(policy.period_s), PATROL_DESK))

    def _policy(self) -> Policy | None:
        """The one in force in the mode the centre works in."""
        loop, usual = self.city.setting.loop, self.city.setting.patrol_policy
        mode = None if loop is None else loop.modes.get(self.city.state.mode)
        return usual if mode is None or mode.patrol_policy is None else mode.patrol_policy

    def mode_changed(self) -> None:
        """Another policy may be in force: ask it at once, or let everybody patrol as usual where there is none."""
        named = set() if self._policy() is None else self._ask()
        for unit in sorted(self.city.state.focus.keys() - named):
            self._focus(FocusOn(unit, (), 1, Reason(AS_USUAL)))

    def wake(self) -> None:
        """A period is over."""
        self._ask()

    def _ask(self) -> set[int]:
        """Ask the policy, and arm its next period; the units that it gave a focus."""
        city, policy, named = self.city, self._policy(), set[int]()
        assert policy is not None
        self.open()
        for order in consult(city, policy, city.view(), Trigger(PERIOD), desk=PATROL_DESK):
            if not isinstance(order, FocusOn):
                why = Why.SENDS_NOBODY
            elif not makes_sense(order) or order.factor < 1:
                why = Why.NO_SENSE
            elif not 0 <= order.unit < len(city.setting.units) or not city.setting.units[order.unit].patrols:
                why = Why.NOT_ON_PATROL
            else:
                self._focus(order)
                named.add(order.unit)
                continue
            city.record(refusal(order, why, at=city.now))
        return named

    def _focus(self, order: FocusOn) -> None:
        city, patrols = self.city, self.city.terrain.patrols
        assert patrols is not None
        phase = patrolled(city.state, patrols, order.unit, at=city.now)
        known = city.state.focus.get(order.unit)
        streets = tuple(sorted(order.streets))
        if known is None or (known.streets, known.factor) != (streets, order.factor):
            rule = order.reason.rule
            city.record(f.FocusSet(city.now, order.unit, phase.lap + 1, phase.into_us, streets, order.factor, rule))
            if city.state.fleet.status_of(order.unit) is PATROLLING:
                self.lookout.patrol_on(order.unit)
