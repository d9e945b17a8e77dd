"""Where does it get worse? Grids coloured by how much an alternative differs there, pale where nobody can tell.

In: what is shown of an experiment and which alternative is looked at. Out: a pydeck layer of the grids' ground, with
plain text popping up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pydeck
import shapely

from twin.domain.grid import Cells, Overlay
from twin.metrics.by_group import GroupTold
from twin.roads.network import to_lonlat
from twin.views.city import CityShown
from twin.views.experiment import OF_GROUPS, ExperimentShown
from twin.views.experiment_charts import BETTER, OPEN, WORSE, judged, judged_colour, measure_of
from twin.views.grid_borders import grid_of_squares
from twin.views.layers import Row
from twin.views.measuring import change, measure_name
from twin.views.palette import Palette
from twin.views.words import Words

_LEAST_ALPHA, _MOST_ALPHA, _OPEN_ALPHA, _SILENT_ALPHA = 90, 215, 60, 14
_DIGITS = 6


def has_grids(shown: ExperimentShown) -> bool:
    """Whether there are grids to be coloured, and cases in them."""
    city = shown.city
    return (
        city is not None and city.cells is not None and bool(city.overlays) and any(shown.groups["grid", OF_GROUPS[0]])
    )


def difference_layer(shown: ExperimentShown, name: str, column: str, *, words: Words, colours: Palette) -> pydeck.Layer:
    """The grids, coloured by how much an alternative differs from what it is compared with."""
    assert shown.city is not None
    told = {group.group: group for group in shown.groups["grid", column]}
    gaps = [abs(gap.mean) for each in told.values() if (gap := each.differences.get(name)) and gap.mean is not None]
    most = max(gaps, default=0.0) or 1.0
    rows: list[Row] = []
    for ref, label, polygon in _ground(shown.city):
        group = told.get(ref)
        look = _look(group, name, most, colours)
        rows.append({"polygon": polygon, "fill": look, "text": _tip(label, group, name, column, words)})
    return pydeck.Layer(
        "PolygonLayer",
        rows,
        id="differences",
        get_polygon="polygon",
        get_fill_color="fill",
        get_line_color=[*colours.text, 55],
        line_width_min_pixels=1,
        stroked=True,
        pickable=True,
    )


def counted(shown: ExperimentShown, name: str, column: str) -> dict[str, int]:
    """How many grids get better, get worse, and cannot be told."""
    found = {BETTER: 0, WORSE: 0, OPEN: 0}
    for group in shown.groups["grid", column]:
        gap = group.differences.get(name)
        if gap is not None and gap.t is not None:
            found[judged(gap.t.low, gap.t.high, more_is_better=False)] += 1
    return found


def _look(group: GroupTold | None, name: str, most: float, colours: Palette) -> list[int]:
    gap = None if group is None else group.differences.get(name)
    if gap is None or gap.mean is None or gap.t is None:
        return [*colours.roads[0], _SILENT_ALPHA]
    verdict = judged(gap.t.low, gap.t.high, more_is_better=False)
    if verdict == OPEN:
        return [*judged_colour(WORSE if gap.mean > 0 else BETTER, colours), _OPEN_ALPHA]
    depth = abs(gap.mean) / most
    return [*judged_colour(verdict, colours), round(_LEAST_ALPHA + (_MOST_ALPHA - _LEAST_ALPHA) * depth)]


def _tip(label: str, group: GroupTold | None, name: str, column: str, words: Words) -> str:
    gap = None if group is None else group.differences.get(name)
    if group is None or gap is None or gap.mean is None or gap.t is None:
        return words("lab.map.tip.few", grid=label)
    measure = measure_of(column)
    mean, low, high = (change(measure, value, words) for value in (gap.mean, gap.t.low, gap.t.high))
    told = measure_name(measure, words)
    return words("lab.map.tip", grid=label, measure=told, gap=mean, low=low, high=high, n=f"{group.n:.1f}")


def _ground(city: CityShown) -> Sequence[tuple[str, str, list[list[float]]]]:
    """Reference, name and outline of every piece of every grid of the city's first overlay, degrees."""
    assert city.cells is not None
    return _outlines(city.cells, city.overlays[0], city.roads.crs)


@lru_cache(maxsize=4)
def _outlines(cells: Cells, overlay: Overlay, crs: str) -> tuple[tuple[str, str, list[list[float]]], ...]:
    grids, (column, row) = grid_of_squares(cells, overlay)
    found = []
    for number, grid in enumerate(overlay.grids):
        rows, columns = np.nonzero(grids == number)
        if not rows.size:
            continue
        west, south = (columns + column) * cells.size_m, (rows + row) * cells.size_m
        whole = shapely.union_all(shapely.box(west, south, west + cells.size_m, south + cells.size_m))
        for piece in shapely.get_parts(whole):
            x, y = shapely.get_coordinates(piece.exterior).T
            lon, lat = to_lonlat(crs, x, y)
            outline = np.round(np.column_stack([lon, lat]), _DIGITS).tolist()
            found.append((grid.ref, grid.name or grid.ref, outline))
    return tuple(found)
