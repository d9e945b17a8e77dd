"""Adds facilities and components to a city.

In: a city and a file. Out: the city with them, and what there is to say, in plain values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from city_data.cell_index import OFF_CELLS, CellIndex
from city_data.city import City, with_layers
from city_data.components import read_components
from city_data.facilities import read_facilities
from city_data.facility_tags import kind_of_word
from twin.domain.facility import ComponentStatus, FacilityKind
from twin.errors import CityError

Progress = Callable[[str], None]


def add_facilities(
    city: City, path: Path, *, kind: str | None = None, progress: Progress | None = None
) -> tuple[City, dict[str, object]]:
    """The city with the facilities of a file as well; one of the same reference is replaced.

    Raises
    ------
    CityError : there is no such kind, or the file cannot be used.
    """
    of_kind = None if kind is None else kind_of_word(kind)
    if kind is not None and of_kind is None:
        raise CityError(f"{kind[:40]!r} is no kind of facility; there is {', '.join(FacilityKind)}", key="kind")
    if progress is not None:
        progress(f"reading {path.name}")
    found, report = read_facilities(path, city.roads, kind=of_kind)
    known = {facility.ref: facility for facility in (*city.layers.facilities, *found)}
    facilities = tuple(known[ref] for ref in sorted(known))
    return with_layers(city, replace(city.layers, facilities=facilities)), {
        "read": len(found),
        "in the city now": len(facilities),
        "by kind": dict(sorted(Counter(facility.kind.value for facility in facilities).items())),
        "notes": report.lines(),
    }


def put_components(city: City, path: Path, *, progress: Progress | None = None) -> tuple[City, dict[str, object]]:
    """The city with the components of an asset table in place of those it had.

    Raises
    ------
    CityError : the table cannot be used.
    """
    if progress is not None:
        progress(f"reading {path.name}")
    components = read_components(path)
    report: dict[str, object] = {
        "components": components.n,
        "classes": len(components.kinds),
        "ids_assumed": components.ids_assumed,
        "by status": {
            status.name.lower(): int((components.status == status).sum())
            for status in ComponentStatus
            if (components.status == status).any()
        },
    }
    if city.layers.cells is not None:
        cell = CellIndex(city.layers.cells, city.roads).cells_at(components.lon, components.lat)
        on_cells = cell != OFF_CELLS
        report["cells with components"] = len(np.unique(cell[on_cells]))
        report["in no cell"] = int((~on_cells).sum())
    return with_layers(city, replace(city.layers, components=components)), report
