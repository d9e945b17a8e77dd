"""How much better could anybody have done? A lower bound over all policies, also those that know the future.

In: the calls of a run that is over (when each was ready, how long it takes) and crews with their travel times, all in
whole microseconds. Out: the least mean response, and the least share of late cases, that any sending of those crews to
those calls can have.

The network. A *state* is a crew's arrival at a call at an instant. From a state a unit goes on to other calls, or home
to its station (a *pool*), whence it is sent to later ones. Flow is units; every call is entered once or *given up*, at
the price of its being reached at `give_up_at`. With whole flow (`exact`, a MILP) and `step_us` 1 this is the optimum
itself; the LP relaxation lies at or below it. Why nothing here can lie above a policy:

- a unit that waits, or is sent later than it might be, has its place in the network at an earlier state: onward times
  only grow with the instant it comes free; where it would thereby be at its station too early to be met on its way
  home, it may be *held*: reach the call later, and pay for that;
- instants are rounded down to `step_us` before a unit goes on; responses are not rounded;
- a call given up costs no more than it did whoever reached it later, and a unit may then come free
  there out of nowhere;
- of several needs of one case only the first arrival counts, and the LP may choose which that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twin.metrics.offline_lp import solve
from twin.metrics.offline_network import NEVER, Calls, Cost, Crew, Ints, Network

__all__ = ["NEVER", "Bound", "Calls", "Cost", "Crew", "Ints", "offline_bound", "worth_until"]


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
    JournalError : the solver found no bound.
    """
    if not calls.case.size:
        return Bound(0.0, is_whole=True, n_arcs=0)
    net = Network(calls, cost=cost, step_us=step_us, is_metric=is_metric, remember=remember or exact)
    for crew in crews:
        net.add(crew)
    total, is_whole = solve(net, exact=exact)
    return Bound(total, is_whole, len(net.tails))


def worth_until(calls: Calls, crews: Sequence[Crew], *, cost: Cost) -> Ints:
    """Until when each call can be reached in an optimum: later than this costs more than to serve all calls in turn.

    Returns
    -------
    int64 (n_calls,), what `give_up_at` may be lowered to where every case has one call and costs grow with every
    microsecond; one unit more at another call does not change it.
    """
    least = [
        cost(
            call,
            min(int(calls.ready_at[call] + min(crew.first_us[call], crew.near_us[:, call].min())) for crew in crews),
        )
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
