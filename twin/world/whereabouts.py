"""Where everybody is at an instant: standing, on a leg, or somewhere along a patrol."""

from __future__ import annotations

from dataclasses import replace

from twin.domain.route import Spot
from twin.domain.unit import PATROLLING
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
