"""Serve a queue: the part that dispatch rules have in common, so that a rule says only whom it would send."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import msgspec

from twin.domain.orders import Assign, Decision, Reason
from twin.world.view import Candidate, Need, Trigger, View

Choose = Callable[[View, Need, Collection[int]], tuple[Candidate, ...]]
"""(view, need, units already taken) → whom to send, then the runners-up; empty to let the need wait."""

RuleOf = Callable[[View, Need, Candidate], str]
"""(view, need, whom to send) → what the reason calls the rule, for rules that tell cases apart."""


def serve_in_order(
    view: View, trigger: Trigger, *, rule: str | RuleOf, choose: Choose, memory: msgspec.Struct | None = None
) -> Decision:
    """Go down the queue and send whom `choose` names, until no unit is left that could be."""
    orders: list[Assign] = []
    taken: set[int] = set()
    for need in view.servable(trigger, taken=taken):
        found = choose(view, need, taken)
        if found:
            taken.add(found[0].unit)
            name = rule if isinstance(rule, str) else rule(view, need, found[0])
            orders.append(Assign(found[0].unit, need.case, need.need, reason_of(name, found)))
    return Decision(tuple(orders), memory)


def reason_of(rule: str, found: tuple[Candidate, ...]) -> Reason:
    """The reason for sending the first of these, the others being the runners-up."""
    best, *others = found
    return Reason(rule, best.expected_us, tuple((other.unit, other.expected_us) for other in others))


def soonest(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """By expected arrival; ties by number."""
    return tuple(sorted(candidates, key=lambda candidate: (candidate.expected_us, candidate.unit)))
