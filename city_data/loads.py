"""How much there is in each cell of what grids are to share out evenly: streets, those walked, cases or residents.

In: cells, and for cases and residents a table: points, or cells by code, with or without a column that counts; for
residents those of the city, where there is no table. Out: a load for each cell, and a sentence about what could not be
placed. Where there is neither, that is said, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from city_data.cell_index import OFF_CELLS, CellIndex
from city_data.point_table import PointTable, read_point_table
from city_data.residents import AT_HOME_HOUR
from twin.domain.grid import Cells
from twin.domain.mode import WALK_BIT
from twin.errors import CityError
from twin.roads.network import RoadNetwork

CODE_KEYS = ("cell", "code", "cell_code", "unit_grid", "单元网格", "单元网格编码")
COUNT_KEYS = ("residents", "population", "cases", "count", "n", "人口", "数量")


class Balance(StrEnum):
    """What the grids of an overlay have about equal amounts of."""

    STREET_LENGTH = "street_length"
    WALKED_LENGTH = "walked_length"
    CASES = "cases"
    RESIDENTS = "residents"


OF_STREETS = (Balance.STREET_LENGTH, Balance.WALKED_LENGTH)
"""What needs no table."""


@dataclass(frozen=True, slots=True, eq=False)
class Loads:
    """Loads of cells, float64 (n_cells,), in metres, cases or residents, and what is to be said about them."""

    of_cell: NDArray[np.float64]
    said: tuple[str, ...] = ()


def loads(
    cells: Cells,
    network: RoadNetwork,
    *,
    balance: Balance,
    table: Path | None = None,
    column: str | None = None,
    residents: NDArray[np.int32] | None = None,
) -> Loads:
    """Load of each cell.

    Parameters
    ----------
    table : points (`lon`, `lat`) or cells (`cell`: their codes); needed for cases.
    column : the column that counts; by default one that is called so, else every row counts once.
    residents : int32 (n_cells, 24), people present by hour, in place of a table of residents.

    Raises
    ------
    CityError : the table is missing or cannot be used, or nothing of it lies in the city.
    """
    if balance is Balance.STREET_LENGTH:
        return Loads(cells.street_mm / 1000)
    if balance is Balance.WALKED_LENGTH:
        return Loads(_walked_m(cells, network))
    if table is None and residents is not None and balance is Balance.RESIDENTS:
        at_home = residents[:, AT_HOME_HOUR].astype(np.float64)
        return Loads(at_home, (f"residents: {at_home.sum():,.0f}, those of the city, where they are at 3 at night",))
    if table is None:
        raise CityError(
            f"to balance by {balance} a table is needed: points (lon, lat) or cells (cell), given with --data FILE; "
            "without one, balance by street_length",
            key="data",
        )
    rows = read_point_table(table)
    cell = _by_code(cells, rows) if rows.find(CODE_KEYS) else CellIndex(cells, network).cells_at(*rows.places())
    counts = _counts(rows, column)
    placed = cell != OFF_CELLS
    total = np.bincount(cell[placed], counts[placed], cells.n).astype(np.float64)
    if not total.any():
        raise CityError(f"not one of its {rows.n_rows:,} rows lies in the city", file=table)
    said = [f"{balance}: {total.sum():,.0f} in {int((total > 0).sum()):,} of {cells.n:,} cells, from {table.name}"]
    if n_off := int((~placed).sum()):
        said.append(f"{n_off:,} of {rows.n_rows:,} rows have no place in the city and do not count")
    return Loads(total, tuple(said))


def _walked_m(cells: Cells, network: RoadNetwork) -> NDArray[np.float64]:
    """Metres of street open to walkers, those of two ways once: float64 (n_cells,)."""
    once = (network.twin < 0) | (network.twin > np.arange(network.n_edges))
    counts = np.repeat(once & ((network.modes & WALK_BIT) > 0), np.diff(cells.edge_start))
    return np.bincount(cells.piece_cell[counts], cells.piece_mm[counts], cells.n) / 1000


def _by_code(cells: Cells, rows: PointTable) -> NDArray[np.int32]:
    column = rows.need(CODE_KEYS)
    number = {code: index for index, code in enumerate(cells.codes)}
    found = [number.get(code, OFF_CELLS) for code in rows.texts(column).to_pylist()]
    if OFF_CELLS in found:
        row = found.index(OFF_CELLS)
        raise rows.refusal("no cell of the city has this code", row=row, key=rows.texts(column)[row].as_py()[:40])
    return np.array(found, np.int32)


def _counts(rows: PointTable, column: str | None) -> NDArray[np.float64]:
    name = rows.need([column]) if column is not None else rows.find(COUNT_KEYS)
    if name is None:
        return np.ones(rows.n_rows)
    return np.nan_to_num(rows.numbers(name, low=0, high=1e12))
