"""Modes: how a unit gets about, and which streets are open to whom."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """On wheels or on foot; the order is that of the bits in `RoadNetwork.modes`."""

    CAR = "car"
    E_BIKE = "e_bike"
    WALK = "walk"


CAR, E_BIKE, WALK = MODES = tuple(Mode)

CAR_BIT: Final = 1
E_BIKE_BIT: Final = 2
WALK_BIT: Final = 4
ALL_BITS: Final = 7
"""A street anybody may use, in this direction."""

BIT: Final = {CAR: CAR_BIT, E_BIKE: E_BIKE_BIT, WALK: WALK_BIT}
