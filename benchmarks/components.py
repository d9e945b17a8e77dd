"""How long does an asset table take, from a file to columns, to cells, and through the city folder?

Run: `python -m benchmarks.components --rows 170000`. The table is made up: Chinese column names, 17-digit ids, places
all over the built-in city. It goes to a temporary folder (about 75 bytes a row) and is removed. The best of three.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from city_data.built_in import built_in_city
from city_data.cell_index import CellIndex
from city_data.city import with_layers
from city_data.components import read_components
from city_data.folder import load_city, save_city
from city_data.lay_grids import GridOrder, lay_grids

N_TIMES = 3
STATUSES = ("完好", "破损", "丢失")


def write_table(path: Path, n_rows: int) -> None:
    """Write an asset table of `n_rows` components in thirty classes."""
    west, south, east, north = built_in_city().bounds
    chance = np.random.default_rng(1)
    lon, lat = chance.uniform(west, east, n_rows).tolist(), chance.uniform(south, north, n_rows).tolist()
    with path.open("w", encoding="utf-8") as file:
        file.write("标识码,名称,主管部门,状态,经度,纬度\n")
        for number in range(n_rows):
            code = f"44010601{1 + number % 30:03d}{number // 30:06d}"
            file.write(f"{code},污水井盖,水务局,{STATUSES[number % 3]},{lon[number]:.7f},{lat[number]:.7f}\n")


def best_of(work: Callable[[], object]) -> float:
    """Seconds by the wall of the fastest of `N_TIMES`."""
    taken = []
    for _ in range(N_TIMES):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=170_000)
    n_rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        table, kept = Path(folder) / "assets.csv", Path(folder) / "city"
        write_table(table, n_rows)
        city, _ = lay_grids(built_in_city(), GridOrder(n_grids=30))
        components = read_components(table)
        furnished = with_layers(city, replace(city.layers, components=components))
        save_city(furnished, kept)
        cells = city.layers.cells
        if cells is None:
            raise SystemExit("the city has no cells")
        index = CellIndex(cells, city.roads)
        steps: dict[str, Callable[[], object]] = {
            "read the table": lambda: read_components(table),
            "find their cells": lambda: index.cells_at(components.lon, components.lat),
            "load the city folder": lambda: load_city(kept),
            "write the city folder": lambda: save_city(furnished, kept),
        }
        print(f"{components.n:,} components, best of {N_TIMES}")
        for name, work in steps.items():
            print(f"{name:<24}{best_of(work):>8.2f} s")


if __name__ == "__main__":
    main()
