"""Modelled demand: a non-homogeneous Poisson process by area and matter, drawn a day at a time.

A day's cases are a function of (seed, replication, luck, source, day): the same under any policy, never saved. The rate
may follow the hour of the week. Under luck forked in the middle of a day the rest of that day is drawn anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.life import Life
from twin.clock.distributions import poisson
from twin.clock.streams import Streams
from twin.domain.quantities import DAY, HOUR, CivilTime

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about, how urgent it is (1 is most), and which skills it wants, one a unit.

    `needs` are those of handling it; `verify` and `check`, where given, the skill of whoever goes and sees before and
    after. `life` is that of the problem behind it, where problems are modelled.
    """

    name: str
    priority: int
    needs: tuple[str, ...]
    verify: str | None = None
    check: str | None = None
    life: Life | None = None


@dataclass(frozen=True, eq=False)
class Places:
    """Where in each of several areas things happen: pieces of streets, evenly along each.

    Parameters
    ----------
    first : int64 (n_areas + 1,), where the pieces of each area start in the arrays below.
    edge, start_mm, length_mm : int64 (n_pieces,).
    upto : float64 (n_pieces,), number of the area plus the share of it up to and with this piece.
    """

    first: NDArray[np.int64]
    edge: NDArray[np.int64]
    start_mm: NDArray[np.int64]
    length_mm: NDArray[np.int64]
    upto: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        area: NDArray[np.int64],
        edge: NDArray[np.int64],
        *,
        start_mm: NDArray[np.int64],
        length_mm: NDArray[np.int64],
        n_areas: int,
    ) -> Places:
        """From pieces in any order, each with its area; things happen in proportion to length."""
        order = np.argsort(area, kind="stable")
        area, edge, start_mm, length_mm = area[order], edge[order], start_mm[order], length_mm[order]
        first = np.searchsorted(area, np.arange(n_areas + 1))
        done = np.cumsum(length_mm).astype(np.float64)
        before = np.concatenate([[0.0], done])[first]
        return cls(first, edge, start_mm, length_mm, area + (done - before[area]) / np.diff(before)[area])

    @classmethod
    def whole_edges(cls, edges: Sequence[NDArray[np.int64]], *, length_mm: NDArray[np.int64]) -> Places:
        """Whole streets: the edges of each area."""
        every = np.concatenate(edges)
        area = np.repeat(np.arange(len(edges)), [each.size for each in edges])
        return cls.of(area, every, start_mm=np.zeros_like(every), length_mm=length_mm[every], n_areas=len(edges))

    def pick(
        self, area: NDArray[np.int64], which: NDArray[np.float64], along: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(edge, offset in millimetres) for areas and pairs of uniform numbers, each of shape (n,)."""
        piece = np.searchsorted(self.upto, area + which, side="right")
        piece = np.clip(piece, self.first[area], self.first[area + 1] - 1)
        return self.edge[piece], self.start_mm[piece] + (along * self.length_mm[piece]).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class HourRates:
    """The rates of one hour of the day: their `total`, and float64 (n_areas,) `upto` and with each area, per hour."""

    total: float
    upto: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PoissonDemand:
    """One source of cases, or of problems.

    `areas` × `matters` give the rows; `rates_per_h`, shape (n_areas, n_matters), per hour on average over a week;
    `rhythm`, shape (168,), mean 1, by hour of the week. `presence`, shape (24, n_areas), where given, says how the rate
    of each area goes up and down with the hour of the day (1 is its average). `places`: where in an area.
    """

    name: str
    areas: tuple[str, ...]
    matters: tuple[Matter, ...]
    rates_per_h: NDArray[np.float64]
    rhythm: NDArray[np.float64]
    places: Places
    presence: NDArray[np.float64] | None = None
    _hours: dict[int, HourRates] = field(default_factory=dict, init=False, repr=False)

    @property
    def are_problems(self) -> bool:
        """Whether it brings problems, which somebody may or may not tell of, rather than cases."""
        return any(matter.life is not None for matter in self.matters)

    @cached_property
    def by_name(self) -> dict[str, Matter]:
        """Its matters by name."""
        return {matter.name: matter for matter in self.matters}

    def life_of(self, matter: str) -> Life:
        """How problems of a matter live."""
        life = self.by_name[matter].life
        assert life is not None
        return life

    def rates_at(self, hour: int) -> NDArray[np.float64]:
        """Rates by row at an hour of the day before the rhythm, shape (n_areas × n_matters,), per hour."""
        rates = self.rates_per_h if self.presence is None else self.rates_per_h * self.presence[hour][:, None]
        by_row: NDArray[np.float64] = rates.ravel()
        return by_row

    def hour_rates(self, hour: int) -> HourRates:
        """Their sums at an hour of the day; added up when first asked for."""
        kept = 0 if self.presence is None else hour
        found = self._hours.get(kept)
        if found is None:
            rates = self.rates_at(kept)
            upto = np.cumsum(rates).reshape(-1, len(self.matters))[:, -1].copy()
            found = self._hours[kept] = HourRates(float(rates.sum()), upto)
        return found


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
    totals = np.array([demand.hour_rates(hour % HOURS_A_DAY).total for hour in week_hours])
    weights = totals * demand.rhythm[week_hours] * hours
    total = float(weights.sum())
    if total <= 0:
        return Births(first, [], [], [], [])
    n = poisson(float(streams.block("births", entity, size=1)[0]), total)
    hour = np.searchsorted(_cumulative(weights), streams.block("birth hour", entity, size=n), side="right")
    moment = streams.block("birth moment", entity, size=n)
    at = (edges_us[hour] + moment * np.diff(edges_us)[hour]).astype(np.int64)
    row = rows_of(demand, np.array(week_hours)[hour] % HOURS_A_DAY, streams.block("birth kind", entity, size=n))
    which, along = streams.block("birth street", entity, size=n), streams.block("birth spot", entity, size=n)
    edge, offset_mm = demand.places.pick(row // len(demand.matters), which, along)
    order = np.argsort(at, kind="stable")
    return Births(first, at[order].tolist(), row[order].tolist(), edge[order].tolist(), offset_mm[order].tolist())


def rows_of(demand: PoissonDemand, hour: NDArray[np.int64], u: NDArray[np.float64]) -> NDArray[np.int64]:
    """Area × matter of each case; by the hour of the day it arises at, where that makes a difference.

    First the area, then the row within it: the same sums, to the last digit, as down all rows, without making them.
    """
    area, before, total = np.zeros(u.size, np.int64), np.zeros(u.size), np.zeros(u.size)
    for present in np.unique(hour).tolist():
        here, upto = hour == present, demand.hour_rates(present).upto
        area[here] = np.searchsorted(upto[:-1] / upto[-1], u[here], side="right")
        before[here], total[here] = np.append(0.0, upto)[area[here]], upto[-1]
    rates = demand.rates_per_h[area]
    if demand.presence is not None:
        rates = rates * demand.presence[hour, area][:, None]
    shares = np.cumsum(np.column_stack([before, rates]), axis=1)[:, 1:-1] / total[:, None]
    within: NDArray[np.int64] = np.count_nonzero(shares <= u[:, None], axis=1)
    return area * len(demand.matters) + within


def _cumulative(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.cumsum(weights)
    shares: NDArray[np.float64] = total[:-1] / total[-1]
    return shares
