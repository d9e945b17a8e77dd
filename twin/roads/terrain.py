"""All that the city asks of the ground: ways by mode, beats, patrols, and how far apart two places are.

A `Terrain` is put together once for a run and shared by its forks; nothing in it changes. Where there are no roads
(`NoTravel`) everything is in one place, nobody patrols and no grid is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from twin.domain.grid import Cells, Overlay
from twin.domain.mode import MODES, Mode
from twin.domain.route import Spot
from twin.roads.laps import Patrols
from twin.roads.network import RoadNetwork
from twin.roads.ways import NoTravel, Ways
from twin.roads.zones import ONE_PLACE, Zones, zones_of

M_PER_DEGREE = 111_320.0
KEEP = 20_000
"""Places whose beats are remembered, to save work."""


@dataclass(frozen=True, eq=False)
class Terrain:
    """Where everything is and how everybody gets about.

    Parameters
    ----------
    ways : by mode, in the order of `MODES`.
    network : the streets, or None where all is in one place.
    cells, overlays : grids; the grids of the overlays one after another are the *beats*, by number.
    patrols : tours of the units that patrol, or None.
    """

    ways: tuple[Ways, ...] = field(default_factory=lambda: (NoTravel(),) * len(MODES))
    network: RoadNetwork | None = None
    cells: Cells | None = None
    overlays: tuple[Overlay, ...] = ()
    patrols: Patrols | None = None
    _beats: dict[Spot, tuple[int, ...]] = field(default_factory=dict)

    def apart(self, ways: tuple[Ways, ...]) -> Terrain:
        """The same ground with ways and memories of its own, for another thread."""
        patrols = None if self.patrols is None else self.patrols.apart()
        return replace(self, ways=ways, patrols=patrols, _beats={})

    @cached_property
    def zones(self) -> Zones:
        """The town cut into zones, for measures of cover."""
        return ONE_PLACE if self.network is None else zones_of(self.network)

    def of(self, mode: Mode) -> Ways:
        """How those of a mode get about."""
        return self.ways[MODES.index(mode)]

    def street(self, edge: int) -> int:
        """The street of an edge: the lower of it and its other direction."""
        twin = -1 if self.network is None else int(self.network.twin[edge])
        return min(edge, twin) if twin >= 0 else edge

    def length_mm(self, edge: int) -> int:
        """Length of an edge, millimetres."""
        return 1 if self.network is None else int(self.network.length_mm[edge])

    def has(self, spot: Spot) -> bool:
        """Whether a place lies on a street that there is; without streets there is one place."""
        n_edges = 1 if self.network is None else self.network.n_edges
        return 0 <= spot.edge < n_edges and 0 <= spot.offset_mm <= self.length_mm(spot.edge)

    def beats_at(self, spot: Spot) -> tuple[int, ...]:
        """The beats a place lies in, one an overlay, in their order."""
        if self.cells is None or not self.overlays:
            return ()
        known = self._beats.get(spot)
        if known is not None:
            return known
        cell = int(self.cells.at_spots([spot.edge], [spot.offset_mm])[0])
        first, found = 0, []
        for overlay in self.overlays:
            found.append(first + int(overlay.of_cell[cell]))
            first += len(overlay.grids)
        if len(self._beats) >= KEEP:
            self._beats.clear()
        self._beats[spot] = tuple(found)
        return self._beats[spot]

    def beat_ref(self, beat: int) -> tuple[str, str]:
        """(overlay, grid) of a beat, by their names."""
        for overlay in self.overlays:
            if beat < len(overlay.grids):
                return overlay.name, overlay.grids[beat].ref
            beat -= len(overlay.grids)
        raise IndexError("no such beat")

    def apart_m(self, spot: Spot, others: Sequence[Spot]) -> list[float]:
        """Metres as the crow flies from a place to others."""
        if self.network is None or not others:
            return [0.0] * len(others)
        spots = (spot, *others)
        lon, lat = self.network.lonlat_of([each.edge for each in spots], [each.offset_mm for each in spots])
        east = (lon[1:] - lon[0]) * M_PER_DEGREE * math.cos(math.radians(float(lat[0])))
        apart: list[float] = np.hypot(east, (lat[1:] - lat[0]) * M_PER_DEGREE).tolist()
        return apart
