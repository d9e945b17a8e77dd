"""Places one can point at: a street's middle, a cell's, and what each is called and which part of the city it is in.

In: a street or a cell by number. Out: a `Placed`: what commands that name a place or a street are made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.domain.grid import Cells
from twin.domain.route import Spot
from twin.roads.network import RoadNetwork
from twin.views.city import CityShown


@dataclass(frozen=True, slots=True)
class Placed:
    """A place on the roads.

    Parameters
    ----------
    label : what it is called; free text from the city's data.
    street : its street, with the number that tells its pieces apart.
    spot : where it is on the roads.
    edges : the directed edges of its street: one, or both directions.
    lon, lat : degrees.
    area : the part of the city, "" where it has none.
    cell : the unit cell that was pointed at, if it was one.
    """

    label: str
    street: str
    spot: Spot
    edges: tuple[int, ...]
    lon: float
    lat: float
    area: str
    cell: int | None = None

    @property
    def line(self) -> str:
        """What it is called, and the part of the city where that is not said already."""
        return self.label if self.area in self.label else f"{self.label} · {self.area}"


def both_ways(roads: RoadNetwork, edge: int) -> tuple[int, ...]:
    """The directed edges of an edge's street, the lower one first: one where it is one-way."""
    twin = int(roads.twin[edge])
    return (edge,) if twin < 0 else (min(edge, twin), max(edge, twin))


def street_name(roads: RoadNetwork, edge: int) -> str:
    """The name of an edge's street and the number of its lower edge, which tells its pieces apart."""
    number = f"#{both_ways(roads, edge)[0]}"
    name = roads.names[roads.street[edge]]
    return f"{name} {number}" if name else number


def area_at(city: CityShown, edge: int) -> str:
    """The part of the city an edge is in, "" where the city has no parts."""
    return city.areas[city.edge_area[edge]] if city.areas else ""


def spot_of_street(roads: RoadNetwork, edge: int) -> Spot:
    """The middle of a street, on its lower edge."""
    first = both_ways(roads, edge)[0]
    return Spot(first, int(roads.length_mm[first]) // 2)


def spot_of_cell(cells: Cells, cell: int) -> Spot:
    """The middle of the longest piece of street in a cell."""
    pieces = np.flatnonzero(cells.piece_cell == cell)
    piece = int(pieces[np.argmax(cells.piece_mm[pieces])])
    edge = int(np.searchsorted(cells.edge_start, piece, side="right")) - 1
    return Spot(edge, int(cells.piece_start_mm[piece] + cells.piece_mm[piece] // 2))


def streets_of_cell(city: CityShown, cell: int) -> tuple[int, ...]:
    """The streets that run through a cell, by their lower edges, in order."""
    if city.cells is None:
        return ()
    pieces = np.flatnonzero(city.cells.piece_cell == cell)
    edges = np.searchsorted(city.cells.edge_start, pieces, side="right") - 1
    twin = city.roads.twin[edges]
    return tuple(np.unique(np.where(twin >= 0, np.minimum(edges, twin), edges)).tolist())


def place_at(city: CityShown, spot: Spot, *, label: str, cell: int | None = None) -> Placed:
    """A place on the roads with all that is known of it."""
    lon, lat = city.roads.lonlat(spot.edge, spot.offset_mm)
    street, edges = street_name(city.roads, spot.edge), both_ways(city.roads, spot.edge)
    return Placed(label, street, spot, edges, lon, lat, area_at(city, spot.edge), cell)


def place_on_street(city: CityShown, edge: int) -> Placed:
    """The middle of a street."""
    return place_at(city, spot_of_street(city.roads, edge), label=street_name(city.roads, edge))


def place_in_cell(city: CityShown, cells: Cells, cell: int) -> Placed:
    """The middle of a cell's longest piece of street."""
    return place_at(city, spot_of_cell(cells, cell), label=cells.codes[cell], cell=cell)
