"""The map's signs as one small picture: badges with pictograms, in the colours of a theme.

In: a palette. Out: the picture and the place of each sign in it, for the page's server to give once; and the same signs
as single images for the legend. A sign has its pictogram cut out of its badge; a hollow one draws both as lines. Around
each runs a rim in the colour of the ground, so that signs that overlap can be told apart. Those of cases are pins,
their shape and colour by light.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from itertools import product

from twin.domain.light import Light
from twin.domain.unit import UnitStatus
from twin.views.palette import LIGHT_BADGE, STATUS_BADGE, Badge, Palette, Theme, css, palette
from twin.views.pictograms import BADGES, DRAWN, OF_FACILITY, OF_LOOK, ROOM, SIGN_PX, Look, Pictogram

SIGNS_URL, PLACES_OF_SIGNS_URL = "/api/signs.svg", "/api/signs.json"
"""Where the page's server gives `atlas` and `mapping`."""
STATION, RING = "station", "ring"
"""The sign of a station, and what is drawn around the sign that is selected."""
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
_RIM_PX, _EDGE_PX = 7, 3
_TIP_PX = 46
"""Signs of cases point at their places from above."""


def unit_sign(status: UnitStatus, pictogram: Pictogram, *, hollow: bool) -> str:
    """Name of a unit's sign."""
    return f"{status.name.lower()}-{pictogram.value}" + ("-hollow" if hollow else "")


def facility_sign(pictogram: Pictogram) -> str:
    """Name of a facility's sign."""
    return f"facility-{pictogram.value}"


def case_sign(light: Light, look: Look, *, waits: bool, hollow: bool) -> str:
    """Name of the sign of an open case. `waits`: for a unit to be sent."""
    name = f"case-{light.value}-{look.value}"
    return name + ("-waits" if waits else "") + ("-hollow" if hollow else "")


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
    for name in _case_signs(Theme.LIGHT):
        places[name]["anchorY"] = _MARGIN_PX + _TIP_PX
    return json.dumps(places).encode()


def picture(
    badge: Badge, pictogram: Pictogram | None = None, *, colour: str, hollow: bool = False, size_px: int = 17
) -> str:
    """One sign as an image element for a legend; `colour` is a colour of the palette, never data."""
    markup = _drawn(badge, pictogram, hollow=hollow, colour=colour)
    return _image(markup, view_box=f"-2 -2 {SIGN_PX + 4} {SIGN_PX + 4}", size_px=size_px)


def case_picture(
    light: Light, look: Look = Look.HANDLE, *, waits: bool = False, colours: Palette, size_px: int = 19
) -> str:
    """The sign of a case as an image element."""
    markup = _case(light, look, waits=waits, hollow=False, colours=colours)
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
    signs[RING] = (
        f'<circle cx="24" cy="24" r="22" fill="none" stroke="{css(colours.ground)}" stroke-width="{_RIM_PX}"/>'
        f'<circle cx="24" cy="24" r="22" fill="none" stroke="{css(colours.chosen)}" stroke-width="{_EDGE_PX + 1}"/>'
    )
    return signs | _case_signs(theme)


@cache
def _case_signs(theme: Theme) -> dict[str, str]:
    """Those of cases."""
    return {
        case_sign(light, look, waits=waits, hollow=hollow): _case(
            light, look, waits=waits, hollow=hollow, colours=palette(theme)
        )
        for light, look, waits, hollow in product(Light, Look, (False, True), (False, True))
    }


def _case(light: Light, look: Look, *, waits: bool, hollow: bool, colours: Palette) -> str:
    """The sign of a case: a pin with a dark rim, what is done drawn on it, and a dot at its corner while it waits."""
    badge, colour, edge = LIGHT_BADGE[light], css(colours.light[light]), css(colours.rim)
    ground = css(colours.ground)
    outline = f'd="{BADGES[badge]}" stroke-linejoin="round"'
    fill, ink = (ground, edge) if hollow else (colour, css(colours.ink[light]))
    parts = [
        f'<path {outline} fill="{ground}" stroke="{ground}" stroke-width="{_RIM_PX}"/>',
        f'<path {outline} fill="{fill}" stroke="{colour if hollow else edge}" stroke-width="{_EDGE_PX}"/>',
        _placed(OF_LOOK[look], badge, ink=ink),
    ]
    if waits:
        parts.append(f'<circle cx="41" cy="7" r="6.5" fill="{edge}" stroke="{ground}" stroke-width="3"/>')
    return "".join(parts)


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
