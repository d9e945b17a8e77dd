"""The map's signs as one small picture: badges with pictograms, in the colours of a theme.

In: a palette. Out: the picture and the place of each sign in it, for the page's server to give once; and the same signs
as single images for the legend. A sign has its pictogram cut out of its badge; a hollow one draws both as lines. Around
each runs a rim in the colour of the ground, so that signs that overlap can be told apart.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from itertools import product

from twin.domain.unit import UnitStatus
from twin.views.palette import STATUS_BADGE, Badge, Palette, Theme, css, palette
from twin.views.pictograms import BADGES, DRAWN, OF_FACILITY, ROOM, SIGN_PX, Pictogram

SIGNS_URL, PLACES_OF_SIGNS_URL = "/api/signs.svg", "/api/signs.json"
"""Where the page's server gives `atlas` and `mapping`."""
STATION = "station"
"""The sign of a station."""
_OF_UNITS = (
    Pictogram.PERSON,
    Pictogram.BROOM,
    Pictogram.BIKE,
    Pictogram.CAR,
    Pictogram.SHIELD,
    Pictogram.FLAME,
    Pictogram.CROSS,
    Pictogram.WRENCH,
)
_IN_A_ROW = 12
_MARGIN_PX = 4
_PITCH_PX = SIGN_PX + 2 * _MARGIN_PX
_LINE_PX = 5
_RIM_PX = 7


def unit_sign(status: UnitStatus, pictogram: Pictogram, *, hollow: bool) -> str:
    """Name of a unit's sign."""
    return f"{status.name.lower()}-{pictogram.value}" + ("-hollow" if hollow else "")


def facility_sign(pictogram: Pictogram) -> str:
    """Name of a facility's sign."""
    return f"facility-{pictogram.value}"


@cache
def atlas(theme: Theme) -> bytes:
    """All signs in rows: an SVG picture."""
    signs = _signs(theme)
    drawn = "".join(
        f'<g transform="translate({column * _PITCH_PX + _MARGIN_PX} {row * _PITCH_PX + _MARGIN_PX})">{markup}</g>'
        for (row, column), markup in zip(_places(len(signs)), signs.values(), strict=True)
    )
    width, height = _IN_A_ROW * _PITCH_PX, -(-len(signs) // _IN_A_ROW) * _PITCH_PX
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{drawn}</svg>'.encode()


@cache
def mapping() -> bytes:
    """Where each sign is in the picture, as deck.gl wants it: JSON, the same for all themes."""
    signs = _signs(Theme.LIGHT)
    places = {
        name: {"x": column * _PITCH_PX, "y": row * _PITCH_PX, "width": _PITCH_PX, "height": _PITCH_PX}
        for (row, column), name in zip(_places(len(signs)), signs, strict=True)
    }
    return json.dumps(places).encode()


def picture(
    badge: Badge, pictogram: Pictogram | None = None, *, colour: str, hollow: bool = False, size_px: int = 17
) -> str:
    """One sign as an image element for a legend; `colour` is a colour of the palette, never data."""
    markup = _drawn(badge, pictogram, hollow=hollow, colour=colour)
    return _image(markup, view_box=f"-2 -2 {SIGN_PX + 4} {SIGN_PX + 4}", size_px=size_px)


def bare_picture(pictogram: Pictogram, *, colour: str, size_px: int = 15) -> str:
    """A pictogram without a badge, as an image element."""
    return _image(DRAWN[pictogram].format(ink=colour), view_box=f"0 0 {SIGN_PX} {SIGN_PX}", size_px=size_px)


def _image(markup: str, *, view_box: str, size_px: int) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}">{markup}</svg>'
    address = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    return f'<img src="{address}" width="{size_px}" height="{size_px}" alt="">'


def _places(n: int) -> list[tuple[int, int]]:
    """Row and column of each of n signs."""
    return [divmod(number, _IN_A_ROW) for number in range(n)]


@cache
def _signs(theme: Theme) -> dict[str, str]:
    """Every sign by name."""
    colours = palette(theme)
    signs = {
        unit_sign(status, pictogram, hollow=hollow): _rimmed(
            badge, pictogram, hollow=hollow, colour=css(colours.status[status]), colours=colours
        )
        for (status, badge), pictogram, hollow in product(STATUS_BADGE.items(), _OF_UNITS, (False, True))
    }
    for pictogram in dict.fromkeys(OF_FACILITY.values()):
        signs[facility_sign(pictogram)] = _rimmed(
            Badge.TILE, pictogram, hollow=False, colour=css(colours.facility), colours=colours
        )
    signs[STATION] = _rimmed(Badge.HOUSE, None, hollow=False, colour=css(colours.station), colours=colours)
    return signs


def _rimmed(badge: Badge, pictogram: Pictogram | None, *, hollow: bool, colour: str, colours: Palette) -> str:
    ground = css(colours.ground)
    look = f'fill="{ground}" stroke="{ground}" stroke-width="{_RIM_PX}" stroke-linejoin="round"'
    rim = f'<path d="{BADGES[badge]}" {look}/>'
    return rim + _drawn(badge, pictogram, hollow=hollow, colour=colour)


def _drawn(badge: Badge, pictogram: Pictogram | None, *, hollow: bool, colour: str) -> str:
    outline = f'd="{BADGES[badge]}" stroke-linejoin="round"'
    if hollow:
        line = f'<path {outline} fill="none" stroke="{colour}" stroke-width="{_LINE_PX}"/>'
        return line + _placed(pictogram, badge, ink=colour)
    if pictogram is None:
        return f'<path {outline} fill="{colour}"/>'
    cut = f"cut-{badge.value}-{pictogram.value}"
    rest = f'<rect x="-4" y="-4" width="56" height="56" fill="#fff"/>{_placed(pictogram, badge, ink="#000")}'
    return f'<mask id="{cut}">{rest}</mask><path {outline} fill="{colour}" mask="url(#{cut})"/>'


def _placed(pictogram: Pictogram | None, badge: Badge, *, ink: str) -> str:
    """A pictogram in its room on a badge."""
    if pictogram is None:
        return ""
    x, y, scale = ROOM[badge]
    middle = SIGN_PX / 2
    markup = DRAWN[pictogram].format(ink=ink)
    return f'<g transform="translate({x} {y}) scale({scale}) translate({-middle:g} {-middle:g})">{markup}</g>'
