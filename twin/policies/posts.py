"""Where units wait: what rules of repositioning have in common, so that a rule says only who should wait where.

In: a view. Out: who may be posted elsewhere, what is covered from where they wait, and how many moves are left in the
hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from twin.domain.quantities import HOUR
from twin.domain.route import Spot
from twin.domain.unit import PARKED, PATROLLING, RETURNING
from twin.policies.cover import FlagArray, covers
from twin.world.view import UnitSeen, View


def is_movable(unit: UnitSeen) -> bool:
    """Whether a unit is free and does not patrol."""
    return unit.post is not None and unit.status in (PARKED, RETURNING)


def waiting(view: View, *, skill: str | None = None) -> list[UnitSeen]:
    """Free units, those on patrol among them, by number; with a skill, those that have it."""
    free = (PARKED, RETURNING, PATROLLING)
    return [unit for unit in view.units() if unit.status in free and (skill is None or skill in unit.skills)]


def covered_from(view: View, unit: UnitSeen, posts: Sequence[Spot], *, target_us: int) -> FlagArray:
    """Which zones a unit would cover from each of some posts, standing there: bool (n_posts, n_zones)."""
    return covers(view.reach_from_us(posts, mode=unit.mode) + unit.turnout_us, target_us=target_us)


def covering(view: View, units: Iterable[UnitSeen], *, target_us: int) -> FlagArray:
    """Which zones each unit covers from where it waits, or on patrol from where it is: bool (n_units, n_zones)."""
    rows = [
        covers(view.reach_us([unit.unit]), target_us=target_us)
        if unit.post is None
        else covered_from(view, unit, [unit.post], target_us=target_us)
        for unit in units
    ]
    return np.concatenate(rows) if rows else np.zeros((0, view.zones().n), np.bool_)


def in_the_hour(moved_at: tuple[int, ...], *, now: int) -> tuple[int, ...]:
    """Of the instants of moves, those of the last hour.

    >>> in_the_hour((0, 1, HOUR), now=HOUR + 1)
    (3600000000,)
    """
    return tuple(at for at in moved_at if at > now - HOUR)


def n_left(moved_at: tuple[int, ...], *, per_hour: int | None, otherwise: int) -> int:
    """How many moves the hour has left, given those in it; `otherwise` where there is no limit."""
    return otherwise if per_hour is None else max(0, per_hour - len(moved_at))
