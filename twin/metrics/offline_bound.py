"""How much better could anybody have done? A lower bound over all policies, also those that know the future.

In: the calls of a run that is over (when each was ready, how long it takes) and crews with their travel times, all in
whole microseconds. Out: the least mean response, and the least share of late cases, that any sending of those crews to
those calls can have.

The network. A *state* is a crew's arrival at a call at an instant. From a state a unit goes on to other calls, or home to
its station (a *pool*), whence it is sent to later ones. Flow is units; every call is entered once or *given up*, at the
price of its being reached at `give_up_at`. With whole flow (`exact`, a MILP) and `step_us` 1 this is the
optimum itself; the LP relaxation lies at or below it. Why nothing here can lie above a policy:

- a unit that waits, or is sent later than it might be, has its place in the network at an earlier state: onward times
  only grow with the instant it comes free; where it would thereby be at its station too early to be met on its way
  home, it may be *held*: reach the call later, and pay for that;
- instants are rounded down to `step_us` before a unit goes on; responses are not rounded;
- a call given up costs no more than it did whoever reached it later, and a unit may then come free there out of nowhere;
- of several needs of one case only the first arrival counts, and the LP may choose which that is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from twin.errors import JournalError

Ints = NDArray[np.int64]
NEVER = 1 << 60
"""Microseconds to where a crew cannot go."""

Cost = Callable[[int, int], float]
"""What it costs that a case (by number) is reached at an instant; never less for a later one."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Somewhere a unit of a crew may be for once from an instant on, besides its station and the calls it was sent to."""

    from_at: int
    until_at: int
    leg_us: Ints
    near_us: Ints
    home_us: int


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
    places : where else its units may turn up.
    """

    n: int
    first_us: Ints
    work_us: Ints
    home_us: Ints
    leg_us: Ints
    near_us: Ints
    out_us: Ints
    places: tuple[Place, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Bound:
    """The least sum of costs, whether it is that of an optimum in whole units, and how large the network was."""

    total: float
    is_whole: bool
    n_arcs: int


def offline_bound(
    calls: Calls,
    crews: Sequence[Crew],
    *,
    cost: Cost,
    step_us: int = 1,
    is_metric: bool = False,
    remember: bool = False,
    exact: bool = False,
) -> Bound:
    """The least sum of costs over all ways to send the crews to the calls.

    Parameters
    ----------
    cost : by case and instant of its first arrival.
    step_us : instants are rounded down to it, which keeps the network small.
    is_metric : whether to leave a call out of a unit's way never makes it later at the next: legs obey the triangle
        inequality, and `near_us` does not depend on the first call. Then nobody comes free where a call was given up.
    remember : whether a state says what its unit has done before; tight, for a dozen calls at most.
    exact : `remember`, and whole units only; else the LP relaxation.

    Raises
    ------
    JournalError : a crew cannot be where it is said to be, so that the network has no solution.
    """
    if not calls.case.size:
        return Bound(0.0, is_whole=True, n_arcs=0)
    net = _Network(calls, cost=cost, step_us=step_us, is_metric=is_metric, remember=remember or exact)
    for crew in crews:
        net.add(crew)
    return net.solve(exact=exact)


@dataclass(slots=True, eq=False)
class _Network:
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

    def solve(self, *, exact: bool) -> Bound:
        """Columns: arcs; one a call for giving it up; one a state or giving up for which arrival of a case counts."""
        n_arcs, n_nodes, n_calls = len(self.tails), len(self.supply), self.calls.case.size
        is_shared = np.bincount(self.calls.case)[self.calls.case] > 1
        shared = np.flatnonzero(is_shared)
        counts = [(call, state) for call in shared.tolist() for state in self.entered[call]]
        n_counts, n_shared = len(counts), shared.size
        n_columns = n_arcs + n_calls + n_counts + n_shared
        give_up, counted = n_arcs, n_arcs + n_calls
        tails, heads = np.array(self.tails, np.int64), np.array(self.heads, np.int64)
        rows = _Rows()
        # a node: outflow - inflow <= supply (and what was given up there comes free there)
        flow = rows.block(n_nodes)
        rows.put(flow + tails, np.arange(n_arcs), 1.0)
        rows.put(flow + heads, np.arange(n_arcs), -1.0)
        freed = np.array(self.given_up, np.int64).reshape(-1, 2)
        rows.limit(-np.inf, np.array(self.supply))
        # out of all crews at most one unit comes free where a call was given up
        loose = rows.block(n_calls)
        is_loose = np.isin(tails, freed[:, 1])
        given_up_at = dict(zip(freed[:, 1].tolist(), freed[:, 0].tolist(), strict=True))
        loose_arcs = np.flatnonzero(is_loose)
        rows.put(loose + np.array([given_up_at[tail] for tail in tails[is_loose].tolist()], np.int64), loose_arcs, 1.0)
        rows.put(loose + np.arange(n_calls), give_up + np.arange(n_calls), -1.0)
        rows.limit(-np.inf, np.zeros(n_calls))
        # a call: entered or given up, once
        cover = rows.block(n_calls)
        call_of_state = np.full(n_nodes, -1, np.int64)
        for call, states in self.entered.items():
            call_of_state[states] = call
        held = np.array(list(self.holds), np.int64)
        entering = np.setdiff1d(np.flatnonzero(call_of_state[heads] >= 0), held)
        rows.put(cover + call_of_state[heads[entering]], entering, 1.0)
        rows.put(cover + np.arange(n_calls), give_up + np.arange(n_calls), 1.0)
        rows.limit(np.ones(n_calls), np.ones(n_calls))
        # where a case has several calls, an arrival counts only as far as there is one, and one counts
        place = np.full(n_nodes, -1, np.int64)
        place[[state for _, state in counts]] = np.arange(n_counts)
        real = rows.block(n_counts + n_shared)
        into = np.flatnonzero(place[heads] >= 0)
        rows.put(real + place[heads[into]], into, -1.0)
        rows.put(real + n_counts + np.arange(n_shared), give_up + shared, -1.0)
        rows.put(real + np.arange(n_counts + n_shared), counted + np.arange(n_counts + n_shared), 1.0)
        rows.limit(-np.inf, np.zeros(n_counts + n_shared))
        cases, case_of = np.unique(self.calls.case[shared], return_inverse=True)
        case_of_call = dict(zip(shared.tolist(), case_of.tolist(), strict=True))
        once = rows.block(cases.size)
        counted_case = [case_of_call[call] for call, _ in counts] + case_of.tolist()
        rows.put(once + np.array(counted_case, np.int64), counted + np.arange(n_counts + n_shared), 1.0)
        rows.limit(np.ones(cases.size), np.ones(cases.size))
        price = np.zeros(n_columns)
        price[entering] = [self._price(head) if place[head] < 0 else 0.0 for head in heads[entering].tolist()]
        for arc, at in self.holds.items():
            if place[heads[arc]] < 0:
                case = int(self.calls.case[self.call_of[int(heads[arc])]])
                price[arc] = self.cost(case, at) - self._price(int(tails[arc]))
        alone = np.flatnonzero(~is_shared)
        price[give_up + alone] = [self._price_of_giving_up(call) for call in alone.tolist()]
        price[counted:] = [
            *(self._price(state) for _, state in counts),
            *(self._price_of_giving_up(call) for call in shared.tolist()),
        ]
        found = milp(
            price,
            constraints=rows.constraint(n_columns),
            bounds=Bounds(0.0, np.inf),
            integrality=np.full(n_columns, int(exact)),
        )
        if found.x is None:
            raise JournalError(f"no bound could be found: {found.message}")
        flow_found = np.asarray(found.x)
        is_whole = bool(np.all(np.abs(flow_found - np.rint(flow_found)) < 1e-6))
        return Bound(float(found.fun), is_whole, n_arcs)


    def _price(self, state: int) -> float:
        return self.cost(int(self.calls.case[self.call_of[state]]), self.at[state])

    def _price_of_giving_up(self, call: int) -> float:
        return self.cost(int(self.calls.case[call]), self.latest(call))


@dataclass(slots=True, eq=False)
class _Rows:
    """Constraints, put down block by block."""

    n: int = 0
    entries: list[tuple[Ints, Ints, NDArray[np.float64]]] = field(default_factory=list)
    limits: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=list)

    def block(self, n: int) -> int:
        """The first of `n` new rows."""
        self.n += n
        return self.n - n

    def put(self, rows: Ints, columns: Ints, value: float) -> None:
        """Coefficients."""
        self.entries.append((rows, columns, np.full(rows.size, value)))

    def limit(self, low: float | NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Between what the rows of the last block lie."""
        self.limits.append((np.broadcast_to(np.asarray(low, np.float64), high.shape), high))

    def constraint(self, n_columns: int) -> LinearConstraint:
        """All of it."""
        rows, columns, values = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        matrix = coo_array((values, (rows, columns)), shape=(self.n, n_columns)).tocsr()
        return LinearConstraint(matrix, *(np.concatenate(part) for part in zip(*self.limits, strict=True)))


class _Ways:
    """One crew's part of the network, grown from its station forward in time.

    Where units `remember`, a state also says which calls a unit has been at (bits), none twice, and there are no pools,
    in which that would be forgotten.
    """

    def __init__(self, net: _Network, crew: Crew, *, remember: bool) -> None:
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
        for place in crew.places:
            self._go_on(net.node(1.0), place, been=0)
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

    def _after(self, call: int, at: int, *, until_at: int) -> Place:
        """Where a unit comes free that reached a call at an instant."""
        crew = self.crew
        freed_at = at + int(crew.work_us[call])
        return Place(freed_at, until_at, crew.leg_us[call], crew.near_us[call], int(crew.home_us[call]))

    def _go_on(self, tail: int, free: Place, *, been: int) -> None:
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


def worth_until(calls: Calls, crews: Sequence[Crew], *, cost: Cost) -> Ints:
    """Until when each call can be reached in an optimum: later than this costs more than to serve all calls in turn.

    Returns
    -------
    int64 (n_calls,), what `give_up_at` may be lowered to where every case has one call and costs grow with every
    microsecond; one unit more at another call does not change it.
    """
    least = [
        cost(call, min(int(calls.ready_at[call] + min(crew.first_us[call], crew.near_us[:, call].min())) for crew in crews))
        for call in calls.case.tolist()
    ]
    spare = _in_turn(calls, crews, cost=cost) - sum(least)
    until = []
    for call, ready_at in enumerate(calls.ready_at.tolist()):
        low, high = ready_at, int(calls.give_up_at[call])
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if cost(call, middle) <= least[call] + spare else (low, middle)
        until.append(low)
    return np.array(until, np.int64)


def _in_turn(calls: Calls, crews: Sequence[Crew], *, cost: Cost) -> float:
    """What it costs to send to each call, in the order in which they are ready, whoever is there first."""
    total, freed = 0.0, [[(-1, 0)] * crew.n for crew in crews]
    for call in np.argsort(calls.ready_at, kind="stable").tolist():
        ready_at = int(calls.ready_at[call])
        at, which, unit = min(
            (_arrival(crew, call, ready_at, last=last, freed_at=freed_at), which, unit)
            for which, crew in enumerate(crews)
            for unit, (last, freed_at) in enumerate(freed[which])
        )
        total += cost(int(calls.case[call]), at)
        freed[which][unit] = call, at + int(crews[which].work_us[call])
    return total


def _arrival(crew: Crew, call: int, ready_at: int, *, last: int, freed_at: int) -> int:
    if last < 0:
        return ready_at + int(crew.first_us[call])
    over_home = max(freed_at + int(crew.home_us[last]), ready_at) + int(crew.first_us[call])
    return min(over_home, max(freed_at + int(crew.leg_us[last, call]), ready_at + int(crew.near_us[last, call])))
