"""The map's signs as one small picture: every shape filled and hollow, in a row, drawn white for deck.gl to colour.

In: the palette's outlines. Out: a data address that needs no network, the place of each sign in the picture, and the
same signs as single images for the legend.
"""

from __future__ import annotations

from base64 import b64encode

from twin.views.palette import PATHS, SHAPE_PX, Shape

_STROKE_PX = 6


def icon(shape: Shape, *, hollow: bool = False) -> str:
    """Name of a sign in the atlas."""
    return f"{shape.value}-hollow" if hollow else shape.value


def _drawn(shape: Shape, *, hollow: bool, colour: str) -> str:
    ink = f'fill="none" stroke="{colour}" stroke-width="{_STROKE_PX}"' if hollow else f'fill="{colour}"'
    return f'<path d="{PATHS[shape]}" stroke-linejoin="round" {ink}/>'


def atlas() -> str:
    """All signs side by side, as a data address."""
    signs = [(shape, hollow) for shape in Shape for hollow in (False, True)]
    drawn = "".join(
        f'<g transform="translate({place * SHAPE_PX} 0)">{_drawn(shape, hollow=hollow, colour="#fff")}</g>'
        for place, (shape, hollow) in enumerate(signs)
    )
    width = len(signs) * SHAPE_PX
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{SHAPE_PX}">{drawn}</svg>'
    return _address(svg)


def mapping() -> dict[str, dict[str, int | bool]]:
    """Where each sign is in the atlas, as deck.gl wants it; `mask` lets it take any colour."""
    signs = [icon(shape, hollow=hollow) for shape in Shape for hollow in (False, True)]
    return {
        name: {"x": place * SHAPE_PX, "y": 0, "width": SHAPE_PX, "height": SHAPE_PX, "mask": True}
        for place, name in enumerate(signs)
    }


def picture(shape: Shape, *, colour: str, hollow: bool = False, size_px: int = 14) -> str:
    """One sign as an image element for a legend; `colour` is a colour of the palette, never data."""
    sign = _drawn(shape, hollow=hollow, colour=colour)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SHAPE_PX} {SHAPE_PX}">{sign}</svg>'
    return f'<img src="{_address(svg)}" width="{size_px}" height="{size_px}" alt="">'


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
