"""Who gets there first, by which way, and where a unit under way is: the roads as the city uses them.

A `Router` joins a network, its travel times and a search. Results are exact in whole microseconds and do not depend on
what was asked before; costs per time band and set of closures, and trees towards stations, are remembered.

Of a street's two directions a unit may take either: it goes on, or turns round where it stands. Closed edges may not
be entered, not even when the goal is there; a unit caught on one may leave it, either way. A router is for one mode:
where that may not go everywhere, units walk the last of the way (`twin.roads.gates`), and the time counts.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from twin.domain.mode import Mode
from twin.domain.route import Leg, Route, Spot
from twin.errors import NoRouteError, RoadError
from twin.roads.fallback import ScipySearch
from twin.roads.gated import GatedSearch
from twin.roads.gates import Gates
from twin.roads.network import LongArray, RoadNetwork
from twin.roads.reach import Reach
from twin.roads.tables import NEVER, Costs, Streets, lay_out, price
from twin.roads.travel import ON_FOOT, TravelModel, with_ramp
from twin.roads.trees import Home, Trees
from twin.roads.ways import FlagArray, NoTravel, Reached, Search, Ways

__all__ = ["NoTravel", "Reached", "Router", "Ways", "default_search"]

SearchKind = Callable[[Streets], Search]

_N_COSTS = 32
_N_ENDS = 5_000
_TREE_BYTES = 64_000_000
"""Room for trees towards stations: 160 of them on 50,000 nodes."""

_log = logging.getLogger(__name__)


def default_search() -> SearchKind:
    """The compiled search, or the one with scipy where numba cannot be imported."""
    try:
        from twin.roads.search import CompiledSearch
    except ImportError as reason:
        _log.warning("numba cannot be imported (%s): routes are searched with scipy, which is slower", reason)
        return ScipySearch
    return CompiledSearch


class Router:
    """`Ways` on a road network; may be shared by forks, not by threads.

    Parameters
    ----------
    network, travel : the streets, and how long they take.
    mode : who gets about: only streets open to the mode are driven on.
    foot : how long it takes to walk where the mode may not go: of one time band, or of those of `travel`.
    search : how to search; by default the fastest there is on this machine.

    Raises
    ------
    RoadError : the time bands of `foot` are not those of `travel`.
    """

    def __init__(
        self,
        network: RoadNetwork,
        travel: TravelModel,
        *,
        mode: Mode = Mode.CAR,
        foot: TravelModel = ON_FOOT,
        search: SearchKind | None = None,
    ) -> None:
        self.network, self.travel, self.mode = network, travel, mode
        self._streets = lay_out(network, mode=mode)
        self._us = travel.edge_us(network)
        self._ramp_us = travel.ramp_us
        self._search: Search = (search or default_search())(self._streets)
        gates = None if self._streets.may_use.all() else self._walk_elsewhere(foot)
        self._ends: dict[int, tuple[Route, list[int], int]] = {}
        self._costs = lru_cache(maxsize=_N_COSTS)(self._price)
        room = max(16, _TREE_BYTES // (8 * network.n_nodes))
        self._trees = Trees(self._grow, n_nodes=network.n_nodes, room=room)
        self._reach = Reach(self._streets, self._us, gates=gates, grow=self.times_from_everywhere)

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
        """The k able units that can be at the goal first, nearest first; those with no way there are left out.

        Parameters
        ----------
        goal : where they are needed.
        edges, offsets_mm : int64 (n_units,), where each unit is; edge -1 for a unit that is nowhere on the roads.
        delays_us : int64 (n_units,), time before each unit's wheels roll, microseconds.
        able : bool (n_units,), who may be chosen.
        band : time band of the travel times.
        closed : edges that may not be entered; both directions of a street have to be named.
        k : how many are wanted.

        Returns
        -------
        By (arrival, unit), the arrival being the delay plus the travel time with the time to speed up and slow down.
        """
        units = (edges, offsets_mm, delays_us, able)
        costs = self._costs(band, closed)
        return self._search.first_reached(costs, goal, units=units, ramp_us=self._ramp_us, band=band, k=k)

    def route(self, origin: Spot, goal: Spot, *, band: int, closed: frozenset[int]) -> Route:
        """The fastest way between two places, without delay and the time to speed up and slow down.

        Raises
        ------
        NoRouteError : there is none, as the roads are now.
        """
        return _found(self._search.route(self._costs(band, closed), origin, goal, band=band), origin, goal)

    def route_home(self, origin: Spot, home: Spot, *, band: int, closed: frozenset[int]) -> Route:
        """The same as `route`; where units return from afar again and again, by a tree towards `home` that is kept.

        Raises
        ------
        NoRouteError : there is none, as the roads are now.
        """
        costs, key = self._costs(band, closed), (home, band, closed)
        times = self._trees.towards(key)
        if times is not None:
            return _found(self._search.route_by(costs, times, origin, home, band=band), origin, home)
        route = self._search.route(costs, origin, home, band=band)
        self._trees.spend(key, n_nodes=self._search.n_come_by)
        return _found(route, origin, home)

    def times_from_everywhere(self, goal: Spot, band: int) -> LongArray:
        """Time from every node to a place, all roads open, without that to speed up; int64 (n_nodes,), microseconds."""
        return self._search.times_to(self._costs(band, frozenset()), goal)

    def times_to(self, goals: tuple[Spot, ...], *, edges: LongArray, offsets_mm: LongArray, band: int) -> LongArray:
        """Times of whole trips from each place to each goal, int64 (n_places, n_goals), with all roads open.

        Made for goals that stay the same: what is known of them is kept. To a millisecond; NEVER where there is no way.
        """
        times = self._reach.times_us(goals, edges=edges, offsets_mm=offsets_mm, band=band)
        ramp_us = self._ramp_us
        short = np.sqrt(4.0 * np.minimum(times, ramp_us) * ramp_us).astype(np.int64)
        return np.where(times >= NEVER, NEVER, np.where(times >= ramp_us, times + ramp_us, short))

    def spot_at(self, leg: Leg, at: int) -> Spot:
        """Where a unit under way is: the share of its time that is over is the share of the expected time it has done.

        Parameters
        ----------
        leg : the unit's route, departure and arrival.
        at : an instant; before the departure the unit is at the start, after the arrival at the goal.
        """
        route = leg.route
        if at <= leg.departed_at and at < leg.arrives_at:
            return Spot(route.edges[0], route.start_mm)
        if at >= leg.arrives_at:
            return Spot(route.edges[-1], route.end_mm)
        place, offset_mm, _ = self._progress(leg, at)
        return Spot(route.edges[place], offset_mm)

    def rest_of(self, leg: Leg, at: int) -> Route:
        """The part of a leg's route that is still ahead at an instant, in the time band of the leg."""
        route = leg.route
        last = route.edges[-1]
        if at <= leg.departed_at and at < leg.arrives_at:
            return route
        if at >= leg.arrives_at:
            return Route((last,), route.end_mm, route.end_mm, 0, route.band)
        place, offset_mm, done_us = self._progress(leg, at)
        return Route(route.edges[place:], offset_mm, route.end_mm, route.travel_us - done_us, route.band)

    def _progress(self, leg: Leg, at: int) -> tuple[int, int, int]:
        """Where on its way a unit is: which of the route's edges, millimetres along it, expected time done."""
        route = leg.route
        done_us = route.travel_us * (at - leg.departed_at) // (leg.arrives_at - leg.departed_at)
        ends_us, before_us = self._ends_of(route)
        into_us = done_us + before_us
        place = min(bisect_left(ends_us, into_us), len(ends_us) - 1)
        begin_us = ends_us[place - 1] if place else 0
        edge_us = ends_us[place] - begin_us
        offset_mm = min(into_us - begin_us, edge_us) * int(self.network.length_mm[route.edges[place]]) // edge_us
        if place == 0:
            offset_mm = max(offset_mm, route.start_mm)
        if place == len(ends_us) - 1:
            offset_mm = min(offset_mm, route.end_mm)
        return place, offset_mm, done_us

    def _ends_of(self, route: Route) -> tuple[list[int], int]:
        """Time from the tail of a route's first edge to the end of each, and to where the route begins."""
        found = self._ends.get(id(route))
        if found is None:
            if len(self._ends) >= _N_ENDS:
                self._ends.clear()
            us, first = self._us[route.band], route.edges[0]
            ends_us = np.cumsum(us[list(route.edges)]).tolist()
            before_us = int(us[first]) * route.start_mm // int(self.network.length_mm[first])
            found = self._ends[id(route)] = (route, ends_us, before_us)
        return found[1], found[2]

    def driving_us(self, travel_us: int) -> int:
        """Expected time of a whole trip of so much network time: getting up to speed included."""
        return with_ramp(travel_us, ramp_us=self._ramp_us)

    def band_at(self, hour_of_week: int) -> int:
        """The time band of an hour of the week, 0 to 167."""
        return self.travel.band_of_hour[hour_of_week]

    def _walk_elsewhere(self, foot: TravelModel) -> Gates:
        """Give the streets the mode may not use the time they take on foot, and find ways that lead over both."""
        if foot.n_bands not in (1, self.travel.n_bands):
            raise RoadError(f"there are {foot.n_bands} time bands on foot, and {self.travel.n_bands} otherwise")
        foot_us = foot.edge_us(self.network)
        self._us = np.where(self._streets.may_use, self._us, foot_us)
        gates = Gates(self.network, self._streets, foot_us[0])
        self._search = GatedSearch(self._search, self._streets, gates)
        return gates

    def _price(self, band: int, closed: frozenset[int]) -> Costs:
        if not 0 <= band < len(self._us):
            raise RoadError(f"there is no time band {band}: bands are 0 to {len(self._us) - 1}")
        return price(self._streets, self._us[band], closed=closed)

    def _grow(self, key: Home) -> LongArray:
        home, band, closed = key
        return self._search.times_to(self._costs(band, closed), home)


def _found(route: Route | None, origin: Spot, goal: Spot) -> Route:
    if route is None:
        raise NoRouteError(
            f"there is no way by road from edge {origin.edge} at {origin.offset_mm} mm "
            f"to edge {goal.edge} at {goal.offset_mm} mm, as the roads are now"
        )
    return route
