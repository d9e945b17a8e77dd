"""Grids side by side, on the town of four grids by quarter and two by half."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.metrics.patrol_town import UNTIL, ground, made_up_town, walker
from tests.metrics.small_journal import arrived, assigned, began, freed
from twin.domain import facts as f
from twin.domain.grid import Overlay
from twin.domain.quantities import SECOND
from twin.metrics.grids import grid_figures
from twin.metrics.intervals import intervals
from twin.metrics.summary import summarise


def base() -> Overlay:
    return ground().terrain.overlays[0]


def edge_in(grid: int) -> int:
    """An edge that begins in a grid."""
    cells = ground().terrain.cells
    assert cells is not None
    first = cells.at_spots(np.arange(cells.edge_start.size - 1), np.zeros(cells.edge_start.size - 1))
    return int(np.flatnonzero(base().of_cell[first] == grid)[0])


def case_in(grid: int, case: int, *, at_s: int = 0) -> f.CaseReported:
    return f.CaseReported(at_s * SECOND, case, "", "north", "leak", 1, ("look",), edge_in(grid), 0, 0)


def figures(*facts: f.Fact) -> Any:
    units = [walker(unit, beat=beat) for unit, beat in enumerate((0, 1, 4))]
    read = intervals([began(), *units, *facts], until=1_000 * SECOND)
    return grid_figures(read, ground(), coverage=None)


def test_a_case_belongs_to_the_grid_it_lies_in_whoever_serves_it() -> None:
    told = figures(
        case_in(0, 1), case_in(0, 2), case_in(1, 3), assigned(0, 1, 1), arrived(100, 1), freed(250, 1, 1), case_in(3, 4)
    )["base"]["by_grid"]
    assert [row["n_cases"] for row in told.values()] == [2, 1, 0, 1]
    assert [row["n_jobs"] for row in told.values()] == [1, 0, 0, 0]
    assert told["g0"]["response_s"] == {"n": 1, "p50": 100, "p90": 100}


def test_busy_time_belongs_to_the_beat_of_the_unit() -> None:
    told = figures(case_in(0, 1), assigned(0, 1, 1), freed(250, 1, 1))
    assert [row["busy_share"] for row in told["base"]["by_grid"].values()] == [0, 0.25, None, None]
    assert [row["n_units"] for row in told["fire"]["by_grid"].values()] == [1, 0]


def test_how_evenly_cases_are_spread_is_told_by_gini_and_by_most_to_least() -> None:
    cases = [case_in(grid, 10 * grid + n) for grid, many in enumerate((1, 2, 2, 3)) for n in range(many)]
    assert figures(*cases)["base"]["between"]["n_cases"] == {"gini": 0.1875, "max_min_ratio": 3}


def test_most_to_least_is_not_told_where_a_grid_has_none() -> None:
    assert figures(case_in(0, 1))["base"]["between"]["n_cases"] == {"gini": 0.75, "max_min_ratio": None}


def test_a_city_without_grids_has_no_such_section() -> None:
    told = summarise(made_up_town(0, n_problems=0), until=UNTIL, remarks=()).kpi
    assert "grids" not in told
    assert "coverage" not in told


def test_grids_of_an_overlay_share_out_what_there_is() -> None:
    told: Any = summarise(made_up_town(1), until=UNTIL, remarks=(), ground=ground()).kpi
    for overlay in told["grids"].values():
        rows = overlay["by_grid"].values()
        assert sum(row["n_cases"] for row in rows) == told["totals"]["n_cases"]
        assert sum(row["n_problems"] for row in rows) == told["problems"]["n_arose"]
        assert sum(row["street_m"] for row in rows) == pytest.approx(told["coverage"]["street_m"])
