"""Pictograms: who a unit is, what a facility is, how far a case is, as a few SVG strokes, and badges to stand on.

Everything is drawn in a square of `SIGN_PX` by `SIGN_PX` pixels; `{ink}` is where a colour goes. Where nothing is known
of a kind of unit, how it gets about says what it looks like.
"""

from __future__ import annotations

from enum import StrEnum

from twin.domain.facility import FacilityKind
from twin.domain.mode import CAR, E_BIKE, WALK, Mode
from twin.views.palette import Badge

SIGN_PX = 48


class Pictogram(StrEnum):
    """What is drawn on a badge."""

    PERSON = "person"
    BROOM = "broom"
    BIKE = "bike"
    CAR = "car"
    SHIELD = "shield"
    FLAME = "flame"
    CROSS = "cross"
    WRENCH = "wrench"
    HYDRANT = "hydrant"
    BOOK = "book"
    TENT = "tent"
    TREE = "tree"
    TOILETS = "toilets"
    CAMERA = "camera"
    DOTS = "dots"
    QUESTION = "question"
    EXCLAMATION = "exclamation"
    TICK = "tick"
    PAPER = "paper"
    PAUSE = "pause"


BADGES: dict[Badge, str] = {
    Badge.CIRCLE: "M24 3A21 21 0 1 1 24 45A21 21 0 1 1 24 3Z",
    Badge.SQUARE: "M11 6H37Q42 6 42 11V37Q42 42 37 42H11Q6 42 6 37V11Q6 6 11 6Z",
    Badge.HEXAGON: "M24 2L43 13V35L24 46L5 35V13Z",
    Badge.TRIANGLE: "M24 1L47 44H1Z",
    Badge.DIAMOND: "M24 0L48 24L24 48L0 24Z",
    Badge.HOUSE: "M24 5L44 22H38V42H10V22H4Z",
    Badge.TILE: "M14 8H34Q40 8 40 14V34Q40 40 34 40H14Q8 40 8 34V14Q8 8 14 8Z",
    Badge.PIN: "M24 46C19 38 7 31 7 19A17 17 0 1 1 41 19C41 31 29 38 24 46Z",
    Badge.WEDGE: "M24 1L46 34H31L24 46L17 34H2Z",
    Badge.KITE: "M24 0L45 20L24 46L3 20Z",
}
ROOM: dict[Badge, tuple[float, float, float]] = {
    Badge.CIRCLE: (24, 24, 0.68),
    Badge.SQUARE: (24, 24, 0.5),
    Badge.HEXAGON: (24, 24, 0.6),
    Badge.TRIANGLE: (24, 31, 0.47),
    Badge.DIAMOND: (24, 24, 0.56),
    Badge.HOUSE: (24, 28, 0.4),
    Badge.TILE: (24, 24, 0.5),
    Badge.PIN: (24, 19, 0.5),
    Badge.WEDGE: (24, 23, 0.42),
    Badge.KITE: (24, 19, 0.46),
}
"""Where on a badge a pictogram has its middle, and by how much it is made smaller."""

_LINE = 'fill="none" stroke="{ink}" stroke-linecap="round" stroke-linejoin="round"'
DRAWN: dict[Pictogram, str] = {
    Pictogram.PERSON: (
        '<circle cx="24" cy="13" r="9" fill="{ink}"/><path d="M8 44C8 30 14 25 24 25S40 30 40 44Z" fill="{ink}"/>'
    ),
    Pictogram.BROOM: (
        f'<path d="M38 5L24 25" stroke-width="5.5" {_LINE}/>'
        '<path d="M17 21L31 31L25 45L4 38C10 35 14 29 17 21Z" fill="{ink}"/>'
    ),
    Pictogram.BIKE: (
        f'<circle cx="11" cy="32" r="8.5" stroke-width="4.5" {_LINE}/>'
        f'<circle cx="37" cy="32" r="8.5" stroke-width="4.5" {_LINE}/>'
        f'<path d="M11 32L18 18H31L24 32H11M31 18L37 32M29 10H34L31 18M14 13H21" stroke-width="4.5" {_LINE}/>'
    ),
    Pictogram.CAR: (
        '<path d="M4 36V26L9 23L14 12H34L39 23L44 26V36H39A5 5 0 0 1 29 36H19A5 5 0 0 1 9 36Z" fill="{ink}"/>'
        '<circle cx="14" cy="37" r="4.5" fill="{ink}"/><circle cx="34" cy="37" r="4.5" fill="{ink}"/>'
    ),
    Pictogram.SHIELD: '<path d="M24 3L42 9V23C42 34 34 41 24 46C14 41 6 34 6 23V9Z" fill="{ink}"/>',
    Pictogram.FLAME: (
        '<path d="M26 2C28 11 40 17 40 30A16 16 0 0 1 8 30C8 22 13 18 16 12C18 16 19 18 22 19C25 14 26 9 26 2Z" '
        'fill="{ink}"/>'
    ),
    Pictogram.CROSS: '<path d="M17 4H31V17H44V31H31V44H17V31H4V17H17Z" fill="{ink}"/>',
    Pictogram.WRENCH: (
        '<path d="M43 10L35 18L30 13L38 5A12 12 0 0 0 22 20L5 37A4.5 4.5 0 0 0 11 43L28 26A12 12 0 0 0 43 10Z" '
        'fill="{ink}"/>'
    ),
    Pictogram.HYDRANT: '<path d="M14 44V20A10 10 0 0 1 34 20V44ZM6 23H42V33H6ZM20 4H28V12H20Z" fill="{ink}"/>',
    Pictogram.BOOK: (
        '<path d="M22 12C16 7 9 7 3 9V39C9 37 16 37 22 42ZM26 12C32 7 39 7 45 9V39C39 37 32 37 26 42Z" fill="{ink}"/>'
    ),
    Pictogram.TENT: '<path d="M24 5L46 43H31L24 28L17 43H2Z" fill="{ink}"/>',
    Pictogram.TREE: '<path d="M24 2L38 20H32L42 34H27V46H21V34H6L16 20H10Z" fill="{ink}"/>',
    Pictogram.TOILETS: (
        '<circle cx="13" cy="8" r="5.5" fill="{ink}"/><path d="M5 17H21V31H18V45H8V31H5Z" fill="{ink}"/>'
        '<circle cx="35" cy="8" r="5.5" fill="{ink}"/><path d="M31 17H39L46 34H40V45H30V34H24Z" fill="{ink}"/>'
    ),
    Pictogram.CAMERA: (
        f'<path d="M4 10L38 16L44 24L40 34L10 26Z" fill="{{ink}}"/><path d="M20 30V40H5" stroke-width="5" {_LINE}/>'
    ),
    Pictogram.DOTS: (
        '<circle cx="7" cy="24" r="6" fill="{ink}"/><circle cx="24" cy="24" r="6" fill="{ink}"/>'
        '<circle cx="41" cy="24" r="6" fill="{ink}"/>'
    ),
    Pictogram.QUESTION: (
        f'<path d="M12 14A12 12 0 1 1 30 24Q24 27 24 32" stroke-width="8" {_LINE}/>'
        '<circle cx="24" cy="43" r="5" fill="{ink}"/>'
    ),
    Pictogram.EXCLAMATION: (
        f'<path d="M24 5V29" stroke-width="9" {_LINE}/><circle cx="24" cy="42" r="5.5" fill="{{ink}}"/>'
    ),
    Pictogram.TICK: f'<path d="M6 26L19 39L43 10" stroke-width="9" {_LINE}/>',
    Pictogram.PAPER: f'<path d="M5 11H43M5 24H43M5 37H29" stroke-width="8" {_LINE}/>',
    Pictogram.PAUSE: f'<path d="M14 8V40M34 8V40" stroke-width="10" {_LINE}/>',
}

_OF_KIND: dict[str, Pictogram] = {
    "ambulance": Pictogram.CROSS,
    "cleaning_crew": Pictogram.BROOM,
    "engine": Pictogram.FLAME,
    "medic": Pictogram.CROSS,
    "patrol_vehicle": Pictogram.SHIELD,
    "repair_crew": Pictogram.WRENCH,
    "sanitation_worker": Pictogram.BROOM,
    "truck": Pictogram.FLAME,
}
_OF_MODE: dict[Mode, Pictogram] = {CAR: Pictogram.CAR, E_BIKE: Pictogram.BIKE, WALK: Pictogram.PERSON}
OF_FACILITY: dict[FacilityKind, Pictogram] = {
    FacilityKind.HYDRANT: Pictogram.HYDRANT,
    FacilityKind.HOSPITAL: Pictogram.CROSS,
    FacilityKind.SCHOOL: Pictogram.BOOK,
    FacilityKind.POLICE: Pictogram.SHIELD,
    FacilityKind.FIRE_STATION: Pictogram.FLAME,
    FacilityKind.SHELTER: Pictogram.TENT,
    FacilityKind.PARK: Pictogram.TREE,
    FacilityKind.TOILETS: Pictogram.TOILETS,
    FacilityKind.CAMERA: Pictogram.CAMERA,
}


class Look(StrEnum):
    """What is being done about an open case, as its sign tells it."""

    INTAKE = "intake"
    """It is being taken down, where there are no desks."""
    VERIFY = "verify"
    HANDLE = "handle"
    CHECK = "check"
    DESK = "desk"
    """It is at a desk, of the centre or of a department: nobody is to go there now."""
    HELD = "held"
    """It is suspended."""


OUT = (Look.VERIFY, Look.HANDLE, Look.CHECK)
"""Somebody is to go there, or is there."""
OF_LOOK: dict[Look, Pictogram] = {
    Look.INTAKE: Pictogram.DOTS,
    Look.VERIFY: Pictogram.QUESTION,
    Look.HANDLE: Pictogram.EXCLAMATION,
    Look.CHECK: Pictogram.TICK,
    Look.DESK: Pictogram.PAPER,
    Look.HELD: Pictogram.PAUSE,
}
"""Whatever a case is about."""


def pictogram_of(kind: str, mode: Mode) -> Pictogram:
    """What a unit of a kind looks like.

    >>> pictogram_of("sanitation_worker", E_BIKE), pictogram_of("grid_worker", E_BIKE), pictogram_of("crew", WALK)
    (<Pictogram.BROOM: 'broom'>, <Pictogram.BIKE: 'bike'>, <Pictogram.PERSON: 'person'>)
    """
    return _OF_KIND.get(kind.lower(), _OF_MODE[mode])
