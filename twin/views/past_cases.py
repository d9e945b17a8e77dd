"""All cases of a finished run on the map, by response: where help comes late shows at a glance.

In: the cases of a result. Out: rows that the page's server gives once, and the layer that draws them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pydeck

from twin.roads.network import RoadNetwork
from twin.views.cases import PastCase
from twin.views.palette import Palette, band_of
from twin.views.words import Words

_FILL_ALPHA = 205
_RING_PX = 6.5
_MANY_CASES, _SMALLER = 400, 0.7
"""With more cases than that their discs are smaller by this factor."""
_DEGREE_DIGITS = 5


def past_rows(cases: Sequence[PastCase], *, roads: RoadNetwork, colours: Palette, words: Words) -> bytes:
    """Cases as discs, coloured and sized by response time; a ring where no unit came."""
    scale = _SMALLER if len(cases) > _MANY_CASES else 1.0
    lon, lat = roads.lonlat_of([case.spot.edge for case in cases], [case.spot.offset_mm for case in cases])
    places = np.round(np.column_stack([lon, lat]), _DEGREE_DIGITS).tolist()
    rows = []
    for case, place in zip(cases, places, strict=True):
        band = band_of(case.response_s, colours)
        came = words.never_reached if case.response_s is None else words.span(case.response_s)
        matter = words.named("matter", case.matter)
        rows.append(
            {
                "at": place,
                "fill": [*colours.unreached, 0] if band is None else [*band.colour, _FILL_ALPHA],
                "line": colours.unreached if band is None else colours.ground,
                "radius": scale * (_RING_PX if band is None else band.radius_px),
                "width": 2.5 if band is None else 0.8,
                "text": words("tip.case", matter=matter, priority=case.priority, area=case.area, response=came),
            }
        )
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def past_layer(address: str) -> pydeck.Layer:
    """The layer of the rows at an address."""
    return pydeck.Layer(
        "ScatterplotLayer",
        address,
        id="past",
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
