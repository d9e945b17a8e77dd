"""Modelled demand: a non-homogeneous Poisson process by area and matter, drawn a day at a time.

A day's cases are a function of (seed, replication, luck, source, day): the same under any policy, never saved. The rate
may follow the hour of the week. Under luck forked in the middle of a day the rest of that day is drawn anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr, pdtrik

from twin.clock.streams import Streams
from twin.domain.quantities import DAY, HOUR, CivilTime

HOURS_A_WEEK = 168


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about, how urgent it is (1 is most), and which skills it wants, one a unit."""

    name: str
    priority: int
    needs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class PoissonDemand:
    """One source of cases.

    `areas` × `matters` give the rows; `rates_per_h`, shape (n_areas, n_matters), cases per hour on average over a week;
    `rhythm`, shape (168,), mean 1, by hour of the week. `edges` per area, with `shares` that add up cumulatively to 1:
    where in an area cases arise, evenly along each edge; `lengths_mm` are those of all edges.
    """

    name: str
    areas: tuple[str, ...]
    matters: tuple[Matter, ...]
    rates_per_h: NDArray[np.float64]
    rhythm: NDArray[np.float64]
    edges: tuple[NDArray[np.int64], ...]
    shares: tuple[NDArray[np.float64], ...]
    lengths_mm: NDArray[np.int64]


class Births(NamedTuple):
    """A day's cases by time, numbered from `first`: `at` (microseconds), `row` of area × matter, and their spots."""

    first: int
    at: list[int]
    row: list[int]
    edge: list[int]
    offset_mm: list[int]


def draw_day(
    demand: PoissonDemand, streams: Streams, *, entity: int, day: int, civil: CivilTime, since: int, first: int
) -> Births:
    """The cases of one day that arise after `since`; `entity` keys the draw (source and day)."""
    begin = max(day * DAY, since)
    edges_us = np.unique(np.append(np.arange(day * DAY, (day + 1) * DAY + 1, HOUR), begin))
    edges_us = edges_us[edges_us >= begin]
    hours = np.diff(edges_us) / HOUR
    week_hours = [civil.hour_of_week(int(start)) for start in edges_us[:-1]]
    weights = demand.rhythm[week_hours] * hours
    total = float(demand.rates_per_h.sum() * weights.sum())
    if total <= 0:
        return Births(first, [], [], [], [])
    n = _poisson(float(streams.block("births", entity, size=1)[0]), total)
    hour = np.searchsorted(_cumulative(weights), streams.block("birth hour", entity, size=n), side="right")
    moment = streams.block("birth moment", entity, size=n)
    at = (edges_us[hour] + moment * np.diff(edges_us)[hour]).astype(np.int64)
    row = np.searchsorted(_cumulative(demand.rates_per_h.ravel()), streams.block("birth kind", entity, size=n), "right")
    which, along = streams.block("birth street", entity, size=n), streams.block("birth spot", entity, size=n)
    edge = np.zeros(n, np.int64)
    for area in range(len(demand.areas)):
        here = row // len(demand.matters) == area
        edge[here] = demand.edges[area][np.searchsorted(demand.shares[area], which[here], side="right")]
    offset_mm = (along * demand.lengths_mm[edge]).astype(np.int64)
    order = np.argsort(at, kind="stable")
    return Births(first, at[order].tolist(), row[order].tolist(), edge[order].tolist(), offset_mm[order].tolist())


def _cumulative(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.cumsum(weights)
    shares: NDArray[np.float64] = total[:-1] / total[-1]
    return shares


def _poisson(u: float, mean: float) -> int:
    """Inverse transform: the smallest k with P(N ≤ k) ≥ u."""
    k = max(0.0, np.ceil(pdtrik(u, mean)))
    return int(k - 1 if k >= 1 and pdtr(k - 1, mean) >= u else k)
