"""Is this city folder sound, and what is in it?

In: a city folder. Out: a `CityCheck`: counts, lengths by class, what was dropped when it was built, and warnings that a
person should read before trusting a run on it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from city_data.city import City
from city_data.folder import load_city
from twin.domain.mode import BIT, CAR_BIT, WALK_BIT
from twin.roads.network import CLASSES, RoadNetwork

BoolArray = npt.NDArray[np.bool_]

MAX_DROPPED_SHARE = 0.2
"""When more than this share of the nodes read was dropped, the check warns: the map may be cut in the wrong place."""


@dataclass(frozen=True, slots=True)
class CityCheck:
    """What a reader wants to know about a city, in plain values.

    Parameters
    ----------
    street_km : length of all streets, two-way streets counted once.
    class_km : the same by road class, classes without a street left out.
    mode_km : the same by who may use a street, in one direction at least; `foot_only` is for walkers alone.
    one_way_share : share of the edges for cars that cannot be driven the other way.
    overlays, facilities : number of grids by overlay, of facilities by kind.
    facts : sentences that are true of every sound city.
    warnings : sentences a person should read; empty when there is nothing to say.
    """

    name: str
    checksum: str
    n_nodes: int
    n_edges: int
    street_km: float
    class_km: dict[str, float]
    mode_km: dict[str, float]
    one_way_share: float
    n_stations: int
    n_stations_off_map: int
    areas: tuple[str, ...]
    n_cells: int
    overlays: dict[str, int]
    facilities: dict[str, int]
    n_components: int
    bounds: tuple[float, float, float, float]
    facts: tuple[str, ...]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """The check as a program would read it."""
        return asdict(self)


def check_city(folder: Path) -> CityCheck:
    """Load a city folder, with all its checksums, and describe it.

    Raises
    ------
    CityError : the folder is not a sound city.
    """
    return describe(load_city(folder))


def describe(city: City) -> CityCheck:
    """A city in plain values."""
    roads = city.roads
    once = (roads.twin < 0) | (roads.twin > np.arange(roads.n_edges))
    km = roads.length_mm / 1e6
    by_class = {
        name: round(float(km[once & (roads.road_class == number)].sum()), 3) for number, name in enumerate(CLASSES)
    }
    off_map = [station for station in city.stations if not station.on_map]
    return CityCheck(
        name=city.name,
        checksum=city.checksum,
        n_nodes=roads.n_nodes,
        n_edges=roads.n_edges,
        street_km=round(float(km[once].sum()), 3),
        class_km={name: length for name, length in by_class.items() if length},
        mode_km=_mode_km(roads, once=once),
        one_way_share=_one_way_share(roads),
        n_stations=len(city.stations),
        n_stations_off_map=len(off_map),
        areas=city.areas,
        n_cells=0 if city.layers.cells is None else city.layers.cells.n,
        overlays={overlay.name: len(overlay.grids) for overlay in city.layers.overlays},
        facilities=dict(sorted(Counter(facility.kind.value for facility in city.layers.facilities).items())),
        n_components=0 if city.layers.components is None else city.layers.components.n,
        bounds=city.bounds,
        facts=(
            *city.origin.report.lines(),
            f"source: {city.origin.provenance.source} ({city.origin.provenance.licence})",
        ),
        warnings=_warnings(city, n_off_map=len(off_map)),
    )


def _mode_km(roads: RoadNetwork, *, once: BoolArray) -> dict[str, float]:
    """Kilometres of street by mode, and of those on foot only; `once` picks one direction of each street."""
    street = roads.modes | np.where(roads.twin >= 0, roads.modes[roads.twin], 0)
    km = {mode.value: (street & bit) > 0 for mode, bit in BIT.items()} | {"foot_only": street == WALK_BIT}
    return {name: round(float(roads.length_mm[once & which].sum()) / 1e6, 3) for name, which in km.items()}


def _one_way_share(roads: RoadNetwork) -> float:
    cars = (roads.modes & CAR_BIT) > 0
    back = (roads.twin >= 0) & cars[roads.twin]
    return round(float(1.0 - back[cars].mean()), 4) if cars.any() else 0.0


def _warnings(city: City, *, n_off_map: int) -> tuple[str, ...]:
    warnings = []
    report = city.origin.report
    if report.n_nodes_dropped > MAX_DROPPED_SHARE * report.n_nodes_read:
        share = report.n_nodes_dropped / report.n_nodes_read
        warnings.append(f"{share:.0%} of the nodes read cannot be reached and come back from, and were dropped")
    if city.origin.n_ways_cut:
        warnings.append(f"{city.origin.n_ways_cut:,} streets were cut where the source lacks a node they name")
    if not city.stations:
        warnings.append("there is no station: units need one, or a place to start from")
    elif n_off_map:
        n_all = len(city.stations)
        warnings.append(f"{n_off_map:,} of {n_all:,} stations are off the map: units enter at the nearest street")
    cells, components = city.layers.cells, city.layers.components
    if cells is not None and cells.codes_assumed:
        warnings.append("the codes of the unit cells were made up: give community codes to have real ones")
    if components is not None and components.ids_assumed:
        warnings.append("the ids of the components were made up: the table they come from has none")
    if not city.contains(city.roads.node_lon, city.roads.node_lat).any():
        warnings.append("no node lies in the study area: the file's bounds do not fit its streets")
    return tuple(warnings)
