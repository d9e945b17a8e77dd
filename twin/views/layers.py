"""Map layers of what moves and what happens: cases, and units with their ways. Data in, pydeck layers out; no page.

Every layer has a fixed id and its rows keep their order, so that a moved slider changes positions and nothing else.
What pops up over a sign is plain text, never HTML: names come from feeds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pydeck

from twin.domain.route import Spot
from twin.domain.unit import UnitStatus
from twin.roads.network import RoadNetwork
from twin.views.cases import PastCase
from twin.views.city import Camera
from twin.views.crew import UnitShown
from twin.views.icons import PLACES_OF_SIGNS_URL, SIGNS_URL, unit_sign
from twin.views.lines import lines_of
from twin.views.palette import STATUS_BADGE, Colour, Palette, Theme, band_of
from twin.views.pictograms import pictogram_of
from twin.views.scene import OUT
from twin.views.words import Words

Row = dict[str, object]
_FILL_ALPHA, _AHEAD_ALPHA, _BEHIND_ALPHA = 205, 170, 95
_RING_PX = 6.5
_UNIT_PX = 28
_CROWD = 40
"""With more units than this in a run, signs are smaller, those of free units most."""
_OUT_IN_CROWD_PX, _FREE_IN_CROWD_PX = 24, 20
_PATROL_M = 44
"""Signs of patrols grow with the map, between two limits in pixels: seen from afar they are dots."""
_LEAST_PATROL_PX, _LARGEST_PATROL_PX = 9, 26
_MANY_CASES = 400
_SMALLER = 0.7
"""With more cases than `_MANY_CASES` their discs are smaller by this factor."""
_ROW_OF = 5
_LIFTED = {UnitStatus.PARKED: 1.0, UnitStatus.ON_SCENE: 0.6}
"""By how much of its size a unit's sign stands above its place, so that what is there can be seen."""


def case_layer(cases: Sequence[PastCase], *, roads: RoadNetwork, colours: Palette, words: Words) -> pydeck.Layer:
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


def is_on_map(unit: UnitShown) -> bool:
    """Whether a unit is drawn: those that are away or off duty are not."""
    return unit.status in STATUS_BADGE


def unit_layers(
    units: Sequence[UnitShown], *, roads: RoadNetwork, colours: Palette, words: Words
) -> list[pydeck.Layer]:
    """Units: ways as lines, and signs: a badge by status with a pictogram by kind, hollow where the way is inferred.

    Patrols are dots that grow with the map, and a faint line behind them shows where they have just walked. Other
    units that share a place stand side by side above it.
    """
    seen = [unit for unit in units if is_on_map(unit)]
    patrols = [unit for unit in seen if unit.status is UnitStatus.PATROLLING]
    others = [unit for unit in seen if unit.status is not UnitStatus.PATROLLING]
    sizes = [_size_px(unit.status, crowded=len(units) > _CROWD) for unit in others]
    rows = [_unit_row(unit, words) for unit in others]
    positions = _positions(roads, [unit.spot for unit in others])
    offsets = _side_by_side(others, positions, sizes)
    for row, at, size, beside in zip(rows, positions, sizes, offsets, strict=True):
        row.update(at=at, size=size, beside=beside)
    on_patrol = [_unit_row(unit, words) for unit in patrols]
    for row, at in zip(on_patrol, _positions(roads, [unit.spot for unit in patrols]), strict=True):
        row.update(at=at)
    patrol_signs = sign_layer(
        "patrols",
        on_patrol,
        theme=colours.theme,
        size=_PATROL_M,
        size_units="'meters'",
        size_min_pixels=_LEAST_PATROL_PX,
        size_max_pixels=_LARGEST_PATROL_PX,
    )
    return [
        _behind_layer(patrols, roads=roads, colours=colours),
        _ahead_layer(seen, roads=roads, colours=colours),
        patrol_signs,
        sign_layer("units", rows, theme=colours.theme, size="size", get_pixel_offset="beside"),
    ]


def _unit_row(unit: UnitShown, words: Words) -> Row:
    status = words(f"status.{unit.status.name.lower()}")
    tip = words("tip.unit", name=unit.name, kind=words.kind(unit.kind, unit.mode), status=status)
    return {
        "sign": unit_sign(unit.status, pictogram_of(unit.kind, unit.mode), hollow=unit.inferred),
        "text": tip + words("tip.inferred") if unit.inferred else tip,
    }


def _ahead_layer(units: Sequence[UnitShown], *, roads: RoadNetwork, colours: Palette) -> pydeck.Layer:
    """Ways still ahead, in the colours of the units' statuses."""
    under_way = [(unit.status, unit.ahead) for unit in units if unit.ahead is not None]
    rows: list[Row] = [
        {"path": line, "colour": [*colours.status[status], _AHEAD_ALPHA]}
        for (status, _), line in zip(under_way, lines_of(roads, [walk for _, walk in under_way]), strict=True)
    ]
    return _line_layer("ways", rows, colour="colour", width_px=2.5)


def _behind_layer(patrols: Sequence[UnitShown], *, roads: RoadNetwork, colours: Palette) -> pydeck.Layer:
    """What patrols have just walked."""
    walks = [unit.behind for unit in patrols if unit.behind is not None]
    rows: list[Row] = [{"path": line} for line in lines_of(roads, walks)]
    return _line_layer("walked", rows, colour=[*colours.status[UnitStatus.PATROLLING], _BEHIND_ALPHA], width_px=1.7)


def _line_layer(layer_id: str, rows: list[Row], *, colour: str | list[int], width_px: float) -> pydeck.Layer:
    return pydeck.Layer(
        "PathLayer",
        rows,
        id=layer_id,
        get_path="path",
        get_color=colour,
        get_width=width_px,
        width_units="'pixels'",
        cap_rounded=True,
        joint_rounded=True,
    )


def _size_px(status: UnitStatus, *, crowded: bool) -> int:
    if not crowded:
        return _UNIT_PX
    return _OUT_IN_CROWD_PX if status in OUT else _FREE_IN_CROWD_PX


def _side_by_side(units: Sequence[UnitShown], positions: list[list[float]], sizes: list[int]) -> list[list[float]]:
    """Offsets in pixels that keep units at the same place apart: rows of up to five, above their station or case."""
    together: dict[tuple[float, ...], list[int]] = {}
    for index, position in enumerate(positions):
        together.setdefault(tuple(position), []).append(index)
    offsets = [[0.0, 0.0]] * len(units)
    for indices in together.values():
        for number, index in enumerate(indices):
            row, place = divmod(number, _ROW_OF)
            in_row = min(_ROW_OF, len(indices) - row * _ROW_OF)
            lifted = _LIFTED.get(units[index].status, 0.0)
            offsets[index] = [(place - (in_row - 1) / 2) * sizes[index], -round((row + lifted) * sizes[index], 1)]
    return offsets


class _Compact(pydeck.Deck):  # type: ignore[misc]
    """A deck that is written without indents: half as much is sent when the slider moves."""

    def to_json(self) -> str:
        """The deck as the page gets it."""
        return json.dumps(json.loads(super().to_json()), ensure_ascii=False, separators=(",", ":"))


def deck(layers: list[pydeck.Layer], *, camera: Camera, style_url: str, colours: Palette) -> pydeck.Deck:
    """The map: layers over the streets that `style_url` draws, with plain text popping up."""
    tip = {
        "backgroundColor": _hex(colours.text),
        "color": _hex(colours.ground),
        "fontSize": "13px",
        "padding": "6px 9px",
    }
    return _Compact(
        layers=layers,
        map_provider=None,
        map_style=style_url,
        initial_view_state=pydeck.ViewState(longitude=camera.lon, latitude=camera.lat, zoom=camera.zoom),
        tooltip={"text": "{text}", "style": {**tip, "borderRadius": "6px", "whiteSpace": "pre-line"}},
    )


def sign_layer(
    layer_id: str,
    data: list[Row] | str,
    *,
    theme: Theme,
    size: int | str,
    sign: str = "sign",
    pickable: bool = True,
    **more: object,
) -> pydeck.Layer:
    """Signs at places.

    Parameters
    ----------
    data : rows with `at` and the name of a sign, or the address of such rows.
    size : of all, or the name of the rows' own.
    sign : what the rows call their signs; a row without one shows none.
    """
    return pydeck.Layer(
        "IconLayer",
        data,
        id=layer_id,
        icon_atlas=f"'{SIGNS_URL}?theme={theme.value}'",
        icon_mapping=f"'{PLACES_OF_SIGNS_URL}'",
        get_icon=sign,
        get_position="at",
        get_size=size,
        pickable=pickable,
        **more,
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
