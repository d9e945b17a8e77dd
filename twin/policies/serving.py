"""Serve a queue: the part that dispatch rules have in common, so that a rule says only whom it would send."""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec

from twin.domain.orders import Assign, Decision, Reason
from twin.world.view import Candidate, Need, Trigger, View

Choose = Callable[[View, Need, Collection[int]], tuple[Candidate, ...]]
"""(view, need, units already taken) → whom to send, then the runners-up; empty to let the need wait."""


def serve_in_order(
    view: View, trigger: Trigger, *, rule: str, choose: Choose, memory: msgspec.Struct | None = None
) -> Decision:
    """Go down the queue and send whom `choose` names, until no unit is left that could be."""
    orders: list[Assign] = []
    taken: set[int] = set()
    hopeless: set[str] = set()
    for need in view.waiting(trigger):
        if need.skill in hopeless:
            continue
        found = choose(view, need, taken)
        if found:
            best, *others = found
            taken.add(best.unit)
            reason = Reason(rule, best.expected_us, tuple((other.unit, other.expected_us) for other in others))
            orders.append(Assign(best.unit, need.case, need.need, reason))
        elif trigger.case is None and not view.n_free(need.skill, without=taken):
            hopeless.add(need.skill)
            if hopeless.issuperset(view.skills_waiting(trigger)):
                break
    return Decision(tuple(orders), memory)
