"""How far it is, exactly: two random points, the nearest of random units, trips with acceleration and with one-ways.

Parameters in, expected values out. Lengths are in blocks of a square street grid unless a name says otherwise; places
are uniform along its streets. Sources: Larson & Odoni, *Urban Operations Research* (1981), 3.12a, 3.88–3.89 and 5.8;
Kolesar & Blum, *Management Science* 19 (1973) 1368–1378; Larson, RAND R-675 (1971), on alternating one-way streets.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import shortest_path
from scipy.stats import poisson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAR, AWKWARD = 3.0, 6.0
"""Blocks: how far apart places are, each way, to be far apart; what the worst trips have beyond the direct way."""

_STEP, _PLACES, _NEGLIGIBLE = 0.02, 10, 1e-12
"""Blocks between two radii, and places along half a block, of the integrals; probabilities that are left out."""


@dataclass(frozen=True, slots=True)
class OneWays:
    """Mean way of all trips; of those between places far apart, the mean extra, and the share with an `AWKWARD` one.

    Extra is what the way between the middles of two blocks has more than the direct way, in blocks.
    """

    mean: float
    awkward_share: float
    extra: float


# ---------------------------------------------------------------------- the plane


def two_points_rectangle(a: float, b: float) -> float:
    """Mean Manhattan distance of two random points of an a × b rectangle (Larson & Odoni, 3.12a)."""
    return (a + b) / 3


def nearest_manhattan(per_area: float, *, k: int = 1) -> float:
    """Mean Manhattan distance to the k-th nearest of Poisson units: a ball of radius r has the area 2 r²."""
    return math.gamma(k + 0.5) / math.gamma(k) / math.sqrt(2 * per_area)


def nearest_euclidean(per_area: float, *, k: int = 1) -> float:
    """Mean Euclidean distance to the k-th nearest of Poisson units."""
    return math.gamma(k + 0.5) / math.gamma(k) / math.sqrt(math.pi * per_area)


def square_root_law(area: float, *, n_units: int, busy: float) -> float:
    """Mean Manhattan distance of the nearest of those that are not busy (Larson & Odoni, 5.8; Kolesar & Blum).

    `busy` is λ E[S]; the law holds where saturation is rare and work lasts much longer than travel.
    """
    return nearest_manhattan((n_units - busy) / area)


# ---------------------------------------------------------------------- a grid of streets


def two_points_on_streets(n: int) -> float:
    """Mean way between two random points on the streets of n × n blocks: (2n + 1) / 3, exactly.

    Of a street running east and one running north: E|x − i| = (2n + 1) / 6 each way. Of two running the same way:
    n/3 along, n (n + 2) / (3 (n + 1)) across, and a detour of 1/3 with probability 1 / (n + 1), where they are two
    sides of one block or lie across from each other in a row of blocks.
    """
    return (2 * n + 1) / 3


def street_within(r: Floats, u: float | Floats) -> Floats:
    """Street length within a way of r of a place u along its block (0 to 1), in an endless grid; shape of both.

    Either end of the block opens a half-plane of crossings. At m blocks from that end there are 2m + 1 of them, and
    4m + 3 streets lead on to those at m + 1; two more at each m join the two half-planes and fill from both ends.
    """
    length = np.minimum(r, u) + np.minimum(r, 1 - u)
    for beyond in (np.maximum(r - u, 0), np.maximum(r - 1 + u, 0)):
        m = np.floor(beyond)
        length += 2 * m**2 + m + (4 * m + 3) * (beyond - m)
    for row in range(1, math.ceil(r.max(initial=0)) + 1):
        length += 2 * np.minimum(1, np.maximum(r - u - row, 0) + np.maximum(r - 1 + u - row, 0))
    return length


def nearest_on_streets(per_block: float, *, k: int = 1) -> float:
    """Mean way to the k-th nearest of Poisson units, `per_block` a block of street, from a random place."""
    most = math.sqrt((25 + 5 * k) / per_block / 4) + 1
    return _mean_way(lambda length: poisson.cdf(k - 1, per_block * length), most=most)


def nearest_of_free(free: Floats, *, streets: float) -> float:
    """Mean way to the nearest of F units at random places on `streets` blocks of street, from a place far from the rim.

    `free` is the distribution of F, shape (N + 1,); where nobody is free nobody is sent.
    """
    counts = 1 + np.flatnonzero(free[1:] > _NEGLIGIBLE)
    weights = free[counts] / free[counts].sum()

    def nobody_within(length: Floats) -> Floats:
        empty = np.clip(1 - length / streets, 0, 1)
        chance: Floats = weights @ empty ** counts[:, None]
        return chance

    return _mean_way(nobody_within, most=math.sqrt(min(1.0, 30 / counts[0]) * streets / 4) + 1)


def _mean_way(farther: Callable[[Floats], Floats], *, most: float) -> float:
    """∫ P(farther than r) dr, averaged over places along a block; `farther` takes the street length within r."""
    radii = np.arange(0, most + _STEP, _STEP)
    places = (np.arange(_PLACES) + 0.5) / (2 * _PLACES)
    return float(np.mean([np.trapezoid(farther(street_within(radii, u)), dx=_STEP) for u in places]))


# ---------------------------------------------------------------------- one-way streets, acceleration, busy units


def mean_extra_of_one_ways(n: int) -> OneWays:
    """Every trip between two streets of n × n blocks whose streets are one-way by turns; n is odd.

    Enumerated over all pairs of blocks with scipy's own search. From s along one block to t along another it is
    1 − s to its end, the way from there to the other's beginning, and t; on one and the same block it is t − s, or
    once round to its beginning where t lies behind.
    """
    tail, head = one_way_blocks(n)
    n_nodes = (n + 1) ** 2
    graph = coo_array((np.ones(tail.size), (tail, head)), shape=(n_nodes, n_nodes)).tocsr()
    between = shortest_path(graph)
    way = 1 + between[head][:, tail]
    own = np.arange(tail.size)
    row, column = np.divmod(np.stack([tail, head]), n + 1)
    x, y = column.mean(axis=0), row.mean(axis=0)
    east, north = np.abs(x[:, None] - x), np.abs(y[:, None] - y)
    extra = way - east - north
    extra[own, own] = 0
    far = np.minimum(east, north) >= FAR
    way[own, own] = (1 / 3 + 2 / 3 + between[head, tail]) / 2
    return OneWays(float(way.mean()), float((extra == AWKWARD)[far].mean()), float(extra[far].mean()))


def one_way_blocks(n: int) -> tuple[Ints, Ints]:
    """Tail and head of each block; crossing (i, j), i east and j north, has the number (n + 1) j + i.

    Even rows run east and even columns south, the others back, so that the outermost four go round.
    """
    along, line = np.arange(n), np.arange(n + 1)
    start, step = ((n + 1) * line[:, None] + along).ravel(), np.repeat(line % 2 == 0, n)
    rows = np.where(step, start, start + 1), np.where(step, start + 1, start)
    start = ((n + 1) * along + line[:, None]).ravel()
    columns = np.where(step, start + n + 1, start), np.where(step, start, start + n + 1)
    return np.concatenate([rows[0], columns[0]]), np.concatenate([rows[1], columns[1]])


def trip_time(d: float | Floats, *, v: float, a: float) -> Floats:
    """Seconds for d metres from rest to rest, at most v m/s, speeding up and slowing down at a m/s²."""
    d = np.asarray(d, np.float64)
    return np.where(d <= v**2 / a, 2 * np.sqrt(d / a), v / a + d / v)


def free_units(n_units: int, *, busy: float) -> Floats:
    """Distribution of the number of free units of M/G/N without a line, shape (n_units + 1,); `busy` is λ E[S].

    Erlang's: whatever the law of the service time (Sevastyanov), the number busy is a Poisson one cut off at N.
    """
    n_busy: Floats = poisson.pmf(np.arange(n_units + 1), busy)
    return (n_busy / n_busy.sum())[::-1]
