"""Engines that are wrong on purpose about streets: each takes a setting and gives one back with a part exchanged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from agents.setting import Setting
from tests.theory.rules import SecondNearest
from tests.theory.street_grid import places
from twin.domain.route import Spot
from twin.roads.network import LongArray
from twin.roads.router import Router
from twin.roads.ways import FlagArray, Reached


class AsTheCrowFlies:
    """Ways of a router on a street grid, but for their lengths: those are straight lines."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def __getattr__(self, name: str) -> Any:
        return getattr(self._router, name)

    def first_reached(
        self, goal: Spot, *, edges: LongArray, offsets_mm: LongArray, able: FlagArray, k: int = 1, **how: Any
    ) -> list[Reached]:
        """The k able units with the shortest straight lines to the goal."""
        roads = self._router.network
        to = places(roads, np.array([goal.edge]), np.array([goal.offset_mm]))
        start = places(roads, edges, offsets_mm)
        block_us = int(self._router.travel.edge_us(roads)[0, goal.edge])
        line_us = np.where(able, np.hypot(start.x - to.x, start.y - to.y) * block_us, np.inf)
        return [self._straight(unit, goal, int(line_us[unit]), edges, offsets_mm, how) for unit in _first(line_us, k)]

    def _straight(
        self, unit: int, goal: Spot, line_us: int, edges: LongArray, offsets_mm: LongArray, how: dict[str, Any]
    ) -> Reached:
        start = Spot(int(edges[unit]), int(offsets_mm[unit]))
        route = self._router.route(start, goal, band=how["band"], closed=how["closed"])
        return Reached(unit, line_us, msgspec.structs.replace(route, travel_us=line_us))


class AtFullSpeed:
    """Ways of a router, but trips begin and end at cruising speed."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def __getattr__(self, name: str) -> Any:
        return getattr(self._router, name)

    def driving_us(self, travel_us: int) -> int:
        """The network time and nothing more."""
        return travel_us


def unchanged(setting: Setting) -> Setting:
    """Nothing is wrong."""
    return setting


def as_the_crow_flies(setting: Setting) -> Setting:
    """Distances are Euclidean."""
    return _with_ways(setting, AsTheCrowFlies)


def second_nearest(setting: Setting) -> Setting:
    """The second nearest unit is sent."""
    return replace(setting, policy=SecondNearest())


def nobody_is_ever_busy(setting: Setting) -> Setting:
    """Work keeps nobody: all units are free for every case."""
    return replace(setting, habits=replace(setting.habits, on_scene={}))


def at_full_speed_at_once(setting: Setting) -> Setting:
    """No time is lost by speeding up and slowing down."""
    return _with_ways(setting, AtFullSpeed)


def _with_ways(setting: Setting, kind: Callable[[Router], Any]) -> Setting:
    ways = tuple(kind(router) for router in setting.terrain.ways if isinstance(router, Router))
    return replace(setting, terrain=replace(setting.terrain, ways=ways))


def _first(line_us: np.ndarray, k: int) -> list[int]:
    """The k units with the least finite times, ties by number."""
    return [int(unit) for unit in np.argsort(line_us, kind="stable")[:k] if np.isfinite(line_us[unit])]
