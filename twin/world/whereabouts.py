"""Where everybody is at an instant: standing, on a leg, or somewhere along a patrol."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.domain.route import Spot
from twin.domain.unit import PATROLLING, RETURNING
from twin.roads.drawn_lap import Focus
from twin.roads.laps import Patrols, Phase
from twin.roads.terrain import Terrain
from twin.world.state import State


def spot_of(state: State, terrain: Terrain, unit: int, *, at: int) -> Spot:
    """Where a unit is at an instant not before the last fact about it."""
    fleet, movement = state.fleet, state.movements.get(unit)
    if movement is not None:
        return terrain.of(fleet.units[unit].mode).spot_at(movement.leg, at)
    if terrain.patrols is not None and fleet.status_of(unit) is PATROLLING:
        return terrain.patrols.spot_at(unit, patrolled(state, terrain.patrols, unit, at=at))
    return fleet.spot(unit)


def patrolled(state: State, patrols: Patrols, unit: int, *, at: int) -> Phase:
    """How far a unit has come with its patrol at an instant: on patrol it goes on, otherwise it stands still."""
    fleet = state.fleet
    since_us = at - int(fleet.since[unit]) if fleet.status_of(unit) is PATROLLING else 0
    return patrols.advance(unit, Phase(int(fleet.lap[unit]), int(fleet.into_us[unit])), since_us)


class Places:
    """Where units are at an instant, in columns; each is looked for once, and only if somebody wants to know."""

    __slots__ = ("_at", "_found", "_state", "_terrain")

    def __init__(self, state: State, terrain: Terrain, *, at: int) -> None:
        self._state, self._terrain, self._at = state, terrain, at
        self._found: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]] | None = None

    def of(self, units: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(edges, offsets_mm), each int64 (n_units,); those of `units`, bool (n_units,), are right."""
        fleet, patrols = self._state.fleet, self._terrain.patrols
        if self._found is None:
            self._found = fleet.edge.copy(), fleet.offset_mm.copy(), np.zeros_like(units)
        edges, offsets_mm, known = self._found
        asked = units & ~known
        known |= units
        for unit in np.flatnonzero(asked & (fleet.status == RETURNING)).tolist():
            spot = spot_of(self._state, self._terrain, unit, at=self._at)
            edges[unit], offsets_mm[unit] = spot.edge, spot.offset_mm
        if patrols is not None:
            on_patrol = np.flatnonzero(asked & (fleet.status == PATROLLING))
            if on_patrol.size:
                edges[on_patrol], offsets_mm[on_patrol] = patrols.spots(*self._phases(patrols, on_patrol))
        return edges, offsets_mm

    def _phases(
        self, patrols: Patrols, units: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """(units, laps, microseconds into them); regular laps are all alike and may run on beyond their end."""
        fleet = self._state.fleet
        laps, into_us = fleet.lap[units], fleet.into_us[units] + self._at - fleet.since[units]
        for row in np.flatnonzero(~patrols.regular[units]).tolist():
            phase = patrolled(self._state, patrols, int(units[row]), at=self._at)
            laps[row], into_us[row] = phase.lap, phase.into_us
        return units, laps, into_us


def with_focus(terrain: Terrain, state: State) -> Terrain:
    """The terrain of a city whose patrols go more often where its state says; laps already known stay known."""
    if terrain.patrols is None:
        return terrain

    def focus_of(unit: int, lap: int) -> Focus | None:
        kept = state.focus.get(unit)
        if kept is None:
            return None
        streets, factor = (kept.streets, kept.factor) if lap >= kept.from_lap else kept.before
        return Focus(streets, (float(factor),) * len(streets)) if streets else None

    return replace(terrain, patrols=replace(terrain.patrols, focus_of=focus_of))
