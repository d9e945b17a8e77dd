"""What lies on a city's map beside its streets: cells, overlays of grids, facilities, components, residents, grounds.

In: the parts, already checked. Out: `CityLayers`, which may be empty, with a checksum over all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import msgspec
import numpy as np
from numpy.typing import NDArray

from city_data.grounds import Ground
from city_data.overlays import require_sound
from twin.domain.facility import Components, Facility
from twin.domain.grid import Cells, Overlay
from twin.errors import CityError

CELL_ARRAYS = {
    "square": "<i4",
    "x": "<f8",
    "y": "<f8",
    "area": "<i4",
    "links": "<i4",
    "edge_start": "<i8",
    "piece_start_mm": "<i8",
    "piece_mm": "<i8",
    "piece_cell": "<i4",
    "street_mm": "<i8",
}
COMPONENT_ARRAYS = {
    "ids": "|S17",
    "kind": "<i4",
    "name": "<i4",
    "department": "<i4",
    "status": "|u1",
    "lon": "<f8",
    "lat": "<f8",
}
"""Arrays of cells and of components with their canonical types, in the order the checksum reads them."""

HOURS = 24
"""Columns of the residents."""


@dataclass(frozen=True, slots=True, eq=False)
class CityLayers:
    """Optional parts of a city.

    Parameters
    ----------
    cells : unit cells, or None.
    overlays : partitions of the cells, by name; none without cells.
    facilities : by reference.
    components : asset table, or None.
    residents : int32 (n_cells, 24), people present in each cell at each hour of a working day, or None.
    grounds : pieces of ground that are only drawn.
    """

    cells: Cells | None = None
    overlays: tuple[Overlay, ...] = ()
    facilities: tuple[Facility, ...] = ()
    components: Components | None = None
    residents: NDArray[np.int32] | None = None
    grounds: tuple[Ground, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        drawn = self.components is not None or bool(self.grounds)
        return self.cells is None and not self.facilities and not drawn

    def checksum(self) -> str:
        """blake2b of all parts, as hex; "" when there is nothing."""
        if self.is_empty:
            return ""
        digest = blake2b(digest_size=32)
        for part in _content(self):
            digest.update(f"{len(part)};".encode())
            digest.update(part)
        return digest.hexdigest()


NO_LAYERS = CityLayers()


def require_fitting(layers: CityLayers, *, n_edges: int) -> None:
    """Refuse layers that do not fit each other or the roads.

    Raises
    ------
    CityError : cells of other roads, overlays that are no partitions, a facility on no street or there twice,
        residents of other cells.
    """
    require_sound(layers.cells, layers.overlays)
    cells = layers.cells
    if cells is not None:
        n_pieces = len(cells.piece_cell)
        lengths = {len(getattr(cells, name)) for name in ("square", "x", "y", "area", "street_mm")}
        if len(cells.edge_start) != n_edges + 1 or cells.edge_start[-1] != n_pieces or lengths != {cells.n}:
            raise CityError("these cells belong to other roads", key="cells")
        if n_pieces and not 0 <= cells.piece_cell.min() <= cells.piece_cell.max() < cells.n:
            raise CityError("a piece of street is in a cell that does not exist", key="cells")
    refs = {facility.ref for facility in layers.facilities}
    if len(refs) != len(layers.facilities):
        raise CityError("two facilities have the same reference", key="facilities")
    for facility in layers.facilities:
        if not 0 <= facility.spot.edge < n_edges:
            raise CityError(f"edge {facility.spot.edge} does not exist", key=facility.ref)
    if layers.residents is not None and (cells is None or layers.residents.shape != (cells.n, HOURS)):
        raise CityError(f"residents need one row a cell and {HOURS} columns", key="residents")


def _content(layers: CityLayers) -> Iterator[bytes]:
    if (cells := layers.cells) is not None:
        yield msgspec.json.encode(["cells", cells.size_m, cells.codes, cells.codes_assumed, cells.areas])
        for name, kind in CELL_ARRAYS.items():
            yield np.ascontiguousarray(getattr(cells, name), kind).tobytes()
    for overlay in layers.overlays:
        yield msgspec.json.encode(["overlay", overlay.name, overlay.balanced_by, overlay.grids])
        yield np.ascontiguousarray(overlay.of_cell, "<i4").tobytes()
    yield msgspec.json.encode(["facilities", layers.facilities])
    if (components := layers.components) is not None:
        words = [components.ids_assumed, components.kinds, components.names, components.departments]
        yield msgspec.json.encode(["components", *words])
        for name, kind in COMPONENT_ARRAYS.items():
            yield np.ascontiguousarray(getattr(components, name), kind).tobytes()
    if layers.residents is not None:
        yield b"residents" + np.ascontiguousarray(layers.residents, "<i4").tobytes()
    if layers.grounds:
        yield msgspec.json.encode(["grounds", layers.grounds])
