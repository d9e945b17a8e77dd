"""What the plan of the invented town is drawn on: streets, quarters, grounds and places, as they are laid out.

A `Plan` lives while the town is laid out and only grows. Everything in it is flat: points are metres on the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from city_data.made.names import street_name
from city_data.street_plan import Point, Street
from twin.domain.facility import FacilityKind


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a big block: its middle, and whether it lies west of the river."""

    middle: Point
    is_west: bool


@dataclass(frozen=True, slots=True)
class FlatGround:
    """A drawable piece of ground: kind, name, and its outline without the first corner again."""

    kind: str
    name: str
    outline: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class FlatPlace:
    """A facility on the plan."""

    kind: FacilityKind
    name: str
    at: Point


@dataclass(slots=True, eq=False)
class Plan:
    """The town so far.

    Parameters
    ----------
    mouths : where lanes of urban villages meet streets.
    n_named : how many streets, parks, schools … have been named, by what they are.
    """

    streets: list[Street] = field(default_factory=list)
    quarters: list[Quarter] = field(default_factory=list)
    grounds: list[FlatGround] = field(default_factory=list)
    places: list[FlatPlace] = field(default_factory=list)
    mouths: list[Point] = field(default_factory=list)
    n_named: dict[str, int] = field(default_factory=dict)

    def number(self, what: str) -> int:
        """The next number of its kind, from 0."""
        self.n_named[what] = self.n_named.get(what, -1) + 1
        return self.n_named[what]

    def named(self, street: Street, highway: str) -> Street:
        """The street with its class and the next name, noted."""
        street.highway = highway
        street.name = street_name(self.number("street"), highway)
        self.streets.append(street)
        return street
