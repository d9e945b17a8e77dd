"""Everybody at one instant: who is where, the way still ahead, and what lies just behind.

In: a state of the world, the streets and, for a run with patrols, its terrain. Out: `UnitShown` records.
With a terrain a unit stands where the engine had it, to the millimetre; without one nobody patrols, and free-flow
speeds say how far along its way a unit is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.domain.mode import Mode
from twin.domain.quantities import MINUTE
from twin.domain.route import Leg, Spot
from twin.domain.unit import PATROLLING
from twin.roads.laps import Patrols, Phase
from twin.roads.network import RoadNetwork
from twin.roads.terrain import Terrain
from twin.views.lines import Walk, walk_ahead
from twin.views.moment import UnitShown
from twin.world.state import STATUSES, Fleet, State

BEHIND_US = 3 * MINUTE
"""So much of what a unit has walked or driven is drawn behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """What is needed to tell where units are.

    Parameters
    ----------
    roads : the network.
    terrain : ways and patrols of the run; None where nobody patrols.
    """

    roads: RoadNetwork
    terrain: Terrain | None = None

    def ahead(self, leg: Leg, mode: Mode, at: int) -> Walk:
        """What is left of a leg at an instant."""
        if self.terrain is None:
            return walk_ahead(self.roads, leg, at)
        rest = self.terrain.of(mode).rest_of(leg, at)
        return Walk(rest.edges, rest.start_mm, rest.end_mm)

    def spot_at(self, leg: Leg, mode: Mode, at: int) -> Spot:
        """Where on its leg a unit is at an instant."""
        return walk_ahead(self.roads, leg, at).start if self.terrain is None else self.terrain.of(mode).spot_at(leg, at)

    @property
    def patrols(self) -> Patrols | None:
        """Who patrols what."""
        return None if self.terrain is None else self.terrain.patrols


def crew_of(state: State, streets: Streets | None, at: int) -> tuple[tuple[UnitShown, ...], NDArray[np.float64]]:
    """Every enrolled unit of a state, by number, at an instant not before the last fact about any of them.

    Returns
    -------
    (units, places) : places are longitudes and latitudes, float64 (n_units, 2); NaN without streets.
    """
    fleet, n = state.fleet, len(state.fleet.units)
    edges, offsets_mm = fleet.edge.copy(), fleet.offset_mm.copy()
    phases: list[Phase | None] = [None] * n
    patrols = None if streets is None else streets.patrols
    if patrols is not None:
        _patrol(fleet, patrols, at, phases=phases, edges=edges, offsets_mm=offsets_mm)
    legs: list[Leg | None] = [None] * n
    cases: list[int | None] = [None] * n
    inferred = [False] * n
    for unit, movement in state.movements.items():
        legs[unit], inferred[unit], phases[unit] = movement.leg, movement.inferred, None
        if streets is not None:
            spot = streets.spot_at(movement.leg, fleet.units[unit].mode, at)
            edges[unit], offsets_mm[unit] = spot.edge, spot.offset_mm
    for unit, job in state.jobs.items():
        cases[unit] = job.case
    columns = zip(
        range(n),
        [unit.name for unit in fleet.units],
        [unit.kind for unit in fleet.units],
        [unit.mode for unit in fleet.units],
        [STATUSES[status] for status in fleet.status.tolist()],
        map(Spot, edges.tolist(), offsets_mm.tolist()),
        [unit.skills for unit in fleet.units],
        fleet.since.tolist(),
        cases,
        legs,
        phases,
        inferred,
        fleet.delay_us.tolist(),
        [unit.beat for unit in fleet.units],
        [unit in state.postings for unit in range(n)],
        strict=True,
    )
    return tuple(map(UnitShown._make, columns)), _lonlat(streets, edges, offsets_mm)


def places_of(spots: Sequence[Spot], streets: Streets | None) -> NDArray[np.float64]:
    """Longitudes and latitudes, float64 (n_spots, 2); NaN without streets."""
    edges = np.array([spot.edge for spot in spots], np.int64)
    return _lonlat(streets, edges, np.array([spot.offset_mm for spot in spots], np.int64))


def trail_of(unit: UnitShown, at: int, streets: Streets) -> tuple[Walk | None, Walk | None]:
    """What a unit has just walked or driven, and what lies between it and its goal; None where there is nothing.

    Parameters
    ----------
    at : the instant at which the unit is as shown.
    """
    ahead = None if unit.leg is None else streets.ahead(unit.leg, unit.mode, at)
    return walked(unit, at, since=at - BEHIND_US, until=at, streets=streets), ahead


def walked(unit: UnitShown, at: int, *, since: int, until: int, streets: Streets) -> Walk | None:
    """What a unit goes between two instants of the leg, or the patrol, it is on; None where it stands.

    Parameters
    ----------
    at : the instant at which the unit is as shown; `since` and `until` may lie before it and after it.
    """
    if unit.leg is not None:
        begin = streets.ahead(unit.leg, unit.mode, max(since, unit.leg.departed_at))
        rest = streets.ahead(unit.leg, unit.mode, max(until, since))
        return Walk(begin.edges[: len(begin.edges) - len(rest.edges) + 1], begin.start_mm, rest.start_mm)
    if unit.phase is None or streets.patrols is None:
        return None
    since = max(since, unit.since)
    trail = streets.patrols.trail(unit.unit, _shifted(streets.patrols, unit, since - at), by_us=max(0, until - since))
    return Walk(trail.edges.tolist(), trail.start_mm, trail.end_mm)


def _patrol(
    fleet: Fleet,
    patrols: Patrols,
    at: int,
    *,
    phases: list[Phase | None],
    edges: NDArray[np.int64],
    offsets_mm: NDArray[np.int64],
) -> None:
    """Fill in how far those on patrol have come, and where that is."""
    who = np.flatnonzero(fleet.status == PATROLLING)
    laps, into_us = fleet.lap[who].copy(), fleet.into_us[who] + at - fleet.since[who]
    regular = patrols.regular[who]
    more, rest_us = np.divmod(into_us, patrols.beats.period_us[patrols.beat[who]])
    laps[regular] += more[regular]
    into_us[regular] = rest_us[regular]
    for row in np.flatnonzero(~regular).tolist():
        phase = patrols.advance(int(who[row]), Phase(int(laps[row]), 0), int(into_us[row]))
        laps[row], into_us[row] = phase.lap, phase.into_us
    edges[who], offsets_mm[who] = patrols.spots(who, laps, into_us)
    for unit, lap, into in zip(who.tolist(), laps.tolist(), into_us.tolist(), strict=True):
        phases[unit] = Phase(lap, into)


def _shifted(patrols: Patrols, unit: UnitShown, by_us: int) -> Phase:
    """The phase of a patrol so much later, or earlier where that is negative."""
    assert unit.phase is not None
    lap, into_us = unit.phase.lap, unit.phase.into_us + min(by_us, 0)
    while into_us < 0:
        lap -= 1
        into_us += patrols.lap(unit.unit, lap).period_us
    return patrols.advance(unit.unit, Phase(lap, into_us), max(by_us, 0))


def _lonlat(streets: Streets | None, edges: NDArray[np.int64], offsets_mm: NDArray[np.int64]) -> NDArray[np.float64]:
    if streets is None or not edges.size:
        return np.full((edges.size, 2), np.nan)
    return np.column_stack(streets.roads.lonlat_of(edges, offsets_mm))
