"""Ways on the map: where the selected unit was and goes, and how those come who are sent to the selected case.

In: a moment and what is selected. Out: one layer of lines, or none. It is GeoJSON because the page dims the colours of
other layers while something is selected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pydeck

from twin.domain.unit import EN_ROUTE, TURNOUT
from twin.views.crew import Streets, trail_of
from twin.views.lines import Line, Walk, lines_of
from twin.views.moment import Moment
from twin.views.palette import STATUS_BADGE, Palette

_AHEAD_ALPHA, _BEHIND_ALPHA = 200, 115
_DEGREE_DIGITS = 5


class _Drawn(NamedTuple):
    """A line, its colour with alpha, and its width in pixels."""

    line: Line
    colour: tuple[int, ...]
    width_px: float


def way_layers(
    moment: Moment, *, case: int | None, unit: int | None, streets: Streets, colours: Palette
) -> list[pydeck.Layer]:
    """The ways that concern the selected case and the selected unit."""
    lines = [*_about_unit(moment, unit, streets, colours), *_about_case(moment, case, streets, colours)]
    return [_line_layer(lines)] if lines else []


def _about_unit(moment: Moment, number: int | None, streets: Streets, colours: Palette) -> list[_Drawn]:
    """Where the selected unit has just been, and its way still ahead."""
    if number is None or not 0 <= number < len(moment.units):
        return []
    unit = moment.units[number]
    if unit.status not in STATUS_BADGE:
        return []
    behind, ahead = trail_of(unit, moment.at, streets)
    colour = colours.status[unit.status]
    return _drawn(streets, [(behind, (*colour, _BEHIND_ALPHA), 3.0), (ahead, (*colour, _AHEAD_ALPHA), 4.0)])


def _about_case(moment: Moment, number: int | None, streets: Streets, colours: Palette) -> list[_Drawn]:
    """The ways of those who are coming to the selected case; straight lines from those who are about to set out."""
    index = next((index for index, case in enumerate(moment.cases) if case.case == number), None)
    if number is None or index is None:
        return []
    ways, straight = list[tuple[Walk | None, tuple[int, ...], float]](), list[_Drawn]()
    for unit in (moment.units[unit] for unit in moment.cases[index].units):
        colour = (*colours.status[EN_ROUTE], _AHEAD_ALPHA)
        if unit.status is EN_ROUTE:
            ways.append((trail_of(unit, moment.at, streets)[1], colour, 3.0))
        elif unit.status is TURNOUT:
            line = np.round([moment.places[unit.unit], moment.case_places[index]], _DEGREE_DIGITS).tolist()
            straight.append(_Drawn(line, colour, 1.5))
    return _drawn(streets, ways) + straight


def _drawn(streets: Streets, ways: Sequence[tuple[Walk | None, tuple[int, ...], float]]) -> list[_Drawn]:
    there = [(walk, colour, width_px) for walk, colour, width_px in ways if walk is not None]
    lines = lines_of(streets.roads, [walk for walk, _, _ in there])
    return [_Drawn(line, colour, width_px) for line, (_, colour, width_px) in zip(lines, there, strict=True)]


def _line_layer(lines: Sequence[_Drawn]) -> pydeck.Layer:
    features = [
        {
            "type": "Feature",
            "properties": {"colour": drawn.colour, "width": drawn.width_px},
            "geometry": {"type": "LineString", "coordinates": drawn.line},
        }
        for drawn in lines
    ]
    return pydeck.Layer(
        "GeoJsonLayer",
        {"type": "FeatureCollection", "features": features},
        id="lines",
        get_line_color="properties.colour",
        get_line_width="properties.width",
        line_width_units="'pixels'",
        line_cap_rounded=True,
        line_joint_rounded=True,
    )
