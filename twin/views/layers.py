"""Map layers over the streets: cases, stations, and units with their ways. Data in, pydeck layers out; no page.

Every layer has a fixed id and its rows keep their order, so that a moved slider changes positions and nothing else.
What pops up over a sign is plain text, never HTML: names come from feeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pydeck

from twin.domain.route import Spot
from twin.domain.unit import UnitStatus
from twin.roads.network import RoadNetwork
from twin.views.cases import CaseShown
from twin.views.city import Camera, StationShown
from twin.views.icons import DISC, SIGNS_URL, icon, mapping
from twin.views.lines import line_ahead
from twin.views.palette import STATUS_SHAPE, Colour, Palette, Shape, band_of
from twin.views.scene import OUT, UnitShown
from twin.views.words import Words

Row = dict[str, object]
_FILL_ALPHA = 205
_RING_PX = 6.5
_UNIT_PX = 22
_CROWD = 40
"""With more units than this on the map, signs are smaller, those of free units most."""
_OUT_IN_CROWD_PX, _FREE_IN_CROWD_PX = 17, 11
_MANY_CASES = 400
_SMALLER = 0.7
"""With more cases than `_MANY_CASES` their discs are smaller by this factor."""
_STATION_PX = 20
_ROW_OF = 5


def case_layer(cases: Sequence[CaseShown], *, roads: RoadNetwork, colours: Palette, words: Words) -> pydeck.Layer:
    """Cases as discs, coloured and sized by response time; a ring where no unit came."""
    rows: list[Row] = []
    scale = _SMALLER if len(cases) > _MANY_CASES else 1.0
    for case, position in zip(cases, _positions(roads, [case.spot for case in cases]), strict=True):
        band = band_of(case.response_s, colours)
        came = words.never_reached if case.response_s is None else words.span(case.response_s)
        rows.append(
            {
                "at": position,
                "fill": [*colours.unreached, 0] if band is None else [*band.colour, _FILL_ALPHA],
                "line": list(colours.unreached if band is None else colours.ground),
                "radius": scale * (_RING_PX if band is None else band.radius_px),
                "width": 2.5 if band is None else 0.8,
                "text": words("tip.case", matter=case.matter, priority=case.priority, area=case.area, response=came),
            }
        )
    return pydeck.Layer(
        "ScatterplotLayer",
        rows,
        id="cases",
        get_position="at",
        get_fill_color="fill",
        get_line_color="line",
        get_line_width="width",
        get_radius="radius",
        radius_units="'pixels'",
        line_width_units="'pixels'",
        stroked=True,
        pickable=True,
    )


def station_layer(stations: Iterable[StationShown], *, colours: Palette, words: Words) -> pydeck.Layer:
    """Stations that stand on the map."""
    rows: list[Row] = [
        {
            "at": [station.lon, station.lat],
            "sign": icon(Shape.HOUSE),
            "colour": list(colours.station),
            "text": words("tip.station", name=station.name),
        }
        for station in stations
        if station.on_map
    ]
    return _signs("stations", rows, size=_STATION_PX)


def unit_layers(
    units: Sequence[UnitShown], *, at: int, roads: RoadNetwork, colours: Palette, words: Words
) -> list[pydeck.Layer]:
    """Units: the way still ahead as a line, and a ringed sign by status, its shape hollow where the way is inferred.

    Units that share a place stand side by side above it.
    """
    seen = [unit for unit in units if unit.status is not UnitStatus.AWAY]
    rows: list[Row] = []
    lines: list[Row] = []
    positions = _positions(roads, [unit.spot for unit in seen])
    sizes = [_size_px(unit.status, crowded=len(seen) > _CROWD) for unit in seen]
    offsets = _side_by_side(seen, positions, sizes)
    for unit, position, size, beside in zip(seen, positions, sizes, offsets, strict=True):
        colour = list(colours.status[unit.status])
        status = words(f"status.{unit.status.name.lower()}")
        tip = words("tip.unit", name=unit.name, kind=unit.kind, status=status)
        rows.append(
            {
                "at": position,
                "beside": beside,
                "size": size,
                "sign": icon(STATUS_SHAPE[unit.status], hollow=unit.inferred, ringed=True),
                "disc": DISC,
                "colour": colour,
                "ground": list(colours.ground),
                "text": tip + words("tip.inferred") if unit.inferred else tip,
            }
        )
        if unit.leg is not None:
            lines.append({"path": line_ahead(roads, unit.leg, at), "colour": [*colour, 170]})
    ways = pydeck.Layer(
        "PathLayer",
        lines,
        id="ways",
        get_path="path",
        get_color="colour",
        get_width=2.5,
        width_units="'pixels'",
        cap_rounded=True,
        joint_rounded=True,
    )
    discs = _signs("unit-discs", rows, size="size", sign="disc", colour="ground", get_pixel_offset="beside")
    return [ways, discs, _signs("units", rows, size="size", get_pixel_offset="beside")]


def _size_px(status: UnitStatus, *, crowded: bool) -> int:
    if not crowded:
        return _UNIT_PX
    return _OUT_IN_CROWD_PX if status in OUT else _FREE_IN_CROWD_PX


def _side_by_side(units: Sequence[UnitShown], positions: list[list[float]], sizes: list[int]) -> list[list[float]]:
    """Offsets in pixels that keep units at the same place apart: rows of up to five, above the place when parked."""
    together: dict[tuple[float, ...], list[int]] = {}
    for index, position in enumerate(positions):
        together.setdefault(tuple(position), []).append(index)
    offsets = [[0.0, 0.0]] * len(units)
    for indices in together.values():
        for number, index in enumerate(indices):
            row, place = divmod(number, _ROW_OF)
            in_row = min(_ROW_OF, len(indices) - row * _ROW_OF)
            lifted = units[index].status is UnitStatus.PARKED
            offsets[index] = [(place - (in_row - 1) / 2) * sizes[index], -(row + lifted) * sizes[index]]
    return offsets


def deck(layers: list[pydeck.Layer], *, camera: Camera, style_url: str, colours: Palette) -> pydeck.Deck:
    """The map: layers over the streets that `style_url` draws, with plain text popping up."""
    tip = {
        "backgroundColor": _hex(colours.text),
        "color": _hex(colours.ground),
        "fontSize": "13px",
        "padding": "6px 9px",
    }
    return pydeck.Deck(
        layers=layers,
        map_provider=None,
        map_style=style_url,
        initial_view_state=pydeck.ViewState(longitude=camera.lon, latitude=camera.lat, zoom=camera.zoom),
        tooltip={"text": "{text}", "style": {**tip, "borderRadius": "6px", "whiteSpace": "pre-line"}},
    )


def _signs(
    layer_id: str, rows: list[Row], *, size: int | str, sign: str = "sign", colour: str = "colour", **accessors: str
) -> pydeck.Layer:
    return pydeck.Layer(
        "IconLayer",
        rows,
        id=layer_id,
        icon_atlas=f"'{SIGNS_URL}'",
        icon_mapping=mapping(),
        get_icon=sign,
        get_position="at",
        get_color=colour,
        get_size=size,
        pickable=True,
        **accessors,
    )


def _positions(roads: RoadNetwork, spots: Sequence[Spot]) -> list[list[float]]:
    """Longitude and latitude of each spot, degrees, to about a metre."""
    if not spots:
        return []
    lon, lat = roads.lonlat_of([spot.edge for spot in spots], [spot.offset_mm for spot in spots])
    positions: list[list[float]] = np.round(np.column_stack([lon, lat]), 5).tolist()
    return positions


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
