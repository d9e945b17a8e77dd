"""Colours and shapes: one place, light and dark, told apart without colour vision.

In: a theme. Out: colours as (red, green, blue), 0–255, and the size a case is drawn with. Response times run from blue
over yellow to vermilion (Okabe and Ito's colours, safe for the common kinds of colour blindness) and grow with time, so
that neither colour nor size alone has to be read. Unit statuses differ by the shape of their badge first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from twin.domain.light import Light
from twin.domain.unit import UnitStatus

Colour = tuple[int, int, int]


class Theme(StrEnum):
    """What the page looks like."""

    LIGHT = "light"
    DARK = "dark"


class Badge(StrEnum):
    """The outline of a sign on the map: a unit's by its status, a station's, a facility's, a case's by its light."""

    CIRCLE = "circle"
    SQUARE = "square"
    HEXAGON = "hexagon"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    HOUSE = "house"
    TILE = "tile"
    PIN = "pin"
    WEDGE = "wedge"
    KITE = "kite"


STATUS_BADGE: dict[UnitStatus, Badge] = {
    UnitStatus.PATROLLING: Badge.CIRCLE,
    UnitStatus.PARKED: Badge.SQUARE,
    UnitStatus.RETURNING: Badge.HEXAGON,
    UnitStatus.TURNOUT: Badge.TRIANGLE,
    UnitStatus.EN_ROUTE: Badge.TRIANGLE,
    UnitStatus.ON_SCENE: Badge.DIAMOND,
}
"""Units that are away or off duty are not on the map."""

LIGHT_BADGE: dict[Light, Badge] = {Light.GREEN: Badge.PIN, Light.YELLOW: Badge.WEDGE, Light.RED: Badge.KITE}
"""Signs of cases point at their places."""


@dataclass(frozen=True, slots=True)
class Band:
    """Cases reached within `until_s` seconds (None: however late) are drawn in `colour` with `radius_px`."""

    key: str
    until_s: float | None
    colour: Colour
    radius_px: float


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one theme.

    Parameters
    ----------
    theme : whose they are.
    ground : behind everything. text : writing on it.
    roads : by road class, in the order of `twin.roads.network.CLASSES`.
    grounds : what lies under the streets, by kind: "village", "school", "park", "water".
    grid : borders of grids. place : names of places. facility : places of public use.
    bands : response times, the soonest first; the last has no limit.
    unreached : the ring of a case that no unit has reached.
    status : by unit status. station : the bases of units.
    light : signs of open cases, by light. ink : what is drawn on those. rim : around them.
    closed : closed streets. hot : where many cases are. watched : what cameras see. chosen : around what is selected.
    """

    theme: Theme
    ground: Colour
    text: Colour
    roads: tuple[Colour, ...]
    grounds: dict[str, Colour]
    grid: Colour
    place: Colour
    facility: Colour
    bands: tuple[Band, ...]
    unreached: Colour
    status: dict[UnitStatus, Colour]
    station: Colour
    light: dict[Light, Colour]
    ink: dict[Light, Colour]
    rim: Colour
    closed: Colour
    hot: Colour
    watched: Colour
    chosen: Colour


def _bands(soon: Colour, fair: Colour, late: Colour, latest: Colour) -> tuple[Band, ...]:
    return (
        Band("band.4", 240.0, soon, 4.0),
        Band("band.8", 480.0, fair, 5.0),
        Band("band.15", 900.0, late, 6.5),
        Band("band.later", None, latest, 8.0),
    )


_LIGHT = Palette(
    theme=Theme.LIGHT,
    ground=(248, 249, 250),
    text=(33, 37, 41),
    roads=(
        (173, 181, 189),
        (178, 186, 194),
        (188, 195, 202),
        (200, 206, 212),
        (211, 216, 221),
        (222, 226, 230),
        (230, 233, 236),
        (230, 233, 236),
        (196, 190, 180),
        (196, 190, 180),
    ),
    grounds={
        "village": (243, 239, 231),
        "school": (247, 241, 219),
        "park": (224, 238, 219),
        "water": (201, 223, 239),
    },
    grid=(178, 132, 78),
    place=(96, 104, 112),
    facility=(84, 98, 120),
    bands=_bands((0, 114, 178), (86, 180, 233), (230, 159, 0), (200, 76, 0)),
    unreached=(150, 20, 90),
    status={
        UnitStatus.PATROLLING: (58, 78, 104),
        UnitStatus.PARKED: (73, 80, 87),
        UnitStatus.RETURNING: (73, 80, 87),
        UnitStatus.TURNOUT: (0, 121, 88),
        UnitStatus.EN_ROUTE: (0, 121, 88),
        UnitStatus.ON_SCENE: (122, 62, 157),
    },
    station=(33, 37, 41),
    light={Light.GREEN: (0, 150, 110), Light.YELLOW: (250, 190, 0), Light.RED: (190, 20, 45)},
    ink={Light.GREEN: (255, 255, 255), Light.YELLOW: (33, 37, 41), Light.RED: (255, 255, 255)},
    rim=(33, 37, 41),
    closed=(190, 20, 45),
    hot=(213, 94, 0),
    watched=(70, 80, 190),
    chosen=(0, 92, 230),
)
_DARK = Palette(
    theme=Theme.DARK,
    ground=(30, 30, 29),
    text=(233, 236, 239),
    roads=(
        (122, 122, 118),
        (114, 114, 110),
        (104, 104, 100),
        (90, 90, 87),
        (79, 79, 76),
        (66, 66, 64),
        (54, 54, 52),
        (54, 54, 52),
        (84, 78, 68),
        (84, 78, 68),
    ),
    grounds={
        "village": (44, 40, 33),
        "school": (56, 50, 28),
        "park": (32, 56, 44),
        "water": (24, 45, 62),
    },
    grid=(160, 122, 78),
    place=(160, 164, 168),
    facility=(150, 164, 186),
    bands=_bands((64, 145, 220), (130, 205, 250), (240, 180, 40), (240, 110, 30)),
    unreached=(236, 130, 190),
    status={
        UnitStatus.PATROLLING: (166, 190, 220),
        UnitStatus.PARKED: (206, 212, 218),
        UnitStatus.RETURNING: (206, 212, 218),
        UnitStatus.TURNOUT: (50, 200, 150),
        UnitStatus.EN_ROUTE: (50, 200, 150),
        UnitStatus.ON_SCENE: (205, 150, 245),
    },
    station=(233, 236, 239),
    light={Light.GREEN: (60, 200, 160), Light.YELLOW: (250, 204, 60), Light.RED: (235, 72, 72)},
    ink={Light.GREEN: (20, 20, 20), Light.YELLOW: (20, 20, 20), Light.RED: (20, 20, 20)},
    rim=(233, 236, 239),
    closed=(255, 104, 96),
    hot=(240, 140, 60),
    watched=(130, 150, 255),
    chosen=(90, 180, 255),
)


def palette(theme: Theme) -> Palette:
    """The colours of a theme."""
    return _DARK if theme is Theme.DARK else _LIGHT


def band_of(response_s: float | None, palette: Palette) -> Band | None:
    """The band a response time falls in; None for a case that was not reached.

    >>> band_of(240.0, _LIGHT).key, band_of(240.1, _LIGHT).key, band_of(None, _LIGHT)
    ('band.4', 'band.8', None)
    """
    if response_s is None:
        return None
    for band in palette.bands:
        if band.until_s is None or response_s <= band.until_s:
            return band
    raise AssertionError("the last band has no limit")


def css(colour: Colour) -> str:
    """A colour as style sheets write it."""
    return f"rgb({colour[0]},{colour[1]},{colour[2]})"
