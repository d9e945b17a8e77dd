"""Larson's hypercube: units with preference lists by area, which of them is sent how often, and how busy each is.

Rates by area and lists of units flow in, workloads and dispatch shares flow out. All service times have one exponential
law wherever a unit is sent, and whoever finds nobody free waits in one line. Exact for a few units; for more, by the
approximation. Sources: R. C. Larson, "A hypercube queuing model for facility location and redistricting in urban
emergency services", Computers & Operations Research 1 (1974); the same, "Approximating the performance of urban
emergency service systems", Operations Research 23 (1975); Larson and Odoni, *Urban Operations Research* (1981), 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import gammaln, logsumexp

from twin.metrics.queueing import erlang_c

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_EXACT = 12
"""Units up to which the exact model is solved: it has 2^N states."""
_CLOSE, _CLOSE_ENOUGH = 1e-13, 1e-9
_MOST_ROUNDS = 2_000
_STEP, _BUSIEST = 0.3, 0.9999


@dataclass(frozen=True, slots=True, eq=False)
class Hypercube:
    """Steady state of a crew.

    Parameters
    ----------
    workloads : busy share of each unit, shape (n_units,).
    sent : share of all calls that come from an area and are served by a unit, shape (n_areas, n_units); sums to 1.
    waits : share of calls that find nobody free.
    is_exact : or by the approximation.
    states : probability of each state with nobody waiting, bit n set where unit n is busy, shape (2**n_units,); None
        for the approximation.
    """

    workloads: Floats
    sent: Floats
    waits: float
    is_exact: bool
    states: Floats | None = None

    def mean_of(self, costs: Floats) -> float:
        """Mean over calls of what sending a unit to an area costs; shape (n_areas, n_units)."""
        return float((self.sent * costs).sum())


def hypercube(rates: Floats, lists: Ints) -> Hypercube:
    """Solve a crew: exactly up to `MOST_EXACT` units, approximately beyond.

    Parameters
    ----------
    rates : calls by area in a mean service time (erlangs), shape (n_areas,); their sum is below the number of units.
    lists : units of each area in the order they are sent, shape (n_areas, n_units).
    """
    return exact(rates, lists) if lists.shape[1] <= MOST_EXACT else approximate(rates, lists)


def exact(rates: Floats, lists: Ints) -> Hypercube:
    """The hypercube itself: balance of flow between all states, solved level by level of how many are busy.

    Those who wait are served by whoever is free first, which is any unit alike.
    """
    n_units = lists.shape[1]
    load = float(rates.sum())
    chosen = _chosen(lists)
    states = _steady(rates, chosen, n_units=n_units)
    per_full = load / (n_units - load)
    busy = _bits(n_units)
    queue = float(states[-1]) * per_full
    waits = float(states[-1]) + queue
    sent = np.zeros((rates.size, n_units))
    for area in range(rates.size):
        sent[area] = np.bincount(chosen[area], weights=states[:-1], minlength=n_units) * rates[area] / load
    sent += waits / n_units * rates[:, None] / load
    return Hypercube(states @ busy + queue, sent, waits, True, states)


def approximate(rates: Floats, lists: Ints, *, n_rounds: int | None = None) -> Hypercube:
    """Larson's approximation: units busy independently, corrected for a line that all of them share.

    Parameters
    ----------
    n_rounds : of the iteration; by default until nothing moves.
    """
    n_units, load = lists.shape[1], float(rates.sum())
    mean_rho, waits = load / n_units, erlang_c(n_units, load)
    corrections = correction(n_units, mean_rho)
    rho = np.full(n_units, mean_rho)
    for _ in range(_MOST_ROUNDS if n_rounds is None else n_rounds):
        before = rho
        offered = _offered(rates, lists, rho, corrections)
        rho = (offered + load * waits / n_units) / (1 + offered)
        rho = rho * (load / rho.sum())
        if n_rounds is None:  # large crews swing to and fro unless they move with care
            rho = before + _STEP * (np.minimum(rho, _BUSIEST) - before)
            if np.abs(rho - before).max() < _CLOSE_ENOUGH:
                break
    by_rank = _by_rank(lists, rho, corrections) * (1 - rho[lists])
    sent = np.zeros((rates.size, n_units))
    np.put_along_axis(sent, lists, by_rank, axis=1)
    sent *= (1 - waits) / sent.sum(axis=1, keepdims=True)
    sent = (sent + waits / n_units) * rates[:, None] / load
    return Hypercube(rho, sent, waits, False)


def correction(n_units: int, rho: float) -> Floats:
    """Larson's Q(N, ρ, j) for j = 0 … N − 1, which corrects ρ^j (1 − ρ) for picking units from one M/M/N.

    Q(N, ρ, j) = Σ_{k=j}^{N−1} (N−j−1)! (N−k) / (k−j)! · N^k / N! · ρ^{k−j} · P0 / (1 − ρ).
    """
    k = np.arange(n_units)
    log_n, log_load = math.log(n_units), math.log(n_units * rho)
    log_full = n_units * log_load - gammaln(n_units + 1) - math.log1p(-rho)
    log_p0 = -logsumexp(np.append(k * log_load - gammaln(k + 1), log_full))
    found = np.empty(n_units)
    for j in range(n_units):
        over = k[j:]
        ways = gammaln(n_units - j) + np.log(n_units - over) - gammaln(over - j + 1) - gammaln(n_units + 1)
        terms = ways + over * log_n + (over - j) * math.log(rho)
        found[j] = math.exp(float(logsumexp(terms)) + log_p0 - math.log1p(-rho))
    return found


# ---------------------------------------------------------------------------------------------- exact


def _bits(n_units: int) -> Floats:
    """Which units are busy in each state, shape (2**n_units, n_units)."""
    return (np.arange(2**n_units)[:, None] >> np.arange(n_units) & 1).astype(np.float64)


def _chosen(lists: Ints) -> Ints:
    """Who is sent from each area in each state in which somebody is free, shape (n_areas, 2**n_units − 1)."""
    n_areas, n_units = lists.shape
    states = np.arange(2**n_units - 1)
    chosen = np.full((n_areas, states.size), -1, np.int64)
    for area in range(n_areas):
        for unit in lists[area]:
            open_to = (chosen[area] < 0) & (states >> unit & 1 == 0)
            chosen[area, open_to] = unit
    return chosen


def _steady(rates: Floats, chosen: Ints, *, n_units: int) -> Floats:
    """Probabilities of the states with nobody waiting, by Gauss–Seidel from one number of busy units to the next."""
    load = float(rates.sum())
    states = np.arange(2**n_units)
    n_busy = _bits(n_units).sum(axis=1).astype(np.int64)
    flow = _flow_in(rates, chosen, n_units=n_units)
    levels = [states[n_busy == n] for n in range(n_units + 1)]
    into = [flow[level] for level in levels]
    of_mmn = _levels(load, n_units)
    p = np.array([of_mmn[n] / levels[n].size for n in n_busy])
    flow_out = np.where(n_busy < n_units, load, 0.0) + n_busy
    for _ in range(_MOST_ROUNDS):
        moved = 0.0
        for n, level in enumerate(levels):
            found = into[n] @ p / flow_out[level]
            found *= of_mmn[n] / found.sum()  # how many are busy is M/M/N whatever the lists
            moved = max(moved, float(np.abs(found - p[level]).max()))
            p[level] = found
        if moved < _CLOSE:
            break
    return p


def _flow_in(rates: Floats, chosen: Ints, *, n_units: int) -> csr_matrix:
    """Rates between states with nobody waiting: row, into; column, out of."""
    before = np.arange(2**n_units - 1)
    busy = np.tile(before, rates.size)
    called = (np.repeat(rates, before.size), busy | 1 << chosen.ravel(), busy)
    state, unit = np.nonzero(_bits(n_units))
    freed = (np.ones(state.size), state & ~(1 << unit), state)
    rate, to, of = (np.concatenate(both) for both in zip(called, freed, strict=True))
    return csr_matrix((rate, (to, of)), shape=(2**n_units, 2**n_units))


def _levels(load: float, n_units: int) -> Floats:
    """Chance that 0 … N units are busy and nobody waits, shape (n_units + 1,)."""
    k = np.arange(n_units + 1)
    logs = k * math.log(load) - gammaln(k + 1)
    tail = logs[-1] + math.log(load / (n_units - load))
    weights: Floats = np.exp(logs - logsumexp(np.append(logs, tail)))
    return weights


# ---------------------------------------------------------------------------------------------- approximate


def _by_rank(lists: Ints, rho: Floats, corrections: Floats) -> Floats:
    """Q_k times the chance that all before the k-th of each list are busy, shape (n_areas, n_units)."""
    busy = rho[lists]
    before = np.cumprod(np.hstack([np.ones((lists.shape[0], 1)), busy[:, :-1]]), axis=1)
    found: Floats = before * corrections
    return found


def _offered(rates: Floats, lists: Ints, rho: Floats, corrections: Floats) -> Floats:
    """Larson's V_n: what each unit would be sent to if it were free, erlangs."""
    weights = _by_rank(lists, rho, corrections) * rates[:, None]
    offered: Floats = np.bincount(lists.ravel(), weights=weights.ravel(), minlength=lists.shape[1]).astype(np.float64)
    return offered
