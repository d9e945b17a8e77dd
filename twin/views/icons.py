"""The map's signs as one small picture: shapes filled and hollow, bare and ringed, white for deck.gl to colour.

In: the palette's outlines. Out: the picture, for the page's server to give; the place of each sign in it; and the same
signs as single images for the legend.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache

from twin.views.palette import PATHS, SHAPE_PX, Shape

SIGNS_URL = "/api/signs.svg"
"""Where the page's server gives `atlas`."""
DISC = "disc"
"""A full disc, the ground a unit's sign stands on."""
_STROKE_PX = 6
_RING = '<circle cx="24" cy="24" r="21.5" fill="none" stroke="#fff" stroke-width="3.4"/>'
_INSIDE = "translate(11 11) scale(.54)"
_DISC = '<circle cx="24" cy="24" r="22" fill="#fff"/>'


def icon(shape: Shape, *, hollow: bool = False, ringed: bool = False) -> str:
    """Name of a sign in the atlas; units wear a ring around their shape."""
    return shape.value + ("-hollow" if hollow else "") + ("-ringed" if ringed else "")


@cache
def atlas() -> bytes:
    """All signs side by side: an SVG picture."""
    drawn = "".join(
        f'<g transform="translate({place * SHAPE_PX} 0)">{sign}</g>' for place, sign in enumerate(_signs().values())
    )
    width = len(_signs()) * SHAPE_PX
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{SHAPE_PX}">{drawn}</svg>'.encode()


def mapping() -> dict[str, dict[str, int | bool]]:
    """Where each sign is in the atlas, as deck.gl wants it; `mask` lets it take any colour."""
    return {
        name: {"x": place * SHAPE_PX, "y": 0, "width": SHAPE_PX, "height": SHAPE_PX, "mask": True}
        for place, name in enumerate(_signs())
    }


def picture(shape: Shape, *, colour: str, hollow: bool = False, size_px: int = 14) -> str:
    """One sign as an image element for a legend; `colour` is a colour of the palette, never data."""
    sign = _drawn(shape, hollow=hollow, colour=colour)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SHAPE_PX} {SHAPE_PX}">{sign}</svg>'
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return f'<img src="{address}" width="{size_px}" height="{size_px}" alt="">'


def _signs() -> dict[str, str]:
    """Every sign by name, drawn white."""
    signs = {DISC: _DISC}
    for shape in Shape:
        for hollow in (False, True):
            bare = _drawn(shape, hollow=hollow, colour="#fff")
            signs[icon(shape, hollow=hollow)] = bare
            signs[icon(shape, hollow=hollow, ringed=True)] = f'{_RING}<g transform="{_INSIDE}">{bare}</g>'
    return signs


def _drawn(shape: Shape, *, hollow: bool, colour: str) -> str:
    ink = f'fill="none" stroke="{colour}" stroke-width="{_STROKE_PX}"' if hollow else f'fill="{colour}"'
    return f'<path d="{PATHS[shape]}" stroke-linejoin="round" {ink}/>'
