"""Map layers to point at: streets and unit cells that answer a click, and the place that is chosen.

In: a city, and where the page's server gives its streets and cells. Out: their rows, pydeck layers that hold addresses,
and what was clicked. Where there are very many streets only cells can be clicked; one of a cell's streets is then
chosen from a list. What can be clicked is kept cheap to draw: a click takes effect only if what lies under the pointer
is found within a quarter of a second, also on machines without a graphics card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pydeck

from twin.domain.grid import Cells
from twin.roads.network import RoadNetwork, to_lonlat
from twin.views.city import CityShown, shown_once
from twin.views.palette import Palette
from twin.views.placing import Placed, place_in_cell, place_on_street, street_name

MOST_STREETS = 20_000
"""With more edges than this, streets do not answer a click."""
STREETS, CELLS = "place_streets", "place_cells"
"""Ids of the layers that do."""
_DEGREE_DIGITS = 6
_STREET_M = 9
"""Streets one can click on grow with the map, between limits in pixels."""
_STREET_ALPHA, _CELL_ALPHA, _TOUCHED_ALPHA = 90, 22, 170
_CORNERS = ((0.03, 0.03), (0.97, 0.03), (0.97, 0.97), (0.03, 0.97), (0.03, 0.03))
"""Of a square, in sides of it: the gaps between are the lines one sees, which cost nothing to draw."""


@dataclass(frozen=True, slots=True)
class PickAddresses:
    """Where the page's server gives what can be clicked; None for what this city has not, or has too many of."""

    streets: str | None
    cells: str | None


def has_pickable_streets(roads: RoadNetwork) -> bool:
    """Whether there are few enough streets to click on."""
    return roads.n_edges <= MOST_STREETS


def streets_json(roads: RoadNetwork) -> bytes:
    """Every street, two-way ones once, as rows for straight lines: `from`, `to`, `edge` (its lower edge), and `text`.

    Straight stretches, because a line is drawn, and found again under the pointer, at a third of the cost of a path.
    """
    lon, lat = to_lonlat(roads.crs, roads.shape_x, roads.shape_y)
    points = np.round(np.column_stack([lon, lat]), _DEGREE_DIGITS).tolist()
    start = roads.shape_start.tolist()
    rows = [
        {"from": points[place], "to": points[place + 1], "edge": edge, "text": street_name(roads, edge)}
        for edge in np.flatnonzero(shown_once(roads)).tolist()
        for place in range(start[edge], start[edge + 1] - 1)
    ]
    return _json(rows)


def cells_geojson(cells: Cells, *, crs: str) -> bytes:
    """Every square as a polygon with `cell` and `text` (code and area); of cells that share one, that with most street.

    Parameters
    ----------
    crs : the projection that squares are counted in.
    """
    order = np.argsort(-cells.street_mm, kind="stable")
    _, first = np.unique(cells.square[order], axis=0, return_index=True)
    shown = order[np.sort(first)]
    corners = (cells.square[shown, None, :] + np.array(_CORNERS)) * cells.size_m
    lon, lat = to_lonlat(crs, corners[..., 0], corners[..., 1])
    rings = np.round(np.stack([lon, lat], axis=2), _DEGREE_DIGITS).tolist()
    features = [
        {
            "type": "Feature",
            "properties": {"cell": cell, "text": f"{cells.codes[cell]}\n{cells.areas[cells.area[cell]]}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for cell, ring in zip(shown.tolist(), rings, strict=True)
    ]
    return _json({"type": "FeatureCollection", "features": features})


def pick_layers(addresses: PickAddresses, *, colours: Palette) -> list[pydeck.Layer]:
    """What answers a click, cells below streets; what the pointer touches lights up."""
    layers = []
    touched = {"pickable": True, "auto_highlight": True, "highlight_color": [*colours.bands[2].colour, _TOUCHED_ALPHA]}
    if addresses.cells is not None:
        fill = [*colours.grid, _CELL_ALPHA]
        layers.append(
            pydeck.Layer("GeoJsonLayer", addresses.cells, id=CELLS, get_fill_color=fill, stroked=False, **touched)
        )
    if addresses.streets is not None:
        layers.append(
            pydeck.Layer(
                "LineLayer",
                addresses.streets,
                id=STREETS,
                get_source_position="from",
                get_target_position="to",
                get_color=[*colours.facility, _STREET_ALPHA],
                get_width=_STREET_M,
                width_units="'meters'",
                width_min_pixels=2,
                width_max_pixels=7,
                **touched,
            )
        )
    return layers


def chosen_layers(placed: Placed, roads: RoadNetwork, *, colours: Palette) -> list[pydeck.Layer]:
    """The street of a chosen place, and the place on it."""
    line = roads.shape_lonlat(placed.edges[0]).round(_DEGREE_DIGITS).tolist()
    at = [round(placed.lon, _DEGREE_DIGITS), round(placed.lat, _DEGREE_DIGITS)]
    return [
        pydeck.Layer(
            "PathLayer",
            [{"path": line}],
            id="place_line",
            get_path="path",
            get_color=[*colours.bands[3].colour, 230],
            get_width=6,
            width_units="'pixels'",
            cap_rounded=True,
        ),
        pydeck.Layer(
            "ScatterplotLayer",
            [{"at": at}],
            id="place_spot",
            get_position="at",
            get_radius=8,
            radius_units="'pixels'",
            get_fill_color=list(colours.bands[3].colour),
            get_line_color=list(colours.ground),
            get_line_width=2.5,
            line_width_units="'pixels'",
            stroked=True,
        ),
    ]


def picked(city: CityShown, objects: Mapping[str, Sequence[Mapping[str, object]]]) -> Placed | None:
    """The street or the cell that was clicked, by what the map gives back: layer → rows or features."""
    for row in objects.get(STREETS, ()):
        if (edge := _number(row, "edge", below=city.roads.n_edges)) is not None:
            return place_on_street(city, edge)
    for feature in objects.get(CELLS, ()):
        about = feature.get("properties")
        if city.cells is not None and isinstance(about, Mapping):
            cell = _number(about, "cell", below=city.cells.n)
            return None if cell is None else place_in_cell(city, city.cells, cell)
    return None


def _number(row: Mapping[str, object], name: str, *, below: int) -> int | None:
    """A whole number from what came back from a browser; None where it is none that there is."""
    number = row.get(name)
    return number if isinstance(number, int) and 0 <= number < below else None


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
