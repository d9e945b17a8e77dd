"""Everybody at one instant: who is where, the way still ahead, and what a patrol has just walked.

In: a scene, the streets and, for a run with patrols, its terrain. Out: `UnitShown` records. With a terrain a unit
stands where the engine had it, to the millimetre; without one nobody patrols, and free-flow speeds say how far along
its way a unit is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from twin.domain.mode import Mode
from twin.domain.quantities import MINUTE
from twin.domain.route import Leg, Spot
from twin.domain.unit import UnitStatus
from twin.metrics.ground import with_focuses
from twin.roads.laps import Patrols
from twin.roads.network import RoadNetwork
from twin.roads.terrain import Terrain
from twin.views.lines import Walk, walk_ahead
from twin.views.scene import Scene, Stay, stays_at

BEHIND_US = 3 * MINUTE
"""So much of what a patrol has walked is drawn behind it."""


class UnitShown(NamedTuple):
    """A unit at one instant. `inferred`: its way was worked out from two recorded stamps."""

    unit: int
    name: str
    kind: str
    mode: Mode
    status: UnitStatus
    spot: Spot
    ahead: Walk | None
    behind: Walk | None
    inferred: bool
    case: int | None


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

    @property
    def patrols(self) -> Patrols | None:
        """Who patrols what."""
        return None if self.terrain is None else self.terrain.patrols


def streets_of(scene: Scene, roads: RoadNetwork, terrain: Terrain | None) -> Streets:
    """The streets of a run, its patrols going more often where the scene says."""
    if terrain is None or terrain.patrols is None:
        return Streets(roads, terrain)
    return Streets(roads, replace(terrain, patrols=with_focuses(terrain.patrols, scene.focuses)))


def crew_at(scene: Scene, at: int, *, streets: Streets) -> list[UnitShown]:
    """Every enrolled unit at an instant (microseconds since the epoch), by number; those away or off duty included."""
    return list(_crew(scene, at, streets))


def _crew(scene: Scene, at: int, streets: Streets) -> Iterator[UnitShown]:
    for number, stay in stays_at(scene, at):
        unit, spot, ahead, behind = scene.trails[number], stay.spot, None, None
        if stay.leg is not None:
            ahead = streets.ahead(stay.leg, unit.mode, at)
            spot = ahead.start
        elif stay.phase is not None and streets.patrols is not None:
            spot, behind = _on_patrol(streets.patrols, number, stay, at)
        yield UnitShown(
            number, unit.name, unit.kind, unit.mode, stay.status, spot, ahead, behind, stay.inferred, stay.case
        )


def _on_patrol(patrols: Patrols, unit: int, stay: Stay, at: int) -> tuple[Spot, Walk]:
    """Where a patrol is, and what it walked in the last minutes of its stay."""
    assert stay.phase is not None
    walked_us = at - stay.since
    shown_us = min(walked_us, BEHIND_US)
    begin = patrols.advance(unit, stay.phase, walked_us - shown_us)
    trail = patrols.trail(unit, begin, by_us=shown_us)
    edges = trail.edges.tolist()
    return Spot(edges[-1], trail.end_mm), Walk(edges, trail.start_mm, trail.end_mm)
