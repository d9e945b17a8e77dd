"""The map itself, and signs on it: what all layers have in common. Data in, pydeck out; no page.

What pops up over a sign is plain text, never HTML: names come from feeds.
"""

from __future__ import annotations

import json

import pydeck

from twin.views.city import Camera
from twin.views.icons import PLACES_OF_SIGNS_URL, SIGNS_URL
from twin.views.palette import Colour, Palette, Theme

Row = dict[str, object]


class _Compact(pydeck.Deck):  # type: ignore[misc]
    """A deck that is written without indents: half as much is sent at each tick."""

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


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
