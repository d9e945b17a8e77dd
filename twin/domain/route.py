"""Places on the roads, and a unit's way between two of them, as data."""

from __future__ import annotations

import msgspec


class Spot(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A place on the roads: so many millimetres along a directed edge, from its tail."""

    edge: int
    offset_mm: int


class Route(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A way by road: starts `start_mm` along the first edge, ends `end_mm` along the last.

    `travel_us` is the *expected* time in time band `band`; `edges` is never empty.
    """

    edges: tuple[int, ...]
    start_mm: int
    end_mm: int
    travel_us: int
    band: int

    @property
    def goal(self) -> Spot:
        """Where the route ends."""
        return Spot(self.edges[-1], self.end_mm)


class Leg(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A unit under way: its route, when it left, and when it will arrive (never shown to a policy)."""

    route: Route
    departed_at: int
    arrives_at: int
