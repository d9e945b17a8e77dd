"""What the rest of the city asks of the roads, as protocols, and the answer where there are none.

`Ways` is the seam to the world: `Router` answers it on a network, `NoTravel` where every travel time is zero.
`Search` is the seam inside this package: the compiled and the scipy search answer it alike, to the microsecond.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from twin.domain.route import Leg, Route, Spot
from twin.roads.network import LongArray
from twin.roads.tables import Costs

FlagArray = npt.NDArray[np.bool_]


class Reached(NamedTuple):
    """A unit that can come, and when: `arrival_us` from now, its delay and the time to speed up and slow down in it."""

    unit: int
    arrival_us: int
    route: Route


class Ways(Protocol):
    """How units get about."""

    def first_reached(
        self,
        goal: Spot,
        *,
        edges: LongArray,
        offsets_mm: LongArray,
        delays_us: LongArray,
        able: FlagArray,
        band: int,
        closed: frozenset[int],
        k: int = 1,
    ) -> list[Reached]:
        """The k able units that can be at `goal` first, by (arrival, unit); fewer when fewer can get there."""
        ...

    def route(self, origin: Spot, goal: Spot, *, band: int, closed: frozenset[int]) -> Route:
        """The fastest way; `NoRouteError` when there is none."""
        ...

    def route_home(self, origin: Spot, home: Spot, *, band: int, closed: frozenset[int]) -> Route:
        """The same as `route`, for goals that are asked for again and again."""
        ...

    def times_to(self, goals: tuple[Spot, ...], *, edges: LongArray, offsets_mm: LongArray, band: int) -> LongArray:
        """Times of whole trips from each place to each goal, int64 (n_places, n_goals), with all roads open."""
        ...

    def spot_at(self, leg: Leg, at: int) -> Spot:
        """Where on its leg a unit is at an instant."""
        ...

    def rest_of(self, leg: Leg, at: int) -> Route:
        """The part of a leg's route that is still ahead at an instant."""
        ...

    def driving_us(self, travel_us: int) -> int:
        """Expected time of a whole trip of so much network time: getting up to speed included."""
        ...

    def band_at(self, hour_of_week: int) -> int:
        """The time band of an hour of the week, 0 to 167."""
        ...


class Search(Protocol):
    """Finds fastest ways on the tables of a network; not to be used by two threads at once."""

    def first_reached(
        self,
        costs: Costs,
        goal: Spot,
        *,
        units: tuple[LongArray, LongArray, LongArray, FlagArray],
        ramp_us: int,
        band: int,
        k: int,
    ) -> list[Reached]:
        """See `Ways.first_reached`; `units` are the columns edges, offsets, delays and able."""
        ...

    def route(self, costs: Costs, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """The fastest way, None when there is none."""
        ...

    @property
    def n_come_by(self) -> int:
        """How many nodes the last search came by."""
        ...

    def times_to(self, costs: Costs, goal: Spot) -> LongArray:
        """Time from every node to the goal, int64 (n_nodes,), microseconds; NEVER where there is no way."""
        ...

    def route_by(self, costs: Costs, times: LongArray, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """The fastest way, when `times_to` the goal are known."""
        ...


class NoTravel:
    """`travel: none`: one place, where everybody is at once; queues from textbooks are run on it."""

    _stay = Route((0,), 0, 0, 0, 0)

    def first_reached(
        self,
        goal: Spot,
        *,
        edges: LongArray,
        offsets_mm: LongArray,
        delays_us: LongArray,
        able: FlagArray,
        band: int,
        closed: frozenset[int],
        k: int = 1,
    ) -> list[Reached]:
        """The k able units with the least (delay, unit)."""
        units = np.flatnonzero(able)
        delays = delays_us[units]
        soonest = np.argsort(delays, kind="stable")[:k]
        return [Reached(int(units[place]), int(delays[place]), self._stay) for place in soonest]

    def route(self, origin: Spot, goal: Spot, *, band: int, closed: frozenset[int]) -> Route:
        """Stay; it takes no time."""
        return self._stay

    def route_home(self, origin: Spot, home: Spot, *, band: int, closed: frozenset[int]) -> Route:
        """Stay; it takes no time."""
        return self._stay

    def times_to(self, goals: tuple[Spot, ...], *, edges: LongArray, offsets_mm: LongArray, band: int) -> LongArray:
        """None takes any."""
        return np.zeros((edges.size, len(goals)), np.int64)

    def spot_at(self, leg: Leg, at: int) -> Spot:
        """The one place there is."""
        return Spot(0, 0)

    def rest_of(self, leg: Leg, at: int) -> Route:
        """Nothing is ever left."""
        return self._stay

    def driving_us(self, travel_us: int) -> int:
        """None to add."""
        return travel_us

    def band_at(self, hour_of_week: int) -> int:
        """One band for all hours."""
        return 0
