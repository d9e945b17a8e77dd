"""What queueing theory says exactly: the values that runs of the engine are held against.

Parameters in, expected values out; rates are per second of simulated time, times in seconds. Letters follow the
sources: Gross & Harris, *Fundamentals of Queueing Theory* (Erlang B and C, Pollaczek–Khinchine); Cobham, *Operations
Research* 2 (1954) 70–76; Larson & Odoni, *Urban Operations Research* (1981), chapter 5; Larson, *Operations Research*
23 (1975) 845–868.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def erlang_b(c: int, a: float) -> float:
    """Share of arrivals lost: c servers, offered load a = λ E[S], nobody may wait."""
    B = 1.0
    for k in range(1, c + 1):
        B = a * B / (k + a * B)
    return B


def erlang_c(c: int, a: float) -> float:
    """Share of arrivals that have to wait: c servers, offered load a < c, exponential service."""
    B = erlang_b(c, a)
    return c * B / (c - a * (1 - B))


def wait_mmc(c: int, a: float, *, service_s: float = 1.0) -> float:
    """Mean wait in the queue of M/M/c."""
    return erlang_c(c, a) * service_s / (c - a)


def waits_at_most(c: int, a: float, t: float, *, service_s: float = 1.0) -> float:
    """Share of arrivals to M/M/c that wait no longer than t seconds."""
    return 1 - erlang_c(c, a) * math.exp(-(c - a) * t / service_s)


def agents_needed(a: float, *, share: float, within_s: float, service_s: float) -> int:
    """The fewest servers with which a `share` of arrivals waits no longer than `within_s`."""
    c = math.floor(a) + 1
    while waits_at_most(c, a, within_s, service_s=service_s) < share:
        c += 1
    return c


def wait_mg1(rate: float, *, mean: float, cv: float) -> float:
    """Mean wait in the queue of M/G/1 (Pollaczek–Khinchine); cv = standard deviation over mean of the service time."""
    rho = rate * mean
    return rate * mean**2 * (1 + cv**2) / (2 * (1 - rho))


def cobham(rates: Sequence[float], *, means: Sequence[float], cvs: Sequence[float]) -> tuple[float, ...]:
    """Mean wait of each class, most urgent first: one server, non-preemptive priorities."""
    W0 = sum(rate * mean**2 * (1 + cv**2) for rate, mean, cv in zip(rates, means, cvs, strict=True)) / 2
    waits, sigma = [], 0.0
    for rate, mean in zip(rates, means, strict=True):
        before, sigma = sigma, sigma + rate * mean
        waits.append(W0 / ((1 - before) * (1 - sigma)))
    return tuple(waits)


@dataclass(frozen=True, slots=True)
class Hypercube:
    """Steady state of a hypercube queue with an unlimited FCFS line.

    `states`: probability of each state with nobody waiting, bit n set where unit n is busy, shape (2**N,); the last one
    has all units busy. `queue`: probability that somebody waits. `workloads`: busy share of each unit, shape (N,).
    `own`, `other`, `delayed`: shares of calls served at once by the first unit of their list, by another one, or later.
    """

    states: Floats
    queue: float
    workloads: Floats
    own: float
    other: float
    delayed: float


def hypercube(rates: Sequence[float], lists: Sequence[Sequence[int]], *, n_units: int, mu: float = 1.0) -> Hypercube:
    """Solve Larson's hypercube exactly: area j calls at `rates[j]` and wants the units of `lists[j]` in that order."""
    n_states, lam = 2**n_units, sum(rates)
    full = n_states - 1
    flow = np.zeros((n_states, n_states))
    for state, (rate, order) in product(range(full), zip(rates, lists, strict=True)):
        unit = next(unit for unit in order if not state >> unit & 1)
        flow[state, state | 1 << unit] += rate
    for state, unit in product(range(n_states), range(n_units)):
        if state >> unit & 1:
            flow[state, state & ~(1 << unit)] += mu
    balance = (flow - np.diag(flow.sum(axis=1))).T
    ratio = lam / (n_units * mu)
    queue_per_full = ratio / (1 - ratio)
    balance[0] = 1.0
    balance[0, full] += queue_per_full
    states = np.linalg.solve(balance, np.eye(n_states)[0])
    queue = float(states[full] * queue_per_full)
    busy = np.array([[state >> unit & 1 for state in range(n_states)] for unit in range(n_units)])
    first = np.array([[not state >> order[0] & 1 for state in range(n_states)] for order in lists])
    own = float(np.array(rates) @ first @ states) / lam
    delayed = float(states[full]) + queue
    return Hypercube(states, queue, busy @ states + queue, own, 1 - own - delayed, delayed)


def correction(n_units: int, rho: float, j: int) -> float:
    """Larson's Q(N, ρ, j): corrects ρ^j (1 − ρ) for picking the (j+1)-th choice without replacement from M/M/N."""
    N, a = n_units, n_units * rho
    P0 = 1 / (sum(a**k / math.factorial(k) for k in range(N)) + a**N / (math.factorial(N) * (1 - rho)))
    terms = (
        math.factorial(N - j - 1) * (N - k) / math.factorial(k - j) * N**k / math.factorial(N) * rho ** (k - j)
        for k in range(j, N)
    )
    return sum(terms) * P0 / (1 - rho)


def approximate_workloads(
    rates: Sequence[float], lists: Sequence[Sequence[int]], *, n_units: int, mu: float = 1.0, n_rounds: int = 200
) -> Floats:
    """Larson's approximation of the hypercube's workloads after `n_rounds` of his iteration, shape (n_units,)."""
    lam = sum(rates)
    mean_rho = lam / (n_units * mu)
    all_busy = erlang_c(n_units, lam / mu)
    Q = [correction(n_units, mean_rho, j) for j in range(n_units)]
    rho = np.full(n_units, mean_rho)
    for _ in range(n_rounds):
        V = np.zeros(n_units)
        for rate, order in zip(rates, lists, strict=True):
            for k, unit in enumerate(order):
                V[unit] += rate / mu * Q[k] * np.prod(rho[list(order[:k])])
        rho = (V + lam / mu * all_busy / n_units) / (1 + V)
        rho *= n_units * mean_rho / rho.sum()
    return rho
