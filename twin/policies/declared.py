"""What a policy says about itself, held against the contract before it is asked anything.

In: a policy that has just been loaded. Out: the first thing that is wrong with its attributes, in words, if any is.
"""

from __future__ import annotations

import msgspec

from twin.policies.protocol import Policy
from twin.world.view import TriggerKind

SHORTEST_S, LONGEST_S = 1e-3, 1e9
"""Of the periods that a policy may have."""


def declared(policy: Policy) -> str | None:
    """What is wrong with what a policy says about itself, if anything is."""
    said: dict[str, object] = {name: getattr(policy, name) for name in ("name", "memory_type", "triggers", "period_s")}
    kind, triggers, period_s = said["memory_type"], said["triggers"], said["period_s"]
    if not isinstance(said["name"], str) or not said["name"]:
        return "its name is not a text"
    if not isinstance(triggers, frozenset) or not all(isinstance(trigger, TriggerKind) for trigger in triggers):
        return "its triggers are not a frozenset of TriggerKind"
    if not triggers:
        return "it wants to be asked about nothing"
    if period_s is not None and not (isinstance(period_s, int | float) and SHORTEST_S <= period_s <= LONGEST_S):
        return f"its period_s is neither None nor from {SHORTEST_S} to {LONGEST_S:.0e} seconds"
    if period_s is None and triggers == {TriggerKind.PERIOD}:
        return "it waits for a period and has no period_s"
    if kind is None:
        return None
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return "its memory_type is neither None nor a msgspec.Struct"
    return None if kind.__struct_config__.frozen else f"its memory_type {kind.__name__} is not frozen"
