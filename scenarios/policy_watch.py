"""Hold a policy to its contract while it decides: at every decision of a run, the question is put to it three times.

In: the policy and the city it runs. Out: the first fault against each rule. Nothing that the policy answers is changed,
so a policy without faults runs as if nobody watched.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec
import numpy as np

from agents.city import CityModel
from twin.domain.orders import Decision, HandleRemotely, Order
from twin.domain.quantities import to_s
from twin.errors import PolicyError
from twin.journal.journal import Nowhere
from twin.policies.protocol import Policy
from twin.world.view import Trigger, View

DEEPEST = 8
"""How far into the attributes of a policy one looks for changes."""


class Rule(StrEnum):
    """What every policy must keep to."""

    DECLARED = "says what it is"
    DETERMINISTIC = "decides the same when asked the same"
    PURE = "changes nothing it is given, and nothing of itself"
    MEMORY = "remembers in a frozen record"
    ORDERS = "orders only what can be carried out"
    NO_FUTURE = "cannot tell another future from its own"
    NO_UNITS = "copes with a city without units"
    NO_DEMAND = "copes with a day without cases"


class Watched:
    """A policy that lets another decide and writes down its faults.

    Parameters
    ----------
    policy : the one that decides.
    luck : the other future that is tried on it.
    """

    def __init__(self, policy: Policy, *, luck: int) -> None:
        self.policy, self.luck = policy, luck
        self.name, self.triggers, self.period_s = policy.name, policy.triggers, policy.period_s
        self.memory_type = policy.memory_type
        self.city: CityModel | None = None
        self.faults: dict[Rule, str] = {}
        self.n_decisions = self.n_with_orders = 0

    def decide(self, view: View, trigger: Trigger, memory: msgspec.Struct | None) -> Decision:
        """What the policy decides.

        Raises
        ------
        PolicyError : it has changed the world, so that it makes no sense to go on.
        """
        city = self.city
        if city is None:
            return self.policy.decide(view, trigger, memory)
        self.n_decisions += 1
        before = self._everything(city, memory)
        decision = self.policy.decide(view, trigger, memory)
        self.n_with_orders += bool(decision.orders)
        after = self._everything(city, memory)
        for what, old in before.items():
            if old != after[what]:
                self._fault(Rule.PURE, f"{_asked(city, trigger)} it changed {what}")
        if before["the world"] != after["the world"]:
            raise PolicyError("changed the world", key=self.name)
        self._hold_memory(decision, _asked(city, trigger))
        self._ask_again(city, trigger, memory, decision)
        return decision

    def _ask_again(self, city: CityModel, trigger: Trigger, memory: msgspec.Struct | None, decision: Decision) -> None:
        again = self.policy.decide(city.view(), trigger, memory)
        if again != decision:
            self._fault(
                Rule.DETERMINISTIC, f"{_asked(city, trigger)} it ordered {_told(decision)}, then {_told(again)}"
            )
            return
        other = city.fork(self.luck, store=Nowhere())
        there = self.policy.decide(other.view(), trigger, memory)
        if there != decision:
            self._fault(
                Rule.NO_FUTURE,
                f"{_asked(city, trigger)} it ordered {_told(decision)}, but {_told(there)} with another future",
            )

    def _hold_memory(self, decision: Decision, asked: str) -> None:
        memory, kind = decision.memory, self.memory_type
        if memory is None:
            return
        if kind is None or not isinstance(memory, kind):
            wanted = "nothing" if kind is None else kind.__name__
            self._fault(Rule.MEMORY, f"{asked} it remembered a {type(memory).__name__}, but it declares {wanted}")
            return
        try:
            known = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=kind)
        except (TypeError, msgspec.MsgspecError) as error:
            self._fault(Rule.MEMORY, f"{asked} its memory could not be kept: {error}")
            return
        if known != memory:
            self._fault(Rule.MEMORY, f"{asked} its memory is not the same when it is read back")

    def _everything(self, city: CityModel, memory: msgspec.Struct | None) -> dict[str, object]:
        return {
            "its attributes": contents(vars(self.policy)),
            "its class": contents({name: value for name, value in vars(type(self.policy)).items() if _is_data(value)}),
            "its memory": contents(memory),
            "the world": msgspec.msgpack.encode(city.state.dump()),
        }

    def _fault(self, rule: Rule, text: str) -> None:
        self.faults.setdefault(rule, text)


def contents(value: object, *, depth: int = 0) -> object:
    """A value as something that stays as it is when the value is changed, and can be compared."""
    if depth > DEEPEST or value is None or isinstance(value, str | bytes | int | float):
        return repr(value)
    match value:
        case np.ndarray():
            return value.dtype.str, value.shape, value.tobytes()
        case Mapping():
            return [(repr(key), contents(inner, depth=depth + 1)) for key, inner in value.items()]
        case list() | tuple():
            return [contents(inner, depth=depth + 1) for inner in value]
        case set() | frozenset():
            return sorted(repr(inner) for inner in value)
        case msgspec.Struct():
            return [contents(getattr(value, name), depth=depth + 1) for name in value.__struct_fields__]
    attributes = getattr(value, "__dict__", None)
    return [id(value), contents(attributes, depth=depth + 1)] if isinstance(attributes, dict) else repr(value)


def _is_data(value: object) -> bool:
    return not callable(value) and not isinstance(value, property | classmethod | staticmethod)


def _asked(city: CityModel, trigger: Trigger) -> str:
    return f"asked after {to_s(city.now):,.0f} s ({trigger.kind}),"


def _told(decision: Decision) -> str:
    orders = [f"{type(order).__name__.lower()} {_whom(order)}" for order in decision.orders]
    if not orders:
        return f"nothing, and remembered {decision.memory}" if decision.memory is not None else "nothing"
    return ", ".join(orders[:3]) + (" …" if len(orders) > 3 else "")


def _whom(order: Order) -> str:
    return f"case {order.case}" if isinstance(order, HandleRemotely) else f"unit {order.unit}"
