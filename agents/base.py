"""What an agent is, and what it may ask of the city it lives in."""

from __future__ import annotations

from typing import Protocol

import mesa

from agents.setting import Setting
from twin.clock.streams import Streams
from twin.domain.facts import Fact
from twin.domain.route import Spot
from twin.policies.protocol import Policy
from twin.roads.terrain import Terrain
from twin.world.state import State
from twin.world.view import Trigger, WorldView


class City(Protocol):
    """The city as its agents know it."""

    setting: Setting
    terrain: Terrain
    """That of the setting, its patrols as the state of this city says."""
    state: State
    streams: Streams

    @property
    def now(self) -> int:
        """Microseconds since the epoch."""

    @property
    def band(self) -> int:
        """The time band of now."""

    @property
    def policy(self) -> Policy:
        """The policy of dispatch in force."""

    def record(self, fact: Fact) -> None:
        """Let it have happened."""

    def view(self) -> WorldView:
        """What the policy may see now."""

    def spot(self, unit: int) -> Spot:
        """Where a unit is now."""

    def decide(self, trigger: Trigger) -> None:
        """Ask the policy, if it wants to be asked about this."""

    def settled(self, case: int) -> None:
        """A case was handled: if the problem behind it was still there, it is no more."""

    def close(self, case: int, *, void: bool = False) -> None:
        """A case is over; what it was about and is still there is again for patrols to find."""

    def is_gone(self, case: int) -> bool:
        """Whether a case is about a problem, and that is over."""

    def job_over(self, unit: int, case: int) -> None:
        """A unit came free of a case: close the case if that was all, and see what the unit does next."""


class CityAgent(mesa.Agent):
    """An inhabitant: an id and habits, no facts."""

    def __init__(self, city: City) -> None:
        super().__init__(city)
        self.city = city
