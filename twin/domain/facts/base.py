"""What all facts have."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Origin(IntEnum):
    """Inputs are replayed; what the model made of them is computed again and compared."""

    MODEL = 0
    INPUT = 1


MODEL, INPUT = Origin


class _Stamped(msgspec.Struct, frozen=True, gc=False, array_like=True):
    at: int


class Fact(_Stamped, frozen=True, gc=False, array_like=True, kw_only=True, tag=True):
    """Base of all facts: when, and whether it came from outside or from the model."""

    origin: Origin = MODEL
