"""What stands still in a room, while its engine moves on."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.reach import Reachable
from twin.console.desk import About
from twin.views.city import CityShown
from twin.views.crew import Streets
from twin.views.result import Result


@dataclass(frozen=True, eq=False)
class Furniture:
    """See the module.

    Parameters
    ----------
    about, city, result : see `Desk`.
    streets : for whoever looks. engine_streets : for the heartbeat, which shares nothing with them that can change.
    reachable : who could be where.
    """

    about: About
    city: CityShown | None
    result: Result | None
    streets: Streets | None
    engine_streets: Streets | None
    reachable: Reachable | None
