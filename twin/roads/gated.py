"""Searches for a mode that may not go everywhere: on wheels to the gate, the rest on foot, and back the same way.

`GatedSearch` stands between a `Router` and the search on the mode's own streets. A trip to a place in a lane is a drive
to the gate and a walk; from a lane units first walk back to their vehicle. Two places with one gate are joined on foot.
Where no lane is concerned, questions are handed on as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from twin.domain.route import Route, Spot
from twin.roads.gates import Gates, Walk
from twin.roads.network import LongArray
from twin.roads.tables import LENGTH, NEVER, US, Costs, Streets
from twin.roads.travel import with_ramp
from twin.roads.ways import FlagArray, Reached, Search

Units = tuple[LongArray, LongArray, LongArray, FlagArray]
"""edges, offsets, delays, able."""

Drive = Callable[[Spot, Spot], Route | None]
"""The fastest way between two places on the mode's own streets."""

_MORE = 4
"""Units looked at beyond those asked for, where getting up to speed may change who is first."""


class Door(NamedTuple):
    """Where wheels take over from feet, or feet from wheels: a place on the mode's streets, and the walk, if any."""

    spot: Spot
    walk: Route | None


class GatedSearch:
    """`Search` for all places, on top of one that knows the mode's own streets alone."""

    def __init__(self, search: Search, streets: Streets, gates: Gates) -> None:
        self._search, self._gates = search, gates
        self._length_mm, self._n_nodes = streets.ground[LENGTH], streets.n_nodes

    @property
    def n_come_by(self) -> int:
        """See `Search.n_come_by`."""
        return self._search.n_come_by

    def route(self, costs: Costs, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """See `Search.route`."""

        def drive(start: Spot, end: Spot) -> Route | None:
            return self._search.route(costs, start, end, band=band)

        return self._trip(costs, origin, goal, band=band, drive=drive)

    def times_to(self, costs: Costs, goal: Spot) -> LongArray:
        """See `Search.times_to`: on wheels, and to the goal's gate where it has one."""
        end = self._end(costs, goal, band=0)
        return np.full(self._n_nodes, NEVER) if end is None else self._search.times_to(costs, end.spot)

    def route_by(self, costs: Costs, times: LongArray, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """See `Search.route_by`."""

        def drive(start: Spot, end: Spot) -> Route | None:
            return self._search.route_by(costs, times, start, end, band=band)

        return self._trip(costs, origin, goal, band=band, drive=drive)

    def first_reached(
        self, costs: Costs, goal: Spot, *, units: Units, ramp_us: int, band: int, k: int
    ) -> list[Reached]:
        """See `Search.first_reached`."""
        apart = np.flatnonzero(self._gates.apart[units[0]] & units[3])
        end = self._end(costs, goal, band=band)
        if not apart.size and end is not None and end.walk is None:
            return self._search.first_reached(costs, end.spot, units=units, ramp_us=ramp_us, band=band, k=k)
        edges, offsets, delays = (column.copy() for column in units[:3])
        able = units[3].copy()
        found: list[Reached] = []
        walks: dict[int, Route] = {}
        for unit in apart.tolist():
            place = Spot(int(edges[unit]), int(offsets[unit]))
            on_foot = self._on_foot(costs, place, goal, band=band)
            start = None if on_foot is not None else self._start(costs, place, band=band)
            able[unit] = start is not None
            if on_foot is not None:
                found.append(_reached(unit, int(delays[unit]), on_foot, ramp_us=ramp_us))
            elif start is not None:
                edges[unit], offsets[unit] = start.spot.edge, start.spot.offset_mm
                if start.walk is not None:
                    walks[unit] = start.walk
                    delays[unit] += start.walk.travel_us
        if end is not None:
            moved = (edges, offsets, delays, able)
            found += self._driven(costs, end, units=moved, walks=walks, ramp_us=ramp_us, band=band, k=k)
        return sorted(found, key=lambda reached: (reached.arrival_us, reached.unit))[:k]

    def _driven(
        self, costs: Costs, end: Door, *, units: Units, walks: dict[int, Route], ramp_us: int, band: int, k: int
    ) -> list[Reached]:
        """The first units that come on wheels; `walks` are those to their vehicles, whose time is in the delays.

        Getting up to speed depends on the whole trip, which the search does not see. Where the walk at its end alone
        takes as long, it is the same for everybody. Elsewhere nobody comes sooner than without it, so that more units
        are looked at until the k best come before all that were not looked at.
        """
        is_alike = _us(end.walk) >= ramp_us
        asked = k if is_alike else k + _MORE
        while True:
            first = self._search.first_reached(costs, end.spot, units=units, ramp_us=0, band=band, k=asked)
            found = []
            for unit, _, drive in first:
                walk = walks.get(unit)
                delay = int(units[2][unit]) - (0 if walk is None else walk.travel_us)
                found.append(_reached(unit, delay, self._whole(walk, drive, end.walk), ramp_us=ramp_us))
            found.sort(key=lambda reached: (reached.arrival_us, reached.unit))
            if is_alike or len(first) < asked or found[k - 1].arrival_us < first[-1].arrival_us + _us(end.walk):
                return found[:k]
            asked *= 2

    def _trip(self, costs: Costs, origin: Spot, goal: Spot, *, band: int, drive: Drive) -> Route | None:
        on_foot = self._on_foot(costs, origin, goal, band=band)
        if on_foot is not None:
            return on_foot
        start, end = self._start(costs, origin, band=band), self._end(costs, goal, band=band)
        if start is None or end is None:
            return None
        driven = drive(start.spot, end.spot)
        return None if driven is None else self._whole(start.walk, driven, end.walk)

    def _start(self, costs: Costs, origin: Spot, *, band: int) -> Door | None:
        """Where a unit sets out on wheels; None where it cannot get to its vehicle, or out of its gate."""
        own = self._gates.on_own(origin)
        if own is not None:
            return Door(own, None)
        walk = self._gates.walk_to(origin)
        entry = None if walk is None else self._gates.entry(walk.gate, costs.closed)
        if walk is None or entry is None or not costs.closed.isdisjoint(walk.back[1:]):
            return None
        at_gate = Spot(entry.into, int(self._length_mm[entry.into]))
        return Door(at_gate, self._walked(costs, walk.back, walk.back_mm, self._whole_mm(walk.back), band=band))

    def _end(self, costs: Costs, goal: Spot, *, band: int) -> Door | None:
        """Where a unit leaves its wheels; None where nobody gets to the goal."""
        own = self._gates.on_own(goal)
        if own is not None:
            return Door(own, None)
        walk = self._gates.walk_to(goal)
        entry = None if walk is None else self._gates.entry(walk.gate, costs.closed)
        if walk is None or entry is None or not costs.closed.isdisjoint(walk.there):
            return None
        return Door(Spot(entry.out_of, 0), self._walked(costs, walk.there, 0, walk.there_mm, band=band))

    def _on_foot(self, costs: Costs, origin: Spot, goal: Spot, *, band: int) -> Route | None:
        """The way between two places in lanes that have one gate: what both walks from it share is left out."""
        if not (self._gates.apart[origin.edge] and self._gates.apart[goal.edge]):
            return None
        out, into = self._gates.walk_to(origin), self._gates.walk_to(goal)
        if out is None or into is None or out.gate != into.gate:
            return None
        edges, start_mm, end_mm = self._between(out, into)
        if not costs.closed.isdisjoint(edges[1:]):
            return None
        return self._walked(costs, edges, start_mm, end_mm, band=band)

    def _between(self, out: Walk, into: Walk) -> tuple[tuple[int, ...], int, int]:
        """Edges, start and end of the walk from one place to another with the same gate; along a street, straight."""
        lane, length_mm = out.there[-1], int(self._length_mm[out.there[-1]])
        if into.there[-1] in (lane, out.back[0]):
            goal_mm = into.there_mm if into.there[-1] == lane else length_mm - into.there_mm
            if goal_mm >= out.there_mm:
                return (lane,), out.there_mm, goal_mm
            return out.back[:1], out.back_mm, length_mm - goal_mm
        n_out, n_into = len(out.there), len(into.there)
        pairs = zip(out.there, into.there, strict=False)
        n_shared = next((n for n, (one, other) in enumerate(pairs) if one != other), min(n_out, n_into))
        if n_shared == n_out:
            return into.there[n_out - 1 :], out.there_mm, into.there_mm
        if n_shared == n_into:
            return out.back[: n_out - n_into + 1], out.back_mm, self._whole_mm(into.there) - into.there_mm
        return (*out.back[: n_out - n_shared], *into.there[n_shared:]), out.back_mm, into.there_mm

    def _walked(self, costs: Costs, edges: tuple[int, ...], start_mm: int, end_mm: int, *, band: int) -> Route:
        us = [int(costs.table[US, edge]) for edge in edges]
        before_us = us[0] * start_mm // int(self._length_mm[edges[0]])
        last_us = us[-1] * end_mm // int(self._length_mm[edges[-1]])
        return Route(edges, start_mm, end_mm, sum(us[:-1]) + last_us - before_us, band)

    def _whole(self, walk_out: Route | None, drive: Route, walk_in: Route | None) -> Route:
        """The trip of its parts, which meet at junctions."""
        route = drive if walk_out is None else self._joined(walk_out, drive)
        return route if walk_in is None else self._joined(route, walk_in)

    def _joined(self, first: Route, second: Route) -> Route:
        """Two ways that meet at a junction; an edge is left out where one only touches its end there."""
        before = first.edges[:-1] if first.end_mm == 0 else first.edges
        after = second.edges if second.start_mm == 0 else second.edges[1:]
        start_mm = first.start_mm if before else 0
        end_mm = second.end_mm if after else self._whole_mm(before)
        return Route((*before, *after), start_mm, end_mm, first.travel_us + second.travel_us, first.band)

    def _whole_mm(self, edges: tuple[int, ...]) -> int:
        return int(self._length_mm[edges[-1]])


def _us(walk: Route | None) -> int:
    return 0 if walk is None else walk.travel_us


def _reached(unit: int, delay_us: int, route: Route, *, ramp_us: int) -> Reached:
    return Reached(unit, delay_us + with_ramp(route.travel_us, ramp_us=ramp_us), route)
