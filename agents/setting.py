"""All that does not change in a run: what `scenarios.build` puts together, and forks share."""

from __future__ import annotations

from dataclasses import dataclass

from agents.demand import PoissonDemand
from agents.habits import Habits
from twin.domain.quantities import CivilTime
from twin.domain.unit import Unit
from twin.policies.protocol import Policy
from twin.roads.ways import Ways


@dataclass(frozen=True, eq=False)
class Setting:
    """`spec` and `city` are checksums of what was asked for and of the roads; `sources` are those of modelled demand.

    `waiting_room` is how many needs may wait for a unit; None where there is no limit.
    """

    ways: Ways
    civil: CivilTime
    habits: Habits
    units: tuple[Unit, ...]
    sources: tuple[PoissonDemand, ...]
    policy: Policy
    spec: str
    city: str
    seed: int
    replication: int = 0
    waiting_room: int | None = None
