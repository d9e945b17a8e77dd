"""Grids side by side: what each has to do, how well it is served, and how evenly all that is spread.

Rows of cases, jobs and problems flow in with their places, and what patrols walked; figures by overlay and grid flow
out. A case, a job and a problem belong to the grid they lie in, busy and duty time to the beat of the unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from twin.domain.grid import Overlay
from twin.domain.problem import Channel
from twin.domain.quantities import HOUR
from twin.metrics.coverage import Coverage, grid_rates
from twin.metrics.ground import Floats, Ground, Ints, grid_of_pieces
from twin.metrics.intervals import Intervals
from twin.metrics.performance import Figures, figures_of, rounded
from twin.metrics.workload import Spent, gini, spent

BETWEEN = ("n_cases", "n_jobs", "busy_share", "patrol_m", "swept_per_h", "hour_share", "n_discovered", "n_by_patrol")
"""Amounts of a grid of which it is told how evenly they are spread; the percentiles of `response_s` are too."""

Columns = dict[str, Ints | Floats]
"""Something of each grid, shape (n_grids,), by name; counts are whole numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """What does not depend on the overlay: cells of cases, jobs (by case) and problems, −1 where unknown; busy time."""

    cases: Ints
    jobs: Ints
    problems: Ints
    time: Spent
    beat: Ints


def grid_figures(read: Intervals, ground: Ground, *, coverage: Coverage | None) -> Figures | None:
    """Figures of each overlay by name, and in it of each grid; None where the city has no grids."""
    terrain = ground.terrain
    if terrain.cells is None or not terrain.overlays:
        return None
    cases = _cells_of(read.cases, ground)
    row = pc.index_in(read.jobs["case"], read.cases["case"]).fill_null(-1).to_numpy()
    placed = _Placed(
        cases=cases,
        jobs=np.append(cases, -1)[row],
        problems=_cells_of(read.problems, ground),
        time=spent(read),
        beat=read.units["beat"].fill_null(-1).to_numpy(),
    )
    figures: Figures = {}
    first = 0
    for overlay in terrain.overlays:
        columns = _columns(read, placed, overlay, first=first)
        if coverage is not None:
            columns |= _seen(coverage, overlay)
        response = _response(read, _grids_of(placed.cases, overlay), n_grids=len(overlay.grids))
        figures[overlay.name] = _told(overlay, columns, response)
        first += len(overlay.grids)
    return figures


def grid_refs(table: pa.Table, ground: Ground) -> pa.Array:
    """The grid of the city's first overlay in which each row lies, by its reference; null where it has none.

    Parameters
    ----------
    table : with the places of its rows, `edge` and `offset_mm`.
    """
    terrain = ground.terrain
    if terrain.cells is None or not terrain.overlays:
        return pa.nulls(table.num_rows, pa.string())
    overlay = terrain.overlays[0]
    grid = _grids_of(_cells_of(table, ground), overlay)
    refs = pa.array([each.ref for each in overlay.grids], pa.string())
    return refs.take(pa.array(grid, mask=grid < 0))


def _told(overlay: Overlay, columns: Columns, response: list[Figures]) -> Figures:
    compared: Columns = {name: columns[name] for name in BETWEEN if name in columns}
    for name in ("p50", "p90"):
        compared[f"response_{name}_s"] = np.array([_number(row[name]) for row in response])
    return {
        "n_grids": len(overlay.grids),
        "between": {name: _between(values) for name, values in compared.items()},
        "by_grid": {
            grid.ref: {
                **{name: _plain(values[number]) for name, values in columns.items()},
                "response_s": response[number],
            }
            for number, grid in enumerate(overlay.grids)
        },
    }


def _columns(read: Intervals, placed: _Placed, overlay: Overlay, *, first: int) -> Columns:
    """Counts, and busy time of the units whose beat a grid is."""
    n_grids = len(overlay.grids)
    own = (placed.beat >= first) & (placed.beat < first + n_grids)
    grid = placed.beat[own] - first
    time = placed.time
    busy = np.bincount(grid, time.busy_us[own], n_grids)
    duty = np.bincount(grid, time.duty_us[own], n_grids)
    there = duty - np.bincount(grid, time.away_us[own], n_grids)
    columns: Columns = {
        "n_cases": _count(_grids_of(placed.cases, overlay), n_grids),
        "n_jobs": _count(_grids_of(placed.jobs, overlay), n_grids),
        "n_units": _count(grid, n_grids),
        "duty_h": duty / HOUR,
        "busy_share": np.divide(busy, there, out=np.full(n_grids, np.nan), where=there > 0),
    }
    if read.problems.num_rows:
        of_problem = _grids_of(placed.problems, overlay)
        reported = read.problems["first_reported_at"].is_valid().to_numpy()
        by_patrol = pc.equal(read.problems["channel"], Channel.PATROL.value).fill_null(False).to_numpy()
        columns |= {
            "n_problems": _count(of_problem, n_grids),
            "n_discovered": _count(of_problem[reported], n_grids),
            "n_by_patrol": _count(of_problem[by_patrol], n_grids),
        }
    return columns


def _seen(coverage: Coverage, overlay: Overlay) -> Columns:
    """What patrols, whosever they were, walked and passed in each grid."""
    pieces, n_grids = coverage.pieces, len(overlay.grids)
    grid = grid_of_pieces(pieces, overlay)
    passed, street, walked = (
        np.bincount(grid, amount, n_grids)
        for amount in (coverage.n_hours_passed * pieces.length_mm, pieces.length_mm, coverage.walked_mm)
    )
    whole = street * coverage.n_hours
    return {
        "street_m": street / 1000,
        "patrol_m": walked / 1000,
        "swept_per_h": grid_rates(coverage, overlay),
        "hour_share": np.divide(passed, whole, out=np.full(n_grids, np.nan), where=whole > 0),
    }


def _response(read: Intervals, grid: Ints, *, n_grids: int) -> list[Figures]:
    known = read.cases["response_s"].is_valid().to_numpy() & (grid >= 0)
    values = read.cases["response_s"].to_numpy(zero_copy_only=False)
    found = figures_of(values[known].astype(np.float64), grid[known], n_groups=n_grids)
    return [{name: row[name] for name in ("n", "p50", "p90")} for row in found]


def _between(values: Ints | Floats) -> Figures:
    """How evenly an amount is spread over the grids that have one."""
    known = values[~np.isnan(values)].astype(np.float64)
    least = known.min(initial=np.inf)
    ratio = known.max() / least if known.size and least > 0 else float("nan")
    return {"gini": rounded(gini(known)), "max_min_ratio": rounded(ratio)}


def _cells_of(table: pa.Table, ground: Ground) -> Ints:
    """The cell each row lies in, −1 for a place that is not on the roads."""
    network, cells = ground.terrain.network, ground.terrain.cells
    assert network is not None
    assert cells is not None
    edge, offset = table["edge"].to_numpy(), table["offset_mm"].to_numpy()
    known = (edge >= 0) & (edge < network.n_edges)
    found = np.full(edge.size, -1, np.int64)
    found[known] = cells.at_spots(edge[known], offset[known])
    return found


def _grids_of(cells: Ints, overlay: Overlay) -> Ints:
    return np.append(overlay.of_cell, -1).astype(np.int64)[cells]


def _count(grid: Ints, n_grids: int) -> Ints:
    return np.bincount(grid[grid >= 0], minlength=n_grids).astype(np.int64)


def _number(value: object) -> float:
    return value if isinstance(value, float) else float("nan")


def _plain(value: np.generic) -> int | float | None:
    """As JSON has it: a count stays a whole number."""
    return int(value) if isinstance(value, np.integer) else rounded(float(value))
