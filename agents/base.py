"""What an agent is, and what it may ask of the city it lives in."""

from __future__ import annotations

from typing import Protocol

import mesa

from agents.setting import Setting
from twin.clock.streams import Streams
from twin.domain.case import Refused
from twin.domain.facts import Fact
from twin.domain.route import Spot
from twin.policies.protocol import Policy
from twin.roads.terrain import Terrain
from twin.world.state import State
from twin.world.view import Trigger
from twin.world.world_view import WorldView


class Assembly(Protocol):
    """Who is still expected where several must assemble."""

    def waits(self, case: int) -> bool:
        """Whether whoever arrives at a case waits for others."""

    def assembled(self, case: int) -> None:
        """If nobody is expected any more, those who are there begin."""

    def cover(self, unit: int, case: int) -> None:
        """A unit that was just sent does what else it can of what a joint case wants."""


class City(Protocol):
    """The city as its agents know it."""

    setting: Setting
    terrain: Terrain
    """That of the setting, its patrols as the state of this city says."""
    state: State
    streams: Streams
    whistle: Assembly | None
    """Who is still expected where several must assemble; None where nobody ever does."""

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

    def refuse(self, case: int, why: Refused) -> None:
        """The way of a case ends before it was handled."""

    def problem_there(self, problem: int) -> None:
        """A problem is there that nobody at the centre knows of: patrols and sensors may notice it."""

    def unseen_no_more(self, problem: int) -> None:
        """Somebody at the centre knows of a problem now: no patrol needs to notice it."""

    def is_on(self, roster: int) -> bool:
        """Whether those of a roster are on duty now."""

    def turn(self, roster: int) -> tuple[int, int]:
        """(begin, end) of the turn of a roster that is on now, or comes next."""

    def is_watched(self, spot: Spot) -> bool:
        """Whether a camera that somebody could look through sees a place."""

    def mode_changed(self) -> None:
        """The centre works in another mode from now on."""

    def priority_of(self, matter: str, usual: int) -> int:
        """How urgent a new case of a matter is, in the mode the centre works in."""

    def is_gone(self, case: int) -> bool:
        """Whether a case is about a problem, and that is over."""

    def job_over(self, unit: int, case: int) -> None:
        """A unit came free of a case: close the case if that was all, and see what the unit does next."""


class CityAgent(mesa.Agent):
    """An inhabitant: an id and habits, no facts."""

    def __init__(self, city: City) -> None:
        super().__init__(city)
        self.city = city
