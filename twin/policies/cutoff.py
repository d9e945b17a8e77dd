"""Keep some units back for what is more urgent: the less urgent is served only while more than so many are free.

Cutoff priority queues (Taylor and Templeton 1980; Schaack and Larson 1986). What is held back keeps its place in the
queue, and is looked at again whenever a unit comes free, begins its shift, or roads are reopened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from twin.domain.orders import Decision
from twin.errors import PolicyError
from twin.policies.base_rule import Base, base_rule
from twin.policies.protocol import DISPATCH, NonNegative, Positive, Seconds
from twin.policies.serving import serve_in_order
from twin.world.view import Candidate, Need, Trigger, View


class Cutoff:
    """A reserve for each priority, out of all free units with the skill that is needed.

    Parameters
    ----------
    reserve : priority → units that stay free when it is served. A priority that is not named has the reserve of the
        next more urgent one that is, or none. All but one unit on duty is the most that is kept back.
    base : who is sent, where somebody is.
    within_s : as of `own_grid_first`; only with that base.
    runners_up : how many units that were not sent are named in the reason.
    """

    name = "cutoff"
    triggers = DISPATCH
    period_s = None
    memory_type = None

    def __init__(
        self,
        *,
        reserve: Mapping[Positive, NonNegative] | None = None,
        base: Base = "nearest",
        within_s: Seconds | None = None,
        runners_up: NonNegative = 2,
    ) -> None:
        self.reserve = dict(sorted(({2: 1, 3: 2} if reserve is None else reserve).items()))
        if list(self.reserve.values()) != sorted(self.reserve.values()):
            raise PolicyError("reserve: less is kept back from something less urgent", key=self.name)
        self.base = base_rule(base, within_s=within_s, runners_up=runners_up, key=self.name)

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """Down the queue, each need by its own reserve."""
        return serve_in_order(view, trigger, rule=self.rule, choose=self.choose, memory=memory)

    def choose(self, view: View, need: Need, taken: Collection[int]) -> tuple[Candidate, ...]:
        """Whom to send, then the runners-up; nobody where no more are free than are kept back."""
        kept = min(self.kept(need.priority), view.n_on_duty(need.skill) - 1)
        return self.base.choose(view, need, taken) if view.n_free(need.skill, without=taken) > kept else ()

    def kept(self, priority: int) -> int:
        """How many units stay free when a priority is served."""
        return max((n for named, n in self.reserve.items() if named <= priority), default=0)

    def rule(self, view: View, need: Need, sent: Candidate) -> str:
        """What the reason says: the rule, and its base where that is another than the nearest."""
        rule = self.base.rule(view, need, sent)
        return self.name if rule == "nearest" else f"{self.name}: {rule}"
