"""Ask a policy: decode what it remembers, hear its decision, and keep what it wants to know next time."""

from __future__ import annotations

import msgspec

from agents.base import City
from twin.domain import facts as f
from twin.domain.orders import Order
from twin.policies.protocol import Policy
from twin.world.view import Trigger, WorldView

DISPATCH_DESK, PATROL_DESK = 0, 1


def consult(city: City, policy: Policy, view: WorldView, trigger: Trigger, *, desk: int) -> tuple[Order, ...]:
    """Orders of a policy, in the order to be carried out; its memory is recorded where it has changed."""
    kept = city.state.memories.get(desk)
    memory = None
    if policy.memory_type is not None and kept is not None:
        memory = msgspec.msgpack.decode(kept, type=policy.memory_type)
    decision = policy.decide(view, trigger, memory)
    if decision.memory is not memory:
        encoded = msgspec.msgpack.encode(decision.memory)
        if encoded != kept:
            city.record(f.PolicyRemembered(city.now, encoded, desk))
    return decision.orders
