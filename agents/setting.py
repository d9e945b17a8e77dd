"""All that does not change in a run: what `scenarios.build` puts together, and forks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.demand import PoissonDemand
from agents.habits import Habits, Merging
from agents.loop_rules import Kind, LoopRules
from twin.domain.light import Limits
from twin.domain.quantities import CivilTime
from twin.domain.roster import Roster
from twin.domain.unit import Unit
from twin.policies.protocol import Policy
from twin.roads.terrain import Terrain


@dataclass(frozen=True, eq=False)
class Setting:
    """`spec` and `city` are checksums of what was asked for and of the roads; `sources` are those of modelled demand.

    `waiting_room` is how many needs may wait for a unit; None where there is no limit. `merging`: when a report counts
    as a second one of a case; None never. `policy` is the one dispatch begins with; which is in force,
    the city says. `patrol_policy`: where patrols go more often; None nowhere.
    `reposition_policy`: where free units wait; None at their stations.

    `loop`: the desks and steps of the centre; None where a case is registered and dispatched as the habits say.
    `contacts`: what the sources are that bring neither cases nor problems, by number. `bodies`: by number of unit, the
    body it belongs to; those of one body do not check each other's work. `limits`: by when cases should be closed; only
    the loop goes by them.
    """

    terrain: Terrain
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
    rosters: tuple[Roster, ...] = ()
    merging: Merging | None = None
    patrol_policy: Policy | None = None
    reposition_policy: Policy | None = None
    loop: LoopRules | None = None
    contacts: Mapping[int, Kind] = field(default_factory=dict)
    bodies: Mapping[int, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
