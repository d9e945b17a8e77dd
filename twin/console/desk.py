"""The desk: all that a page may ask of whatever it shows, be it a finished run or only a city.

A page knows this protocol and nothing behind it. `Finished` answers it from what was read once; it never changes, so
that any number of visitors may ask it at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from twin.views.city import CityShown
from twin.views.crew import Streets, UnitShown, crew_at
from twin.views.result import Result
from twin.views.scene import Scene


class Desk(Protocol):
    """What a page talks to."""

    @property
    def city(self) -> CityShown | None:
        """The streets, None where there is no travel."""

    @property
    def result(self) -> Result | None:
        """What came out, None for a city by itself."""

    @property
    def scene(self) -> Scene:
        """Who and what there is to be seen, empty for a city by itself."""

    def crew_at(self, at: int) -> list[UnitShown]:
        """Every unit at an instant (microseconds since the epoch), by number; empty without streets."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A desk for what is over: a run with its result and the scene of its journal, or a city by itself."""

    city: CityShown | None
    result: Result | None = None
    scene: Scene = field(default_factory=Scene)
    streets: Streets | None = None

    def crew_at(self, at: int) -> list[UnitShown]:
        """Every unit at an instant, by number."""
        return [] if self.streets is None else crew_at(self.scene, at, streets=self.streets)
