"""Signs glide along the streets."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from tests.views.shown_moment import course, town_moment, town_streets
from twin.domain.quantities import MINUTE
from twin.roads.network import to_xy
from twin.views.corners import MOST_BEHIND, TOLERANCE_M, Drawn, as_they_are, drawn_after
from twin.views.moment import Moment

STREETS = town_streets()
ROADS = STREETS.roads
Places = NDArray[np.float64]


@cache
def streets_tree() -> shapely.STRtree:
    points = np.column_stack([ROADS.shape_x, ROADS.shape_y])
    ends = zip(ROADS.shape_start[:-1].tolist(), ROADS.shape_start[1:].tolist(), strict=True)
    return shapely.STRtree([shapely.LineString(points[first:end]) for first, end in ends])


def off_street_m(before: Places, after: Places) -> Places:
    """How far from any street signs are on their straight way from place to place, where they move."""
    moved = np.abs(after - before).max(axis=1) > 1e-6
    off = []
    for share in (0.25, 0.5, 0.75):
        lon, lat = (before[moved] + share * (after - before)[moved]).T
        points = shapely.points(*to_xy(ROADS.crs, lon.copy(), lat.copy()))
        off.append(streets_tree().query_nearest(points, return_distance=True, all_matches=False)[1])
    return np.concatenate(off)


def drawn(moments: tuple[Moment, ...]) -> list[Drawn]:
    """What a map shows that sees one moment after the other."""
    shown = [as_they_are(moments[0])]
    for before, moment in pairwise(moments):
        shown.append(drawn_after(moment, before, shown[-1], STREETS))
    return shown


def test_signs_keep_to_the_streets_where_straight_lines_would_not() -> None:
    moments = course(every_s=4.0)
    shown = drawn(moments)
    straight = np.concatenate([off_street_m(a.places, b.places) for a, b in pairwise(moments)])
    kept = np.concatenate([off_street_m(a.places, b.places) for a, b in pairwise(shown)])
    assert (straight > TOLERANCE_M + 1).mean() > 0.05
    assert (kept > TOLERANCE_M + 1).mean() < 0.02


def test_nobody_is_drawn_where_he_has_not_been_or_far_behind() -> None:
    moments = course(every_s=4.0)
    span_us = moments[1].at - moments[0].at
    for moment, shown in zip(moments, drawn(moments), strict=True):
        assert (shown.at <= moment.at).all()
        assert (shown.at >= moment.at - MOST_BEHIND * span_us).all()
        on_time = shown.at == moment.at
        assert shown.places[on_time] == pytest.approx(moment.places[on_time])


def test_who_stands_is_drawn_where_he_stands() -> None:
    before, moment = course(every_s=4.0)[:2]
    shown = drawn_after(moment, before, as_they_are(before), STREETS)
    standing = [unit.unit for unit in moment.units if unit.leg is None and unit.phase is None]
    assert standing
    for unit in standing:
        if before.units[unit].spot == moment.units[unit].spot:
            assert shown.places[unit].tolist() == moment.places[unit].tolist()


def test_over_a_long_time_signs_jump() -> None:
    before, moment = town_moment(70 * MINUTE), town_moment()
    shown = drawn_after(moment, before, as_they_are(before), STREETS)
    assert shown.places.tolist() == moment.places.tolist()


def test_back_in_time_signs_jump() -> None:
    before, moment = course(every_s=4.0)[:2]
    shown = drawn_after(before, moment, as_they_are(moment), STREETS)
    assert shown.places.tolist() == before.places.tolist()
