"""Two places to patrol whose sweeps are known exactly: a block to walk round, and a flower of one-way loops.

In: nothing, or how many loops. Out: city folders with one grid in an overlay `base`. Round the block a tour passes each
place once. In the flower every street leaves the one crossing and comes back to it, one way only, so that a lap of
chance goes nowhere but along the streets it draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from city_data.city import City, Origin, make_city
from city_data.edge_list import Edge, extent, network_of
from city_data.folder import save_city
from city_data.lay_grids import GridOrder, lay_grids
from city_data.sources import Provenance
from tests.theory.street_grid import BLOCK_M, Grid, city_of

N_LOOPS = 40

_LON, _LAT, _REACH = 113.0, 23.0, 0.0005
"""The crossing, and how far a loop reaches from it, degrees."""


def block() -> City:
    """Four streets round a block."""
    return city_of(Grid(1))


def squares() -> City:
    """Four by four blocks: a tour walks some streets twice, and laps of chance some more often than others."""
    return city_of(Grid(4))


def flower() -> City:
    """Loops of one length round one crossing."""
    lon, lat = np.array([_LON]), np.array([_LAT])
    edges = [
        Edge(0, 0, tuple(_petal(number)), "residential", f"loop {number}", BLOCK_M, 10.0) for number in range(N_LOOPS)
    ]
    network, report = network_of(lon, lat, edges=edges)
    origin = Origin(Provenance("flower", "made by code", "", "none", "tests"), report)
    xy = np.array([point for edge in edges for point in edge.line])
    return make_city("A flower of loops", network, bounds=extent(xy[:, 0], xy[:, 1]), origin=origin)


CITIES: dict[str, Callable[[], City]] = {"block": block, "squares": squares, "flower": flower}


def patrol_folder(name: str, *, under: Path) -> Path:
    """The folder of one of the cities, with all its streets in one grid, made if it is not there yet."""
    folder = under / name
    if not folder.exists():
        city, _ = lay_grids(CITIES[name](), GridOrder(n_grids=1))
        save_city(city, folder)
    return folder


def _petal(number: int) -> list[tuple[float, float]]:
    angles = [2 * math.pi * (number + side) / N_LOOPS for side in (0.1, 0.9)]
    tips = [(_LON + _REACH * math.cos(angle), _LAT + _REACH * math.sin(angle)) for angle in angles]
    return [(_LON, _LAT), *tips, (_LON, _LAT)]
