"""The map's signs as one small picture: badges with pictograms, white for deck.gl to colour.

In: badges and pictograms. Out: the picture, for the page's server to give; the place of each sign in it; and the same
signs as single images for the legend. A full sign has its pictogram cut out of the badge; a hollow one draws both as
lines. A halo is the badge alone, a little larger, to stand below it.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from itertools import product

from twin.views.palette import STATUS_BADGE, Badge
from twin.views.pictograms import BADGES, DRAWN, OF_FACILITY, ROOM, SIGN_PX, Pictogram

SIGNS_URL = "/api/signs.svg"
"""Where the page's server gives `atlas`."""
_OF_UNITS = (
    Pictogram.PERSON,
    Pictogram.BROOM,
    Pictogram.BIKE,
    Pictogram.CAR,
    Pictogram.SHIELD,
    Pictogram.FLAME,
    Pictogram.CROSS,
)
_IN_A_ROW = 12
_GAP_PX = 4
_PITCH_PX = SIGN_PX + 2 * _GAP_PX
_STROKE_PX = 5
_HALO_PX = 7


def sign(badge: Badge, pictogram: Pictogram | None = None, *, hollow: bool = False) -> str:
    """Name of a sign in the atlas."""
    return badge.value + ("" if pictogram is None else f"-{pictogram.value}") + ("-hollow" if hollow else "")


def halo(badge: Badge) -> str:
    """Name of what stands below a sign."""
    return f"{badge.value}-halo"


@cache
def atlas() -> bytes:
    """All signs in rows: an SVG picture."""
    drawn = "".join(
        f'<g transform="translate({column * _PITCH_PX + _GAP_PX} {row * _PITCH_PX + _GAP_PX})">{markup}</g>'
        for (row, column), markup in zip(_places(), _signs().values(), strict=True)
    )
    width, height = _IN_A_ROW * _PITCH_PX, -(-len(_signs()) // _IN_A_ROW) * _PITCH_PX
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{drawn}</svg>'.encode()


@cache
def mapping() -> dict[str, dict[str, int | bool]]:
    """Where each sign is in the atlas, as deck.gl wants it; `mask` lets it take any colour."""
    return {
        name: {
            "x": column * _PITCH_PX,
            "y": row * _PITCH_PX,
            "width": _PITCH_PX,
            "height": _PITCH_PX,
            "mask": True,
        }
        for (row, column), name in zip(_places(), _signs(), strict=True)
    }


def picture(
    badge: Badge, pictogram: Pictogram | None = None, *, colour: str, hollow: bool = False, size_px: int = 16
) -> str:
    """One sign as an image element for a legend; `colour` is a colour of the palette, never data."""
    markup = _drawn(badge, pictogram, hollow=hollow, colour=colour)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {SIGN_PX + 4} {SIGN_PX + 4}">{markup}</svg>'
    return _image(svg, size_px=size_px)


def bare_picture(pictogram: Pictogram, *, colour: str, size_px: int = 15) -> str:
    """A pictogram without a badge, as an image element."""
    markup = DRAWN[pictogram].format(ink=colour)
    return _image(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">{markup}</svg>', size_px=size_px)


def _image(svg: str, *, size_px: int) -> str:
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return f'<img src="{address}" width="{size_px}" height="{size_px}" alt="">'


def _places() -> list[tuple[int, int]]:
    """Row and column of each sign."""
    return [divmod(number, _IN_A_ROW) for number in range(len(_signs()))]


@cache
def _signs() -> dict[str, str]:
    """Every sign by name, drawn white."""
    of_units = tuple(dict.fromkeys(STATUS_BADGE.values()))
    signs = {halo(badge): _halo(badge) for badge in of_units}
    for badge, pictogram, hollow in product(of_units, _OF_UNITS, (False, True)):
        signs[sign(badge, pictogram, hollow=hollow)] = _drawn(badge, pictogram, hollow=hollow, colour="#fff")
    for pictogram in dict.fromkeys(OF_FACILITY.values()):
        signs[sign(Badge.TILE, pictogram)] = _drawn(Badge.TILE, pictogram, hollow=False, colour="#fff")
    signs[sign(Badge.HOUSE)] = _drawn(Badge.HOUSE, None, hollow=False, colour="#fff")
    return signs


def _halo(badge: Badge) -> str:
    return f'<path d="{BADGES[badge]}" fill="#fff" stroke="#fff" stroke-width="{_HALO_PX}" stroke-linejoin="round"/>'


def _drawn(badge: Badge, pictogram: Pictogram | None, *, hollow: bool, colour: str) -> str:
    outline = f'd="{BADGES[badge]}" stroke-linejoin="round"'
    if pictogram is None:
        return f'<path {outline} fill="{colour}"/>'
    if hollow:
        line = f'<path {outline} fill="none" stroke="{colour}" stroke-width="{_STROKE_PX}"/>'
        return line + _placed(badge, DRAWN[pictogram].format(ink=colour))
    cut = f"cut-{badge.value}-{pictogram.value}"
    mask = f'<rect x="-4" y="-4" width="56" height="56" fill="#fff"/>{_placed(badge, DRAWN[pictogram].format(ink="#000"))}'
    return f'<mask id="{cut}">{mask}</mask><path {outline} fill="{colour}" mask="url(#{cut})"/>'


def _placed(badge: Badge, markup: str) -> str:
    x, y, scale = ROOM[badge]
    middle = SIGN_PX / 2
    return f'<g transform="translate({x} {y}) scale({scale}) translate({-middle:g} {-middle:g})">{markup}</g>'
