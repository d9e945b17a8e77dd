"""Units sent along the network of an offline bound at the least price: its LP, or the same in whole units.

In: a `Network`. Out: the least price of reaching or giving up every call.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from twin.errors import JournalError
from twin.metrics.offline_network import Ints, Network

TOLERANCE = 1e-6
"""Share of the price that is taken off what the solver found: it keeps constraints and optimality to 1e-7 only."""


def solve(net: Network, *, exact: bool) -> tuple[float, bool]:
    """The least price of sending units along a network, and whether only whole units are sent.

    Columns: arcs; one a call for giving it up; one a state or giving up for which arrival of a case counts.

    Raises
    ------
    JournalError : the solver found no bound.
    """
    n_arcs, n_nodes, n_calls = len(net.tails), len(net.supply), net.calls.case.size
    is_shared = np.bincount(net.calls.case)[net.calls.case] > 1
    shared = np.flatnonzero(is_shared)
    counts = [(call, state) for call in shared.tolist() for state in net.entered[call]]
    n_counts, n_shared = len(counts), shared.size
    n_columns = n_arcs + n_calls + n_counts + n_shared
    give_up, counted = n_arcs, n_arcs + n_calls
    tails, heads = np.array(net.tails, np.int64), np.array(net.heads, np.int64)
    rows = _Rows()
    # a node: outflow - inflow <= supply (and what was given up there comes free there)
    flow = rows.block(n_nodes)
    rows.put(flow + tails, np.arange(n_arcs), 1.0)
    rows.put(flow + heads, np.arange(n_arcs), -1.0)
    freed = np.array(net.given_up, np.int64).reshape(-1, 2)
    rows.limit(-np.inf, np.array(net.supply))
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
    for call, states in net.entered.items():
        call_of_state[states] = call
    held = np.array(list(net.holds), np.int64)
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
    cases, case_of = np.unique(net.calls.case[shared], return_inverse=True)
    case_of_call = dict(zip(shared.tolist(), case_of.tolist(), strict=True))
    once = rows.block(cases.size)
    counted_case = [case_of_call[call] for call, _ in counts] + case_of.tolist()
    rows.put(once + np.array(counted_case, np.int64), counted + np.arange(n_counts + n_shared), 1.0)
    rows.limit(np.ones(cases.size), np.ones(cases.size))
    price = np.zeros(n_columns)
    price[entering] = [net.price(head) if place[head] < 0 else 0.0 for head in heads[entering].tolist()]
    for arc, at in net.holds.items():
        if place[heads[arc]] < 0:
            case = int(net.calls.case[net.call_of[int(heads[arc])]])
            price[arc] = net.cost(case, at) - net.price(int(tails[arc]))
    alone = np.flatnonzero(~is_shared)
    price[give_up + alone] = [net.price_of_giving_up(call) for call in alone.tolist()]
    price[counted:] = [
        *(net.price(state) for _, state in counts),
        *(net.price_of_giving_up(call) for call in shared.tolist()),
    ]
    found = milp(
        price,
        constraints=rows.constraint(n_columns),
        bounds=Bounds(0.0, np.inf),
        integrality=np.full(n_columns, int(exact)),
        options={"mip_rel_gap": 0.0, "presolve": not exact},
    )
    if found.x is None:
        raise JournalError(f"no bound could be found: {found.message}")
    flow_found = np.asarray(found.x)
    is_whole = bool(np.all(np.abs(flow_found - np.rint(flow_found)) < 1e-6))
    least = float(found.fun) if found.mip_dual_bound is None else min(float(found.fun), float(found.mip_dual_bound))
    return least - TOLERANCE * max(1.0, abs(least)), is_whole


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
