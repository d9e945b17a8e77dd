"""Laps in an order of chance: as many streets of a beat as it has, drawn with replacement, longer ones more often.

In: a beat, uniform numbers and, where some streets are to be looked at more, a `Focus`. Out: the edges of a lap. Each
street drawn is walked in a direction of chance, and the patrol goes from one to the next by the shortest walk, from the
beat's home and back to it, so that laps join.
"""

from __future__ import annotations

import msgspec
import numpy as np

from twin.roads.beats import Beat
from twin.roads.links import Links
from twin.roads.network import FloatArray, LongArray


class Focus(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`streets[k]` (the lower of a street's edges) is drawn `factors[k]` times as often.

    Streets that are not of the beat do not count; a factor must be above 0, so that no street is never walked.
    """

    streets: tuple[int, ...]
    factors: tuple[float, ...]


def weights(beat: Beat, focus: Focus | None) -> FloatArray:
    """How often each street of a beat is drawn, relative to the others: float64 (n_streets,), metres times factor."""
    weight: FloatArray = beat.open.network.length_mm[beat.streets] / 1000
    if focus is not None:
        own = beat.open.street[beat.streets]
        factor = dict(zip(focus.streets, focus.factors, strict=True))
        weight *= [factor.get(street, 1.0) for street in own.tolist()]
    return weight


def drawn_lap(beat: Beat, links: Links, *, chance: FloatArray, weights: FloatArray) -> LongArray:
    """Edges of a lap of chance, from the beat's home and back to it.

    Parameters
    ----------
    chance : float64 (2 * n_streets,), in (0, 1): which streets, then which way along each.
    weights : float64 (n_streets,), how often each street is drawn, relative to the others.
    """
    network, n = beat.open.network, beat.streets.size
    upto = np.cumsum(weights)
    drawn = beat.streets[np.minimum(np.searchsorted(upto, chance[:n] * upto[-1], side="right"), n - 1)]
    twin = network.twin[drawn].astype(np.int64)
    turned = (chance[n:] < 0.5) & (twin >= 0) & beat.open.open[twin]
    wanted = np.where(turned, twin, drawn)
    walked: list[int] = []
    at = beat.home
    steps = np.column_stack([wanted, network.tail[wanted], network.head[wanted]])
    for edge, tail, head in steps.tolist():
        walked += links.walk(at, tail)
        walked.append(edge)
        at = head
    walked += links.walk(at, beat.home)
    return np.array(walked, np.int64)
