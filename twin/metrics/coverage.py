"""How much of the city patrols see: streets and cells passed within an hour and within a day, and how fast they sweep.

What patrols walked flows in (`twin.metrics.walked`), hour by hour; shares by street, cell, grid and hour flow out. Only
whole hours and whole days by the clocks on the wall count for shares; for metres and passes all time does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array

from twin.domain.grid import Overlay
from twin.domain.quantities import HOUR, SECOND, CivilTime
from twin.metrics.ground import Flags, Floats, Ground, Ints, Pieces, grid_of_pieces
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Figures, rounded
from twin.metrics.walked import Walks, blocks, walks

HOURS_A_WEEK = 168


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What patrols saw.

    Parameters
    ----------
    pieces : of the streets.
    span_us : how long the run was.
    walked_mm : float64 (n_pieces,), walked on each piece.
    n_passes : int64 (n_pieces,), passes of each.
    n_hours_passed, n_days_passed : int64 (n_pieces,), whole hours and days in which it was passed.
    hours : int64 (168,), whole hours by the hour of the week (Monday 00 h is 0).
    street_share, cell_share : float64 (168,), mean share of street metres, and of cells, passed within such an hour;
        NaN where there was none.
    n_days : whole days.
    """

    pieces: Pieces
    span_us: int
    walked_mm: Floats
    n_passes: Ints
    n_hours_passed: Ints
    n_days_passed: Ints
    hours: Ints
    street_share: Floats
    cell_share: Floats
    n_days: int

    @property
    def n_hours(self) -> int:
        """Number of whole hours."""
        return int(self.hours.sum())

    def hour_share(self, chosen: Flags | None = None) -> float:
        """Mean share of street metres passed within an hour, of all pieces or of those chosen (bool (n_pieces,))."""
        return self._share(self.n_hours_passed, self.n_hours, chosen)

    def day_share(self, chosen: Flags | None = None) -> float:
        """Mean share of street metres passed within a day; NaN where no day was whole."""
        return self._share(self.n_days_passed, self.n_days, chosen)

    def swept_per_h(self, chosen: Flags | None = None) -> float:
        """Metres walked a street metre and hour of the run: the effective rate at which a place is passed."""
        length = self.pieces.length_mm
        walked, whole = (float((part if chosen is None else part[chosen]).sum()) for part in (self.walked_mm, length))
        return walked / whole * HOUR / self.span_us if whole and self.span_us else float("nan")

    def _share(self, passed: Ints, n: int, chosen: Flags | None) -> float:
        length = self.pieces.length_mm
        if chosen is not None:
            passed, length = passed[chosen], length[chosen]
        return float(passed @ length / (n * length.sum())) if n and length.size else float("nan")


def cover(read: Intervals, ground: Ground) -> Coverage | None:
    """What patrols saw in a run; None where nobody patrols."""
    of = walks(read, ground)
    return None if of is None else _cover(of, civil=ground.civil, began_at=read.began_at, until=read.until)


def swept_rates(read: Intervals, ground: Ground) -> Floats:
    """The effective swept rate of every edge's street: metres walked on it, either way, a metre of it and hour.

    Returns
    -------
    float64 (n_edges,); NaN everywhere where nobody patrols or the run has no length.
    """
    found = cover(read, ground)
    network = ground.terrain.network
    if found is None or network is None:
        return np.full(0 if network is None else network.n_edges, np.nan)
    pieces = found.pieces
    walked = np.bincount(pieces.of_street, found.walked_mm, network.n_edges)[pieces.street]
    rates: Floats = walked / network.length_mm * HOUR / found.span_us
    return rates


def grid_rates(coverage: Coverage, overlay: Overlay) -> Floats:
    """The effective swept rate of the streets of each grid, an hour: float64 (n_grids,); NaN where it has none."""
    grid, n_grids = grid_of_pieces(coverage.pieces, overlay), len(overlay.grids)
    walked, street = (np.bincount(grid, part, n_grids) for part in (coverage.walked_mm, coverage.pieces.length_mm))
    hours = coverage.span_us / HOUR
    rates: Floats = np.divide(walked, street * hours, out=np.full(n_grids, np.nan), where=street * hours > 0)
    return rates


def coverage_figures(found: Coverage) -> Figures:
    """The figures of coverage.

    `revisit_s` is the mean time from one pass of a street metre to the next, the run's span over its passes, told over
    the metres that were passed at all; those nobody passed are told beside it.
    """
    pieces, passed = found.pieces, found.n_passes > 0
    metres = pieces.length_mm / 1000
    revisit_s = found.span_us / SECOND / found.n_passes[passed]
    return {
        "street_m": rounded(metres.sum()),
        "walked_m": rounded(found.walked_mm.sum() / 1000),
        "swept_per_h": rounded(found.swept_per_h()),
        "n_hours": found.n_hours,
        "hour_share": rounded(found.hour_share()),
        "n_days": found.n_days,
        "day_share": rounded(found.day_share()),
        "revisit_s": _over_metres(revisit_s, metres[passed]),
        "never_passed_share": rounded(metres[~passed].sum() / metres.sum()) if metres.size else None,
        "never_passed_m": rounded(metres[~passed].sum()),
        "n_streets_never_passed": len(np.unique(pieces.of_street)) - len(np.unique(pieces.of_street[passed])),
        "by_hour": list(_by_hour(found)),
    }


def coverage_table(found: Coverage) -> pa.Table:
    """One row an hour of the week: whole hours there were, mean shares of street metres and of cells passed within."""
    empty = np.isnan(found.street_share)
    return pa.table(
        {
            "hour_of_week": np.arange(HOURS_A_WEEK),
            "n_hours": found.hours,
            "street_share": pa.array(found.street_share, mask=empty),
            "cell_share": pa.array(found.cell_share, mask=empty),
        }
    )


def street_table(found: Coverage) -> pa.Table:
    """One row a street, by the lower of its edges: its length, what was walked on it, and how often it is passed.

    `n_passes` and the shares of hours and days are means over its metres.
    """
    pieces = found.pieces
    streets, place = np.unique(pieces.of_street, return_inverse=True)
    length = np.bincount(place, pieces.length_mm)

    def mean(amount: Ints, n: int = 1) -> Floats:
        means: Floats = np.bincount(place, amount * pieces.length_mm) / length / max(1, n)
        return means

    walked = np.bincount(place, found.walked_mm)
    hours = found.span_us / HOUR
    return pa.table(
        {
            "edge": streets,
            "street_m": length / 1000,
            "walked_m": walked / 1000,
            "swept_per_h": walked / length / hours if hours else np.zeros(streets.size),
            "n_passes": mean(found.n_passes),
            "hour_share": mean(found.n_hours_passed, found.n_hours),
            "day_share": mean(found.n_days_passed, found.n_days),
        }
    )


def _over_metres(values: Floats, metres: Floats) -> Figures:
    """Mean and percentiles over metres: the smallest value that so many of the metres do not exceed."""
    if not values.size:
        return {"mean": None, "p50": None, "p90": None}
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(metres[order]) / metres.sum()
    p50, p90 = (float(values[order][np.searchsorted(upto, share)]) for share in (0.5, 0.9))
    return {"mean": rounded(float(values @ metres / metres.sum())), "p50": rounded(p50), "p90": rounded(p90)}


def _by_hour(found: Coverage) -> Iterator[Figures]:
    """Means by the hour of the day."""
    n = found.hours.reshape(7, 24)
    for hour in range(24):
        own = n[:, hour] > 0
        weights = n[own, hour]
        shares = {
            "street_share": found.street_share.reshape(7, 24)[own, hour],
            "cell_share": found.cell_share.reshape(7, 24)[own, hour],
        }
        if own.any():
            yield {
                "hour": hour,
                "n_hours": int(weights.sum()),
                **{name: rounded(float(share @ weights / weights.sum())) for name, share in shares.items()},
            }


def _cover(of: Walks, *, civil: CivilTime, began_at: int, until: int) -> Coverage:
    n = of.pieces.n
    walked_mm, n_passes = np.zeros(n), np.zeros(n, np.int64)
    n_hours_passed, days = np.zeros(n, np.int64), _Days(n)
    hours, street, cells = np.zeros(HOURS_A_WEEK, np.int64), np.zeros(HOURS_A_WEEK), np.zeros(HOURS_A_WEEK)
    in_cell = csr_array((np.ones(n, np.int32), (of.pieces.cell, np.arange(n))), shape=(of.pieces.n_cells, n))
    length = of.pieces.length_mm
    for block in blocks(of):
        walked_mm += block.walked_mm
        n_passes += block.passes.sum(axis=1, dtype=np.int64)
        passed = block.passes > 0
        streets = length @ passed / length.sum()
        seen = (in_cell @ passed.astype(np.int32) > 0).sum(axis=0)
        for row in range(passed.shape[1]):
            at = block.begin + row * HOUR
            if at < began_at or at + HOUR > until:
                continue
            hour = civil.hour_of_week(at)
            hours[hour] += 1
            street[hour] += streets[row]
            cells[hour] += seen[row] / of.pieces.n_cells
            n_hours_passed += passed[:, row]
            days.take(hour % 24, passed[:, row])
    some = hours > 0
    return Coverage(
        pieces=of.pieces,
        span_us=until - began_at,
        walked_mm=walked_mm,
        n_passes=n_passes,
        n_hours_passed=n_hours_passed,
        n_days_passed=days.n_passed,
        hours=hours,
        street_share=np.divide(street, hours, out=np.full(HOURS_A_WEEK, np.nan), where=some),
        cell_share=np.divide(cells, hours, out=np.full(HOURS_A_WEEK, np.nan), where=some),
        n_days=days.n,
    )


class _Days:
    """Puts hours together to days: a day counts when its hours from 0 to 23 were all there."""

    def __init__(self, n_pieces: int) -> None:
        self.n = 0
        self.n_passed = np.zeros(n_pieces, np.int64)
        self._passed = np.zeros(n_pieces, np.bool_)
        self._is_whole = False

    def take(self, hour: int, passed: Flags) -> None:
        """The next hour, by what the clocks show when it begins, and which pieces were passed within."""
        if hour == 0 and not self._is_whole:
            self._is_whole = True
            self._passed[:] = False
        self._passed |= passed
        if hour == 23 and self._is_whole:
            self.n += 1
            self.n_passed += self._passed
            self._is_whole = False
