"""Ask a policy, the one in force: decode what it remembers, hear its decision, keep what it wants to know next time."""

from __future__ import annotations

import msgspec

from agents.base import City
from agents.setting import Setting
from twin.domain import facts as f
from twin.domain.orders import Order
from twin.policies.loading import load_policy
from twin.policies.protocol import Policy
from twin.world.state import State
from twin.world.view import Trigger
from twin.world.world_view import WorldView

DISPATCH_DESK, PATROL_DESK, REPOSITION_DESK = 0, 1, 2


def in_force(setting: Setting, state: State) -> Policy:
    """The policy of dispatch: the one it was changed to, or else that of the setting.

    Raises
    ------
    PolicyError : it was changed to one that cannot be loaded here.
    """
    changed = state.policies.get(DISPATCH_DESK)
    if changed is None:
        return setting.policy
    use, parameters = changed
    return load_policy(use, msgspec.msgpack.decode(parameters, type=dict[str, object]))


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
