"""The network of an offline bound: where and when units may reach calls, and how they may go on from there.

In: calls and crews, in whole microseconds. Out: nodes and arcs, for `offline_lp` to send units along.
`offline_bound` says what the network means and why it bounds every policy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
NEVER = 1 << 60
"""Microseconds to where a crew cannot go."""

Cost = Callable[[int, int], float]
"""What it costs that a case (by number) is reached at an instant; never less for a later one."""


@dataclass(frozen=True, slots=True, eq=False)
class Crew:
    """`n` units that are alike; all times are lower bounds in microseconds, by call.

    Parameters
    ----------
    first_us : int64 (n_calls,), from being sent from the station to arriving; `NEVER` where it lacks the skill.
    work_us : int64 (n_calls,), from arriving to coming free.
    home_us : int64 (n_calls,), from coming free at the call to being at the station.
    leg_us : int64 (n_calls, n_calls), from coming free at the first call to arriving at the second.
    near_us : int64 (n_calls, n_calls), from the second's being ready to arriving there, wherever between the first
        and the station a unit waits.
    out_us : int64 (n_calls,), for how long after coming free at a call it may still be on its way home.
    """

    n: int
    first_us: Ints
    work_us: Ints
    home_us: Ints
    leg_us: Ints
    near_us: Ints
    out_us: Ints

    def only(self, calls: Ints) -> Crew:
        """The same crew for some of the calls, by number."""
        first_us, work_us, home_us, out_us = (
            times[calls] for times in (self.first_us, self.work_us, self.home_us, self.out_us)
        )
        pairs = np.ix_(calls, calls)
        return Crew(self.n, first_us, work_us, home_us, self.leg_us[pairs], self.near_us[pairs], out_us)


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """What was to be done, int64 (n_calls,) each.

    Parameters
    ----------
    case : the case a call belongs to, by number from 0; every case has a call.
    ready_at : from when on units can be sent to it.
    give_up_at : from when on it costs no more how much later it is reached, or is made to cost no more.
    """

    case: Ints
    ready_at: Ints
    give_up_at: Ints


@dataclass(slots=True, eq=False)
class Network:
    """Arcs from node to node. A node's outflow is at most its inflow; nodes are numbered as they appear."""

    calls: Calls
    cost: Cost
    step_us: int
    is_metric: bool
    remember: bool
    tails: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    supply: list[float] = field(default_factory=list)
    entered: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Call → its states."""
    at: dict[int, int] = field(default_factory=dict)
    """State → the soonest arrival it stands for."""
    call_of: dict[int, int] = field(default_factory=dict)
    """State → its call."""
    holds: dict[int, int] = field(default_factory=dict)
    """Arc from a state of a call to a later one → the instant it leads to."""
    given_up: list[tuple[int, int]] = field(default_factory=list)
    """(call, state) of those who come free where a call was given up."""

    def node(self, supply: float = 0.0) -> int:
        """A new node; `supply` is what flows out of nowhere into it."""
        self.supply.append(supply)
        return len(self.supply) - 1

    def arc(self, tail: int, head: int) -> None:
        """Units may go from one node to another."""
        self.tails.append(tail)
        self.heads.append(head)

    def add(self, crew: Crew) -> None:
        """All that a crew can do."""
        _Ways(self, crew, remember=self.remember).spread()

    def latest(self, call: int) -> int:
        """From when on it is the same whether a call is reached."""
        return int(self.calls.give_up_at[call])

    def price(self, state: int) -> float:
        """What it costs that a call is reached so."""
        return self.cost(int(self.calls.case[self.call_of[state]]), self.at[state])

    def price_of_giving_up(self, call: int) -> float:
        """What it costs that a call is given up."""
        return self.cost(int(self.calls.case[call]), self.latest(call))


@dataclass(frozen=True, slots=True, eq=False)
class _Free:
    """A unit that came free somewhere: when, until when it is out, and how far it is from there."""

    from_at: int
    until_at: int
    leg_us: Ints
    near_us: Ints
    home_us: int


class _Ways:
    """One crew's part of the network, grown from its station forward in time.

    Where units `remember`, a state also says which calls a unit has been at (bits), none twice, and there are no pools,
    in which that would be forgotten.
    """

    def __init__(self, net: Network, crew: Crew, *, remember: bool) -> None:
        self.net, self.crew, self.remember = net, crew, remember
        ready_at = net.calls.ready_at
        able = np.flatnonzero(crew.first_us < NEVER)
        self.able: Ints = able[np.argsort(ready_at[able], kind="stable")]
        self.ready: list[int] = ready_at[self.able].tolist()
        self.states: dict[tuple[int, int, int], int] = {}
        self.due: list[tuple[int, int, int, int]] = []

    def spread(self) -> None:
        """Out of the station first, then on from states in order of time."""
        net, crew = self.net, self.crew
        station = net.node(float(crew.n))
        self.pools = [net.node() for _ in self.able]
        for k, call in enumerate(self.able.tolist()):
            net.arc(self.pools[k - 1] if k and not self.remember else station, self.pools[k])
            self._enter(self.pools[k], call, self.ready[k] + int(crew.first_us[call]), been=0)
        if not net.is_metric:
            for call in self.able.tolist():
                tail = net.node(1.0)
                net.given_up.append((call, tail))
                self._go_on(tail, self._after(call, net.latest(call), until_at=NEVER), been=1 << call)
        while self.due:
            tick, call, been, state = heappop(self.due)
            out_us = int(crew.work_us[call] + crew.out_us[call])
            until_at = (tick + 1) * net.step_us + out_us
            self._go_on(state, self._after(call, tick * net.step_us, until_at=until_at), been=been)
            self._hold(state, call, until_at, out_us=out_us)

    def _hold(self, state: int, call: int, until_at: int, *, out_us: int) -> None:
        """Reach a call later, at the price of that, so as to be out still when the next one is ready."""
        net = self.net
        k = bisect_left(self.ready, until_at)
        if net.is_metric or self.remember or k == len(self.ready):
            return
        tick = (self.ready[k] - out_us) // net.step_us
        if tick * net.step_us >= net.latest(call):
            return
        later = self._state(call, tick, 1 << call)
        net.holds[len(net.tails)] = tick * net.step_us
        net.arc(state, later)

    def _after(self, call: int, at: int, *, until_at: int) -> _Free:
        """Where a unit comes free that reached a call at an instant."""
        crew = self.crew
        freed_at = at + int(crew.work_us[call])
        return _Free(freed_at, until_at, crew.leg_us[call], crew.near_us[call], int(crew.home_us[call]))

    def _go_on(self, tail: int, free: _Free, *, been: int) -> None:
        """Home to a pool, and straight or over the station to calls that cannot wait for that."""
        home_at = free.from_at + free.home_us
        at_home = bisect_left(self.ready, home_at)
        if at_home < len(self.pools) and not self.remember:
            self.net.arc(tail, self.pools[at_home])
        some = len(self.pools) if self.remember else max(at_home, bisect_left(self.ready, free.until_at))
        for k, call in enumerate(self.able[:some].tolist()):
            if been >> call & 1:
                continue
            by_home = max(home_at, self.ready[k]) + int(self.crew.first_us[call])
            arrives_at = by_home
            if self.ready[k] < free.until_at:
                straight = max(free.from_at + int(free.leg_us[call]), self.ready[k] + int(free.near_us[call]))
                arrives_at = min(by_home, straight)
            if self.remember or k < at_home or arrives_at < by_home:
                self._enter(tail, call, arrives_at, been=been)

    def _enter(self, tail: int, call: int, at: int, *, been: int) -> None:
        net = self.net
        if at >= net.latest(call):
            return
        tick, bit = at // net.step_us, 1 << call
        state = self._state(call, tick, been | bit if self.remember else bit)
        net.at[state] = min(net.at[state], at)
        net.arc(tail, state)

    def _state(self, call: int, tick: int, been: int) -> int:
        key, net = (call, tick, been), self.net
        state = self.states.get(key)
        if state is None:
            state = self.states[key] = net.node()
            net.entered[call].append(state)
            net.at[state], net.call_of[state] = (tick + 1) * net.step_us - 1, call
            heappush(self.due, (tick, call, been, state))
        return state
