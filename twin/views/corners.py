"""Signs that stay on the street: how far to draw units along their ways, so that straight lines join what is drawn.

In: a moment, the one a map shows, and what it shows. Out: places for the signs. The map moves signs in straight lines
from one moment to the next. A unit that has turned a corner in between is therefore drawn at the corner and catches up
with the moments that follow; who has fallen behind by more than a few of them is drawn where he is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from twin.domain.quantities import MINUTE
from twin.roads.laps import Patrols
from twin.roads.network import FloatArray, LongArray, RoadNetwork
from twin.roads.terrain import M_PER_DEGREE
from twin.views.crew import Streets, walked
from twin.views.lines import Walk, Walks, in_columns, points_of
from twin.views.moment import Moment, UnitShown

TOLERANCE_M = 3.0
"""A way that stays this near to a straight line is one."""
MOST_BEHIND = 3
"""So many times the span between two moments a sign may be behind."""
_LONGEST_US = MINUTE
"""Over a longer span signs jump anyway."""
_MOST_CORNERS = 6


class Drawn(NamedTuple):
    """What a map shows of the units of a moment.

    `places`: longitudes and latitudes, float64 (n_units, 2). `at`: int64 (n_units,), the instants they were there.
    """

    places: FloatArray
    at: LongArray


def as_they_are(moment: Moment) -> Drawn:
    """Everybody where he is."""
    return Drawn(moment.places, np.full(len(moment.units), moment.at, np.int64))


def drawn_after(moment: Moment, before: Moment, shown: Drawn, streets: Streets) -> Drawn:
    """Where to draw the units of a moment on a map that shows those of `before` as `shown`.

    No sign leaves the streets by more than `TOLERANCE_M`, as long as it keeps up.
    """
    span_us = moment.at - before.at
    if len(before.units) != len(moment.units) or not 0 < span_us <= _LONGEST_US:
        return as_they_are(moment)
    places, at = moment.places.copy(), np.full(len(moment.units), moment.at, np.int64)
    since = np.maximum(shown.at, moment.at - (MOST_BEHIND + 1) * span_us)
    for units, walks, of_walk in _walks(before, moment, since, streets):
        points, start = points_of(streets.roads, walks)
        first = np.searchsorted(of_walk, np.arange(units.size))
        run = np.append(start[first], start[-1])
        points[run[:-1]] = shown.places[units]
        end, share = _straight_on(points, run)
        here = since[units] + (share * (moment.at - since[units])).astype(np.int64)
        behind = (end < run[1:] - 1) & (moment.at - here <= MOST_BEHIND * span_us)
        places[units[behind]], at[units[behind]] = points[end[behind]], here[behind]
    return Drawn(places, at)


def _walks(
    before: Moment, moment: Moment, since: LongArray, streets: Streets
) -> Iterator[tuple[LongArray, Walks, LongArray]]:
    """What those did since they were where they are drawn who may have turned a corner.

    Yields
    ------
    (units, walks, of_walk) : numbers of units, ascending; what they walked, in order; to which of them each belongs.
    """
    patrols, is_straight = streets.patrols, _is_straight(streets.roads)
    on_patrol, others, walks = list[int](), list[int](), list[Walk]()
    regular = [] if patrols is None else patrols.regular.tolist()
    for was, now, begun in zip(before.units, moment.units, since.tolist(), strict=True):
        edge = now.spot.edge
        if begun == before.at and (was.spot == now.spot or (was.spot.edge == edge and is_straight[edge])):
            continue
        if (
            now.phase is not None
            and regular[now.unit]
            and now.phase.into_us >= moment.at - begun <= moment.at - now.since
        ):
            on_patrol.append(now.unit)
            continue
        for walk in _since(was, now, at=(before.at, moment.at), begun=begun, streets=streets):
            others.append(now.unit)
            walks.append(walk)
    if patrols is not None and on_patrol:
        units = np.array(on_patrol, np.int64)
        into_us = np.array([phase.into_us for unit in on_patrol if (phase := moment.units[unit].phase)], np.int64)
        yield units, _on_laps(patrols, units, into_us, by_us=moment.at - since[units]), np.arange(units.size)
    if walks:
        units, of_walk = np.unique(np.array(others, np.int64), return_inverse=True)
        yield units, in_columns(walks), of_walk


def _since(was: UnitShown, now: UnitShown, *, at: tuple[int, int], begun: int, streets: Streets) -> Iterator[Walk]:
    """What a unit went since `begun`: with what it was doing before, and with what it is doing now."""
    took_up = now.since if now.leg is None else now.leg.departed_at
    turn = min(max(took_up, begun), at[1])
    if turn > begun:
        walk = walked(was, at[0], since=begun, until=turn, streets=streets)
        if walk is not None:
            yield walk
    walk = walked(now, at[1], since=turn, until=at[1], streets=streets)
    if walk is not None:
        yield walk


def _on_laps(patrols: Patrols, units: LongArray, into_us: LongArray, *, by_us: LongArray) -> Walks:
    """What units on regular laps, that are `into_us` into them, walked in the last `by_us` of those."""
    beats, beat = patrols.beats, patrols.beat[units]
    begin, end = beats.base_us[beat] + into_us - by_us, beats.base_us[beat] + into_us
    first, last = (np.searchsorted(beats.start_us, instant, side="right") - 1 for instant in (begin, end))
    start_mm, end_mm = (beats.places(beat, into)[1] for into in (into_us - by_us, into_us))
    return Walks(beats.edges[_ranges(first, last)], last - first + 1, start_mm, end_mm)


def _straight_on(points: FloatArray, run: LongArray) -> tuple[LongArray, FloatArray]:
    """How far along each run of points one gets in a straight line.

    Parameters
    ----------
    points : float64 (n_points, 2), degrees. run : int64 (n_runs + 1,), where each run starts.

    Returns
    -------
    (end, share) : int64 (n_runs,), the last point so reached, and float64 (n_runs,), its share of the run's length.
    """
    metres = points * M_PER_DEGREE * [np.cos(np.radians(points[0, 1])), 1.0]
    steps_m = np.hypot(*np.diff(metres, axis=0, prepend=metres[:1]).T)
    steps_m[run[:-1]] = 0.0
    done_m = np.cumsum(steps_m)
    begin, end = run[:-1], run[1:] - 1
    open_runs = np.arange(end.size)
    for _ in range(_MOST_CORNERS):
        farthest, far_m = _farthest(metres, begin[open_runs], end[open_runs])
        bent = far_m > TOLERANCE_M
        open_runs = open_runs[bent]
        if not open_runs.size:
            break
        end[open_runs] = farthest[bent]
    whole_m = done_m[run[1:] - 1] - done_m[begin]
    return end, np.divide(done_m[end] - done_m[begin], whole_m, out=np.ones(end.size), where=whole_m > 0)


def _farthest(metres: FloatArray, begin: LongArray, end: LongArray) -> tuple[LongArray, FloatArray]:
    """Of the points from `begin` to `end` the one farthest from the straight line between those two, and how far."""
    n_points, point = end - begin + 1, _ranges(begin, end)
    gone = metres[point] - np.repeat(metres[begin], n_points, axis=0)
    along = np.repeat(metres[end] - metres[begin], n_points, axis=0)
    part = np.clip((gone * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9), 0.0, 1.0)
    far_m = np.hypot(*(gone - part[:, None] * along).T)
    order = np.lexsort((far_m, np.repeat(np.arange(n_points.size), n_points)))
    farthest = order[np.cumsum(n_points) - 1]
    return point[farthest], far_m[farthest]


def _ranges(first: LongArray, last: LongArray) -> LongArray:
    """All whole numbers from each first to each last, one range after the other."""
    n = last - first + 1
    numbers: LongArray = np.arange(n.sum()) + np.repeat(first - (np.cumsum(n) - n), n)
    return numbers


@lru_cache(maxsize=2)
def _is_straight(roads: RoadNetwork) -> list[bool]:
    """Whether each edge is drawn as one straight line."""
    straight: list[bool] = (np.diff(roads.shape_start) == 2).tolist()
    return straight
